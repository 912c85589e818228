#include "arith.h"

#include "points.h"

#include <limits.h>

#include "memory.h"
#include "parallel.h"

enum { ROWS_PER_BLOCK = 64 };

typedef struct points_job {
  const uf_columns *columns;
  uf_points *points;
  double *low, *high; /* range of each column; low is NaN where a value is not finite */
  double *offset;     /* what is subtracted from each column */
  double scale;       /* a power of two */
} points_job;

static inline double value_at(const uf_columns *columns, int row, int column) {
  size_t at = (size_t)columns->n * (size_t)column + (size_t)row;
  if (!columns->is_integer) return ((const double *)columns->values)[at];
  int value = ((const int *)columns->values)[at];
  return value == INT_MIN ? (double)NAN : (double)value;
}

static void measure_column(void *job, int64_t column, int worker) {
  (void)worker;
  points_job *j = job;
  double low = value_at(j->columns, 0, (int)column), high = low, finite = 0;
  for (int i = 0; i < j->columns->n; i++) {
    double x = value_at(j->columns, i, (int)column);
    low = x < low ? x : low;
    high = x > high ? x : high;
    finite += x - x; /* 0, or NaN once and for all */
  }
  j->low[column] = finite == 0 ? low : NAN;
  j->high[column] = high;
}

static uf_status fail_not_finite(uf_context *ctx, const uf_columns *columns, int column) {
  int row = 0;
  while (isfinite(value_at(columns, row, column))) row++;
  double x = value_at(columns, row, column);
  return uf_fail(ctx, UF_BAD_INPUT,
                 "holds %s in row %d, column %d: remove or impute such values first",
                 x != x ? "a missing value (NA or NaN)" : "an infinite value", row + 1, column + 1);
}

/* A column far from zero loses its small differences in float; differences need no such offset. */
static double offset_of(double low, double high, uf_metric metric) {
  int differences_only = metric == UF_EUCLIDEAN || metric == UF_MANHATTAN;
  double largest = fabs(low) > fabs(high) ? fabs(low) : fabs(high);
  return differences_only && high - low < largest * 0x1p-10 ? low : 0;
}

