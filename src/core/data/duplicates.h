/*
 * data/duplicates.h: rows that are the same, bit for bit, as told by a hash of each.
 */
#ifndef UF_DUPLICATES_H
#define UF_DUPLICATES_H

#include "data/points.h"

/* A hash of every row. */
uf_status uf_hash_rows(uf_context *ctx, const uf_points *points, int *hash);

int uf_are_duplicates(const uf_points *points, int row, const uf_points *others, int other);

/* A hash table of rows by their hashes. Rows of one hash are chained in their order, so that a
 * million equal ones cost no more than others. */
typedef struct uf_row_table {
  const int *hash; /* n */
  uint64_t mask;
  int *first; /* mask + 1: the first row of a hash, or -1 */
  int *next;  /* n: the next row of the same hash, or -1 */
} uf_row_table;

uf_status uf_row_table_make(uf_context *ctx, const int *hash, int n, uf_row_table *table);
void uf_row_table_free(uf_row_table *table);

/* The first row of a hash, or -1. */
int uf_row_first(const uf_row_table *table, int hash);

#endif
