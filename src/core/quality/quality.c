/*
 * quality/quality.c: for each sampled row, the neighbors in one space and their ranks in the other. With
 * U_i the layout's neighbors that the data has beyond its k nearest, at rank r,
 *
 *   trustworthiness = 1 - 2 / (m k (2n - 3k - 1)) Σ_i Σ_{j in U_i} (r(i, j) - k)
 *
 * and continuity the same with data and layout exchanged. O(n_rows · n (d + k)).
 */
#include "arith/arith.h"

#include "quality/quality.h"

#include "base/memory.h"
#include "data/proxy.h"
#include "neighbors/search.h"
#include "neighbors/table.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 8, TILE_BYTES = 1 << 18 };

typedef struct space {
  const uf_points *points;
  uf_proxy proxy;
  uf_neighbors nearest; /* of the sampled rows, self first */
  float *ranks;         /* per worker: ROWS_PER_BLOCK × n */
} space;

typedef struct quality_job {
  uf_context *ctx;
  space data, layout;
  const int *rows;
  int n_rows, k;
  const int *all; /* 0 … n - 1 */
  int *strangers; /* per worker: k */
  double *excess_in_data,
      *excess_in_layout; /* per sampled row: Σ (rank - k) of the other's neighbors */
  int *shared;           /* per sampled row: neighbors in common */
} quality_job;

static int is_among(const int *index, int count, int row) {
  for (int j = 0; j < count; j++)
    if (index[j] == row) return 1;
  return 0;
}

/* Ranks of all points for a block of rows, by tiles that stay in cache while the rows pass over
 * them; and the nearest of each row. */
static void rank_all(const quality_job *j, space *here, uf_range samples, float *ranks,
                     int worker) {
  const uf_points *points = here->points;
  int n = points->n, tile = uf_proxy_tile(points);
  for (int first = 0; first < n; first += tile) {
    int count = n - first < tile ? n - first : tile;
    for (int64_t s = samples.from; s < samples.to; s++)
      uf_proxy_distances(&here->proxy, worker, j->rows[s], j->all + first, count,
                         ranks + (size_t)(s - samples.from) * (size_t)n + first);
  }
  for (int64_t s = samples.from; s < samples.to; s++) {
    const float *rank = ranks + (size_t)(s - samples.from) * (size_t)n;
    int self = j->rows[s];
    uf_nearest nearest = uf_nearest_begin(&here->nearest, (int)s, self);
    for (int i = 0; i < n; i++)
      if (rank[i] <= uf_nearest_worst(&nearest) && i != self)
        uf_nearest_offer(&nearest, i, rank[i]);
  }
}

/* Whether row i stands before `row` by (distance, index). */
static inline int comes_before(const float *ranks, int i, int row) {
  return ranks[i] < ranks[row] || (ranks[i] == ranks[row] && i < row);
}

static const int *nearest_in(const quality_job *j, const space *space, int64_t sample) {
  return space->nearest.index + (size_t)sample * (size_t)(j->k + 1) + 1;
}

/* Σ (rank - k) in one space over the neighbors that another space gives a row and this one does
 * not. */
static double rank_excess(const quality_job *j, const space *here, const space *other,
                          int64_t sample, const float *ranks, int *strangers) {
  int n = here->points->n, k = j->k, n_strangers = 0;
  const int *own = nearest_in(j, here, sample), *foreign = nearest_in(j, other, sample);
  float farthest = 0;
  int64_t before = 0;
  for (int f = 0; f < k; f++) {
    if (is_among(own, k, foreign[f])) continue;
    strangers[n_strangers++] = foreign[f];
    farthest = ranks[foreign[f]] > farthest ? ranks[foreign[f]] : farthest;
  }
  for (int i = 0; i < n; i++) {
    if (ranks[i] > farthest || i == j->rows[sample]) continue;
    for (int s = 0; s < n_strangers; s++) before += comes_before(ranks, i, strangers[s]);
  }
  /* A rank is one more than the number of rows before. */
  return (double)(before + (int64_t)n_strangers * (1 - k));
}

static void measure_block(void *job, int64_t block, int worker) {
  quality_job *j = job;
  uf_range samples = uf_block_range(block, ROWS_PER_BLOCK, j->n_rows);
  size_t n = (size_t)j->data.points->n;
  float *in_data = j->data.ranks + ROWS_PER_BLOCK * n * (size_t)worker;
  float *in_layout = j->layout.ranks + ROWS_PER_BLOCK * n * (size_t)worker;
  int *strangers = j->strangers + (size_t)j->k * (size_t)worker;
  rank_all(j, &j->data, samples, in_data, worker);
  rank_all(j, &j->layout, samples, in_layout, worker);
  for (int64_t s = samples.from; s < samples.to; s++, in_data += n, in_layout += n) {
    const int *nearest_in_data = nearest_in(j, &j->data, s),
              *nearest_in_layout = nearest_in(j, &j->layout, s);
    j->excess_in_data[s] = rank_excess(j, &j->data, &j->layout, s, in_data, strangers);
    j->excess_in_layout[s] = rank_excess(j, &j->layout, &j->data, s, in_layout, strangers);
    j->shared[s] = 0;
    for (int c = 0; c < j->k; c++)
      j->shared[s] += is_among(nearest_in_data, j->k, nearest_in_layout[c]);
  }
}

