/* test_points.c: the user's columns become rows of floats whose distances are right. */
#include "arith/arith.h"

#include <limits.h>
#include <stdlib.h>

#include "check.h"
#include "base/memory.h"
#include "data/points_prepare.h"
#include "data/proxy.h"
#include "base/random.h"
#include "base/session.h"

static uf_context ctx;
static uint64_t draws;

static double next_in(double low, double high) {
  return low + (high - low) *
                   ((double)(uf_draw(uf_key(4, UF_STAGE_SAMPLE, 0, 0), draws++) >> 11) * 0x1p-53);
}

static double *random_columns(int n, int d, double low, double high) {
  double *x = uf_alloc(&ctx, (int64_t)n * d, sizeof *x);
  if (!x) exit(2);
  for (int i = 0; i < n * d; i++) x[i] = next_in(low, high);
  return x;
}

static uf_points points_of(const double *values, int n, int d, uf_metric metric) {
  uf_points points;
  uf_matrix columns = {.values = values, .n = n, .d = d};
  CHECK(uf_points_make(&ctx, &columns, &(uf_metric_choice){.metric = metric}, &points) == UF_OK);
  return points;
}

static double distance_between(const uf_points *points, int i, int j) {
  float rank;
  uf_distance_of(&ctx, points)(uf_point(points, i), points->x, points->stride, &j, 1, &rank);
  return uf_distance_from_proxy(points->metric, rank) * points->unit;
}

/* ---- plain formulas ---- */

static double plain_minkowski(const double *x, int n, int d, int i, int j, int squared) {
  double sum = 0, largest = 0;
  for (int c = 0; c < d; c++) largest = fmax(largest, fabs(x[i + n * c] - x[j + n * c]));
  if (largest == 0) return 0;
  for (int c = 0; c < d; c++) {
    double difference = fabs(x[i + n * c] - x[j + n * c]) / largest;
    sum += squared ? difference * difference : difference;
  }
  return largest * (squared ? sqrt(sum) : sum);
}

/* 1 - cos of the angle between two rows, less their means for correlation; 0 and 1 where a row has
 * no direction. */
static double plain_angular(const double *x, int n, int d, int i, int j, int centered) {
  double size = 0, mean_i = 0, mean_j = 0, ij = 0, ii = 0, jj = 0;
  for (int k = 0; k < n * d; k++) size = fmax(size, fabs(x[k]));
  if (size == 0) size = 1;
  for (int c = 0; c < d && centered; c++) {
    mean_i += x[i + n * c] / size / d;
    mean_j += x[j + n * c] / size / d;
  }
  for (int c = 0; c < d; c++) {
    double u = x[i + n * c] / size - mean_i, v = x[j + n * c] / size - mean_j;
    ij += u * v;
    ii += u * u;
    jj += v * v;
  }
  int i_is_nothing = ii < 1e-24, j_is_nothing = jj < 1e-24;
  if (i_is_nothing || j_is_nothing) return i_is_nothing && j_is_nothing ? 0 : 1;
  return 1 - ij / sqrt(ii * jj);
}

static double plain_distance(const double *x, int n, int d, int i, int j, uf_metric metric) {
  if (metric == UF_EUCLIDEAN || metric == UF_MANHATTAN)
    return plain_minkowski(x, n, d, i, j, metric == UF_EUCLIDEAN);
  return plain_angular(x, n, d, i, j, metric == UF_CORRELATION);
}

/* All pairs of a few rows; cosines are held in float, so that their error is absolute. */
static void check_all_distances(const double *x, int n, int d, uf_metric metric, double tolerance) {
  uf_points points = points_of(x, n, d, metric);
  int absolute = metric == UF_COSINE || metric == UF_CORRELATION;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double wanted = plain_distance(x, n, d, i, j, metric);
      CHECK_CLOSE(distance_between(&points, i, j), wanted, tolerance * (absolute ? 1 : wanted));
    }
  uf_points_free(&points);
}

static const uf_metric metrics[] = {UF_EUCLIDEAN, UF_MANHATTAN, UF_COSINE, UF_CORRELATION};
enum { N_METRICS = 4 };

/* ---- tests ---- */

