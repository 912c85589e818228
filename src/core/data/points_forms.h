/*
 * data/points_forms.h: the forms of points beside rows of floats (see data/points.h).
 */
#ifndef UF_POINTS_FORMS_H
#define UF_POINTS_FORMS_H

#include "data/points.h"

/* Rows of a sparse matrix, never filled: O(entries). */
uf_status uf_fill_compressed_rows(uf_context *ctx, const uf_matrix *matrix,
                                  const uf_preparation *preparation, uf_points *points);

/* Which columns are not zero, of a dense matrix or one of packed bits. */
uf_status uf_fill_bit_strings(uf_context *ctx, const uf_matrix *matrix, uf_points *points);

#endif
