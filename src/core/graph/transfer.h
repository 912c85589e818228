/*
 * graph/transfer.h: layouts carried from one level of a hierarchy to another. All are n × d by rows.
 */
#ifndef UF_PROLONG_H
#define UF_PROLONG_H

#include "graph/hierarchy.h"

/* coarse ← the layout of the level below: an aggregate lies at the centre of mass of its members. */
uf_status uf_restrict(uf_context *ctx, const uf_hierarchy *hierarchy, int coarse_level, int d,
                      const float *fine, float *coarse);

/*
 * fine ← the layout of the level above: a vertex lies half way between its aggregate and the
 * weighted mean of its neighbours' aggregates, shaken by up to `shake` in each coordinate.
 */
uf_status uf_prolong(uf_context *ctx, const uf_hierarchy *hierarchy, int fine_level, int d,
                     float shake, uint64_t seed, const float *coarse, float *fine);

#endif
