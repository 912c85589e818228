/*
 * model/predict.c: places new rows among the old ones, which stay where they are.
 *
 *   1. blocks        in each, the neighbors of the new rows among the old ones
 *   2. similarities  w_ij of new row i to old row j as for old rows (graph/smooth_knn.h), joined
 *                    over the blocks; the largest of a row is 1
 *   3. initialize    y_i = y_j for the neighbor j with the largest Σ_e w_ie / (1 + |y_j - y_e|²),
 *                    which is close to the others (their mean may lie in a gap between clusters)
 *   4. epochs        of Adam (layout/adam.h) along the force
 *                      Σ_j w_ij attraction(i, j) + r D_i mean_k repulsion(i, k)     D_i = Σ_j w_ij
 *                    with r the negative sample rate: an edge pulls only at its new end
 *   5. duplicates    rows identical to an old one get its place
 *
 * In an epoch all rows meet the same random old rows k, and new rows do not move each other, so a
 * row's place depends on that row alone. Vertices are the new rows, from 0, and after them the old
 * ones. O(n_new (search + k² + k n_epochs)).
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

/* The step of the first epoch is short, since rows begin near where they belong. It is a
 * compromise, as is the number of negatives; not measured on its own. */
static const double step_length = 0.25 * UF_STEP_LENGTH;

typedef struct predict_job {
  uf_context *ctx;
  uf_query_block *blocks; /* n_blocks */
  int n_blocks;
  const uf_old_layout *old;
  const uf_predict_options *options;
  int has_gaps;   /* some old rows have no position */
  uf_graph graph; /* n_new rows, directed; old row o is n_new + o */
  float *layout;  /* n_new × d */
} predict_job;

/* ---- blocks ---- */

/* Old rows come after the new ones. */
static void renumber(uf_neighbors *neighbors) {
  int64_t count = (int64_t)neighbors->n * neighbors->k;
  for (int64_t i = 0; i < count; i++)
    if (neighbors->index[i] >= 0) neighbors->index[i] += neighbors->n;
}

/* Old rows without neighbors of their own may have been dropped: their positions are NaN. */
static int has_position(const uf_old_layout *old, int64_t row) {
  return !isnan(old->position[row * old->d]);
}

/* Neighbors without a position become missing ones, at the end of their row. */
static void drop_unplaced(const uf_old_layout *old, uf_neighbors *neighbors) {
  int k = neighbors->k;
  for (int64_t from = 0; from < (int64_t)neighbors->n * k; from += k) {
    int *index = neighbors->index + from, kept = 0;
    float *distance = neighbors->distance + from;
    for (int c = 0; c < k; c++) {
      if (index[c] < 0 || !has_position(old, index[c])) continue;
      index[kept] = index[c];
      distance[kept++] = distance[c];
    }
    for (; kept < k; kept++) {
      index[kept] = -1;
      distance[kept] = INFINITY;
    }
  }
}

static uf_status find_neighbors(predict_job *j, uf_query_block *block) {
  uf_neighbor_method used;
  const uf_query_options options = {.graph = block->graph, .k = block->k, .seed = j->options->seed};
  if (!block->neighbors.index) {
    uf_status status = uf_neighbors_query(j->ctx, block->points, block->queries, &options,
                                          &block->neighbors, &used);
    if (status) return status;
  }
  if (j->has_gaps) drop_unplaced(j->old, &block->neighbors);
  renumber(&block->neighbors);
  return UF_OK;
}

/* ---- similarities ---- */

static uf_status similarities(const predict_job *j, const uf_query_block *block, uf_graph *graph) {
  uf_status status = UF_OK;
  uf_fuzzy_options options = j->options->fuzzy;
  float *rho = NULL, *sigma = NULL;
  options.max_distance = block->max_distance;
  options.mean_distance = block->mean_distance;
  UF_NEW(j->ctx, rho, block->neighbors.n);
  UF_NEW(j->ctx, sigma, block->neighbors.n);
  UF_TRY(uf_smooth_knn(j->ctx, &block->neighbors, &options, rho, sigma));
  UF_TRY(uf_fuzzy_directed(j->ctx, &block->neighbors, rho, sigma, &options, graph));
done:
  uf_free(rho);
  uf_free(sigma);
  return status;
}

