/*
 * neighbors/ivf/search.c: a block of rows of one inverted list owns its candidate lists, which stay
 * in cache. A row meets no other row twice, so no candidates have to be removed. Lists are probed
 * in one order, whatever the threads do.
 */
#include "arith/arith.h"

#include "neighbors/ivf/search.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/proxy.h"
#include "linalg/subspace.h"
#include "neighbors/exact.h"
#include "neighbors/ivf/index.h"
#include "neighbors/ivf/probe.h"
#include "neighbors/ivf/tune.h"
#include "neighbors/recall.h"
#include "neighbors/table.h"

/* Rows of the sample, more when the search takes long; and how many of them are searched
 * exactly. */
enum { SAMPLE_ROWS = 256, LARGE_SAMPLE_ROWS = 512, LARGE = 50000, EXACT_ROWS = 64 };

/* Compromises: bench/neighbors.R measures the search as a whole, with these. */
enum {
  ROWS_PER_BLOCK = 256,
  DIRECTIONS = 96, /* of the first index */
  MOST_DIRECTIONS = 768,
  ROWS_PER_LIST = 256, /* of the first index */
  FEWEST_PER_LIST = 64,
  NEAR_LISTS = 512
};

/* Rows of one list that one task serves. */
typedef struct row_block {
  int list;
  int first; /* place */
  int count;
} row_block;

typedef struct search_job {
  uf_context *ctx;
  const uf_points *points;
  const uf_ivf_index *index;
  const uf_ivf_parameters *parameters;
  const row_block *blocks;
  uf_neighbors *neighbors;
  uf_proxy proxy;
  uf_probe *probes; /* one a worker */
  int *candidates;  /* per worker: n_candidates rows, twice */
  float *proxies;   /* per worker: n_candidates */
} search_job;