TEST(distances_of_every_metric) {
  for (int d = 2; d <= 100; d += 7)
    for (int m = 0; m < N_METRICS; m++) {
      double *x = random_columns(12, d, -3, 5);
      check_all_distances(x, 12, d, metrics[m], 2e-6);
      uf_free(x);
    }
}

TEST(one_column_and_one_row) {
  const double x[] = {1, 4, -2, 4};
  check_all_distances(x, 4, 1, UF_EUCLIDEAN, 1e-6);
  check_all_distances(x, 4, 1, UF_MANHATTAN, 1e-6);
  check_all_distances(x, 4, 1, UF_COSINE, 1e-6);
  check_all_distances(x, 4, 1, UF_CORRELATION, 1e-6); /* all constant: all alike */
  for (int m = 0; m < N_METRICS; m++) check_all_distances(x, 1, 4, metrics[m], 1e-6);
}

/* Whole lanes: no padding but for cosine, which needs a column more. */
TEST(shape_and_padding) {
  for (int d = 1; d <= 50; d++)
    for (int m = 0; m < N_METRICS; m++) {
      enum { N = 70 };
      double *x = random_columns(N, d, 1, 2);
      for (int c = 0; c < d; c++) x[3 + N * c] = 0;
      uf_points points = points_of(x, N, d, metrics[m]);
      int used = d + (metrics[m] == UF_COSINE || metrics[m] == UF_CORRELATION);
      CHECK(points.n == N && points.d == used && points.metric == metrics[m]);
      CHECK(points.stride == (size_t)(used + 15) / 16 * 16);
      for (int i = 0; i < N; i++)
        for (size_t c = (size_t)used; c < points.stride; c++) CHECK(uf_point(&points, i)[c] == 0);
      uf_points_free(&points);
      uf_free(x);
    }
}

TEST(integers) {
  int whole[6 * 3];
  double real[6 * 3];
  for (int i = 0; i < 18; i++) real[i] = whole[i] = (int)next_in(-1000, 1000);
  whole[4] = INT_MAX, real[4] = INT_MAX;
  whole[5] = -INT_MAX, real[5] = -INT_MAX;
  for (int m = 0; m < N_METRICS; m++) {
    uf_points got, wanted = points_of(real, 6, 3, metrics[m]);
    CHECK(uf_points_make(&ctx, &(uf_matrix){.values = whole, .is_integer = 1, .n = 6, .d = 3},
                         &(uf_metric_choice){.metric = metrics[m]}, &got) == UF_OK);
    CHECK(got.stride == wanted.stride && got.unit == wanted.unit);
    CHECK(memcmp(got.x, wanted.x, 6 * wanted.stride * sizeof(float)) == 0);
    uf_points_free(&got);
    uf_points_free(&wanted);
  }
}

static void check_refused(const void *values, int is_integer, uf_metric metric, const char *what,
                          const char *where) {
  uf_points points;
  ctx.message[0] = 0;
  CHECK(uf_points_make(&ctx,
                       &(uf_matrix){.values = values, .is_integer = is_integer, .n = 5, .d = 4},
                       &(uf_metric_choice){.metric = metric}, &points) == UF_BAD_INPUT);
  CHECK(strstr(ctx.message, what) && strstr(ctx.message, where));
  CHECK(points.x == NULL);
}

TEST(missing_and_infinite_values) {
  for (int at = 0; at < 20; at++)
    for (int m = 0; m < N_METRICS; m++) {
      double *x = random_columns(5, 4, -1, 1);
      int whole[20] = {0};
      char where[64];
      snprintf(where, sizeof where, "row %d, column %d;", at % 5 + 1, at / 5 + 1);
      x[at] = NAN;
      check_refused(x, 0, metrics[m], "missing", where);
      x[at] = INFINITY;
      check_refused(x, 0, metrics[m], "infinite", where);
      x[at] = -INFINITY;
      if (at < 15) x[17] = NAN; /* the first column is named */
      check_refused(x, 0, metrics[m], "infinite", where);
      whole[at] = INT_MIN;
      check_refused(whole, 1, metrics[m], "missing", where);
      uf_free(x);
    }
}

