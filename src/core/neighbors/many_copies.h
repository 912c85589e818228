/*
 * neighbors/many_copies.h: neighbors of rows some of which come more than k times.
 */
#ifndef UF_MANY_COPIES_H
#define UF_MANY_COPIES_H

#include "base/types.h"
#include "data/duplicates.h"

/* Groups equal points if some of them come more than k times; left zero otherwise. O(n d). */
uf_status uf_group_many_copies(uf_context *ctx, const uf_points *points, int k,
                               uf_row_groups *groups);

/* The k neighbors of all rows from those of the groups (min(k, m) of each, the group itself
 * first). k <= n. O(n k log k). */
uf_status uf_neighbors_of_copies(uf_context *ctx, const uf_row_groups *groups,
                                 const uf_neighbors *distinct, int k, uint64_t seed,
                                 uf_neighbors *neighbors);

#endif
