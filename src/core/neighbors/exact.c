/*
 * neighbors/exact.c: compares every pair. A block of queries meets the points in tiles that stay in
 * cache.
 *
 * O(n_rows · n · d), and QUERIES_PER_BLOCK · d floats read from memory for each tile of points.
 * Beyond the table it takes n ints, and for each thread a tile of proxies, TILE_MAX (data/proxy.c)
 * at most.
 */
#include "arith/arith.h"

#include "neighbors/exact.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/proxy.h"
#include "neighbors/table.h"

enum { QUERIES_PER_BLOCK = 16 };

typedef struct exact_job {
  uf_context *ctx;
  uf_pair_search wanted;
  uf_proxy proxy;
  uf_neighbors *neighbors;
  int tile;       /* points in a tile */
  int *all;       /* 0 … n - 1: the kernel takes a list of rows */
  float *proxies; /* per worker: tile */
} exact_job;

static int query_at(const exact_job *j, int64_t q) {
  return j->wanted.rows ? j->wanted.rows[q] : (int)q;
}

static int self_at(const exact_job *j, int64_t q) {
  return j->wanted.queries ? -1 : query_at(j, q);
}

static void search_rows(void *job, uf_rows rows) {
  exact_job *j = job;
  const uf_points *points = j->wanted.points;
  float *proxies = j->proxies + (size_t)rows.worker * (size_t)j->tile;
  uf_nearest list[QUERIES_PER_BLOCK];
  for (int64_t q = rows.from; q < rows.to; q++)
    list[q - rows.from] = uf_nearest_begin(j->neighbors, (int)q, self_at(j, q));

  for (int first = 0; first < points->n; first += j->tile) {
    if (uf_is_stopped(j->ctx, rows.worker)) return;
    int count = points->n - first < j->tile ? points->n - first : j->tile;
    for (int64_t q = rows.from; q < rows.to; q++) {
      uf_nearest *nearest = &list[q - rows.from];
      int self = self_at(j, q);
      uf_proxy_distances(&j->proxy, rows.worker, query_at(j, q), j->all + first, count, proxies);
      float worst = uf_nearest_worst(nearest);
      for (int t = 0; t < count; t++)
        if (proxies[t] <= worst && first + t != self &&
            uf_nearest_offer(nearest, first + t, proxies[t]))
          worst = uf_nearest_worst(nearest);
    }
  }
  for (int64_t q = rows.from; q < rows.to; q++)
    uf_nearest_finish(&list[q - rows.from], points->metric);
}

static uf_status compare_all(uf_context *ctx, const uf_pair_search *wanted,
                             uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  int n = wanted->points->n;
  exact_job job = {
      .ctx = ctx, .wanted = *wanted, .neighbors = neighbors, .tile = uf_proxy_tile(wanted->points)};
  *neighbors = (uf_neighbors){0};
  UF_TRY(uf_proxy_open(ctx, wanted->points, wanted->queries, &job.proxy));
  UF_NEW(ctx, job.all, n);
  UF_NEW(ctx, job.proxies, (int64_t)ctx->n_threads * job.tile);
  for (int i = 0; i < n; i++) job.all[i] = i;
  UF_TRY(uf_neighbors_alloc(ctx, wanted->n_rows, wanted->k, neighbors));
  UF_TRY(uf_parallel_rows(ctx, wanted->n_rows, QUERIES_PER_BLOCK, search_rows, &job));
done:
  uf_proxy_close(&job.proxy);
  uf_free(job.all);
  uf_free(job.proxies);
  if (status) uf_neighbors_free(neighbors);
  return status;
}

uf_status uf_search_exact(uf_context *ctx, const uf_pair_search *wanted, uf_neighbors *neighbors) {
  uf_status status = uf_proxy_is_by_dots(wanted->points)
                         ? uf_search_inverted(ctx, wanted, neighbors)
                         : compare_all(ctx, wanted, neighbors);
  if (!status) neighbors->recall = 1;
  return status;
}

uf_status uf_neighbors_exact(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                             int k, uf_neighbors *neighbors) {
  uf_pair_search wanted = {.points = points, .rows = rows, .n_rows = n_rows, .k = k};
  return uf_search_exact(ctx, &wanted, neighbors);
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
  uf_pair_search wanted = {points, queries, rows, n_short, neighbors->k};
  UF_TRY(uf_search_exact(ctx, &wanted, &found));
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
