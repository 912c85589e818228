/*
 * matrix.h: looking into the user's matrix (see points.h).
 */
#ifndef UF_MATRIX_H
#define UF_MATRIX_H

#include "arith.h"

#include <limits.h>

#include "points.h"

/* Element `at` of the values: NaN for R's missing integers, 1 where there are none. */
static inline double uf_matrix_value(const uf_matrix *matrix, int64_t at) {
  if (!matrix->values) return 1;
  if (!matrix->is_integer) return ((const double *)matrix->values)[at];
  int value = ((const int *)matrix->values)[at];
  return value == INT_MIN ? (double)NAN : (double)value;
}

/* The element of a dense matrix. */
static inline double uf_matrix_at(const uf_matrix *matrix, int row, int column) {
  return uf_matrix_value(matrix, (int64_t)matrix->n * column + row);
}

static inline int uf_matrix_is_sparse(const uf_matrix *matrix) {
  return matrix->form == UF_SPARSE_COLUMNS || matrix->form == UF_SPARSE_ROWS;
}

#endif
