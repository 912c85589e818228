/*
 * graph/graph.h: makes and frees weighted graphs in compressed rows (uf_graph of base/types.h),
 * also from triplets.
 */
#ifndef UF_GRAPH_H
#define UF_GRAPH_H

#include "base/context.h"
#include "base/types.h"

/* Makes n rows, all of them empty, with room for n_edges. */
uf_status uf_graph_alloc(uf_context *ctx, int n, int64_t n_edges, uf_graph *graph);
void uf_graph_free(uf_graph *graph);

/* Returns the largest weight; 0 without edges. */
float uf_largest_weight(const uf_graph *graph);

/* Makes a graph from n_edges triplets in any order, rows and columns counted from 1. Each edge is
 * expected in both directions. */
uf_status uf_graph_from_triplets(uf_context *ctx, int n, int64_t n_edges, const int *row,
                                 const int *column, const double *weight, uf_graph *graph);

/* Warns when vertices have no edge, and says whether they are placed or dropped. */
void uf_warn_of_isolated_vertices(uf_context *ctx, const uf_graph *graph, int are_dropped);

#endif
