/*
 * glue/layout.c: runs initialization and optimization of a layout by themselves.
 */
#include "host.h"
#include "entry_points.h"
#include "observe.h"

typedef struct layout_call {
  r_run run;
  SEXP settings;
  SEXP row, col, similarity, x, init, observer_list, options;
  int n, n_components;
  SEXP metric;
  const char *method;
  uint64_t seed;
  /* from the core */
  uf_points points;
  uf_graph graph;
  uf_hierarchy hierarchy;
  float *layout;
  r_observer observer;
} layout_call;

static void release_layout(void *data) {
  layout_call *c = data;
  uf_points_free(&c->points);
  uf_hierarchy_free(&c->hierarchy);
  uf_graph_free(&c->graph);
  uf_free(c->layout);
  r_observer_free(&c->observer);
  r_run_close(&c->run);
}

static void check(layout_call *c, uf_status status) { r_run_check(&c->run, status); }

static SEXP initial_layout(void *data) {
  layout_call *c = data;
  uf_context *ctx = &c->run.ctx;
  int d = c->n_components, has_points = !Rf_isNull(c->x);
  r_run_open(&c->run, c->settings);
  check(c, r_to_graph(ctx, c->row, c->col, c->similarity, c->n, &c->graph));
  if (has_points) r_make_points(&c->run, c->x, c->metric, &c->points);
  c->layout = r_new_floats(&c->run, (int64_t)c->n * d);
  uf_phase(ctx, "initialization");
  check(c, uf_coarsen(ctx, &c->graph, c->seed, &c->hierarchy));
  const uf_init_options options = {.method = r_init_method(c->method), .d = d, .seed = c->seed};
  check(c,
        uf_initial_layout(ctx, &c->hierarchy, has_points ? &c->points : NULL, &options, c->layout));
  return r_from_layout(c->layout, c->n, d);
}

SEXP unfurl_initial_layout(SEXP row, SEXP col, SEXP similarity, SEXP n, SEXP x, SEXP metric,
                           SEXP init, SEXP n_components, SEXP seed, SEXP settings) {
  layout_call call = {.settings = settings,
                      .row = row,
                      .col = col,
                      .similarity = similarity,
                      .n = Rf_asInteger(n),
                      .x = x,
                      .metric = metric,
                      .method = CHAR(Rf_asChar(init)),
                      .n_components = Rf_asInteger(n_components),
                      .seed = (uint64_t)Rf_asReal(seed)};
  return r_execute(initial_layout, release_layout, &call);
}

static SEXP optimize_layout(void *data) {
  static const char *const names[] = {"layout", "observed"};
  layout_call *c = data;
  uf_context *ctx = &c->run.ctx;
  int n = Rf_nrows(c->init), d = Rf_ncols(c->init);
  r_run_open(&c->run, c->settings);
  check(c, r_to_graph(ctx, c->row, c->col, c->similarity, n, &c->graph));
  c->layout = r_new_floats(&c->run, (int64_t)n * d);
  r_to_layout(c->init, c->layout);
  uf_layout_options options = r_layout_options(c->options);
  uf_layout_problem problem = {
      .graph = &c->graph, .d = d, .seed = (uint64_t)r_double(c->options, "seed")};
  r_observer_open(&c->observer, &c->run, c->observer_list, n, d);
  check(c, uf_layout_optimize(ctx, &problem, &options, &c->observer.observer, c->layout));
  SEXP result = PROTECT(r_named_list(2, names));
  SET_VECTOR_ELT(result, 0, r_from_layout(c->layout, n, d));
  SET_VECTOR_ELT(result, 1, r_from_observer(&c->observer));
  UNPROTECT(1);
  return result;
}

SEXP unfurl_optimize_layout(SEXP row, SEXP col, SEXP similarity, SEXP init, SEXP options,
                            SEXP observer, SEXP settings) {
  layout_call call = {.settings = settings,
                      .row = row,
                      .col = col,
                      .similarity = similarity,
                      .init = init,
                      .options = options,
                      .observer_list = observer};
  return r_execute(optimize_layout, release_layout, &call);
}

static SEXP layout_loss(void *data) {
  layout_call *c = data;
  int n = Rf_nrows(c->init), d = Rf_ncols(c->init);
  uf_loss loss;
  uf_loss_options options = {.a = r_double(c->options, "a"),
                             .b = r_double(c->options, "b"),
                             .n_partners = r_int(c->options, "n_partners"),
                             .seed = (uint64_t)r_double(c->options, "seed")};
  r_run_open(&c->run, c->settings);
  check(c, r_to_graph(&c->run.ctx, c->row, c->col, c->similarity, n, &c->graph));
  c->layout = r_new_floats(&c->run, (int64_t)n * d);
  r_to_layout(c->init, c->layout);
  check(c, uf_layout_loss(&c->run.ctx, &c->graph, d, &options, c->layout, &loss));
  SEXP result = Rf_allocVector(REALSXP, 2);
  REAL(result)[0] = loss.attraction;
  REAL(result)[1] = loss.repulsion;
  return result;
}

SEXP unfurl_layout_loss(SEXP row, SEXP col, SEXP similarity, SEXP layout, SEXP options,
                        SEXP settings) {
  layout_call call = {.settings = settings,
                      .row = row,
                      .col = col,
                      .similarity = similarity,
                      .init = layout,
                      .options = options};
  return r_execute(layout_loss, release_layout, &call);
}
