/* test_standardize.c: scales against their formulas, principal components against what defines
 * them. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "preprocess/standardize.h"

/* Odd sizes: blocks of rows and lanes that are not full. */
enum { N = 331, D = 9, WIDE = 70, SEED = 42 };

/* n × d by columns, of different sizes and correlated, far from 0. */
static double *some_columns(int n, int d, double size) {
  double *x = fixture_doubles((int64_t)n * d);
  for (int c = 0; c < d; c++)
    for (int i = 0; i < n; i++) {
      double value = fixture_normal(1, i * d + c) * (1 + c % 4);
      for (int f = 0; f < 3; f++)
        value += (3 - f) * fixture_normal(2, c * 3 + f) * fixture_normal(3, i * 3 + f);
      x[c * n + i] = size * (value + 10);
    }
  return x;
}

static uf_matrix matrix_of(const double *x, int n, int d) {
  return (uf_matrix){.values = x, .n = n, .d = d};
}

static double mean_of(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += x[i] / n;
  return sum;
}

static double covariance(const double *x, const double *y, int n) {
  double mean_x = mean_of(x, n), mean_y = mean_of(y, n), sum = 0;
  for (int i = 0; i < n; i++) sum += (x[i] - mean_x) * (y[i] - mean_y);
  return sum / (n - 1);
}

static void range_of(const double *x, int64_t count, double *low, double *high) {
  *low = *high = x[0];
  for (int64_t i = 0; i < count; i++) {
    *low = fmin(*low, x[i]);
    *high = fmax(*high, x[i]);
  }
}

/* Made and applied. */
static double *standardized(uf_context *ctx, const uf_matrix *matrix, uf_scaling scaling,
                            int n_directions) {
  uf_standardization made;
  double *out = fixture_doubles((int64_t)matrix->n * (n_directions ? n_directions : matrix->d));
  CHECK(uf_standardization_make(ctx, matrix, scaling, n_directions, SEED, &made) == UF_OK);
  CHECK(uf_standardize(ctx, matrix, &made, out) == UF_OK);
  uf_standardization_free(&made);
  return out;
}

/* ---- scales ---- */

static double scaled_plainly(const double *x, int column, int i, uf_scaling scaling) {
  const double *own = x + column * N;
  double low, high, all_low, all_high, farthest = 0;
  range_of(own, N, &low, &high);
  range_of(x, N * D, &all_low, &all_high);
  for (int c = 0; c < D; c++)
    for (int r = 0; r < N; r++)
      farthest = fmax(farthest, fabs(x[c * N + r] - mean_of(x + c * N, N)));
  switch (scaling) {
  case UF_SCALING_Z: return (own[i] - mean_of(own, N)) / sqrt(covariance(own, own, N));
  case UF_SCALING_RANGE: return (own[i] - all_low) / (all_high - all_low);
  case UF_SCALING_COLUMN_RANGE: return (own[i] - low) / (high - low);
  case UF_SCALING_MAXABS: return (own[i] - mean_of(own, N)) / farthest;
  default: return own[i];
  }
}

TEST(scales_are_those_of_the_formulas) {
  uf_context ctx;
  fixture_open(&ctx, 2, NULL);
  double *x = some_columns(N, D, 1);
  uf_matrix matrix = matrix_of(x, N, D);
  for (int scaling = UF_SCALING_NONE; scaling <= UF_SCALING_MAXABS; scaling++) {
    double *out = standardized(&ctx, &matrix, (uf_scaling)scaling, 0);
    for (int c = 0; c < D; c++)
      for (int i = c; i < N; i += 47)
        CHECK_CLOSE(out[c * N + i], scaled_plainly(x, c, i, (uf_scaling)scaling), 1e-12);
    free(out);
  }
  free(x);
  uf_session_close(&ctx);
}

