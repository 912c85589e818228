/*
 * r_layout.c: the start of a layout and its optimisation, by themselves.
 */
#include "r_host.h"
#include "r_stages.h"

typedef struct layout_call {
  r_run run;
  SEXP settings;
  SEXP row, col, similarity, x, init, snapshots, options;
  int n, n_components;
  SEXP metric;
  const char *method;
  uint64_t seed;
  /* from the core */
  uf_points points;
  uf_graph graph;
  float *layout, *kept;
} layout_call;

static void release_layout(void *data) {
  layout_call *c = data;
  uf_points_free(&c->points);
  uf_graph_free(&c->graph);
  uf_free(c->layout);
  uf_free(c->kept);
  r_run_close(&c->run);
}

static void check(layout_call *c, uf_status status) { r_run_check(&c->run, status); }

static float *new_floats(layout_call *c, int64_t count) {
  float *floats = uf_alloc(&c->run.ctx, count, sizeof *floats);
  if (!floats) check(c, UF_NO_MEMORY);
  return floats;
}

static SEXP initial_layout(void *data) {
  layout_call *c = data;
  uf_context *ctx = &c->run.ctx;
  int d = c->n_components, has_points = !Rf_isNull(c->x);
  r_run_open(&c->run, c->settings);
  check(c, r_to_graph(ctx, c->row, c->col, c->similarity, c->n, &c->graph));
  if (has_points) r_make_points(&c->run, c->x, c->metric, &c->points);
  c->layout = new_floats(c, (int64_t)c->n * d);
  check(c, uf_initial_layout(ctx, &c->graph, has_points ? &c->points : NULL,
                             r_init_method(c->method), d, c->seed, c->layout));
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

/* list(layout, snapshots) */
static SEXP layouts_to_list(const layout_call *c, int n, int d, int n_snapshots) {
  static const char *const names[] = {"layout", "snapshots"};
  SEXP result = PROTECT(r_named_list(2, names));
  SET_VECTOR_ELT(result, 0, r_from_layout(c->layout, n, d));
  SEXP list = Rf_allocVector(VECSXP, n_snapshots);
  SET_VECTOR_ELT(result, 1, list);
  for (int s = 0; s < n_snapshots; s++)
    SET_VECTOR_ELT(list, s, r_from_layout(c->kept + (size_t)s * (size_t)n * (size_t)d, n, d));
  UNPROTECT(1);
  return result;
}

static SEXP optimize_layout(void *data) {
  layout_call *c = data;
  uf_context *ctx = &c->run.ctx;
  int n = Rf_nrows(c->init), d = Rf_ncols(c->init), n_snapshots = Rf_length(c->snapshots);
  r_run_open(&c->run, c->settings);
  check(c, r_to_graph(ctx, c->row, c->col, c->similarity, n, &c->graph));
  c->layout = new_floats(c, (int64_t)n * d);
  c->kept = new_floats(c, (int64_t)n_snapshots * n * d);
  r_to_layout(c->init, c->layout);
  uf_layout_options options = r_layout_options(c->options);
  uf_snapshots snapshots = {n_snapshots, INTEGER(c->snapshots), c->kept};
  check(c, uf_layout_optimize(ctx, &c->graph, d, &options, n_snapshots ? &snapshots : NULL,
                              c->layout));
  return layouts_to_list(c, n, d, n_snapshots);
}

SEXP unfurl_optimize_layout(SEXP row, SEXP col, SEXP similarity, SEXP init, SEXP options,
                            SEXP snapshots, SEXP settings) {
  layout_call call = {.settings = settings,
                      .row = row,
                      .col = col,
                      .similarity = similarity,
                      .init = init,
                      .options = options,
                      .snapshots = snapshots};
  return r_execute(optimize_layout, release_layout, &call);
}
