/* test_kernel_products.c: every instruction set gives the matrix products of the scalar kernels,
 * bit for bit, and these agree with plain double arithmetic. */
#include "arith/arith.h"

#include "check.h"
#include "kernel_fixtures.h"

static void check_product_against_plain(const float *a, size_t a_stride, int n, int depth,
                                        const float *b, int m, const float *offset, const float *c,
                                        size_t c_stride) {
  for (int i = 0; i < n; i++)
    for (int k = 0; k < m; k++) {
      double sum = offset ? offset[k] : 0, size = fabs(sum);
      for (int j = 0; j < depth; j++) {
        double term =
            (double)a[a_stride * (size_t)i + (size_t)j] * b[(size_t)m * (size_t)j + (size_t)k];
        sum += term;
        size += fabs(term);
      }
      CHECK_CLOSE(c[c_stride * (size_t)i + (size_t)k], sum, (depth + 1) * 0x1p-24 * size);
    }
}

static void check_product(int n, int depth, int m, int with_offset) {
  size_t a_stride = (size_t)depth + 3, c_stride = (size_t)m + 5;
  int64_t c_size = n * (int64_t)c_stride;
  float *a = random_floats(n * (int64_t)a_stride, -1, 1),
        *b = random_floats((int64_t)depth * m, -1, 1);
  float *offset = with_offset ? random_floats(m, -1, 1) : NULL;
  float *before = random_floats(c_size, 5, 6), *wanted = copy_of(before, c_size);
  scalar->product(a, a_stride, n, depth, b, m, offset, wanted, c_stride);
  check_product_against_plain(a, a_stride, n, depth, b, m, offset, wanted, c_stride);
  for (int i = 0; i < n; i++)
    CHECK(same_floats(wanted + c_stride * (size_t)i + m, before + c_stride * (size_t)i + m,
                      5)); /* between rows */
  for (int t = 0; t < n_tables; t++) {
    float *got = copy_of(before, c_size);
    tables[t]->product(a, a_stride, n, depth, b, m, offset, got, c_stride);
    CHECK(same_floats(got, wanted, c_size));
    uf_free(got);
  }
  uf_free(a);
  uf_free(b);
  uf_free(offset);
  uf_free(before);
  uf_free(wanted);
}

TEST(products) {
  const int n[] = {1, 2, 3, 5, 6, 7, 13}, depth[] = {0, 1, 3, 17, 101};
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 5; j++)
      for (int m = 16; m <= 144; m += 16) check_product(n[i], depth[j], m, (i + j + m / 16) % 2);
}

static void all(void) { RUN(products); }

int main(void) { return kernel_tests(all); }
