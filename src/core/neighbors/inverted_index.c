/*
 * neighbors/inverted_index.c: the dot products of a sparse row with all others at once. An inverted index has
 * for each column the rows with an entry there; going through the columns of the query, each such row
 * receives its product. So pairs without a common column cost nothing, and the search is exact.
 *
 * A dot product is summed in the order of the query's columns, that is, by the same additions as in
 * data/proxy.c. Σ over columns of count² for all rows, and n² looks at sums.
 */
#include "arith/arith.h"

#include "neighbors/inverted_index.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/proxy.h"
#include "neighbors/table.h"

enum { QUERIES_PER_BLOCK = 16, COLUMNS_AHEAD = 4 /* fetched before their turn */ };

typedef struct posting {
  int row;
  float value;
} posting;

typedef struct inverted_job {
  uf_pair_search wanted;
  uf_proxy proxy;
  uf_neighbors *neighbors;
  int64_t *start;    /* d + 1: postings of a column */
  posting *postings; /* by column, then by row */
  double *dots;      /* per worker: n, zero between queries */
} inverted_job;

static void count_columns(const uf_points *points, int64_t *start) {
  for (int64_t e = 0; e < points->start[points->n]; e++) start[points->column[e] + 1]++;
}

static uf_status invert(uf_context *ctx, const uf_points *points, inverted_job *job) {
  uf_status status = UF_OK;
  int64_t *next = NULL;
  UF_NEW_ZERO(ctx, job->start, (int64_t)points->d + 1);
  UF_NEW(ctx, job->postings, points->start[points->n]);
  UF_NEW(ctx, next, points->d);
  count_columns(points, job->start);
  for (int c = 0; c < points->d; c++) job->start[c + 1] += job->start[c];
  memcpy(next, job->start, (size_t)points->d * sizeof *next);
  for (int i = 0; i < points->n; i++)
    for (int64_t e = points->start[i]; e < points->start[i + 1]; e++)
      job->postings[next[points->column[e]]++] = (posting){i, points->value[e]};
done:
  uf_free(next);
  return status; /* the caller frees, in any case */
}

static void sum_products(const inverted_job *j, int query, double *dots) {
  const uf_points *x = j->proxy.queries;
  int64_t last = x->start[query + 1] - 1;
  for (int64_t e = x->start[query]; e <= last; e++) {
    int ahead = x->column[e + COLUMNS_AHEAD < last ? e + COLUMNS_AHEAD : last];
    const posting *p = j->postings + j->start[x->column[e]];
    const posting *end = j->postings + j->start[x->column[e] + 1];
    __builtin_prefetch(j->postings + j->start[ahead]);
    for (double value = x->value[e]; p < end; p++) dots[p->row] += value * p->value;
  }
}

/* Ranks are rounded to float. */
static double limit_of(const uf_nearest *nearest) {
  return uf_nearest_worst(nearest) * (1 + 1e-6) + 1e-30;
}

/* Offers all rows that may be near enough: the squared distance, where it is the proxy, is cheap and
 * rules out nearly all. */
static void take_nearest(const inverted_job *j, int query, double *dots, uf_nearest *nearest) {
  const uf_points *x = j->proxy.queries, *y = j->proxy.points;
  int is_squares = uf_metric_of(y->metric)->comparison == UF_COMPARE_SQUARES;
  int self = j->wanted.queries ? -1 : query;
  double limit = INFINITY, xx = x->squares[query], mean = x->mean[query], d = y->d - 1;
  for (int i = 0; i < y->n; i++) {
    double dot = dots[i];
    dots[i] = 0;
    if (is_squares && xx + y->squares[i] - 2 * (dot - d * (mean * y->mean[i])) > limit) continue;
    if (i == self) continue;
    if (uf_nearest_offer(nearest, i, uf_proxy_from_dot(&j->proxy, query, i, dot)))
      limit = limit_of(nearest);
  }
}

static void search_rows(void *job, uf_rows rows) {
  inverted_job *j = job;
  double *dots = j->dots + (size_t)j->proxy.points->n * (size_t)rows.worker;
  for (int64_t q = rows.from; q < rows.to; q++) {
    int query = j->wanted.rows ? j->wanted.rows[q] : (int)q;
    uf_nearest nearest = uf_nearest_begin(j->neighbors, (int)q, j->wanted.queries ? -1 : query);
    sum_products(j, query, dots);
    take_nearest(j, query, dots, &nearest);
    uf_nearest_finish(&nearest, j->proxy.points->metric);
  }
}

uf_status uf_search_inverted(uf_context *ctx, const uf_pair_search *wanted,
                             uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  inverted_job job = {.wanted = *wanted, .neighbors = neighbors};
  *neighbors = (uf_neighbors){0};
  UF_TRY(uf_proxy_open(ctx, wanted->points, wanted->queries, &job.proxy));
  UF_TRY(invert(ctx, wanted->points, &job));
  UF_NEW_ZERO(ctx, job.dots, (int64_t)ctx->n_threads * wanted->points->n);
  UF_TRY(uf_neighbors_alloc(ctx, wanted->n_rows, wanted->k, neighbors));
  UF_TRY(uf_parallel_rows(ctx, wanted->n_rows, QUERIES_PER_BLOCK, search_rows, &job));
done:
  uf_proxy_close(&job.proxy);
  uf_free(job.start);
  uf_free(job.postings);
  uf_free(job.dots);
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
