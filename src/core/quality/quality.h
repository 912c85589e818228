/*
 * quality/quality.h: measures how well a layout keeps the neighborhoods of the data.
 */
#ifndef UF_QUALITY_H
#define UF_QUALITY_H

#include "data/points.h"

typedef struct uf_quality_options {
  int k;           /* neighbors that are compared; 3 k + 1 < 2 n */
  const int *rows; /* n_rows: where they are compared */
  int n_rows;
  const int *labels; /* n codes that are not negative, or NULL */
  int k_label;       /* neighbors that vote for a label */
} uf_quality_options;

typedef struct uf_quality {
  double trustworthiness;       /* see quality/quality.c (Venna and Kaski 2001) */
  double continuity;            /* the same with layout and data exchanged */
  double neighbor_preservation; /* fraction of the k nearest that both have in common */
  double knn_accuracy;          /* over all rows, see quality/knn_accuracy.h; NaN without labels */
} uf_quality;

/* The first three of them for each of n_rows rows; over all rows, their means are the
 * numbers of uf_quality. */
typedef struct uf_point_quality {
  double *trustworthiness, *continuity, *neighbor_preservation; /* n_rows each */
} uf_point_quality;

/* each: NULL, or where the measures of each row go. */
uf_status uf_quality_measure(uf_context *ctx, const uf_points *data, const uf_points *layout,
                             const uf_quality_options *options, uf_quality *quality,
                             const uf_point_quality *each);

#endif
