/*
 * graph/smooth_knn.h: computes the local scale of each point (McInnes, Healy, Melville 2018,
 * section 3.1, algorithm 3): rho, the distance to its nearest neighbor, and sigma > 0 with
 *
 *   Σ_j exp(-max(0, d_ij - rho_i) / sigma_i) = log2(k) · bandwidth     over its neighbors j ≠ i
 */
#ifndef UF_SMOOTH_KNN_H
#define UF_SMOOTH_KNN_H

#include "base/context.h"
#include "base/types.h"

typedef struct uf_fuzzy_options {
  double local_connectivity; /* neighbors that count as fully connected; may be fractional */
  double bandwidth;          /* factor of log2(k) */
  double set_op_mix_ratio;   /* 1: fuzzy union, 0: fuzzy intersection */
  double max_distance;       /* pairs at or beyond it are not neighbors; infinite without a limit */
  double mean_distance;      /* the smallest sigma depends on it; 0 for the mean of the table */
} uf_fuzzy_options;

/* rho, sigma: n each. O(n k). */
uf_status uf_smooth_knn(uf_context *ctx, const uf_neighbors *neighbors,
                        const uf_fuzzy_options *options, float *rho, float *sigma);

/* Whether column j of row i is a neighbor that counts. */
static inline int uf_is_neighbor(const uf_neighbors *neighbors, int i, int j, double max_distance) {
  size_t at = (size_t)i * (size_t)neighbors->k + (size_t)j;
  return neighbors->index[at] >= 0 && neighbors->index[at] != i &&
         neighbors->distance[at] < max_distance;
}

#endif
