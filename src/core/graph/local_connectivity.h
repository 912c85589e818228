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

/* S_ij ← a, for a directed graph. */
uf_status uf_normalize_by_row_maximum(uf_context *ctx, uf_graph *graph);

#endif
