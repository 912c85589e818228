/* test_metrics.c: comparisons of every form of points: the same bits on every instruction set and
 * whichever row comes first, and near to the plain formula. */
#include "arith/arith.h"

#include <math.h>
#include <stdlib.h>

#include "check.h"
#include "fixtures.h"
#include "data/proxy.h"
#include "arith/trigonometry.h"

enum { N = 37, D = 29 };

static int has_zeros(uf_metric metric) { return metric != UF_TSSS; }

/* Values that every metric admits: multiples of 1/16 from 0 to 2. */
static double *some_values(uf_metric metric) {
  double *x = fixture_doubles(N * D);
  for (int i = 0; i < N * D; i++) {
    double value = floor(16 * fixture_unit(3, i)) / 16;
    x[i] = fixture_unit(4, i) < 0.4 ? 0 : value;
  }
  for (int j = 0; j < D; j++) {
    x[N * j] = has_zeros(metric) ? 0 : 1;
    x[N * j + 1] = 1;
  }
  for (int i = 0; i < N && !has_zeros(metric); i++) x[i] += 0.5;
  return x;
}

static void make_points(uf_context *ctx, const double *x, uf_metric metric, uf_points *points) {
  uf_matrix matrix = {.values = x, .n = N, .d = metric == UF_HAVERSINE ? 2 : D};
  uf_metric_choice choice = {.metric = metric, .p = 2.5};
  CHECK(uf_points_make(ctx, &matrix, &choice, points) == UF_OK);
}

/* All proxies, N × N. */
static float *all_proxies(uf_context *ctx, const uf_points *points) {
  float *proxies = fixture_floats(N * N);
  int rows[N];
  uf_proxy proxy;
  for (int i = 0; i < N; i++) rows[i] = i;
  CHECK(uf_proxy_open(ctx, points, NULL, &proxy) == UF_OK);
  for (int i = 0; i < N; i++) uf_proxy_distances(&proxy, 0, i, rows, N, proxies + N * i);
  uf_proxy_close(&proxy);
  return proxies;
}

static void check_symmetric(const float *proxies) {
  for (int i = 0; i < N; i++) {
    CHECK(proxies[N * i + i] == 0);
    for (int j = 0; j < i; j++)
      CHECK(proxies[N * i + j] == proxies[N * j + i] && proxies[N * i + j] >= 0);
  }
}

TEST(every_instruction_set_gives_the_same_bits) {
  for (int m = 0; m < UF_FUNCTION; m++) {
    double *x = some_values((uf_metric)m);
    float *wanted = NULL;
    for (int isa = 0; isa < FIXTURE_ISAS; isa++) {
      uf_context ctx;
      uf_points points;
      if (uf_session_open(&ctx, NULL, 1, fixture_isa[isa]) != UF_OK) continue;
      make_points(&ctx, x, (uf_metric)m, &points);
      float *proxies = all_proxies(&ctx, &points);
      check_symmetric(proxies);
      CHECK(!wanted || fixture_same(proxies, wanted, N * N));
      if (wanted)
        free(proxies);
      else
        wanted = proxies;
      uf_points_free(&points);
      uf_session_close(&ctx);
    }
    free(wanted);
    free(x);
  }
}

/* Returns the same matrix by its columns' entries that are not 0. */
static uf_matrix compress(const double *x, double *values, int *start, int *index) {
  int at = 0;
  for (int j = 0; j < D; j++) {
    start[j] = at;
    for (int i = 0; i < N; i++)
      if (x[N * j + i] != 0) {
        values[at] = x[N * j + i];
        index[at++] = i;
      }
  }
  start[D] = at;
  return (uf_matrix){
      .values = values, .n = N, .d = D, .form = UF_SPARSE_COLUMNS, .start = start, .index = index};
}

TEST(sparse_rows_are_as_far_apart_as_filled_ones) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  for (int m = 0; m < UF_FUNCTION; m++) {
    if (!uf_metric_of((uf_metric)m)->is_sparse) continue;
    double *x = some_values((uf_metric)m), values[N * D];
    int start[D + 1], index[N * D];
    uf_matrix sparse = compress(x, values, start, index);
    uf_points filled, compressed;
    make_points(&ctx, x, (uf_metric)m, &filled);
    CHECK(uf_points_make(&ctx, &sparse, &(uf_metric_choice){.metric = (uf_metric)m, .p = 2.5},
                         &compressed) == UF_OK);
    CHECK(compressed.form == UF_COMPRESSED_ROWS);
    float *wanted = all_proxies(&ctx, &filled), *got = all_proxies(&ctx, &compressed);
    check_symmetric(got);
    for (int i = 0; i < N * N; i++) CHECK_CLOSE(got[i], wanted[i], 2e-5 * (1 + wanted[i]));
    free(wanted);
    free(got);
    free(x);
    uf_points_free(&filled);
    uf_points_free(&compressed);
  }
  uf_session_close(&ctx);
}

TEST(bits_are_counted) {
  CHECK(uf_truth_distance(UF_JACCARD, 3, 5, 4, 10) == 0.5);
  CHECK(uf_truth_distance(UF_DICE, 3, 5, 4, 10) == 3.0 / 9);
  CHECK(uf_truth_distance(UF_HAMMING, 3, 5, 4, 10) == 0.3);
  CHECK(uf_truth_distance(UF_RUSSELLRAO, 3, 5, 4, 10) == 0.7);
  CHECK(uf_truth_distance(UF_YULE, 3, 5, 4, 10) == 4.0 / 14);
  for (int m = UF_JACCARD; m < UF_FUNCTION; m++) {
    CHECK(uf_truth_distance((uf_metric)m, 0, 0, 0, 10) == 0);
    CHECK(uf_truth_distance((uf_metric)m, 10, 10, 10, 10) == 0);
  }
}

TEST(names_and_metrics_belong_together) {
  for (int m = 0; m < UF_N_METRICS; m++)
    CHECK(uf_metric_named(uf_metric_of((uf_metric)m)->name) == m);
  CHECK(uf_metric_named("euclid") == -1);
}

TEST(angles_are_those_of_the_library) {
  for (int i = 0; i <= 1000; i++) {
    double x = i / 1000.0, sine, cosine, angle = 13 * (x - 0.5);
    uf_sin_cos(angle, &sine, &cosine);
    CHECK_CLOSE(uf_asin(x), asin(x), 1e-15);
    CHECK_CLOSE(uf_acos(2 * x - 1), acos(2 * x - 1), 2e-15);
    CHECK_CLOSE(sine, sin(angle), 1e-15);
    CHECK_CLOSE(cosine, cos(angle), 1e-15);
  }
}

int main(void) {
  RUN(every_instruction_set_gives_the_same_bits);
  RUN(sparse_rows_are_as_far_apart_as_filled_ones);
  RUN(bits_are_counted);
  RUN(names_and_metrics_belong_together);
  RUN(angles_are_those_of_the_library);
  return check_report();
}
