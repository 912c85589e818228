/*
 * layout/sell.h: the rows of a graph in the order and the form in which the kernel reads them
 * (SELL-16: Kreutzer et al. 2014).
 *
 * Each row is a vertex that moves. It stands at a place; 16 places are a group, the last one
 * padded. A group's edges lie in slots of 16, one for each of its places; an empty one has weight 0
 * and leads to its own place.
 */
#ifndef UF_SELL_H
#define UF_SELL_H

#include "base/context.h"
#include "base/types.h"

/* Rows of any graph, symmetric or not. A neighbor n + f is fixed vertex f: one that does not move
 * and has no row. */
typedef struct uf_sell_rows {
  const uf_graph *graph; /* n rows */
  const float *mass;     /* n, see layout/batch.c; NULL: 1 each */
  const float *degree;   /* n; NULL: the sum of a row's weights */
  float scale;           /* of weights and degrees */
} uf_sell_rows;

typedef struct uf_sell {
  int n;
  int64_t n_groups;
  int *order;          /* n_groups × 16: the vertex at a place, -1 for none */
  int *place_of;       /* n: the place of a vertex */
  int64_t *slot_start; /* n_groups + 1 */
  int32_t *neighbor;   /* slots × 16: places; fixed vertex f is at 16 n_groups + f */
  float *weight;       /* slots × 16: scale w_ij / mass_i */
  float *degree;       /* n_groups × 16: scale degree_i / mass_i */
} uf_sell;

/* `layout` (n × d) says which vertices are near each other, and are to stand together; NULL: they
 * stand in the order of the rows. */
uf_status uf_sell_make(uf_context *ctx, const uf_sell_rows *rows, int d, const float *layout,
                       uf_sell *sell);
void uf_sell_free(uf_sell *sell);

static inline int64_t uf_sell_places(const uf_sell *sell) { return 16 * sell->n_groups; }

#endif