TEST(rows_without_direction) {
  enum { N = 6, D = 5 };
  double *x = random_columns(N, D, -1, 1);
  for (int c = 0; c < D; c++) x[0 + N * c] = x[1 + N * c] = 0;
  for (int c = 0; c < D; c++) x[2 + N * c] = 0.1, x[3 + N * c] = -1e5 / 3;
  uf_points points = points_of(x, N, D, UF_COSINE);
  CHECK(distance_between(&points, 0, 1) == 0 && distance_between(&points, 0, 0) == 0);
  CHECK_CLOSE(distance_between(&points, 0, 2), 1, 1e-6);
  CHECK_CLOSE(distance_between(&points, 0, 5), 1, 1e-6);
  CHECK_CLOSE(distance_between(&points, 2, 3), 2, 1e-6);
  uf_points_free(&points);
  points = points_of(x, N, D, UF_CORRELATION);
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < N; j++) CHECK_CLOSE(distance_between(&points, i, j), j < 4 ? 0 : 1, 1e-6);
  uf_points_free(&points);
  check_all_distances(x, N, D, UF_COSINE, 1e-6);
  check_all_distances(x, N, D, UF_CORRELATION, 1e-6);
  uf_free(x);
}

static void check_constant_rows(int d) {
  double *x = random_columns(4, d, -1, 1);
  double right = next_in(-1e6, 1e6);
  for (int c = 0; c < d; c++)
    x[0 + 4 * c] = 0.1, x[1 + 4 * c] = right, x[3 + 4 * c] = 1e6 + 1e-4 * x[2 + 4 * c];
  uf_points points = points_of(x, 4, d, UF_CORRELATION);
  CHECK(distance_between(&points, 0, 1) == 0);
  CHECK_CLOSE(distance_between(&points, 0, 2), 1, 1e-6);
  CHECK_CLOSE(distance_between(&points, 0, 3), 1, 1e-6); /* nearly constant is not constant */
  CHECK_CLOSE(distance_between(&points, 2, 3), 0, 1e-6);
  uf_points_free(&points);
  uf_free(x);
}

/* A row's mean, rounded, leaves crumbs in a constant row of any length and size. */
TEST(constant_rows_have_no_correlation) {
  for (int d = 2; d < 250000; d = d * 3 / 2 + 1) check_constant_rows(d);
}

/* Dates, coordinates: a float holds 1e9 to the nearest 64. */
TEST(big_offsets_keep_their_distances) {
  for (int m = 0; m < 2; m++) {
    double *x = random_columns(10, 4, 0, 1);
    for (int i = 0; i < 10; i++) {
      x[i] += 1e9;
      x[10 + i] -= 3e12;
      x[30 + i] = 1e15; /* constant */
    }
    check_all_distances(x, 10, 4, metrics[m], 2e-6);
    uf_free(x);
  }
  double *x = random_columns(10, 4, 999.9, 1000); /* 1 + small: correlation centers in double */
  check_all_distances(x, 10, 4, UF_CORRELATION, 2e-6);
  uf_free(x);
}

/* What two rows of the bulk differ by survives far-out rows, on either side. */
TEST(far_out_rows_leave_the_bulk_its_differences) {
  const uf_metric translating[] = {UF_EUCLIDEAN, UF_MANHATTAN};
  const double far[] = {0, 1e6, -3};
  for (int m = 0; m < 2; m++)
    for (int f = 0; f < 3; f++) {
      enum { N = 100, D = 5 };
      double *x = random_columns(N, D, 0, 1e-9);
      for (int at = 0; at < N * D; at++) x[at] += 1;
      for (int c = 0; c < D; c++) x[17 + N * c] = far[f];
      check_all_distances(x, N, D, translating[m], 2e-6);
      uf_points points = points_of(x, N, D, UF_SEUCLIDEAN); /* all columns have the same spread */
      double unit = distance_between(&points, 40, 41) / plain_minkowski(x, N, D, 40, 41, 1);
      for (int i = 31; i < 40; i++) {
        double wanted = unit * plain_minkowski(x, N, D, 30, i, 1);
        CHECK_CLOSE(distance_between(&points, 30, i), wanted, 1e-5 * wanted);
      }
      uf_points_free(&points);
      uf_free(x);
    }
}

