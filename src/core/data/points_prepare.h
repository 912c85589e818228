/*
 * data/points_prepare.h: makes points from the user's matrix, whatever its form.
 *
 * What float cannot hold is taken care of in double before: values are multiplied by a common power
 * of two when they are huge or tiny, and what most rows have in common is subtracted where it
 * dwarfs their differences (dates, coordinates, directions). Neither changes a distance that
 * depends on differences only. A uf_preparation says what was done to the rows, so that new rows
 * can be treated in the same way. Sparse rows are only scaled.
 *
 * A row without a direction (all zero, or constant for correlation) has distance 0 to other such
 * rows and 1 to all other rows, as in umap-learn: it becomes the unit vector of an additional axis,
 * the last column.
 */
#ifndef UF_POINTS_PREPARE_H
#define UF_POINTS_PREPARE_H

#include "data/points.h"
#include "data/prepare.h"

/* Prepares the rows that the preparation was made from. */
uf_status uf_points_prepare(uf_context *ctx, const uf_matrix *matrix,
                            const uf_preparation *preparation, uf_points *points);

/* Prepares other rows with as many columns, after checking their values. */
uf_status uf_points_prepare_new(uf_context *ctx, const uf_matrix *matrix,
                                const uf_preparation *preparation, uf_points *points);

/* Does uf_preparation_make() and uf_points_prepare() in one, when no more rows will come. */
uf_status uf_points_make(uf_context *ctx, const uf_matrix *matrix, const uf_metric_choice *choice,
                         uf_points *points);

#endif
