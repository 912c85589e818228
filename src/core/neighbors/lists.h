/*
 * neighbors/lists.h: the lists of NN-descent, one a row: its nearest neighbors so far.
 *
 * A list has always `width` entries (neighbors/entry.h), ascending; missing entries are empty. The
 * flag of an entry is set until it has been drawn as a candidate (neighbors/candidates.h).
 */
#ifndef UF_LISTS_H
#define UF_LISTS_H

#include "neighbors/entry.h"

typedef struct uf_lists {
  int n;
  int width;        /* entries of a list, the row itself not among them */
  int is_one_sided; /* whether the proxy of two rows may depend on which one comes first */
  uint64_t *entry;  /* n × width */
} uf_lists;

static inline uint64_t *uf_list_of(const uf_lists *lists, int row) {
  return lists->entry + (size_t)row * (size_t)lists->width;
}

/* Entries that are not empty. */
static inline int uf_list_length(const uf_lists *lists, int row) {
  const uint64_t *list = uf_list_of(lists, row);
  int n = lists->width;
  while (n > 0 && list[n - 1] >= UF_EMPTY_ENTRY) n--;
  return n;
}

/* Whether a neighbor at this proxy is nearer than the last of the list. One as near is not let in,
 * or lists among equal rows would go on changing for smaller indices. */
static inline int uf_can_enter_list(const uf_lists *lists, int row, float proxy) {
  return uf_ascending_bits(proxy) < uf_list_of(lists, row)[lists->width - 1] >> 32;
}

static inline int uf_has_neighbor(const uf_lists *lists, int row, int neighbor) {
  const uint64_t *list = uf_list_of(lists, row);
  for (int i = 0; i < lists->width; i++)
    if (uf_entry_row(list[i]) == neighbor) return list[i] < UF_EMPTY_ENTRY;
  return 0;
}

/* Puts a neighbor in its place, flagged. Returns whether it went in: not when it is too far, or
 * there already, which is at the same proxy, hence at the place where it would go. The search for
 * this place has no branch that the processor could mispredict. */
static inline int uf_list_enter(uf_lists *lists, int row, int neighbor, float proxy) {
  if (!uf_can_enter_list(lists, row, proxy)) return 0;
  uint64_t *list = uf_list_of(lists, row), *place = list, entry = uf_entry_of(proxy, neighbor, 0);
  for (int n = lists->width; n > 1;) {
    int half = n / 2;
    place += place[half - 1] < entry ? half : 0;
    n -= half;
  }
  if (*place >> 1 == entry >> 1 || (lists->is_one_sided && uf_has_neighbor(lists, row, neighbor)))
    return 0;
  memmove(place + 1, place, (size_t)(list + lists->width - 1 - place) * sizeof *place);
  *place = entry | 1;
  return 1;
}

#endif
