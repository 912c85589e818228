/*
 * data/points_subset.h: copies some rows of the points as points of their own.
 */
#ifndef UF_POINTS_SUBSET_H
#define UF_POINTS_SUBSET_H

#include "data/points.h"

/* Copies rows[0 … n_rows - 1]. The metric must not be the host's own, which knows rows by their
 * numbers. */
uf_status uf_points_subset(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                           uf_points *subset);

/* Drops all rows but rows[0 … n_rows - 1], which ascend. In place: nothing is allocated. Not for
 * the host's own metric either. */
void uf_points_keep(uf_points *points, const int *rows, int n_rows);

#endif
