/*
 * neighbors/ivf/search.c: approximate neighbors of all points at the speed of small integers.
 *
 * 1. Rows become strings of 7-bit codes (neighbors/ivf/quantize.h) in the order of their clusters
 * (neighbors/ivf/index.h).
 * 2. The true neighbors of a few rows say how far the search has to go (neighbors/ivf/tune.h).
 * 3. A row's neighbors are sought in its own cluster, then in the clusters that the ball around it
 * touches (neighbors/ivf/probe.h): all their rows are scanned with exact integer products, and the
 * nearest codes kept.
 * 4. Those are compared in the true metric, in float, and the k nearest stay.
 *
 * A block of rows of one cluster owns its candidate lists, which stay in cache. No pair is seen
 * twice by a row, so nothing needs removing. Clusters are visited in one order whatever the
 * threads do.
 *
 * About n · (clusters searched) · (rows in a cluster) · n_directions integer products, and
 * n · n_candidates · d in float.
 */
#include "arith/arith.h"

#include "neighbors/ivf/search.h"

#include "base/memory.h"
#include "data/proxy.h"
#include "neighbors/exact.h"
#include "neighbors/ivf/index.h"
#include "neighbors/ivf/tune.h"
#include "neighbors/ivf/probe.h"
#include "neighbors/recall.h"
#include "neighbors/table.h"
#include "base/parallel.h"
#include "base/random.h"
#include "linalg/subspace.h"

/* Rows that the plan is made on, more where the search takes long; and how many of them are searched
 * exactly. */
enum { SAMPLE_ROWS = 256, LARGE_SAMPLE_ROWS = 512, LARGE = 50000, EXACT_ROWS = 64 };

enum {
  ROWS_PER_BLOCK = 256,
  DIRECTIONS = 96, /* of the first attempt */
  MOST_DIRECTIONS = 768,
  ROWS_PER_CLUSTER = 256, /* of the first attempt */
  FEWEST_PER_CLUSTER = 64,
  NEAR_CLUSTERS = 512
};

/* Rows of one cluster that one task serves. */
typedef struct row_block {
  int cluster;
  int first; /* place */
  int count;
} row_block;

typedef struct search_job {
  uf_context *ctx;
  const uf_points *points;
  const uf_index *index;
  const uf_probe_plan *plan;
  const row_block *blocks;
  uf_neighbors *neighbors;
  uf_proxy proxy;
  uf_probe *walks; /* one a worker */
  int *candidates; /* per worker: n_candidates rows, twice */
  float *proxies;  /* per worker: n_candidates */
} search_job;

