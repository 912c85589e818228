/*
 * data/covariance.h: computes the divisors of the metrics seuclidean and mahalanobis, which make
 * them Euclidean distances of transformed rows.
 *
 *     seuclidean    |D⁻¹ (x - y)|,  D = diag(s_1, …, s_d), the standard deviations of the columns
 *     mahalanobis   √((x - y)ᵀ C⁻¹ (x - y)) = |L⁻¹ (x - y)|,  C = L Lᵀ (Cholesky), the covariances
 *
 * with divisor n - 1 where they are estimated: O(n d) and O(n d²); the factor takes O(d³).
 */
#ifndef UF_COVARIANCE_H
#define UF_COVARIANCE_H

#include "base/context.h"
#include "data/matrix.h"
#include "data/metric.h"

/* *root: d standard deviations for seuclidean, L (d × d by rows, 0 above the diagonal) for
 * mahalanobis; to be freed by uf_free(). `given`: d variances, or d × d covariances; NULL to
 * estimate them from the matrix, which is dense. Fails with UF_BAD_INPUT when one has no inverse,
 * naming the column. */
uf_status uf_covariance_root(uf_context *ctx, const uf_matrix *matrix, uf_metric metric,
                             const double *given, double **root);

#endif
