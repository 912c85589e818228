/*
 * neighbors/inverted_index.c: computes the dot products of a sparse row with all others at once. An
 * inverted index has for each column the rows with an entry there; going through the columns of the
 * query, each such row receives its product:
 *
 *   dot(x, y) = Σ over columns c of x of x_c y_c,   |x - y|² = |x|² + |y|² - 2 dot(x, y).
 *
 * So pairs without a common column cost nothing, and the search is exact. A dot product is summed
 * in the order of the query's columns, that is, by the same additions as in data/proxy.c.
 *
 * For all rows, Σ over columns of count² products and n² looks at sums. A worker holds the sums for
 * ROWS_PER_TILE rows at a time, 512 KB, and passes through the columns of the query once for each
 * tile; where it stands in each column takes 8 bytes an entry of the query. A column ends with an
 * empty posting, so that one comparison finds both the end of the tile and the end of the column.
 */
#include "arith/arith.h"

#include "neighbors/inverted_index.h"

#include <limits.h>

#include "base/csr_build.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "data/proxy.h"
#include "neighbors/table.h"

enum {
  QUERIES_PER_BLOCK = 16,
  COLUMNS_AHEAD = 4,      /* fetched before their turn */
  ROWS_PER_TILE = 1 << 16 /* their sums fit into a second-level cache; not measured on its own */
};

typedef struct posting {
  int row;
  float value;
} posting;

typedef struct inverted_job {
  uf_context *ctx;
  uf_pair_search wanted;
  uf_proxy proxy;
  uf_neighbors *neighbors;
  int64_t *start;    /* d + 1: postings of a column, its end among them */
  posting *postings; /* by column, then by row */
  int tile;          /* rows whose products are summed at a time */
  double *dots;      /* per worker: tile, zero between queries */
  int64_t longest;   /* entries of a query, at most */
  int64_t *next;     /* per worker: longest: for each entry of the query, the first posting of its
                        column that is not summed yet */
} inverted_job;

/* Rows first … end - 1. */
typedef struct tile_rows {
  int first, end;
} tile_rows;

/* Entries of column c in start[c + 1]. */
static void count_columns(const uf_points *points, int64_t *start) {
  for (int64_t e = 0; e < points->start[points->n]; e++) start[points->column[e] + 1]++;
}

static uf_status invert(uf_context *ctx, const uf_points *points, inverted_job *job) {
  uf_status status = UF_OK;
  UF_NEW_ZERO(ctx, job->start, (int64_t)points->d + 1);
  UF_NEW(ctx, job->postings, points->start[points->n] + points->d);
  count_columns(points, job->start);
  for (int c = 0; c < points->d; c++) job->start[c + 1]++;
  uf_csr_starts(points->d, job->start);
  for (int i = 0; i < points->n; i++)
    for (int64_t e = points->start[i]; e < points->start[i + 1]; e++)
      job->postings[job->start[points->column[e]]++] = (posting){i, points->value[e]};
  for (int c = 0; c < points->d; c++) job->postings[job->start[c]++] = (posting){INT_MAX, 0};
  uf_csr_rewind(points->d, job->start);
done:
  return status;
}

static void begin_columns(const inverted_job *j, int query, int64_t *next) {
  const uf_points *x = j->proxy.queries;
  for (int64_t e = x->start[query]; e < x->start[query + 1]; e++) *next++ = j->start[x->column[e]];
}

static void sum_products(const inverted_job *j, int query, tile_rows tile, int64_t *next,
                         double *dots) {
  const uf_points *x = j->proxy.queries;
  const float *values = x->value + x->start[query];
  int64_t last = x->start[query + 1] - x->start[query] - 1;
  for (int64_t e = 0; e <= last; e++) {
    const posting *p = j->postings + next[e];
    __builtin_prefetch(j->postings + next[e + COLUMNS_AHEAD < last ? e + COLUMNS_AHEAD : last]);
    for (double value = values[e]; p->row < tile.end; p++)
      dots[p->row - tile.first] += value * p->value;
    next[e] = p - j->postings;
  }
}

/* Above a proxy that can still enter: proxies are rounded to float. */
static double limit_of(const uf_nearest *nearest) {
  return uf_nearest_worst(nearest) * (1 + 1e-6) + 1e-30;
}

