/*
 * neighbor_codes.h: rows as short strings of 7-bit integers, so that a distance is an exact integer
 * and costs one instruction for 64 columns.
 *
 * Wide rows are first projected on their principal subspace; then a random rotation spreads the
 * variance over all coordinates, so that one scale serves them all. Integers are the same on every
 * machine, which the search among them inherits.
 */
#ifndef UF_NEIGHBOR_CODES_H
#define UF_NEIGHBOR_CODES_H

#include "points.h"

typedef struct uf_codes {
  int n;
  int n_bytes;    /* bytes a row, a multiple of 4 */
  uint8_t *bytes; /* n × n_bytes: 64 + the code, which is in -63 … 63 */
} uf_codes;

uf_status uf_codes_make(uf_context *ctx, const uf_points *points, uint64_t seed, uf_codes *codes);
void uf_codes_free(uf_codes *codes);

static inline const uint8_t *uf_code(const uf_codes *codes, int row) {
  return codes->bytes + (size_t)row * (size_t)codes->n_bytes;
}

/* Codes laid out for the scan kernels: 16 rows a panel. */
typedef struct uf_panels {
  int n_panels;
  int8_t *bytes;      /* n_panels × (n_bytes / 4) × 16 × 4 */
  int32_t *half_norm; /* n_panels × 16; huge where a place is empty, so that it is never near */
} uf_panels;

uf_status uf_panels_make(uf_context *ctx, int n_panels, int n_bytes, uf_panels *panels);
void uf_panels_free(uf_panels *panels);

/* Puts a row of codes at a place (panel × 16 + lane), or leaves the place empty where code is NULL.
 */
void uf_panels_put(uf_panels *panels, int n_bytes, int place, const uint8_t *code);

#endif
