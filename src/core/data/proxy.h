/*
 * data/proxy.h: proxy distances (data/metric.h) between one row and a list of rows, for every
 * metric and every form of points. The one row may belong to other points, which were prepared in
 * the same way (a query).
 *
 * A proxy costs O(d) for rows of d floats and O(d / 64) for bits. For compressed rows with e
 * entries it costs O(e), by a dot product when the metric follows from one, else by merging the two
 * rows.
 */
#ifndef UF_PROXY_H
#define UF_PROXY_H

#include "data/points.h"

typedef struct uf_proxy {
  const uf_points *points;
  const uf_points *queries;
  const uf_kernels *kernels;
  const uf_host *host;
  uf_distance_kernel *distance; /* float rows: of the metric, see uf_distance_of() */
  float *scattered;             /* compressed rows: per worker d floats, zero between calls */
} uf_proxy;

/* The kernel that computes proxies of float rows in the metric of these points; NULL for other
 * rows, and for metrics that need more than a kernel. */
uf_distance_kernel *uf_distance_of(const uf_context *ctx, const uf_points *points);

/* queries: NULL to compare rows of the points with each other. */
uf_status uf_proxy_open(uf_context *ctx, const uf_points *points, const uf_points *queries,
                        uf_proxy *proxy);
void uf_proxy_close(uf_proxy *proxy);

/* proxies[i]: between row `query` of the queries and row rows[i] of the points. Symmetric to the
 * last bit, unless the metric is the host's own. */
void uf_proxy_distances(const uf_proxy *proxy, int worker, int query, const int *rows, int n_rows,
                        float *proxies);

/* Returns whether rows are compressed and their proxies follow from dot products; and computes the
 * proxy from a dot product. */
int uf_proxy_is_by_dots(const uf_points *points);
float uf_proxy_from_dot(const uf_proxy *proxy, int query, int row, double dot);

/* About how many floats a proxy reads of a row. */
double uf_proxy_cost(const uf_points *points);

/* How many rows stay in cache together. */
int uf_proxy_tile(const uf_points *points);

#endif
