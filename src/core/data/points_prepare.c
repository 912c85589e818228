#include "arith/arith.h"

#include "data/points_prepare.h"

#include "base/memory.h"
#include "data/points_bits.h"
#include "data/points_dense.h"
#include "data/points_sparse.h"
#include "data/precision.h"
#include "data/range_check.h"

/* What brings distances of scaled rows back to the user's: scale^-degree. */
static double unit_of(const uf_preparation *preparation) {
  double unit = 1;
  for (int i = 0; i < uf_metric_of(preparation->metric)->degree; i++)
    unit *= 1 / preparation->scale;
  return unit;
}

static uf_status fill(uf_context *ctx, const uf_matrix *matrix, const uf_preparation *preparation,
                      uf_points *points) {
  double unit = unit_of(preparation);
  if (!isfinite(unit))
    return uf_fail(
        ctx, UF_BAD_INPUT,
        "has values so large that distances of the metric \"%s\" overflow; rescale them, or "
        "choose a metric such as \"euclidean\"",
        uf_metric_of(preparation->metric)->name);
  int is_binary = uf_metric_is_binary(preparation->metric), is_sparse = uf_matrix_is_sparse(matrix);
  uf_status status = matrix->form == UF_BIT_ROWS || (is_binary && !is_sparse)
                         ? uf_points_from_bits(ctx, matrix, preparation, points)
                     : is_sparse ? uf_points_from_sparse(ctx, matrix, preparation, points)
                                 : uf_points_from_dense(ctx, matrix, preparation, points);
  points->unit = unit;
  return status;
}

/* The metric tsss uses the angle between two rows, which a row of zeros does not have. */
static uf_status check_angles(uf_context *ctx, const uf_points *points) {
  uf_status status = UF_OK;
  float *values = NULL;
  if (points->metric != UF_TSSS) return UF_OK;
  UF_NEW(ctx, values, points->d);
  for (int i = 0; i < points->n; i++) {
    int c = 0;
    uf_point_values(points, i, values);
    while (c < points->d && values[c] == 0) c++;
    if (c < points->d) continue;
    status =
        uf_fail(ctx, UF_BAD_INPUT,
                "has only zeros in row %d: the metric \"tsss\" uses the angle between rows, which "
                "such a row does not have; remove it",
                i + 1);
    goto done;
  }
done:
  uf_free(values);
  return status;
}

uf_status uf_points_prepare(uf_context *ctx, const uf_matrix *matrix,
                            const uf_preparation *preparation, uf_points *points) {
  *points = (uf_points){0};
  uf_status status = fill(ctx, matrix, preparation, points);
  if (!status) status = uf_check_precision(ctx, matrix, preparation, points);
  if (!status) status = check_angles(ctx, points);
  if (status) uf_points_free(points);
  return status;
}

uf_status uf_points_prepare_new(uf_context *ctx, const uf_matrix *matrix,
                                const uf_preparation *preparation, uf_points *points) {
  *points = (uf_points){0};
  uf_status status = uf_matrix_check(ctx, matrix, preparation->metric);
  if (!status) status = fill(ctx, matrix, preparation, points);
  if (!status) status = uf_check_overflow(ctx, points);
  if (!status) status = check_angles(ctx, points);
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
