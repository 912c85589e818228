/*
 * glue/blocks.c: makes blocks of the points, and the graph of several blocks.
 */
#include "blocks.h"

#include "host.h"
#include "points.h"
#include "entry_points.h"

static uf_status fail_lengths(uf_context *ctx) {
  return uf_fail(ctx, UF_BAD_INPUT, "has parts of different length");
}

static uf_status take_categories(uf_context *ctx, SEXP category, int n, uf_data_block *block) {
  block->kind = UF_BLOCK_CATEGORIES;
  block->category = r_category(category, n);
  return block->category ? UF_OK : fail_lengths(ctx);
}

static uf_status take_given_graph(uf_context *ctx, SEXP graph, int n, uf_data_block *block) {
  block->kind = UF_BLOCK_GRAPH;
  if (r_int(graph, "n") != n) return fail_lengths(ctx);
  return r_to_graph(ctx, r_element(graph, "row"), r_element(graph, "col"),
                    r_element(graph, "similarity"), n, &block->graph);
}

static uf_status take_neighbors(uf_context *ctx, SEXP neighbors, int n, uf_data_block *block) {
  SEXP idx = r_element(neighbors, "idx"), dist = r_element(neighbors, "dist");
  block->kind = UF_BLOCK_NEIGHBORS;
  if (Rf_nrows(dist) != n) return fail_lengths(ctx);
  block->unit = r_distance_unit(dist);
  return r_to_neighbors(ctx, idx, dist, block->unit, &block->neighbors);
}

static uf_status take_columns(r_run *run, SEXP given, int n, uf_matrix *columns,
                              uf_data_block *block) {
  SEXP x = r_element(given, "x");
  block->kind = UF_BLOCK_COLUMNS;
  *columns = r_matrix(x);
  if (columns->n != n) return fail_lengths(&run->ctx);
  block->columns = columns;
  block->metric = r_metric(r_element(given, "metric"));
  if (block->metric.metric == UF_FUNCTION) r_take_function(run, x);
  block->n_neighbors = r_int(given, "n_neighbors");
  block->target_recall = r_double(given, "target_recall");
  block->neighbor_method = r_neighbor_method(r_string(given, "neighbor_method"));
  return UF_OK;
}

/* The kinds "numeric" and "codes" of R/blocks.R are columns. n: rows that each block must have. */
static uf_status to_block(r_run *run, SEXP given, int n, uf_matrix *columns, uf_data_block *block) {
  const char *kind = r_string(given, "kind");
  block->weight = r_double(given, "weight");
  block->is_target = Rf_asLogical(r_element(given, "is_target")) == 1;
  if (strcmp(kind, "graph") == 0)
    return take_given_graph(&run->ctx, r_element(given, "graph"), n, block);
  if (strcmp(kind, "categorical") == 0)
    return take_categories(&run->ctx, r_element(given, "category"), n, block);
  block->max_distance = r_double(given, "max_distance");
  if (strcmp(kind, "neighbors") == 0)
    return take_neighbors(&run->ctx, r_element(given, "neighbors"), n, block);
  return take_columns(run, given, n, columns, block);
}

uf_status r_to_blocks(r_run *run, SEXP list, int n, r_blocks *blocks) {
  int count = Rf_length(list);
  blocks->block = (uf_data_block *)R_alloc((size_t)count, sizeof *blocks->block);
  blocks->columns = (uf_matrix *)R_alloc((size_t)count, sizeof *blocks->columns);
  memset(blocks->block, 0, (size_t)count * sizeof *blocks->block);
  blocks->count = count;
  for (int b = 0; b < count; b++) {
    uf_status status =
        to_block(run, VECTOR_ELT(list, b), n, &blocks->columns[b], &blocks->block[b]);
    if (status) return status;
  }
  return UF_OK;
}

void r_blocks_free(r_blocks *blocks) {
  for (int b = 0; b < blocks->count; b++) uf_data_block_free(&blocks->block[b]);
}

/* A metric that is an R function compares R's own matrix. */
static int has_points(const uf_data_block *block) {
  return block->points.n > 0 && block->points.metric != UF_FUNCTION;
}

