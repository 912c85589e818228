/*
 * quality/quality.c: finds, for each sampled row, its neighbors in one space and their ranks in the
 * other.
 *
 * Let r(i, j) be the rank of point j among all points by their distance to i (1 for the nearest),
 * and N_i the k nearest points of i in the layout. With the ranks of the data,
 *
 *   trustworthiness = 1 - 2 / (m k (2n - 3k - 1)) Σ_i Σ_{j in N_i} max(0, r(i, j) - k)
 *
 * over the m sampled rows i. Continuity is the same with data and layout exchanged, and
 * Σ_i |{j in N_i: r(i, j) <= k}| / (m k) is the preservation of neighbors. Equal distances are
 * ordered by index.
 *
 * The ranks of k given points need no sorting: a point comes before some of them, in order of
 * distance the last ones; so each point adds 1 to a count for the first of them that it comes
 * before, and the cumulative sums of these counts are the ranks less 1. Nothing of a pass over a
 * space is kept except these counts, and three passes are enough:
 *
 *   the layout:   N_i
 *   the data:     the ranks of N_i, and the neighbors of i
 *   the layout:   the ranks of these neighbors
 *
 * The layout is passed over twice, and not the data, as it has few columns. O(n_rows n (d + log k))
 * time; scratch of O(k) a thread, and an index of all points.
 */
#include "arith/arith.h"

#include "quality/quality.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/proxy.h"
#include "neighbors/table.h"
#include "quality/knn_accuracy.h"

enum { ROWS_PER_BLOCK = 8 };

typedef struct space {
  const uf_points *points;
  uf_proxy proxy;
  int tile;             /* points that stay in cache while the rows of a block pass over them */
  uf_neighbors nearest; /* per worker: ROWS_PER_BLOCK rows of k + 1, self first */
  uf_neighbors ranked;  /* per worker: ROWS_PER_BLOCK rows of the k neighbors in the other space, in
                           the order of this one */
} space;

typedef struct quality_job {
  uf_context *ctx;
  space data, layout;
  const int *rows; /* n_rows */
  int k;
  int *all;                  /* n: 0 … n - 1 */
  int most_tile;             /* the larger tile of both spaces */
  float *proxies;            /* per worker: most_tile */
  int *count;                /* per worker: ROWS_PER_BLOCK × (k + 1) */
  int64_t *excess_in_data;   /* n_rows: Σ max(0, rank - k) over the neighbors in the layout */
  int64_t *excess_in_layout; /* n_rows: the same with data and layout exchanged */
  int *shared;               /* n_rows: neighbors in common */
} quality_job;

/* ---- a pass over a space ---- */

/* How many of the k listed points, by (proxy, index), are not behind a point. */
static int place_in_list(const uf_nearest *list, float proxy, int index) {
  int from = 0, to = list->k;
  while (from < to) {
    int middle = (from + to) / 2;
    int is_behind = list->proxy[middle] > proxy ||
                    (list->proxy[middle] == proxy && list->index[middle] > index);
    if (is_behind)
      to = middle;
    else
      from = middle + 1;
  }
  return from;
}

/* Puts points first … first + n - 1 into the list of the nearest. */
static void offer_points(uf_nearest *nearest, int self, int first, int n, const float *proxies) {
  float worst = uf_nearest_worst(nearest);
  for (int i = 0; i < n; i++) {
    if (!(proxies[i] <= worst) || first + i == self) continue;
    uf_nearest_offer(nearest, first + i, proxies[i]);
    worst = uf_nearest_worst(nearest);
  }
}

/* count[c]: points that come before the listed points from c on, but not before the points in front
 * of c. */
static void count_points(const uf_nearest *ranked, int self, int first, int n, const float *proxies,
                         int *count) {
  float farthest = ranked->proxy[ranked->k - 1];
  for (int i = 0; i < n; i++)
    if (proxies[i] <= farthest && first + i != self)
      count[place_in_list(ranked, proxies[i], first + i)]++;
}

