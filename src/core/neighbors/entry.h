/*
 * neighbors/entry.h: a neighbour in one integer, so that (rank, row) is compared, and moved, at once:
 * the bits of the rank, which ascend with it since it is not negative; the row, in 31 bits; and a
 * flag.
 */
#ifndef UF_NEIGHBOR_ENTRY_H
#define UF_NEIGHBOR_ENTRY_H

#include <stdint.h>
#include <string.h>

static inline uint32_t uf_rank_bits(float rank) {
  uint32_t bits;
  memcpy(&bits, &rank, sizeof bits);
  return bits;
}

static inline uint64_t uf_entry_of(float rank, int row, int flag) {
  return (uint64_t)uf_rank_bits(rank) << 32 | (uint32_t)row << 1 | (uint32_t)flag;
}

static inline int uf_entry_row(uint64_t entry) { return (int)((uint32_t)entry >> 1); }

static inline float uf_entry_rank(uint64_t entry) {
  uint32_t bits = (uint32_t)(entry >> 32);
  float rank;
  memcpy(&rank, &bits, sizeof rank);
  return rank;
}

/* An infinite rank. */
#define UF_EMPTY_ENTRY (UINT64_C(0x7f800000) << 32)

#endif
