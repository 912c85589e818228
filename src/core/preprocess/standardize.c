/*
 * preprocess/standardize.c: each column j has a center c_j and a factor f_j, from its mean μ_j, its
 * standard deviation s_j and its range [low_j, high_j]:
 *
 *                    c_j          f_j
 *   none             0            1
 *   z                μ_j          1 / s_j
 *   range            min_k low_k  1 / (max_k high_k - min_k low_k)
 *   column range     low_j        1 / (high_j - low_j)
 *   maxabs           μ_j          1 / max_ik |x_ik - μ_k|
 *
 * and z_ij = (x_ij - c_j) f_j; a factor 1 / 0 is 0, as a column that does not vary carries no
 * information. With a rotation R, the principal directions of z (linalg/pca.h), every c_j is μ_j,
 * and rows become u zᵀ R. The product is made in single precision: factors f_j 2^e bring the
 * largest z to a size whose square does not overflow, and u = 2^-e takes that back.
 *
 * O(n d), and O(n d n_directions) with a rotation. A row's result does not depend on the others.
 */
#include "arith/arith.h"

#include "preprocess/standardize.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/points.h"
#include "data/prepare.h"
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

/* A power of two keeps squares and sums in range. The mean of what is left after the first mean is
 * subtracted takes the rounding out of it: μ = m + Σ (x - m) / n. */
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

static double inverse(double extent) { return extent > 0 ? 1 / extent : 0; }

static void choose_scale(const moments *column, uf_scaling scaling, uf_standardization *s) {
  double low = column[0].low, high = column[0].high, farthest = 0;
  for (int c = 0; c < s->d; c++) {
    const moments *m = &column[c];
    double above = m->high - m->mean, below = m->mean - m->low;
    low = m->low < low ? m->low : low;
    high = m->high > high ? m->high : high;
    farthest = above > farthest ? above : farthest;
    farthest = below > farthest ? below : farthest;
  }
  for (int c = 0; c < s->d; c++) {
    const moments *m = &column[c];
    int varies = m->high > m->low;
    switch (scaling) {
    case UF_SCALING_Z:
      s->center[c] = m->mean;
      s->factor[c] = varies ? inverse(m->deviation) : 0;
      break;
    case UF_SCALING_RANGE:
      s->center[c] = low;
      s->factor[c] = inverse(high - low);
      break;
    case UF_SCALING_COLUMN_RANGE:
      s->center[c] = m->low;
      s->factor[c] = inverse(m->high - m->low);
      break;
    case UF_SCALING_MAXABS:
      s->center[c] = m->mean;
      s->factor[c] = varies ? inverse(farthest) : 0;
      break;
    default: s->center[c] = 0; s->factor[c] = 1;
    }
  }
}

/* Centers the columns, and scales them by 2^e so that single precision holds them. Returns 2^-e. */
static double center_for_rotation(const moments *column, uf_standardization *s) {
  double farthest = 0;
  for (int c = 0; c < s->d; c++) {
    double above = (column[c].high - column[c].mean) * s->factor[c];
    double below = (column[c].mean - column[c].low) * s->factor[c];
    s->center[c] = column[c].mean;
    farthest = above > farthest ? above : farthest;
    farthest = below > farthest ? below : farthest;
  }
  double scale = uf_float_scale(farthest);
  for (int c = 0; c < s->d; c++) s->factor[c] *= scale;
  return 1 / scale;
}

/* ---- applying it to rows ---- */

typedef struct apply_job {
  uf_context *ctx;
  const uf_matrix *matrix;
  const uf_standardization *standardization;
  size_t stride;   /* d in whole lanes */
  float *rows;     /* n × stride, or per worker: ROWS_PER_BLOCK × stride */
  int m;           /* n_directions in whole lanes */
  float *rotation; /* d × m */
  float *rotated;  /* per worker: ROWS_PER_BLOCK × m */
  double *out;     /* n × (n_directions or d) by columns */
} apply_job;

/* Within ±limit, so that what is finite remains so; 0 where the product of an overflow and a factor
 * of 0 is NaN. */
static double limited(double x, double limit) {
  return x > limit ? limit : x < -limit ? -limit : x == x ? x : 0;
}

static double scaled(const apply_job *j, int64_t row, int column) {
  double x = uf_matrix_at(j->matrix, (int)row, column);
  return limited((x - j->standardization->center[column]) * j->standardization->factor[column],
                 0x1p1000);
}

/* z of some rows, as floats: (to - from) × stride. */
static void fill_rows(const apply_job *j, uf_rows range, float *z) {
  int d = j->standardization->d;
  for (int c = 0; c < d; c++)
    for (int64_t i = range.from; i < range.to; i++)
      z[j->stride * (size_t)(i - range.from) + (size_t)c] =
          (float)limited(scaled(j, i, c), 0x1p100);
  for (int64_t i = range.from; i < range.to; i++)
    for (size_t c = (size_t)d; c < j->stride; c++) z[j->stride * (size_t)(i - range.from) + c] = 0;
}

static void make_rows(void *job, uf_rows rows) {
  apply_job *j = job;
  fill_rows(j, rows, j->rows + j->stride * (size_t)rows.from);
}

