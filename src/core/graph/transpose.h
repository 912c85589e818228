/*
 * graph/transpose.h: turns the neighbors of each point into the points that have it for a neighbor.
 */
#ifndef UF_TRANSPOSE_H
#define UF_TRANSPOSE_H

#include "graph/membership.h"

/* Row i of `in`: the points j with an entry (j, i) of `out`, ascending, and its strength.
 * O(entries). */
uf_status uf_transpose(uf_context *ctx, const uf_membership *out, uf_graph *in);

#endif
