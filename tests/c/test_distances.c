/* test_distances.c: nearest neighbors from given distances, packed and full, against sorting. */
#include "arith/arith.h"

#include "check.h"
#include "data/distances.h"
#include "fixtures.h"

static uf_context ctx;

typedef struct pair {
  double distance;
  int index;
} pair;

static int compare_pairs(const void *x, const void *y) {
  const pair *a = x, *b = y;
  if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
  return (a->index > b->index) - (a->index < b->index);
}

/* The value of a pair: a few different ones, so that many are equal; some infinite. */
static double value_of(int i, int j, int has_infinite) {
  double u = fixture_unit(1, 10007 * (int64_t)i + j);
  return has_infinite && u > 0.6 ? INFINITY : floor(40 * u) / 8;
}

static double packed_value(int i, int j, int has_infinite) {
  return value_of(i < j ? i : j, i < j ? j : i, has_infinite);
}

/* What row i must be: self first when packed. */
static void expect_row(const uf_distances *d, int i, int k, int has_infinite, const int *index,
                       const double *distance) {
  pair *pairs = malloc((size_t)d->n_points * sizeof *pairs);
  int wrong = 0;
  for (int j = 0; j < d->n_points; j++) {
    double value = d->is_packed ? packed_value(i, j, has_infinite) : value_of(i, j, has_infinite);
    pairs[j] = (pair){d->is_packed && i == j ? -1 : value, j};
  }
  qsort(pairs, (size_t)d->n_points, sizeof *pairs, compare_pairs);
  for (int r = 0; r < k; r++) {
    double expected = pairs[r].distance < 0 ? 0 : pairs[r].distance;
    wrong += distance[r] != expected || index[r] != (expected == INFINITY ? -1 : pairs[r].index);
  }
  CHECK(wrong == 0);
  free(pairs);
}

static void check_nearest(int n, int n_points, int is_packed, int k, int has_infinite) {
  double *value = malloc(((size_t)n * (size_t)n_points + 1) * sizeof *value), *at = value;
  int *index = malloc((size_t)n * (size_t)k * sizeof *index);
  double *distance = malloc((size_t)n * (size_t)k * sizeof *distance);
  uf_distances d = {.value = value, .n = n, .n_points = n_points, .is_packed = is_packed};
  for (int j = 0; j < n_points; j++)
    for (int i = is_packed ? j + 1 : 0; i < n; i++)
      *at++ = is_packed ? packed_value(i, j, has_infinite) : value_of(i, j, has_infinite);
  CHECK(uf_distances_nearest(&ctx, &d, k, index, distance) == UF_OK);
  for (int i = 0; i < n; i++)
    expect_row(&d, i, k, has_infinite, index + (size_t)i * (size_t)k,
               distance + (size_t)i * (size_t)k);
  free(value);
  free(index);
  free(distance);
}

TEST(packed_distances_are_sorted) {
  static const int n[] = {2, 3, 64, 65, 200};
  for (int s = 0; s < 5; s++)
    for (int has_infinite = 0; has_infinite < 2; has_infinite++) {
      check_nearest(n[s], n[s], 1, 1, has_infinite);
      check_nearest(n[s], n[s], 1, n[s] < 15 ? n[s] : 15, has_infinite);
      check_nearest(n[s], n[s], 1, n[s], has_infinite);
    }
}

TEST(distances_to_other_points_are_sorted) {
  static const int n[] = {1, 70, 3}, n_points[] = {1, 40, 500};
  for (int s = 0; s < 3; s++)
    for (int has_infinite = 0; has_infinite < 2; has_infinite++) {
      check_nearest(n[s], n_points[s], 0, 1, has_infinite);
      check_nearest(n[s], n_points[s], 0, n_points[s] / 2 + 1, has_infinite);
      check_nearest(n[s], n_points[s], 0, n_points[s], has_infinite);
    }
}

static void check_refused(uf_distances d, double *value, int at, double bad, const char *message) {
  int index[60];
  double distance[60], before = value[at];
  value[at] = bad;
  d.value = value;
  CHECK(uf_distances_nearest(&ctx, &d, 1, index, distance) == UF_BAD_INPUT);
  CHECK(strcmp(ctx.message, message) == 0);
  value[at] = before;
}

#define REMEDY ". Turn similarities into distances, for example by 1 - x, or set it to 0."

TEST(bad_distances_are_named) {
  double value[60];
  uf_distances packed = {.n = 5, .n_points = 5, .is_packed = 1}, full = {.n = 6, .n_points = 4};
  for (int i = 0; i < 60; i++) value[i] = 1;
  check_refused(packed, value, 0, NAN, "holds a missing distance, between points 1 and 2");
  check_refused(packed, value, 3, NAN, "holds a missing distance, between points 1 and 5");
  check_refused(packed, value, 4, -1,
                "holds a negative distance, -1, between points 2 and 3" REMEDY);
  check_refused(packed, value, 9, -2e-6,
                "holds a negative distance, -2e-06, between points 4 and 5" REMEDY);
  check_refused(full, value, 0, -INFINITY,
                "holds a negative distance, -inf, in row 1, column 1" REMEDY);
  check_refused(full, value, 23, NAN, "holds a missing distance, in row 6, column 4");
  check_refused(full, value, 13, NAN, "holds a missing distance, in row 2, column 3");
}

TEST(distances_that_rounding_made_negative_are_0) {
  double value[] = {-1e-16, 1e-16, 1, 1, 1, 1, INFINITY, 1, 1, 1}, distance[15];
  int index[15];
  uf_distances d = {.value = value, .n = 5, .n_points = 5, .is_packed = 1};
  CHECK(uf_distances_nearest(&ctx, &d, 3, index, distance) == UF_OK);
  CHECK(index[1] == 1 && distance[1] == 0 && index[2] == 2 && distance[2] == 1e-16);
  CHECK(index[4] == 0 && distance[4] == 0 && index[5] == 2 && distance[5] == 1);
  value[0] = -2e-6; /* beyond a millionth of the largest finite one */
  CHECK(uf_distances_nearest(&ctx, &d, 3, index, distance) == UF_BAD_INPUT);
}

int main(void) {
  fixture_open(&ctx, 2, NULL);
  RUN(packed_distances_are_sorted);
  RUN(distances_to_other_points_are_sorted);
  RUN(bad_distances_are_named);
  RUN(distances_that_rounding_made_negative_are_0);
  uf_session_close(&ctx);
  return check_report();
}
