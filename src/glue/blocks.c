/*
 * glue/blocks.c: views of the points, and the graph of several of them.
 */
#include "blocks.h"

#include "host.h"
#include "points.h"
#include "entry_points.h"

static uf_status fail_lengths(uf_context *ctx) {
  return uf_fail(ctx, UF_BAD_INPUT, "has parts of different length");
}

/* n: rows that each view must have. */
static uf_status to_view(r_run *run, SEXP given, int n, uf_matrix *columns, uf_data_block *view) {
  SEXP x = r_element(given, "x"), neighbors = r_element(given, "neighbors");
  SEXP category = r_element(given, "category");
  view->weight = r_double(given, "weight");
  if (!Rf_isNull(category)) {
    view->category = r_category(category, n);
    return view->category ? UF_OK : fail_lengths(&run->ctx);
  }
  view->metric = r_metric(r_element(given, "metric"));
  view->max_distance = r_double(given, "max_distance");
  if (!Rf_isNull(x)) {
    *columns = r_matrix(x);
    if (columns->n != n) return fail_lengths(&run->ctx);
    if (view->metric.metric == UF_FUNCTION) r_take_function(run, x);
    view->columns = columns;
    view->n_neighbors = r_int(given, "n_neighbors");
    view->target_recall = r_double(given, "target_recall");
    view->neighbor_method = r_neighbor_method(r_string(given, "neighbor_method"));
  }
  if (Rf_isNull(neighbors)) return UF_OK;
  SEXP dist = r_element(neighbors, "dist");
  if (Rf_nrows(dist) != n) return fail_lengths(&run->ctx);
  view->unit = r_distance_unit(dist);
  return r_to_neighbors(&run->ctx, r_element(neighbors, "idx"), dist, view->unit, &view->neighbors);
}

uf_status r_to_blocks(r_run *run, SEXP list, int n, r_blocks *views) {
  int count = Rf_length(list);
  views->view = (uf_data_block *)R_alloc((size_t)count, sizeof *views->view);
  views->columns = (uf_matrix *)R_alloc((size_t)count, sizeof *views->columns);
  memset(views->view, 0, (size_t)count * sizeof *views->view);
  views->count = count;
  for (int v = 0; v < count; v++) {
    uf_status status = to_view(run, VECTOR_ELT(list, v), n, &views->columns[v], &views->view[v]);
    if (status) return status;
  }
  return UF_OK;
}

void r_blocks_free(r_blocks *views) {
  for (int v = 0; v < views->count; v++) uf_data_block_free(&views->view[v]);
}

/* What a metric that is an R function compares is R's own. */
static int has_points(const uf_data_block *view) {
  return view->points.n > 0 && view->points.metric != UF_FUNCTION;
}

static SEXP from_view(const uf_data_block *view, int keep_points) {
  static const char *const names[] = {"neighbors", "rho", "sigma", "points", "preparation"};
  if (view->category) return R_NilValue;
  int n = view->neighbors.n;
  SEXP result = PROTECT(r_named_list(5, names));
  SET_VECTOR_ELT(result, 0, r_from_neighbors(&view->neighbors, view->unit, view->used_method));
  SET_VECTOR_ELT(result, 1, r_from_floats(view->rho, n, view->unit));
  SET_VECTOR_ELT(result, 2, r_from_floats(view->sigma, n, view->unit));
  if (keep_points && has_points(view)) {
    SET_VECTOR_ELT(result, 3, r_from_points(&view->points, view->hash));
    SET_VECTOR_ELT(result, 4, r_from_preparation(&view->preparation));
  }
  UNPROTECT(1);
  return result;
}

SEXP r_from_blocks(const r_blocks *views, int keep_points) {
  SEXP list = PROTECT(Rf_allocVector(VECSXP, views->count));
  for (int v = 0; v < views->count; v++)
    SET_VECTOR_ELT(list, v, from_view(&views->view[v], keep_points));
  UNPROTECT(1);
  return list;
}

/* ---- the graph of several views ---- */

typedef struct join_call {
  r_run run;
  SEXP settings, graphs, views, weight;
  double local_connectivity, bandwidth, set_op_mix_ratio;
  uint64_t seed;
  int n;
  r_blocks view;
  uf_graph graph, other, both;
} join_call;

static void release_join(void *data) {
  join_call *c = data;
  r_blocks_free(&c->view);
  uf_graph_free(&c->graph);
  uf_graph_free(&c->other);
  uf_graph_free(&c->both);
  r_run_close(&c->run);
}

static uf_status take_graph(join_call *c, SEXP graph, uf_graph *to) {
  return r_to_graph(&c->run.ctx, r_element(graph, "row"), r_element(graph, "col"),
                    r_element(graph, "similarity"), c->n, to);
}

static SEXP join_views(void *data) {
  join_call *c = data;
  uf_context *ctx = &c->run.ctx;
  r_run_open(&c->run, c->settings);
  uf_fuzzy_options options =
      r_fuzzy_options(c->local_connectivity, c->bandwidth, c->set_op_mix_ratio, R_PosInf);
  r_run_check(&c->run, take_graph(c, c->graphs, &c->graph));
  r_run_check(&c->run, r_to_blocks(&c->run, c->views, c->n, &c->view));
  for (int v = 0; v < c->view.count; v++)
    r_run_check(&c->run, uf_data_block_join(ctx, &c->view.view[v], &options, c->seed, &c->graph));
  return r_from_graph(&c->graph);
}

SEXP unfurl_join_views(SEXP graph, SEXP n, SEXP views, SEXP options, SEXP seed, SEXP settings) {
  join_call call = {.settings = settings,
                    .graphs = graph,
                    .n = Rf_asInteger(n),
                    .views = views,
                    .local_connectivity = r_double(options, "local_connectivity"),
                    .bandwidth = r_double(options, "bandwidth"),
                    .set_op_mix_ratio = r_double(options, "set_op_mix_ratio"),
                    .seed = (uint64_t)Rf_asReal(seed)};
  return r_execute(join_views, release_join, &call);
}

static SEXP intersect_graphs(void *data) {
  join_call *c = data;
  uf_context *ctx = &c->run.ctx;
  r_run_open(&c->run, c->settings);
  r_run_check(&c->run, take_graph(c, VECTOR_ELT(c->graphs, 0), &c->graph));
  r_run_check(&c->run, take_graph(c, VECTOR_ELT(c->graphs, 1), &c->other));
  r_run_check(&c->run,
              uf_intersect_graphs(ctx, &c->graph, &c->other, Rf_asReal(c->weight), 0, &c->both));
  r_run_check(&c->run, uf_reset_local_connectivity(ctx, &c->both));
  return r_from_graph(&c->both);
}

SEXP unfurl_intersect_graphs(SEXP graphs, SEXP n, SEXP weight, SEXP settings) {
  join_call call = {.settings = settings, .graphs = graphs, .n = Rf_asInteger(n), .weight = weight};
  return r_execute(intersect_graphs, release_join, &call);
}