/* What a pass is to do for a row: find its neighbors, count the points before listed ones, or
 * both. */
typedef struct row_pass {
  int self;
  int finds, counts;
  uf_nearest nearest; /* where it finds */
  uf_nearest ranked;  /* where it counts */
  int *count;         /* k + 1 */
} row_pass;

/* Returns 0 where the run is stopped on the way. */
static int pass_over(const quality_job *j, space *here, int worker, int n_passes,
                     row_pass *passes) {
  float *proxies = j->proxies + (size_t)j->most_tile * (size_t)worker;
  int n = here->points->n;
  for (int first = 0; first < n; first += here->tile) {
    if (uf_is_stopped(j->ctx, worker)) return 0;
    int count = n - first < here->tile ? n - first : here->tile;
    for (row_pass *p = passes; p < passes + n_passes; p++) {
      uf_proxy_distances(&here->proxy, worker, p->self, j->all + first, count, proxies);
      if (p->finds) offer_points(&p->nearest, p->self, first, count, proxies);
      if (p->counts) count_points(&p->ranked, p->self, first, count, proxies, p->count);
    }
  }
  return 1;
}

/* ---- a block of rows ---- */

static void find(row_pass *p, space *here, int slot) {
  p->finds = 1;
  p->nearest = uf_nearest_begin(&here->nearest, slot, p->self);
}

/* From now on p counts, in one space, the points before the neighbors of the other space. Fewer
 * than 2^31 points are before all. */
static void rank_neighbors(const quality_job *j, row_pass *p, space *here, const space *other,
                           int slot, int worker) {
  int k = j->k;
  const int *neighbor = other->nearest.index + (size_t)slot * (size_t)(k + 1) + 1;
  float *proxies = j->proxies + (size_t)j->most_tile * (size_t)worker;
  p->counts = 1;
  p->ranked = uf_nearest_begin(&here->ranked, slot, -1);
  for (int c = 0; c < k; c += j->most_tile) {
    int n = k - c < j->most_tile ? k - c : j->most_tile;
    uf_proxy_distances(&here->proxy, worker, p->self, neighbor + c, n, proxies);
    for (int i = 0; i < n; i++) uf_nearest_offer(&p->ranked, neighbor[c + i], proxies[i]);
  }
  p->count = j->count + (size_t)slot * (size_t)(k + 1);
  memset(p->count, 0, sizeof *p->count * (size_t)(k + 1));
}

/* Σ max(0, rank - k) of the listed points; *shared: how many have rank k at most. */
static int64_t sum_excess(const row_pass *p, int k, int *shared) {
  int64_t before = 0, excess = 0;
  *shared = 0;
  for (int c = 0; c < k; c++) {
    before += p->count[c];
    if (before < k)
      ++*shared;
    else
      excess += before + 1 - k;
  }
  return excess;
}

static void measure_rows(void *job, uf_rows rows) {
  quality_job *j = job;
  row_pass passes[ROWS_PER_BLOCK];
  int n = (int)(rows.to - rows.from), slot = ROWS_PER_BLOCK * rows.worker, shared;
  for (int i = 0; i < n; i++) {
    passes[i] = (row_pass){.self = j->rows[rows.from + i]};
    find(&passes[i], &j->layout, slot + i);
  }
  if (!pass_over(j, &j->layout, rows.worker, n, passes)) return;
  for (int i = 0; i < n; i++) {
    find(&passes[i], &j->data, slot + i);
    rank_neighbors(j, &passes[i], &j->data, &j->layout, slot + i, rows.worker);
  }
  if (!pass_over(j, &j->data, rows.worker, n, passes)) return;
  for (int i = 0; i < n; i++) {
    j->excess_in_data[rows.from + i] = sum_excess(&passes[i], j->k, &j->shared[rows.from + i]);
    passes[i].finds = 0;
    rank_neighbors(j, &passes[i], &j->layout, &j->data, slot + i, rows.worker);
  }
  if (!pass_over(j, &j->layout, rows.worker, n, passes)) return;
  for (int i = 0; i < n; i++)
    j->excess_in_layout[rows.from + i] = sum_excess(&passes[i], j->k, &shared);
}

