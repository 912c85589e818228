/*
 * neighbors/ivf/search.h: the nearest neighbors of all points, by an inverted file of quantized rows.
 */
#ifndef UF_IVF_SEARCH_H
#define UF_IVF_SEARCH_H

#include "data/points.h"

/* How far a search by clusters is to go. */
typedef struct uf_ivf_target {
  double recall;     /* the part of the true neighbors that is wanted */
  double least;      /* where less can be expected, nothing is searched */
  double index_cost; /* products that an index finer than the first may cost */
} uf_ivf_target;

/* Goes as far as it takes, and measures on a sample of rows which part of the true neighbors was
 * found. A table without index says that the least could not be expected; its recall says what. */
uf_status uf_ivf_search(uf_context *ctx, const uf_points *points, int k, uf_ivf_target aim,
                        uint64_t seed, uf_neighbors *neighbors);

#endif
