/*
 * base/csr_build.h: computes where the rows of a compressed structure begin.
 *
 * start has n + 1 elements; row i is entries start[i] … start[i + 1] - 1. To build it, count row i
 * in start[i + 1] (start[0] is 0), call uf_csr_starts(), put each entry of row i at start[i]++, and
 * call uf_csr_rewind(). O(n + entries).
 */
#ifndef UF_CSR_BUILD_H
#define UF_CSR_BUILD_H

#include <stdint.h>

/* Turns the length of row i in start[i + 1] into where row i + 1 begins. Returns the number of
 * entries. */
static inline int64_t uf_csr_starts(int64_t n, int64_t *start) {
  for (int64_t i = 0; i < n; i++) start[i + 1] += start[i];
  return start[n];
}

/* After each start has advanced to the end of its row: brings all of them back. */
static inline void uf_csr_rewind(int64_t n, int64_t *start) {
  for (int64_t i = n; i > 0; i--) start[i] = start[i - 1];
  start[0] = 0;
}

/* Puts an entry into a row whose `count` entries ascend by index, behind those with the same index. */
static inline void uf_csr_insert(int *index, float *value, int64_t count, int new_index,
                                 float new_value) {
  int64_t at = count;
  for (; at > 0 && index[at - 1] > new_index; at--) {
    index[at] = index[at - 1];
    value[at] = value[at - 1];
  }
  index[at] = new_index;
  value[at] = new_value;
}

#endif
