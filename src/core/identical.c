/*
 * identical.c: a row is hashed word by word (uf_mix of random.h), whatever its form. O(n d).
 */
#include "arith.h"

#include "identical.h"

#include "memory.h"
#include "parallel.h"
#include "random.h"

enum { ROWS_PER_BLOCK = 256 };

/* A row's content is one or two arrays. */
typedef struct content {
  const void *part[2];
  size_t size[2];
} content;

static content content_of(const uf_points *points, int row) {
  size_t i = (size_t)row;
  if (points->form == UF_BIT_STRINGS)
    return (content){{points->bits + points->words * i, NULL},
                     {points->words * sizeof *points->bits, 0}};
  if (points->form == UF_COMPRESSED_ROWS) {
    size_t count = (size_t)(points->start[row + 1] - points->start[row]);
    return (content){{points->column + points->start[row], points->value + points->start[row]},
                     {count * sizeof *points->column, count * sizeof *points->value}};
  }
  return (content){{uf_point(points, row), NULL}, {points->stride * sizeof *points->x, 0}};
}

static uint64_t hash_part(uint64_t hash, const void *part, size_t size) {
  const char *bytes = part;
  for (; size >= sizeof hash; bytes += sizeof hash, size -= sizeof hash) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    hash = uf_mix(hash ^ word) + word;
  }
  uint64_t rest = 0;
  if (size) memcpy(&rest, bytes, size);
  return uf_mix(hash ^ rest);
}

typedef struct hash_job {
  const uf_points *points;
  int *hash;
} hash_job;

static void hash_block(void *job, int64_t block, int worker) {
  (void)worker;
  hash_job *j = job;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, j->points->n);
  for (int i = (int)rows.from; i < rows.to; i++) {
    content row = content_of(j->points, i);
    uint64_t hash = hash_part(0, row.part[0], row.size[0]);
    if (row.size[1]) hash = hash_part(hash, row.part[1], row.size[1]);
    j->hash[i] = (int)(hash >> 33);
  }
}

uf_status uf_hash_rows(uf_context *ctx, const uf_points *points, int *hash) {
  hash_job job = {points, hash};
  return uf_parallel(ctx, uf_n_blocks(points->n, ROWS_PER_BLOCK), hash_block, &job);
}

int uf_are_identical(const uf_points *points, int row, const uf_points *others, int other) {
  content a = content_of(points, row), b = content_of(others, other);
  for (int p = 0; p < 2; p++)
    if (a.size[p] != b.size[p] || (a.size[p] && memcmp(a.part[p], b.part[p], a.size[p]))) return 0;
  return 1;
}

uf_status uf_row_table_make(uf_context *ctx, const int *hash, int n, uf_row_table *table) {
  uf_status status = UF_OK;
  uint32_t size = 16;
  while (size < 2 * (uint32_t)n) size *= 2;
  *table = (uf_row_table){.hash = hash, .mask = size - 1};
  UF_NEW(ctx, table->slot, size);
  memset(table->slot, -1, size * sizeof *table->slot);
  for (int i = 0; i < n; i++) {
    uint32_t at = (uint32_t)hash[i] & table->mask;
    while (table->slot[at] >= 0) at = (at + 1) & table->mask;
    table->slot[at] = i;
  }
done:
  return status;
}

void uf_row_table_free(uf_row_table *table) { uf_free(table->slot); }

int uf_row_next(const uf_row_table *table, int hash, uint32_t *at) {
  for (;;) {
    int row = table->slot[*at];
    *at = (*at + 1) & table->mask;
    if (row < 0 || table->hash[row] == hash) return row;
  }
}

int uf_row_first(const uf_row_table *table, int hash, uint32_t *at) {
  *at = (uint32_t)hash & table->mask;
  return uf_row_next(table, hash, at);
}
