/*
 * neighbors/query.h: finds the old rows nearest to new rows.
 */
#ifndef UF_QUERY_H
#define UF_QUERY_H

#include "neighbors/search.h"

typedef struct uf_query_options {
  const uf_neighbors
      *graph; /* neighbors of the points, along which the search finds its way, and of
                                which only indices are read; NULL to find them where that pays */
  int k;
  uf_neighbor_method method; /* EXACT, or how the neighbors of the points are found */
  uint64_t seed;
} uf_query_options;

/*
 * The k points nearest to each row of `queries`, which have been prepared as the points were, from
 * the nearest on; none of them is the row itself. found->recall is the fraction of them that was
 * found, by a sample of the queries; where it is clearly short, every pair is compared if that is a
 * matter of seconds, else the host is warned. *used: EXACT or GRAPH.
 */
uf_status uf_neighbors_query(uf_context *ctx, const uf_points *points, const uf_points *queries,
                             const uf_query_options *options, uf_neighbors *found,
                             uf_neighbor_method *used);

#endif
