/*
 * neighbors/ivf/search.h: finds the nearest neighbors of all points, approximately, by an inverted
 * file of quantized rows (IVF), at the speed of small integers.
 *
 * 1. Rows become strings of 7-bit codes in the order of their inverted lists (quantize.h, kmeans.h,
 *    index.h).
 * 2. A sample of rows says how many lists and candidates it takes (tune.h). 3. Each row probes its
 * own list and the lists near it (probe.h): all their codes are scanned with
 *    exact integer products, and the nearest are kept as candidates.
 * 4. Re-ranking: candidates are compared in the true metric, in float, and the k nearest stay.
 *
 * About n · (lists probed) · (rows in a list) · m integer products, and n · n_candidates · d in
 * float. With lists of a fixed size, only the centroids' distances grow faster than n.
 */
#ifndef UF_IVF_SEARCH_H
#define UF_IVF_SEARCH_H

#include "data/points.h"

/* How far the search is to go. */
typedef struct uf_ivf_target {
  double recall;     /* fraction of the true neighbors that is wanted, in [0, 1] */
  double least;      /* when less than this can be expected, nothing is searched */
  double index_cost; /* what an index finer than the first may cost, see uf_basis_cost() */
} uf_ivf_target;

/* The points are float rows, whose metric need only be near to Euclidean. neighbors->recall is
 * measured on the sample. A table without index means that `least` could not be expected; its
 * recall is then what could be. */
uf_status uf_ivf_search(uf_context *ctx, const uf_points *points, int k, uf_ivf_target target,
                        uint64_t seed, uf_neighbors *neighbors);

#endif
