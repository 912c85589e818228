/*
 * linalg/pca.c: principal directions of centered rows A (n × d).
 *
 * Subspace iteration, Q ← orth(Aᵀ (A Q)), from the principal subspace of a sample until the variance
 * that it holds has settled; then the directions within it by a small eigenproblem (Rayleigh and
 * Ritz; Halko, Martinsson, Tropp 2011). O(n d n_directions) a round. Some directions more than
 * wanted are carried along, for the last ones settle slowly.
 */
#include "arith/arith.h"

#include "linalg/jacobi.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "linalg/subspace.h"
#include "preprocess/standardize.h"

enum {
  SAMPLE_ROWS = 4096,
  SPARE_DIRECTIONS = 10,
  MAX_ROUNDS = 40,
  SECTIONS = 16, /* of the rows, each with a sum of its own */
  TILE_ROWS = 128
};

static const double settled = 1e-7; /* relative change of the variance in a round */

typedef struct pca_job {
  uf_context *ctx;
  const uf_points *points;
  int used, m;   /* directions carried along, and in whole lanes */
  float *basis;  /* d × m */
  float *image;  /* n × m: A Q */
  float *sums;   /* SECTIONS × d × m: Aᵀ A Q of each section */
  float *tile;   /* per worker: d × TILE_ROWS, then d × m */
  double *grams; /* SECTIONS × used × used: (A Q)ᵀ A Q */
} pca_job;

static uf_range section_range(const pca_job *j, int64_t section) {
  int64_t size = ((int64_t)j->points->n + SECTIONS - 1) / SECTIONS;
  uf_range range = uf_block_range(section, size, j->points->n);
  if (range.from > range.to) range.from = range.to;
  return range;
}

/* Sums the rows of a section tile by tile, each transposed so that the product is one of rows. */
static void multiply_section(void *job, int64_t section, int worker) {
  pca_job *j = job;
  const uf_points *points = j->points;
  size_t d = (size_t)points->d, m = (size_t)j->m;
  float *tile = j->tile + d * (TILE_ROWS + m) * (size_t)worker, *product = tile + d * TILE_ROWS;
  float *sum = j->sums + d * m * (size_t)section;
  uf_range range = section_range(j, section);
  memset(sum, 0, sizeof *sum * d * m);
  for (int64_t first = range.from; first < range.to; first += TILE_ROWS) {
    int count = (int)(range.to - first < TILE_ROWS ? range.to - first : TILE_ROWS);
    for (int i = 0; i < count; i++)
      for (size_t c = 0; c < d; c++)
        tile[c * TILE_ROWS + (size_t)i] = uf_point(points, (int)first + i)[c];
    j->ctx->kernels->product(tile, TILE_ROWS, (int)d, count, j->image + m * (size_t)first, j->m,
                             NULL, product, m);
    for (size_t e = 0; e < d * m; e++) sum[e] += product[e];
  }
}

static void gram_section(void *job, int64_t section, int worker) {
  (void)worker;
  pca_job *j = job;
  size_t used = (size_t)j->used;
  double *gram = j->grams + used * used * (size_t)section;
  uf_range range = section_range(j, section);
  memset(gram, 0, sizeof *gram * used * used);
  for (int64_t i = range.from; i < range.to; i++) {
    const float *row = j->image + (size_t)i * (size_t)j->m;
    for (size_t a = 0; a < used; a++)
      for (size_t b = 0; b <= a; b++) gram[a * used + b] += (double)row[a] * row[b];
  }
}

static double squared_norm(const float *x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) sum += (double)x[i] * x[i];
  return sum;
}

