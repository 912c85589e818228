/*
 * base/select.h: the smallest of many keys, without sorting them (Hoare's selection).
 */
#ifndef UF_SELECT_H
#define UF_SELECT_H

#include "base/random.h"

/* Brings the `wanted` smallest of n different keys to the front. Pivots are random, since rows in
 * an order with a meaning (a wave sampled in time) defeat any fixed one. */
static inline void uf_select_smallest(uint64_t *keys, int n, int wanted) {
  int low = 0, high = n - 1;
  uint64_t key = (uint64_t)n;
  while (low < high) {
    key = uf_mix(key + (uint64_t)low + 1);
    uint64_t pivot = keys[low + uf_draw_index(key, 0, high - low + 1)];
    int i = low, j = high;
    while (i <= j) {
      while (keys[i] < pivot) i++;
      while (keys[j] > pivot) j--;
      if (i <= j) {
        uint64_t t = keys[i];
        keys[i++] = keys[j];
        keys[j--] = t;
      }
    }
    if (wanted <= j)
      high = j;
    else if (wanted >= i)
      low = i;
    else
      return;
  }
}

#endif
