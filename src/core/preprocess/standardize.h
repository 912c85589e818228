/*
 * preprocess/standardize.h: brings columns of numbers to a common scale, and reduces them to
 * principal components, before anything is compared. The transformation is fixed once from the
 * data, so that rows that come later are treated alike.
 */
#ifndef UF_STANDARDIZE_H
#define UF_STANDARDIZE_H

#include "base/context.h"
#include "data/matrix.h"

typedef enum uf_scaling {
  UF_SCALING_NONE,
  UF_SCALING_Z,            /* each column to mean 0 and standard deviation 1 */
  UF_SCALING_RANGE,        /* all values to [0, 1] by one range */
  UF_SCALING_COLUMN_RANGE, /* each column to [0, 1] by its own */
  UF_SCALING_MAXABS        /* each column to mean 0, all values to [-1, 1] by one factor */
} uf_scaling;

/* Row x becomes z_j = (x_j - center_j) factor_j, and with a rotation then unit · zᵀ rotation. Plain
 * numbers, which can be kept with a model. */
typedef struct uf_standardization {
  int d;
  double *center;   /* d */
  double *factor;   /* d */
  int n_directions; /* 0 without a rotation */
  double *rotation; /* d × n_directions by columns, orthonormal; NULL without */
  double unit;      /* takes back the power of two in `factor` that serves single precision */
} uf_standardization;

/* n_directions: principal components to keep, or 0 for no rotation; at most columns. The matrix is
 * dense; values that are missing or infinite are UF_BAD_INPUT. */
uf_status uf_standardization_make(uf_context *ctx, const uf_matrix *matrix, uf_scaling scaling,
                                  int n_directions, uint64_t seed,
                                  uf_standardization *standardization);
void uf_standardization_free(uf_standardization *standardization);

/* out: n × (n_directions or d) by columns. Values that are missing or infinite are UF_BAD_INPUT. */
uf_status uf_standardize(uf_context *ctx, const uf_matrix *matrix,
                         const uf_standardization *standardization, double *out);

#endif
