/*
 * linalg/subspace.h: directions that carry the variance of a set of points.
 *
 * Subspace iteration (Halko, Martinsson, Tropp 2011, algorithm 4.4) on evenly spaced rows: Q ←
 * orth(Aᵀ A Q), a few times.
 */
#ifndef UF_SUBSPACE_H
#define UF_SUBSPACE_H

#include "data/points.h"

/* basis (points->d × m by rows, m a multiple of 16): orthonormal columns, the first n_directions in
 * use and the rest zero, that span about the principal subspace of at most `max_rows` rows.
 * Directions beyond the rank of the data are zero. */
uf_status uf_principal_subspace(uf_context *ctx, const uf_points *points, int max_rows,
                                int n_directions, int m, uint64_t seed, float *basis);

/* basis (d × m) with n_directions <= d random orthonormal columns. */
uf_status uf_random_directions(uf_context *ctx, int d, int n_directions, int m, uint64_t key,
                               float *basis);

/* Makes the first n_directions columns of basis (d × m) orthonormal; a column that depends on those
 * before it becomes zero. */
uf_status uf_orthonormalize(uf_context *ctx, int d, int n_directions, int m, float *basis);

/* out (rows of `to - from` × m) = offset + points × basis, in parallel. rows: NULL for all points
 * in order. */
uf_status uf_project(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                     const float *basis, int m, const float *offset, float *out);

/* The same of rows of floats from … to - 1, in the calling thread: what a parallel loop does with
 * a block. */
void uf_project_range(const uf_context *ctx, const uf_points *points, int64_t from, int64_t to,
                      const float *basis, int m, const float *offset, float *out);

/* `count` rows spread evenly over 0 … n - 1. */
void uf_even_rows(int n, int count, int *rows);

#endif
