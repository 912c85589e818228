/*
 * graph/set_ops.c: joins what two sources say about the same pairs of points in one graph
 * (general_simplicial_set_intersection of umap-learn).
 *
 * Each similarity gets an exponent. With the weight w of `right`:
 *
 *   S_ij = L_ij R_ij^(w / (1 - w))  for w < ½,   L_ij^((1 - w) / w) R_ij  else
 *
 * A pair that one side lacks counts there as half of that side's least similarity, with exceptions:
 *
 * - In a graph of ties (most of its edges have the similarity 1) half of the least is ½ and says
 *   nothing: a missing pair counts at most MISSING_AT_MOST. Otherwise neighbors that are tied in one
 *   view would count no more than neighbors that only the other view knows.
 * - In a target a missing pair counts at most MISSING_AT_MOST, always: neighbors in the data that
 *   differ in the target are to come apart, as categories do. The data keep half of their least, so
 *   that neighbors in the target come together even if they are not neighbors in the data.
 * - At w = 0 and w = 1 one side has the exponent 0. It would still add its pairs, so the pairs that
 *   only this side knows are left out: the graph is L, or R, alone.
 * - A point without edges in a target is unknown there. Its pairs keep L_ij, times the factor that
 *   pairs of unknown categories have (graph/categories.h).
 *
 * Rows of the graphs are points, and so are their neighbors: mostly the same points, but old ones
 * where the rows are new.
 */
#include "arith/arith.h"

#include "graph/set_ops.h"

#include "arith/exp_log.h"
#include "graph/categories.h"
#include "graph/merge.h"

#define MISSING_AT_LEAST 1e-8f
#define MISSING_AT_MOST 1e-4f

typedef struct intersect_job {
  const uf_graph *left, *right;
  const uf_intersection *options;
  float left_missing, right_missing; /* similarity of a pair that one side lacks; by row: unused */
  double left_power, right_power;
  float unknown; /* factor of pairs of which one point is unknown in a target */
} intersect_job;

/* Returns half the least weight of the edges from … to - 1, but at most `most`. */
static float similarity_of_missing(const uf_graph *graph, int64_t from, int64_t to, float most) {
  float least = 1;
  int64_t ties = 0;
  for (int64_t e = from; e < to; e++) {
    least = graph->weight[e] < least ? graph->weight[e] : least;
    ties += graph->weight[e] == 1;
  }
  float half = 0.5f * least;
  if (2 * ties > to - from) most = MISSING_AT_MOST;
  if (half > most) half = most;
  return half > MISSING_AT_LEAST ? half : MISSING_AT_LEAST;
}

static float left_missing(const intersect_job *j, int64_t from, int64_t to) {
  return j->right_power > 0 ? similarity_of_missing(j->left, from, to, 1) : 0;
}

static float right_missing(const intersect_job *j, int64_t from, int64_t to) {
  float most = j->options->is_target ? MISSING_AT_MOST : 1;
  return j->left_power > 0 ? similarity_of_missing(j->right, from, to, most) : 0;
}

static uf_graph_row row_of(const uf_graph *graph, int i, float missing) {
  int64_t from = graph->start[i], to = graph->start[i + 1];
  return (uf_graph_row){graph->neighbor + from, graph->weight + from, to - from, missing};
}

static void both_sides(const void *job, int i, uf_graph_row *left, uf_graph_row *right) {
  const intersect_job *j = job;
  const int64_t *l = j->left->start + i, *r = j->right->start + i;
  int by_row = j->options->by_row;
  *left = row_of(j->left, i, by_row ? left_missing(j, l[0], l[1]) : j->left_missing);
  *right = row_of(j->right, i, by_row ? right_missing(j, r[0], r[1]) : j->right_missing);
}

static int is_isolated(const uf_graph *graph, int i) {
  return graph->start[i] == graph->start[i + 1];
}

/* 0 is no similarity, whatever its exponent. */
static float intersect(const void *job, int i, int neighbor, float left, float right) {
  const intersect_job *j = job;
  if (j->options->is_target && (is_isolated(j->right, i) || is_isolated(j->right, neighbor)))
    return left * j->unknown;
  if (!(left > 0 && right > 0)) return 0;
  return (float)(uf_pow(left, j->left_power) * uf_pow(right, j->right_power));
}

uf_status uf_intersect_graphs(uf_context *ctx, const uf_graph *left, const uf_graph *right,
                              const uf_intersection *options, uf_graph *graph) {
  int n = left->n;
  double weight = options->weight;
  intersect_job job = {.left = left,
                       .right = right,
                       .options = options,
                       .left_power = weight < 0.5 ? 1 : (1 - weight) / weight,
                       .right_power = weight < 0.5 ? weight / (1 - weight) : 1,
                       .unknown = uf_factor_of_unknown(weight)};
  job.left_missing = left_missing(&job, 0, left->start[n]);
  job.right_missing = right_missing(&job, 0, right->start[n]);
  return uf_merge_rows(ctx, n, &(uf_row_merge){&job, both_sides, intersect}, graph);
}
