/*
 * neighbors/query.h: the old rows nearest to new rows.
 */
#ifndef UF_QUERY_H
#define UF_QUERY_H

#include "neighbors/search.h"

/*
 * The k points nearest to each row of `queries`, which have been prepared as the points were, from
 * the nearest on; none of them is the row itself. `graph`: neighbors of the points, along which the
 * search finds its way, and of which only indices are read; NULL to find them first where that pays,
 * by `method`. *used: EXACT or GRAPH.
 */
uf_status uf_neighbors_query(uf_context *ctx, const uf_points *points, const uf_neighbors *graph,
                             const uf_points *queries, int k, uf_neighbor_method method,
                             uint64_t seed, uf_neighbors *found, uf_neighbor_method *used);

#endif
