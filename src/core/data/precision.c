#include "arith/arith.h"

#include "data/precision.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "data/duplicates.h"

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

static uf_status check_underflow(uf_context *ctx, precision_job *job, int *count) {
  char text[256];
  int first;
  *count = 0;
  if (!has_sizes(job->points)) return UF_OK;
  job->is_bad = is_lost;
  uf_status status = count_bad(ctx, job, count, &first);
  if (status || *count == 0) return status;
  snprintf(
      text, sizeof text,
      "next to the largest values, %d other rows, the first of them %d, cannot be told apart in "
      "single precision; remove or rescale those values",
      *count, first + 1);
  if (job->points->metric == UF_TSSS)
    return uf_fail(ctx, UF_BAD_INPUT, "has values of too many magnitudes: %s", text);
  uf_warn(ctx, UF_WARN_PRECISION, text);
  return UF_OK;
}

/* ---- Lost differences ---- */

/* Values that differ by less, relative to their size, differ by rounding errors: of the user's
 * computations, or of preparing rows, where it is relative to the largest value of a row. */
static const double rounding = 0x1p-40;

/* Fewer lost rows than this fraction of all are not worth a warning. */
static const double negligible_loss = 0.01;

typedef struct loss_job {
  const uf_matrix *matrix;
  const uf_preparation *preparation;
  const uf_copies *copies; /* rows with the same floats */
  double *rows;            /* per worker: two rows and scratch */
  size_t room, stride;     /* doubles of a worker, and of a row */
  char *differs;           /* n: whether a row differs from its first */
} loss_job;

/* Metrics for which rows that differ may be the same: multiples, the poles. */
static int is_many_to_one(uf_metric metric) {
  return uf_is_relative(metric) || metric == UF_HAVERSINE;
}

static int are_different(const loss_job *j, int row, int other, double *x) {
  double *y = x + j->stride, *scratch = y + j->stride, largest = 0;
  int is_prepared = is_many_to_one(j->preparation->metric), d = j->matrix->d;
  for (int c = 0; c < d; c++) {
    x[c] = uf_matrix_at(j->matrix, row, c);
    y[c] = uf_matrix_at(j->matrix, other, c);
  }
  if (is_prepared) {
    uf_prepare_row(j->preparation, x, scratch);
    uf_prepare_row(j->preparation, y, scratch);
    d = uf_prepared_columns(j->preparation->metric, d);
    for (int c = 0; c < d; c++) largest = fmax(largest, fabs(x[c] + j->preparation->offset[c]));
  }
  for (int c = 0; c < d; c++) {
    double size = is_prepared ? largest : fmax(fabs(x[c]), fabs(y[c]));
    if (fabs(x[c] - y[c]) > rounding * size) return 1;
  }
  return 0;
}

static void compare_with_first(void *job, uf_rows rows) {
  loss_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++)
    if (j->copies->first[i] != i)
      j->differs[i] =
          (char)are_different(j, i, j->copies->first[i], j->rows + j->room * (size_t)rows.worker);
}

/* Three or more rows of which one differs from the first of them are lost, all of them. Pairs do
 * next to no harm, and occur by chance: a float for each of a million numbers is hard to find. */
static int count_lost(const loss_job *j, int n, int *lowest) {
  const int *first = j->copies->first, *next = j->copies->next;
  int count = 0;
  for (int i = 0; i < n; i++)
    if (j->differs[i]) j->differs[first[i]] = 1;
  for (int i = n - 1; i >= 0; i--)
    if (j->differs[first[i]] && next[next[first[i]]] >= 0) {
      count++;
      *lowest = i;
    }
  return count;
}

static int has_copies(const uf_copies *copies, int n) {
  int i = 0;
  while (i < n && copies->first[i] == i) i++;
  return i < n;
}

static uf_status find_lost(uf_context *ctx, loss_job *job, int *count, int *lowest) {
  uf_status status = UF_OK;
  int n = job->matrix->n;
  job->stride = (size_t)job->matrix->d + 1;
  job->room = 2 * job->stride + uf_preparation_scratch(job->preparation);
  UF_NEW_ZERO(ctx, job->differs, n);
  UF_NEW(ctx, job->rows, ctx->n_threads * (int64_t)job->room);
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, compare_with_first, job));
  *count = count_lost(job, n, lowest);
done:
  uf_free(job->differs);
  uf_free(job->rows);
  return status;
}

static uf_status check_differences(uf_context *ctx, const uf_matrix *matrix,
                                   const uf_preparation *preparation, uf_points *points) {
  char text[256];
  int count = 0, lowest = 0;
  uf_copies copies;
  if (points->form != UF_FLOAT_ROWS || points->metric == UF_FUNCTION) return UF_OK;
  /* Fractions of multiples of a row differ by the small constant that keeps them positive. */
  if (uf_metric_of(points->metric)->form == UF_ROW_SHARES) return UF_OK;
  uf_status status = uf_copies_find(ctx, points, &copies);
  if (status) return status;
  loss_job job = {.matrix = matrix, .preparation = preparation, .copies = &copies};
  points->copies = has_copies(&copies, points->n) ? UF_COPIES_SOME : UF_COPIES_NONE;
  if (points->copies == UF_COPIES_SOME) status = find_lost(ctx, &job, &count, &lowest);
  uf_copies_free(&copies);
  if (status || !(count > negligible_loss * points->n)) return status;
  snprintf(text, sizeof text,
           "%d rows, the first of them %d, cannot be told apart in single precision and count as "
           "copies; if their differences matter, subtract what the rows have in common",
           count, lowest + 1);
  uf_warn(ctx, UF_WARN_PRECISION, text);
  return UF_OK;
}

uf_status uf_check_precision(uf_context *ctx, const uf_matrix *matrix,
                             const uf_preparation *preparation, uf_points *points) {
  int count;
  precision_job job = {.matrix = matrix, .offset = preparation->offset, .points = points};
  uf_status status = check_underflow(ctx, &job, &count);
  if (status || count > 0) return status;
  return check_differences(ctx, matrix, preparation, points);
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
