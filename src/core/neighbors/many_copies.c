/*
 * neighbors/many_copies.c: the neighbors of rows some of which come more than k times.
 *
 * Where copies are that many, a row's neighbors are copies of it alone, and a search picks them by
 * whatever splits ties: rows of the same leaf or cluster, or the lowest numbers. The graph then
 * falls apart into pieces of neighboring row numbers, or has hubs. So distinct rows are searched,
 * and each row chooses among the copies: row number p of the c rows of its group takes
 *
 *   p + offset_1, p + offset_2, …   (modulo c),   offset: random, different from 0 and each other,
 *
 * the same offsets for the whole group. So each row is chosen as often as it chooses, and a few
 * random offsets connect the group (a random Cayley graph, Alon and Roichman 1994). Rows of other
 * groups begin at a random place in place of p.
 */
#include "arith/arith.h"

#include "neighbors/many_copies.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "neighbors/table.h"

enum { ROWS_PER_BLOCK = 256 };

uf_status uf_group_many_copies(uf_context *ctx, const uf_points *points, int k,
                               uf_row_groups *groups) {
  uf_copies copies = {0};
  *groups = (uf_row_groups){0};
  if (points->metric == UF_FUNCTION || points->copies == UF_COPIES_NONE) return UF_OK;
  uf_status status = uf_copies_find(ctx, points, &copies);
  if (!status) status = uf_row_groups_make(ctx, copies.first, points->n, groups);
  uf_copies_free(&copies);
  int64_t most = 0;
  for (int g = 0; g < groups->m; g++) {
    int64_t count = groups->start[g + 1] - groups->start[g];
    most = count > most ? count : most;
  }
  if (most <= k) uf_row_groups_free(groups);
  return status;
}

typedef struct expansion {
  const uf_row_groups *groups;
  const uf_neighbors *distinct;
  const int *offset; /* n: of group g, from start[g]: the first k are random */
  uint64_t seed;
  uf_neighbors *neighbors;
} expansion;

/* Offsets 0, then those from 1 to count - 1, the first k of which are in random order. */
static void draw_offsets(uint64_t key, int count, int k, int *offset) {
  for (int i = 0; i < count; i++) offset[i] = i;
  for (int i = 1; i <= k && i < count; i++) {
    int other = i + uf_draw_index(key, (uint64_t)i, count - i), kept = offset[i];
    offset[i] = offset[other];
    offset[other] = kept;
  }
}

/* Puts an index into an ascending list of `count`. */
static void insert_index(int *list, int count, int index) {
  int at = count;
  for (; at > 0 && list[at - 1] > index; at--) list[at] = list[at - 1];
  list[at] = index;
}

/* Returns the place of a row in its group. */
static int find_place(const int *member, int size, int row) {
  int low = 0, high = size - 1;
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (member[middle] < row)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Where a row begins to take rows of a group: a random place, unless the group is its own. */
static int begin_in_group(const expansion *e, int row, int group, int size) {
  const uf_row_groups *groups = e->groups;
  if (group == groups->group[row])
    return find_place(groups->member + groups->start[group], size, row);
  return uf_draw_index(uf_key(e->seed, UF_STAGE_COPIES, (uint64_t)row, (uint64_t)group), 0, size);
}

/* Lists the row itself, rows of its own group, then those of groups near it. Rows at one distance
 * ascend. */
static void expand_row(const expansion *e, int row) {
  const uf_row_groups *groups = e->groups;
  int k = e->neighbors->k, own = groups->group[row], count = 1, tied = 1;
  size_t near = (size_t)own * (size_t)e->distinct->k;
  int *index = e->neighbors->index + (size_t)row * (size_t)k;
  float *distance = e->neighbors->distance + (size_t)row * (size_t)k;
  index[0] = row;
  distance[0] = 0;
  for (int j = 0; j < e->distinct->k && count < k; j++) {
    int group = e->distinct->index[near + (size_t)j];
    if (group < 0) break;
    const int *member = groups->member + groups->start[group];
    const int *offset = e->offset + groups->start[group];
    int size = (int)(groups->start[group + 1] - groups->start[group]);
    int place = begin_in_group(e, row, group, size);
    float here = e->distinct->distance[near + (size_t)j];
    if (count > 1 && here > distance[count - 1]) tied = count;
    for (int o = group == own; o < size && count < k; o++) {
      int at = (int)(((int64_t)place + offset[o]) % size);
      insert_index(index + tied, count - tied, member[at]);
      distance[count++] = here;
    }
  }
  for (; count < k; count++) {
    index[count] = -1;
    distance[count] = INFINITY;
  }
}

static void expand_rows(void *job, uf_rows rows) {
  for (int64_t row = rows.from; row < rows.to; row++) expand_row(job, (int)row);
}

uf_status uf_neighbors_of_copies(uf_context *ctx, const uf_row_groups *groups,
                                 const uf_neighbors *distinct, int k, uint64_t seed,
                                 uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  int *offset = NULL;
  *neighbors = (uf_neighbors){0};
  UF_NEW(ctx, offset, groups->n);
  for (int g = 0; g < groups->m; g++)
    draw_offsets(uf_key(seed, UF_STAGE_COPIES, (uint64_t)g, UINT64_MAX),
                 (int)(groups->start[g + 1] - groups->start[g]), k, offset + groups->start[g]);
  UF_TRY(uf_neighbors_alloc(ctx, groups->n, k, neighbors));
  neighbors->recall = distinct->recall;
  expansion job = {groups, distinct, offset, seed, neighbors};
  UF_TRY(uf_parallel_rows(ctx, groups->n, ROWS_PER_BLOCK, expand_rows, &job));
done:
  uf_free(offset);
  if (status) uf_neighbors_free(neighbors);
  return status;
}
