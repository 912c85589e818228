/*
 * linalg/pca.h: computes principal components of points.
 */
#ifndef UF_PCA_H
#define UF_PCA_H

#include "data/points.h"

/* Computes the principal directions of centered rows of floats: n_directions × d by rows,
 * orthonormal, variances descending, the largest element of each positive. Refined on all rows
 * until the variance that they hold no longer grows. */
uf_status uf_principal_directions(uf_context *ctx, const uf_points *points, int n_directions,
                                  uint64_t seed, double *directions);

/* Computes coordinates of points of any form, centered or not, on their first n_directions <= d
 * principal components: n × n_directions by rows. The directions lie in the principal subspace of a
 * sample, and are turned within it by the covariance of all rows. */
uf_status uf_principal_scores(uf_context *ctx, const uf_points *points, int n_directions,
                              uint64_t seed, float *scores);

#endif