/* |u - v|² / 2 of rows divided by their length, after centering or roots. */
static double plain_chord(const double *x, int n, int d, int i, int j, uf_metric metric) {
  double u[2][16], squares = 0;
  for (int side = 0; side < 2; side++) {
    const double *row = x + (side ? j : i);
    double sum = 0, length = 0;
    for (int c = 0; c < d; c++) sum += row[n * c];
    for (int c = 0; c < d; c++) {
      u[side][c] = metric == UF_HELLINGER     ? sqrt(row[n * c] / sum)
                   : metric == UF_CORRELATION ? row[n * c] - sum / d
                                              : row[n * c];
      length += u[side][c] * u[side][c];
    }
    for (int c = 0; c < d; c++) u[side][c] /= sqrt(length);
  }
  for (int c = 0; c < d; c++) squares += (u[0][c] - u[1][c]) * (u[0][c] - u[1][c]);
  return metric == UF_HELLINGER ? sqrt(squares / 2) : squares / 2;
}

/* Rows of one direction, nearly, of any length; and rows that come later, near it and far. */
TEST(directions_close_together_keep_their_distances) {
  const uf_metric of_directions[] = {UF_COSINE, UF_CORRELATION, UF_HELLINGER};
  const double common[] = {3, 1, 4, 1, 5, 9};
  for (int m = 0; m < 3; m++) {
    enum { N = 60, D = 6 };
    uf_metric metric = of_directions[m];
    uf_matrix matrix = {.n = N, .d = D};
    uf_preparation preparation;
    uf_points points, later;
    double *x = random_columns(N, D, 0, 1e-9);
    for (int at = 0; at < N * D; at++) x[at] += common[at / N];
    for (int c = 0; c < D; c++) x[5 + N * c] *= 1000, x[44 + N * c] = common[D - 1 - c];
    matrix.values = x;
    CHECK(uf_preparation_make(&ctx, &matrix, &(uf_metric_choice){.metric = metric}, &preparation) ==
          UF_OK);
    CHECK(uf_points_prepare(&ctx, &matrix, &preparation, &points) == UF_OK);
    CHECK(uf_points_prepare_new(&ctx, &matrix, &preparation, &later) == UF_OK);
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        double wanted = plain_chord(x, N, D, i, j, metric);
        CHECK_CLOSE(distance_between(&points, i, j), wanted, 2e-5 * wanted);
      }
    CHECK(memcmp(points.x, later.x, N * points.stride * sizeof(float)) == 0);
    uf_points_free(&points);
    uf_points_free(&later);
    uf_preparation_free(&preparation);
    uf_free(x);
  }
}

/* Then rows are what they were: of length 1, to the bit. */
TEST(directions_apart_are_not_shifted) {
  enum { N = 50, D = 7 };
  double *x = random_columns(N, D, 0, 1);
  uf_points points = points_of(x, N, D, UF_COSINE);
  for (int i = 0; i < N; i++) {
    double squares = 0;
    for (int c = 0; c < D; c++) squares += x[i + N * c] * x[i + N * c];
    for (int c = 0; c < D; c++) {
      float unit = (float)(x[i + N * c] / sqrt(squares));
      CHECK(uf_point(&points, i)[c] == unit);
    }
  }
  uf_points_free(&points);
  uf_free(x);
}

TEST(huge_and_tiny_values) {
  const double size[] = {1e200, 1e307, 1e20, 1e-20, 1e-200, 1e-300};
  for (int s = 0; s < 6; s++)
    for (int m = 0; m < N_METRICS; m++) {
      double *x = random_columns(8, 16, -size[s], size[s]);
      check_all_distances(x, 8, 16, metrics[m], 2e-6);
      uf_free(x);
    }
}

