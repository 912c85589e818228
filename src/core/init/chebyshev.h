/*
 * init/chebyshev.h: computes the smoothest functions on a connected graph.
 */
#ifndef UF_CHEBYSHEV_H
#define UF_CHEBYSHEV_H

#include "base/context.h"
#include "base/types.h"

/* layout (n × d by rows): column c is D^-½ v with v the eigenvector of the (c + 2)-th largest
 * eigenvalue of D^-½ W D^-½, that is, the (c + 2)-th smallest eigenvalue of the normalized
 * Laplacian. degree (n): D, the sum of a row of W; the diagonal holds the part of it that the edges
 * do not add up to. The graph is connected and has more than d + 1 vertices. Warns when the
 * iteration does not converge. */
uf_status uf_smoothest_functions(uf_context *ctx, const uf_graph *graph, const float *degree, int d,
                                 uint64_t seed, float *layout);

#endif
