/* test_init.c: principal components against the dense eigenproblem, random layouts, and what holds
 * for all initial layouts. */
#include "arith/arith.h"

#include "check.h"
#include "init_fixtures.h"

#include "linalg/jacobi.h"

/* ---- principal components ---- */

/* Leading eigenvectors of the covariance, applied to the centered rows: n × d, columns of length 1.
 */
static void dense_components(const double *x, int n, int columns, int d, double *scores) {
  double *covariance = fixture_doubles(columns * columns), *values = fixture_doubles(columns);
  double *vectors = fixture_doubles(columns * columns), *mean = fixture_doubles(columns);
  for (int j = 0; j < columns; j++)
    for (int i = 0; i < n; i++) mean[j] += x[j * n + i] / n;
  for (int j = 0; j < columns; j++)
    for (int k = 0; k < columns; k++)
      for (int i = 0; i < n; i++)
        covariance[j * columns + k] += (x[j * n + i] - mean[j]) * (x[k * n + i] - mean[k]);
  uf_symmetric_eigen(&(uf_context){0}, columns, covariance, values, vectors);
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d; c++)
      for (int j = 0; j < columns; j++)
        scores[i * d + c] += (x[j * n + i] - mean[j]) * vectors[j * columns + c];
  normalize_columns(scores, n, d);
  free(covariance);
  free(values);
  free(vectors);
  free(mean);
}

static void check_pca(double *x, int n, int columns, int d) {
  double *scores = fixture_doubles(n * d), *one = fixture_doubles(n);
  float *layout = fixture_floats(n * d);
  uf_context ctx;
  uf_points points;
  fixture_open(&ctx, 1, NULL);
  fixture_points(&ctx, x, n, columns, UF_EUCLIDEAN, &points);
  CHECK(uf_init_pca(&ctx, &points, d, 42, layout) == UF_OK);
  CHECK_CLOSE(largest_coordinate(layout, n * d), 10, 1e-3);
  dense_components(x, n, columns, d, scores);
  for (int c = 0; c < d; c++) {
    for (int i = 0; i < n; i++) one[i] = scores[i * d + c];
    CHECK_CLOSE(sine_to_span(layout, n, d, c, one, 1), 0, 2e-3);
  }
  uf_points_free(&points);
  uf_session_close(&ctx);
  free(x);
  free(scores);
  free(one);
  free(layout);
}

/* Standard deviation 2^-j along axis j, then turned, `offset` from the origin. */
static double *ellipsoid(int n, int columns, double offset, double unit) {
  double *x = fixture_doubles(n * columns);
  for (int j = 0; j < columns; j++)
    for (int i = 0; i < n; i++) {
      double sum = offset;
      for (int k = 0; k < columns; k++)
        sum += ldexp(fixture_normal(30, i * columns + k), -k) * fixture_normal(31, k * columns + j);
      x[j * n + i] = unit * sum;
    }
  return x;
}

TEST(principal_components) {
  check_pca(ellipsoid(200, 1, 0, 1), 200, 1, 1);
  check_pca(ellipsoid(200, 2, 3, 1), 200, 2, 2);
  check_pca(ellipsoid(200, 6, 0, 1), 200, 6, 3);
  check_pca(ellipsoid(6000, 12, 50, 1), 6000, 12, 2);
  check_pca(ellipsoid(300, 12, 0, 1e-11), 300, 12, 2);
  check_pca(ellipsoid(300, 12, 0, 1e11), 300, 12, 2);
  check_pca(ellipsoid(3, 10, 0, 1), 3, 10, 2);
}

/* Data without variance, or with fewer dimensions of it than are asked for. */
TEST(pca_without_variance) {
  enum { N = 20 };
  double x[N * 4] = {0};
  float layout[N * 3];
  for (int flat = 0; flat < 2; flat++) {
    uf_context ctx;
    uf_points points;
    fixture_open(&ctx, 1, NULL);
    fixture_points(&ctx, x, N, 4, UF_EUCLIDEAN, &points);
    CHECK(uf_init_pca(&ctx, &points, 3, 42, layout) == UF_OK);
    CHECK(fixture_all_finite(layout, N * 3));
    CHECK_CLOSE(largest_coordinate(layout, N * 3), flat ? 10 : 0, 1e-3);
    uf_points_free(&points);
    uf_session_close(&ctx);
    for (int i = 0; i < N; i++) x[2 * N + i] = i;
  }
}

/* ---- random ---- */

