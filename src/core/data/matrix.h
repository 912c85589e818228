/*
 * data/matrix.h: the user's data as they come: a dense matrix, a sparse one, or packed bits.
 */
#ifndef UF_MATRIX_H
#define UF_MATRIX_H

#include "arith/arith.h"

#include <limits.h>

#include "base/types.h"

typedef enum uf_matrix_form {
  UF_DENSE_COLUMNS,  /* values: n × d by columns */
  UF_SPARSE_COLUMNS, /* column j has rows index[start[j]] … index[start[j + 1] - 1] */
  UF_SPARSE_ROWS,    /* row i has columns index[start[i]] … */
  UF_BIT_ROWS /* values: n × d / 8 bytes by columns; bit b of byte c of a row is column 8 c + b */
} uf_matrix_form;

/* The user's matrix, as R holds it: doubles, or ints (with INT_MIN for NA). The values of a sparse
 * one may be NULL: all 1. */
typedef struct uf_matrix {
  const void *values;
  int is_integer;
  int n;
  int d;
  uf_matrix_form form;
  const int *start, *index; /* where sparse */
} uf_matrix;

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