/* One round; *variance is what the basis held before it. */
static uf_status improve_basis(pca_job *j, double *variance) {
  uf_status status = UF_OK;
  size_t size = (size_t)j->points->d * (size_t)j->m;
  UF_TRY(uf_project(j->ctx, j->points, NULL, j->points->n, j->basis, j->m, NULL, j->image));
  *variance = squared_norm(j->image, (size_t)j->points->n * (size_t)j->m);
  UF_TRY(uf_parallel(j->ctx, SECTIONS, multiply_section, j));
  memcpy(j->basis, j->sums, sizeof *j->basis * size);
  for (size_t section = 1; section < SECTIONS; section++)
    for (size_t e = 0; e < size; e++) j->basis[e] += j->sums[section * size + e];
  UF_TRY(uf_orthonormalize(j->ctx, j->points->d, j->used, j->m, j->basis));
done:
  return status;
}

/* Eigenvectors of the basis' covariance, `used` × `used` by rows, in order of variance. */
static uf_status ritz_vectors(pca_job *j, double *values, double *vectors) {
  uf_status status = UF_OK;
  size_t used = (size_t)j->used;
  UF_TRY(uf_project(j->ctx, j->points, NULL, j->points->n, j->basis, j->m, NULL, j->image));
  UF_TRY(uf_parallel(j->ctx, SECTIONS, gram_section, j));
  for (size_t section = 1; section < SECTIONS; section++)
    for (size_t e = 0; e < used * used; e++) j->grams[e] += j->grams[section * used * used + e];
  for (size_t a = 0; a < used; a++)
    for (size_t b = 0; b < a; b++) j->grams[b * used + a] = j->grams[a * used + b];
  UF_TRY(uf_symmetric_eigen(j->ctx, j->used, j->grams, values, vectors));
done:
  return status;
}

/* A direction's sign says nothing: its largest element is positive. */
static void fix_sign(double *direction, int d) {
  double largest = 0;
  for (int i = 0; i < d; i++)
    if (fabs(direction[i]) > fabs(largest)) largest = direction[i];
  for (int i = 0; i < d && largest < 0; i++) direction[i] = -direction[i];
}

static void combine_basis(const pca_job *j, const double *vectors, int n_directions,
                          double *directions) {
  int d = j->points->d;
  for (int c = 0; c < n_directions; c++) {
    double *direction = directions + (size_t)c * (size_t)d;
    for (int i = 0; i < d; i++) {
      direction[i] = 0;
      for (int a = 0; a < j->used; a++)
        direction[i] += j->basis[(size_t)i * (size_t)j->m + (size_t)a] * vectors[a * j->used + c];
    }
    fix_sign(direction, d);
  }
}

uf_status uf_principal_directions(uf_context *ctx, const uf_points *points, int n_directions,
                                  uint64_t seed, double *directions) {
  uf_status status = UF_OK;
  int d = points->d;
  pca_job job = {.ctx = ctx, .points = points};
  job.used = n_directions + SPARE_DIRECTIONS < d ? n_directions + SPARE_DIRECTIONS : d;
  job.m = uf_whole_lanes(job.used);
  double *values = NULL, *vectors = NULL, before = 0, variance = 0;
  int64_t size = (int64_t)d * job.m;
  UF_NEW(ctx, job.basis, size);
  UF_NEW(ctx, job.image, (int64_t)points->n * job.m);
  UF_NEW(ctx, job.sums, SECTIONS * size);
  UF_NEW(ctx, job.tile, (int64_t)ctx->n_threads * d * (TILE_ROWS + job.m));
  UF_NEW(ctx, job.grams, (int64_t)SECTIONS * job.used * job.used);
  UF_NEW(ctx, values, job.used);
  UF_NEW(ctx, vectors, (int64_t)job.used * job.used);
  UF_TRY(uf_principal_subspace(ctx, points, SAMPLE_ROWS, job.used, job.m, seed, job.basis));
  for (int round = 0; round < MAX_ROUNDS; round++) {
    UF_TRY(improve_basis(&job, &variance));
    if (variance - before <= settled * variance) break;
    before = variance;
  }
  UF_TRY(ritz_vectors(&job, values, vectors));
  combine_basis(&job, vectors, n_directions, directions);
done:
  uf_free(job.basis);
  uf_free(job.image);
  uf_free(job.sums);
  uf_free(job.tile);
  uf_free(job.grams);
  uf_free(values);
  uf_free(vectors);
  return status;
}
