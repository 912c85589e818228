/*
 * neighbors/exact.h: finds nearest neighbors by comparing every pair.
 */
#ifndef UF_EXACT_H
#define UF_EXACT_H

#include "neighbors/inverted_index.h"

/* The k neighbors of rows[0 … n_rows - 1] of the points (all rows where `rows` is NULL). */
uf_status uf_neighbors_exact(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                             int k, uf_neighbors *neighbors);

/* Finds neighbors of any rows. */
uf_status uf_search_exact(uf_context *ctx, const uf_pair_search *wanted, uf_neighbors *neighbors);

/* Searches again, exactly, for rows with fewer than k neighbors after an approximate search.
 * queries: where they are rows of other points than `points`; else NULL. */
uf_status uf_neighbors_complete(uf_context *ctx, const uf_points *points, const uf_points *queries,
                                uf_neighbors *neighbors);

#endif
