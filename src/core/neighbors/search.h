/*
 * neighbors/search.h: finds the k nearest neighbors of every point (McInnes, Healy, Melville 2018,
 * section 3.1, algorithm 1, first step).
 *
 * Four methods give the same table. In all of them the first neighbor of a row is the row itself,
 * at distance 0; the others ascend by (distance, index), so that ties never depend on threads.
 *
 *   exact      every pair                            O(n² d)            neighbors/exact.c
 *   kdtree     exact, for few columns                O(n log n)         neighbors/kdtree.c
 *   clusters   quantized rows, scanned by clusters   about O(n^1.3 d)   neighbors/ivf/search.c
 *   nndescent  neighbors of neighbors                about O(n^1.14)    neighbors/nn_descent.c
 */
#ifndef UF_NEIGHBOR_SEARCH_H
#define UF_NEIGHBOR_SEARCH_H

#include "data/points.h"

typedef enum uf_neighbor_method {
  UF_NEIGHBORS_AUTO,
  UF_NEIGHBORS_EXACT,
  UF_NEIGHBORS_CLUSTERS,
  UF_NEIGHBORS_DESCENT,
  UF_NEIGHBORS_GRAPH /* only for queries: see uf_neighbors_query() */
} uf_neighbor_method;

typedef struct uf_search_options {
  int k;                     /* in 1 … n, the row itself counted */
  uf_neighbor_method method; /* AUTO chooses by size, form and metric */
  double target_recall;      /* the fraction of the neighbors to be found, in (0, 1] */
  uint64_t seed;
  int ignores_copies; /* searches equal points as if they differed */
} uf_search_options;

/* The k neighbors of every point. *used: the method that found them. */
uf_status uf_nearest_neighbors(uf_context *ctx, const uf_points *points,
                               const uf_search_options *options, uf_neighbors *neighbors,
                               uf_neighbor_method *used);

/* How many proxies of points in order take about as long as finding the neighbors of one row in a
 * search of all. */
double uf_search_proxies(const uf_points *points);

/* Whether comparing n_queries rows with every point is a matter of seconds. */
int uf_is_exact_affordable(const uf_points *points, int n_queries);

#endif
