/*
 * neighbors/neighbors.h: the k nearest neighbors of every point (McInnes, Healy, Melville 2018, section 3.1,
 * algorithm 1, first step).
 *
 * Four ways to the same table. In all of them the first neighbor of a row is the row itself, at
 * distance 0; the others ascend by (distance, index), so that ties never depend on threads.
 *
 *   exact      every pair                                      O(n² d)           neighbors/exact.c
 *   kdtree     exact too, for few columns                  O(n log n)        neighbors/kdtree.c
 *   clusters   quantized rows, scanned by clusters             about O(n^1.3 d) neighbors/ivf/search.c
 *   nndescent  neighbors of neighbors                        about O(n^1.14)   neighbors/nn_descent.c
 */
#ifndef UF_NEIGHBORS_H
#define UF_NEIGHBORS_H

#include <math.h>

#include "base/context.h"
#include "data/points.h"
#include "data/proxy.h"
#include "base/types.h"

typedef enum uf_neighbor_method {
  UF_NEIGHBORS_AUTO,
  UF_NEIGHBORS_EXACT,
  UF_NEIGHBORS_CLUSTERS,
  UF_NEIGHBORS_DESCENT,
  UF_NEIGHBORS_GRAPH /* of queries only: see uf_neighbors_query() */
} uf_neighbor_method;

/* Chooses by size where the method is AUTO, and says in *used what was done. k is in 1 … n; the
 * part `target_recall` of the neighbors is to be found, in (0, 1]. */
uf_status uf_nearest_neighbors(uf_context *ctx, const uf_points *points, int k,
                               uf_neighbor_method method, double target_recall, uint64_t seed,
                               uf_neighbors *neighbors, uf_neighbor_method *used);

/* Neighbors of rows[0 … n_rows - 1] alone (all rows where `rows` is NULL), by comparing them with
 * every point. */
uf_status uf_neighbors_exact(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                             int k, uf_neighbors *neighbors);
/* For rows of at most UF_KDTREE_COLUMNS. */
enum { UF_KDTREE_COLUMNS = 4 };
uf_status uf_neighbors_kdtree(uf_context *ctx, const uf_points *points, int k,
                              uf_neighbors *neighbors);
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

/* known: neighbors to begin with, found in another metric perhaps, or NULL. */
uf_status uf_neighbors_descent(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                               const uf_neighbors *known, uf_neighbors *neighbors);

/* Searches again, exactly, for the rows of which an approximation found fewer than k neighbors. */
uf_status uf_neighbors_complete(uf_context *ctx, const uf_points *points, uf_neighbors *neighbors);

/*
 * The k points nearest to each row of `queries`, which have been prepared as the points were, from
 * the nearest on; none of them is the row itself. `graph`: neighbors of the points, along which the
 * search finds its way, and of which only indices are read; NULL to find them first where that pays,
 * by `method`. *used: EXACT or GRAPH.
 */
uf_status uf_neighbors_query(uf_context *ctx, const uf_points *points, const uf_neighbors *graph,
                             const uf_points *queries, int k, uf_neighbor_method method,
                             uint64_t seed, uf_neighbors *found, uf_neighbor_method *used);

/* The same by comparing rows[0 … n_rows - 1] of the queries (all where `rows` is NULL) with every
 * point. */
uf_status uf_query_exact(uf_context *ctx, const uf_points *points, const uf_points *queries,
                         const int *rows, int n_rows, int k, uf_neighbors *neighbors);

/* The part of the k - 1 true neighbors that a table has, over the given rows. Counted by distance,
 * so that any of several equally near points will do. */
uf_status uf_neighbor_recall(uf_context *ctx, const uf_points *points,
                             const uf_neighbors *neighbors, const int *rows, int n_rows,
                             double *recall);

/* The same against neighbors that are known already: those of `rows`, in a table of truth->n rows. */
double uf_recall_of_rows(const uf_neighbors *neighbors, const uf_neighbors *truth, const int *rows);

uf_status uf_neighbors_alloc(uf_context *ctx, int n, int k, uf_neighbors *neighbors);
void uf_neighbors_free(uf_neighbors *neighbors);

/* A row's list while it is being found: proxies (see data/proxy.h) ascending, ties by index. */
typedef struct uf_nearest {
  int k;
  int first; /* where newcomers begin: after the row itself, if it is in the list */
  int count;
  int *index;
  float *proxy;
} uf_nearest;

/* An empty list in row i of the table, which begins with the row itself unless `self` is -1 (a query);
 * `distance` holds proxies until uf_nearest_finish(). */
uf_nearest uf_nearest_begin(uf_neighbors *neighbors, int i, int self);

/* The proxy that a newcomer has to beat (or to equal, with a smaller index). */
static inline float uf_nearest_worst(const uf_nearest *list) {
  return list->count < list->k ? INFINITY : list->proxy[list->k - 1];
}

/* Puts a point other than self in its place; a point that is not among the k best so far is passed
 * over. Returns whether it went in. The caller does not offer a point twice. */
int uf_nearest_offer(uf_nearest *list, int index, float proxy);

/* Turns the proxies of a row into distances. */
void uf_nearest_finish(uf_nearest *list, uf_metric metric);

#endif
