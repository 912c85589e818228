/*
 * preprocess/standardize.c: scales from the moments of the columns, and rows transformed. O(n d), and
 * O(n d n_directions) with a rotation. A row's result does not depend on the others.
 */
#include "arith/arith.h"

#include "preprocess/standardize.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/range_check.h"
#include "linalg/pca.h"

enum { ROWS_PER_BLOCK = 64 };

typedef struct moments {
  double low, high, mean;
  double deviation; /* root of the mean square from the mean, with n - 1 */
} moments;

typedef struct measure_job {
  const uf_matrix *matrix;
  moments *column; /* d */
} measure_job;

/* Squares and sums stay in range by a power of two. The mean of what is left takes the rounding out
 * of the first mean. */
static void measure_column(void *job, int64_t c, int worker) {
  (void)worker;
  measure_job *j = job;
  int n = j->matrix->n, column = (int)c;
  moments m = {.low = uf_matrix_at(j->matrix, 0, column)};
  m.high = m.low;
  for (int i = 1; i < n; i++) {
    double x = uf_matrix_at(j->matrix, i, column);
    m.low = x < m.low ? x : m.low;
    m.high = x > m.high ? x : m.high;
  }
  double scale = uf_float_scale(fabs(m.low) > fabs(m.high) ? fabs(m.low) : fabs(m.high));
  double sum = 0, rest = 0, squares = 0;
  for (int i = 0; i < n; i++) sum += uf_matrix_at(j->matrix, i, column) * scale;
  double mean = sum / n;
  for (int i = 0; i < n; i++) rest += uf_matrix_at(j->matrix, i, column) * scale - mean;
  mean += rest / n;
  for (int i = 0; i < n; i++) {
    double x = uf_matrix_at(j->matrix, i, column) * scale - mean;
    squares += x * x;
  }
  m.mean = mean / scale;
  m.deviation = n > 1 ? sqrt(squares / (n - 1)) / scale : 0;
  j->column[column] = m;
}

/* A column without spread says nothing: it becomes 0. */
static double inverse(double spread) { return spread > 0 ? 1 / spread : 0; }

static void choose_scale(const moments *column, uf_scaling scaling, uf_standardization *t) {
  double low = column[0].low, high = column[0].high, farthest = 0;
  for (int c = 0; c < t->d; c++) {
    const moments *m = &column[c];
    double above = m->high - m->mean, below = m->mean - m->low;
    low = m->low < low ? m->low : low;
    high = m->high > high ? m->high : high;
    farthest = above > farthest ? above : farthest;
    farthest = below > farthest ? below : farthest;
  }
  for (int c = 0; c < t->d; c++) {
    const moments *m = &column[c];
    int varies = m->high > m->low;
    switch (scaling) {
    case UF_SCALING_Z:
      t->center[c] = m->mean;
      t->factor[c] = varies ? inverse(m->deviation) : 0;
      break;
    case UF_SCALING_RANGE:
      t->center[c] = low;
      t->factor[c] = inverse(high - low);
      break;
    case UF_SCALING_COLUMN_RANGE:
      t->center[c] = m->low;
      t->factor[c] = inverse(m->high - m->low);
      break;
    case UF_SCALING_MAXABS:
      t->center[c] = m->mean;
      t->factor[c] = varies ? inverse(farthest) : 0;
      break;
    default: t->center[c] = 0; t->factor[c] = 1;
    }
  }
}

/* Principal components are those of centered columns. A common power of two keeps them in the range
 * of float. */
static double center_for_rotation(const moments *column, uf_standardization *t) {
  double farthest = 0;
  for (int c = 0; c < t->d; c++) {
    double above = (column[c].high - column[c].mean) * t->factor[c];
    double below = (column[c].mean - column[c].low) * t->factor[c];
    t->center[c] = column[c].mean;
    farthest = above > farthest ? above : farthest;
    farthest = below > farthest ? below : farthest;
  }
  double scale = uf_float_scale(farthest);
  for (int c = 0; c < t->d; c++) t->factor[c] *= scale;
  return 1 / scale;
}

/* ---- rows ---- */

typedef struct apply_job {
  uf_context *ctx;
  const uf_matrix *matrix;
  const uf_standardization *transform;
  size_t stride;             /* d in whole lanes */
  float *rows;               /* n × stride, or ROWS_PER_BLOCK × stride a worker */
  int m;                     /* n_directions in whole lanes */
  float *rotation, *rotated; /* d × m; ROWS_PER_BLOCK × m a worker */
  double *out;
} apply_job;

/* What is finite remains so. */
static double limited(double x, double limit) {
  return x > limit ? limit : x < -limit ? -limit : x == x ? x : 0;
}

static double scaled(const apply_job *j, int64_t row, int column) {
  double x = uf_matrix_at(j->matrix, (int)row, column);
  return limited((x - j->transform->center[column]) * j->transform->factor[column], 0x1p1000);
}

static void fill_rows(const apply_job *j, uf_range range, float *rows) {
  int d = j->transform->d;
  for (int c = 0; c < d; c++)
    for (int64_t i = range.from; i < range.to; i++)
      rows[j->stride * (size_t)(i - range.from) + (size_t)c] =
          (float)limited(scaled(j, i, c), 0x1p100);
  for (int64_t i = range.from; i < range.to; i++)
    for (size_t c = (size_t)d; c < j->stride; c++)
      rows[j->stride * (size_t)(i - range.from) + c] = 0;
}

