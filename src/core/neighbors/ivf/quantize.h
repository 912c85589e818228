/*
 * neighbors/ivf/quantize.h: rows as short strings of 7-bit integers, so that a distance costs one
 * instruction for 64 coordinates, and is the same on every machine.
 *
 * Rows of many columns are first projected on their principal subspace; then a random rotation
 * spreads the variance over all coordinates, so that one scale serves them all. A code is relative
 * to the centroid of the row's list and has a scale of its own: neighborhoods are resolved however
 * small they are compared with the data as a whole, and an outlier spoils no row but itself.
 *
 * The error: let v = z(x) - c be a projected row less its centroid, in m coordinates. Then
 *
 *     scale = max |v_j| / 63,   code_j = round(v_j / scale),   |v_j - scale code_j| <= scale / 2,
 *     |v - scale code| <= e(v) = √m max |v_j| / 126.
 *
 * A query is the decoded row plus the shift to another centroid, w, coded again with 127 steps a
 * side: its error is at most f(w) = √m max |w_j| / 254. So the distance between the codes of rows x
 * and y differs from |z(x) - z(y)| by at most e(x) + f(x) + e(y). The distance |z(x) - z(y)| is
 * never more than |x - y|, since the directions are orthonormal, and equal when there are as many
 * as columns. After the rotation max |v_j| is about |v| √(2 log m / m): an error of some 2 % of a
 * row's distance from its centroid, with m = 96. Order among candidates is settled by comparing
 * rows in float.
 */
#ifndef UF_IVF_QUANTIZE_H
#define UF_IVF_QUANTIZE_H

#include "data/points.h"
#include "linalg/basis.h"

/* The projection on at most n_directions coordinates, whose means the offset brings to 0; a
 * rotation alone when rows have no more columns than that. */
uf_status uf_basis_make(uf_context *ctx, const uf_points *points, int n_directions, uint64_t seed,
                        uf_basis *basis);

/* The cost of uf_basis_make() and of projecting all rows, roughly, in multiplications and additions
 * of floats. */
double uf_basis_cost(const uf_points *points, int n_directions);

/* Codes of places in the layout of the scan kernels: 16 places a panel. */
typedef struct uf_panels {
  int n_panels;
  int n_bytes;    /* codes of a place, a multiple of 4 */
  uint8_t *bytes; /* n_panels × (n_bytes / 4) × 16 × 4 */
  float *scale;   /* n_panels × 16 */
  float
      *half_norm; /* n_panels × 16; ½ |scale × code|²; UF_HALF_NORM_OF_NOTHING at an empty place */
} uf_panels;

uf_status uf_panels_make(uf_context *ctx, int n_panels, int n_bytes, uf_panels *panels);
void uf_panels_free(uf_panels *panels);

/* Puts a string of codes (-63 … 63) at a place: panel × 16 + lane. */
void uf_panels_put(uf_panels *panels, int place, const int8_t *code, float scale);

/* What a place stands for: scale × code (m floats, 0 beyond n_bytes). */
void uf_panels_take(const uf_panels *panels, int place, int m, float *x);

#endif