/* The graph of the first block, then its intersections with the others. */
static uf_status join_block(predict_job *j, uf_query_block *block) {
  uf_status status = UF_OK;
  uf_graph own = {0}, both = {0};
  if (block->category) {
    UF_TRY(uf_categorical_intersection(j->ctx, &j->graph, block->category, block->category,
                                       block->weight));
  } else {
    UF_TRY(find_neighbors(j, block));
    if (!j->graph.start) return similarities(j, block, &j->graph);
    UF_TRY(similarities(j, block, &own));
    const uf_intersection by_row = {.weight = block->weight, .by_row = 1};
    UF_TRY(uf_intersect_graphs(j->ctx, &j->graph, &own, &by_row, &both));
    uf_graph_free(&j->graph);
    j->graph = both;
  }
  UF_TRY(uf_normalize_by_row_maximum(j->ctx, &j->graph));
done:
  uf_graph_free(&own);
  return status;
}

/* ---- initialization ---- */

static const float *position_of(const predict_job *j, int64_t edge) {
  return j->old->position + (size_t)(j->graph.neighbor[edge] - j->graph.n) * (size_t)j->old->d;
}

/* Σ_e w_e / (1 + |y - y_e|²) over a row's neighbors. */
static double closeness(const predict_job *j, int64_t row, const float *y) {
  double sum = 0;
  for (int64_t e = j->graph.start[row]; e < j->graph.start[row + 1]; e++)
    sum += j->graph.weight[e] / (1 + uf_squared_distance(y, position_of(j, e), j->old->d));
  return sum;
}

/* Begins each row at the neighbor that is closest to the others; NaN without any. */
static void initialize_rows(void *job, uf_rows rows) {
  const predict_job *j = job;
  for (int64_t row = rows.from; row < rows.to; row++) {
    double most = 0;
    const float *best = NULL;
    for (int64_t e = j->graph.start[row]; e < j->graph.start[row + 1]; e++) {
      double close = closeness(j, row, position_of(j, e));
      if (!(close > most)) continue;
      most = close;
      best = position_of(j, e);
    }
    for (int c = 0; c < j->old->d; c++) j->layout[row * j->old->d + c] = best ? best[c] : NAN;
  }
}

/* ---- epochs ---- */

typedef struct negative_source {
  uint64_t seed;
  int64_t first; /* the place of the first old row */
  const uf_old_layout *old;
} negative_source;

/* Returns the first row from `row` on, around the end, that has a position. */
static int next_placed(const uf_old_layout *old, int row) {
  for (int tried = 0; tried < old->n && !has_position(old, row); tried++)
    row = row + 1 < old->n ? row + 1 : 0;
  return row;
}

/* Options that are the same for all blocks of rows. */
static void draw_negatives(const void *source, int epoch, int64_t block, int count, size_t *place) {
  (void)block;
  const negative_source *s = source;
  uint64_t key = uf_key(s->seed, UF_STAGE_PREDICT, (uint64_t)epoch, 0);
  for (int k = 0; k < count; k++)
    place[k] = (size_t)(s->first + next_placed(s->old, uf_draw_index(key, (uint64_t)k, s->old->n)));
}

static uf_status move_rows(const predict_job *j) {
  uf_status status = UF_OK;
  const uf_sell_rows rows = {.graph = &j->graph, .scale = 1};
  uf_sell sell = {0};
  UF_TRY(uf_sell_make(j->ctx, &rows, j->old->d, NULL, &sell));
  const negative_source source = {
      .seed = j->options->seed, .first = uf_sell_places(&sell), .old = j->old};
  const uf_adam adam = {.options = &j->options->layout,
                        .sell = &sell,
                        .fixed = j->old->position,
                        .n_fixed = j->old->n,
                        .d = j->old->d,
                        .n_ends = 1,
                        .n_epochs = j->options->layout.n_epochs,
                        .step_length = step_length,
                        .fewest_negatives = N_NEGATIVES,
                        .most_negatives = N_NEGATIVES,
                        .groups_per_block = GROUPS_PER_BLOCK,
                        .draw = draw_negatives,
                        .source = &source,
                        .span_from = 0,
                        .span_to = 1};
  UF_TRY(uf_adam_run(j->ctx, &adam, j->layout));
done:
  uf_sell_free(&sell);
  return status;
}

/* ---- duplicates ---- */

