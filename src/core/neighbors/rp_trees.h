/*
 * neighbors/rp_trees.h: balanced binary trees over the rows, by halving.
 *
 * A tree is an order of the rows. Node j of level v (0 is the root) covers the places from
 * uf_node_first(n, v, j) up to the first place of node j + 1; its children are the nodes 2j and 2j
 * + 1 of the next level. So no shape is stored, leaves differ by one row at most, and equal rows
 * are halved like others, even when all rows are equal.
 */
#ifndef UF_RP_TREES_H
#define UF_RP_TREES_H

#include <string.h>

#include "data/points.h"

static inline int uf_node_first(int n, int level, int64_t node) {
  return (int)((int64_t)n * node >> level);
}

/* Levels below the root until no leaf has more than leaf_size rows. */
int uf_tree_levels(int n, int leaf_size);

/* A key sorts by value, then by tie. */
static inline uint64_t uf_split_key(float value, uint32_t tie) {
  float zero_is_positive = value + 0.0f;
  uint32_t bits;
  memcpy(&bits, &zero_is_positive, sizeof bits);
  bits ^= bits >> 31 ? UINT32_MAX : UINT32_C(1) << 31;
  return (uint64_t)bits << 32 | tie;
}

/* Decides how a node splits: fills the keys of its rows; rows with the lesser half of the keys go
 * left. */
typedef void uf_node_keys(void *job, int level, int node, const int *rows, int n_rows,
                          uint64_t *keys);

/* Fills order (n) with the rows by leaf. A key's tie × row_of_tie (modulo 2^32) must be the row:
 * 1 where rows are the ties. O(n log n), in parallel below the first levels. */
uf_status uf_tree_grow(uf_context *ctx, int n, int levels, uf_node_keys *keys_of, void *job,
                       uint32_t row_of_tie, int *order);

/* Random-projection trees over the same points, one at a time. */
typedef struct uf_forest {
  const uf_points *points;
  uint64_t seed;
  int levels;
  int *order;         /* n: the rows by leaf of the tree grown last */
  float *rows;        /* 2 × d: two rows, whose difference is a direction */
  float *directions;  /* d × directions of a tree */
  float *projections; /* n × directions of a tree */
  uint64_t tree_key;
  uint32_t tie_of_row; /* an odd factor of its own for each tree, which shuffles equal rows */
} uf_forest;

uf_status uf_forest_open(uf_context *ctx, const uf_points *points, int leaf_size, uint64_t seed,
                         uf_forest *forest);
uf_status uf_forest_grow(uf_context *ctx, uf_forest *forest, int tree);
void uf_forest_close(uf_forest *forest);

#endif