static int blocks_of(const uf_ivf_list *list) {
  return (list->size + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
}

static int count_blocks(const uf_ivf_index *index) {
  int count = 0;
  for (int l = 0; l < index->n_lists; l++) count += blocks_of(&index->lists[l]);
  return count;
}

/* The blocks of a list have about the same size. */
static void make_blocks(const uf_ivf_index *index, row_block *block) {
  for (int l = 0; l < index->n_lists; l++) {
    const uf_ivf_list *list = &index->lists[l];
    int n = blocks_of(list), place = uf_ivf_first_place(list);
    for (int b = 0; b < n; b++) {
      int from = (int)((int64_t)list->size * b / n);
      int to = (int)((int64_t)list->size * (b + 1) / n);
      *block++ = (row_block){l, place + from, to - from};
    }
  }
}

/* The candidates of row r of the block as row numbers, without the row itself; their values are
 * prefetched. */
static int list_candidates(const search_job *j, uf_probe *probe, const row_block *block, int r,
                           int *candidate) {
  const int32_t *place;
  int n = uf_probe_candidates(probe, r, &place), row = j->index->row_at[block->first + r];
  int count = 0;
  for (int i = 0; i < n; i++) {
    int other = j->index->row_at[place[i]];
    if (other == row) continue;
    uf_point_prefetch(j->points, other);
    candidate[count++] = other;
  }
  return count;
}

/* The k nearest of a row's candidates, in the true metric. */
static void rerank(const search_job *j, int worker, int row, const int *candidate, int count) {
  float *proxies = j->proxies + (size_t)j->parameters->n_candidates * (size_t)worker;
  uf_proxy_distances(&j->proxy, worker, row, candidate, count, proxies);
  uf_nearest nearest = uf_nearest_begin(j->neighbors, row, row);
  for (int i = 0; i < count; i++) uf_nearest_offer(&nearest, candidate[i], proxies[i]);
  uf_nearest_finish(&nearest, j->points->metric);
}

static void search_block(void *job, int64_t index, int worker) {
  search_job *j = job;
  const row_block *block = &j->blocks[index];
  uf_probe *probe = &j->probes[worker];
  size_t n = (size_t)j->parameters->n_candidates;
  int *candidate = j->candidates + 2 * n * (size_t)worker, *next = candidate + n;
  uf_probe_begin(probe, block->list, block->first, block->count);
  uf_probe_limit(probe, j->parameters->reach, j->parameters->n_probes);
  for (int l = 0; l < probe->n_near; l++) uf_probe_scan(probe, l);
  int n_next = list_candidates(j, probe, block, 0, next);
  for (int r = 0; r < block->count; r++) {
    int count = n_next, *swap = candidate;
    candidate = next;
    next = swap;
    if (r + 1 < block->count) n_next = list_candidates(j, probe, block, r + 1, next);
    rerank(j, worker, j->index->row_at[block->first + r], candidate, count);
  }
}

static uf_status search(uf_context *ctx, search_job *job) {
  uf_status status = UF_OK;
  row_block *blocks = NULL;
  int n_blocks = count_blocks(job->index), threads = ctx->n_threads;
  const uf_ivf_parameters *parameters = job->parameters;
  uf_probe_options options = {.most_rows = ROWS_PER_BLOCK,
                              .k = job->neighbors->k,
                              .n_near = parameters->n_near,
                              .n_candidates = parameters->n_candidates};
  UF_TRY(uf_proxy_open(ctx, job->points, NULL, &job->proxy));
  UF_NEW(ctx, blocks, n_blocks);
  UF_NEW_ZERO(ctx, job->probes, threads);
  for (int t = 0; t < threads; t++)
    UF_TRY(uf_probe_open(ctx, job->index, &options, &job->probes[t]));
  UF_NEW(ctx, job->candidates, 2 * (int64_t)threads * parameters->n_candidates);
  UF_NEW(ctx, job->proxies, (int64_t)threads * parameters->n_candidates);
  make_blocks(job->index, blocks);
  job->blocks = blocks;
  UF_TRY(uf_parallel(ctx, n_blocks, search_block, job));
done:
  for (int t = 0; job->probes && t < threads; t++) uf_probe_close(&job->probes[t]);
  uf_free(job->probes);
  uf_proxy_close(&job->proxy);
  uf_free(blocks);
  uf_free(job->candidates);
  uf_free(job->proxies);
  return status;
}

/* ---- The sample ---- */

/* Rows from all of the data, at unequal distances, since data may have a period. */
static void draw_rows(int n, int count, uint64_t seed, int *rows) {
  uint64_t key = uf_key(seed, UF_STAGE_SAMPLE, 0, 0);
  uf_even_rows(n, count, rows);
  for (int i = 0; i < count; i++) rows[i] += uf_draw_index(key, (uint64_t)i, n / count);
}

static uf_status sample_make(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                             uf_sample *sample) {
  uf_status status = UF_OK;
  int n = points->n < LARGE ? SAMPLE_ROWS : LARGE_SAMPLE_ROWS, rows[2 * EXACT_ROWS];
  if (n > points->n) n = points->n;
  *sample = (uf_sample){.n = n, .every = n < EXACT_ROWS ? 1 : n / EXACT_ROWS};
  UF_NEW(ctx, sample->rows, n);
  draw_rows(points->n, n, seed, sample->rows);
  UF_TRY(uf_neighbors_alloc(ctx, n, k, &sample->nearest));
  int n_exact = n / sample->every;
  for (int i = 0; i < n_exact; i++) rows[i] = sample->rows[(int64_t)i * sample->every];
  UF_TRY(uf_neighbors_exact(ctx, points, rows, n_exact, k, &sample->exact));
done:
  if (status) uf_sample_free(sample);
  return status;
}

/* ---- The whole ---- */

typedef struct ivf {
  const uf_points *points;
  uf_sample sample;
  uf_ivf_index index;
  uf_ivf_parameters parameters;
} ivf;

/* When there are very many lists, lists beyond the nearest are considered only if needed. */
static uf_status tune(uf_context *ctx, ivf *s, double recall) {
  int all = s->index.n_lists - 1;
  s->sample.n_near = all < NEAR_LISTS || recall >= 1 ? all : NEAR_LISTS;
  uf_status status = uf_tune(ctx, s->points, &s->index, &s->sample, recall, &s->parameters);
  if (status || s->sample.n_near == all || s->parameters.expected >= recall) return status;
  s->sample.n_near = all;
  return uf_tune(ctx, s->points, &s->index, &s->sample, recall, &s->parameters);
}

/* Makes an index, and a second one when even a search of all lists would miss too many neighbors:
 * with more directions, or with smaller lists, whose codes are finer. */
static uf_status index_and_tune(uf_context *ctx, ivf *s, const uf_ivf_target *target,
                                uint64_t seed) {
  int directions = DIRECTIONS, rows = ROWS_PER_LIST;
  for (;;) {
    uf_status status = uf_ivf_index_make(ctx, s->points, directions, rows, seed, &s->index);
    if (!status) status = tune(ctx, s, target->recall);
    if (status || s->parameters.expected >= target->recall) return status;
    if (directions < s->points->d && 2 * directions <= MOST_DIRECTIONS)
      directions *= 2;
    else if (rows > FEWEST_PER_LIST)
      rows /= 2;
    else
      return UF_OK;
    if (uf_basis_cost(s->points, directions) > target->index_cost) return UF_OK;
    uf_ivf_index_free(&s->index);
  }
}

uf_status uf_ivf_search(uf_context *ctx, const uf_points *points, int k, uf_ivf_target target,
                        uint64_t seed, uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  ivf s = {.points = points};
  search_job job = {.ctx = ctx,
                    .points = points,
                    .index = &s.index,
                    .parameters = &s.parameters,
                    .neighbors = neighbors};
  *neighbors = (uf_neighbors){0};

  uf_span(ctx, 0, 0.05);
  UF_TRY(sample_make(ctx, points, k, seed, &s.sample));
  uf_span(ctx, 0.05, 0.3);
  UF_TRY(index_and_tune(ctx, &s, &target, seed));
  if (s.parameters.expected < target.least) {
    neighbors->recall = s.parameters.expected;
    goto done;
  }
  UF_TRY(uf_neighbors_alloc(ctx, points->n, k, neighbors));
  uf_span(ctx, 0.3, 1);
  UF_TRY(search(ctx, &job));
  UF_TRY(uf_neighbors_complete(ctx, points, NULL, neighbors));
  neighbors->recall =
      s.parameters.ceiling * uf_recall_of_rows(neighbors, &s.sample.nearest, s.sample.rows);
done:
  uf_ivf_index_free(&s.index);
  uf_sample_free(&s.sample);
  if (status) uf_neighbors_free(neighbors);
  return status;
}
