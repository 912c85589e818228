/*
 * neighbors/exact.c: every pair. A block of queries meets the points in tiles that stay in cache.
 * O(n_rows · n · d).
 */
#include "arith/arith.h"

#include "neighbors/exact.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/proxy.h"
#include "neighbors/inverted_index.h"
#include "neighbors/table.h"

enum { QUERIES_PER_BLOCK = 16 };

typedef struct exact_job {
  const uf_points *points;
  uf_proxy proxy;
  int has_self;    /* whether the queries are rows of the points */
  const int *rows; /* of the queries; NULL for all */
  int n_rows;
  uf_neighbors *neighbors;
  int tile;       /* points in a tile */
  int *all;       /* 0 … n - 1: the kernel takes a list of rows */
  float *proxies; /* per worker: tile */
} exact_job;

static int query_at(const exact_job *j, int64_t q) { return j->rows ? j->rows[q] : (int)q; }

static void search_block(void *job, int64_t block, int worker) {
  exact_job *j = job;
  const uf_points *points = j->points;
  uf_range range = uf_block_range(block, QUERIES_PER_BLOCK, j->n_rows);
  float *proxies = j->proxies + (size_t)worker * (size_t)j->tile;
  uf_nearest list[QUERIES_PER_BLOCK];
  for (int64_t q = range.from; q < range.to; q++)
    list[q - range.from] =
        uf_nearest_begin(j->neighbors, (int)q, j->has_self ? query_at(j, q) : -1);

  for (int first = 0; first < points->n; first += j->tile) {
    int count = points->n - first < j->tile ? points->n - first : j->tile;
    for (int64_t q = range.from; q < range.to; q++) {
      uf_nearest *nearest = &list[q - range.from];
      int self = j->has_self ? query_at(j, q) : -1;
      uf_proxy_distances(&j->proxy, worker, query_at(j, q), j->all + first, count, proxies);
      float worst = uf_nearest_worst(nearest);
      for (int t = 0; t < count; t++)
        if (proxies[t] <= worst && first + t != self &&
            uf_nearest_offer(nearest, first + t, proxies[t]))
          worst = uf_nearest_worst(nearest);
    }
  }
  for (int64_t q = range.from; q < range.to; q++)
    uf_nearest_finish(&list[q - range.from], points->metric);
}

static uf_status compare_all(uf_context *ctx, const uf_points *points, const uf_points *queries,
                             const int *rows, int n_rows, int k, uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  exact_job job = {.points = points,
                   .has_self = !queries,
                   .rows = rows,
                   .n_rows = n_rows,
                   .neighbors = neighbors,
                   .tile = uf_proxy_tile(points)};
  *neighbors = (uf_neighbors){0};
  if (uf_proxy_is_by_dots(points))
    return uf_compare_inverted(ctx, points, queries, rows, n_rows, k, neighbors);
  UF_TRY(uf_proxy_open(ctx, points, queries, &job.proxy));
  UF_NEW(ctx, job.all, points->n);
  UF_NEW(ctx, job.proxies, (int64_t)ctx->n_threads * job.tile);
  for (int i = 0; i < points->n; i++) job.all[i] = i;
  UF_TRY(uf_neighbors_alloc(ctx, n_rows, k, neighbors));
  UF_TRY(uf_parallel(ctx, uf_n_blocks(n_rows, QUERIES_PER_BLOCK), search_block, &job));
  neighbors->recall = 1;
done:
  uf_proxy_close(&job.proxy);
  uf_free(job.all);
  uf_free(job.proxies);
  if (status) uf_neighbors_free(neighbors);
  return status;
}

uf_status uf_neighbors_exact(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                             int k, uf_neighbors *neighbors) {
  return compare_all(ctx, points, NULL, rows, n_rows, k, neighbors);
}

uf_status uf_query_exact(uf_context *ctx, const uf_points *points, const uf_points *queries,
                         const int *rows, int n_rows, int k, uf_neighbors *neighbors) {
  return compare_all(ctx, points, queries, rows, n_rows, k, neighbors);
}

static int is_short(const uf_neighbors *neighbors, int row) {
  return neighbors->index[(size_t)(row + 1) * (size_t)neighbors->k - 1] < 0;
}

uf_status uf_neighbors_complete(uf_context *ctx, const uf_points *points, const uf_points *queries,
                                uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  int n_short = 0, *rows = NULL;
  size_t k = (size_t)neighbors->k;
  uf_neighbors found = {0};
  for (int i = 0; i < neighbors->n; i++) n_short += is_short(neighbors, i);
  if (n_short == 0) return UF_OK;
  UF_NEW(ctx, rows, n_short);
  for (int i = 0, at = 0; i < neighbors->n; i++)
    if (is_short(neighbors, i)) rows[at++] = i;
  UF_TRY(compare_all(ctx, points, queries, rows, n_short, neighbors->k, &found));
  for (int r = 0; r < n_short; r++) {
    memcpy(neighbors->index + k * (size_t)rows[r], found.index + k * (size_t)r,
           k * sizeof *found.index);
    memcpy(neighbors->distance + k * (size_t)rows[r], found.distance + k * (size_t)r,
           k * sizeof *found.distance);
  }
done:
  uf_free(rows);
  uf_neighbors_free(&found);
  return status;
}
