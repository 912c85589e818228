/* test_init.c: initial layouts, against closed forms and dense eigenproblems. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "graph/components.h"
#include "init/init.h"
#include "linalg/jacobi.h"

/* ---- components ---- */

static void find(const double *w, int n, uf_components *components) {
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  fixture_graph(&ctx, n, w, &graph);
  CHECK(uf_components_find(&ctx, &graph, components) == UF_OK);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

/* Members and labels tell the same story; labels are numbered by their first vertex. */
static void check_components(const uf_components *c, int n, int count) {
  int seen = 0;
  CHECK(c->n == n && c->count == count && c->start[0] == 0 && c->start[count] == n);
  for (int i = 0; i < n; i++) {
    CHECK(c->component[i] >= 0 && c->component[i] <= seen);
    seen += c->component[i] == seen;
  }
  CHECK(seen == count);
  for (int k = 0; k < count; k++) {
    CHECK(c->start[k + 1] > c->start[k]);
    for (int m = c->start[k]; m < c->start[k + 1]; m++) {
      CHECK(c->component[c->member[m]] == k);
      if (m > c->start[k]) CHECK(c->member[m] > c->member[m - 1]);
    }
  }
}

TEST(components) {
  enum { N = 12 };
  uf_components c;
  double *none = fixture_doubles(N * N), *path = fixture_path(N), *cliques = fixture_cliques(N, 4);
  find(none, N, &c);
  check_components(&c, N, N);
  uf_components_free(&c);
  find(path, N, &c);
  check_components(&c, N, 1);
  uf_components_free(&c);
  find(cliques, N, &c);
  check_components(&c, N, 3);
  CHECK(c.component[3] == 0 && c.component[4] == 1 && c.component[11] == 2);
  uf_components_free(&c);
  fixture_edge(none, N, 1, 9, 0.5);
  fixture_edge(none, N, 9, 4, 1e-6);
  fixture_edge(none, N, 11, 0, 0.5);
  find(none, N, &c);
  check_components(&c, N, 9);
  CHECK(c.component[4] == 1 && c.component[11] == 0 && c.component[2] == 2 && c.component[10] == 8);
  uf_components_free(&c);
  free(none);
  free(path);
  free(cliques);
}

/* ---- spectral ---- */

static uf_status spectral_layout(uf_context *ctx, const uf_graph *graph, const uf_points *points,
                                 int d, float *layout) {
  uf_hierarchy hierarchy;
  uf_status status = uf_coarsen(ctx, graph, 42, &hierarchy);
  if (status) return status;
  status = uf_init_spectral(ctx, &hierarchy, points, d, 42, layout);
  uf_hierarchy_free(&hierarchy);
  return status;
}

static void spectral(uf_context *ctx, const double *w, int n, int d, float *layout) {
  uf_graph graph;
  fixture_graph(ctx, n, w, &graph);
  CHECK(spectral_layout(ctx, &graph, NULL, d, layout) == UF_OK);
  CHECK(fixture_all_finite(layout, (int64_t)n * d));
  uf_graph_free(&graph);
}

static double largest_coordinate(const float *layout, int count) {
  double most = 0;
  for (int i = 0; i < count; i++) most = fabs(layout[i]) > most ? fabs(layout[i]) : most;
  return most;
}

/* The sine of the angle between column c of the layout and the span of m orthonormal columns of
 * `basis` (n × m). */
static double sine_to_span(const float *layout, int n, int d, int c, const double *basis, int m) {
  double length = 0, left = 0, dot[64] = {0};
  for (int i = 0; i < n; i++)
    for (int v = 0; v < m; v++) dot[v] += layout[i * d + c] * basis[i * m + v];
  for (int i = 0; i < n; i++) {
    double x = layout[i * d + c], rest = x;
    for (int v = 0; v < m; v++) rest -= dot[v] * basis[i * m + v];
    length += x * x;
    left += rest * rest;
  }
  return sqrt(left / length);
}

/* Back from D^-½ v to the eigenvectors v, of a layout that fills the cube. */
static void times_root_degrees(const double *w, int n, int d, float *layout) {
  CHECK_CLOSE(largest_coordinate(layout, n * d), 10, 1e-3);
  for (int i = 0; i < n; i++) {
    double degree = 0;
    for (int j = 0; j < n; j++) degree += w[i * n + j];
    for (int c = 0; c < d; c++) layout[i * d + c] *= (float)sqrt(degree);
  }
}

/* All columns within the span, and orthogonal. */
static void check_span(const float *layout, int n, int d, const double *basis, int m,
                       double tolerance) {
  for (int c = 0; c < d; c++) CHECK_CLOSE(sine_to_span(layout, n, d, c, basis, m), 0, tolerance);
  for (int c = 1; c < d; c++) {
    double dot = 0, x2 = 0, y2 = 0;
    for (int i = 0; i < n; i++) {
      dot += (double)layout[i * d] * layout[i * d + c];
      x2 += (double)layout[i * d] * layout[i * d];
      y2 += (double)layout[i * d + c] * layout[i * d + c];
    }
    CHECK_CLOSE(dot / sqrt(x2 * y2), 0, 1e-3);
  }
}

static void normalize_columns(double *basis, int n, int m) {
  for (int v = 0; v < m; v++) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += basis[i * m + v] * basis[i * m + v];
    for (int i = 0; i < n; i++) basis[i * m + v] /= sqrt(sum);
  }
}

