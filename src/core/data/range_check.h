/*
 * data/range_check.h: computes the range of the values of the user's matrix, and checks that a
 * metric admits them.
 */
#ifndef UF_RANGE_CHECK_H
#define UF_RANGE_CHECK_H

#include "base/context.h"
#include "data/matrix.h"
#include "data/metric.h"

/* The least and the greatest value of each chunk of the values: a column of a dense matrix, else so
 * many entries. */
typedef struct uf_ranges {
  const uf_matrix *matrix;
  int64_t n_values;
  int64_t chunk_size; /* values in a chunk, but for the last one */
  int64_t n_chunks;
  double *low;  /* n_chunks; NaN if a value of the chunk is not finite */
  double *high; /* n_chunks */
} uf_ranges;

/* One pass over the values. */
uf_status uf_ranges_measure(uf_context *ctx, const uf_matrix *matrix, uf_ranges *ranges);
void uf_ranges_free(uf_ranges *ranges);

/* Fails with UF_BAD_INPUT when the metric does not admit the form of the matrix, or when a value is
 * missing, infinite or outside of the metric's domain, naming the first such place. */
uf_status uf_ranges_check(uf_context *ctx, const uf_ranges *ranges, uf_metric metric);

/* Computes the ranges and checks them. */
uf_status uf_matrix_check(uf_context *ctx, const uf_matrix *matrix, uf_metric metric);

#endif
