/*
 * fixtures.h: what the tests of several stages begin with: data, neighbors, graphs, hosts. All of
 * it is fixed by seeds. Include it after check.h.
 */
#ifndef FIXTURES_H
#define FIXTURES_H

#include <stdlib.h>
#include <string.h>

#include "graph/graph.h"
#include "layout/options.h"
#include "base/memory.h"
#include "data/points_prepare.h"
#include "base/random.h"
#include "base/session.h"

static const char *const fixture_isa[] = {"scalar", "neon",   "sse2", "fma",
                                          "avx2",   "avx512", "vnni"};
static const int fixture_threads[] = {1, 2, 3, 8};
enum { FIXTURE_ISAS = 7, FIXTURE_THREADS = 4 };

static inline void *fixture_array(int64_t count, size_t size) {
  void *block = calloc((size_t)(count ? count : 1), size);
  if (!block) exit(2);
  return block;
}

static inline double *fixture_doubles(int64_t count) {
  return fixture_array(count, sizeof(double));
}

static inline float *fixture_floats(int64_t count) { return fixture_array(count, sizeof(float)); }

static inline int *fixture_ints(int64_t count) { return fixture_array(count, sizeof(int)); }

/* The usual constants of UMAP; the curve is left to the caller. */
static inline uf_layout_options fixture_layout_options(uf_layout_optimizer optimizer,
                                                       int n_epochs) {
  return (uf_layout_options){.optimizer = optimizer,
                             .n_epochs = n_epochs,
                             .softening = 0.001,
                             .clip = 4,
                             .beta1 = 0.5,
                             .beta2 = 0.9,
                             .epsilon = 0.5,
                             .learning_rate = 1,
                             .repulsion_strength = 1,
                             .negative_sample_rate = 5};
}

/* The context that most tests need: without a host; NULL for the best instruction set. */
static inline void fixture_open(uf_context *ctx, int n_threads, const char *isa) {
  if (uf_session_open(ctx, NULL, n_threads, isa) != UF_OK) exit(2);
}

static inline int fixture_always(void *data) { return ++*(int *)data > 0; }

static inline void fixture_count_warning(void *data, uf_warning kind, const char *message) {
  (void)kind, (void)message;
  ++*(int *)data;
}

/* A context whose host asks to stop as soon as it is asked; *polls counts how often it is. */
static inline void fixture_open_stopping(uf_context *ctx, int n_threads, int *polls) {
  uf_host host = {.data = polls, .interrupted = fixture_always};
  *polls = 0;
  if (uf_session_open(ctx, &host, n_threads, NULL) != UF_OK) exit(2);
}

/* Whether a stage stopped as such a host asked. Helpers may have done a short loop before the
 * caller came to ask; alone it always asks. */
static inline int fixture_stopped(uf_status status, const uf_context *ctx, int polls) {
  if (polls == 0) return status == UF_OK && ctx->n_threads > 1;
  return status == UF_INTERRUPTED && polls == 1;
}

/* A context whose host counts the warnings. */
static inline void fixture_open_warned(uf_context *ctx, int *warnings) {
  uf_host host = {.data = warnings, .warn = fixture_count_warning};
  *warnings = 0;
  if (uf_session_open(ctx, &host, 1, NULL) != UF_OK) exit(2);
}

/* Number `draw` of a sequence, in [0, 1), exact in float; and one that is nearly normal. */
static inline double fixture_unit(int sequence, int64_t draw) {
  return uf_draw_unit(uf_key(11, UF_STAGE_SAMPLE, (uint64_t)sequence, 0), (uint64_t)draw);
}

static inline double fixture_normal(int sequence, int64_t draw) {
  return uf_draw_normal(uf_key(12, UF_STAGE_SAMPLE, (uint64_t)sequence, 0), (uint64_t)draw);
}

static inline int fixture_all_finite(const float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++)
    if (!isfinite(x[i])) return 0;
  return 1;
}

static inline int fixture_same(const float *x, const float *y, int64_t count) {
  return memcmp(x, y, (size_t)count * sizeof *x) == 0;
}

/* Points of n × d doubles by columns. */
static inline void fixture_points(uf_context *ctx, const double *x, int n, int d, uf_metric metric,
                                  uf_points *points) {
  uf_matrix columns = {.values = x, .is_integer = 0, .n = n, .d = d};
  if (uf_points_make(ctx, &columns, &(uf_metric_choice){.metric = metric}, points) != UF_OK)
    exit(2);
}

