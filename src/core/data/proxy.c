#include "arith/arith.h"

#include "data/proxy.h"

#include "arith/exp_log.h"
#include "arith/trigonometry.h"
#include "base/memory.h"
#include "base/merge_sorted.h"

enum {
  CHUNK = 64,           /* bit strings that are counted in one call */
  TILE_BYTES = 1 << 18, /* of a level-2 cache; not measured on its own */
  TILE_MAX = 4096
};

uf_distance_kernel *uf_distance_of(const uf_context *ctx, const uf_points *points) {
  const uf_kernels *kernels = ctx->kernels;
  if (points->form != UF_FLOAT_ROWS) return NULL;
  switch (uf_metric_of(points->metric)->comparison) {
  case UF_COMPARE_SQUARES: return kernels->squared_euclidean;
  case UF_COMPARE_MANHATTAN: return kernels->manhattan;
  case UF_COMPARE_CHEBYSHEV: return kernels->chebyshev;
  case UF_COMPARE_CANBERRA: return kernels->canberra;
  case UF_COMPARE_BRAYCURTIS: return kernels->braycurtis;
  case UF_COMPARE_JENSENSHANNON: return kernels->jensenshannon;
  case UF_COMPARE_SYMMETRIC_KL: return kernels->symmetric_kl;
  case UF_COMPARE_TSSS: return kernels->tsss;
  case UF_COMPARE_HAMMING: return kernels->unequal;
  default: return NULL;
  }
}

uf_status uf_proxy_open(uf_context *ctx, const uf_points *points, const uf_points *queries,
                        uf_proxy *proxy) {
  uf_status status = UF_OK;
  *proxy = (uf_proxy){.points = points,
                      .queries = queries ? queries : points,
                      .kernels = ctx->kernels,
                      .host = &ctx->host,
                      .distance = uf_distance_of(ctx, points)};
  if (points->form == UF_COMPRESSED_ROWS) {
    UF_NEW_ZERO(ctx, proxy->scattered, (int64_t)ctx->n_threads * points->d);
  }
done:
  if (status) uf_proxy_close(proxy);
  return status;
}

void uf_proxy_close(uf_proxy *proxy) {
  uf_free(proxy->scattered);
  *proxy = (uf_proxy){0};
}

/* ---- Bits ---- */

static void compare_bit_strings(const uf_proxy *proxy, int query, const int *rows, int n_rows,
                                float *proxies) {
  const uf_points *points = proxy->points, *queries = proxy->queries;
  const uint64_t *word = queries->bits + queries->words * (size_t)query;
  int both[CHUNK];
  for (int first = 0; first < n_rows; first += CHUNK) {
    int count = n_rows - first < CHUNK ? n_rows - first : CHUNK;
    proxy->kernels->count_common(word, points->bits, points->words, rows + first, count, both);
    for (int i = 0; i < count; i++)
      proxies[first + i] = (float)uf_truth_distance(points->metric, both[i], queries->count[query],
                                                    points->count[rows[first + i]], points->d);
  }
}

/* ---- Compressed rows ---- */

typedef struct entries {
  const int *column;
  const float *value;
  int64_t n;
} entries;

static entries entries_of(const uf_points *points, int row) {
  int64_t from = points->start[row];
  return (entries){points->column + from, points->value + from, points->start[row + 1] - from};
}

/* |u - w|² = |u|² + |w|² - 2 u·w, where `dot` is the product of the stored values alone: see
 * data/points_sparse.h for what centering adds to it. */
float uf_proxy_from_dot(const uf_proxy *proxy, int query, int row, double dot) {
  const uf_points *x = proxy->queries, *y = proxy->points;
  double xx = x->squares[query], yy = y->squares[row];
  if (uf_metric_is_binary(y->metric))
    return (float)uf_truth_distance(y->metric, dot, (double)(x->start[query + 1] - x->start[query]),
                                    (double)(y->start[row + 1] - y->start[row]), y->d);
  /* For correlation, d - 1 since the last column is the additional axis; 0 for other metrics. */
  dot -= (y->d - 1) * (x->mean[query] * y->mean[row]);
  double squares = xx + yy - 2 * dot;
  if (squares < 0) squares = 0;
  return (float)(y->metric == UF_TSSS ? uf_tsss(squares, xx, yy, dot) : squares);
}

