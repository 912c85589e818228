/*
 * data/points.h: the data as comparisons want them: rows of floats, compressed sparse rows, or bits, made
 * ready for a metric.
 *
 * What float cannot hold is taken care of in double before: a common power of two when the values
 * are huge or tiny, and a column's minimum when it dwarfs the column's range (dates, coordinates).
 * Neither changes a distance that counts differences only. What was done to the rows stands in a
 * uf_preparation, so that new rows can be treated in the same way.
 *
 * A row without a direction (all zero, or constant for correlation) has distance 0 to its like and
 * 1 to all others, as in umap-learn: it becomes the unit vector of an axis of its own, the last
 * column.
 */
#ifndef UF_POINTS_H
#define UF_POINTS_H

#include "data/prepare.h"
#include "base/types.h"

typedef enum uf_points_form { UF_FLOAT_ROWS, UF_COMPRESSED_ROWS, UF_BIT_STRINGS } uf_points_form;

typedef struct uf_points {
  uf_metric metric;
  int n;
  int d;         /* columns in use */
  size_t stride; /* floats from row to row: d rounded up to a multiple of 16; the padding is 0 */
  float *x;      /* n × stride */
  double unit;   /* distances of these rows × unit = distances of the user's rows */
  double p;      /* minkowski */
  uf_points_form form; /* x belongs to UF_FLOAT_ROWS; what follows to the others */
  int64_t *start;  /* compressed: n + 1; the entries of row i are start[i] … start[i + 1] - 1 */
  int *column;     /* compressed: ascending within a row */
  float *value;    /* compressed */
  double *squares; /* compressed: Σ (value - mean)² of each row, over all columns */
  double *mean;    /* compressed: what centering takes from each element of a row, or 0 */
  size_t words;    /* bits: 64 columns a word */
  uint64_t *bits;  /* bits: n × words */
  int *count;      /* bits: columns that are true */
} uf_points;

/* Rows made ready as the preparation says: those that it was made from. */
uf_status uf_points_prepare(uf_context *ctx, const uf_matrix *matrix,
                            const uf_preparation *preparation, uf_points *points);

/* The same for other rows with as many columns, which are checked first. */
uf_status uf_points_prepare_new(uf_context *ctx, const uf_matrix *matrix,
                                const uf_preparation *preparation, uf_points *points);

/* Both steps, where no more rows will come. */
uf_status uf_points_make(uf_context *ctx, const uf_matrix *matrix, const uf_metric_choice *choice,
                         uf_points *points);
void uf_points_free(uf_points *points);

static inline const float *uf_point(const uf_points *points, int row) {
  return points->x + points->stride * (size_t)row;
}

/* A row of any form as d floats. */
void uf_point_values(const uf_points *points, int row, float *values);

/* Calls the beginning of a row into the cache; what follows comes by itself. */
static inline void uf_point_prefetch(const uf_points *points, int row) {
  const char *at = (const char *)uf_point(points, row);
  size_t size = points->stride * sizeof(float);
  for (size_t byte = 0; byte < size && byte < 512; byte += 64) __builtin_prefetch(at + byte);
}

/* The kernel whose values proxy neighbors in the metric of these points (rows of floats); NULL
 * where proxies come otherwise: data/proxy.h serves all. */
uf_distance_kernel *uf_distance_of(const uf_context *ctx, const uf_points *points);

#endif
