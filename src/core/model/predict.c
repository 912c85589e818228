/*
 * model/predict.c: new rows placed among the old, which stay where they are.
 *
 * Neighbors among the old rows, and similarities to them as for the old; a start at the place of the
 * neighbor that is most in the midst of the others (their mean may lie in a gap between two
 * clusters); then some epochs of the batch optimizer (layout/batch.c) at a quarter of the learning
 * rate. In each of them all rows meet the same random old rows: as new rows do not move each other
 * either, a row's place is its own affair.
 *
 * Vertices are the new rows, from 0, and after them the old ones. O(n_new (search + k² + k n_epochs)).
 */
#include "arith/arith.h"

#include "model/predict.h"

#include "data/duplicates.h"
#include "graph/categories.h"
#include "graph/fuzzy_union.h"
#include "graph/graph.h"
#include "graph/local_connectivity.h"
#include "graph/set_ops.h"
#include "layout/adam.h"
#include "layout/forces.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "neighbors/query.h"
#include "neighbors/table.h"

enum { ROWS_PER_BLOCK = 16, N_NEGATIVES = 32, GROUPS_PER_BLOCK = 32 };

/* Of the first epoch: short, since rows begin near where they belong. A compromise; not measured on
 * its own. */
static const double step_length = 0.25 * UF_STEP_LENGTH;

/* ---- neighbors and similarities ---- */

/* Old rows come after the new ones. */
static void renumber(uf_neighbors *neighbors) {
  int64_t count = (int64_t)neighbors->n * neighbors->k;
  for (int64_t i = 0; i < count; i++)
    if (neighbors->index[i] >= 0) neighbors->index[i] += neighbors->n;
}

static uf_status find_neighbors(uf_context *ctx, uf_query_block *view, uint64_t seed) {
  uf_neighbor_method used;
  if (view->neighbors.index) return UF_OK;
  uf_query_options options = {.graph = view->graph, .k = view->k, .seed = seed};
  return uf_neighbors_query(ctx, view->points, view->queries, &options, &view->neighbors, &used);
}

static uf_status similarities(uf_context *ctx, const uf_query_block *view, uf_fuzzy_options options,
                              uf_graph *graph) {
  uf_status status = UF_OK;
  float *rho = NULL, *sigma = NULL;
  options.max_distance = view->max_distance;
  options.mean_distance = view->mean_distance;
  UF_NEW(ctx, rho, view->neighbors.n);
  UF_NEW(ctx, sigma, view->neighbors.n);
  UF_TRY(uf_smooth_knn(ctx, &view->neighbors, &options, rho, sigma));
  UF_TRY(uf_fuzzy_directed(ctx, &view->neighbors, rho, sigma, &options, graph));
done:
  uf_free(rho);
  uf_free(sigma);
  return status;
}

static uf_status join_view(uf_context *ctx, uf_query_block *view, const uf_predict_options *options,
                           uf_graph *graph) {
  uf_status status = UF_OK;
  uf_graph own = {0}, both = {0};
  if (view->category) {
    UF_TRY(uf_categorical_intersection(ctx, graph, view->category, view->category, view->weight));
  } else {
    UF_TRY(find_neighbors(ctx, view, options->seed));
    renumber(&view->neighbors);
    if (!graph->start) return similarities(ctx, view, options->fuzzy, graph);
    UF_TRY(similarities(ctx, view, options->fuzzy, &own));
    UF_TRY(uf_intersect_graphs(ctx, graph, &own, view->weight, 1, &both));
    uf_graph_free(graph);
    *graph = both;
  }
  UF_TRY(uf_normalize_by_row_maximum(ctx, graph));
done:
  uf_graph_free(&own);
  return status;
}

/* ---- initial positions ---- */

typedef struct start_job {
  const uf_graph *graph;
  const float *old_layout;
  int d;
  float *layout;
} start_job;

static const float *position_of(const start_job *j, int64_t edge) {
  return j->old_layout + (size_t)(j->graph->neighbor[edge] - j->graph->n) * (size_t)j->d;
}

/* Σ_e w_e / (1 + |y - y_e|²) over a row's neighbors. */
static double closeness(const start_job *j, int64_t row, const float *y) {
  double sum = 0;
  for (int64_t e = j->graph->start[row]; e < j->graph->start[row + 1]; e++)
    sum += j->graph->weight[e] / (1 + uf_squared_distance(y, position_of(j, e), j->d));
  return sum;
}

/* Each row at the neighbor that is closest to the others; NAN without any. */
static void start_rows(void *job, uf_rows rows) {
  start_job *j = job;
  for (int64_t row = rows.from; row < rows.to; row++) {
    double most = 0;
    const float *start = NULL;
    for (int64_t e = j->graph->start[row]; e < j->graph->start[row + 1]; e++) {
      double close = closeness(j, row, position_of(j, e));
      if (!(close > most)) continue;
      most = close;
      start = position_of(j, e);
    }
    for (int c = 0; c < j->d; c++) j->layout[row * j->d + c] = start ? start[c] : NAN;
  }
}

/* ---- epochs ---- */

typedef struct negative_source {
  uint64_t seed;
  int64_t first; /* the place of the first old row */
  int n_old;
} negative_source;

/* The same for all blocks. */
static void draw_negatives(const void *source, int epoch, int64_t block, int count, size_t *place) {
  (void)block;
  const negative_source *s = source;
  uint64_t key = uf_key(s->seed, UF_STAGE_PREDICT, (uint64_t)epoch, 0);
  for (int k = 0; k < count; k++)
    place[k] = (size_t)(s->first + uf_draw_index(key, (uint64_t)k, s->n_old));
}

