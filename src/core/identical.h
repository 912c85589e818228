/*
 * identical.h: rows that are the same, bit for bit, as told by a hash of each.
 */
#ifndef UF_IDENTICAL_H
#define UF_IDENTICAL_H

#include "points.h"

/* A hash of every row. */
uf_status uf_hash_rows(uf_context *ctx, const uf_points *points, int *hash);

int uf_are_identical(const uf_points *points, int row, const uf_points *others, int other);

/* A hash table of rows by their hashes; among equal hashes, the first row comes first. */
typedef struct uf_row_table {
  const int *hash; /* n */
  uint32_t mask;
  int *slot; /* mask + 1: a row, or -1 */
} uf_row_table;

uf_status uf_row_table_make(uf_context *ctx, const int *hash, int n, uf_row_table *table);
void uf_row_table_free(uf_row_table *table);

/* Where the search for a hash begins, and where it goes on; -1 at its end. *at is the caller's. */
int uf_row_first(const uf_row_table *table, int hash, uint32_t *at);
int uf_row_next(const uf_row_table *table, int hash, uint32_t *at);

#endif
