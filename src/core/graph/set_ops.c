/*
 * graph/set_ops.c: joins what two sources say about the same pairs of points in one graph
 * (general_simplicial_set_intersection of umap-learn).
 *
 * Each similarity is weighed by an exponent. With the weight w of `right`, and a pair that one side
 * does not know counting there as half of that side's least similarity:
 *
 *   S_ij = L_ij R_ij^(w / (1 - w))  for w < ½,   L_ij^((1 - w) / w) R_ij  else
 *
 * Rows of the graphs are points, and so are their neighbors: mostly the same points, but old ones
 * where the rows are new.
 */
#include "arith/arith.h"

#include "graph/set_ops.h"

#include "arith/exp_log.h"
#include "graph/merge.h"

typedef struct intersect_job {
  const uf_graph *left, *right;
  int by_row;
  float left_missing, right_missing; /* similarity of a pair that one side does not know */
  double left_power, right_power;
} intersect_job;

/* Returns half the least weight of the edges from … to - 1. */
static float similarity_of_missing(const uf_graph *graph, int64_t from, int64_t to) {
  float least = 1;
  for (int64_t e = from; e < to; e++) least = graph->weight[e] < least ? graph->weight[e] : least;
  return 0.5f * least > 1e-8f ? 0.5f * least : 1e-8f;
}

static uf_graph_row row_of(const uf_graph *graph, int i, int by_row, float missing) {
  int64_t from = graph->start[i], to = graph->start[i + 1];
  if (by_row) missing = similarity_of_missing(graph, from, to);
  return (uf_graph_row){graph->neighbor + from, graph->weight + from, to - from, missing};
}

static void both_sides(const void *job, int i, uf_graph_row *left, uf_graph_row *right) {
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
  return uf_merge_rows(ctx, n, &(uf_row_merge){&job, both_sides, intersect}, graph);
}