/* √degree cos(π k i / (n - 1)), k = 1 … d: the values cos(π k / (n - 1)) are all different, so each
 * column is known. */
static void check_path(int n, int d) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  double *w = fixture_path(n), *wanted = fixture_doubles(n);
  float *layout = fixture_floats(n * d);
  spectral(&ctx, w, n, d, layout);
  times_root_degrees(w, n, d, layout);
  for (int c = 0; c < d; c++) {
    double value =
        cos(acos(-1) * (c + 1) / (n - 1)); /* the filter spares no more than what is above 0 */
    for (int i = 0; i < n; i++)
      wanted[i] = sqrt(i == 0 || i == n - 1 ? 1 : 2) * cos(acos(-1) * (c + 1) * i / (n - 1));
    normalize_columns(wanted, n, 1);
    CHECK_CLOSE(sine_to_span(layout, n, d, c, wanted, 1), 0, value > 1e-9 ? 0.04 : 0.5);
  }
  free(w);
  free(wanted);
  free(layout);
  uf_session_close(&ctx);
}

TEST(paths) {
  const int n[] = {4, 5, 6, 7, 20, 61, 300};
  for (int i = 0; i < 7; i++)
    for (int d = 1; d <= 3 && d + 1 < n[i]; d++) check_path(n[i], d);
}

/* A wave around the ring, in any phase. */
TEST(cycles) {
  const int sizes[] = {5, 8, 40, 200};
  for (int s = 0; s < 4; s++)
    for (int d = 1; d <= 2; d++) {
      int n = sizes[s];
      uf_context ctx;
      fixture_open(&ctx, 1, NULL);
      double *w = fixture_cycle(n), *waves = fixture_doubles(n * 2);
      float *layout = fixture_floats(n * d);
      for (int i = 0; i < n; i++) {
        waves[2 * i] = cos(2 * acos(-1) * i / n);
        waves[2 * i + 1] = sin(2 * acos(-1) * i / n);
      }
      normalize_columns(waves, n, 2);
      spectral(&ctx, w, n, d, layout);
      times_root_degrees(w, n, d, layout);
      check_span(layout, n, d, waves, 2, 0.04);
      free(w);
      free(waves);
      free(layout);
      uf_session_close(&ctx);
    }
}

/* Eigenvectors 1 … m of D^-½ W D^-½ (0 being the trivial one) into basis (n × m), where m takes in
 * all that equal number d, so that the span is well defined. Returns m. */
static int dense_eigenvectors(const double *w, int n, int d, double *basis) {
  double *degree = fixture_doubles(n), *s = fixture_doubles(n * n);
  double *vectors = fixture_doubles(n * n), *values = fixture_doubles(n);
  int m = d;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) degree[i] += w[i * n + j];
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) s[i * n + j] = w[i * n + j] / sqrt(degree[i] * degree[j]);
  uf_symmetric_eigen(&(uf_context){0}, n, s, values, vectors);
  while (m + 1 < n && values[m + 1] > values[d] - 1e-8) m++;
  for (int i = 0; i < n; i++)
    for (int v = 0; v < m; v++) basis[i * m + v] = vectors[i * n + v + 1];
  free(degree);
  free(s);
  free(vectors);
  free(values);
  return m;
}

