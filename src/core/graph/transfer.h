/*
 * graph/transfer.h: layouts carried from one level of a hierarchy to another. All are n × d by rows.
 */
#ifndef UF_TRANSFER_H
#define UF_TRANSFER_H

#include "graph/hierarchy.h"

/* coarse ← the layout of the level below: an aggregate lies at the center of mass of its members. */
uf_status uf_restrict(uf_context *ctx, const uf_hierarchy *hierarchy, int coarse_level, int d,
                      const float *fine, float *coarse);

/*
 * fine ← the layout of the level above: a vertex lies half way between its aggregate and the
 * weighted mean of its neighbors' aggregates, jittered by up to `jitter` in each coordinate.
 */
uf_status uf_prolong(uf_context *ctx, const uf_hierarchy *hierarchy, int fine_level, int d,
                     float jitter, uint64_t seed, const float *coarse, float *fine);

#endif
