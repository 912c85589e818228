/*
 * data/proxy.h: a row against a list of rows, for every metric and every form of points.
 *
 * The row may belong to other points, which have been prepared in the same way (a query).
 */
#ifndef UF_RANK_H
#define UF_RANK_H

#include "data/points.h"

typedef struct uf_ranker {
  const uf_points *points;
  const uf_points *queries;
  const uf_kernels *kernels;
  const uf_host *host;
  uf_distance_kernel *distance; /* of rows of floats, but for minkowski */
  float *scattered; /* per worker: d floats, zero between calls; where rows are compressed */
} uf_ranker;

/* queries: NULL where rows of the points themselves are compared. */
uf_status uf_ranker_open(uf_context *ctx, const uf_points *points, const uf_points *queries,
                         uf_ranker *ranker);
void uf_ranker_close(uf_ranker *ranker);

/* ranks[i] = rank of row rows[i] of the points for row `query` of the queries. The same to the last
 * bit when the two change places, unless the metric is the host's own. */
void uf_rank(const uf_ranker *ranker, int worker, int query, const int *rows, int n_rows,
             float *ranks);

/* Whether compressed rows are compared by their dot products, and a rank from one. */
int uf_ranks_by_dots(const uf_points *points);
float uf_rank_from_dot(const uf_ranker *ranker, int query, int row, double dot);

/* About how many elements a rank reads of a row. */
double uf_rank_cost(const uf_points *points);

/* Rows that stay in cache while several others are compared with them. */
int uf_rank_tile(const uf_points *points);

#endif
