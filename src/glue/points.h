/*
 * glue/points.h: converts prepared points, and their preparation, to plain vectors of R and back,
 * so that a model can keep them.
 *
 * Floats and words of bits lie in integer vectors, which R's files carry to any machine; the core
 * reads them where they are. Words of 64 bits, and hashes, assume little-endian machines, like all
 * that the package is tested on: on other machines a model from here finds no duplicates, and a
 * model of packed bits is misread.
 */
#ifndef UNFURL_R_POINTS_H
#define UNFURL_R_POINTS_H

#include "convert.h"

/* hash: of each row, see core/data/duplicates.h. */
SEXP r_from_points(const uf_points *points, const int *hash);
SEXP r_from_preparation(const uf_preparation *preparation);

/* The points and the preparation lie in R's memory, except `start`, which r_points_free() frees.
 * Fails where the lengths or numbers do not fit together. */
uf_status r_to_points(uf_context *ctx, SEXP list, const uf_preparation *preparation,
                      uf_points *points);
/* Returns points that have been checked. */
const int *r_hash(SEXP list);
void r_points_free(uf_points *points);
uf_status r_to_preparation(uf_context *ctx, SEXP list, uf_preparation *preparation);

#endif
