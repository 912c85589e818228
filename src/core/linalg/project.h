/*
 * linalg/project.h: products of matrices, and points projected on the directions of a basis. All
 * sums run in the order of columns, so that a row's result does not depend on the other rows.
 */
#ifndef UF_PROJECT_H
#define UF_PROJECT_H

#include "data/points.h"
#include "linalg/basis.h"

/* c (n × m) = offset + a b, with a (n × depth) and b (depth × m), all by rows. */
typedef struct uf_product {
  const float *a;  /* row i begins at a + a_stride i, or at a + a_stride rows[i] */
  size_t a_stride; /* floats */
  const int *rows; /* n, or NULL */
  int n, depth;
  const float *b;      /* depth × m */
  int m;               /* whole lanes */
  const float *offset; /* m, or NULL for none */
  float *c;            /* n × m */
} uf_product;

/* In parallel, by rows of a. O(n depth m). */
uf_status uf_multiply(uf_context *ctx, const uf_product *product);

/* out (n_rows × m) = offset + points × columns of the basis, in parallel. rows: NULL for all points
 * in order. */
uf_status uf_project(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                     const uf_basis *basis, float *out);

/* Projects rows of floats from … to - 1 in the calling thread, for use within a parallel loop. */
void uf_project_range(const uf_context *ctx, const uf_points *points, int64_t from, int64_t to,
                      const uf_basis *basis, float *out);

#endif