/* Gaussian clusters of equal size, by columns: cluster c = i % n_clusters around 8 e_c. */
static inline double *fixture_clusters(int n, int d, int n_clusters) {
  double *x = fixture_doubles((int64_t)n * d);
  for (int j = 0; j < d; j++)
    for (int i = 0; i < n; i++)
      x[(size_t)j * (size_t)n + (size_t)i] =
          0.5 * fixture_normal(1, (int64_t)i * d + j) + (j == i % n_clusters ? 8 : 0);
  return x;
}

/* The mean silhouette (Rousseeuw 1987) of clusters i % n_clusters, 16 at most: 1 when they are
 * points far apart, 0 when there are none. */
static inline double fixture_silhouette(const float *layout, int n, int d, int n_clusters) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    double mean[16] = {0}, between = INFINITY;
    int size[16] = {0}, own = i % n_clusters;
    for (int j = 0; j < n; j++) {
      if (j == i) continue;
      double d2 = 0;
      for (int c = 0; c < d; c++) d2 += pow(layout[i * d + c] - layout[j * d + c], 2);
      mean[j % n_clusters] += sqrt(d2);
      size[j % n_clusters]++;
    }
    for (int c = 0; c < n_clusters; c++) {
      mean[c] /= size[c];
      if (c != own) between = fmin(between, mean[c]);
    }
    sum += (between - mean[own]) / fmax(between, mean[own]);
  }
  return sum / n;
}

/* An edge i - j in a dense n × n matrix of weights. */
static inline void fixture_edge(double *w, int n, int i, int j, double weight) {
  w[i * n + j] = w[j * n + i] = weight;
}

static inline double *fixture_path(int n) {
  double *w = fixture_doubles((int64_t)n * n);
  for (int i = 0; i + 1 < n; i++) fixture_edge(w, n, i, i + 1, 1);
  return w;
}

static inline double *fixture_cycle(int n) {
  double *w = fixture_path(n);
  fixture_edge(w, n, 0, n - 1, 1);
  return w;
}

static inline double *fixture_star(int n) {
  double *w = fixture_doubles((int64_t)n * n);
  for (int i = 1; i < n; i++) fixture_edge(w, n, 0, i, 1);
  return w;
}

/* Cliques of `size` vertices each, without edges between. */
static inline double *fixture_cliques(int n, int size) {
  double *w = fixture_doubles((int64_t)n * n);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      if (i / size == j / size) fixture_edge(w, n, i, j, 1);
  return w;
}

static inline double *fixture_grid(int rows, int columns) {
  int n = rows * columns;
  double *w = fixture_doubles((int64_t)n * n);
  for (int i = 0; i < n; i++) {
    if (i % columns + 1 < columns) fixture_edge(w, n, i, i + 1, 1);
    if (i + columns < n) fixture_edge(w, n, i, i + columns, 1);
  }
  return w;
}

/* Ties every vertex to the next `reach` ones around a ring, by random weights in (0, 1]. */
static inline double *fixture_ring(int n, int reach) {
  double *w = fixture_doubles((int64_t)n * n);
  for (int i = 0; i < n; i++)
    for (int j = 1; j <= reach; j++)
      if ((i + j) % n != i)
        fixture_edge(w, n, i, (i + j) % n, 1 - fixture_unit(2, (int64_t)i * n + j));
  return w;
}

/* The graph of a dense matrix, its non-zero elements being the edges. */
static inline void fixture_graph(uf_context *ctx, int n, const double *w, uf_graph *graph) {
  int64_t n_edges = 0, at = 0;
  for (int64_t e = 0; e < (int64_t)n * n; e++) n_edges += w[e] > 0;
  if (uf_graph_alloc(ctx, n, n_edges, graph) != UF_OK) exit(2);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++)
      if (w[(int64_t)i * n + j] > 0) {
        graph->neighbor[at] = j;
        graph->weight[at++] = (float)w[(int64_t)i * n + j];
      }
    graph->start[i + 1] = at;
  }
}

/* Frees the matrix as well. */
static inline void fixture_graph_of(uf_context *ctx, int n, double *w, uf_graph *graph) {
  fixture_graph(ctx, n, w, graph);
  free(w);
}

#endif
