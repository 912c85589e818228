/*
 * linalg/basis.h: a few directions that points are projected on.
 */
#ifndef UF_BASIS_H
#define UF_BASIS_H

#include "base/context.h"
#include "base/types.h"

typedef struct uf_basis {
  int depth;        /* columns of the points */
  int n_directions; /* columns in use; the columns behind them are 0 */
  int m;            /* n_directions in whole lanes */
  float *columns;   /* depth × m by rows */
  float *offset;    /* m: added to every projection; NULL for none */
} uf_basis;

/* Room for the columns, not cleared, without offset. */
uf_status uf_basis_alloc(uf_context *ctx, int depth, int n_directions, uf_basis *basis);
void uf_basis_free(uf_basis *basis);

#endif
