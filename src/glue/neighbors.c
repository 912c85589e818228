/*
 * glue/neighbors.c: finds nearest neighbors in data or in distances, and measures the recall of a
 * table.
 */
#include "host.h"
#include "entry_points.h"

typedef struct neighbors_call {
  r_run run;
  SEXP settings;
  SEXP x, query, idx, dist, rows;
  int k;
  SEXP metric;
  const char *method;
  double target_recall;
  uint64_t seed;
  /* from the core */
  uf_preparation preparation;
  uf_points points, queries;
  uf_neighbors graph, neighbors;
} neighbors_call;

static void release_neighbors(void *data) {
  neighbors_call *c = data;
  uf_preparation_free(&c->preparation);
  uf_points_free(&c->points);
  uf_points_free(&c->queries);
  uf_neighbors_free(&c->graph);
  uf_neighbors_free(&c->neighbors);
  r_run_close(&c->run);
}

static void check(neighbors_call *c, uf_status status) { r_run_check(&c->run, status); }

static SEXP nearest_neighbors(void *data) {
  neighbors_call *c = data;
  uf_context *ctx = &c->run.ctx;
  uf_neighbor_method used;
  r_run_open(&c->run, c->settings);
  r_make_points(&c->run, c->x, c->metric, &c->points);
  uf_search_options options = {.k = c->k,
                               .method = r_neighbor_method(c->method),
                               .target_recall = c->target_recall,
                               .seed = c->seed};
  check(c, uf_nearest_neighbors(ctx, &c->points, &options, &c->neighbors, &used));
  double unit = c->points.unit;
  uf_points_free(&c->points); /* makes room for the result */
  return r_from_neighbors(&c->neighbors, unit, used);
}

SEXP unfurl_nearest_neighbors(SEXP x, SEXP k, SEXP metric, SEXP method, SEXP target_recall,
                              SEXP seed, SEXP settings) {
  neighbors_call call = {.settings = settings,
                         .x = x,
                         .k = Rf_asInteger(k),
                         .metric = metric,
                         .method = CHAR(Rf_asChar(method)),
                         .target_recall = Rf_asReal(target_recall),
                         .seed = (uint64_t)Rf_asReal(seed)};
  return r_execute(nearest_neighbors, release_neighbors, &call);
}

static SEXP query_neighbors(void *data) {
  neighbors_call *c = data;
  uf_context *ctx = &c->run.ctx;
  uf_neighbor_method used;
  r_run_open(&c->run, c->settings);
  uf_phase(ctx, "data");
  r_prepare_points(&c->run, c->x, c->metric, &c->preparation, &c->points);
  r_prepare_queries(&c->run, c->query, &c->preparation, &c->queries);
  if (!Rf_isNull(c->idx)) check(c, r_to_search_graph(ctx, c->idx, &c->graph));
  uf_query_options options = {.graph = c->graph.index ? &c->graph : NULL,
                              .k = c->k,
                              .method = r_neighbor_method(c->method),
                              .seed = c->seed};
  check(c, uf_neighbors_query(ctx, &c->points, &c->queries, &options, &c->neighbors, &used));
  return r_from_neighbors(&c->neighbors, c->points.unit, used);
}

SEXP unfurl_query_neighbors(SEXP x, SEXP query, SEXP idx, SEXP k, SEXP metric, SEXP method,
                            SEXP seed, SEXP settings) {
  neighbors_call call = {.settings = settings,
                         .x = x,
                         .query = query,
                         .idx = idx,
                         .k = Rf_asInteger(k),
                         .metric = metric,
                         .method = CHAR(Rf_asChar(method)),
                         .seed = (uint64_t)Rf_asReal(seed)};
  return r_execute(query_neighbors, release_neighbors, &call);
}

/* ---- In distances ---- */

typedef struct distances_call {
  r_run run;
  SEXP settings, distances, size;
  int k;
  int *index;       /* n × k by rows */
  double *distance; /* n × k by rows */
} distances_call;

static void release_distances(void *data) {
  distances_call *c = data;
  uf_free(c->index);
  uf_free(c->distance);
  r_run_close(&c->run);
}

static SEXP from_nearest(const distances_call *c, int n) {
  static const char *const names[] = {"idx", "dist"};
  SEXP result = PROTECT(r_named_list(2, names));
  SET_VECTOR_ELT(result, 0, Rf_allocMatrix(INTSXP, n, c->k));
  SET_VECTOR_ELT(result, 1, Rf_allocMatrix(REALSXP, n, c->k));
  int *idx = INTEGER(VECTOR_ELT(result, 0));
  double *dist = REAL(VECTOR_ELT(result, 1));
  for (int j = 0; j < c->k; j++)
    for (int i = 0; i < n; i++) {
      size_t from = (size_t)i * (size_t)c->k + (size_t)j, to = (size_t)j * (size_t)n + (size_t)i;
      idx[to] = c->index[from] < 0 ? NA_INTEGER : c->index[from] + 1;
      dist[to] = c->distance[from];
    }
  UNPROTECT(1);
  return result;
}

static SEXP nearest_of_distances(void *data) {
  distances_call *c = data;
  uf_context *ctx = &c->run.ctx;
  int is_packed = !Rf_isNull(c->size),
      n = is_packed ? Rf_asInteger(c->size) : Rf_nrows(c->distances);
  uf_distances distances = {.value = REAL(c->distances),
                            .n = n,
                            .n_points = is_packed ? n : Rf_ncols(c->distances),
                            .is_packed = is_packed};
  r_run_open(&c->run, c->settings);
  c->run.argument = is_packed ? "x" : "newdata";
  uf_phase(ctx, "neighbors");
  c->index = uf_alloc(ctx, (int64_t)n * c->k, sizeof *c->index);
  if (c->index) c->distance = uf_alloc(ctx, (int64_t)n * c->k, sizeof *c->distance);
  r_run_check(&c->run, c->distance
                           ? uf_distances_nearest(ctx, &distances, c->k, c->index, c->distance)
                           : UF_NO_MEMORY);
  return from_nearest(c, n);
}

/* distances: doubles, as a `dist` of `size` points has them, or (size NULL) a matrix with a row for
 * each new row and a column for each row of a model. */
SEXP unfurl_nearest_of_distances(SEXP distances, SEXP size, SEXP k, SEXP settings) {
  distances_call call = {
      .settings = settings, .distances = distances, .size = size, .k = Rf_asInteger(k)};
  return r_execute(nearest_of_distances, release_distances, &call);
}

/* ---- Recall ---- */

static SEXP neighbor_recall(void *data) {
  neighbors_call *c = data;
  double recall;
  r_run_open(&c->run, c->settings);
  r_make_points(&c->run, c->x, c->metric, &c->points);
  check(c, r_to_neighbors(&c->run.ctx, c->idx, c->dist, c->points.unit, &c->neighbors));
  check(c, uf_neighbor_recall(&c->run.ctx, &c->points, &c->neighbors, r_rows_from_zero(c->rows),
                              Rf_length(c->rows), &recall));
  return Rf_ScalarReal(recall);
}

SEXP unfurl_neighbor_recall(SEXP x, SEXP idx, SEXP dist, SEXP rows, SEXP metric, SEXP settings) {
  neighbors_call call = {
      .settings = settings, .x = x, .idx = idx, .dist = dist, .rows = rows, .metric = metric};
  return r_execute(neighbor_recall, release_neighbors, &call);
}