/* Offers all rows of the tile that may be near enough: the squared distance, where it is the
 * proxy, is cheap and rules out nearly all. */
static void take_nearest(const inverted_job *j, int query, tile_rows tile, double *dots,
                         uf_nearest *nearest) {
  const uf_points *x = j->proxy.queries, *y = j->proxy.points;
  int is_squares = uf_metric_of(y->metric)->comparison == UF_COMPARE_SQUARES;
  int self = j->wanted.queries ? -1 : query;
  double limit = limit_of(nearest), xx = x->squares[query], mean = x->mean[query], d = y->d - 1;
  for (int i = tile.first; i < tile.end; i++) {
    double dot = dots[i - tile.first];
    dots[i - tile.first] = 0;
    if (is_squares && xx + y->squares[i] - 2 * (dot - d * (mean * y->mean[i])) > limit) continue;
    if (i == self) continue;
    if (uf_nearest_offer(nearest, i, uf_proxy_from_dot(&j->proxy, query, i, dot)))
      limit = limit_of(nearest);
  }
}

static void search_rows(void *job, uf_rows rows) {
  const inverted_job *j = job;
  double *dots = j->dots + (size_t)j->tile * (size_t)rows.worker;
  int64_t *next = j->next + j->longest * rows.worker;
  int n = j->proxy.points->n;
  for (int64_t q = rows.from; q < rows.to; q++) {
    int query = j->wanted.rows ? j->wanted.rows[q] : (int)q;
    uf_nearest nearest = uf_nearest_begin(j->neighbors, (int)q, j->wanted.queries ? -1 : query);
    begin_columns(j, query, next);
    for (tile_rows tile = {0, 0}; tile.end < n; tile.first = tile.end) {
      tile.end = n - tile.first < j->tile ? n : tile.first + j->tile;
      if (uf_is_stopped(j->ctx, rows.worker)) return;
      sum_products(j, query, tile, next, dots);
      take_nearest(j, query, tile, dots, &nearest);
    }
    uf_nearest_finish(&nearest, j->proxy.points->metric);
  }
}

static int64_t longest_row(const uf_points *points) {
  int64_t longest = 1;
  for (int i = 0; i < points->n; i++) {
    int64_t length = points->start[i + 1] - points->start[i];
    longest = length > longest ? length : longest;
  }
  return longest;
}

uf_status uf_search_inverted(uf_context *ctx, const uf_pair_search *wanted,
                             uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  int n = wanted->points->n;
  inverted_job job = {.ctx = ctx,
                      .wanted = *wanted,
                      .neighbors = neighbors,
                      .tile = n < ROWS_PER_TILE ? n : ROWS_PER_TILE};
  *neighbors = (uf_neighbors){0};
  UF_TRY(uf_proxy_open(ctx, wanted->points, wanted->queries, &job.proxy));
  UF_TRY(invert(ctx, wanted->points, &job));
  job.longest = longest_row(job.proxy.queries);
  UF_NEW(ctx, job.next, (int64_t)ctx->n_threads * job.longest);
  UF_NEW_ZERO(ctx, job.dots, (int64_t)ctx->n_threads * job.tile);
  UF_TRY(uf_neighbors_alloc(ctx, wanted->n_rows, wanted->k, neighbors));
  UF_TRY(uf_parallel_rows(ctx, wanted->n_rows, QUERIES_PER_BLOCK, search_rows, &job));
done:
  uf_proxy_close(&job.proxy);
  uf_free(job.start);
  uf_free(job.postings);
  uf_free(job.dots);
  uf_free(job.next);
  if (status) uf_neighbors_free(neighbors);
  return status;
}

uf_status uf_inverted_cost(uf_context *ctx, const uf_points *points, double *cost) {
  uf_status status = UF_OK;
  int64_t *start = NULL;
  UF_NEW_ZERO(ctx, start, (int64_t)points->d + 1);
  count_columns(points, start);
  *cost = 0;
  for (int c = 0; c < points->d; c++) {
    double count = (double)start[c + 1];
    *cost += count * count;
  }
done:
  uf_free(start);
  return status;
}
