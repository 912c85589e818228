/*
 * graph/local_connectivity.h: gives each point back one neighbor of full similarity, which an
 * intersection has taken from it (reset_local_connectivity of umap-learn).
 */
#ifndef UF_LOCAL_CONNECTIVITY_H
#define UF_LOCAL_CONNECTIVITY_H

#include "base/context.h"
#include "base/types.h"

/* S_ij ← a + b - ab with a = S_ij / max_k S_ik and b = S_ij / max_k S_jk, for a symmetric graph.
 * O(edges). */
uf_status uf_reset_local_connectivity(uf_context *ctx, uf_graph *graph);

/* The same with a^p_i and b^p_j, where p_i is the power for which the powers of row i, over its
 * largest similarity, add up to log2(15), as those of 15 neighbors do (reset_local_metric of
 * umap-learn): products of similarities let a row fall off too steeply. A row with fewer neighbors
 * than that gets p_i = 0, so all of them have full similarity. O(edges × steps). */
uf_status uf_reset_local_metric(uf_context *ctx, uf_graph *graph);

/* S_ij ← a, for a directed graph. */
uf_status uf_normalize_by_row_maximum(uf_context *ctx, uf_graph *graph);

#endif
