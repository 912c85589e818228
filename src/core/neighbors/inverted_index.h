/*
 * neighbors/inverted_index.h: compares every pair of sparse rows, by the columns that they share.
 */
#ifndef UF_INVERTED_INDEX_H
#define UF_INVERTED_INDEX_H

#include "data/points.h"

/* The k points nearest to some rows. */
typedef struct uf_pair_search {
  const uf_points *points;
  const uf_points *queries; /* which the rows belong to; NULL for the points themselves, where each
                               row is its own first neighbor */
  const int *rows;          /* n_rows; NULL for 0 … n_rows - 1 */
  int n_rows;
  int k;
} uf_pair_search;

/* Requires points for which uf_proxy_is_by_dots() is true. */
uf_status uf_search_inverted(uf_context *ctx, const uf_pair_search *wanted,
                             uf_neighbors *neighbors);

/* Multiplications that this takes for all points: the sum over the columns of count². */
uf_status uf_inverted_cost(uf_context *ctx, const uf_points *points, double *cost);

#endif
