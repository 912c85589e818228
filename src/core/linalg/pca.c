/*
 * linalg/pca.c: principal components of rows A (n × d), by subspace iteration and a small
 * eigenproblem (Halko, Martinsson, Tropp 2011).
 *
 *   Q ← the principal subspace of a sample of rows                            linalg/subspace.h
 *   Q ← orth(Aᵀ (A Q)), until Σ (A Q)² no longer grows                          directions only
 *   C = (A Q)ᵀ (A Q) / n - μ μᵀ with μ the mean of A Q,   C = U Λ Uᵀ    linalg/rayleigh_ritz.h
 *   directions: the columns of Q U;     scores: (A Q - μ) U
 *
 * Σ (A Q)² is the variance that the subspace holds: it grows from round to round, and is at most
 * the variance of the principal subspace, so the rounds end. The last directions converge slowly,
 * as their neighbors in the spectrum are close; some directions more than wanted are carried along
 * for that reason. O(n d m) a round.
 */
#include "arith/arith.h"

#include "linalg/pca.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "linalg/orthonormalize.h"
#include "linalg/project.h"
#include "linalg/rayleigh_ritz.h"
#include "linalg/subspace.h"

enum {
  SAMPLE_ROWS = 4096,
  TILE_ROWS = 128,
  SECTIONS = 16,             /* of the rows, each with sums of its own: directions */
  ROWS_PER_BLOCK = 4096,     /* the same: scores */
  SPARE_FOR_DIRECTIONS = 10, /* directions carried along; compromises, not measured on their own */
  SPARE_FOR_SCORES = 6,
  MAX_ROUNDS = 40
};

/* Relative growth of the variance in a round that ends the iteration. A direction that is off by an
 * angle φ lacks at most φ² of its variance, so that 1e-7 is an angle of 3e-4. */
static const double least_growth = 1e-7;

/* Points, a basis, and what the basis makes of them. */
typedef struct pca_job {
  uf_context *ctx;
  const uf_points *points;
  uf_basis basis;     /* d × m, `used` directions */
  float *image;       /* n × m: A Q */
  int64_t block_size; /* rows whose sums are made apart */
  double *sums;       /* per block: used, then used × used (lower triangle): sums and products */
  double *mean;       /* used: μ */
  uf_ritz ritz;
} pca_job;

static void pca_free(pca_job *job) {
  uf_basis_free(&job->basis);
  uf_free(job->image);
  uf_free(job->sums);
  uf_free(job->mean);
  uf_ritz_free(&job->ritz);
  *job = (pca_job){0};
}

/* The basis is the principal subspace of a sample. */
static uf_status pca_make(uf_context *ctx, const uf_points *points, int n_directions,
                          int64_t block_size, uint64_t seed, pca_job *job) {
  uf_status status = UF_OK;
  int used = n_directions < points->d ? n_directions : points->d;
  int64_t n_blocks = uf_n_blocks(points->n, block_size);
  *job = (pca_job){.ctx = ctx, .points = points, .block_size = block_size};
  UF_TRY(uf_basis_alloc(ctx, points->d, used, &job->basis));
  UF_NEW(ctx, job->image, (int64_t)points->n * job->basis.m);
  UF_NEW(ctx, job->sums, n_blocks * used * (used + 1));
  UF_NEW_ZERO(ctx, job->mean, used);
  UF_TRY(uf_ritz_alloc(ctx, used, &job->ritz));
  UF_TRY(uf_principal_subspace(ctx, points, SAMPLE_ROWS, seed, &job->basis));
done:
  if (status) pca_free(job);
  return status;
}

static uf_status project_all(pca_job *job) {
  return uf_project(job->ctx, job->points, NULL, job->points->n, &job->basis, job->image);
}

/* ---- the variance within the basis ---- */

static void sum_products(void *job, uf_rows rows) {
  pca_job *j = job;
  size_t used = (size_t)j->ritz.m;
  double *sum = j->sums + (size_t)(rows.from / j->block_size) * used * (used + 1);
  double *product = sum + used;
  memset(sum, 0, sizeof *sum * used * (used + 1));
  for (int64_t i = rows.from; i < rows.to; i++) {
    const float *row = j->image + (size_t)i * (size_t)j->basis.m;
    for (size_t a = 0; a < used; a++) {
      sum[a] += row[a];
      for (size_t b = 0; b <= a; b++) product[a * used + b] += (double)row[a] * row[b];
    }
  }
}

/* Computes μ and C from sums over all rows, or only the products where the rows are centered. */
static void fill_covariance(pca_job *j, int is_centered) {
  size_t used = (size_t)j->ritz.m;
  const double *product = j->sums + used;
  double n = j->points->n;
  for (size_t a = 0; a < used && !is_centered; a++) j->mean[a] = j->sums[a] / n;
  for (size_t a = 0; a < used; a++)
    for (size_t b = 0; b <= a; b++) {
      double c = product[a * used + b];
      if (!is_centered) c = c / n - j->mean[a] * j->mean[b];
      j->ritz.matrix[a * used + b] = c;
      j->ritz.matrix[b * used + a] = c;
    }
}

/* A Q, and the eigenvectors of its covariance. Blocks are added in their order. */
static uf_status solve_within_basis(pca_job *j, int is_centered) {
  uf_status status = UF_OK;
  int n = j->points->n;
  size_t size = (size_t)j->ritz.m * (size_t)(j->ritz.m + 1);
  UF_TRY(project_all(j));
  UF_TRY(uf_parallel_rows(j->ctx, n, j->block_size, sum_products, j));
  for (int64_t block = 1; block < uf_n_blocks(n, j->block_size); block++)
    for (size_t e = 0; e < size; e++) j->sums[e] += j->sums[(size_t)block * size + e];
  fill_covariance(j, is_centered);
  UF_TRY(uf_ritz_solve(j->ctx, &j->ritz));
done:
  return status;
}

