/*
 * graph/set_ops.c: what several sources say about the same pairs of points, joined in one graph.
 *
 * Two fuzzy sets meet in their intersection, each similarity weighed by an exponent, and a
 * category tells its points from those of the others; afterwards each point is brought back to one
 * neighbor of full similarity (as in umap-learn: general_simplicial_set_intersection,
 * categorical_simplicial_set_intersection, reset_local_connectivity). With the weight w of `right`
 * and a pair that one side does not know counting there as half of that side's least similarity:
 *
 *   S_ij = L_ij R_ij^(w / (1 - w))  for w < ½,   L_ij^((1 - w) / w) R_ij  else
 *
 * Rows of the graphs are points, and so are their neighbors, mostly the same ones; but not when
 * new rows look at old ones. O(edges).
 */
#include "arith/arith.h"

#include "graph/fuzzy.h"
#include "graph/merge.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct intersect_job {
  const uf_graph *left, *right;
  int by_row;
  float left_missing, right_missing; /* similarity of a pair that one side does not know */
  double left_power, right_power;
} intersect_job;

/* Half the least of the edges from … to - 1. */
static float similarity_of_missing(const uf_graph *graph, int64_t from, int64_t to) {
  float least = 1;
  for (int64_t e = from; e < to; e++) least = graph->weight[e] < least ? graph->weight[e] : least;
  return 0.5f * least > 1e-8f ? 0.5f * least : 1e-8f;
}

static uf_fuzzy_row row_of(const uf_graph *graph, int i, int by_row, float missing) {
  int64_t from = graph->start[i], to = graph->start[i + 1];
  if (by_row) missing = similarity_of_missing(graph, from, to);
  return (uf_fuzzy_row){graph->neighbor + from, graph->weight + from, to - from, missing};
}

static void both_sides(const void *job, int i, uf_fuzzy_row *left, uf_fuzzy_row *right) {
  const intersect_job *j = job;
  *left = row_of(j->left, i, j->by_row, j->left_missing);
  *right = row_of(j->right, i, j->by_row, j->right_missing);
}

static float intersect(const void *job, float left, float right) {
  const intersect_job *j = job;
  return (float)(uf_pow(left, j->left_power) * uf_pow(right, j->right_power));
}

uf_status uf_intersect_graphs(uf_context *ctx, const uf_graph *left, const uf_graph *right,
                              double weight, int by_row, uf_graph *graph) {
  int n = left->n;
  intersect_job job = {.left = left,
                       .right = right,
                       .by_row = by_row,
                       .left_missing = similarity_of_missing(left, 0, left->start[n]),
                       .right_missing = similarity_of_missing(right, 0, right->start[n]),
                       .left_power = weight < 0.5 ? 1 : (1 - weight) / weight,
                       .right_power = weight < 0.5 ? weight / (1 - weight) : 1};
  return uf_fuzzy_merge_rows(ctx, n, &(uf_fuzzy_merge){&job, both_sides, intersect}, graph);
}

/* ---- categories ---- */

/* A pair whose categories are not both known is less similar by e⁻¹, a pair of different ones by
 * e^-far, where far = 2.5 / (1 - weight): enough to take apart what the rest of the data joins. */
uf_status uf_categorical_intersection(uf_context *ctx, uf_graph *graph, const int *category,
                                      const int *neighbor_category, double weight) {
  float unknown = (float)uf_exp(-1);
  float different = weight < 1 ? (float)uf_exp(-2.5 / (1 - weight)) : 0;
  int64_t from = 0, kept = 0;
  for (int i = 0; i < graph->n; i++) {
    if (i % 65536 == 0 && uf_poll(ctx, (double)i / graph->n)) return UF_INTERRUPTED;
    int64_t to = graph->start[i + 1];
    for (int64_t e = from; e < to; e++) {
      int one = category[i], other = neighbor_category[graph->neighbor[e]];
      float factor = one < 0 || other < 0 ? unknown : one == other ? 1 : different;
      float value = graph->weight[e] * factor;
      if (!(value > 0)) continue;
      graph->neighbor[kept] = graph->neighbor[e];
      graph->weight[kept++] = value;
    }
    from = to;
    graph->start[i + 1] = kept;
  }
  return UF_OK;
}

/* ---- local connectivity ---- */

typedef struct connect_job {
  uf_graph *graph;
  float *largest; /* n: the largest similarity of each row */
} connect_job;

static float largest_of_row(const uf_graph *graph, int i) {
  float largest = 0;
  for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
    largest = graph->weight[e] > largest ? graph->weight[e] : largest;
  return largest;
}

static void measure_rows(void *job, int64_t block, int worker) {
  (void)worker;
  connect_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->graph->n);
  for (int i = (int)range.from; i < range.to; i++) j->largest[i] = largest_of_row(j->graph, i);
}

/* The graph being symmetric, an edge's other end sees the same similarity over its own largest one.
 * The union x + y - xy of both, in a form that cannot exceed 1. */
static void join_rows(void *job, int64_t block, int worker) {
  (void)worker;
  connect_job *j = job;
  uf_graph *graph = j->graph;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, graph->n);
  for (int i = (int)range.from; i < range.to; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      float one = graph->weight[e] / j->largest[i];
      float other = graph->weight[e] / j->largest[graph->neighbor[e]];
      float more = one > other ? one : other, less = one > other ? other : one;
      float rest = (1 - more) * less;
      graph->weight[e] = more + rest;
    }
}

static void normalize_rows(void *job, int64_t block, int worker) {
  (void)worker;
  connect_job *j = job;
  uf_graph *graph = j->graph;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, graph->n);
  for (int i = (int)range.from; i < range.to; i++) {
    float largest = largest_of_row(graph, i);
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) graph->weight[e] /= largest;
  }
}

uf_status uf_normalize_by_row_maximum(uf_context *ctx, uf_graph *graph) {
  connect_job job = {.graph = graph};
  return uf_parallel(ctx, uf_n_blocks(graph->n, ROWS_PER_BLOCK), normalize_rows, &job);
}

uf_status uf_reset_local_connectivity(uf_context *ctx, uf_graph *graph) {
  uf_status status = UF_OK;
  int64_t n_blocks = uf_n_blocks(graph->n, ROWS_PER_BLOCK);
  connect_job job = {.graph = graph};
  UF_NEW(ctx, job.largest, graph->n);
  UF_TRY(uf_parallel(ctx, n_blocks, measure_rows, &job));
  UF_TRY(uf_parallel(ctx, n_blocks, join_rows, &job));
done:
  uf_free(job.largest);
  return status;
}
