#include "arith/arith.h"

#include "data/duplicates.h"

#include "base/csr_build.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

enum { ROWS_PER_BLOCK = 256 };

/* The bytes of a row, in one array or in two. */
typedef struct row_bytes {
  const void *part[2];
  size_t size[2];
} row_bytes;

static row_bytes bytes_of(const uf_points *points, int row) {
  size_t i = (size_t)row;
  if (points->form == UF_BIT_STRINGS)
    return (row_bytes){{points->bits + points->words * i, NULL},
                       {points->words * sizeof *points->bits, 0}};
  if (points->form == UF_COMPRESSED_ROWS) {
    size_t count = (size_t)(points->start[row + 1] - points->start[row]);
    return (row_bytes){{points->column + points->start[row], points->value + points->start[row]},
                       {count * sizeof *points->column, count * sizeof *points->value}};
  }
  return (row_bytes){{uf_point(points, row), NULL}, {points->stride * sizeof *points->x, 0}};
}

/* Word by word, by uf_mix() of base/random.h. */
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
  int *hash; /* n */
} hash_job;

static void hash_rows(void *job, uf_rows rows) {
  hash_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++) {
    row_bytes row = bytes_of(j->points, i);
    uint64_t hash = hash_part(0, row.part[0], row.size[0]);
    if (row.size[1]) hash = hash_part(hash, row.part[1], row.size[1]);
    j->hash[i] = (int)(hash >> 33);
  }
}

uf_status uf_hash_rows(uf_context *ctx, const uf_points *points, int *hash) {
  hash_job job = {points, hash};
  return uf_parallel_rows(ctx, points->n, ROWS_PER_BLOCK, hash_rows, &job);
}

int uf_are_duplicates(const uf_points *points, int row, const uf_points *others, int other) {
  row_bytes a = bytes_of(points, row), b = bytes_of(others, other);
  for (int p = 0; p < 2; p++)
    if (a.size[p] != b.size[p] || (a.size[p] && memcmp(a.part[p], b.part[p], a.size[p]))) return 0;
  return 1;
}

/* The slot of a hash, or the free one where it belongs (open addressing: slots of other hashes are
 * skipped). At most half of the slots are taken, so the loop ends. */
static uint64_t slot_of(const uf_row_table *table, int hash) {
  uint64_t at = (uint32_t)hash & table->mask;
  while (table->first[at] >= 0 && table->hash[table->first[at]] != hash)
    at = (at + 1) & table->mask;
  return at;
}

uf_status uf_row_table_make(uf_context *ctx, const int *hash, int n, uf_row_table *table) {
  uf_status status = UF_OK;
  int64_t size = 16;
  while (size < 2 * (int64_t)n) size *= 2;
  *table = (uf_row_table){.hash = hash, .mask = (uint64_t)size - 1};
  UF_NEW(ctx, table->first, size);
  UF_NEW(ctx, table->next, n);
  memset(table->first, -1, (size_t)size * sizeof *table->first);
  for (int i = n - 1; i >= 0; i--) {
    uint64_t at = slot_of(table, hash[i]);
    table->next[i] = table->first[at];
    table->first[at] = i;
  }
done:
  if (status) uf_row_table_free(table);
  return status;
}

void uf_row_table_free(uf_row_table *table) {
  uf_free(table->first);
  uf_free(table->next);
  *table = (uf_row_table){0};
}

int uf_row_first(const uf_row_table *table, int hash) { return table->first[slot_of(table, hash)]; }

/* Heads are the lowest rows of their kind; heads with one hash are chained, and mostly there is
 * only one. */
typedef struct copy_lists {
  int *head; /* n: the next head of the same hash, or -1 */
  int *last; /* n: at a head, its last copy so far */
} copy_lists;

static void add_copy(const uf_sameness *sameness, int row, int head, copy_lists *lists,
                     uf_copies *copies) {
  int before = -1;
  while (head >= 0 && head != row && !sameness->is_same(sameness->data, head, row)) {
    before = head;
    head = lists->head[head];
  }
  if (head >= 0 && head != row) {
    copies->first[row] = head;
    copies->next[lists->last[head]] = row;
    lists->last[head] = row;
  } else {
    if (before >= 0) lists->head[before] = row;
    copies->first[row] = lists->last[row] = row;
  }
}

