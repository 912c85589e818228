/*
 * init/pca.c: principal components. The principal subspace of a sample, widened by a few
 * directions, is refined on all rows by a small eigenproblem (Rayleigh and Ritz).
 */
#include "arith/arith.h"

#include "linalg/jacobi.h"
#include "init/init.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "linalg/subspace.h"

enum { SAMPLE_ROWS = 4096, SPARE_DIRECTIONS = 6, ROWS_PER_BLOCK = 4096 };

typedef struct covariance_job {
  const float *projected; /* n × m */
  int n, m, used;
  double *sums; /* per block: used, then used × used */
} covariance_job;

static void sum_block(void *job, int64_t block, int worker) {
  (void)worker;
  covariance_job *j = job;
  size_t used = (size_t)j->used;
  double *sum = j->sums + (size_t)block * used * (used + 1), *product = sum + used;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->n);
  for (int64_t i = range.from; i < range.to; i++) {
    const float *row = j->projected + (size_t)i * (size_t)j->m;
    for (size_t a = 0; a < used; a++) {
      sum[a] += row[a];
      for (size_t b = 0; b < used; b++) product[a * used + b] += (double)row[a] * row[b];
    }
  }
}

/* Mean and covariance of the projected rows. Blocks are added in their order. */
static uf_status covariance(uf_context *ctx, const float *projected, int n, int m, int used,
                            double *mean, double *matrix) {
  uf_status status = UF_OK;
  int64_t n_blocks = uf_n_blocks(n, ROWS_PER_BLOCK);
  size_t size = (size_t)used * (size_t)(used + 1);
  covariance_job job = {.projected = projected, .n = n, .m = m, .used = used};
  UF_NEW_ZERO(ctx, job.sums, n_blocks * (int64_t)size);
  UF_TRY(uf_parallel(ctx, n_blocks, sum_block, &job));
  for (int64_t block = 1; block < n_blocks; block++)
    for (size_t e = 0; e < size; e++) job.sums[e] += job.sums[(size_t)block * size + e];
  for (int a = 0; a < used; a++) mean[a] = job.sums[a] / n;
  for (int a = 0; a < used; a++)
    for (int b = 0; b < used; b++)
      matrix[a * used + b] = job.sums[used + a * used + b] / n - mean[a] * mean[b];
done:
  uf_free(job.sums);
  return status;
}

uf_status uf_init_pca(uf_context *ctx, const uf_points *points, int d, uint64_t seed,
                      float *layout) {
  uf_status status = UF_OK;
  if (!points || points->d < d)
    return uf_fail(ctx, UF_BAD_INPUT, "needs at least %d columns for %d principal components", d,
                   d);
  int n = points->n, used = d + SPARE_DIRECTIONS < points->d ? d + SPARE_DIRECTIONS : points->d;
  int m = uf_whole_lanes(used);
  float *basis = NULL, *projected = NULL;
  double *mean = NULL, *matrix = NULL, *values = NULL, *vectors = NULL;
  UF_NEW(ctx, basis, (int64_t)points->d * m);
  UF_NEW(ctx, projected, (int64_t)n * m);
  UF_NEW(ctx, mean, used);
  UF_NEW(ctx, matrix, (int64_t)used * used);
  UF_NEW(ctx, values, used);
  UF_NEW(ctx, vectors, (int64_t)used * used);
  UF_TRY(uf_principal_subspace(ctx, points, SAMPLE_ROWS, used, m, seed, basis));
  UF_TRY(uf_project(ctx, points, NULL, n, basis, m, NULL, projected));
  UF_TRY(covariance(ctx, projected, n, m, used, mean, matrix));
  UF_TRY(uf_symmetric_eigen(ctx, used, matrix, values, vectors));
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d; c++) {
      double sum = 0;
      for (int a = 0; a < used; a++)
        sum += (projected[(size_t)i * (size_t)m + (size_t)a] - mean[a]) * vectors[a * used + c];
      layout[(size_t)i * (size_t)d + (size_t)c] = (float)sum;
    }
  uf_init_scale(n, d, seed, layout);
done:
  uf_free(basis);
  uf_free(projected);
  uf_free(mean);
  uf_free(matrix);
  uf_free(values);
  uf_free(vectors);
  return status;
}
