/*
 * data/proxy.h: a row against a list of rows, for every metric and every form of points.
 *
 * The row may belong to other points, which have been prepared in the same way (a query).
 */
#ifndef UF_PROXY_H
#define UF_PROXY_H

#include "data/points.h"

typedef struct uf_proxy {
  const uf_points *points;
  const uf_points *queries;
  const uf_kernels *kernels;
  const uf_host *host;
  uf_distance_kernel *distance; /* of rows of floats, but for minkowski */
  float *scattered; /* per worker: d floats, zero between calls; where rows are compressed */
} uf_proxy;

/* queries: NULL where rows of the points themselves are compared. */
uf_status uf_proxy_open(uf_context *ctx, const uf_points *points, const uf_points *queries,
                        uf_proxy *proxy);
void uf_proxy_close(uf_proxy *proxy);

/* proxies[i] = proxy of row rows[i] of the points for row `query` of the queries. The same to the last
 * bit when the two change places, unless the metric is the host's own. */
void uf_proxy_distances(const uf_proxy *proxy, int worker, int query, const int *rows, int n_rows,
                        float *proxies);

/* Whether compressed rows are compared by their dot products, and a proxy from one. */
int uf_proxy_is_by_dots(const uf_points *points);
float uf_proxy_from_dot(const uf_proxy *proxy, int query, int row, double dot);

/* About how many elements a proxy reads of a row. */
double uf_proxy_cost(const uf_points *points);

/* Rows that stay in cache while several others are compared with them. */
int uf_proxy_tile(const uf_points *points);

#endif
