#include "arith/arith.h"

#include "model/distinct.h"

#include "base/memory.h"
#include "base/random.h"
#include "data/points_subset.h"
#include "graph/graph.h"
#include "neighbors/table.h"

/* ---- groups ---- */

typedef struct all_blocks {
  const uf_data_block *block;
  int count;
} all_blocks;

/* In every block. */
static int are_equal(const void *data, int row, int other) {
  const all_blocks *all = data;
  for (int b = 0; b < all->count; b++) {
    const uf_data_block *block = &all->block[b];
    int is_same = block->kind == UF_BLOCK_CATEGORIES
                      ? block->category[row] == block->category[other]
                      : uf_are_duplicates(&block->points, row, &block->points, other);
    if (!is_same) return 0;
  }
  return 1;
}

static int has_rows(const uf_data_block *block) {
  return block->kind == UF_BLOCK_CATEGORIES ||
         (block->kind == UF_BLOCK_COLUMNS && block->metric.metric != UF_FUNCTION &&
          !block->neighbors.index);
}

/* Rows that differ in one block differ. */
static int are_known_to_differ(const uf_data_block *blocks, int n_blocks) {
  for (int b = 0; b < n_blocks; b++)
    if (blocks[b].kind == UF_BLOCK_COLUMNS && blocks[b].points.copies == UF_COPIES_NONE) return 1;
  return 0;
}

/* Hashes over all blocks, of which the first is of columns. */
static uf_status hash_blocks(uf_context *ctx, uf_data_block *blocks, int n_blocks, int *hash) {
  uf_status status = UF_OK;
  int n = blocks[0].points.n;
  for (int b = 0; b < n_blocks; b++) {
    const int *own = blocks[b].category;
    if (blocks[b].kind == UF_BLOCK_COLUMNS) {
      UF_NEW(ctx, blocks[b].hash, n);
      UF_TRY(uf_hash_rows(ctx, &blocks[b].points, blocks[b].hash));
      own = blocks[b].hash;
    }
    for (int i = 0; i < n; i++)
      hash[i] = b == 0 ? own[i]
                       : (int)(uf_mix((uint64_t)hash[i] << 32 ^ (uint64_t)(uint32_t)own[i]) >> 33);
  }
done:
  return status;
}

uf_status uf_distinct_find(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                           uf_row_groups *distinct) {
  uf_status status = UF_OK;
  uf_copies copies = {0};
  int *hash = NULL, n = blocks[0].points.n;
  *distinct = (uf_row_groups){0};
  for (int b = 0; b < n_blocks; b++)
    if (!has_rows(&blocks[b])) return UF_OK;
  if (blocks[0].kind != UF_BLOCK_COLUMNS) return UF_OK;
  if (are_known_to_differ(blocks, n_blocks)) {
    if (n_blocks == 1) blocks[0].is_distinct = 1;
    return UF_OK;
  }
  UF_NEW(ctx, hash, n);
  UF_TRY(hash_blocks(ctx, blocks, n_blocks, hash));
  const all_blocks all = {blocks, n_blocks};
  const uf_sameness sameness = {hash, are_equal, &all};
  UF_TRY(uf_copies_of(ctx, n, &sameness, &copies));
  UF_TRY(uf_row_groups_make(ctx, copies.first, n, distinct));
  if (n_blocks == 1) blocks[0].is_distinct = 1;
done:
  uf_free(hash);
  uf_copies_free(&copies);
  return status;
}

/* ---- blocks ---- */

uf_status uf_distinct_reduce(uf_context *ctx, const uf_row_groups *distinct, uf_data_block *block) {
  uf_status status = UF_OK;
  int m = distinct->m, *rows = NULL;
  UF_NEW(ctx, rows, m);
  for (int g = 0; g < m; g++) rows[g] = uf_first_of_group(distinct, g);
  if (block->kind == UF_BLOCK_CATEGORIES) {
    UF_NEW(ctx, block->distinct_category, m);
    for (int g = 0; g < m; g++) block->distinct_category[g] = block->category[rows[g]];
  } else {
    uf_points_keep(&block->points, rows, m);
    for (int g = 0; g < m; g++) block->hash[g] = block->hash[rows[g]];
    if (block->n_neighbors > m) block->n_neighbors = m;
  }
done:
  uf_free(rows);
  return status;
}

