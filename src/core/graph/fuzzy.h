/*
 * graph/fuzzy.h: from neighbors to the fuzzy simplicial set (McInnes, Healy, Melville 2018, section 3.1,
 * algorithms 2 and 3).
 */
#ifndef UF_FUZZY_H
#define UF_FUZZY_H

#include "base/context.h"
#include "base/types.h"

typedef struct uf_fuzzy_options {
  double local_connectivity; /* neighbors that count as fully connected; may be fractional */
  double bandwidth;          /* factor of log2(k) */
  double set_op_mix_ratio;   /* 1: fuzzy union, 0: fuzzy intersection */
  double max_distance;  /* pairs at or beyond it are no neighbors (bounded metrics); infinite for
                          none */
  double mean_distance; /* by which a smallest sigma is reckoned; 0 for that of the table */
} uf_fuzzy_options;

/* For each point: rho, the distance to its nearest neighbor, and sigma > 0 with
 *   Σ_j exp(-max(0, d_ij - rho) / sigma) = log2(k) · bandwidth        over its neighbors j other
 * than itself. */
uf_status uf_smooth_knn(uf_context *ctx, const uf_neighbors *neighbors,
                        const uf_fuzzy_options *options, float *rho, float *sigma);

/* A_ij = exp(-max(0, d_ij - rho_i) / sigma_i), then r (A + A' - A∘A') + (1 - r) A∘A'. */
uf_status uf_fuzzy_graph(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                         const float *sigma, const uf_fuzzy_options *options, uf_graph *graph);

/* A alone, entries of a row ascending by neighbor: of new rows, whom no old one has for a neighbor. */
uf_status uf_fuzzy_directed(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                            const float *sigma, const uf_fuzzy_options *options, uf_graph *graph);

/* What two sources say of the same pairs, `right` with a weight in [0, 1]: see graph/set_ops.c.
 * by_row: a pair that one side does not know counts there by the least similarity of its row, not of
 * all, so that rows do not depend on each other. */
uf_status uf_intersect_graphs(uf_context *ctx, const uf_graph *left, const uf_graph *right,
                              double weight, int by_row, uf_graph *graph);

/* Makes pairs of different categories less similar, the more so the larger the weight in [0, 1].
 * Category codes of the rows and of their neighbors; negative where unknown. */
uf_status uf_categorical_intersection(uf_context *ctx, uf_graph *graph, const int *category,
                                      const int *neighbor_category, double weight);

/* After either: S_ij = a + b - ab with a = S_ij / max_k S_ik, b = S_ij / max_k S_jk, for a symmetric
 * graph. */
uf_status uf_reset_local_connectivity(uf_context *ctx, uf_graph *graph);

/* The same for a directed graph: a alone. */
uf_status uf_normalize_by_row_maximum(uf_context *ctx, uf_graph *graph);

/* Says so when points have no edge. */
void uf_warn_of_isolated_vertices(uf_context *ctx, const uf_graph *graph);

/* Whether column j of row i is a neighbor to reckon with. */
static inline int uf_is_neighbor(const uf_neighbors *neighbors, int i, int j, double max_distance) {
  size_t at = (size_t)i * (size_t)neighbors->k + (size_t)j;
  return neighbors->index[at] >= 0 && neighbors->index[at] != i &&
         neighbors->distance[at] < max_distance;
}

/* A graph from n_edges triplets in any order, rows and columns counted from 1. Each edge is
 * expected in both directions. */
uf_status uf_graph_from_triplets(uf_context *ctx, int n, int64_t n_edges, const int *row,
                                 const int *column, const double *weight, uf_graph *graph);
uf_status uf_graph_alloc(uf_context *ctx, int n, int64_t n_edges, uf_graph *graph);
void uf_graph_free(uf_graph *graph);

#endif
