/*
 * eigen.h: eigenvectors of small symmetric matrices, by Jacobi's rotations (Golub and Van Loan
 * 2013, section 8.5).
 */
#ifndef UF_EIGEN_H
#define UF_EIGEN_H

/* a (m × m) is destroyed; values descend, and column j of vectors (m × m by rows) belongs to
 * values[j]. */
void uf_symmetric_eigen(int m, double *a, double *values, double *vectors);

#endif
