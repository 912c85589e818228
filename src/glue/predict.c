/*
 * glue/predict.c: places new rows in a model's layout.
 */
#include "host.h"
#include "points.h"
#include "entry_points.h"

typedef struct predict_call {
  r_run run;
  SEXP settings, given, old_layout, options;
  int n_new, n_data_blocks;
  /* one for each block */
  uf_query_block *blocks;
  uf_preparation *preparations; /* in R's memory */
  uf_points *points, *queries;
  uf_neighbors *graphs;
  /* where the metric is an R function */
  uf_preparation own_preparation;
  uf_points own_points;
  float *old, *layout;
} predict_call;

static void release_predict(void *data) {
  predict_call *c = data;
  for (int v = 0; v < c->n_data_blocks; v++) {
    uf_query_block_free(&c->blocks[v]);
    r_points_free(&c->points[v]);
    uf_points_free(&c->queries[v]);
    uf_neighbors_free(&c->graphs[v]);
  }
  uf_preparation_free(&c->own_preparation);
  uf_points_free(&c->own_points);
  uf_free(c->old);
  uf_free(c->layout);
  r_run_close(&c->run);
}

static void check(predict_call *c, uf_status status) { r_run_check(&c->run, status); }

static void fail_lengths(predict_call *c) {
  c->run.argument = "object";
  check(c, uf_fail(&c->run.ctx, UF_BAD_INPUT, "is damaged: its parts are of different length"));
}

/* Arrays of structs that are zero, R's until the end of the call. */
static void *new_structs(int count, size_t size) {
  void *structs = R_alloc((size_t)count, (int)size);
  memset(structs, 0, (size_t)count * size);
  return structs;
}

/* Neighbors among the old rows, which the user gives. */
static double take_neighbors(predict_call *c, SEXP neighbors, uf_query_block *block) {
  SEXP dist = r_element(neighbors, "dist");
  double unit = r_distance_unit(dist);
  check(c, r_to_neighbors(&c->run.ctx, r_element(neighbors, "idx"), dist, unit, &block->neighbors));
  return unit;
}

/* Old rows as the model keeps them. */
static void take_old_rows(predict_call *c, SEXP given, int v) {
  uf_context *ctx = &c->run.ctx;
  c->run.argument = "object";
  check(c, r_to_preparation(ctx, r_element(given, "preparation"), &c->preparations[v]));
  check(c, r_to_points(ctx, r_element(given, "points"), &c->preparations[v], &c->points[v]));
  c->blocks[v].points = &c->points[v];
  c->blocks[v].hash = r_hash(r_element(given, "points"));
}

/* Takes R's matrix for the only block, whose metric is an R function. */
static void take_rows_of_function(predict_call *c, SEXP given) {
  r_prepare_points(&c->run, r_element(given, "x"), r_element(given, "metric"), &c->own_preparation,
                   &c->own_points);
  c->preparations[0] = c->own_preparation;
  c->blocks[0].points = &c->own_points;
}

/* Old rows, and new ones made ready likewise. */
static double take_points(predict_call *c, SEXP given, int v) {
  uf_context *ctx = &c->run.ctx;
  SEXP query = r_element(given, "query");
  int n_old = Rf_nrows(c->old_layout);
  uf_preparation *preparation = &c->preparations[v];
  preparation->metric = r_metric(r_element(given, "metric")).metric;
  if (preparation->metric == UF_FUNCTION)
    take_rows_of_function(c, given);
  else
    take_old_rows(c, given, v);
  c->run.argument = "object";
  check(c, r_to_search_graph(ctx, r_element(given, "idx"), &c->graphs[v]));
  if (c->graphs[v].n != n_old || c->blocks[v].points->n != n_old) fail_lengths(c);
  uf_matrix matrix = r_matrix(query);
  if (matrix.d != preparation->d)
    check(c, uf_fail(ctx, UF_BAD_INPUT, "is damaged: its rows have other columns than its data"));
  c->run.argument = "newdata";
  c->run.queries = query;
  check(c, uf_points_prepare_new(ctx, &matrix, preparation, &c->queries[v]));
  if (c->queries[v].form != c->blocks[v].points->form)
    check(c, uf_fail(ctx, UF_BAD_INPUT, "must be a matrix of the same kind as the model's data"));
  c->blocks[v].queries = &c->queries[v];
  c->blocks[v].graph = &c->graphs[v];
  c->blocks[v].k = r_int(given, "k");
  return c->blocks[v].points->unit;
}

static void take_view(predict_call *c, int v) {
  SEXP given = VECTOR_ELT(c->given, v), category = r_element(given, "category");
  SEXP neighbors = r_element(given, "neighbors");
  uf_query_block *block = &c->blocks[v];
  block->weight = r_double(given, "weight");
  if (!Rf_isNull(category)) {
    block->category = r_category(category, (R_xlen_t)c->n_new + Rf_nrows(c->old_layout));
    if (!block->category) fail_lengths(c);
    return;
  }
  double unit =
      Rf_isNull(neighbors) ? take_points(c, given, v) : take_neighbors(c, neighbors, block);
  block->max_distance = r_double(given, "max_distance") / unit;
  block->mean_distance = r_double(given, "mean_distance") / unit;
}

static uf_predict_options decode_options(SEXP options) {
  return (uf_predict_options){.fuzzy = r_fuzzy_options(r_double(options, "local_connectivity"),
                                                       r_double(options, "bandwidth"), 1, R_PosInf),
                              .layout = r_layout_options(options),
                              .seed = (uint64_t)r_double(options, "seed")};
}

static SEXP predict(void *data) {
  predict_call *c = data;
  uf_context *ctx = &c->run.ctx;
  int count = Rf_length(c->given), n_old = Rf_nrows(c->old_layout), d = Rf_ncols(c->old_layout);
  r_run_open(&c->run, c->settings);
  uf_predict_options options = decode_options(c->options);
  c->blocks = new_structs(count, sizeof *c->blocks);
  c->preparations = new_structs(count, sizeof *c->preparations);
  c->points = new_structs(count, sizeof *c->points);
  c->queries = new_structs(count, sizeof *c->queries);
  c->graphs = new_structs(count, sizeof *c->graphs);
  c->n_data_blocks = count;
  uf_phase(ctx, "data");
  for (int v = 0; v < count; v++) take_view(c, v);
  c->old = uf_alloc(ctx, (int64_t)n_old * d, sizeof *c->old);
  c->layout = uf_alloc(ctx, (int64_t)c->n_new * d, sizeof *c->layout);
  if (!c->old || !c->layout) check(c, UF_NO_MEMORY);
  r_to_layout(c->old_layout, c->old);
  const uf_old_layout old = {.position = c->old, .n = n_old, .d = d};
  check(c, uf_predict(ctx, c->blocks, count, &old, &options, c->layout));
  return r_from_layout(c->layout, c->n_new, d);
}

SEXP unfurl_predict(SEXP blocks, SEXP n_new, SEXP layout, SEXP options, SEXP settings) {
  predict_call call = {.settings = settings,
                       .given = blocks,
                       .n_new = Rf_asInteger(n_new),
                       .old_layout = layout,
                       .options = options};
  return r_execute(predict, release_predict, &call);
}
