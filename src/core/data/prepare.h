/*
 * data/prepare.h: transforms the user's rows before they are compared. The transformation is fixed
 * once, from the data, so that rows that come later are treated in the same way.
 *
 * A row x becomes f((x - offset) · scale), f as the metric's uf_row_form says, so that a simple
 * comparison of prepared rows gives the metric. Where f gives rows a length of 1, it becomes
 * f(x · scale) - offset. Offset and scale serve only the range and precision of float: what most
 * rows have in common is subtracted in double, which changes no difference.
 */
#ifndef UF_PREPARE_H
#define UF_PREPARE_H

#include "base/context.h"
#include "data/matrix.h"
#include "data/metric.h"

/* A metric and its parameters. */
typedef struct uf_metric_choice {
  uf_metric metric;
  double p;                 /* the power of minkowski */
  const double *covariance; /* seuclidean: d variances; mahalanobis: d × d covariances; NULL to
                               estimate them */
} uf_metric_choice;

/* How rows are prepared: plain numbers, which can be kept with a model. */
typedef struct uf_preparation {
  uf_metric metric;
  double p;
  int d;                   /* columns of the user's data */
  double scale;            /* a power of two */
  double *offset;          /* d + 1: of each column, or of each column of f(x · scale) */
  double *covariance_root; /* see data/covariance.h: d for seuclidean, d × d for mahalanobis, else
                              NULL */
} uf_preparation;

/* Decides how rows are prepared. Fails with UF_BAD_INPUT when a value is missing, infinite or not
 * admitted by the metric, naming its place. One pass over the values, and what
 * data/covariance.h costs. */
uf_status uf_preparation_make(uf_context *ctx, const uf_matrix *matrix,
                              const uf_metric_choice *choice, uf_preparation *preparation);
void uf_preparation_free(uf_preparation *preparation);

/* Columns of a prepared row. */
int uf_prepared_columns(uf_metric metric, int d);

/* Whether rows are divided by their own size, or ranked. */
int uf_is_relative(uf_metric metric);

/* Doubles of scratch that uf_prepare_row() needs. */
size_t uf_preparation_scratch(const uf_preparation *preparation);

/* The power of two that multiplies a row whose largest absolute value is `largest`: mostly the
 * common one. A row that is divided by its own size has its own scale when the common one would
 * take it out of the range of float. */
double uf_scale_of_row(const uf_preparation *preparation, double largest);

/* Prepares a row of the user's data in place; it has room for uf_prepared_columns(). */
void uf_prepare_row(const uf_preparation *preparation, double *row, double *scratch);

/* The power of two that values up to `largest` are to be multiplied by so that their squares stay
 * within the range of float: mostly 1. */
double uf_float_scale(double largest);

#endif
