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
#include "layout/batch.h"
#include "layout/forces.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "neighbors/query.h"
#include "neighbors/table.h"

enum { N_NEGATIVES = 32, GROUPS_PER_TASK = 16 };

static const double learning_rate_part = 0.25;

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
  return uf_neighbors_query(ctx, view->points, view->graph, view->queries, view->k,
                            UF_NEIGHBORS_AUTO, seed, &view->neighbors, &used);
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

/* ---- layout ---- */

/* Positions are those of the new rows in groups of 16, then those of the old. */
typedef struct place_job {
  uf_context *ctx;
  const uf_graph *graph;
  const uf_predict_options *options;
  int n_new, n_old, d;
  int64_t n_groups;
  float *position, *next; /* (16 n_groups + n_old) × d */
  int64_t *slot_start;
  int32_t *neighbor;
  float *weight, *degree, *moments;
  float *negatives; /* N_NEGATIVES × d */
  float *scratch;   /* per worker: 48 d */
  uf_layout_step step;
} place_job;

static int64_t n_edges_of(const uf_graph *graph, int64_t row) {
  return row < graph->n ? graph->start[row + 1] - graph->start[row] : 0;
}

static int64_t place_of_neighbor(const place_job *j, int64_t edge) {
  return 16 * j->n_groups + j->graph->neighbor[edge] - j->n_new;
}

static void count_slots(place_job *j) {
  j->slot_start[0] = 0;
  for (int64_t group = 0; group < j->n_groups; group++) {
    int64_t most = 0;
    for (int64_t row = 16 * group; row < 16 * group + 16; row++)
      most = n_edges_of(j->graph, row) > most ? n_edges_of(j->graph, row) : most;
    j->slot_start[group + 1] = j->slot_start[group] + most;
  }
}

/* An empty slot points at its own row. */
static void fill_slots(place_job *j) {
  for (int64_t row = 0; row < 16 * j->n_groups; row++) {
    int64_t group = row / 16, lane = row % 16, count = n_edges_of(j->graph, row);
    j->degree[row] = 0;
    for (int64_t slot = j->slot_start[group]; slot < j->slot_start[group + 1]; slot++) {
      int64_t at = 16 * slot + lane, edge = slot - j->slot_start[group];
      j->neighbor[at] = (int32_t)row;
      j->weight[at] = 0;
      if (edge >= count) continue;
      j->neighbor[at] = (int32_t)place_of_neighbor(j, j->graph->start[row] + edge);
      j->weight[at] = j->graph->weight[j->graph->start[row] + edge];
      j->degree[row] += j->weight[at];
    }
  }
}

/* Σ w_e / (1 + |y - y_e|²) over a row's neighbors. */
static double closeness(const place_job *j, int64_t row, int64_t place) {
  const float *y = j->position + place * j->d;
  double sum = 0;
  for (int64_t e = j->graph->start[row]; e < j->graph->start[row + 1]; e++) {
    const float *neighbor = j->position + place_of_neighbor(j, e) * j->d;
    sum += j->graph->weight[e] / (1 + uf_squared_distance(y, neighbor, j->d));
  }
  return sum;
}

/* Starts each row at the neighbor that is closest to the others; a row without any is lost. */
static void start_rows(void *job, int64_t group, int worker) {
  (void)worker;
  place_job *j = job;
  for (int64_t row = 16 * group; row < 16 * group + 16; row++) {
    double most = 0;
    int64_t start = -1;
    for (int64_t e = 0; e < n_edges_of(j->graph, row); e++) {
      int64_t place = place_of_neighbor(j, j->graph->start[row] + e);
      double close = closeness(j, row, place);
      if (close > most) start = place;
      if (close > most) most = close;
    }
    for (int c = 0; c < j->d; c++)
      j->position[row * j->d + c] = row >= j->n_new ? 0
                                    : start < 0     ? NAN
                                                    : j->position[start * j->d + c];
  }
}

static void move_groups(void *job, int64_t task, int worker) {
  place_job *j = job;
  uf_range groups = uf_block_range(task, GROUPS_PER_TASK, j->n_groups);
  j->ctx->kernels->layout_step(&j->step, groups.from, groups.to, j->negatives, N_NEGATIVES,
                               j->scratch + 48 * (size_t)j->d * (size_t)worker);
}