/* ---- rounds on all rows ---- */

typedef struct round_job {
  pca_job *pca;
  float *sums; /* per section: d × m: Aᵀ (A Q) of its rows */
  float *tile; /* per worker: d × TILE_ROWS, then d × m */
} round_job;

/* Sums the rows of a section tile by tile, each transposed so that the product is one of rows. */
static void multiply_section(void *job, uf_rows rows) {
  round_job *j = job;
  const uf_points *points = j->pca->points;
  size_t d = (size_t)points->d, m = (size_t)j->pca->basis.m;
  float *tile = j->tile + d * (TILE_ROWS + m) * (size_t)rows.worker,
        *product = tile + d * TILE_ROWS;
  float *sum = j->sums + d * m * (size_t)(rows.from / j->pca->block_size);
  memset(sum, 0, sizeof *sum * d * m);
  for (int64_t first = rows.from; first < rows.to; first += TILE_ROWS) {
    int count = (int)(rows.to - first < TILE_ROWS ? rows.to - first : TILE_ROWS);
    for (int i = 0; i < count; i++)
      for (size_t c = 0; c < d; c++)
        tile[c * TILE_ROWS + (size_t)i] = uf_point(points, (int)first + i)[c];
    j->pca->ctx->kernels->product(tile, TILE_ROWS, (int)d, count, j->pca->image + m * (size_t)first,
                                  (int)m, NULL, product, m);
    for (size_t e = 0; e < d * m; e++) sum[e] += product[e];
  }
}

static double squared_norm(const float *x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += (double)x[i] * x[i];
  return sum;
}

/* One round; *variance is what the basis held before it. */
static uf_status improve_basis(round_job *j, double *variance) {
  uf_status status = UF_OK;
  pca_job *pca = j->pca;
  uf_basis *basis = &pca->basis;
  int n = pca->points->n;
  size_t size = (size_t)basis->depth * (size_t)basis->m;
  UF_TRY(project_all(pca));
  *variance = squared_norm(pca->image, (size_t)n * (size_t)basis->m);
  UF_TRY(uf_parallel_rows(pca->ctx, n, pca->block_size, multiply_section, j));
  memcpy(basis->columns, j->sums, sizeof *basis->columns * size);
  for (int64_t section = 1; section < uf_n_blocks(n, pca->block_size); section++)
    for (size_t e = 0; e < size; e++) basis->columns[e] += j->sums[(size_t)section * size + e];
  UF_TRY(uf_orthonormalize(pca->ctx, basis));
done:
  return status;
}

static uf_status iterate(pca_job *pca) {
  uf_status status = UF_OK;
  double before = 0, variance = 0;
  int64_t d = pca->points->d, m = pca->basis.m;
  round_job job = {.pca = pca};
  UF_NEW(pca->ctx, job.sums, SECTIONS * d * m);
  UF_NEW(pca->ctx, job.tile, (int64_t)pca->ctx->n_threads * d * (TILE_ROWS + m));
  for (int round = 0; round < MAX_ROUNDS; round++) {
    UF_TRY(improve_basis(&job, &variance));
    if (variance - before <= least_growth * variance) break;
    before = variance;
  }
done:
  uf_free(job.sums);
  uf_free(job.tile);
  return status;
}

/* ---- directions and scores ---- */

/* The sign of a direction is arbitrary: its largest element is made positive. */
static void fix_sign(double *direction, int d) {
  double largest = 0;
  for (int i = 0; i < d; i++)
    if (fabs(direction[i]) > fabs(largest)) largest = direction[i];
  for (int i = 0; i < d && largest < 0; i++) direction[i] = -direction[i];
}

uf_status uf_principal_directions(uf_context *ctx, const uf_points *points, int n_directions,
                                  uint64_t seed, double *directions) {
  uf_status status = UF_OK;
  int d = points->d;
  pca_job job;
  UF_TRY(pca_make(ctx, points, n_directions + SPARE_FOR_DIRECTIONS,
                  uf_n_blocks(points->n, SECTIONS), seed, &job));
  UF_TRY(iterate(&job));
  UF_TRY(solve_within_basis(&job, 1));
  for (int c = 0; c < n_directions; c++) {
    double *direction = directions + (size_t)c * (size_t)d;
    for (int i = 0; i < d; i++)
      direction[i] = uf_ritz_element(&job.ritz, job.basis.columns + (size_t)i * (size_t)job.basis.m,
                                     job.mean, c);
    fix_sign(direction, d);
  }
done:
  pca_free(&job);
  return status;
}

uf_status uf_principal_scores(uf_context *ctx, const uf_points *points, int n_directions,
                              uint64_t seed, float *scores) {
  uf_status status = UF_OK;
  pca_job job;
  UF_TRY(pca_make(ctx, points, n_directions + SPARE_FOR_SCORES, ROWS_PER_BLOCK, seed, &job));
  UF_TRY(solve_within_basis(&job, 0));
  for (int i = 0; i < points->n; i++)
    for (int c = 0; c < n_directions; c++)
      *scores++ = (float)uf_ritz_element(&job.ritz, job.image + (size_t)i * (size_t)job.basis.m,
                                         job.mean, c);
done:
  pca_free(&job);
  return status;
}
