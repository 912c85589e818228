/*
 * linalg/rayleigh_ritz.h: approximates eigenvectors of a large symmetric matrix A within a subspace
 * (Golub and Van Loan 2013, section 8.1).
 *
 * Given m orthonormal columns Q, let H = Qᵀ A Q (m × m) with eigenvectors H = U Λ Uᵀ. The columns
 * of Q U are the best approximations to eigenvectors of A that the subspace has, and Λ holds their
 * values; A (Q U) = (A Q) U says how far off they are. O(m³), and O(n m²) to turn n rows by U.
 */
#ifndef UF_RAYLEIGH_RITZ_H
#define UF_RAYLEIGH_RITZ_H

#include "base/context.h"

typedef struct uf_ritz {
  int m;
  double *matrix;  /* m × m by rows: H, filled by the caller; destroyed by uf_ritz_solve() */
  double *values;  /* m: Λ, descending */
  double *vectors; /* m × m by rows: U; column j belongs to values[j] */
  double *row;     /* m: scratch */
} uf_ritz;

uf_status uf_ritz_alloc(uf_context *ctx, int m, uf_ritz *ritz);
void uf_ritz_free(uf_ritz *ritz);

/* Computes H = Qᵀ (A Q); both factors have n rows. */
void uf_ritz_fill(uf_ritz *ritz, int n, const double *q, const double *image);

/* Computes Λ and U from H. */
uf_status uf_ritz_solve(uf_context *ctx, uf_ritz *ritz);

/* block (n × m by rows) ← block U. */
void uf_ritz_turn(uf_ritz *ritz, int n, double *block);

/* Returns element c of (x - mean) U for one row x of floats (m). */
double uf_ritz_element(const uf_ritz *ritz, const float *x, const double *mean, int c);

#endif