/* ---- all rows ---- */

/* Turns the rows' excesses and shares into measures, for each row and on average. */
static void summarize(const quality_job *j, int n_rows, uf_quality *quality,
                      const uf_point_quality *each) {
  double n = j->data.points->n, k = j->k, in_data = 0, in_layout = 0, shared = 0;
  double penalty = 2 / (k * (2 * n - 3 * k - 1));
  for (int i = 0; i < n_rows; i++) {
    double excess_in_data = (double)j->excess_in_data[i];
    double excess_in_layout = (double)j->excess_in_layout[i];
    in_data += excess_in_data;
    in_layout += excess_in_layout;
    shared += j->shared[i];
    if (!each) continue;
    each->trustworthiness[i] = 1 - penalty * excess_in_data;
    each->continuity[i] = 1 - penalty * excess_in_layout;
    each->neighbor_preservation[i] = j->shared[i] / k;
  }
  double factor = 2 / (n_rows * k * (2 * n - 3 * k - 1));
  quality->trustworthiness = 1 - factor * in_data;
  quality->continuity = 1 - factor * in_layout;
  quality->neighbor_preservation = shared / (n_rows * k);
}

static void space_close(space *here) {
  uf_proxy_close(&here->proxy);
  uf_neighbors_free(&here->nearest);
  uf_neighbors_free(&here->ranked);
}

static uf_status space_open(uf_context *ctx, const uf_points *points, int k, space *here) {
  uf_status status = UF_OK;
  int n_slots = ctx->n_threads * ROWS_PER_BLOCK;
  *here = (space){.points = points, .tile = uf_proxy_tile(points)};
  UF_TRY(uf_proxy_open(ctx, points, NULL, &here->proxy));
  UF_TRY(uf_neighbors_alloc(ctx, n_slots, k + 1, &here->nearest));
  UF_TRY(uf_neighbors_alloc(ctx, n_slots, k, &here->ranked));
done:
  if (status) space_close(here);
  return status;
}

uf_status uf_quality_measure(uf_context *ctx, const uf_points *data, const uf_points *layout,
                             const uf_quality_options *options, uf_quality *quality,
                             const uf_point_quality *each) {
  uf_status status = UF_OK;
  int n = data->n, n_rows = options->n_rows, k = options->k;
  quality_job job = {.ctx = ctx, .rows = options->rows, .k = k};
  *quality = (uf_quality){.knn_accuracy = NAN};
  uf_phase(ctx, "embedding quality");
  UF_TRY(space_open(ctx, data, k, &job.data));
  UF_TRY(space_open(ctx, layout, k, &job.layout));
  job.most_tile = job.data.tile > job.layout.tile ? job.data.tile : job.layout.tile;
  UF_NEW(ctx, job.all, n);
  for (int i = 0; i < n; i++) job.all[i] = i;
  UF_NEW(ctx, job.proxies, (int64_t)ctx->n_threads * job.most_tile);
  UF_NEW(ctx, job.count, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * (k + 1));
  UF_NEW(ctx, job.excess_in_data, n_rows);
  UF_NEW(ctx, job.excess_in_layout, n_rows);
  UF_NEW(ctx, job.shared, n_rows);
  UF_TRY(uf_parallel_rows(ctx, n_rows, ROWS_PER_BLOCK, measure_rows, &job));
  summarize(&job, n_rows, quality, each);
  if (options->labels) {
    UF_TRY(uf_knn_accuracy(ctx, layout, options->labels, options->k_label, &quality->knn_accuracy));
  }
done:
  if (status) *quality = (uf_quality){0};
  space_close(&job.data);
  space_close(&job.layout);
  uf_free(job.all);
  uf_free(job.proxies);
  uf_free(job.count);
  uf_free(job.excess_in_data);
  uf_free(job.excess_in_layout);
  uf_free(job.shared);
  return status;
}
