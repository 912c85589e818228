/*
 * glue/points.h: points that are ready to be compared, and how they were made ready, as plain vectors
 * of R, so that a model can keep them.
 *
 * Floats and words of bits lie in integer vectors, which R's files carry to any machine; the core
 * reads them where they are. Words of 64 bits, and hashes, take machines of little endians for granted,
 * as all are that the package is tested on: elsewhere a model of theirs finds no duplicates, and one of
 * packed bits is misread.
 */
#ifndef UNFURL_R_POINTS_H
#define UNFURL_R_POINTS_H

#include "convert.h"

/* hash: of each row, see core/identical.h. */
SEXP r_from_points(const uf_points *points, const int *hash);
SEXP r_from_preparation(const uf_preparation *preparation);

/* The points lie in R's memory but for `start`, which r_points_free() frees; so does the
 * preparation. Fails where the lengths or numbers do not fit together. */
uf_status r_to_points(uf_context *ctx, SEXP list, const uf_preparation *preparation,
                      uf_points *points);
/* Those that have been checked. */
const int *r_hash(SEXP list);
void r_points_free(uf_points *points);
uf_status r_to_preparation(uf_context *ctx, SEXP list, uf_preparation *preparation);

#endif
