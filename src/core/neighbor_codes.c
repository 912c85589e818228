#include "arith.h"

#include "neighbor_codes.h"

#include <stdlib.h>

#include "memory.h"
#include "parallel.h"
#include "random.h"
#include "subspace.h"

enum {
  DIRECTIONS = 96,   /* rows with more columns are projected on so many directions */
  BASIS_ROWS = 4096, /* rows that the principal subspace is taken from */
  SCALE_ROWS = 2048, /* rows that the scale is taken from */
  LARGEST_CODE = 63,
  ROWS_PER_BLOCK = 384,
  EMPTY_HALF_NORM = 0x3fffffff
};

/* Codes reach as far as a Gaussian's 4.8 standard deviations, measured by its 99 % quantile
 * (2.576), which outliers do not move. */
static const float reach = 4.8f / 2.576f;

typedef struct basis {
  int depth; /* columns of the points */
  int n_directions;
  int m;          /* n_directions rounded up to whole lanes */
  float *columns; /* depth × m */
  float *offset;  /* m: less the median of each coordinate */
  float scale;
} basis;

static void basis_free(basis *b) {
  uf_free(b->columns);
  uf_free(b->offset);
}

/* Columns = rotation, or principal subspace × rotation. */
static uf_status choose_directions(uf_context *ctx, const uf_points *points, uint64_t seed,
                                   basis *b) {
  uf_status status = UF_OK;
  int m = b->m;
  float *subspace = NULL, *rotation = NULL;
  uint64_t key = uf_key(seed, UF_STAGE_ROTATION, 0, 0);
  if (points->d <= DIRECTIONS)
    return uf_random_directions(ctx, points->d, b->n_directions, m, key, b->columns);
  UF_NEW(ctx, subspace, (int64_t)points->d * m);
  UF_NEW(ctx, rotation, (int64_t)m * m);
  UF_TRY(uf_principal_subspace(ctx, points, BASIS_ROWS, b->n_directions, m, seed, subspace));
  UF_TRY(uf_random_directions(ctx, m, b->n_directions, m, key, rotation));
  ctx->kernels->product(subspace, (size_t)m, points->d, m, rotation, m, NULL, b->columns,
                        (size_t)m);
done:
  uf_free(subspace);
  uf_free(rotation);
  return status;
}

static int compare_floats(const void *x, const void *y) {
  float a = *(const float *)x, b = *(const float *)y;
  return (a > b) - (a < b);
}

/* Sets offset and scale from a sample: each coordinate less its median, and one quantile of them
 * all. */
static uf_status choose_scale(uf_context *ctx, const uf_points *points, basis *b) {
  uf_status status = UF_OK;
  int n = points->n < SCALE_ROWS ? points->n : SCALE_ROWS, used = b->n_directions;
  int *rows = NULL;
  float *sample = NULL, *column = NULL, *quantile = NULL;
  UF_NEW(ctx, rows, n);
  UF_NEW(ctx, sample, (int64_t)n * b->m);
  UF_NEW(ctx, column, n);
  UF_NEW(ctx, quantile, used);
  uf_even_rows(points->n, n, rows);
  UF_TRY(uf_project(ctx, points, rows, n, b->columns, b->m, NULL, sample));
  memset(b->offset, 0, sizeof *b->offset * (size_t)b->m);
  for (int c = 0; c < used; c++) {
    for (int i = 0; i < n; i++) column[i] = sample[(size_t)i * (size_t)b->m + (size_t)c];
    qsort(column, (size_t)n, sizeof *column, compare_floats);
    float median = column[n / 2];
    b->offset[c] = -median;
    for (int i = 0; i < n; i++) column[i] = fabsf(column[i] - median);
    qsort(column, (size_t)n, sizeof *column, compare_floats);
    quantile[c] = column[(int)(0.99 * (n - 1))];
  }
  /* The rotation makes the coordinates alike; the upper quartile of them is safe against a few that
   * are constant. */
  qsort(quantile, (size_t)used, sizeof *quantile, compare_floats);
  float spread = quantile[3 * (used - 1) / 4];
  if (spread == 0) spread = quantile[used - 1];
  b->scale = spread > 1e-30f ? LARGEST_CODE / (reach * spread) : 0;
done:
  uf_free(rows);
  uf_free(sample);
  uf_free(column);
  uf_free(quantile);
  return status;
}

