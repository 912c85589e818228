/*
 * neighbors/candidates.h: the candidates of NN-descent: rows that a row brings together.
 *
 * Candidates of row v are drawn from its neighbors and from the rows whose neighbor it is, `most`
 * of the new rows (not drawn before) and `most` of the old ones: the rows u with the smallest
 *
 *   key(v, u) = hash(iteration, v, u) in its upper half, u in its lower half.
 *
 * So the draw does not depend on the order in which rows are met, and a row that is met twice is
 * drawn once. Takes 2 n most keys.
 */
#ifndef UF_CANDIDATES_H
#define UF_CANDIDATES_H

#include "neighbors/exchange.h"
#include "neighbors/lists.h"

enum { UF_OLD, UF_NEW };

typedef struct uf_candidates {
  int most;          /* of a kind, below 256 */
  uint64_t *key[2];  /* per kind: n × most, ascending */
  uint8_t *count[2]; /* per kind: n */
} uf_candidates;

uf_status uf_candidates_open(uf_context *ctx, int n, int most, uf_candidates *candidates);
void uf_candidates_close(uf_candidates *candidates);

/* Draws candidates for all rows, and takes the flag from the entries of lists that are drawn as
 * new. draw_key: of the iteration. progress: where the progress bar stands. */
uf_status uf_candidates_draw(uf_context *ctx, uf_lists *lists, uf_exchange *exchange,
                             uint64_t draw_key, double progress, uf_candidates *candidates);

/* The candidates of a row, new ones first. Returns how many they are; *n_new of them are new. */
static inline int uf_candidates_of(const uf_candidates *candidates, int row, int *rows,
                                   int *n_new) {
  int count = 0;
  for (int kind = UF_NEW; kind >= UF_OLD; kind--) {
    const uint64_t *key = candidates->key[kind] + (size_t)row * (size_t)candidates->most;
    for (int i = 0; i < candidates->count[kind][row]; i++) rows[count++] = uf_topk_index(key[i]);
    if (kind == UF_NEW) *n_new = count;
  }
  return count;
}

#endif
