/*
 * neighbor_query.c: new rows against old.
 */
#include "arith.h"

#include "neighbors.h"

uf_status uf_neighbors_query(uf_context *ctx, const uf_points *points, const uf_neighbors *graph,
                             const uf_points *queries, int k, uf_neighbor_method method,
                             uint64_t seed, uf_neighbors *found, uf_neighbor_method *used) {
  (void)graph, (void)method, (void)seed;
  uf_phase(ctx, "nearest neighbors");
  *used = UF_NEIGHBORS_EXACT;
  return uf_query_exact(ctx, points, queries, k, found);
}
