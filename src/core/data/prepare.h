/*
 * data/prepare.h: what is done to the user's rows before they are compared, decided once from the data,
 * so that rows that come later can be treated in the same way.
 */
#ifndef UF_PREPARE_H
#define UF_PREPARE_H

#include "base/context.h"
#include "data/matrix.h"
#include "data/metric.h"

/* A metric, and what some take beside: NULL to take it from the data. */
typedef struct uf_metric_choice {
  uf_metric metric;
  double p;             /* minkowski */
  const double *spread; /* seuclidean: d variances; mahalanobis: d × d covariances */
} uf_metric_choice;

/* How rows are made ready. Plain numbers, which can be kept with a model. */
typedef struct uf_preparation {
  uf_metric metric;
  double p;
  int d;          /* columns of the user's data */
  double scale;   /* a power of two, with which values are multiplied */
  double *offset; /* d: subtracted from each column before; for haversine 3, after */
  double *spread; /* seuclidean: d standard deviations; mahalanobis: d × d, L with L Lᵀ the
                     covariance, by rows; else NULL */
} uf_preparation;

/* Decides how rows are made ready. Fails with UF_BAD_INPUT when a value is missing, infinite or not
 * admitted by the metric, naming its place. */
uf_status uf_preparation_make(uf_context *ctx, const uf_matrix *matrix,
                              const uf_metric_choice *choice, uf_preparation *preparation);
void uf_preparation_free(uf_preparation *preparation);

/* Columns of a row when it is ready. */
int uf_prepared_columns(uf_metric metric, int d);

/* Doubles that uf_prepare_row() needs beside the row. */
size_t uf_preparation_scratch(const uf_preparation *preparation);

/* The power of two with which a row is multiplied whose largest absolute value this is: mostly that
 * of all. Rows that are divided by their own size may have their own, lest they leave the range of
 * float. */
double uf_scale_of_row(const uf_preparation *preparation, double largest);

/* Makes a row ready in place, which has room for uf_prepared_columns(). It comes as the user gave
 * it. */
void uf_prepare_row(const uf_preparation *preparation, double *row, double *scratch);

/* Finiteness, and what the metric admits: names the first place that offends. */
uf_status uf_matrix_check(uf_context *ctx, const uf_matrix *matrix, uf_metric metric);

/* The power of two by which values up to `largest` are to be multiplied so that they and their
 * squares sit well in float: mostly 1. */
double uf_float_scale(double largest);

#endif
