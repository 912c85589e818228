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
