/*
 * base/index_set.h: distinct indices, numbered in the order in which they are first met.
 *
 * A hash table with open addressing, at most half full: adding takes O(1) on average, and a set of
 * m takes 4 (m + 2 … 4 m) bytes however large the indices are. It serves where an array by index
 * would be as long as all indices for every thread.
 */
#ifndef UF_INDEX_SET_H
#define UF_INDEX_SET_H

#include <stdint.h>

#include "base/context.h"

typedef struct uf_index_set {
  int count;   /* indices met so far */
  int *index;  /* by number */
  int *number; /* 1 << (32 - shift): by hash; -1 where free */
  int shift;
} uf_index_set;

/* Makes room for `most` indices, at least 1. */
uf_status uf_index_set_make(uf_context *ctx, int most, uf_index_set *set);
void uf_index_set_free(uf_index_set *set);

/* Empties a set, which then has room for `most`, no more than it was made with. O(most). */
void uf_index_set_begin(uf_index_set *set, int most);

/* Empties a set that keeps its room. O(count): each run of taken places is cleared from where the
 * hash of an index points to its end, so no index of the run stays behind. */
void uf_index_set_clear(uf_index_set *set);

/* Returns the number of an index; a new index gets the number set->count had before. */
static inline int uf_index_set_add(uf_index_set *set, int index) {
  uint32_t at = (uint32_t)index * UINT32_C(0x9e3779b1) >> set->shift; /* Fibonacci hashing */
  const uint32_t last = UINT32_MAX >> set->shift;
  while (set->number[at] >= 0 && set->index[set->number[at]] != index) at = (at + 1) & last;
  if (set->number[at] < 0) {
    set->number[at] = set->count;
    set->index[set->count++] = index;
  }
  return set->number[at];
}

#endif
