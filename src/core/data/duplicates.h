/*
 * data/duplicates.h: finds rows that are equal bit for bit, by a hash of each row, whatever its
 * form.
 */
#ifndef UF_DUPLICATES_H
#define UF_DUPLICATES_H

#include "data/points.h"

/* Sets hash[i] to the hash of row i. O(n d). */
uf_status uf_hash_rows(uf_context *ctx, const uf_points *points, int *hash);

/* Whether a row of the points equals a row of others, prepared in the same way. */
int uf_are_duplicates(const uf_points *points, int row, const uf_points *others, int other);

/* A hash table of rows. Rows with the same hash are chained in ascending order, so that a million
 * equal rows cost no more than a million different ones. */
typedef struct uf_row_table {
  const int *hash; /* n: the caller's, which must outlive the table */
  uint64_t mask;   /* slots - 1; the number of slots is a power of two */
  int *first;      /* mask + 1: the first row with the hash of a slot, or -1 */
  int *next;       /* n: the next row with the same hash, or -1 */
} uf_row_table;

uf_status uf_row_table_make(uf_context *ctx, const int *hash, int n, uf_row_table *table);
void uf_row_table_free(uf_row_table *table);

/* The first row with a hash, or -1; table->next leads to the others. */
int uf_row_first(const uf_row_table *table, int hash);

/* The sets of equal rows: the copies of a row are first[row] and what follows it by `next`, in
 * ascending order. */
typedef struct uf_copies {
  int *first; /* n: the lowest row that is the same as this one */
  int *next;  /* n: the next row that is, or -1 */
} uf_copies;

/* When rows are the same: their hashes are equal, and is_same(data, row, other). */
typedef struct uf_sameness {
  const int *hash; /* n */
  int (*is_same)(const void *data, int row, int other);
  const void *data;
} uf_sameness;

/* O(n) comparisons, with 5 more ints a row while it looks. */
uf_status uf_copies_of(uf_context *ctx, int n, const uf_sameness *sameness, uf_copies *copies);

/* Of the points themselves. O(n d). */
uf_status uf_copies_find(uf_context *ctx, const uf_points *points, uf_copies *copies);
void uf_copies_free(uf_copies *copies);

/* Rows that are the same, as groups, which are numbered by their first rows. */
typedef struct uf_row_groups {
  int n, m;       /* rows, and groups of them; m = 0 where rows are not grouped */
  int *group;     /* n: the group of a row */
  int64_t *start; /* m + 1; the rows of group g are member[start[g] … start[g + 1] - 1] */
  int *member;    /* n: rows, ascending within a group */
} uf_row_groups;

static inline int uf_first_of_group(const uf_row_groups *groups, int group) {
  return groups->member[groups->start[group]];
}

/* From the first row of each row; left zero where all rows differ. */
uf_status uf_row_groups_make(uf_context *ctx, const int *first, int n, uf_row_groups *groups);
void uf_row_groups_free(uf_row_groups *groups);

#endif
