#include "arith/arith.h"

#include "data/points.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/points_forms.h"
#include "data/range_check.h"

enum { ROWS_PER_BLOCK = 64, ROWS_PER_FILL = 256 };

typedef struct points_job {
  const uf_matrix *matrix;
  const uf_preparation *preparation;
  uf_points *points;
  double *rows; /* per worker: ROWS_PER_BLOCK rows of double and scratch */
  size_t room;  /* of such a row */
} points_job;

/* Writes whole cache lines: 16 columns of a row at once, read from 16 streams. */
static inline __attribute__((always_inline)) void
fill_lanes(const points_job *j, uf_range rows, int first, int n_columns, int is_integer) {
  const uf_preparation *preparation = j->preparation;
  const double *offset = preparation->offset + first, scale = preparation->scale;
  size_t n = (size_t)j->matrix->n, at = n * (size_t)first;
  const double *doubles = (const double *)j->matrix->values + at;
  const int *ints = (const int *)j->matrix->values + at;
  for (int64_t i = rows.from; i < rows.to; i++) {
    float *x = j->points->x + j->points->stride * (size_t)i + first;
    for (int c = 0; c < n_columns; c++) {
      size_t place = n * (size_t)c + (size_t)i;
      x[c] = (float)(((is_integer ? ints[place] : doubles[place]) - offset[c]) * scale);
    }
    for (int c = n_columns; c < UF_LANES; c++) x[c] = 0;
  }
}

static void fill_values(void *job, int64_t block, int worker) {
  (void)worker;
  points_job *j = job;
  uf_range rows = uf_block_range(block, ROWS_PER_FILL, j->points->n);
  int d = j->matrix->d, is_integer = j->matrix->is_integer, first = 0;
  for (; first + UF_LANES <= d; first += UF_LANES) {
    if (is_integer)
      fill_lanes(j, rows, first, UF_LANES, 1);
    else
      fill_lanes(j, rows, first, UF_LANES, 0);
  }
  if (first < d) fill_lanes(j, rows, first, d - first, is_integer);
}

/* Rows that are more than scaled: first as doubles, column after column so that reading is in
 * order. */
static void fill_prepared(void *job, int64_t block, int worker) {
  points_job *j = job;
  uf_points *points = j->points;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, points->n);
  size_t room = j->room;
  double *rows = j->rows + (ROWS_PER_BLOCK + 1) * room * (size_t)worker;
  double *scratch = rows + ROWS_PER_BLOCK * room;
  for (int c = 0; c < j->matrix->d; c++)
    for (int i = (int)range.from; i < range.to; i++)
      rows[room * (size_t)(i - (int)range.from) + (size_t)c] = uf_matrix_at(j->matrix, i, c);
  for (int i = (int)range.from; i < range.to; i++, rows += room) {
    float *x = points->x + points->stride * (size_t)i;
    uf_prepare_row(j->preparation, rows, scratch);
    for (size_t c = 0; c < points->stride; c++) x[c] = c < (size_t)points->d ? (float)rows[c] : 0;
  }
}

static uf_status fill_float_rows(uf_context *ctx, const uf_matrix *matrix,
                                 const uf_preparation *preparation, uf_points *points) {
  uf_status status = UF_OK;
  int is_plain = uf_metric_of(points->metric)->form == UF_ROW_AS_GIVEN;
  points_job job = {.matrix = matrix, .preparation = preparation, .points = points};
  job.room = (size_t)points->d + uf_preparation_scratch(preparation);
  points->d = uf_prepared_columns(points->metric, matrix->d);
  points->stride = (size_t)uf_whole_lanes(points->d);
  UF_NEW(ctx, points->x, (int64_t)points->n * (int64_t)points->stride);
  if (!is_plain)
    UF_NEW(ctx, job.rows, (int64_t)ctx->n_threads * (ROWS_PER_BLOCK + 1) * (int64_t)job.room);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(points->n, is_plain ? ROWS_PER_FILL : ROWS_PER_BLOCK),
                     is_plain ? fill_values : fill_prepared, &job));
done:
  uf_free(job.rows);
  return status;
}

static double power(double x, int degree) {
  double product = 1;
  for (int i = 0; i < degree; i++) product *= x;
  return product;
}

/* The triangle between a row of zeros and another has no angle. */
static uf_status refuse_zero_rows(uf_context *ctx, const uf_points *points) {
  uf_status status = UF_OK;
  float *values = NULL;
  if (points->metric != UF_TSSS) return UF_OK;
  UF_NEW(ctx, values, points->d);
  for (int i = 0; i < points->n; i++) {
    int c = 0;
    uf_point_values(points, i, values);
    while (c < points->d && values[c] == 0) c++;
    if (c < points->d) continue;
    status = uf_fail(ctx, UF_BAD_INPUT,
                     "holds only zeros in row %d, which has no angle to others: the metric "
                     "\"tsss\" needs other rows",
                     i + 1);
    goto done;
  }
done:
  uf_free(values);
  return status;
}