uf_status uf_copies_of(uf_context *ctx, int n, const uf_sameness *sameness, uf_copies *copies) {
  uf_status status = UF_OK;
  uf_row_table table = {0};
  copy_lists lists = {0};
  *copies = (uf_copies){0};
  UF_NEW(ctx, lists.head, n);
  UF_NEW(ctx, lists.last, n);
  UF_NEW(ctx, copies->first, n);
  UF_NEW(ctx, copies->next, n);
  UF_TRY(uf_row_table_make(ctx, sameness->hash, n, &table));
  for (int i = 0; i < n; i++) {
    if (i % ROWS_PER_BLOCK == 0) {
      UF_TRY(uf_poll(ctx, 1));
    }
    copies->next[i] = lists.head[i] = -1;
    add_copy(sameness, i, uf_row_first(&table, sameness->hash[i]), &lists, copies);
  }
done:
  uf_free(lists.head);
  uf_free(lists.last);
  uf_row_table_free(&table);
  if (status) uf_copies_free(copies);
  return status;
}

static int are_same_points(const void *points, int row, int other) {
  return uf_are_duplicates(points, row, points, other);
}

/* Rows of floats by a hash that is faster than uf_hash_rows(), which models keep and must not
 * change: Σ_i word_i factor_i (modulo 2^64) with random odd factors, so that no word waits for
 * another. */
typedef struct sum_job {
  const uf_points *points;
  const uint64_t *factor; /* stride / 2 */
  int *hash;              /* n */
} sum_job;

static void sum_rows(void *job, uf_rows rows) {
  const sum_job *j = job;
  size_t n_words = j->points->stride / 2;
  for (int i = (int)rows.from; i < rows.to; i++) {
    const char *row = (const char *)uf_point(j->points, i);
    uint64_t sum = 0;
    for (size_t w = 0; w < n_words; w++) {
      uint64_t word;
      memcpy(&word, row + w * sizeof word, sizeof word);
      sum += word * j->factor[w];
    }
    j->hash[i] = (int)(uf_mix(sum) >> 33);
  }
}

static uf_status hash_float_rows(uf_context *ctx, const uf_points *points, int *hash) {
  uf_status status = UF_OK;
  uint64_t *factor = NULL;
  UF_NEW(ctx, factor, points->stride / 2);
  for (size_t w = 0; w < points->stride / 2; w++) factor[w] = uf_draw(points->stride, w) | 1;
  sum_job job = {points, factor, hash};
  UF_TRY(uf_parallel_rows(ctx, points->n, ROWS_PER_BLOCK, sum_rows, &job));
done:
  uf_free(factor);
  return status;
}

uf_status uf_copies_find(uf_context *ctx, const uf_points *points, uf_copies *copies) {
  uf_status status = UF_OK;
  int *hash = NULL;
  *copies = (uf_copies){0};
  UF_NEW(ctx, hash, points->n);
  UF_TRY(points->form == UF_FLOAT_ROWS ? hash_float_rows(ctx, points, hash)
                                       : uf_hash_rows(ctx, points, hash));
  const uf_sameness sameness = {hash, are_same_points, points};
  UF_TRY(uf_copies_of(ctx, points->n, &sameness, copies));
done:
  uf_free(hash);
  return status;
}

void uf_copies_free(uf_copies *copies) {
  uf_free(copies->first);
  uf_free(copies->next);
  *copies = (uf_copies){0};
}

uf_status uf_row_groups_make(uf_context *ctx, const int *first, int n, uf_row_groups *groups) {
  uf_status status = UF_OK;
  int m = 0;
  *groups = (uf_row_groups){0};
  for (int i = 0; i < n; i++) m += first[i] == i;
  if (m == n) return UF_OK;
  *groups = (uf_row_groups){.n = n, .m = m};
  UF_NEW(ctx, groups->group, n);
  UF_NEW(ctx, groups->member, n);
  UF_NEW_ZERO(ctx, groups->start, (int64_t)m + 1);
  for (int i = 0, next = 0; i < n; i++) {
    groups->group[i] = first[i] == i ? next++ : groups->group[first[i]];
    groups->start[groups->group[i] + 1]++;
  }
  uf_csr_starts(m, groups->start);
  for (int i = 0; i < n; i++) groups->member[groups->start[groups->group[i]]++] = i;
  uf_csr_rewind(m, groups->start);
done:
  if (status) uf_row_groups_free(groups);
  return status;
}

void uf_row_groups_free(uf_row_groups *groups) {
  uf_free(groups->group);
  uf_free(groups->start);
  uf_free(groups->member);
  *groups = (uf_row_groups){0};
}