static void draw_negatives(place_job *j, int epoch) {
  size_t d = (size_t)j->d;
  uint64_t key = uf_key(j->options->seed, UF_STAGE_PREDICT, (uint64_t)epoch, 0);
  for (size_t k = 0; k < N_NEGATIVES; k++) {
    size_t place = 16 * (size_t)j->n_groups + (size_t)uf_draw_index(key, k, j->n_old);
    memcpy(j->negatives + k * d, j->position + place * d, sizeof *j->negatives * d);
  }
}

static uf_status run_epochs(place_job *j) {
  const uf_layout_options *options = &j->options->layout;
  double power1 = 1, power2 = 1;
  for (int epoch = 0; epoch < options->n_epochs; epoch++) {
    double left = 1 - (double)epoch / options->n_epochs;
    power1 *= options->beta1;
    power2 *= options->beta2;
    j->step.position = j->position;
    j->step.next = j->next;
    j->step.correction1 = (float)(1 / (1 - power1));
    j->step.correction2 = (float)(1 / (1 - power2));
    j->step.learning_rate =
        (float)(learning_rate_part * UF_STEP_LENGTH * options->learning_rate * left * left);
    draw_negatives(j, epoch);
    uf_span(j->ctx, 1 - left, 1 - left + 1.0 / options->n_epochs);
    uf_status status =
        uf_parallel(j->ctx, uf_n_blocks(j->n_groups, GROUPS_PER_TASK), move_groups, j);
    if (status) return status;
    float *old = j->position;
    j->position = j->next;
    j->next = old;
  }
  return UF_OK;
}

/* An edge pulls at its new end alone. */
static uf_layout_step first_step(const place_job *j) {
  uf_layout_step step = uf_batch_step(&j->options->layout, j->d);
  step.slot_start = j->slot_start;
  step.neighbor = j->neighbor;
  step.weight = j->weight;
  step.degree = j->degree;
  step.moment1 = j->moments;
  step.moment2 = j->moments + 16 * j->n_groups * j->d;
  step.attraction *= 0.5f;
  step.negative_weight = (float)(j->options->layout.negative_sample_rate / N_NEGATIVES);
  return step;
}

static uf_status place_rows(uf_context *ctx, const uf_graph *graph, const float *old_layout,
                            int n_old, int d, const uf_predict_options *options, float *layout) {
  uf_status status = UF_OK;
  place_job j = {.ctx = ctx,
                 .graph = graph,
                 .options = options,
                 .n_new = graph->n,
                 .n_old = n_old,
                 .d = d,
                 .n_groups = uf_n_blocks(graph->n, 16)};
  int64_t rows = 16 * j.n_groups, places = rows + n_old;
  size_t old_size = sizeof *old_layout * (size_t)n_old * (size_t)d;
  uf_phase(ctx, "layout");
  UF_NEW(ctx, j.slot_start, j.n_groups + 1);
  UF_NEW(ctx, j.degree, rows);
  UF_NEW(ctx, j.position, places * d);
  UF_NEW(ctx, j.next, places * d);
  UF_NEW_ZERO(ctx, j.moments, 2 * rows * d);
  UF_NEW(ctx, j.negatives, N_NEGATIVES * (int64_t)d);
  UF_NEW(ctx, j.scratch, (int64_t)ctx->n_threads * 48 * d);
  count_slots(&j);
  UF_NEW(ctx, j.neighbor, 16 * j.slot_start[j.n_groups]);
  UF_NEW(ctx, j.weight, 16 * j.slot_start[j.n_groups]);
  fill_slots(&j);
  memcpy(j.position + rows * d, old_layout, old_size);
  memcpy(j.next + rows * d, old_layout, old_size);
  UF_TRY(uf_parallel(ctx, j.n_groups, start_rows, &j));
  j.step = first_step(&j);
  UF_TRY(run_epochs(&j));
  memcpy(layout, j.position, sizeof *layout * (size_t)graph->n * (size_t)d);
done:
  uf_free(j.slot_start);
  uf_free(j.degree);
  uf_free(j.position);
  uf_free(j.next);
  uf_free(j.moments);
  uf_free(j.negatives);
  uf_free(j.scratch);
  uf_free(j.neighbor);
  uf_free(j.weight);
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
  UF_TRY(place_rows(ctx, &graph, old_layout, n_old, d, options, layout));
  UF_TRY(place_duplicates(ctx, views, n_data_blocks, old_layout, n_old, d, layout));
done:
  uf_graph_free(&graph);
  return status;
}

void uf_query_block_free(uf_query_block *view) { uf_neighbors_free(&view->neighbors); }
