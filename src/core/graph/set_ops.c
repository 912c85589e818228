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
 * - In a target a missing pair counts at most MISSING_AT_MOST, as in umap-learn: neighbors in the
 *   data that differ in the target are to come apart, even if half of the least is ½ because most
 *   numbers are tied. So does a missing pair in a graph of ties (most of its edges have the
 *   similarity 1) next to one without: otherwise it would have no effect.
 * - Opposite to such a side, a similarity counts at least e⁵ times as much. So points that are
 *   neighbors there only, S = l r with l = OPPOSITE_AT_LEAST and r = 1, are more similar by e⁵ than
 *   points that are not neighbors there, S <= MISSING_AT_MOST: the factor of different categories
 *   (graph/categories.h). Half of the least similarity would not do, as it falls when n grows.
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
#define OPPOSITE_AT_LEAST 0.0148413159f /* e⁵ MISSING_AT_MOST */

/* What one side, or a row of it, counts a pair that it lacks as. */
typedef struct missing_pair {
  float left, right;
} missing_pair;

typedef struct intersect_job {
  const uf_graph *left, *right;
  const uf_intersection *options;
  missing_pair missing; /* by row: unused */
  double left_power, right_power;
  float unknown; /* factor of pairs of which one point is unknown in a target */
} intersect_job;

/* Edges of one side, and what is known about them. */
typedef struct side {
  float half; /* half the least similarity */
  int is_tied;
} side;

/* Measures the edges from … to - 1. */
static side measure(const uf_graph *graph, int64_t from, int64_t to) {
  float least = 1;
  int64_t ties = 0;
  for (int64_t e = from; e < to; e++) {
    least = graph->weight[e] < least ? graph->weight[e] : least;
    ties += graph->weight[e] == 1;
  }
  return (side){0.5f * least, 2 * ties > to - from};
}

static float at_least(float x, float bound) { return x > bound ? x : bound; }

static float at_most(float x, float bound) { return x < bound ? x : bound; }

/* is_strict: of this side; is_opposite: whether the other one is strict. */
static float missing_in(side one, int is_strict, int is_opposite) {
  float value = is_strict ? at_most(one.half, MISSING_AT_MOST) : one.half;
  return at_least(value, is_opposite ? OPPOSITE_AT_LEAST : MISSING_AT_LEAST);
}

static missing_pair find_missing(const intersect_job *j, side left, side right) {
  int is_target = j->options->is_target;
  int is_left_strict = !is_target && left.is_tied && !right.is_tied;
  int is_right_strict = is_target || (right.is_tied && !left.is_tied);
  return (missing_pair){
      .left = j->right_power > 0 ? missing_in(left, is_left_strict, is_right_strict) : 0,
      .right = j->left_power > 0 ? missing_in(right, is_right_strict, is_left_strict) : 0};
}

static uf_graph_row row_of(const uf_graph *graph, int i, float missing) {
  int64_t from = graph->start[i], to = graph->start[i + 1];
  return (uf_graph_row){graph->neighbor + from, graph->weight + from, to - from, missing};
}

static missing_pair missing_in_row(const intersect_job *j, int i) {
  const int64_t *l = j->left->start + i, *r = j->right->start + i;
  return find_missing(j, measure(j->left, l[0], l[1]), measure(j->right, r[0], r[1]));
}

static void both_sides(const void *job, int i, uf_graph_row *left, uf_graph_row *right) {
  const intersect_job *j = job;
  missing_pair missing = j->options->by_row ? missing_in_row(j, i) : j->missing;
  *left = row_of(j->left, i, missing.left);
  *right = row_of(j->right, i, missing.right);
}

static int is_isolated(const uf_graph *graph, int i) {
  return graph->start[i] == graph->start[i + 1];
}

/* No similarity counts less than that of a missing pair. 0 is none, whatever its exponent. */
static float intersect(const void *job, const uf_merged_pair *pair) {
  const intersect_job *j = job;
  if (j->options->is_target && (is_isolated(j->right, pair->i) || is_isolated(j->right, pair->j)))
    return pair->left * j->unknown;
  float left = at_least(pair->left, pair->left_missing);
  float right = at_least(pair->right, pair->right_missing);
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
  job.missing =
      find_missing(&job, measure(left, 0, left->start[n]), measure(right, 0, right->start[n]));
  return uf_merge_rows(ctx, n, &(uf_row_merge){&job, both_sides, intersect}, graph);
}