TEST(largest_and_smallest_values) {
  const double largest[] = {0x1.8p1023, -0x1.8p1023, 0, 1e300};
  const double smallest[] = {0x1p-1074, 0, -0x1p-1074, 0x1p-1060};
  uf_points points = points_of(largest, 4, 1, UF_EUCLIDEAN);
  CHECK(distance_between(&points, 0, 1) == INFINITY); /* no double holds it */
  CHECK_CLOSE(distance_between(&points, 0, 2) / largest[0], 1, 1e-6);
  uf_points_free(&points);
  points = points_of(smallest, 4, 1, UF_MANHATTAN);
  CHECK(distance_between(&points, 0, 1) > 0 &&
        distance_between(&points, 0, 2) > distance_between(&points, 0, 1));
  uf_points_free(&points);
}

/* New rows next to a row of ordinary size: a row whose square overflows float is refused, by its
 * number, on any number of threads; a row that is divided by its own size is not. */
TEST(rows_too_large_to_compare) {
  enum { N = 1000 };
  const double old[] = {1, 2, 3, 4};
  double *new = random_columns(N, 2, 1, 2);
  new[700] = 1e18;
  for (int threads = 1; threads < 4; threads++)
    for (int is_cosine = 0; is_cosine < 2; is_cosine++) {
      uf_context other;
      uf_preparation preparation;
      uf_points points;
      uf_matrix rows = {.values = old, .n = 2, .d = 2}, more = {.values = new, .n = N, .d = 2};
      uf_metric_choice choice = {.metric = is_cosine ? UF_COSINE : UF_EUCLIDEAN};
      CHECK(uf_session_open(&other, NULL, threads, NULL) == UF_OK);
      CHECK(uf_preparation_make(&other, &rows, &choice, &preparation) == UF_OK);
      new[812] = new[411] = 2;
      CHECK(uf_points_prepare_new(&other, &more, &preparation, &points) == UF_OK);
      uf_points_free(&points);
      new[812] = new[411] = 1e300;
      uf_status status = uf_points_prepare_new(&other, &more, &preparation, &points);
      CHECK(status == (is_cosine ? UF_OK : UF_BAD_INPUT));
      CHECK(is_cosine || strstr(other.message, "row 412 "));
      CHECK(!is_cosine || (uf_point(&points, 812)[0] == 1 && uf_point(&points, 812)[1] == 0));
      uf_points_free(&points);
      uf_preparation_free(&preparation);
      uf_session_close(&other);
    }
  uf_free(new);
}

static char last_warning[256];

static void keep_warning(void *data, uf_warning kind, const char *message) {
  (void)data;
  if (kind == UF_WARN_PRECISION) strncpy(last_warning, message, sizeof last_warning - 1);
}

TEST(rows_lost_beside_large_ones) {
  const double x[] = {0, 1, 2, 1e40, 0, 1, 1, 1};
  const uf_metric some[] = {UF_EUCLIDEAN, UF_MANHATTAN, UF_COSINE};
  const char *said[] = {"2 other rows, the first of them 2,", NULL, NULL};
  uf_host host = {.warn = keep_warning};
  for (int m = 0; m < 3; m++) {
    uf_context other;
    uf_points points;
    CHECK(uf_session_open(&other, &host, 1, NULL) == UF_OK);
    last_warning[0] = 0;
    CHECK(uf_points_make(&other, &(uf_matrix){.values = x, .n = 4, .d = 2},
                         &(uf_metric_choice){.metric = some[m]}, &points) == UF_OK);
    CHECK(said[m] ? strstr(last_warning, said[m]) != NULL : last_warning[0] == 0);
    uf_points_free(&points);
    uf_session_close(&other);
  }
}

/* The warning that the points of x get, or "". */
static const char *warning_of(const double *x, int n, int d, uf_metric metric) {
  uf_host host = {.warn = keep_warning};
  uf_context other;
  uf_points points;
  last_warning[0] = 0;
  CHECK(uf_session_open(&other, &host, 3, NULL) == UF_OK);
  CHECK(uf_points_make(&other, &(uf_matrix){.values = x, .n = n, .d = d},
                       &(uf_metric_choice){.metric = metric}, &points) == UF_OK);
  uf_points_free(&points);
  uf_session_close(&other);
  return last_warning;
}

/* Two groups far apart, in each of which rows differ by 1e-11; copies and rounding errors are no
 * loss, and pairs are not worth a warning, nor is a row among hundreds. */
