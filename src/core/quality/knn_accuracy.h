/*
 * quality/knn_accuracy.h: measures whether neighbors in the layout predict labels.
 */
#ifndef UF_KNN_ACCURACY_H
#define UF_KNN_ACCURACY_H

#include "data/points.h"

/* *accuracy: the fraction of rows whose label is the most frequent one among their k nearest in the
 * layout; among equally frequent labels the nearest counts. labels: n codes that are not
 * negative. */
uf_status uf_knn_accuracy(uf_context *ctx, const uf_points *layout, const int *labels, int k,
                          double *accuracy);

#endif
