/*
 * data/points_forms.c: sparse rows and strings of bits. A compressed row keeps its entries in the order of
 * columns, without zeros; sums of them are made in double and in that order.
 */
#include "arith/arith.h"

#include "data/points_forms.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 64 };

/* ---- Bits ---- */

typedef struct bits_job {
  const uf_matrix *matrix;
  uf_points *points;
} bits_job;

static void pack_row(const bits_job *j, int row, uint64_t *word) {
  const uf_matrix *matrix = j->matrix;
  if (matrix->form == UF_BIT_ROWS) {
    const uint8_t *bytes = matrix->values;
    for (int byte = 0; byte < matrix->d / 8; byte++)
      word[byte / 8] |= (uint64_t)bytes[(size_t)matrix->n * (size_t)byte + (size_t)row]
                        << 8 * (byte % 8);
  } else {
    for (int c = 0; c < matrix->d; c++)
      word[c / 64] |= (uint64_t)(uf_matrix_at(matrix, row, c) != 0) << c % 64;
  }
}

static void pack_block(void *job, int64_t block, int worker) {
  (void)worker;
  bits_job *j = job;
  uf_points *points = j->points;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, points->n);
  for (int i = (int)rows.from; i < rows.to; i++) {
    uint64_t *word = points->bits + points->words * (size_t)i;
    pack_row(j, i, word);
    points->count[i] = 0;
    for (size_t w = 0; w < points->words; w++) points->count[i] += __builtin_popcountll(word[w]);
  }
}

uf_status uf_fill_bit_strings(uf_context *ctx, const uf_matrix *matrix, uf_points *points) {
  uf_status status = UF_OK;
  bits_job job = {matrix, points};
  points->form = UF_BIT_STRINGS;
  points->words = (size_t)(matrix->d + 63) / 64;
  UF_NEW_ZERO(ctx, points->bits, (int64_t)points->n * (int64_t)points->words);
  UF_NEW(ctx, points->count, points->n);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(points->n, ROWS_PER_BLOCK), pack_block, &job));
done:
  return status; /* the caller frees */
}

/* ---- Sparse rows ---- */

/* Counts the entries of each row that are not zero, and leaves room for an axis of its own. */
static void count_entries(const uf_matrix *matrix, int has_axis, int64_t *start) {
  int by_rows = matrix->form == UF_SPARSE_ROWS, n_major = by_rows ? matrix->n : matrix->d;
  for (int major = 0; major < n_major; major++)
    for (int at = matrix->start[major]; at < matrix->start[major + 1]; at++)
      start[(by_rows ? major : matrix->index[at]) + 1] += uf_matrix_value(matrix, at) != 0;
  for (int i = 0; i < matrix->n; i++) {
    if (start[i + 1] == 0) start[i + 1] = has_axis;
    start[i + 1] += start[i];
  }
}

static void choose_scales(const uf_matrix *matrix, const uf_preparation *preparation,
                          double *scale) {
  int by_rows = matrix->form == UF_SPARSE_ROWS, n_major = by_rows ? matrix->n : matrix->d;
  for (int major = 0; major < n_major; major++)
    for (int at = matrix->start[major]; at < matrix->start[major + 1]; at++) {
      double size = fabs(uf_matrix_value(matrix, at));
      int row = by_rows ? major : matrix->index[at];
      scale[row] = size > scale[row] ? size : scale[row];
    }
  for (int i = 0; i < matrix->n; i++) scale[i] = uf_scale_of_row(preparation, scale[i]);
}

/* Copies the entries to their rows; going through the columns in order leaves rows in order. */
static void place_entries(const uf_matrix *matrix, const double *scale, int64_t *next,
                          uf_points *points) {
  int by_rows = matrix->form == UF_SPARSE_ROWS, n_major = by_rows ? matrix->n : matrix->d;
  for (int major = 0; major < n_major; major++)
    for (int at = matrix->start[major]; at < matrix->start[major + 1]; at++) {
      double value = uf_matrix_value(matrix, at);
      if (value == 0) continue;
      int row = by_rows ? major : matrix->index[at];
      int64_t to = next[row]++;
      points->column[to] = by_rows ? matrix->index[at] : major;
      points->value[to] = (float)(value * scale[row]);
    }
}

/* Insertion, as rows of a row-major matrix are mostly in order. */
static void sort_row(int *column, float *value, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    int c = column[i];
    float v = value[i];
    int64_t at = i;
    for (; at > 0 && column[at - 1] > c; at--) {
      column[at] = column[at - 1];
      value[at] = value[at - 1];
    }
    column[at] = c;
    value[at] = v;
  }
}

/* Divides the row by its length, after centering where it is said to be; returns what centering takes
 * from each element. */
static double direct_row(float *value, int64_t n, int d, int is_centered, int *has_direction) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < n; i++) sum += value[i];
  double mean = is_centered ? sum / d : 0;
  for (int64_t i = 0; i < n; i++) squares += (value[i] - mean) * (value[i] - mean);
  squares += (double)(d - n) * mean * mean;
  double length = sqrt(squares);
  *has_direction = squares > 0 && length > 1e-7 * fabs(mean); /* the values are floats */
  if (!*has_direction) return 0;
  for (int64_t i = 0; i < n; i++) value[i] = (float)(value[i] / length);
  return mean / length;
}

static int root_shares(float *value, int64_t n) {
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

typedef struct rows_job {
  uf_points *points;
  int d; /* columns of the user's matrix: a row without a direction has its axis there */
} rows_job;

/* Makes a row ready in place. */
static void finish_row(const rows_job *j, int row) {
  uf_points *points = j->points;
  int64_t from = points->start[row], n = points->start[row + 1] - from;
  int has_direction = 1;
  float *value = points->value + from;
  int *column = points->column + from;
  double mean = 0;
  sort_row(column, value, n);
  switch (uf_metric_of(points->metric)->form) {
  case UF_ROW_DIRECTION: direct_row(value, n, j->d, 0, &has_direction); break;
  case UF_ROW_CENTERED: mean = direct_row(value, n, j->d, 1, &has_direction); break;
  case UF_ROW_ROOT_SHARES: has_direction = root_shares(value, n); break;
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

static void finish_block(void *job, int64_t block, int worker) {
  (void)worker;
  const rows_job *j = job;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, j->points->n);
  for (int i = (int)rows.from; i < rows.to; i++) finish_row(j, i);
}

uf_status uf_fill_compressed_rows(uf_context *ctx, const uf_matrix *matrix,
                                  const uf_preparation *preparation, uf_points *points) {
  uf_status status = UF_OK;
  int n = points->n;
  int64_t *next = NULL;
  double *scale = NULL;
  points->form = UF_COMPRESSED_ROWS;
  points->d = uf_prepared_columns(points->metric, matrix->d);
  UF_NEW_ZERO(ctx, points->start, (int64_t)n + 1);
  UF_NEW(ctx, points->squares, n);
  UF_NEW(ctx, points->mean, n);
  UF_NEW(ctx, next, n);
  UF_NEW_ZERO(ctx, scale, n);
  count_entries(matrix, points->d > matrix->d, points->start);
  UF_NEW_ZERO(ctx, points->column, points->start[n]);
  UF_NEW_ZERO(ctx, points->value, points->start[n]);
  memcpy(next, points->start, (size_t)n * sizeof *next);
  choose_scales(matrix, preparation, scale);
  place_entries(matrix, scale, next, points);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(n, ROWS_PER_BLOCK), finish_block,
                     &(rows_job){points, matrix->d}));
done:
  uf_free(next);
  uf_free(scale);
  return status; /* the caller frees */
}
