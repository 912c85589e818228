/*
 * neighbors/ivf/quantize.h: rows as short strings of 7-bit integers, so that a distance costs one
 * instruction for 64 columns, and is the same on every machine.
 *
 * Wide rows are first projected on their principal subspace; then a random rotation spreads the
 * variance over all coordinates, so that one scale serves them all. A code is relative to the
 * center of the row's cluster and has a scale of its own: neighborhoods are resolved however small
 * they are beside the whole, and an outlier spoils no row but itself.
 */
#ifndef UF_IVF_QUANTIZE_H
#define UF_IVF_QUANTIZE_H

#include "data/points.h"
#include "linalg/basis.h"

/* The projection to at most `n_directions` coordinates, whose means its offset brings to 0; by
 * rotation alone, where rows have no more columns than that. */
uf_status uf_basis_make(uf_context *ctx, const uf_points *points, int n_directions, uint64_t seed,
                        uf_basis *basis);

/* What it takes, in products of floats that are summed up, roughly. */
double uf_basis_cost(const uf_points *points, int n_directions);

/* Codes of places in the layout of the scan kernels: 16 places a panel. */
typedef struct uf_panels {
  int n_panels;
  int n_bytes;      /* codes of a place, a multiple of 4 */
  uint8_t *bytes;   /* n_panels × (n_bytes / 4) × 16 × 4 */
  float *scale;     /* n_panels × 16 */
  float *half_norm; /* n_panels × 16; UF_HALF_NORM_OF_NOTHING where a place is empty */
} uf_panels;

uf_status uf_panels_make(uf_context *ctx, int n_panels, int n_bytes, uf_panels *panels);
void uf_panels_free(uf_panels *panels);

/* Puts a string of codes (-63 … 63) at a place: panel × 16 + lane. */
void uf_panels_put(uf_panels *panels, int place, const int8_t *code, float scale);

/* What a place stands for: scale × code (m floats, 0 beyond n_bytes). */
void uf_panels_take(const uf_panels *panels, int place, int m, float *x);

#endif
