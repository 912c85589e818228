#include "arith/arith.h"

#include "data/points_subset.h"

#include <string.h>

#include "base/csr_build.h"
#include "base/memory.h"

static uf_status copy_float_rows(uf_context *ctx, const uf_points *points, const int *rows,
                                 uf_points *subset) {
  uf_status status = UF_OK;
  UF_NEW(ctx, subset->x, (int64_t)subset->n * (int64_t)subset->stride);
  for (int i = 0; i < subset->n; i++)
    memcpy(subset->x + subset->stride * (size_t)i, uf_point(points, rows[i]),
           subset->stride * sizeof *subset->x);
done:
  return status;
}

static uf_status copy_bit_strings(uf_context *ctx, const uf_points *points, const int *rows,
                                  uf_points *subset) {
  uf_status status = UF_OK;
  UF_NEW(ctx, subset->bits, (int64_t)subset->n * (int64_t)subset->words);
  UF_NEW(ctx, subset->count, subset->n);
  for (int i = 0; i < subset->n; i++) {
    memcpy(subset->bits + subset->words * (size_t)i, points->bits + subset->words * (size_t)rows[i],
           subset->words * sizeof *subset->bits);
    subset->count[i] = points->count[rows[i]];
  }
done:
  return status;
}

static uf_status copy_compressed_rows(uf_context *ctx, const uf_points *points, const int *rows,
                                      uf_points *subset) {
  uf_status status = UF_OK;
  UF_NEW_ZERO(ctx, subset->start, (int64_t)subset->n + 1);
  for (int i = 0; i < subset->n; i++)
    subset->start[i + 1] = points->start[rows[i] + 1] - points->start[rows[i]];
  int64_t n_entries = uf_csr_starts(subset->n, subset->start);
  UF_NEW(ctx, subset->column, n_entries);
  UF_NEW(ctx, subset->value, n_entries);
  UF_NEW(ctx, subset->squares, subset->n);
  UF_NEW(ctx, subset->mean, subset->n);
  for (int i = 0; i < subset->n; i++) {
    int64_t from = points->start[rows[i]], to = subset->start[i];
    size_t count = (size_t)(subset->start[i + 1] - to);
    memcpy(subset->column + to, points->column + from, count * sizeof *subset->column);
    memcpy(subset->value + to, points->value + from, count * sizeof *subset->value);
    subset->squares[i] = points->squares[rows[i]];
    subset->mean[i] = points->mean[rows[i]];
  }
done:
  return status;
}

uf_status uf_points_subset(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                           uf_points *subset) {
  uf_status status = UF_OK;
  *subset = (uf_points){.metric = points->metric,
                        .n = n_rows,
                        .d = points->d,
                        .stride = points->stride,
                        .unit = points->unit,
                        .p = points->p,
                        .form = points->form,
                        .words = points->words};
  switch (points->form) {
  case UF_BIT_STRINGS: status = copy_bit_strings(ctx, points, rows, subset); break;
  case UF_COMPRESSED_ROWS: status = copy_compressed_rows(ctx, points, rows, subset); break;
  default: status = copy_float_rows(ctx, points, rows, subset);
  }
  if (status) uf_points_free(subset);
  return status;
}

/* ---- in place ---- */

/* A row moves to a place that is not behind its own, so that no row is overwritten before it has
 * moved. */
static void keep_rows(void *rows_of, size_t size, const int *rows, int n_rows) {
  char *bytes = rows_of;
  if (!bytes) return;
  for (size_t i = 0; i < (size_t)n_rows; i++)
    memmove(bytes + size * i, bytes + size * (size_t)rows[i], size);
}

static void keep_compressed_rows(uf_points *points, const int *rows, int n_rows) {
  int64_t to = 0;
  for (int i = 0; i < n_rows; i++) {
    int64_t from = points->start[rows[i]], count = points->start[rows[i] + 1] - from;
    for (int64_t e = 0; e < count; e++) {
      points->column[to + e] = points->column[from + e];
      points->value[to + e] = points->value[from + e];
    }
    points->start[i] = to; /* i <= rows[i]: later rows still find where they begin */
    to += count;
  }
  points->start[n_rows] = to;
}

void uf_points_keep(uf_points *points, const int *rows, int n_rows) {
  keep_rows(points->x, points->stride * sizeof *points->x, rows, n_rows);
  keep_rows(points->bits, points->words * sizeof *points->bits, rows, n_rows);
  keep_rows(points->count, sizeof *points->count, rows, n_rows);
  keep_rows(points->squares, sizeof *points->squares, rows, n_rows);
  keep_rows(points->mean, sizeof *points->mean, rows, n_rows);
  if (points->start) keep_compressed_rows(points, rows, n_rows);
  if (points->copies == UF_COPIES_SOME) points->copies = UF_COPIES_UNKNOWN;
  points->n = n_rows;
}
