/*
 * layout/sell.h: the vertices of a level in the order in which the kernel moves them.
 */
#ifndef UF_SELL_H
#define UF_SELL_H

#include "graph/hierarchy.h"

/* Vertices stand at places; 16 places are a group, the last one padded. A group's edges lie in
 * slots of 16, one for each of its places; an empty one has weight 0 and leads to its own place. */
typedef struct uf_slots {
  int64_t n_groups;
  int *order;          /* n_groups × 16: the vertex at a place, -1 for none */
  int *place_of;       /* n: the place of a vertex */
  int64_t *slot_start; /* n_groups + 1 */
  int32_t *neighbor;   /* slots × 16: places */
  float *weight;       /* slots × 16: w_ij / mass_i × scale */
  float *degree;       /* n_groups × 16: degree_i / mass_i × scale */
} uf_slots;

/* `layout` (n × d) tells which vertices are near each other. */
uf_status uf_slots_make(uf_context *ctx, const uf_level *level, float scale, int d,
                        const float *layout, uf_slots *slots);
void uf_slots_free(uf_slots *slots);

#endif