/* Frees w. */
static void check_against_dense(double *w, int n, int d, double tolerance) {
  uf_context ctx;
  int warnings;
  fixture_open_warned(&ctx, &warnings);
  double *basis = fixture_doubles(n * n);
  float *layout = fixture_floats(n * d);
  spectral(&ctx, w, n, d, layout);
  times_root_degrees(w, n, d, layout);
  int m = dense_eigenvectors(w, n, d, basis);
  check_span(layout, n, d, basis, m, tolerance);
  CHECK(warnings == 0);
  free(w);
  free(basis);
  free(layout);
  uf_session_close(&ctx);
}

TEST(grids_and_rings) {
  check_against_dense(fixture_grid(9, 5), 45, 2, 0.04);
  check_against_dense(fixture_grid(7, 7), 49, 2, 0.04);
  check_against_dense(fixture_grid(12, 5), 60, 3, 0.06);
  check_against_dense(fixture_ring(50, 3), 50, 2, 0.06);
  check_against_dense(fixture_ring(50, 8), 50, 5, 0.06);
}

/* All other eigenvalues are alike: 0 twice and more in a star, -1 / (n - 1) in a complete graph. */
TEST(degenerate_graphs) {
  for (int d = 1; d <= 3; d++) {
    check_against_dense(fixture_cliques(6, 6), 6, d, 0.04);
    check_against_dense(fixture_cliques(40, 40), 40, d, 0.04);
    check_against_dense(fixture_star(8), 8, d, 0.04);
    check_against_dense(fixture_star(50), 50, d, 0.04);
  }
}

/* Two cliques that hardly hold together: the first vector tells them apart, however thin the
 * bridge. */
TEST(weights_of_very_different_size) {
  enum { N = 30 };
  const double bridge[] = {1e-3, 1e-6, 1e-12, 1e-30};
  for (int b = 0; b < 4; b++) {
    uf_context ctx;
    float layout[2 * N];
    double *w = fixture_cliques(N, N / 2);
    fixture_edge(w, N, 3, 20, bridge[b]);
    fixture_open(&ctx, 1, NULL);
    spectral(&ctx, w, N, 2, layout);
    for (int i = 0; i < N; i++)
      CHECK((layout[2 * i] > 0) == ((layout[0] > 0) == (i < N / 2)) && fabsf(layout[2 * i]) > 1);
    free(w);
    uf_session_close(&ctx);
  }
  double *w = fixture_ring(40, 4);
  for (int i = 0; i < 40; i++)
    for (int j = 0; j < i; j++)
      if (w[i * 40 + j] > 0) fixture_edge(w, 40, i, j, pow(10, -8 * w[i * 40 + j]));
  uf_context ctx;
  float layout[80];
  fixture_open(&ctx, 1, NULL);
  spectral(&ctx, w, 40, 2, layout);
  CHECK_CLOSE(largest_coordinate(layout, 80), 10, 1e-3);
  free(w);
  uf_session_close(&ctx);
}

/* Tiny graphs, connected or not, in up to five dimensions. */
TEST(tiny_graphs) {
  for (int n = 1; n <= 8; n++)
    for (int d = 1; d <= 5; d++)
      for (int kind = 0; kind < 4; kind++) {
        uf_context ctx;
        float layout[40];
        double *w = kind == 0   ? fixture_doubles(n * n)
                    : kind == 1 ? fixture_path(n)
                    : kind == 2 ? fixture_cliques(n, n)
                                : fixture_cliques(n, 2);
        fixture_open(&ctx, 1, NULL);
        spectral(&ctx, w, n, d, layout);
        CHECK(largest_coordinate(layout, n * d) <= 10.001);
        if (n > 1) CHECK_CLOSE(largest_coordinate(layout, n * d), 10, 1e-3);
        for (int i = 1; i < n; i++)
          CHECK(memcmp(layout, layout + i * d, sizeof *layout * (size_t)d));
        free(w);
        uf_session_close(&ctx);
      }
}