TEST(integers_are_scaled_like_doubles) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  int *whole = fixture_ints(N * D);
  double *x = fixture_doubles(N * D);
  for (int i = 0; i < N * D; i++) x[i] = whole[i] = (int)(1000 * fixture_unit(4, i));
  uf_matrix doubles = matrix_of(x, N, D), ints = doubles;
  ints.values = whole;
  ints.is_integer = 1;
  double *expected = standardized(&ctx, &doubles, UF_SCALING_Z, 0);
  double *out = standardized(&ctx, &ints, UF_SCALING_Z, 0);
  CHECK(memcmp(out, expected, N * D * sizeof *out) == 0);
  free(whole);
  free(x);
  free(expected);
  free(out);
  uf_session_close(&ctx);
}

TEST(constant_columns_become_0) {
  const uf_scaling scalings[] = {UF_SCALING_Z, UF_SCALING_COLUMN_RANGE, UF_SCALING_MAXABS};
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  double *x = some_columns(N, D, 1);
  uf_matrix matrix = matrix_of(x, N, D);
  for (int i = 0; i < N; i++) x[2 * N + i] = 0.1;
  for (int s = 0; s < 3; s++) {
    double *out = standardized(&ctx, &matrix, scalings[s], 0);
    for (int i = 0; i < N; i++) CHECK(out[2 * N + i] == 0);
    free(out);
  }
  free(x);
  uf_session_close(&ctx);
}

/* ---- principal components ---- */

TEST(directions_are_orthonormal) {
  const int counts[] = {1, 3, 20, WIDE};
  uf_context ctx;
  fixture_open(&ctx, 2, NULL);
  double *x = some_columns(N, WIDE, 1);
  uf_matrix matrix = matrix_of(x, N, WIDE);
  for (int t = 0; t < 4; t++) {
    uf_standardization made;
    CHECK(uf_standardization_make(&ctx, &matrix, UF_SCALING_NONE, counts[t], SEED, &made) == UF_OK);
    for (int a = 0; a < counts[t]; a++) {
      const double *left = made.rotation + a * WIDE;
      double largest = 0;
      for (int b = 0; b <= a; b++) {
        double product = 0;
        for (int c = 0; c < WIDE; c++) product += left[c] * made.rotation[b * WIDE + c];
        CHECK_CLOSE(product, a == b, 1e-5);
      }
      for (int c = 0; c < WIDE; c++)
        if (fabs(left[c]) > fabs(largest)) largest = left[c];
      CHECK(largest > 0);
    }
    uf_standardization_free(&made);
  }
  free(x);
  uf_session_close(&ctx);
}

/* Uncorrelated, and together all the variance there is: that makes them the principal ones. */
TEST(components_are_uncorrelated_and_in_order_of_variance) {
  uf_context ctx;
  fixture_open(&ctx, 2, NULL);
  double *x = some_columns(N, WIDE, 1), variance[WIDE], before = 0, after = 0;
  uf_matrix matrix = matrix_of(x, N, WIDE);
  double *all = standardized(&ctx, &matrix, UF_SCALING_NONE, WIDE);
  for (int c = 0; c < WIDE; c++) {
    variance[c] = covariance(all + c * N, all + c * N, N);
    before += covariance(x + c * N, x + c * N, N);
    after += variance[c];
    CHECK_CLOSE(mean_of(all + c * N, N), 0, 1e-4);
    CHECK(c == 0 || variance[c] <= variance[c - 1] * (1 + 1e-5));
    for (int b = 0; b < c; b++)
      CHECK_CLOSE(covariance(all + c * N, all + b * N, N), 0, 1e-4 * variance[0]);
  }
  CHECK_CLOSE(after, before, 1e-5 * before);
  double *few = standardized(&ctx, &matrix, UF_SCALING_NONE, 3);
  for (int c = 0; c < 3; c++)
    CHECK_CLOSE(covariance(few + c * N, few + c * N, N), variance[c], 1e-3 * variance[c]);
  free(few);
  free(all);
  free(x);
  uf_session_close(&ctx);
}

TEST(components_keep_the_size_of_the_data) {
  const double sizes[] = {0x1p-500, 0x1p-100, 0x1p300};
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  double *x = some_columns(N, D, 1);
  uf_matrix matrix = matrix_of(x, N, D);
  double *expected = standardized(&ctx, &matrix, UF_SCALING_NONE, 2);
  for (int s = 0; s < 3; s++) {
    double *sized = some_columns(N, D, sizes[s]);
    uf_matrix sized_matrix = matrix_of(sized, N, D);
    double *out = standardized(&ctx, &sized_matrix, UF_SCALING_NONE, 2);
    for (int i = 0; i < 2 * N; i++) CHECK_CLOSE(out[i] / sizes[s], expected[i], 1e-4);
    free(sized);
    free(out);
  }
  free(expected);
  free(x);
  uf_session_close(&ctx);
}

