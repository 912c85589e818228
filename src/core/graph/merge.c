#include "arith/arith.h"

#include "graph/merge.h"

#include "graph/fuzzy.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct merge_job {
  const uf_fuzzy_merge *merge;
  uf_graph *graph;
} merge_job;

/* Counts the entries of a merged row, and writes them where `neighbor` is given. */
static int64_t merge_row(const uf_fuzzy_merge *merge, int i, int *neighbor, float *weight) {
  uf_fuzzy_row left, right;
  int64_t l = 0, r = 0, count = 0;
  merge->rows(merge->job, i, &left, &right);
  while (l < left.count || r < right.count) {
    int in_left = r == right.count || (l < left.count && left.neighbor[l] <= right.neighbor[r]);
    int in_right = l == left.count || (r < right.count && right.neighbor[r] <= left.neighbor[l]);
    int other = in_left ? left.neighbor[l] : right.neighbor[r];
    float value = merge->join(merge->job, in_left ? left.weight[l] : left.missing,
                              in_right ? right.weight[r] : right.missing);
    l += in_left;
    r += in_right;
    if (!(value > 0)) continue;
    if (neighbor) {
      neighbor[count] = other;
      weight[count] = value;
    }
    count++;
  }
  return count;
}

static void count_rows(void *job, int64_t block, int worker) {
  (void)worker;
  merge_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->graph->n);
  for (int i = (int)range.from; i < range.to; i++)
    j->graph->start[i + 1] = merge_row(j->merge, i, NULL, NULL);
}

static void fill_rows(void *job, int64_t block, int worker) {
  (void)worker;
  merge_job *j = job;
  uf_graph *graph = j->graph;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, graph->n);
  for (int i = (int)range.from; i < range.to; i++)
    merge_row(j->merge, i, graph->neighbor + graph->start[i], graph->weight + graph->start[i]);
}

uf_status uf_fuzzy_merge_rows(uf_context *ctx, int n, const uf_fuzzy_merge *merge,
                              uf_graph *graph) {
  uf_status status = UF_OK;
  int64_t n_blocks = uf_n_blocks(n, ROWS_PER_BLOCK);
  merge_job job = {merge, graph};
  *graph = (uf_graph){.n = n};
  UF_NEW_ZERO(ctx, graph->start, (int64_t)n + 1);
  UF_TRY(uf_parallel(ctx, n_blocks, count_rows, &job));
  for (int i = 0; i < n; i++) graph->start[i + 1] += graph->start[i];
  UF_NEW(ctx, graph->neighbor, graph->start[n]);
  UF_NEW(ctx, graph->weight, graph->start[n]);
  UF_TRY(uf_parallel(ctx, n_blocks, fill_rows, &job));
done:
  if (status) uf_graph_free(graph);
  return status;
}