/* Returns whether a new row and an old one are the same in a block: identical, at distance 0, or in
 * one category. */
static int is_same(const uf_query_block *block, int row, int old) {
  if (block->category) return block->category[row] == block->category[old];
  const uf_neighbors *nearest = &block->neighbors;
  if (block->queries && uf_are_duplicates(block->points, old - nearest->n, block->queries, row))
    return 1;
  size_t from = (size_t)row * (size_t)nearest->k;
  for (size_t at = from; at < from + (size_t)nearest->k; at++)
    if (nearest->index[at] == old) return !(nearest->distance[at] > 0);
  return 0;
}

/* Returns whether they are the same in all blocks. */
static int is_duplicate(const predict_job *j, int row, int old) {
  for (int b = 0; b < j->n_blocks; b++)
    if (!is_same(&j->blocks[b], row, old)) return 0;
  return 1;
}

/* Returns the first old row that is the same in all blocks, or -1. Rows that the search has missed
 * are found by their hash. */
static int duplicate_of(const predict_job *j, int row, const uf_row_table *table, const int *hash) {
  const uf_neighbors *nearest = &j->blocks[0].neighbors;
  size_t from = (size_t)row * (size_t)nearest->k;
  if (hash)
    for (int old = uf_row_first(table, hash[row]); old >= 0; old = table->next[old])
      if (is_duplicate(j, row, nearest->n + old)) return nearest->n + old;
  for (size_t at = from; at < from + (size_t)nearest->k && nearest->index[at] >= 0; at++) {
    if (nearest->distance[at] > 0) break;
    if (is_duplicate(j, row, nearest->index[at])) return nearest->index[at];
  }
  return -1;
}

static uf_status place_duplicates(const predict_job *j) {
  uf_status status = UF_OK;
  uf_row_table table = {0};
  const uf_query_block *first = &j->blocks[0];
  int *hash = NULL, n_new = first->neighbors.n;
  size_t d = (size_t)j->old->d;
  if (first->hash) {
    UF_NEW(j->ctx, hash, n_new);
    UF_TRY(uf_hash_rows(j->ctx, first->queries, hash));
    UF_TRY(uf_row_table_make(j->ctx, first->hash, j->old->n, &table));
  }
  uf_span(j->ctx, 1, 1);
  for (int row = 0; row < n_new; row++) {
    UF_TRY(uf_poll(j->ctx, (double)row / n_new));
    int duplicate = duplicate_of(j, row, &table, hash);
    if (duplicate < 0) continue;
    memcpy(j->layout + (size_t)row * d, j->old->position + (size_t)(duplicate - n_new) * d,
           d * sizeof *j->layout);
  }
done:
  uf_free(hash);
  uf_row_table_free(&table);
  return status;
}

/* ---- all steps ---- */

/* Rows and coordinates are numbered by 32 bits. */
static uf_status check_size(uf_context *ctx, const uf_query_block *block,
                            const uf_old_layout *old) {
  int64_t n_new = block->queries ? block->queries->n : block->neighbors.n;
  if ((n_new + 15 + old->n) * old->d <= INT32_MAX) return UF_OK;
  return uf_fail(ctx, UF_BAD_INPUT, "has too many rows: predict them in parts");
}

uf_status uf_predict(uf_context *ctx, uf_query_block *blocks, int n_blocks,
                     const uf_old_layout *old, const uf_predict_options *options, float *layout) {
  uf_status status = UF_OK;
  predict_job j = {.ctx = ctx,
                   .blocks = blocks,
                   .n_blocks = n_blocks,
                   .old = old,
                   .options = options,
                   .layout = layout};
  UF_TRY(check_size(ctx, &blocks[0], old));
  for (int i = 0; i < old->n; i++) j.has_gaps |= !has_position(old, i);
  for (int b = 0; b < n_blocks; b++) UF_TRY(join_block(&j, &blocks[b]));
  uf_phase(ctx, "layout");
  UF_TRY(uf_parallel_rows(ctx, j.graph.n, ROWS_PER_BLOCK, initialize_rows, &j));
  UF_TRY(move_rows(&j));
  UF_TRY(place_duplicates(&j));
done:
  uf_graph_free(&j.graph);
  return status;
}

void uf_query_block_free(uf_query_block *block) { uf_neighbors_free(&block->neighbors); }
