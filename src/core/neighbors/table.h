/*
 * neighbors/table.h: the table of neighbors, and a row's list while it is being found.
 */
#ifndef UF_NEIGHBOR_TABLE_H
#define UF_NEIGHBOR_TABLE_H

#include <math.h>

#include "base/context.h"
#include "base/types.h"
#include "data/metric.h"

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

/* An empty list in row i of the table, which begins with the row itself unless `self` is -1 (a
 * query); `distance` holds proxies until uf_nearest_finish(). */
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
