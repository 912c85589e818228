/*
 * layout/isolated.h: places vertices without any edge, which no force holds, around all others.
 */
#ifndef UF_ISOLATED_H
#define UF_ISOLATED_H

#include "base/types.h"

/* Moves the vertices without edges to rings around the others, in ascending order. Nothing moves
 * where all have edges, or none has. No other vertex is nearer to one than `least_gap`.
 * layout: n × d by rows. O(n d). */
void uf_place_isolated(const uf_graph *graph, int d, double least_gap, float *layout);

#endif
