/*
 * init/spectral.c: computes the spectral initialization of algorithm 4 from the coarsest graph.
 *
 * The eigenvectors of the smallest values show the coarse shape of a graph, which the coarsest
 * graph of a hierarchy shares: there they cost milliseconds, however many vertices the graph has.
 * Each is interpolated level by level, and smoothed on the way (graph/transfer.h).
 */
#include "arith/arith.h"

#include "init/init.h"

#include "base/memory.h"
#include "graph/transfer.h"

uf_status uf_init_spectral(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                           int d, uint64_t seed, float *layout) {
  uf_status status = UF_OK;
  int top = hierarchy->n_levels - 1;
  float *position[UF_MOST_LEVELS] = {layout}; /* of each level: n × d */
  for (int level = 1; level <= top; level++)
    UF_NEW(ctx, position[level], (int64_t)hierarchy->level[level].graph.n * d);
  UF_TRY(uf_init_laplacian(ctx, hierarchy, top, points, d, seed, position[top]));
  for (int level = top - 1; level >= 0; level--)
    UF_TRY(uf_prolong(ctx, hierarchy, &(uf_prolong_options){.fine_level = level, .d = d},
                      position[level + 1], position[level]));
  uf_init_scale(hierarchy->level[0].graph.n, d, seed, layout);
done:
  for (int level = 1; level <= top; level++) uf_free(position[level]);
  return status;
}
