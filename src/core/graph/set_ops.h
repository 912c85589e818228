/*
 * graph/set_ops.h: combines fuzzy sets over the same points.
 */
#ifndef UF_SET_OPS_H
#define UF_SET_OPS_H

#include "base/context.h"
#include "base/types.h"

typedef struct uf_intersection {
  double weight; /* of `right`, in [0, 1]; ½: as much as `left` */
  int is_target; /* `right` is a target that bends `left`, and not a second view of the same rank */
  int by_row;    /* what a missing pair counts depends on its row, not on the whole graph, so that
                    rows do not depend on each other */
} uf_intersection;

/* Intersects two graphs of the same points. O(edges). */
uf_status uf_intersect_graphs(uf_context *ctx, const uf_graph *left, const uf_graph *right,
                              const uf_intersection *options, uf_graph *graph);

#endif
