/*
 * graph/smooth_knn.c: computes rho and sigma of each point.
 *
 * The sum falls as sigma grows, so its root is bracketed by doubling sigma, then found by
 * bisection; a step is one kernel call over the row's few lanes.
 */
#include "arith/arith.h"

#include "graph/smooth_knn.h"

#include <float.h>

#include "arith/exp_log.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 256, MAX_STEPS = 64 };

/* Both as in umap-learn (SMOOTH_K_TOLERANCE, MIN_K_DIST_SCALE). */
static const float tolerance = 1e-5f;      /* of the sum */
static const float smallest_scale = 1e-3f; /* sigma is at least this fraction of a mean distance */

/* From here on, the terms of the padding (FLT_MAX) would no longer vanish. */
static const float largest_sigma = 0x1p120f;

typedef struct scale_job {
  uf_context *ctx;
  const uf_neighbors *neighbors;
  const uf_fuzzy_options *options;
  float target;
  float mean_distance; /* over the whole table */
  double *row_sum;     /* n: the sum of a row's distances, */
  int *row_count;      /* n: and their number */
  int padded;          /* k rounded up to whole lanes */
  float *excess;       /* per worker: padded values of max(0, d - rho) */
  float *rho, *sigma;  /* n */
} scale_job;

/* Sums the distances of a row; self and neighbors at no distance count as terms. */
static void sum_rows(void *job, uf_rows rows) {
  const scale_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++) {
    j->row_sum[i] = 0;
    j->row_count[i] = 1;
    for (int c = 0; c < j->neighbors->k; c++)
      if (uf_is_neighbor(j->neighbors, i, c, j->options->max_distance)) {
        j->row_sum[i] += j->neighbors->distance[(size_t)i * (size_t)j->neighbors->k + (size_t)c];
        j->row_count[i]++;
      }
  }
}

/* The local_connectivity-th nonzero distance, interpolated; the last one if there are too few; 0
 * without any. */
static float nearest_distance(const float *nonzero, int count, double local_connectivity) {
  if (count == 0) return 0;
  if (local_connectivity >= count) return nonzero[count - 1];
  int whole = (int)local_connectivity;
  float fraction = (float)(local_connectivity - whole);
  if (whole == 0) return fraction * nonzero[0];
  float rho = nonzero[whole - 1];
  return fraction > 0 ? rho + fraction * (nonzero[whole] - rho) : rho;
}

/* sigma with exp_sum(excess, sigma) = target: doubled until the root is bracketed, then bisected.
 * No sigma reaches a target beyond the number of neighbors: then the best one that was tried. */
static float solve_sigma(const scale_job *j, const float *excess, float start) {
  float low = 0, high = INFINITY, sigma = start, best = start, best_error = INFINITY;
  for (int step = 0; step < MAX_STEPS && sigma < largest_sigma; step++) {
    float error = j->ctx->kernels->exp_sum(excess, j->padded, sigma) - j->target;
    if (fabsf(error) < best_error) {
      best = sigma;
      best_error = fabsf(error);
    }
    if (best_error < tolerance) break;
    if (error > 0)
      high = sigma;
    else
      low = sigma;
    sigma = high < INFINITY ? 0.5f * (low + high) : 2 * sigma;
  }
  return best;
}

static void scale_row(const scale_job *j, int i, float *excess) {
  const uf_neighbors *neighbors = j->neighbors;
  int count = 0, zeros = 0;
  for (int c = 0; c < neighbors->k; c++) {
    if (!uf_is_neighbor(neighbors, i, c, j->options->max_distance)) continue;
    float distance = neighbors->distance[(size_t)i * (size_t)neighbors->k + (size_t)c];
    if (distance > 0)
      excess[count++] = distance;
    else
      zeros++;
  }
  float rho = nearest_distance(excess, count, j->options->local_connectivity), sum = 0;
  for (int c = 0; c < count; c++) {
    excess[c] = excess[c] > rho ? excess[c] - rho : 0;
    sum += excess[c];
  }
  for (int c = 0; c < zeros; c++) excess[count + c] = 0;
  /* So far away that exp gives 0. */
  for (int c = count + zeros; c < j->padded; c++) excess[c] = FLT_MAX;
  float mean = (float)(j->row_sum[i] / j->row_count[i]);
  float floor = smallest_scale * (rho > 0 ? mean : j->mean_distance);
  float sigma = sum > 0 ? solve_sigma(j, excess, sum / (float)count) : 0;
  j->rho[i] = rho;
  j->sigma[i] = sigma > floor ? sigma : floor;
}

static void scale_rows(void *job, uf_rows rows) {
  const scale_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++)
    scale_row(j, i, j->excess + (size_t)j->padded * (size_t)rows.worker);
}

uf_status uf_smooth_knn(uf_context *ctx, const uf_neighbors *neighbors,
                        const uf_fuzzy_options *options, float *rho, float *sigma) {
  uf_status status = UF_OK;
  int n = neighbors->n, k = neighbors->k;
  scale_job job = {
      .ctx = ctx, .neighbors = neighbors, .options = options, .rho = rho, .sigma = sigma};
  job.target = (float)(uf_log2(k) * options->bandwidth);
  job.padded = uf_whole_lanes(k);
  UF_NEW(ctx, job.row_sum, n);
  UF_NEW(ctx, job.row_count, n);
  UF_NEW(ctx, job.excess, (int64_t)ctx->n_threads * job.padded);
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, sum_rows, &job));
  double sum = 0;
  int64_t count = 0;
  for (int i = 0; i < n; i++) {
    sum += job.row_sum[i];
    count += job.row_count[i];
  }
  job.mean_distance =
      (float)(options->mean_distance > 0 ? options->mean_distance : sum / (double)count);
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, scale_rows, &job));
done:
  uf_free(job.row_sum);
  uf_free(job.row_count);
  uf_free(job.excess);
  return status;
}
