/*
 * points.h: the data as the distance kernels want them: rows of floats, made ready for a metric.
 *
 * Cosine and correlation become Euclidean here (rows centred for correlation, scaled to length 1),
 * since |u - v|² = 2 (1 - u·v). A row without a direction (all zero, or constant for correlation)
 * has distance 0 to its like and 1 to all others, as in umap-learn: it becomes the unit vector of
 * an axis of its own, the last column.
 *
 * What float cannot hold is taken care of in double before: a common power of two when the values
 * are huge or tiny, and a column's minimum when it dwarfs the column's range (dates, coordinates).
 * Neither changes a Euclidean or Manhattan neighbour.
 */
#ifndef UF_POINTS_H
#define UF_POINTS_H

#include "context.h"
#include "types.h"

/* An n × d matrix by columns, as R holds it: double, or int (with INT_MIN for NA). */
typedef struct uf_columns {
  const void *values;
  int is_integer;
  int n;
  int d;
} uf_columns;

typedef struct uf_points {
  uf_metric metric;
  int n;
  int d;         /* columns in use */
  size_t stride; /* floats from row to row: d rounded up to a multiple of 16; the padding is 0 */
  float *x;      /* n × stride */
  double unit;   /* distances of these rows × unit = distances of the user's rows */
} uf_points;

/* Fails with UF_BAD_INPUT when a value is NA, NaN or infinite, naming its place. */
uf_status uf_points_make(uf_context *ctx, const uf_columns *columns, uf_metric metric,
                         uf_points *points);
void uf_points_free(uf_points *points);

/* The power of two by which values up to `largest` are to be multiplied so that they and their
 * squares sit well in float: mostly 1. */
double uf_float_scale(double largest);

static inline const float *uf_point(const uf_points *points, int row) {
  return points->x + points->stride * (size_t)row;
}

/* The kernel whose values rank neighbours in the metric of these points. */
uf_distance_kernel *uf_distance_of(const uf_context *ctx, const uf_points *points);

/* The metric's distance from the kernel's value: its root for Euclidean, half of it for cosine and
 * correlation. */
float uf_distance_from_rank(uf_metric metric, float rank);

#endif