/* Scatters the query over all columns, and gathers it at the entries of each row. */
static void compare_by_dots(const uf_proxy *proxy, int worker, int query, const int *rows,
                            int n_rows, float *proxies) {
  float *scattered = proxy->scattered + (size_t)proxy->points->d * (size_t)worker;
  entries x = entries_of(proxy->queries, query);
  for (int64_t e = 0; e < x.n; e++) scattered[x.column[e]] = x.value[e];
  for (int i = 0; i < n_rows; i++) {
    entries y = entries_of(proxy->points, rows[i]);
    double dot = 0;
    for (int64_t e = 0; e < y.n; e++) dot += (double)scattered[y.column[e]] * y.value[e];
    proxies[i] = uf_proxy_from_dot(proxy, query, rows[i], dot);
  }
  for (int64_t e = 0; e < x.n; e++) scattered[x.column[e]] = 0;
}

/* Goes through the columns of both rows in order: Σ of the terms, their maximum, and the
 * denominator of braycurtis. */
static float compare_by_merge(const uf_points *points, entries x, entries y) {
  uf_comparison comparison = uf_metric_of(points->metric)->comparison;
  double sum = 0, denominator = 0, most = 0;
  uf_merge_sorted both = {.left = x.column, .right = y.column, .n_left = x.n, .n_right = y.n};
  while (uf_merge_next(&both)) {
    double a = both.in_left ? x.value[both.left_at] : 0;
    double b = both.in_right ? y.value[both.right_at] : 0;
    double term = uf_term(comparison, a, b, points->p);
    sum += term;
    denominator += fabs(a + b);
    most = term > most ? term : most;
  }
  switch (comparison) {
  case UF_COMPARE_CHEBYSHEV: return (float)most;
  case UF_COMPARE_MINKOWSKI: return (float)uf_pow(sum, 1 / points->p);
  case UF_COMPARE_BRAYCURTIS: return denominator > 0 ? (float)(sum / denominator) : 0;
  case UF_COMPARE_HAMMING: return (float)(sum / points->d);
  default: return (float)sum;
  }
}

int uf_proxy_is_by_dots(const uf_points *points) {
  uf_comparison comparison = uf_metric_of(points->metric)->comparison;
  return points->form == UF_COMPRESSED_ROWS &&
         (comparison == UF_COMPARE_SQUARES || comparison == UF_COMPARE_TRUTH ||
          comparison == UF_COMPARE_TSSS);
}

static void compare_compressed(const uf_proxy *proxy, int worker, int query, const int *rows,
                               int n_rows, float *proxies) {
  if (uf_proxy_is_by_dots(proxy->points)) {
    compare_by_dots(proxy, worker, query, rows, n_rows, proxies);
    return;
  }
  for (int i = 0; i < n_rows; i++)
    proxies[i] = compare_by_merge(proxy->points, entries_of(proxy->queries, query),
                                  entries_of(proxy->points, rows[i]));
}

/* ---- Rows of floats ---- */

static void compare_floats(const uf_proxy *proxy, int query, const int *rows, int n_rows,
                           float *proxies) {
  const uf_points *points = proxy->points;
  const float *x = uf_point(proxy->queries, query);
  if (proxy->distance)
    proxy->distance(x, points->x, points->stride, rows, n_rows, proxies);
  else if (points->metric == UF_MINKOWSKI)
    proxy->kernels->minkowski(x, points->x, points->stride, rows, n_rows, (float)points->p,
                              proxies);
  else
    for (int i = 0; i < n_rows; i++)
      proxies[i] =
          (float)proxy->host->distance(proxy->host->data, proxy->queries != points, query, rows[i]);
  if (points->metric == UF_HAMMING)
    for (int i = 0; i < n_rows; i++) proxies[i] /= (float)points->d;
}

void uf_proxy_distances(const uf_proxy *proxy, int worker, int query, const int *rows, int n_rows,
                        float *proxies) {
  switch (proxy->points->form) {
  case UF_BIT_STRINGS: compare_bit_strings(proxy, query, rows, n_rows, proxies); break;
  case UF_COMPRESSED_ROWS: compare_compressed(proxy, worker, query, rows, n_rows, proxies); break;
  default: compare_floats(proxy, query, rows, n_rows, proxies);
  }
}

double uf_proxy_cost(const uf_points *points) {
  switch (points->form) {
  case UF_BIT_STRINGS: return 2 * (double)points->words;
  case UF_COMPRESSED_ROWS: return 2 * (double)points->start[points->n] / points->n;
  default: return (double)points->stride;
  }
}

int uf_proxy_tile(const uf_points *points) {
  double bytes = uf_proxy_cost(points) * sizeof(float);
  int tile = bytes > 0 ? (int)(TILE_BYTES / bytes) : TILE_MAX;
  return tile < 16 ? 16 : tile > TILE_MAX ? TILE_MAX : tile;
}
