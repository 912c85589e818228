#include "arith/arith.h"

#include "data/points_dense.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 64, ROWS_PER_FILL = 256 };

typedef struct dense_job {
  const uf_matrix *matrix;
  const uf_preparation *preparation;
  uf_points *points;
  size_t room;  /* doubles that a row and its scratch take */
  double *rows; /* per worker: ROWS_PER_BLOCK rows of `room`, and one for scratch */
} dense_job;

/* Zeros of either sign become +0, so that rows that are equal have equal bits. */
static inline float one_zero(double x) { return (float)x + 0.0f; }

/* Writes whole cache lines: 16 columns of a row at once, read from 16 streams. */
static inline __attribute__((always_inline)) void
fill_lanes(const dense_job *j, uf_rows rows, int first, int n_columns, int is_integer) {
  const uf_preparation *preparation = j->preparation;
  const double *offset = preparation->offset + first, scale = preparation->scale;
  size_t n = (size_t)j->matrix->n, at = n * (size_t)first;
  const double *doubles = (const double *)j->matrix->values + at;
  const int *ints = (const int *)j->matrix->values + at;
  for (int64_t i = rows.from; i < rows.to; i++) {
    float *x = j->points->x + j->points->stride * (size_t)i + first;
    for (int c = 0; c < n_columns; c++) {
      size_t place = n * (size_t)c + (size_t)i;
      x[c] = one_zero(((is_integer ? ints[place] : doubles[place]) - offset[c]) * scale);
    }
    for (int c = n_columns; c < UF_LANES; c++) x[c] = 0;
  }
}

/* Rows that are shifted and scaled only. */
static void fill_scaled(void *job, uf_rows rows) {
  dense_job *j = job;
  int d = j->matrix->d, is_integer = j->matrix->is_integer, first = 0;
  for (; first + UF_LANES <= d; first += UF_LANES) {
    if (is_integer)
      fill_lanes(j, rows, first, UF_LANES, 1);
    else
      fill_lanes(j, rows, first, UF_LANES, 0);
  }
  if (first < d) fill_lanes(j, rows, first, d - first, is_integer);
}

/* Other rows: first as doubles, column after column so that memory is read in order. */
static void fill_prepared(void *job, uf_rows range) {
  dense_job *j = job;
  uf_points *points = j->points;
  size_t room = j->room;
  double *rows = j->rows + (ROWS_PER_BLOCK + 1) * room * (size_t)range.worker;
  double *scratch = rows + ROWS_PER_BLOCK * room;
  for (int c = 0; c < j->matrix->d; c++)
    for (int i = (int)range.from; i < range.to; i++)
      rows[room * (size_t)(i - (int)range.from) + (size_t)c] = uf_matrix_at(j->matrix, i, c);
  for (int i = (int)range.from; i < range.to; i++, rows += room) {
    float *x = points->x + points->stride * (size_t)i;
    uf_prepare_row(j->preparation, rows, scratch);
    for (size_t c = 0; c < points->stride; c++)
      x[c] = c < (size_t)points->d ? one_zero(rows[c]) : 0;
  }
}

uf_status uf_points_from_dense(uf_context *ctx, const uf_matrix *matrix,
                               const uf_preparation *preparation, uf_points *points) {
  uf_status status = UF_OK;
  uf_metric metric = preparation->metric;
  int d = uf_prepared_columns(metric, matrix->d);
  dense_job job = {.matrix = matrix,
                   .preparation = preparation,
                   .points = points,
                   .room = (size_t)matrix->d + uf_preparation_scratch(preparation)};
  *points = (uf_points){.form = UF_FLOAT_ROWS,
                        .metric = metric,
                        .p = preparation->p,
                        .n = matrix->n,
                        .d = d,
                        .stride = (size_t)uf_whole_lanes(d)};
  UF_NEW(ctx, points->x, (int64_t)points->n * (int64_t)points->stride);
  if (uf_metric_of(metric)->form == UF_ROW_AS_GIVEN) {
    UF_TRY(uf_parallel_rows(ctx, points->n, ROWS_PER_FILL, fill_scaled, &job));
  } else {
    UF_NEW(ctx, job.rows, (int64_t)ctx->n_threads * (ROWS_PER_BLOCK + 1) * (int64_t)job.room);
    UF_TRY(uf_parallel_rows(ctx, points->n, ROWS_PER_BLOCK, fill_prepared, &job));
  }
done:
  uf_free(job.rows);
  if (status) uf_points_free(points);
  return status;
}
