/*
 * preparation.h: what is done to one row of a dense matrix before it becomes floats.
 */
#ifndef UF_PREPARATION_H
#define UF_PREPARATION_H

#include "points.h"

/* Columns of a row when it is ready. */
int uf_prepared_columns(uf_metric metric, int d);

/* Doubles that uf_prepare_row() needs beside the row. */
size_t uf_preparation_scratch(const uf_preparation *preparation);

/* Makes a row ready in place, which has room for uf_prepared_columns(). It comes as the user gave
 * it. */
void uf_prepare_row(const uf_preparation *preparation, double *row, double *scratch);

/* Finiteness, and what the metric admits: names the first place that offends. */
uf_status uf_matrix_check(uf_context *ctx, const uf_matrix *matrix, uf_metric metric);

#endif