static SEXP from_block(const uf_data_block *block, int keep_points) {
  static const char *const names[] = {"neighbors", "rho", "sigma", "points", "preparation"};
  if (block->kind == UF_BLOCK_CATEGORIES || block->kind == UF_BLOCK_GRAPH) return R_NilValue;
  int n = block->neighbors.n;
  SEXP result = PROTECT(r_named_list(5, names));
  SET_VECTOR_ELT(result, 0, r_from_neighbors(&block->neighbors, block->unit, block->used_method));
  SET_VECTOR_ELT(result, 1, r_from_floats(block->rho, n, block->unit));
  SET_VECTOR_ELT(result, 2, r_from_floats(block->sigma, n, block->unit));
  if (keep_points && has_points(block)) {
    SET_VECTOR_ELT(result, 3, r_from_points(&block->points, block->hash));
    SET_VECTOR_ELT(result, 4, r_from_preparation(&block->preparation));
  }
  UNPROTECT(1);
  return result;
}

SEXP r_from_blocks(const r_blocks *blocks, int keep_points) {
  SEXP list = PROTECT(Rf_allocVector(VECSXP, blocks->count));
  for (int b = 0; b < blocks->count; b++)
    SET_VECTOR_ELT(list, b, from_block(&blocks->block[b], keep_points));
  UNPROTECT(1);
  return list;
}

/* ---- the graph of several blocks ---- */

typedef struct join_call {
  r_run run;
  SEXP settings, graphs, blocks, weight, reset_local;
  double local_connectivity, bandwidth, set_op_mix_ratio;
  uint64_t seed;
  int n;
  r_blocks given;
  uf_graph graph, other, both;
} join_call;

static void release_join(void *data) {
  join_call *c = data;
  r_blocks_free(&c->given);
  uf_graph_free(&c->graph);
  uf_graph_free(&c->other);
  uf_graph_free(&c->both);
  r_run_close(&c->run);
}

static uf_status take_graph(join_call *c, SEXP graph, uf_graph *to) {
  return r_to_graph(&c->run.ctx, r_element(graph, "row"), r_element(graph, "col"),
                    r_element(graph, "similarity"), c->n, to);
}

static SEXP join_blocks(void *data) {
  join_call *c = data;
  uf_context *ctx = &c->run.ctx;
  r_run_open(&c->run, c->settings);
  uf_fuzzy_options options =
      r_fuzzy_options(c->local_connectivity, c->bandwidth, c->set_op_mix_ratio, R_PosInf);
  r_run_check(&c->run, take_graph(c, c->graphs, &c->graph));
  r_run_check(&c->run, r_to_blocks(&c->run, c->blocks, c->n, &c->given));
  for (int b = 0; b < c->given.count; b++)
    r_run_check(&c->run, uf_data_block_join(ctx, &c->given.block[b], &options, c->seed, &c->graph));
  return r_from_graph(&c->graph);
}

SEXP unfurl_join_blocks(SEXP graph, SEXP n, SEXP blocks, SEXP options, SEXP seed, SEXP settings) {
  join_call call = {.settings = settings,
                    .graphs = graph,
                    .n = Rf_asInteger(n),
                    .blocks = blocks,
                    .local_connectivity = r_double(options, "local_connectivity"),
                    .bandwidth = r_double(options, "bandwidth"),
                    .set_op_mix_ratio = r_double(options, "set_op_mix_ratio"),
                    .seed = (uint64_t)Rf_asReal(seed)};
  return r_execute(join_blocks, release_join, &call);
}

static SEXP intersect_graphs(void *data) {
  join_call *c = data;
  uf_context *ctx = &c->run.ctx;
  r_run_open(&c->run, c->settings);
  r_run_check(&c->run, take_graph(c, VECTOR_ELT(c->graphs, 0), &c->graph));
  r_run_check(&c->run, take_graph(c, VECTOR_ELT(c->graphs, 1), &c->other));
  const uf_intersection options = {.weight = Rf_asReal(c->weight)};
  r_run_check(&c->run, uf_intersect_graphs(ctx, &c->graph, &c->other, &options, &c->both));
  r_run_check(&c->run, Rf_asLogical(c->reset_local) ? uf_reset_local_metric(ctx, &c->both)
                                                    : uf_reset_local_connectivity(ctx, &c->both));
  return r_from_graph(&c->both);
}

SEXP unfurl_intersect_graphs(SEXP graphs, SEXP n, SEXP weight, SEXP reset_local, SEXP settings) {
  join_call call = {.settings = settings,
                    .graphs = graphs,
                    .n = Rf_asInteger(n),
                    .weight = weight,
                    .reset_local = reset_local};
  return r_execute(intersect_graphs, release_join, &call);
}
