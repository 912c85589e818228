/*
 * glue/quality.c: measures results: how much of the neighborhoods a layout keeps, and into how many
 * components a graph falls.
 */
#include "host.h"
#include "entry_points.h"

typedef struct quality_call {
  r_run run;
  SEXP settings;
  SEXP x, layout, labels, rows, row, col, similarity;
  int n, k, k_label;
  SEXP metric;
  /* from the core */
  uf_points points, layout_points;
  uf_graph graph;
  uf_components components;
} quality_call;

static void release_quality(void *data) {
  quality_call *c = data;
  uf_points_free(&c->points);
  uf_points_free(&c->layout_points);
  uf_graph_free(&c->graph);
  uf_components_free(&c->components);
  r_run_close(&c->run);
}

static void check(quality_call *c, uf_status status) { r_run_check(&c->run, status); }

/* list(overall, points): four numbers, and a matrix n_rows × 3 of the first three for each row. */
static SEXP quality(void *data) {
  static const char *const names[] = {"overall", "points"};
  quality_call *c = data;
  uf_context *ctx = &c->run.ctx;
  uf_quality measured;
  int n_rows = Rf_length(c->rows);
  r_run_open(&c->run, c->settings);
  uf_matrix layout = r_matrix(c->layout);
  r_make_points(&c->run, c->x, c->metric, &c->points);
  check(c, uf_points_make(ctx, &layout, &(uf_metric_choice){.metric = UF_EUCLIDEAN},
                          &c->layout_points));
  const int *labels = Rf_isNull(c->labels) ? NULL : INTEGER(c->labels);
  SEXP result = PROTECT(r_named_list(2, names));
  SET_VECTOR_ELT(result, 0, Rf_allocVector(REALSXP, 4));
  SET_VECTOR_ELT(result, 1, Rf_allocMatrix(REALSXP, n_rows, 3));
  double *overall = REAL(VECTOR_ELT(result, 0)), *points = REAL(VECTOR_ELT(result, 1));
  uf_point_quality each = {points, points + n_rows, points + 2 * (R_xlen_t)n_rows};
  const uf_quality_options options = {.k = c->k,
                                      .rows = r_rows_from_zero(c->rows),
                                      .n_rows = n_rows,
                                      .labels = labels,
                                      .k_label = c->k_label};
  check(c, uf_quality_measure(ctx, &c->points, &c->layout_points, &options, &measured, &each));
  overall[0] = measured.trustworthiness;
  overall[1] = measured.continuity;
  overall[2] = measured.neighbor_preservation;
  overall[3] = labels ? measured.knn_accuracy : NA_REAL;
  UNPROTECT(1);
  return result;
}

SEXP unfurl_quality(SEXP x, SEXP layout, SEXP labels, SEXP k, SEXP k_label, SEXP rows, SEXP metric,
                    SEXP settings) {
  quality_call call = {.settings = settings,
                       .x = x,
                       .layout = layout,
                       .labels = labels,
                       .k = Rf_asInteger(k),
                       .k_label = Rf_asInteger(k_label),
                       .rows = rows,
                       .metric = metric};
  return r_execute(quality, release_quality, &call);
}

/* Returns the sizes of the connected components. */
static SEXP graph_components(void *data) {
  quality_call *c = data;
  uf_context *ctx = &c->run.ctx;
  r_run_open(&c->run, c->settings);
  check(c, r_to_graph(ctx, c->row, c->col, c->similarity, c->n, &c->graph));
  check(c, uf_components_find(ctx, &c->graph, &c->components));
  SEXP sizes = Rf_allocVector(INTSXP, c->components.count);
  for (int i = 0; i < c->components.count; i++)
    INTEGER(sizes)[i] = uf_component_size(&c->components, i);
  return sizes;
}

SEXP unfurl_graph_components(SEXP row, SEXP col, SEXP similarity, SEXP n, SEXP settings) {
  quality_call call = {
      .settings = settings, .row = row, .col = col, .similarity = similarity, .n = Rf_asInteger(n)};
  return r_execute(graph_components, release_quality, &call);
}
