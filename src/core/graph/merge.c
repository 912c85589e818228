#include "arith/arith.h"

#include "graph/merge.h"

#include "base/csr_build.h"
#include "base/memory.h"
#include "base/merge_sorted.h"
#include "base/parallel.h"
#include "graph/graph.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct merge_job {
  const uf_row_merge *merge;
  uf_graph *graph;
} merge_job;

/* Counts the entries of a merged row, and writes them where `neighbor` is given. */
static int64_t merge_row(const uf_row_merge *merge, int i, int *neighbor, float *weight) {
  uf_graph_row left, right;
  int64_t count = 0;
  merge->rows(merge->job, i, &left, &right);
  uf_merge_sorted both = {
      .left = left.neighbor, .right = right.neighbor, .n_left = left.count, .n_right = right.count};
  while (uf_merge_next(&both)) {
    const uf_merged_pair pair = {.i = i,
                                 .j = both.value,
                                 .left = both.in_left ? left.weight[both.left_at] : 0,
                                 .right = both.in_right ? right.weight[both.right_at] : 0,
                                 .left_missing = left.missing,
                                 .right_missing = right.missing};
    float value = merge->join(merge->job, &pair);
    if (!(value > 0)) continue;
    if (neighbor) {
      neighbor[count] = both.value;
      weight[count] = value;
    }
    count++;
  }
  return count;
}

static void count_rows(void *job, uf_rows rows) {
  const merge_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++)
    j->graph->start[i + 1] = merge_row(j->merge, i, NULL, NULL);
}

static void fill_rows(void *job, uf_rows rows) {
  const merge_job *j = job;
  const uf_graph *graph = j->graph;
  for (int i = (int)rows.from; i < rows.to; i++)
    merge_row(j->merge, i, graph->neighbor + graph->start[i], graph->weight + graph->start[i]);
}

uf_status uf_merge_rows(uf_context *ctx, int n, const uf_row_merge *merge, uf_graph *graph) {
  uf_status status = UF_OK;
  merge_job job = {merge, graph};
  *graph = (uf_graph){.n = n};
  UF_NEW_ZERO(ctx, graph->start, (int64_t)n + 1);
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, count_rows, &job));
  int64_t n_edges = uf_csr_starts(n, graph->start);
  UF_NEW(ctx, graph->neighbor, n_edges);
  UF_NEW(ctx, graph->weight, n_edges);
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, fill_rows, &job));
done:
  if (status) uf_graph_free(graph);
  return status;
}