TEST(random_fills_the_cube) {
  enum { N = 20000, D = 3 };
  float *layout = fixture_floats(N * D), *other = fixture_floats(N * D);
  double sum = 0, squares = 0;
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_init_random(&ctx, N, D, 42, layout) == UF_OK);
  CHECK(uf_init_random(&ctx, N, D, 43, other) == UF_OK);
  CHECK(!fixture_same(layout, other, N * D));
  for (int i = 0; i < N * D; i++) {
    CHECK(layout[i] >= -10 && layout[i] <= 10);
    sum += layout[i];
    squares += layout[i] * layout[i];
  }
  CHECK_CLOSE(sum / (N * D), 0, 5 * sqrt(100.0 / 3 / (N * D)));
  CHECK_CLOSE(squares / (N * D), 100.0 / 3, 1);
  CHECK(uf_init_random(&ctx, 100, D, 42, other) == UF_OK); /* a row does not depend on the others */
  CHECK(fixture_same(layout, other, 100 * D));
  uf_session_close(&ctx);
  free(layout);
  free(other);
}

TEST(scaling_to_the_cube) {
  float layout[] = {1, -4, 2, 0}, zero[] = {0, 0};
  uf_init_scale(2, 2, 42, layout);
  const double wanted[] = {2.5, -10, 5, 0};
  for (int i = 0; i < 4; i++) CHECK_CLOSE(layout[i], wanted[i], 1e-3);
  uf_init_scale(1, 2, 42, zero);
  CHECK(fabsf(zero[0]) < 1e-3 && fabsf(zero[1]) < 1e-3);
}

/* ---- all of them ---- */

TEST(same_bits_everywhere) {
  enum { N = 2500, COLUMNS = 9 };
  float *wanted = fixture_floats(4 * N), *got = fixture_floats(4 * N);
  double *x = ellipsoid(N, COLUMNS, 1, 1);
  double *w = fixture_ring(N, 5);
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  fixture_graph_of(&ctx, N, w, &graph);
  uf_session_close(&ctx);
  for (int t = 0; t < FIXTURE_THREADS; t++)
    for (int isa = 0; isa < FIXTURE_ISAS; isa += 2) {
      uf_points points;
      fixture_open(&ctx, fixture_threads[t], fixture_isa[isa]);
      fixture_points(&ctx, x, N, COLUMNS, UF_EUCLIDEAN, &points);
      CHECK(spectral_layout(&ctx, &graph, &points, 2, got) == UF_OK);
      CHECK(uf_init_pca(&ctx, &points, 2, 42, got + 2 * N) == UF_OK);
      if (t + isa == 0) memcpy(wanted, got, sizeof *got * 4 * N);
      CHECK(fixture_same(wanted, got, 4 * N));
      uf_points_free(&points);
      uf_session_close(&ctx);
    }
  uf_graph_free(&graph);
  free(wanted);
  free(got);
  free(x);
}

/* Stage 0 … 3: spectral of one component, of many, principal components, random. */
static uf_status initialize_by(uf_context *ctx, int stage, const uf_graph *path,
                               const uf_graph *cliques, const uf_points *points, float *layout) {
  if (stage == 0) return spectral_layout(ctx, path, NULL, 2, layout);
  if (stage == 1) return spectral_layout(ctx, cliques, points, 2, layout);
  if (stage == 2) return uf_init_pca(ctx, points, 2, 42, layout);
  return uf_init_random(ctx, points->n, 2, 42, layout);
}

TEST(interrupts_are_heard) {
  enum { N = 300 };
  float layout[2 * N];
  double *x = ellipsoid(N, 5, 0, 1);
  uf_context quiet;
  uf_graph path, cliques;
  uf_points points;
  fixture_open(&quiet, 1, NULL);
  fixture_graph_of(&quiet, N, fixture_path(N), &path);
  fixture_graph_of(&quiet, N, fixture_cliques(N, 10), &cliques);
  fixture_points(&quiet, x, N, 5, UF_EUCLIDEAN, &points);
  for (int t = 0; t < FIXTURE_THREADS; t++)
    for (int stage = 0; stage < 4; stage++) {
      uf_context ctx;
      int polls;
      fixture_open_stopping(&ctx, fixture_threads[t], &polls);
      uf_status status = initialize_by(&ctx, stage, &path, &cliques, &points, layout);
      CHECK(fixture_stopped(status, &ctx, polls));
      uf_session_close(&ctx);
    }
  uf_session_close(&quiet);
  uf_graph_free(&path);
  uf_graph_free(&cliques);
  uf_points_free(&points);
  free(x);
}

int main(void) {
  RUN(principal_components);
  RUN(pca_without_variance);
  RUN(random_fills_the_cube);
  RUN(scaling_to_the_cube);
  RUN(same_bits_everywhere);
  RUN(interrupts_are_heard);
  return check_report();
}