static void scale_rows(void *job, uf_rows rows) {
  apply_job *j = job;
  size_t n = (size_t)j->matrix->n;
  for (int c = 0; c < j->standardization->d; c++)
    for (int64_t i = rows.from; i < rows.to; i++)
      j->out[(size_t)c * n + (size_t)i] = scaled(j, i, c);
}

static void rotate_rows(void *job, uf_rows rows) {
  apply_job *j = job;
  const uf_standardization *s = j->standardization;
  size_t m = (size_t)j->m, n = (size_t)j->matrix->n;
  float *z = j->rows + ROWS_PER_BLOCK * j->stride * (size_t)rows.worker;
  float *rotated = j->rotated + ROWS_PER_BLOCK * m * (size_t)rows.worker;
  fill_rows(j, rows, z);
  j->ctx->kernels->product(z, j->stride, (int)(rows.to - rows.from), s->d, j->rotation, j->m, NULL,
                           rotated, m);
  for (int c = 0; c < s->n_directions; c++)
    for (int64_t i = rows.from; i < rows.to; i++)
      j->out[(size_t)c * n + (size_t)i] =
          s->unit * rotated[m * (size_t)(i - rows.from) + (size_t)c];
}

static apply_job job_of(uf_context *ctx, const uf_matrix *matrix,
                        const uf_standardization *standardization) {
  return (apply_job){.ctx = ctx,
                     .matrix = matrix,
                     .standardization = standardization,
                     .stride = (size_t)uf_whole_lanes(standardization->d),
                     .m = uf_whole_lanes(standardization->n_directions)};
}

uf_status uf_standardize(uf_context *ctx, const uf_matrix *matrix,
                         const uf_standardization *standardization, double *out) {
  uf_status status = UF_OK;
  apply_job job = job_of(ctx, matrix, standardization);
  int d = standardization->d;
  job.out = out;
  UF_TRY(uf_matrix_check(ctx, matrix, UF_EUCLIDEAN));
  if (!standardization->n_directions)
    return uf_parallel_rows(ctx, matrix->n, ROWS_PER_BLOCK, scale_rows, &job);
  UF_NEW_ZERO(ctx, job.rotation, (int64_t)d * job.m);
  UF_NEW(ctx, job.rotated, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * job.m);
  UF_NEW(ctx, job.rows, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * (int64_t)job.stride);
  for (int i = 0; i < d; i++)
    for (int c = 0; c < standardization->n_directions; c++)
      job.rotation[(size_t)i * (size_t)job.m + (size_t)c] =
          (float)standardization->rotation[(size_t)c * (size_t)d + (size_t)i];
  UF_TRY(uf_parallel_rows(ctx, matrix->n, ROWS_PER_BLOCK, rotate_rows, &job));
done:
  uf_free(job.rotation);
  uf_free(job.rotated);
  uf_free(job.rows);
  return status;
}

/* ---- deciding ---- */

static uf_status find_rotation(uf_context *ctx, const uf_matrix *matrix, uint64_t seed,
                               uf_standardization *standardization) {
  uf_status status = UF_OK;
  apply_job job = job_of(ctx, matrix, standardization);
  UF_NEW(ctx, job.rows, (int64_t)matrix->n * (int64_t)job.stride);
  UF_NEW(ctx, standardization->rotation,
         (int64_t)standardization->d * standardization->n_directions);
  UF_TRY(uf_parallel_rows(ctx, matrix->n, ROWS_PER_BLOCK, make_rows, &job));
  uf_points points = {.metric = UF_EUCLIDEAN,
                      .n = matrix->n,
                      .d = standardization->d,
                      .stride = job.stride,
                      .x = job.rows,
                      .unit = 1};
  UF_TRY(uf_principal_directions(ctx, &points, standardization->n_directions, seed,
                                 standardization->rotation));
done:
  uf_free(job.rows);
  return status;
}

uf_status uf_standardization_make(uf_context *ctx, const uf_matrix *matrix, uf_scaling scaling,
                                  int n_directions, uint64_t seed,
                                  uf_standardization *standardization) {
  uf_status status = UF_OK;
  measure_job job = {.matrix = matrix};
  *standardization = (uf_standardization){.d = matrix->d, .n_directions = n_directions, .unit = 1};
  UF_TRY(uf_matrix_check(ctx, matrix, UF_EUCLIDEAN));
  UF_NEW(ctx, job.column, matrix->d);
  UF_NEW(ctx, standardization->center, matrix->d);
  UF_NEW(ctx, standardization->factor, matrix->d);
  UF_TRY(uf_parallel(ctx, matrix->d, measure_column, &job));
  choose_scale(job.column, scaling, standardization);
  if (n_directions) {
    standardization->unit = center_for_rotation(job.column, standardization);
    UF_TRY(find_rotation(ctx, matrix, seed, standardization));
  }
done:
  uf_free(job.column);
  if (status) uf_standardization_free(standardization);
  return status;
}

void uf_standardization_free(uf_standardization *standardization) {
  uf_free(standardization->center);
  uf_free(standardization->factor);
  uf_free(standardization->rotation);
  *standardization = (uf_standardization){0};
}
