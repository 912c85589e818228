/*
 * neighbors/kdtree.h: finds exact neighbors of rows with few columns.
 */
#ifndef UF_KDTREE_H
#define UF_KDTREE_H

#include "data/points.h"

enum { UF_KDTREE_COLUMNS = 4 };

/* Whether a k-d tree serves these points: dense rows of at most UF_KDTREE_COLUMNS, compared by
 * squared or absolute differences, which have bounds. */
int uf_can_use_kdtree(const uf_points *points);

/* The k neighbors of every point. */
uf_status uf_neighbors_kdtree(uf_context *ctx, const uf_points *points, int k,
                              uf_neighbors *neighbors);

#endif
