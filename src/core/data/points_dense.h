/*
 * data/points_dense.h: rows of floats from a dense matrix of doubles or ints. O(n d), and what a
 * row costs: O(d log d) for ranks, O(d²) for whitening.
 */
#ifndef UF_POINTS_DENSE_H
#define UF_POINTS_DENSE_H

#include "data/points.h"
#include "data/prepare.h"

/* Sets all of the points but their unit. */
uf_status uf_points_from_dense(uf_context *ctx, const uf_matrix *matrix,
                               const uf_preparation *preparation, uf_points *points);

#endif
