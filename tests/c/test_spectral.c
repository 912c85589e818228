/* test_spectral.c: spectral layouts, against closed forms and dense eigenproblems. */
#include "arith/arith.h"

#include "check.h"
#include "init_fixtures.h"

#include "linalg/jacobi.h"

static void spectral(uf_context *ctx, const double *w, int n, int d, float *layout) {
  uf_graph graph;
  fixture_graph(ctx, n, w, &graph);
  CHECK(spectral_layout(ctx, &graph, NULL, d, layout) == UF_OK);
  CHECK(fixture_all_finite(layout, (int64_t)n * d));
  uf_graph_free(&graph);
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

/* The boxes around any two parts do not overlap (except for the jitter). */
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

/* Isolated vertices next to a component: they get places of their own too. */
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

int main(void) {
  RUN(paths);
  RUN(cycles);
  RUN(grids_and_rings);
  RUN(degenerate_graphs);
  RUN(weights_of_very_different_size);
  RUN(tiny_graphs);
  RUN(several_components);
  RUN(many_components);
  RUN(isolated_vertices);
  return check_report();
}