/* ---- for all ---- */

TEST(the_same_bits_everywhere) {
  double *x = some_columns(N, WIDE, 1), *expected = NULL;
  uf_matrix matrix = matrix_of(x, N, WIDE);
  for (int isa = 0; isa < FIXTURE_ISAS; isa++)
    for (int t = 0; t < FIXTURE_THREADS; t++) {
      uf_context ctx;
      fixture_open(&ctx, fixture_threads[t], fixture_isa[isa]);
      double *out = standardized(&ctx, &matrix, UF_SCALING_Z, 11);
      if (!expected) expected = standardized(&ctx, &matrix, UF_SCALING_Z, 11);
      CHECK(memcmp(out, expected, N * 11 * sizeof *out) == 0);
      free(out);
      uf_session_close(&ctx);
    }
  free(expected);
  free(x);
}

/* Rows that come later, one by one, get the same values as among the rows of the data. */
TEST(rows_do_not_depend_on_each_other) {
  uf_context ctx;
  fixture_open(&ctx, 2, NULL);
  double *x = some_columns(N, WIDE, 1), row[WIDE], alone[WIDE];
  uf_matrix matrix = matrix_of(x, N, WIDE), one = matrix_of(row, 1, WIDE);
  for (int n_directions = 0; n_directions <= 11; n_directions += 11) {
    int m = n_directions ? n_directions : WIDE;
    uf_standardization made;
    double *all = fixture_doubles((int64_t)N * m);
    CHECK(uf_standardization_make(&ctx, &matrix, UF_SCALING_MAXABS, n_directions, SEED, &made) ==
          UF_OK);
    CHECK(uf_standardize(&ctx, &matrix, &made, all) == UF_OK);
    for (int i = 0; i < N; i += 13) {
      for (int c = 0; c < WIDE; c++) row[c] = x[c * N + i];
      CHECK(uf_standardize(&ctx, &one, &made, alone) == UF_OK);
      for (int c = 0; c < m; c++) CHECK(alone[c] == all[c * N + i]);
    }
    uf_standardization_free(&made);
    free(all);
  }
  free(x);
  uf_session_close(&ctx);
}

TEST(bad_values_are_refused) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  double *x = some_columns(N, D, 1);
  uf_matrix matrix = matrix_of(x, N, D);
  uf_standardization made;
  double *out = fixture_doubles((int64_t)N * D);
  for (int n_directions = 0; n_directions <= 2; n_directions += 2) {
    x[3 * N + 6] = 1;
    CHECK(uf_standardization_make(&ctx, &matrix, UF_SCALING_Z, n_directions, SEED, &made) == UF_OK);
    x[3 * N + 6] = (double)NAN;
    CHECK(uf_standardize(&ctx, &matrix, &made, out) == UF_BAD_INPUT);
    CHECK(strstr(ctx.message, "row 7") && strstr(ctx.message, "column 4"));
    uf_standardization_free(&made);
  }
  free(out);
  CHECK(uf_standardization_make(&ctx, &matrix, UF_SCALING_Z, 2, SEED, &made) == UF_BAD_INPUT);
  CHECK(strstr(ctx.message, "row 7") && strstr(ctx.message, "column 4"));
  CHECK(!made.center && !made.rotation);
  free(x);
  uf_session_close(&ctx);
}

int main(void) {
  RUN(scales_are_those_of_the_formulas);
  RUN(integers_are_scaled_like_doubles);
  RUN(constant_columns_become_0);
  RUN(directions_are_orthonormal);
  RUN(components_are_uncorrelated_and_in_order_of_variance);
  RUN(components_keep_the_size_of_the_data);
  RUN(the_same_bits_everywhere);
  RUN(rows_do_not_depend_on_each_other);
  RUN(bad_values_are_refused);
  return check_report();
}