/* An edge pulls at its new end alone. */
static uf_status move_rows(uf_context *ctx, const uf_graph *graph, const float *old_layout,
                           int n_old, int d, const uf_predict_options *options, float *layout) {
  uf_status status = UF_OK;
  const uf_sell_rows rows = {.graph = graph, .scale = 1};
  uf_sell sell = {0};
  UF_TRY(uf_sell_make(ctx, &rows, d, NULL, &sell));
  const negative_source source = {
      .seed = options->seed, .first = uf_sell_places(&sell), .n_old = n_old};
  const uf_adam adam = {.options = &options->layout,
                        .sell = &sell,
                        .fixed = old_layout,
                        .n_fixed = n_old,
                        .d = d,
                        .n_ends = 1,
                        .n_epochs = options->layout.n_epochs,
                        .step_length = step_length,
                        .fewest_negatives = N_NEGATIVES,
                        .most_negatives = N_NEGATIVES,
                        .groups_per_block = GROUPS_PER_BLOCK,
                        .draw = draw_negatives,
                        .source = &source,
                        .span_from = 0,
                        .span_to = 1};
  UF_TRY(uf_adam_run(ctx, &adam, layout));
done:
  uf_sell_free(&sell);
  return status;
}

/* ---- duplicates ---- */

/* Whether a new row and an old one are the same in a view: identical, at no distance, or of one
 * category. */
static int is_same(const uf_query_block *view, int row, int old) {
  if (view->category) return view->category[row] == view->category[old];
  int n_new = view->neighbors.n;
  if (view->queries && uf_are_duplicates(view->points, old - n_new, view->queries, row)) return 1;
  size_t from = (size_t)row * (size_t)view->neighbors.k;
  for (size_t at = from; at < from + (size_t)view->neighbors.k; at++)
    if (view->neighbors.index[at] == old) return !(view->neighbors.distance[at] > 0);
  return 0;
}

static int is_duplicate(const uf_query_block *views, int n_data_blocks, int row, int old) {
  for (int v = 0; v < n_data_blocks; v++)
    if (!is_same(&views[v], row, old)) return 0;
  return 1;
}

/* The first old row that is the same in all views, or -1. What the search has missed is found by its
 * hash. */
static int duplicate_of(const uf_query_block *views, int n_data_blocks, int row,
                        const uf_row_table *table, const int *hash) {
  const uf_neighbors *nearest = &views[0].neighbors;
  size_t from = (size_t)row * (size_t)nearest->k;
  if (hash)
    for (int old = uf_row_first(table, hash[row]); old >= 0; old = table->next[old])
      if (is_duplicate(views, n_data_blocks, row, nearest->n + old)) return nearest->n + old;
  for (int c = 0; c < nearest->k && nearest->index[from + (size_t)c] >= 0; c++) {
    if (nearest->distance[from + (size_t)c] > 0) break;
    int old = nearest->index[from + (size_t)c];
    if (is_duplicate(views, n_data_blocks, row, old)) return old;
  }
  return -1;
}

/* Puts rows that the old layout has already to their place in it. */
static uf_status place_duplicates(uf_context *ctx, const uf_query_block *views, int n_data_blocks,
                                  const float *old_layout, int n_old, int d, float *layout) {
  uf_status status = UF_OK;
  uf_row_table table = {0};
  int *hash = NULL, n_new = views[0].neighbors.n;
  size_t width = (size_t)d;
  if (views[0].hash) {
    UF_NEW(ctx, hash, n_new);
    UF_TRY(uf_hash_rows(ctx, views[0].queries, hash));
    UF_TRY(uf_row_table_make(ctx, views[0].hash, n_old, &table));
  }
  uf_span(ctx, 1, 1);
  for (int row = 0; row < n_new; row++) {
    UF_TRY(uf_poll(ctx, (double)row / n_new));
    int duplicate = duplicate_of(views, n_data_blocks, row, &table, hash);
    if (duplicate < 0) continue;
    memcpy(layout + (size_t)row * width, old_layout + (size_t)(duplicate - n_new) * width,
           width * sizeof *layout);
  }
done:
  uf_free(hash);
  uf_row_table_free(&table);
  return status;
}

/* ---- the whole ---- */

/* Rows and coordinates are numbered by 32 bits. */
static uf_status check_count(uf_context *ctx, const uf_query_block *view, int n_old, int d) {
  int64_t n_new = view->queries ? view->queries->n : view->neighbors.n;
  if ((n_new + 15 + n_old) * d <= INT32_MAX) return UF_OK;
  return uf_fail(ctx, UF_BAD_INPUT, "has too many rows: predict them in parts");
}

uf_status uf_predict(uf_context *ctx, uf_query_block *views, int n_data_blocks,
                     const float *old_layout, int n_old, int d, const uf_predict_options *options,
                     float *layout) {
  uf_status status = UF_OK;
  uf_graph graph = {0};
  UF_TRY(check_count(ctx, &views[0], n_old, d));
  for (int v = 0; v < n_data_blocks; v++) UF_TRY(join_view(ctx, &views[v], options, &graph));
  uf_phase(ctx, "layout");
  start_job start = {.graph = &graph, .old_layout = old_layout, .d = d, .layout = layout};
  UF_TRY(uf_parallel_rows(ctx, graph.n, ROWS_PER_BLOCK, start_rows, &start));
  UF_TRY(move_rows(ctx, &graph, old_layout, n_old, d, options, layout));
  UF_TRY(place_duplicates(ctx, views, n_data_blocks, old_layout, n_old, d, layout));
done:
  uf_graph_free(&graph);
  return status;
}

void uf_query_block_free(uf_query_block *view) { uf_neighbors_free(&view->neighbors); }
