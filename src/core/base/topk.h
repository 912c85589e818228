/*
 * base/topk.h: the k smallest of keys that come one by one, by insertion into a sorted list.
 *
 * A key is one integer, so that it is compared and moved at once: mostly a number that is not
 * negative above, by its bits, and an index below, which orders equal numbers. k is small.
 */
#ifndef UF_TOPK_H
#define UF_TOPK_H

#include <stdint.h>
#include <string.h>

/* Returns the bits of a float that is not negative: they ascend with it. */
static inline uint32_t uf_ascending_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline uint64_t uf_topk_key(float x, int index) {
  return (uint64_t)uf_ascending_bits(x) << 32 | (uint32_t)index;
}

static inline int uf_topk_index(uint64_t key) { return (int)(uint32_t)key; }

/* Puts a key into an ascending list of `count` keys with room for k. Returns its place, or -1 where
 * k smaller ones are there already; when the list was not full, it has one key more then. */
static inline int uf_topk_insert(uint64_t *list, int count, int k, uint64_t key) {
  int at = count;
  if (count == k) {
    if (k == 0 || key >= list[k - 1]) return -1;
    at = k - 1;
  }
  for (; at > 0 && list[at - 1] > key; at--) list[at] = list[at - 1];
  list[at] = key;
  return at;
}

/* Inserts likewise where a key may come again: skips a key that is there already, and returns
 * -1. */
static inline int uf_topk_insert_new(uint64_t *list, int count, int k, uint64_t key) {
  int at = count;
  if (count == k && (k == 0 || key > list[k - 1])) return -1;
  while (at > 0 && list[at - 1] > key) at--;
  if (at > 0 && list[at - 1] == key) return -1;
  memmove(list + at + 1, list + at, (size_t)((count < k ? count : k - 1) - at) * sizeof *list);
  list[at] = key;
  return at;
}

#endif
