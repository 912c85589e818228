/*
 * data/points_sparse.h: compressed rows from a sparse matrix, whose zeros are never filled in.
 * O(entries), and O(entries of a row²) for a row whose columns are not in order.
 *
 * A row keeps its nonzero entries in the order of columns; sums over them are made in double and in
 * that order. The metrics cosine, correlation and hellinger divide a row by its size. Correlation
 * also subtracts the mean m of a row x of d columns, which would fill its zeros; so the row keeps
 *
 *     value = x / s at its entries,   mean = m / s,   s = |x - m 1|
 *
 * and stands for u = value - mean 1, of length 1. Since Σ value = d mean,
 *
 *     |u|²  = Σ value² - d mean²                     (squares)
 *     u · w = Σ value_u value_w - d mean_u mean_w    (uf_proxy_from_dot())
 */
#ifndef UF_POINTS_SPARSE_H
#define UF_POINTS_SPARSE_H

#include "data/points.h"
#include "data/prepare.h"

/* Sets all of the points but their unit. */
uf_status uf_points_from_sparse(uf_context *ctx, const uf_matrix *matrix,
                                const uf_preparation *preparation, uf_points *points);

#endif
