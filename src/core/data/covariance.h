/*
 * data/covariance.h: by what the metrics seuclidean and mahalanobis divide.
 */
#ifndef UF_PREPARATION_SPREAD_H
#define UF_PREPARATION_SPREAD_H

#include "data/prepare.h"

/* preparation->spread: from the variances or covariances that are given, or those of the data where
 * `given` is NULL. Fails with UF_BAD_INPUT where one has no inverse. */
uf_status uf_choose_covariance(uf_context *ctx, const uf_matrix *matrix, const double *given,
                               uf_preparation *preparation);

#endif
