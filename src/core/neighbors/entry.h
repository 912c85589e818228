/*
 * neighbors/entry.h: an entry of a list of neighbors, as one key (base/topk.h) that also has a
 * flag.
 *
 *   bits 63 … 32  the proxy distance, by its bits
 *   bits 31 … 1   the row
 *   bit 0         a flag
 */
#ifndef UF_ENTRY_H
#define UF_ENTRY_H

#include "base/topk.h"

static inline uint64_t uf_entry_of(float proxy, int row, int flag) {
  return (uint64_t)uf_ascending_bits(proxy) << 32 | (uint32_t)row << 1 | (uint32_t)flag;
}

static inline int uf_entry_row(uint64_t entry) { return (int)((uint32_t)entry >> 1); }

static inline float uf_entry_proxy(uint64_t entry) {
  uint32_t bits = (uint32_t)(entry >> 32);
  float proxy;
  memcpy(&proxy, &bits, sizeof proxy);
  return proxy;
}

/* Entries are empty from here on: at an infinite proxy. */
#define UF_EMPTY_ENTRY (UINT64_C(0x7f800000) << 32)

#endif
