/*
 * linalg/subspace.h: directions that carry most of the variance of a set of points, or random ones.
 */
#ifndef UF_SUBSPACE_H
#define UF_SUBSPACE_H

#include "data/points.h"
#include "linalg/basis.h"

/* The columns of the basis, which has been allocated, become orthonormal and span about the
 * principal subspace of at most max_rows of the points. Directions beyond the rank of the data are
 * 0. */
uf_status uf_principal_subspace(uf_context *ctx, const uf_points *points, int max_rows,
                                uint64_t seed, uf_basis *basis);

/* The columns become random and orthonormal; n_directions is at most depth. */
uf_status uf_random_directions(uf_context *ctx, uint64_t key, uf_basis *basis);

/* `count` rows spread evenly over 0 … n - 1. */
void uf_even_rows(int n, int count, int *rows);

#endif
