/*
 * linalg/orthonormalize.h: the modified Gram-Schmidt process (Golub and Van Loan 2013, section
 * 5.2).
 *
 * There are two versions, by what their callers need. Directions of points are floats, as the
 * points are; columns may depend on each other there (data of a low rank), and such a column
 * becomes 0. Eigenvectors of a graph have eigenvalues that differ by 1e-6 and less, so that their
 * block is double, and each column is made orthogonal a second time when the first pass leaves
 * little of it (Kahan's "twice is enough").
 */
#ifndef UF_ORTHONORMALIZE_H
#define UF_ORTHONORMALIZE_H

#include "linalg/basis.h"

/* Makes the directions of a basis orthonormal; a direction that depends on earlier ones becomes 0.
 * O(depth n_directions²), a row at a time. */
uf_status uf_orthonormalize(uf_context *ctx, uf_basis *basis);

/* Makes the m columns of x (n × m by rows) orthonormal to each other and to `known`, a vector of
 * length 1 (n). O(n m²). */
void uf_orthonormalize_block(int n, int m, const double *known, double *x);

#endif
