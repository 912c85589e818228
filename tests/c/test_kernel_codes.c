/* test_kernel_codes.c: every instruction set encodes rows as the scalar kernels do, and codes are
 * near the rows that they encode. */
#include "arith/arith.h"

#include "check.h"
#include "kernel_fixtures.h"

static void check_encoding(int m, int limit, int with_shift, float size) {
  float *x = random_floats(m, -size, size), *shift = random_floats(m, -size, size);
  int8_t wanted[UF_MOST_CODES], got[UF_MOST_CODES];
  uf_code_head head, other;
  if (m > 16) x[3] = 5 * size; /* an outlier takes the scale for itself */
  scalar->encode(x, with_shift ? shift : NULL, m, limit, wanted, &head);
  double sum = 0, squares = 0;
  for (int j = 0; j < m; j++) {
    double value = (double)x[j] + (with_shift ? (double)shift[j] : 0);
    CHECK(wanted[j] >= -limit && wanted[j] <= limit);
    CHECK_CLOSE(head.scale * wanted[j], value, 0.501 * head.scale + 1e-6 * size);
    sum += wanted[j];
    squares += (double)wanted[j] * wanted[j];
  }
  CHECK(head.sum == (int32_t)sum);
  CHECK_CLOSE(head.half_norm, 0.5 * head.scale * head.scale * squares,
              1e-6 * head.half_norm + 1e-38);
  for (int t = 0; t < n_tables; t++) {
    tables[t]->encode(x, with_shift ? shift : NULL, m, limit, got, &other);
    CHECK(memcmp(got, wanted, (size_t)m) == 0);
    CHECK(other.sum == head.sum && same_floats(&other.scale, &head.scale, 1));
    CHECK(same_floats(&other.half_norm, &head.half_norm, 1));
  }
  uf_free(x);
  uf_free(shift);
}

TEST(codes) {
  const int m[] = {16, 48, 96, UF_MOST_CODES};
  const float size[] = {0, 1e-20f, 1, 1e12f};
  for (int i = 0; i < 4; i++)
    for (int s = 0; s < 4; s++)
      for (int with_shift = 0; with_shift < 2; with_shift++) {
        check_encoding(m[i], UF_LARGEST_PLACE, with_shift, size[s]);
        check_encoding(m[i], UF_LARGEST_QUERY, with_shift, size[s]);
      }
}

static void all(void) { RUN(codes); }

int main(void) { return kernel_tests(all); }