/* The label of most of a row's neighbors; among equals, that of the nearest. */
static int majority(const int *index, int count, const int *labels) {
  int best = -1, most = 0;
  for (int j = 0; j < count; j++) {
    int votes = 0;
    for (int i = 0; i < count; i++) votes += labels[index[i]] == labels[index[j]];
    if (votes > most) {
      most = votes;
      best = labels[index[j]];
    }
  }
  return best;
}

static uf_status label_accuracy(uf_context *ctx, const uf_points *layout, const int *labels, int k,
                                double *accuracy) {
  uf_neighbors nearest;
  uf_neighbor_method used;
  uf_search_options options = {.k = k + 1, .target_recall = 0.99};
  uf_status status = uf_nearest_neighbors(ctx, layout, &options, &nearest, &used);
  if (status) return status;
  int right = 0;
  for (int i = 0; i < layout->n; i++)
    right += majority(nearest.index + (size_t)i * (size_t)(k + 1) + 1, k, labels) == labels[i];
  *accuracy = (double)right / layout->n;
  uf_neighbors_free(&nearest);
  return UF_OK;
}

/* What the rows' excesses and shares come to, one by one and on average. */
static void summarize(const quality_job *j, uf_quality *quality, const uf_point_quality *each) {
  double n = j->data.points->n, k = j->k, in_data = 0, in_layout = 0, shared = 0;
  double penalty = 2 / (k * (2 * n - 3 * k - 1));
  for (int i = 0; i < j->n_rows; i++) {
    in_data += j->excess_in_data[i];
    in_layout += j->excess_in_layout[i];
    shared += j->shared[i];
    if (!each) continue;
    each->trustworthiness[i] = 1 - penalty * j->excess_in_data[i];
    each->continuity[i] = 1 - penalty * j->excess_in_layout[i];
    each->neighbor_preservation[i] = j->shared[i] / k;
  }
  double factor = 2 / (j->n_rows * k * (2 * n - 3 * k - 1));
  quality->trustworthiness = 1 - factor * in_data;
  quality->continuity = 1 - factor * in_layout;
  quality->neighbor_preservation = shared / (j->n_rows * k);
}

uf_status uf_quality_measure(uf_context *ctx, const uf_points *data, const uf_points *layout,
                             const int *labels, int k, int k_label, const int *rows, int n_rows,
                             uf_quality *quality, const uf_point_quality *each) {
  uf_status status = UF_OK;
  int n = data->n, *all = NULL;
  double accuracy = NAN;
  int64_t n_ranks = (int64_t)ctx->n_threads * ROWS_PER_BLOCK * n;
  quality_job job = {.ctx = ctx,
                     .data = {.points = data},
                     .layout = {.points = layout},
                     .rows = rows,
                     .n_rows = n_rows,
                     .k = k};
  uf_phase(ctx, "embedding quality");
  UF_NEW(ctx, all, n);
  for (int i = 0; i < n; i++) all[i] = i;
  job.all = all;
  UF_TRY(uf_proxy_open(ctx, data, NULL, &job.data.proxy));
  UF_TRY(uf_proxy_open(ctx, layout, NULL, &job.layout.proxy));
  UF_NEW(ctx, job.data.ranks, n_ranks);
  UF_NEW(ctx, job.layout.ranks, n_ranks);
  UF_NEW(ctx, job.strangers, (int64_t)ctx->n_threads * k);
  UF_NEW(ctx, job.excess_in_data, n_rows);
  UF_NEW(ctx, job.excess_in_layout, n_rows);
  UF_NEW(ctx, job.shared, n_rows);
  UF_TRY(uf_neighbors_alloc(ctx, n_rows, k + 1, &job.data.nearest));
  UF_TRY(uf_neighbors_alloc(ctx, n_rows, k + 1, &job.layout.nearest));
  UF_TRY(uf_parallel(ctx, uf_n_blocks(n_rows, ROWS_PER_BLOCK), measure_block, &job));
  if (labels) UF_TRY(label_accuracy(ctx, layout, labels, k_label, &accuracy));
  summarize(&job, quality, each);
  quality->knn_accuracy = accuracy;
done:
  uf_free(all);
  uf_proxy_close(&job.data.proxy);
  uf_proxy_close(&job.layout.proxy);
  uf_free(job.data.ranks);
  uf_free(job.layout.ranks);
  uf_free(job.strangers);
  uf_free(job.excess_in_data);
  uf_free(job.excess_in_layout);
  uf_free(job.shared);
  uf_neighbors_free(&job.data.nearest);
  uf_neighbors_free(&job.layout.nearest);
  return status;
}
