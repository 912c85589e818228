/*
 * neighbors/nn_descent.h: approximate neighbors in any metric, as neighbors of neighbors.
 */
#ifndef UF_NN_DESCENT_H
#define UF_NN_DESCENT_H

#include "data/points.h"

/* The k neighbors of every point. known: neighbors to begin with, perhaps found in a different
 * metric; or NULL. */
uf_status uf_neighbors_descent(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                               const uf_neighbors *known, uf_neighbors *neighbors);

#endif
