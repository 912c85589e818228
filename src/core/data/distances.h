/*
 * data/distances.h: finds nearest neighbors when the distances themselves are given, as doubles.
 *
 * Each row keeps a heap of the k best so far, ordered by (distance, index), its root the worst; so
 * a row of n distances takes O(n) comparisons and, in random order, about k log(n / k) insertions
 * of O(log k). Nothing is stored but the result: O(n k) in all.
 */
#ifndef UF_DISTANCES_H
#define UF_DISTANCES_H

#include "base/context.h"

typedef struct uf_distances {
  const double
      *value;   /* is_packed: n (n - 1) / 2, the lower triangle of the square matrix without its
                          diagonal, by columns, as in R's dist; else n × n_points by columns */
  int n;        /* rows: points, or new rows */
  int n_points; /* that the rows are compared with; n if packed */
  int is_packed;
} uf_distances;

/* Distances that are negative by no more than this fraction of the largest one come from rounding,
 * and count as 0: single precision rounds by 6e-8, a few operations by some times that. */
static const double uf_distance_rounding = 1e-6;

/* index, distance: n × k by rows, ascending by (distance, index), 1 <= k <= n_points. A packed row
 * begins with itself, at distance 0. A point at an infinite distance is not a neighbor: its index
 * is -1. Fails with UF_BAD_INPUT when a distance is missing or negative (by more than rounding),
 * naming the first such pair. */
uf_status uf_distances_nearest(uf_context *ctx, const uf_distances *distances, int k, int *index,
                               double *distance);

#endif
