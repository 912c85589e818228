/*
 * neighbors/entry.h: a neighbor in one integer, so that (proxy, row) is compared, and moved, at once:
 * the bits of the proxy, which ascend with it since it is not negative; the row, in 31 bits; and a
 * flag.
 */
#ifndef UF_ENTRY_H
#define UF_ENTRY_H

#include <stdint.h>
#include <string.h>

static inline uint32_t uf_proxy_bits(float proxy) {
  uint32_t bits;
  memcpy(&bits, &proxy, sizeof bits);
  return bits;
}

static inline uint64_t uf_entry_of(float proxy, int row, int flag) {
  return (uint64_t)uf_proxy_bits(proxy) << 32 | (uint32_t)row << 1 | (uint32_t)flag;
}

static inline int uf_entry_row(uint64_t entry) { return (int)((uint32_t)entry >> 1); }

static inline float uf_entry_proxy(uint64_t entry) {
  uint32_t bits = (uint32_t)(entry >> 32);
  float proxy;
  memcpy(&proxy, &bits, sizeof proxy);
  return proxy;
}

/* An infinite proxy. */
#define UF_EMPTY_ENTRY (UINT64_C(0x7f800000) << 32)

#endif
