/*
 * graph/fuzzy_union.h: the fuzzy simplicial set of all points (McInnes, Healy, Melville 2018,
 * section 3.1 and algorithm 1): with the membership strengths A and the mix ratio r,
 *
 *   W = r (A + Aᵀ - A∘Aᵀ) + (1 - r) A∘Aᵀ
 */
#ifndef UF_FUZZY_UNION_H
#define UF_FUZZY_UNION_H

#include "graph/smooth_knn.h"

/* rho, sigma: n each. The graph is symmetric, its rows ascend. O(n k log k). */
uf_status uf_fuzzy_graph(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                         const float *sigma, const uf_fuzzy_options *options, uf_graph *graph);

/* Returns A itself, rows ascending: the graph of new rows, which no old row has for a neighbor. */
uf_status uf_fuzzy_directed(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                            const float *sigma, const uf_fuzzy_options *options, uf_graph *graph);

#endif