static int blocks_of(const uf_cluster *cluster) {
  return (cluster->size + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
}

static int count_blocks(const uf_index *index) {
  int count = 0;
  for (int c = 0; c < index->n_clusters; c++) count += blocks_of(&index->clusters[c]);
  return count;
}

/* Blocks of a cluster are of about one size. */
static void list_blocks(const uf_index *index, row_block *block) {
  for (int c = 0; c < index->n_clusters; c++) {
    const uf_cluster *cluster = &index->clusters[c];
    int n = blocks_of(cluster), place = 16 * cluster->first_panel;
    for (int b = 0; b < n; b++) {
      int from = (int)((int64_t)cluster->size * b / n);
      int to = (int)((int64_t)cluster->size * (b + 1) / n);
      *block++ = (row_block){c, place + from, to - from};
    }
  }
}

/* Candidates of a row of the block, itself left out, as row numbers; what they hold is called for. */
static int list_candidates(const search_job *j, uf_probe *walk, const row_block *block, int r,
                           int *candidate) {
  const int32_t *place;
  int n = uf_probe_candidates(walk, r, &place), row = j->index->row_at[block->first + r], count = 0;
  for (int i = 0; i < n; i++) {
    int other = j->index->row_at[place[i]];
    if (other == row) continue;
    uf_point_prefetch(j->points, other);
    candidate[count++] = other;
  }
  return count;
}

/* The k nearest of a row's candidates, in the true metric. */
static void compare_candidates(const search_job *j, int worker, int row, const int *candidate,
                               int count) {
  float *proxies = j->proxies + (size_t)j->plan->n_candidates * (size_t)worker;
  uf_proxy_distances(&j->proxy, worker, row, candidate, count, proxies);
  uf_nearest nearest = uf_nearest_begin(j->neighbors, row, row);
  for (int i = 0; i < count; i++) uf_nearest_offer(&nearest, candidate[i], proxies[i]);
  uf_nearest_finish(&nearest, j->points->metric);
}

static void search_block(void *job, int64_t index, int worker) {
  search_job *j = job;
  const row_block *block = &j->blocks[index];
  uf_probe *walk = &j->walks[worker];
  size_t n = (size_t)j->plan->n_candidates;
  int *candidate = j->candidates + 2 * n * (size_t)worker, *next = candidate + n;
  uf_probe_begin(walk, block->cluster, block->first, block->count);
  uf_probe_limit(walk, j->plan->reach, j->plan->n_probes);
  for (int c = 0; c < walk->n_near; c++) uf_probe_visit(walk, c);
  int n_next = list_candidates(j, walk, block, 0, next);
  for (int r = 0; r < block->count; r++) {
    int count = n_next, *swap = candidate;
    candidate = next;
    next = swap;
    if (r + 1 < block->count) n_next = list_candidates(j, walk, block, r + 1, next);
    compare_candidates(j, worker, j->index->row_at[block->first + r], candidate, count);
  }
}

static uf_status search(uf_context *ctx, search_job *job) {
  uf_status status = UF_OK;
  row_block *blocks = NULL;
  int n_blocks = count_blocks(job->index), threads = ctx->n_threads;
  const uf_probe_plan *plan = job->plan;
  UF_TRY(uf_proxy_open(ctx, job->points, NULL, &job->proxy));
  UF_NEW(ctx, blocks, n_blocks);
  UF_NEW_ZERO(ctx, job->walks, threads);
  for (int t = 0; t < threads; t++)
    UF_TRY(uf_probe_open(ctx, job->index, ROWS_PER_BLOCK, job->neighbors->k, plan->n_near,
                         plan->n_candidates, &job->walks[t]));
  UF_NEW(ctx, job->candidates, 2 * (int64_t)threads * plan->n_candidates);
  UF_NEW(ctx, job->proxies, (int64_t)threads * plan->n_candidates);
  list_blocks(job->index, blocks);
  job->blocks = blocks;
  UF_TRY(uf_parallel(ctx, n_blocks, search_block, job));
done:
  for (int t = 0; job->walks && t < threads; t++) uf_probe_close(&job->walks[t]);
  uf_free(job->walks);
  uf_proxy_close(&job->proxy);
  uf_free(blocks);
  uf_free(job->candidates);
  uf_free(job->proxies);
  return status;
}

/* ---- the sample ---- */

/* Rows spread over all, at distances that are not all the same: data may have a period. */
static void spread_rows(int n, int count, uint64_t seed, int *rows) {
  uint64_t key = uf_key(seed, UF_STAGE_SAMPLE, 0, 0);
  uf_even_rows(n, count, rows);
  for (int i = 0; i < count; i++) rows[i] += uf_draw_index(key, (uint64_t)i, n / count);
}

static uf_status sample_make(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                             uf_sample *sample) {
  uf_status status = UF_OK;
  int n = points->n < LARGE ? SAMPLE_ROWS : LARGE_SAMPLE_ROWS, rows[2 * EXACT_ROWS];
  if (n > points->n) n = points->n;
  sample->every = n < EXACT_ROWS ? 1 : n / EXACT_ROWS;
  sample->n = n;
  UF_NEW(ctx, sample->rows, n);
  spread_rows(points->n, n, seed, sample->rows);
  UF_TRY(uf_neighbors_alloc(ctx, n, k, &sample->nearest));
  int n_exact = n / sample->every;
  for (int i = 0; i < n_exact; i++) rows[i] = sample->rows[(int64_t)i * sample->every];
  UF_TRY(uf_neighbors_exact(ctx, points, rows, n_exact, k, &sample->exact));
done:
  return status;
}

/* Of very many clusters, those beyond the nearest are walked through when they prove needed. */
static uf_status plan_near_or_far(uf_context *ctx, const uf_points *points, const uf_index *index,
                                  uf_sample *sample, double target, uf_probe_plan *plan) {
  int all = index->n_clusters - 1, near = all < NEAR_CLUSTERS || target >= 1 ? all : NEAR_CLUSTERS;
  uf_status status = uf_tune(ctx, points, index, sample, target, near, plan);
  if (status || near == all || plan->expected >= target) return status;
  return uf_tune(ctx, points, index, sample, target, all, plan);
}

/* Indexes the rows; where even a walk through all clusters misses too many neighbors, anew with
 * more directions, or with smaller clusters, whose codes are finer. */
static uf_status index_and_plan(uf_context *ctx, const uf_points *points, uf_sample *sample,
                                const uf_ivf_target *aim, uint64_t seed, uf_index *index,
                                uf_probe_plan *plan) {
  int directions = DIRECTIONS, rows = ROWS_PER_CLUSTER;
  for (;;) {
    uf_status status = uf_index_make(ctx, points, directions, rows, seed, index);
    if (!status) status = plan_near_or_far(ctx, points, index, sample, aim->recall, plan);
    if (status || plan->expected >= aim->recall) return status;
    if (directions < points->d && 2 * directions <= MOST_DIRECTIONS)
      directions *= 2;
    else if (rows > FEWEST_PER_CLUSTER)
      rows /= 2;
    else
      return UF_OK;
    if (uf_basis_cost(points, directions) > aim->index_cost) return UF_OK;
    uf_index_free(index);
  }
}

uf_status uf_ivf_search(uf_context *ctx, const uf_points *points, int k, uf_ivf_target aim,
                        uint64_t seed, uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  uf_index index = {0};
  uf_sample sample = {0};
  uf_probe_plan plan = {0};
  *neighbors = (uf_neighbors){0};

  uf_span(ctx, 0, 0.05);
  UF_TRY(sample_make(ctx, points, k, seed, &sample));
  uf_span(ctx, 0.05, 0.3);
  UF_TRY(index_and_plan(ctx, points, &sample, &aim, seed, &index, &plan));
  if (plan.expected < aim.least) {
    neighbors->recall = plan.expected;
    goto done;
  }
  UF_TRY(uf_neighbors_alloc(ctx, points->n, k, neighbors));
  uf_span(ctx, 0.3, 1);
  UF_TRY(search(
      ctx,
      &(search_job){
          .ctx = ctx, .points = points, .index = &index, .plan = &plan, .neighbors = neighbors}));
  UF_TRY(uf_neighbors_complete(ctx, points, NULL, neighbors));
  neighbors->recall = plan.ceiling * uf_recall_of_rows(neighbors, &sample.nearest, sample.rows);
done:
  uf_index_free(&index);
  uf_sample_free(&sample);
  if (status) uf_neighbors_free(neighbors);
  return status;
}