/* The boxes around any two parts do not overlap (but for the shaking). */
static void check_places(const float *layout, int n, int d, int n_parts, const int *part_of) {
  double *low = fixture_doubles(n_parts * d), *high = fixture_doubles(n_parts * d);
  for (int e = 0; e < n_parts * d; e++) {
    low[e] = INFINITY;
    high[e] = -INFINITY;
  }
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d; c++) {
      int at = part_of[i] * d + c;
      low[at] = fmin(low[at], layout[i * d + c]);
      high[at] = fmax(high[at], layout[i * d + c]);
    }
  for (int p = 0; p < n_parts; p++)
    for (int q = 0; q < p; q++) {
      double gap = -INFINITY;
      for (int c = 0; c < d; c++)
        gap = fmax(gap, fmax(low[p * d + c] - high[q * d + c], low[q * d + c] - high[p * d + c]));
      CHECK(gap > -1e-3);
    }
  free(low);
  free(high);
}

TEST(several_components) {
  const int counts[] = {2, 3, 4};
  for (int k = 0; k < 3; k++)
    for (int d = 2; d <= 3; d++) {
      int n = 20 * counts[k], *part_of = fixture_ints(n);
      double *w = fixture_cliques(n, 20);
      float *layout = fixture_floats(n * d);
      uf_context ctx;
      fixture_open(&ctx, 1, NULL);
      for (int i = 0; i < n; i++) part_of[i] = i / 20;
      spectral(&ctx, w, n, d, layout);
      check_places(layout, n, d, counts[k], part_of);
      CHECK_CLOSE(largest_coordinate(layout, n * d), 10, 1e-3);
      free(part_of);
      free(w);
      free(layout);
      uf_session_close(&ctx);
    }
}

/* More components than places on the axes: where the points are, or anywhere. */
TEST(many_components) {
  enum { N = 240, PARTS = 12 };
  int part_of[N];
  float layout[2 * N];
  double *w = fixture_doubles(N * N), *x = fixture_clusters(N, 15, PARTS);
  uf_context ctx;
  uf_graph graph;
  uf_points points;
  for (int i = 0; i < N; i++) part_of[i] = i % PARTS;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < i; j++)
      if (part_of[i] == part_of[j]) fixture_edge(w, N, i, j, 0.5);
  fixture_open(&ctx, 1, NULL);
  fixture_graph_of(&ctx, N, w, &graph);
  fixture_points(&ctx, x, N, 15, UF_EUCLIDEAN, &points);
  CHECK(spectral_layout(&ctx, &graph, &points, 2, layout) == UF_OK);
  CHECK(fixture_all_finite(layout, 2 * N));
  check_places(layout, N, 2, PARTS, part_of);
  CHECK(spectral_layout(&ctx, &graph, NULL, 2, layout) == UF_OK);
  CHECK(fixture_all_finite(layout, 2 * N));
  check_places(layout, N, 2, PARTS, part_of);
  uf_points_free(&points);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(x);
}

/* Isolated vertices beside a component: they get places of their own too. */
TEST(isolated_vertices) {
  enum { N = 33 };
  float layout[2 * N];
  double *w = fixture_cliques(N, 30);
  for (int i = 30; i < N; i++)
    for (int j = 0; j < N; j++) fixture_edge(w, N, i, j, 0);
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  spectral(&ctx, w, N, 2, layout);
  for (int i = 30; i < N; i++)
    for (int j = 0; j < i; j++)
      CHECK(hypot(layout[2 * i] - layout[2 * j], layout[2 * i + 1] - layout[2 * j + 1]) > 0.1);
  free(w);
  uf_session_close(&ctx);
}

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

/* Spread 2^-j along axis j, then turned, `offset` from the origin. */
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

/* No variance, or less than the dimensions ask for. */
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
      CHECK(fixture_heeded(status, &ctx, polls));
      uf_session_close(&ctx);
    }
  uf_session_close(&quiet);
  uf_graph_free(&path);
  uf_graph_free(&cliques);
  uf_points_free(&points);
  free(x);
}

int main(void) {
  RUN(components);
  RUN(paths);
  RUN(cycles);
  RUN(grids_and_rings);
  RUN(degenerate_graphs);
  RUN(weights_of_very_different_size);
  RUN(tiny_graphs);
  RUN(several_components);
  RUN(many_components);
  RUN(isolated_vertices);
  RUN(principal_components);
  RUN(pca_without_variance);
  RUN(random_fills_the_cube);
  RUN(scaling_to_the_cube);
  RUN(same_bits_everywhere);
  RUN(interrupts_are_heard);
  return check_report();
}
