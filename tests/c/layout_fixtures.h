/*
 * layout_fixtures.h: what the tests of layouts share: the optimizers, a run, random layouts.
 * Include it after check.h, in a file that begins with arith/arith.h.
 */
#ifndef LAYOUT_FIXTURES_H
#define LAYOUT_FIXTURES_H

#include "fixtures.h"

#include "layout/forces.h"
#include "layout/optimize.h"

enum { N_METHODS = 3, SEED = 42 };
static const uf_layout_optimizer methods[N_METHODS] = {UF_LAYOUT_BATCH, UF_LAYOUT_SGD,
                                                       UF_LAYOUT_FULL};

static inline uf_layout_options options_of(uf_layout_optimizer method, int n_epochs) {
  uf_layout_options options = fixture_layout_options(method, n_epochs);
  options.a = 1.576943460;
  options.b = 0.8950608780;
  if (method == UF_LAYOUT_FULL) options.learning_rate = 0.1;
  return options;
}

static inline void random_start(int n, int d, float *layout) {
  for (int e = 0; e < n * d; e++) layout[e] = (float)(20 * fixture_unit(40, e) - 10);
}

static inline uf_status optimize(uf_context *ctx, const uf_graph *graph, int d,
                                 const uf_layout_options *options, uf_observer *observer,
                                 float *layout) {
  const uf_layout_problem problem = {.graph = graph, .d = d, .seed = SEED};
  return uf_layout_optimize(ctx, &problem, options, observer, layout);
}

/* Optimizes `layout`, from where it is, over the graph of a dense matrix; frees w. */
static inline void run(double *w, int n, int d, const uf_layout_options *options,
                       uf_observer *observer, float *layout) {
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  fixture_graph_of(&ctx, n, w, &graph);
  CHECK(optimize(&ctx, &graph, d, options, observer, layout) == UF_OK);
  CHECK(fixture_all_finite(layout, (int64_t)n * d));
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

static inline double apart(const float *layout, int d, int i, int j) {
  return sqrt(uf_squared_distance(layout + i * d, layout + j * d, d));
}

#endif
