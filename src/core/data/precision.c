#include "arith/arith.h"

#include "data/precision.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct precision_job {
  const uf_matrix *matrix;
  const double *offset;
  const uf_points *points;
  int (*is_bad)(const struct precision_job *job, int row);
  int *count; /* per worker: bad rows */
  int *first; /* per worker: the first of them */
} precision_job;

static void look_at_rows(void *job, uf_rows rows) {
  precision_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++) {
    if (!j->is_bad(j, i)) continue;
    if (j->count[rows.worker]++ == 0 || i < j->first[rows.worker]) j->first[rows.worker] = i;
  }
}

/* How many rows are bad, and the first of them. */
static uf_status count_bad(uf_context *ctx, precision_job *job, int *count, int *first) {
  uf_status status = UF_OK;
  *count = 0;
  *first = job->points->n;
  UF_NEW_ZERO(ctx, job->count, ctx->n_threads);
  UF_NEW_ZERO(ctx, job->first, ctx->n_threads);
  UF_TRY(uf_parallel_rows(ctx, job->points->n, ROWS_PER_BLOCK, look_at_rows, job));
  for (int w = 0; w < ctx->n_threads; w++) {
    *count += job->count[w];
    if (job->count[w] && job->first[w] < *first) *first = job->first[w];
  }
done:
  uf_free(job->count);
  uf_free(job->first);
  return status;
}

/* Whether the absolute size of values matters, not only their size relative to the rest of the
 * row. */
static int has_sizes(const uf_points *points) {
  uf_row_form form = uf_metric_of(points->metric)->form;
  return points->form != UF_BIT_STRINGS && points->metric != UF_FUNCTION &&
         (form == UF_ROW_AS_GIVEN || form == UF_ROW_STANDARDIZED || form == UF_ROW_WHITENED);
}

/* All values of a row, or the nonzero ones of a compressed row. */
static const float *values_of(const uf_points *points, int row, int64_t *count) {
  int is_compressed = points->form == UF_COMPRESSED_ROWS;
  int64_t from = is_compressed ? points->start[row] : 0;
  *count = is_compressed ? points->start[row + 1] - from : points->d;
  return is_compressed ? points->value + from : uf_point(points, row);
}

/* ---- Underflow ---- */

/* The least value that is not 0 after the metric's powers. */
static float least_value(uf_metric metric) {
  if (uf_metric_of(metric)->comparison == UF_COMPARE_SQUARES) return 0x1p-63f;
  return metric == UF_TSSS ? 0x1p-31f : 0x1p-126f;
}

static int is_lost(const precision_job *j, int row) {
  int64_t count;
  const float *value = values_of(j->points, row, &count), least = least_value(j->points->metric);
  for (int64_t e = 0; e < count; e++)
    if (fabsf(value[e]) >= least) return 0;
  if (j->points->form == UF_COMPRESSED_ROWS) return count > 0;
  for (int c = 0; c < j->matrix->d; c++)
    if (uf_matrix_at(j->matrix, row, c) != j->offset[c]) return 1;
  return 0;
}

uf_status uf_check_precision(uf_context *ctx, const uf_matrix *matrix,
                             const uf_preparation *preparation, const uf_points *points) {
  char text[256];
  int count, first;
  precision_job job = {
      .matrix = matrix, .offset = preparation->offset, .points = points, .is_bad = is_lost};
  if (!has_sizes(points)) return UF_OK;
  uf_status status = count_bad(ctx, &job, &count, &first);
  if (status || count == 0) return status;
  snprintf(
      text, sizeof text,
      "next to the largest values, %d other rows, the first of them %d, cannot be told apart in "
      "single precision; remove or rescale those values",
      count, first + 1);
  if (points->metric == UF_TSSS)
    return uf_fail(ctx, UF_BAD_INPUT, "has values of too many magnitudes: %s", text);
  uf_warn(ctx, UF_WARN_PRECISION, text);
  return UF_OK;
}

/* ---- Overflow ---- */

/* The greatest norm of a row whose distances float can hold after the metric's powers. */
static double greatest_norm(uf_metric metric) {
  if (uf_metric_of(metric)->comparison == UF_COMPARE_SQUARES) return 0x1p63;
  return metric == UF_TSSS ? 0x1p31 : 0x1p120;
}

static int is_too_large(const precision_job *j, int row) {
  int64_t count;
  const float *value = values_of(j->points, row, &count);
  double squares = 0;
  for (int64_t e = 0; e < count; e++) squares += (double)value[e] * value[e];
  return !(sqrt(squares) <= greatest_norm(j->points->metric));
}

uf_status uf_check_overflow(uf_context *ctx, const uf_points *points) {
  int count, first;
  precision_job job = {.points = points, .is_bad = is_too_large};
  if (!has_sizes(points) || points->metric == UF_HAMMING) return UF_OK;
  uf_status status = count_bad(ctx, &job, &count, &first);
  if (status || count == 0) return status;
  return uf_fail(ctx, UF_BAD_INPUT,
                 "has values in row %d that are too large to be compared with the other rows in "
                 "single precision; remove the row or correct its largest values",
                 first + 1);
}