static void make_rows(void *job, int64_t block, int worker) {
  (void)worker;
  apply_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->matrix->n);
  fill_rows(j, range, j->rows + j->stride * (size_t)range.from);
}

static void scale_rows(void *job, int64_t block, int worker) {
  (void)worker;
  apply_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->matrix->n);
  for (int c = 0; c < j->transform->d; c++)
    for (int64_t i = range.from; i < range.to; i++)
      j->out[(size_t)c * (size_t)j->matrix->n + (size_t)i] = scaled(j, i, c);
}

static void rotate_rows(void *job, int64_t block, int worker) {
  apply_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->matrix->n);
  size_t m = (size_t)j->m, n = (size_t)j->matrix->n;
  float *rows = j->rows + ROWS_PER_BLOCK * j->stride * (size_t)worker;
  float *rotated = j->rotated + ROWS_PER_BLOCK * m * (size_t)worker;
  fill_rows(j, range, rows);
  j->ctx->kernels->product(rows, j->stride, (int)(range.to - range.from), j->transform->d,
                           j->rotation, j->m, NULL, rotated, m);
  for (int c = 0; c < j->transform->n_directions; c++)
    for (int64_t i = range.from; i < range.to; i++)
      j->out[(size_t)c * n + (size_t)i] =
          j->transform->unit * rotated[m * (size_t)(i - range.from) + (size_t)c];
}

static apply_job job_of(uf_context *ctx, const uf_matrix *matrix,
                        const uf_standardization *transform) {
  return (apply_job){.ctx = ctx,
                     .matrix = matrix,
                     .transform = transform,
                     .stride = (size_t)uf_whole_lanes(transform->d),
                     .m = uf_whole_lanes(transform->n_directions)};
}

uf_status uf_standardize(uf_context *ctx, const uf_matrix *matrix,
                         const uf_standardization *transform, double *out) {
  uf_status status = UF_OK;
  apply_job job = job_of(ctx, matrix, transform);
  int64_t n_blocks = uf_n_blocks(matrix->n, ROWS_PER_BLOCK);
  int d = transform->d;
  job.out = out;
  if (!transform->n_directions) return uf_parallel(ctx, n_blocks, scale_rows, &job);
  UF_NEW_ZERO(ctx, job.rotation, (int64_t)d * job.m);
  UF_NEW(ctx, job.rotated, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * job.m);
  UF_NEW(ctx, job.rows, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * (int64_t)job.stride);
  for (int i = 0; i < d; i++)
    for (int c = 0; c < transform->n_directions; c++)
      job.rotation[(size_t)i * (size_t)job.m + (size_t)c] =
          (float)transform->rotation[(size_t)c * (size_t)d + (size_t)i];
  UF_TRY(uf_parallel(ctx, n_blocks, rotate_rows, &job));
done:
  uf_free(job.rotation);
  uf_free(job.rotated);
  uf_free(job.rows);
  return status;
}

/* ---- the whole ---- */

static uf_status find_rotation(uf_context *ctx, const uf_matrix *matrix, uint64_t seed,
                               uf_standardization *transform) {
  uf_status status = UF_OK;
  apply_job job = job_of(ctx, matrix, transform);
  UF_NEW(ctx, job.rows, (int64_t)matrix->n * (int64_t)job.stride);
  UF_NEW(ctx, transform->rotation, (int64_t)transform->d * transform->n_directions);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(matrix->n, ROWS_PER_BLOCK), make_rows, &job));
  uf_points points = {.metric = UF_EUCLIDEAN,
                      .n = matrix->n,
                      .d = transform->d,
                      .stride = job.stride,
                      .x = job.rows,
                      .unit = 1};
  UF_TRY(uf_principal_directions(ctx, &points, transform->n_directions, seed, transform->rotation));
done:
  uf_free(job.rows);
  return status;
}

uf_status uf_standardization_make(uf_context *ctx, const uf_matrix *matrix, uf_scaling scaling,
                                  int n_directions, uint64_t seed, uf_standardization *transform) {
  uf_status status = UF_OK;
  measure_job job = {.matrix = matrix};
  *transform = (uf_standardization){.d = matrix->d, .n_directions = n_directions, .unit = 1};
  UF_TRY(uf_matrix_check(ctx, matrix, UF_EUCLIDEAN));
  UF_NEW(ctx, job.column, matrix->d);
  UF_NEW(ctx, transform->center, matrix->d);
  UF_NEW(ctx, transform->factor, matrix->d);
  UF_TRY(uf_parallel(ctx, matrix->d, measure_column, &job));
  choose_scale(job.column, scaling, transform);
  if (n_directions) {
    transform->unit = center_for_rotation(job.column, transform);
    UF_TRY(find_rotation(ctx, matrix, seed, transform));
  }
done:
  uf_free(job.column);
  if (status) uf_standardization_free(transform);
  return status;
}

void uf_standardization_free(uf_standardization *transform) {
  uf_free(transform->center);
  uf_free(transform->factor);
  uf_free(transform->rotation);
  *transform = (uf_standardization){0};
}
