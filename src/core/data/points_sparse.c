#include "arith/arith.h"

#include "data/points_sparse.h"

#include "base/csr_build.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 64 };

/* ---- From the user's matrix to rows ---- */

/* Where an entry of a sparse matrix belongs: the loops over it go through its columns or its
 * rows. */
static int row_of(const uf_matrix *matrix, int major, int at) {
  return matrix->form == UF_SPARSE_ROWS ? major : matrix->index[at];
}

static int column_of(const uf_matrix *matrix, int major, int at) {
  return matrix->form == UF_SPARSE_ROWS ? matrix->index[at] : major;
}

static int n_majors(const uf_matrix *matrix) {
  return matrix->form == UF_SPARSE_ROWS ? matrix->n : matrix->d;
}

/* Fills `start` from the number of nonzero entries of each row, and finds the largest absolute
 * value of each row. A row without entries has room for the additional axis, if the metric has
 * one. */
static void count_entries(const uf_matrix *matrix, int has_axis, int64_t *start, double *largest) {
  for (int major = 0; major < n_majors(matrix); major++)
    for (int at = matrix->start[major]; at < matrix->start[major + 1]; at++) {
      double size = fabs(uf_matrix_value(matrix, at));
      int row = row_of(matrix, major, at);
      start[row + 1] += size != 0;
      largest[row] = size > largest[row] ? size : largest[row];
    }
  for (int i = 0; i < matrix->n; i++)
    if (start[i + 1] == 0) start[i + 1] = has_axis;
  uf_csr_starts(matrix->n, start);
}

/* Copies the entries to their rows; going through the columns in order leaves rows in order. */
static void place_entries(const uf_matrix *matrix, const double *scale, int64_t *next,
                          uf_points *points) {
  for (int major = 0; major < n_majors(matrix); major++)
    for (int at = matrix->start[major]; at < matrix->start[major + 1]; at++) {
      double value = uf_matrix_value(matrix, at);
      if (value == 0) continue;
      int row = row_of(matrix, major, at);
      int64_t to = next[row]++;
      points->column[to] = column_of(matrix, major, at);
      points->value[to] = (float)(value * scale[row]);
    }
}

/* Insertion, since the rows of a row-major matrix are mostly in order. */
static void sort_row(int *column, float *value, int64_t n) {
  for (int64_t i = 1; i < n; i++) uf_csr_insert(column, value, i, column[i], value[i]);
}

/* ---- From rows to what the metric compares ---- */

/* Divides the row by its length, after centering if `is_centered`; returns what centering subtracts
 * from each element. Values are floats: a constant row's deviations are rounding errors below
 * 1e-7. */
static double normalize_row(float *value, int64_t n, int d, int is_centered, int *has_direction) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < n; i++) sum += value[i];
  double mean = is_centered ? sum / d : 0;
  for (int64_t i = 0; i < n; i++) squares += (value[i] - mean) * (value[i] - mean);
  squares += (double)(d - n) * mean * mean;
  double length = sqrt(squares);
  *has_direction = squares > 0 && length > 1e-7 * fabs(mean);
  if (!*has_direction) return 0;
  for (int64_t i = 0; i < n; i++) value[i] = (float)(value[i] / length);
  return mean / length;
}

/* Replaces values by the roots of their fractions of the sum; returns whether the sum is
 * positive. */
static int take_root_shares(float *value, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += value[i];
  for (int64_t i = 0; i < n; i++) value[i] = sum > 0 ? (float)sqrt(value[i] / sum) : 0;
  return sum > 0;
}

static double sum_of_squares(const float *value, int64_t n) {
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += (double)value[i] * value[i];
  return sum;
}

typedef struct finish_job {
  uf_points *points;
  int d; /* columns of the user's matrix; also the number of the additional axis */
} finish_job;

static void finish_row(const finish_job *j, int row) {
  uf_points *points = j->points;
  int64_t from = points->start[row], n = points->start[row + 1] - from;
  int has_direction = 1;
  float *value = points->value + from;
  int *column = points->column + from;
  double mean = 0;
  sort_row(column, value, n);
  switch (uf_metric_of(points->metric)->form) {
  case UF_ROW_DIRECTION: normalize_row(value, n, j->d, 0, &has_direction); break;
  case UF_ROW_CENTERED: mean = normalize_row(value, n, j->d, 1, &has_direction); break;
  case UF_ROW_ROOT_SHARES: has_direction = take_root_shares(value, n); break;
  case UF_ROW_TRUTH:
    for (int64_t i = 0; i < n; i++) value[i] = 1;
    break;
  default: break;
  }
  if (!has_direction) {
    memset(value, 0, (size_t)n * sizeof *value);
    column[n - 1] = j->d;
    value[n - 1] = 1;
  }
  points->mean[row] = mean;
  points->squares[row] = sum_of_squares(value, n) - j->d * (mean * mean);
}

static void finish_rows(void *job, uf_rows rows) {
  for (int i = (int)rows.from; i < rows.to; i++) finish_row(job, i);
}

uf_status uf_points_from_sparse(uf_context *ctx, const uf_matrix *matrix,
                                const uf_preparation *preparation, uf_points *points) {
  uf_status status = UF_OK;
  int n = matrix->n;
  int64_t *next = NULL;
  double *scale = NULL;
  finish_job job = {points, matrix->d};
  *points = (uf_points){.form = UF_COMPRESSED_ROWS,
                        .metric = preparation->metric,
                        .p = preparation->p,
                        .n = n,
                        .d = uf_prepared_columns(preparation->metric, matrix->d)};
  UF_NEW_ZERO(ctx, points->start, (int64_t)n + 1);
  UF_NEW(ctx, points->squares, n);
  UF_NEW(ctx, points->mean, n);
  UF_NEW(ctx, next, n);
  UF_NEW_ZERO(ctx, scale, n);
  count_entries(matrix, points->d > matrix->d, points->start, scale);
  for (int i = 0; i < n; i++) scale[i] = uf_scale_of_row(preparation, scale[i]);
  UF_NEW_ZERO(ctx, points->column, points->start[n]);
  UF_NEW_ZERO(ctx, points->value, points->start[n]);
  memcpy(next, points->start, (size_t)n * sizeof *next);
  place_entries(matrix, scale, next, points);
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, finish_rows, &job));
done:
  uf_free(next);
  uf_free(scale);
  if (status) uf_points_free(points);
  return status;
}
