/*
 * data/points.h: the data as comparisons want them: rows of floats, compressed sparse rows, or
 * strings of bits, prepared for a metric. data/points_prepare.h makes them from the user's matrix.
 */
#ifndef UF_POINTS_H
#define UF_POINTS_H

#include "base/context.h"
#include "base/types.h"
#include "data/metric.h"

typedef enum uf_points_form { UF_FLOAT_ROWS, UF_COMPRESSED_ROWS, UF_BIT_STRINGS } uf_points_form;

/* Whether some rows are equal bit for bit, as far as that has been looked for. */
typedef enum uf_copies_known { UF_COPIES_UNKNOWN, UF_COPIES_NONE, UF_COPIES_SOME } uf_copies_known;

typedef struct uf_points {
  uf_points_form form;
  uf_metric metric;
  double p;        /* the power of minkowski */
  int n;           /* rows */
  int d;           /* columns in use */
  double unit;     /* distance between the user's rows = unit × distance between these */
  size_t stride;   /* float rows: floats from row to row, d rounded up to a multiple of 16 */
  float *x;        /* float rows: n × stride; the padding is 0 */
  int64_t *start;  /* compressed rows: n + 1; row i is entries start[i] … start[i + 1] - 1 */
  int *column;     /* compressed rows: start[n], ascending within a row */
  float *value;    /* compressed rows: start[n] */
  double *squares; /* compressed rows: n; Σ (value - mean)² of a row, over all columns */
  double *mean; /* compressed rows: n; what centering subtracts from each element of a row, or 0 */
  size_t words; /* bit strings: of 64 columns each, in a row */
  uint64_t *bits; /* bit strings: n × words */
  int *count;     /* bit strings: n; how many columns are true */
  uf_copies_known copies;
} uf_points;

void uf_points_free(uf_points *points);

static inline const float *uf_point(const uf_points *points, int row) {
  return points->x + points->stride * (size_t)row;
}

/* A row of any form as d floats. */
void uf_point_values(const uf_points *points, int row, float *values);

/* Prefetches the first cache lines of a float row; the processor fetches the rest by itself. */
static inline void uf_point_prefetch(const uf_points *points, int row) {
  const char *at = (const char *)uf_point(points, row);
  size_t size = points->stride * sizeof(float);
  for (size_t byte = 0; byte < size && byte < 512; byte += 64) __builtin_prefetch(at + byte);
}

#endif
