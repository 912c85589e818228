/*
 * quality/quality.h: how well a layout keeps the neighborhoods of the data.
 */
#ifndef UF_QUALITY_H
#define UF_QUALITY_H

#include "data/points.h"

typedef struct uf_quality {
  double trustworthiness; /* are neighbors in the layout neighbors in the data (Venna and Kaski
                             2001) */
  double continuity;      /* and the other way round */
  double neighbor_preservation; /* part of the k nearest that both have in common */
  double knn_accuracy; /* rows whose label is that of most of their k_label nearest in the layout;
                          NaN without labels */
} uf_quality;

/* The first three of them for each of n_rows rows; over all rows, their means are those of
 * uf_quality. */
typedef struct uf_point_quality {
  double *trustworthiness, *continuity, *neighbor_preservation; /* n_rows each */
} uf_point_quality;

/* The first three over `rows`, against all points; the last over all rows. labels: n codes that are
 * not negative, or NULL. each: NULL, or where each row's own goes. */
uf_status uf_quality_measure(uf_context *ctx, const uf_points *data, const uf_points *layout,
                             const int *labels, int k, int k_label, const int *rows, int n_rows,
                             uf_quality *quality, const uf_point_quality *each);

#endif