TEST(rows_with_the_same_floats) {
  enum { N = 1000, D = 3 };
  const uf_metric some[] = {UF_EUCLIDEAN, UF_CANBERRA, UF_COSINE, UF_SEUCLIDEAN};
  for (int m = 0; m < 4; m++) {
    double *x = random_columns(N, D, 1, 2);
    CHECK(warning_of(x, N, D, some[m])[0] == 0);
    for (int i = 400; i < 440; i++)
      for (int c = 0; c < D; c++) x[i + N * c] = x[400 + N * c] * (i % 2 ? 1 + 0x1p-52 : 1);
    CHECK(warning_of(x, N, D, some[m])[0] == 0);
    x[405] *= 1 + 1e-11;
    CHECK(strstr(warning_of(x, N, D, some[m]), "40 rows, the first of them 401,"));
    for (int i = 0; i < 200; i++)
      for (int c = 0; c < D; c++) x[700 + i + N * c] = x[10 + N * c] * (c ? 1 : 1 + 1e-11 * i);
    CHECK(strstr(warning_of(x, N, D, some[m]), "241 rows, the first of them 11,"));
    uf_free(x);
    x = random_columns(N, D, 1, 2);
    for (int i = 0; i < 8; i++)
      for (int c = 0; c < D; c++) x[3 + i + N * c] = x[77 + N * c] * (c ? 1 : 1 + 1e-11 * i);
    CHECK(warning_of(x, N, D, some[m])[0] == 0);
    for (int i = 0; i < N; i += 2)
      for (int c = 0; c < D; c++) x[i + 1 + N * c] = x[i + N * c] * (c ? 1 : 1 + 1e-11);
    CHECK(warning_of(x, N, D, some[m])[0] == 0);
    uf_free(x);
  }
}

TEST(all_zero) {
  const double x[12] = {0};
  for (int m = 0; m < N_METRICS; m++) check_all_distances(x, 4, 3, metrics[m], 0);
}

/* Blocks of 64 rows, by as many threads as there are: the same bits. */
TEST(threads_do_not_show) {
  enum { N = 500, D = 33 };
  double *x = random_columns(N, D, -1, 4);
  for (int m = 0; m < N_METRICS; m++) {
    uf_points one = points_of(x, N, D, metrics[m]), many;
    uf_context other;
    CHECK(uf_session_open(&other, NULL, 3, NULL) == UF_OK);
    CHECK(uf_points_make(&other, &(uf_matrix){.values = x, .n = N, .d = D},
                         &(uf_metric_choice){.metric = metrics[m]}, &many) == UF_OK);
    CHECK(memcmp(one.x, many.x, N * one.stride * sizeof(float)) == 0);
    uf_points_free(&one);
    uf_points_free(&many);
    uf_session_close(&other);
  }
  uf_free(x);
}

TEST(distances_from_proxies) {
  CHECK(uf_distance_from_proxy(UF_EUCLIDEAN, 9) == 3 &&
        uf_distance_from_proxy(UF_MANHATTAN, 9) == 9);
  CHECK(uf_distance_from_proxy(UF_COSINE, 1) == 0.5f &&
        uf_distance_from_proxy(UF_CORRELATION, 1) == 0.5f);
}

int main(void) {
  if (uf_session_open(&ctx, NULL, 1, NULL)) return 2;
  RUN(distances_of_every_metric);
  RUN(one_column_and_one_row);
  RUN(shape_and_padding);
  RUN(integers);
  RUN(missing_and_infinite_values);
  RUN(rows_without_direction);
  RUN(constant_rows_have_no_correlation);
  RUN(big_offsets_keep_their_distances);
  RUN(far_out_rows_leave_the_bulk_its_differences);
  RUN(directions_close_together_keep_their_distances);
  RUN(directions_apart_are_not_shifted);
  RUN(huge_and_tiny_values);
  RUN(largest_and_smallest_values);
  RUN(rows_too_large_to_compare);
  RUN(rows_lost_beside_large_ones);
  RUN(rows_with_the_same_floats);
  RUN(all_zero);
  RUN(threads_do_not_show);
  RUN(distances_from_proxies);
  uf_session_close(&ctx);
  return check_report();
}
