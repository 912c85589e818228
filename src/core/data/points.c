#include "arith/arith.h"

#include "data/points.h"

#include "base/memory.h"

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