/* 1 while that will do, else what brings the largest value near 1. */
double uf_float_scale(double largest) {
  if (largest == 0 || (largest > 0x1p-40 && largest < 0x1p40)) return 1;
  int exponent = (int)(uf_double_bits(largest) >> 52) - 1023;
  return uf_scale2(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

static uf_status measure(uf_context *ctx, points_job *job) {
  const uf_columns *columns = job->columns;
  uf_status status = uf_parallel(ctx, columns->d, measure_column, job);
  if (status) return status;
  double largest = 0;
  for (int j = 0; j < columns->d; j++) {
    if (job->low[j] != job->low[j]) return fail_not_finite(ctx, columns, j);
    job->offset[j] = offset_of(job->low[j], job->high[j], job->points->metric);
    double low = fabs(job->low[j] - job->offset[j]), high = fabs(job->high[j] - job->offset[j]);
    largest = low > largest ? low : largest;
    largest = high > largest ? high : largest;
  }
  job->scale = uf_float_scale(largest);
  return UF_OK;
}

/* Means (for correlation) and lengths of a block of rows, by columns so that reading is in order.
 */
static void measure_rows(const points_job *j, uf_range rows, double *mean, double *length) {
  int n = (int)(rows.to - rows.from), d = j->columns->d;
  int rounds = j->points->metric == UF_CORRELATION
                   ? 2
                   : 0; /* the second takes the rounding out of a long row's mean */
  for (int r = 0; r < n; r++) mean[r] = 0;
  for (int round = 0; round < rounds; round++) {
    for (int r = 0; r < n; r++) length[r] = 0;
    for (int c = 0; c < d; c++)
      for (int r = 0; r < n; r++)
        length[r] += value_at(j->columns, (int)rows.from + r, c) * j->scale - mean[r];
    for (int r = 0; r < n; r++) mean[r] += length[r] / d;
  }
  for (int r = 0; r < n; r++) length[r] = 0;
  for (int c = 0; c < d; c++)
    for (int r = 0; r < n; r++) {
      double x = value_at(j->columns, (int)rows.from + r, c) * j->scale - mean[r];
      length[r] += x * x;
    }
  for (int r = 0; r < n; r++) length[r] = sqrt(length[r]);
}

/* A constant row's deviations are rounding errors of its mean, not a direction. */
static int has_direction(double mean, double length) { return length > 1e-12 * fabs(mean); }

static void fill_directions(void *job, int64_t block, int worker) {
  (void)worker;
  points_job *j = job;
  uf_points *points = j->points;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, points->n);
  double mean[ROWS_PER_BLOCK], length[ROWS_PER_BLOCK];
  measure_rows(j, rows, mean, length);
  for (int c = 0; c < j->columns->d; c++)
    for (int i = (int)rows.from; i < rows.to; i++) {
      int r = i - (int)rows.from;
      double x = value_at(j->columns, i, c) * j->scale - mean[r];
      points->x[points->stride * (size_t)i + (size_t)c] =
          has_direction(mean[r], length[r]) ? (float)(x / length[r]) : 0;
    }
  for (int i = (int)rows.from; i < rows.to; i++) {
    int r = i - (int)rows.from;
    float *row = points->x + points->stride * (size_t)i;
    for (size_t c = (size_t)j->columns->d; c < points->stride; c++) row[c] = 0;
    row[j->columns->d] = has_direction(mean[r], length[r]) ? 0 : 1;
  }
}

static void fill_values(void *job, int64_t block, int worker) {
  (void)worker;
  points_job *j = job;
  uf_points *points = j->points;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, points->n);
  for (int c = 0; c < j->columns->d; c++)
    for (int i = (int)rows.from; i < rows.to; i++)
      points->x[points->stride * (size_t)i + (size_t)c] =
          (float)((value_at(j->columns, i, c) - j->offset[c]) * j->scale);
  for (int i = (int)rows.from; i < rows.to; i++)
    for (size_t c = (size_t)j->columns->d; c < points->stride; c++)
      points->x[points->stride * (size_t)i + c] = 0;
}

uf_status uf_points_make(uf_context *ctx, const uf_columns *columns, uf_metric metric,
                         uf_points *points) {
  uf_status status = UF_OK;
  int by_direction = metric == UF_COSINE || metric == UF_CORRELATION;
  points_job job = {.columns = columns, .points = points};
  *points =
      (uf_points){.metric = metric, .n = columns->n, .d = columns->d + by_direction, .unit = 1};
  points->stride = (size_t)(points->d + UF_LANES - 1) / UF_LANES * UF_LANES;
  UF_NEW(ctx, job.low, columns->d);
  UF_NEW(ctx, job.high, columns->d);
  UF_NEW(ctx, job.offset, columns->d);
  UF_TRY(measure(ctx, &job));
  UF_NEW(ctx, points->x, (int64_t)points->n * (int64_t)points->stride);
  if (!by_direction) points->unit = 1 / job.scale;
  UF_TRY(uf_parallel(ctx, uf_n_blocks(points->n, ROWS_PER_BLOCK),
                     by_direction ? fill_directions : fill_values, &job));
done:
  uf_free(job.low);
  uf_free(job.high);
  uf_free(job.offset);
  if (status) uf_points_free(points);
  return status;
}

void uf_points_free(uf_points *points) {
  uf_free(points->x);
  points->x = NULL;
}

uf_distance_kernel *uf_distance_of(const uf_context *ctx, const uf_points *points) {
  return points->metric == UF_MANHATTAN ? ctx->kernels->manhattan : ctx->kernels->squared_euclidean;
}

float uf_distance_from_rank(uf_metric metric, float rank) {
  switch (metric) {
  case UF_EUCLIDEAN: return sqrtf(rank);
  case UF_COSINE:
  case UF_CORRELATION:
    return rank < 4 ? 0.5f * rank : 2; /* rounding can exceed the metric's limit */
  default: return rank;
  }
}
