/*
 * graph/set_ops.h: combines fuzzy sets over the same points.
 */
#ifndef UF_SET_OPS_H
#define UF_SET_OPS_H

#include "base/context.h"
#include "base/types.h"

/* Intersects two graphs, `right` with a weight in [0, 1]. With by_row, a pair that one side does
 * not know counts there by the least similarity of its row and not of the whole graph, so that rows
 * do not depend on each other. O(edges). */
uf_status uf_intersect_graphs(uf_context *ctx, const uf_graph *left, const uf_graph *right,
                              double weight, int by_row, uf_graph *graph);

#endif
