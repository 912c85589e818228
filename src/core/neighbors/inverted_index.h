/*
 * neighbors/inverted_index.h: every pair of sparse rows, by the columns that they share.
 */
#ifndef UF_INVERTED_INDEX_H
#define UF_INVERTED_INDEX_H

#include "data/points.h"

/* As uf_neighbors_exact(), or uf_query_exact() where `queries` is not NULL, for points of which
 * uf_proxy_is_by_dots() is true. */
uf_status uf_compare_inverted(uf_context *ctx, const uf_points *points, const uf_points *queries,
                              const int *rows, int n_rows, int k, uf_neighbors *neighbors);

/* Multiplications that this takes for all points: the sum over the columns of count². */
uf_status uf_inverted_cost(uf_context *ctx, const uf_points *points, double *cost);

#endif
