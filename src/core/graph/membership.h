/*
 * graph/membership.h: computes how strongly each neighbor belongs to a point's neighborhood
 * (McInnes, Healy, Melville 2018, algorithm 2; compute_membership_strengths of umap-learn):
 *
 *   A_ij = exp(-max(0, d_ij - rho_i) / sigma_i)
 */
#ifndef UF_MEMBERSHIP_H
#define UF_MEMBERSHIP_H

#include "graph/smooth_knn.h"

/* Directed similarities; rows are k apart. */
typedef struct uf_membership {
  int n, k;
  int *count;      /* n: entries of a row */
  int *neighbor;   /* n × k: the first count[i] of row i are in use, ascending */
  float *strength; /* n × k: in [0, 1] */
} uf_membership;

/* rho, sigma: n each, of uf_smooth_knn(). O(n k). */
uf_status uf_membership_strengths(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                                  const float *sigma, double max_distance,
                                  uf_membership *membership);
void uf_membership_free(uf_membership *membership);

/* Returns the similarities as a graph, row by row. */
uf_status uf_membership_graph(uf_context *ctx, const uf_membership *membership, uf_graph *graph);

#endif