static uf_status expand_neighbors(uf_context *ctx, const uf_row_groups *distinct,
                                  uf_neighbors *neighbors) {
  uf_neighbors all;
  size_t k = (size_t)neighbors->k;
  uf_status status = uf_neighbors_alloc(ctx, distinct->n, neighbors->k, &all);
  if (status) return status;
  all.recall = neighbors->recall;
  for (int i = 0; i < distinct->n; i++) {
    size_t from = k * (size_t)distinct->group[i], to = k * (size_t)i;
    memcpy(all.distance + to, neighbors->distance + from, k * sizeof *all.distance);
    for (size_t j = 0; j < k; j++) {
      int group = neighbors->index[from + j];
      all.index[to + j] = j == 0 ? i : group < 0 ? -1 : uf_first_of_group(distinct, group);
    }
  }
  uf_neighbors_free(neighbors);
  *neighbors = all;
  return UF_OK;
}

static uf_status expand_floats(uf_context *ctx, const uf_row_groups *distinct, float **values) {
  uf_status status = UF_OK;
  float *all = NULL;
  UF_NEW(ctx, all, distinct->n);
  for (int i = 0; i < distinct->n; i++) all[i] = (*values)[distinct->group[i]];
  uf_free(*values);
  *values = all;
done:
  return status;
}

uf_status uf_distinct_expand(uf_context *ctx, const uf_row_groups *distinct, uf_data_block *block) {
  uf_status status = UF_OK;
  if (block->kind == UF_BLOCK_CATEGORIES) return UF_OK;
  UF_TRY(expand_neighbors(ctx, distinct, &block->neighbors));
  UF_TRY(expand_floats(ctx, distinct, &block->rho));
  UF_TRY(expand_floats(ctx, distinct, &block->sigma));
done:
  return status;
}

/* ---- graph ---- */

static int64_t count_edges(const uf_row_groups *distinct, const uf_graph *graph, int row) {
  int group = distinct->group[row];
  if (uf_first_of_group(distinct, group) != row) return 1;
  return graph->start[group + 1] - graph->start[group] + distinct->start[group + 1] -
         distinct->start[group] - 1;
}

/* The edges of a first row, to other first rows and to its copies, in ascending order. */
static void join_edges(const uf_row_groups *distinct, const uf_graph *graph, int group, int64_t to,
                       uf_graph *all) {
  int64_t e = graph->start[group], copy = distinct->start[group] + 1;
  while (e < graph->start[group + 1] || copy < distinct->start[group + 1]) {
    int other =
        e < graph->start[group + 1] ? uf_first_of_group(distinct, graph->neighbor[e]) : INT32_MAX;
    int is_copy = copy < distinct->start[group + 1] && distinct->member[copy] < other;
    all->neighbor[to] = is_copy ? distinct->member[copy++] : other;
    all->weight[to++] = is_copy ? 1 : graph->weight[e++];
  }
}

uf_status uf_distinct_expand_graph(uf_context *ctx, const uf_row_groups *distinct,
                                   uf_graph *graph) {
  uf_graph all;
  int64_t n_edges = graph->start[graph->n] + 2 * ((int64_t)distinct->n - distinct->m);
  uf_status status = uf_graph_alloc(ctx, distinct->n, n_edges, &all);
  if (status) return status;
  for (int i = 0; i < distinct->n; i++)
    all.start[i + 1] = all.start[i] + count_edges(distinct, graph, i);
  for (int i = 0; i < distinct->n; i++) {
    int group = distinct->group[i], first = uf_first_of_group(distinct, group);
    if (first == i) {
      join_edges(distinct, graph, group, all.start[i], &all);
    } else {
      all.neighbor[all.start[i]] = first;
      all.weight[all.start[i]] = 1;
    }
  }
  uf_graph_free(graph);
  *graph = all;
  return UF_OK;
}
