/* test_kernel_distances.c: every instruction set gives the distances of the scalar kernels, bit
 * for bit, and these agree with plain double arithmetic. */
#include "arith/arith.h"

#include "check.h"
#include "kernel_fixtures.h"

static double plain_distance(const float *x, const float *y, size_t stride, int squared) {
  double sum = 0;
  for (size_t j = 0; j < stride; j++) {
    double difference = (double)x[j] - y[j];
    sum += squared ? difference * difference : fabs(difference);
  }
  return sum;
}

static uf_distance_kernel *distance_of(const uf_kernels *table, int squared) {
  return squared ? table->squared_euclidean : table->manhattan;
}

static void check_distances(size_t stride, int n_rows, float size, int squared) {
  enum { N = 40 };
  float *points = random_floats(N * (int64_t)stride, -size, size);
  float *query = random_floats((int64_t)stride, -size, size);
  float wanted[24], got[24];
  int rows[24];
  for (int r = 0; r < n_rows; r++) rows[r] = next_index(N);
  wanted[n_rows] = -1;
  distance_of(scalar, squared)(query, points, stride, rows, n_rows, wanted);
  CHECK(wanted[n_rows] == -1);
  for (int r = 0; r < n_rows; r++) {
    double plain = plain_distance(query, points + stride * (size_t)rows[r], stride, squared);
    CHECK_CLOSE(wanted[r], plain, 1e-6 * plain);
  }
  for (int t = 0; t < n_tables; t++) {
    got[n_rows] = -1;
    distance_of(tables[t], squared)(query, points, stride, rows, n_rows, got);
    CHECK(same_floats(got, wanted, n_rows) && got[n_rows] == -1);
  }
  uf_free(points);
  uf_free(query);
}

TEST(distances) {
  const int n_rows[] = {0, 1, 2, 3, 4, 5, 7, 8, 23};
  const float sizes[] = {1, 1e-15f, 1e15f};
  for (size_t stride = 16; stride <= 160; stride += 16)
    for (size_t i = 0; i < sizeof n_rows / sizeof *n_rows; i++)
      for (int s = 0; s < 3; s++)
        for (int squared = 0; squared < 2; squared++)
          check_distances(stride, n_rows[i], sizes[s], squared);
}

TEST(distance_to_itself_is_zero) {
  float *x = random_floats(48, -1, 1);
  for (int t = -1; t < n_tables; t++)
    for (int squared = 0; squared < 2; squared++) {
      float d = 1;
      distance_of(t < 0 ? scalar : tables[t], squared)(x, x, 48, (int[]){0}, 1, &d);
      CHECK(d == 0);
    }
  uf_free(x);
}

static void all(void) {
  RUN(distances);
  RUN(distance_to_itself_is_zero);
}

int main(void) { return kernel_tests(all); }
