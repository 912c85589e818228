/*
 * linalg/jacobi.h: computes eigenvectors of small symmetric matrices, by Jacobi's rotations (Golub
 * and Van Loan 2013, section 8.5).
 */
#ifndef UF_JACOBI_H
#define UF_JACOBI_H

#include "base/context.h"

/* a (m × m) is destroyed; values descend, and column j of vectors (m × m by rows) belongs to
 * values[j]. */
uf_status uf_symmetric_eigen(uf_context *ctx, int m, double *a, double *values, double *vectors);

#endif
