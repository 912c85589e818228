/*
 * base/merge_sorted.h: goes through two ascending lists together, in the order of their values.
 *
 *   uf_merge_sorted both = {.left = …, .right = …, .n_left = …, .n_right = …};
 *   while (uf_merge_next(&both)) … both.value, and where it stands in each list
 */
#ifndef UF_MERGE_SORTED_H
#define UF_MERGE_SORTED_H

#include <stdint.h>

typedef struct uf_merge_sorted {
  const int *left, *right;
  int64_t n_left, n_right;
  int64_t left_at, right_at; /* the place of the value, where it is in that list */
  int in_left, in_right;
  int value;
} uf_merge_sorted;

/* Goes on to the next value of either list; 0 at the end of both. */
static inline int uf_merge_next(uf_merge_sorted *m) {
  int64_t l = m->left_at += m->in_left, r = m->right_at += m->in_right;
  if (l == m->n_left && r == m->n_right) return 0;
  m->in_left = r == m->n_right || (l < m->n_left && m->left[l] <= m->right[r]);
  m->in_right = l == m->n_left || (r < m->n_right && m->right[r] <= m->left[l]);
  m->value = m->in_left ? m->left[l] : m->right[r];
  return 1;
}

#endif
