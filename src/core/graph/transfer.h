/*
 * graph/transfer.h: carries layouts from one level of a hierarchy to the next. All are n × d by
 * rows.
 */
#ifndef UF_TRANSFER_H
#define UF_TRANSFER_H

#include "graph/hierarchy.h"

/* coarse ← the layout of the level below: an aggregate lies at the center of mass of its
 * members. */
uf_status uf_restrict(uf_context *ctx, const uf_hierarchy *hierarchy, int coarse_level, int d,
                      const float *fine, float *coarse);

typedef struct uf_prolong_options {
  int fine_level, d;
  float jitter;  /* largest, in each coordinate; 0 for none */
  uint64_t seed; /* of the jitter */
} uf_prolong_options;

/* fine ← the layout of the level above: a vertex lies halfway between its aggregate and the
 * weighted mean of its neighbors' aggregates, jittered. */
uf_status uf_prolong(uf_context *ctx, const uf_hierarchy *hierarchy,
                     const uf_prolong_options *options, const float *coarse, float *fine);

#endif
