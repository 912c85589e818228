/*
 * graph/merge.h: merges the rows of two fuzzy sets into a graph. Union and intersection differ in
 * where their rows come from and in how two similarities become one; the merging is the same.
 */
#ifndef UF_MERGE_H
#define UF_MERGE_H

#include "base/context.h"
#include "base/types.h"

/* A row of one side: neighbors, ascending. */
typedef struct uf_graph_row {
  const int *neighbor;
  const float *weight;
  int64_t count;
  float missing; /* for the join: what a pair that only the other side has counts here */
} uf_graph_row;

/* A pair that at least one side has; 0 where a side lacks it. */
typedef struct uf_merged_pair {
  int i, j;
  float left, right;
  float left_missing, right_missing; /* of the rows */
} uf_merged_pair;

typedef struct uf_row_merge {
  const void *job;
  void (*rows)(const void *job, int i, uf_graph_row *left, uf_graph_row *right);
  /* 0 (or too small for a float): no edge */
  float (*join)(const void *job, const uf_merged_pair *pair);
} uf_row_merge;

/* Makes the graph of n merged rows, in parallel. O(entries of both sides). */
uf_status uf_merge_rows(uf_context *ctx, int n, const uf_row_merge *merge, uf_graph *graph);

#endif