typedef struct encode_job {
  uf_context *ctx;
  const uf_points *points;
  const basis *basis;
  uf_codes *codes;
  float *projected; /* per worker: ROWS_PER_BLOCK × m */
} encode_job;

static uint8_t encode(float value, float scale) {
  float scaled = value * scale;
  scaled = scaled > LARGEST_CODE ? LARGEST_CODE : scaled < -LARGEST_CODE ? -LARGEST_CODE : scaled;
  return (uint8_t)(int)(scaled + (64 + 0.5f)); /* positive, so that cutting rounds */
}

static void encode_block(void *job, int64_t block, int worker) {
  encode_job *j = job;
  const basis *b = j->basis;
  size_t n_bytes = (size_t)j->codes->n_bytes;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->points->n);
  float *projected = j->projected + (size_t)worker * ROWS_PER_BLOCK * (size_t)b->m;
  j->ctx->kernels->product(uf_point(j->points, (int)range.from), j->points->stride,
                           (int)(range.to - range.from), b->depth, b->columns, b->m, b->offset,
                           projected, (size_t)b->m);
  for (int64_t i = range.from; i < range.to; i++, projected += b->m) {
    uint8_t *code = j->codes->bytes + (size_t)i * n_bytes;
    for (size_t c = 0; c < n_bytes; c++) code[c] = encode(projected[c], b->scale);
  }
}

uf_status uf_codes_make(uf_context *ctx, const uf_points *points, uint64_t seed, uf_codes *codes) {
  uf_status status = UF_OK;
  basis b = {.depth = points->d};
  encode_job job = {.ctx = ctx, .points = points, .basis = &b, .codes = codes};
  b.n_directions = points->d < DIRECTIONS ? points->d : DIRECTIONS;
  b.m = (b.n_directions + UF_LANES - 1) / UF_LANES * UF_LANES;
  *codes = (uf_codes){.n = points->n, .n_bytes = (b.n_directions + 3) / 4 * 4};
  UF_NEW(ctx, b.columns, (int64_t)b.depth * b.m);
  UF_NEW(ctx, b.offset, b.m);
  UF_NEW(ctx, codes->bytes, (int64_t)codes->n * codes->n_bytes);
  UF_NEW(ctx, job.projected, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * b.m);
  UF_TRY(choose_directions(ctx, points, seed, &b));
  UF_TRY(choose_scale(ctx, points, &b));
  UF_TRY(uf_parallel(ctx, uf_n_blocks(points->n, ROWS_PER_BLOCK), encode_block, &job));
done:
  basis_free(&b);
  uf_free(job.projected);
  if (status) uf_codes_free(codes);
  return status;
}

void uf_codes_free(uf_codes *codes) {
  uf_free(codes->bytes);
  codes->bytes = NULL;
}

uf_status uf_panels_make(uf_context *ctx, int n_panels, int n_bytes, uf_panels *panels) {
  uf_status status = UF_OK;
  *panels = (uf_panels){.n_panels = n_panels};
  UF_NEW_ZERO(ctx, panels->bytes, (int64_t)n_panels * 16 * n_bytes);
  UF_NEW(ctx, panels->half_norm, (int64_t)n_panels * 16);
done:
  if (status) uf_panels_free(panels);
  return status;
}

void uf_panels_free(uf_panels *panels) {
  uf_free(panels->bytes);
  uf_free(panels->half_norm);
  *panels = (uf_panels){0};
}

void uf_panels_put(uf_panels *panels, int n_bytes, int place, const uint8_t *code) {
  if (!code) {
    panels->half_norm[place] = EMPTY_HALF_NORM;
    return;
  }
  int8_t *panel = panels->bytes + (size_t)(place / 16) * 16 * (size_t)n_bytes + 4 * (place % 16);
  int32_t norm = 0, sum = 0;
  for (int c = 0; c < n_bytes; c++) {
    int value = code[c] - 64;
    panel[64 * (c / 4) + c % 4] = (int8_t)value;
    norm += value * value;
    sum += value;
  }
  panels->half_norm[place] = norm / 2 + 64 * sum;
}