static uf_status fill(uf_context *ctx, const uf_matrix *matrix, const uf_preparation *preparation,
                      uf_points *points) {
  uf_metric metric = preparation->metric;
  *points = (uf_points){.metric = metric, .n = matrix->n, .d = matrix->d, .p = preparation->p};
  points->unit = power(1 / preparation->scale, uf_metric_of(metric)->degree);
  if (!isfinite(points->unit))
    return uf_fail(ctx, UF_BAD_INPUT,
                   "has values so large that distances by the metric \"%s\" exceed all numbers: "
                   "divide them, or choose a metric such as \"euclidean\"",
                   uf_metric_of(metric)->name);
  if (matrix->form == UF_BIT_ROWS || (uf_metric_is_binary(metric) && !uf_matrix_is_sparse(matrix)))
    return uf_fill_bit_strings(ctx, matrix, points);
  if (uf_matrix_is_sparse(matrix)) return uf_fill_compressed_rows(ctx, matrix, preparation, points);
  return fill_float_rows(ctx, matrix, preparation, points);
}

uf_status uf_points_prepare(uf_context *ctx, const uf_matrix *matrix,
                            const uf_preparation *preparation, uf_points *points) {
  uf_status status = fill(ctx, matrix, preparation, points);
  if (!status) status = uf_look_for_lost_rows(ctx, matrix, preparation, points);
  if (!status) status = refuse_zero_rows(ctx, points);
  if (status) uf_points_free(points);
  return status;
}

uf_status uf_points_prepare_new(uf_context *ctx, const uf_matrix *matrix,
                                const uf_preparation *preparation, uf_points *points) {
  *points = (uf_points){0};
  uf_status status = uf_matrix_check(ctx, matrix, preparation->metric);
  if (!status) status = fill(ctx, matrix, preparation, points);
  if (!status) status = uf_check_sizes(ctx, points);
  if (!status) status = refuse_zero_rows(ctx, points);
  if (status) uf_points_free(points);
  return status;
}

uf_status uf_points_make(uf_context *ctx, const uf_matrix *matrix, const uf_metric_choice *choice,
                         uf_points *points) {
  uf_preparation preparation;
  *points = (uf_points){0};
  uf_status status = uf_preparation_make(ctx, matrix, choice, &preparation);
  if (status) return status;
  status = uf_points_prepare(ctx, matrix, &preparation, points);
  uf_preparation_free(&preparation);
  return status;
}

void uf_points_free(uf_points *points) {
  uf_free(points->x);
  uf_free(points->start);
  uf_free(points->column);
  uf_free(points->value);
  uf_free(points->squares);
  uf_free(points->mean);
  uf_free(points->bits);
  uf_free(points->count);
  *points = (uf_points){0};
}

void uf_point_values(const uf_points *points, int row, float *values) {
  size_t d = (size_t)points->d;
  if (points->form == UF_FLOAT_ROWS) {
    memcpy(values, uf_point(points, row), d * sizeof *values);
    return;
  }
  memset(values, 0, d * sizeof *values);
  if (points->form == UF_COMPRESSED_ROWS)
    for (int64_t e = points->start[row]; e < points->start[row + 1]; e++)
      values[points->column[e]] = points->value[e];
  else
    for (size_t c = 0; c < d; c++)
      values[c] = (float)(points->bits[points->words * (size_t)row + c / 64] >> c % 64 & 1);
}

uf_distance_kernel *uf_distance_of(const uf_context *ctx, const uf_points *points) {
  const uf_kernels *kernels = ctx->kernels;
  if (points->form != UF_FLOAT_ROWS) return NULL;
  switch (uf_metric_of(points->metric)->comparison) {
  case UF_COMPARE_SQUARES: return kernels->squared_euclidean;
  case UF_COMPARE_MANHATTAN: return kernels->manhattan;
  case UF_COMPARE_CHEBYSHEV: return kernels->chebyshev;
  case UF_COMPARE_CANBERRA: return kernels->canberra;
  case UF_COMPARE_BRAYCURTIS: return kernels->braycurtis;
  case UF_COMPARE_JENSENSHANNON: return kernels->jensenshannon;
  case UF_COMPARE_SYMMETRIC_KL: return kernels->symmetric_kl;
  case UF_COMPARE_TSSS: return kernels->tsss;
  case UF_COMPARE_HAMMING: return kernels->unequal;
  default: return NULL;
  }
}
