#include "arith/arith.h"

#include "graph/graph.h"

#include <stdio.h>

#include "base/csr_build.h"
#include "base/memory.h"

uf_status uf_graph_alloc(uf_context *ctx, int n, int64_t n_edges, uf_graph *graph) {
  uf_status status = UF_OK;
  *graph = (uf_graph){.n = n};
  UF_NEW_ZERO(ctx, graph->start, (int64_t)n + 1);
  UF_NEW(ctx, graph->neighbor, n_edges);
  UF_NEW(ctx, graph->weight, n_edges);
done:
  if (status) uf_graph_free(graph);
  return status;
}

void uf_graph_free(uf_graph *graph) {
  uf_free(graph->start);
  uf_free(graph->neighbor);
  uf_free(graph->weight);
  *graph = (uf_graph){0};
}

float uf_largest_weight(const uf_graph *graph) {
  float most = 0;
  for (int64_t e = 0; e < graph->start[graph->n]; e++)
    most = graph->weight[e] > most ? graph->weight[e] : most;
  return most;
}

void uf_warn_of_isolated_vertices(uf_context *ctx, const uf_graph *graph, int are_dropped) {
  char text[128];
  int count = 0;
  for (int i = 0; i < graph->n; i++) count += graph->start[i] == graph->start[i + 1];
  if (count == 0) return;
  const char *fate = count == graph->n ? "they are placed at random"
                     : are_dropped     ? "their coordinates are NA"
                                       : "they are placed around the others";
  snprintf(text, sizeof text, "%d of %d points have no neighbor at all: %s", count, graph->n, fate);
  uf_warn(ctx, UF_WARN_ISOLATED, text);
}

/* Sorts by column first, then by row, so that rows ascend. */
uf_status uf_graph_from_triplets(uf_context *ctx, int n, int64_t n_edges, const int *row,
                                 const int *column, const double *weight, uf_graph *graph) {
  uf_graph by_column = {0};
  uf_status status = uf_graph_alloc(ctx, n, n_edges, graph);
  if (!status) status = uf_graph_alloc(ctx, n, n_edges, &by_column);
  if (status) goto done;
  for (int64_t e = 0; e < n_edges; e++) { /* rows and columns count from 1 */
    by_column.start[column[e]]++;
    graph->start[row[e]]++;
  }
  uf_csr_starts(n, by_column.start);
  uf_csr_starts(n, graph->start);
  for (int64_t e = 0; e < n_edges; e++) {
    int64_t at = by_column.start[column[e] - 1]++;
    by_column.neighbor[at] = row[e] - 1;
    by_column.weight[at] = (float)weight[e];
  }
  uf_csr_rewind(n, by_column.start);
  for (int c = 0; c < n; c++)
    for (int64_t e = by_column.start[c]; e < by_column.start[c + 1]; e++) {
      int64_t at = graph->start[by_column.neighbor[e]]++;
      graph->neighbor[at] = c;
      graph->weight[at] = by_column.weight[e];
    }
  uf_csr_rewind(n, graph->start);
done:
  uf_graph_free(&by_column);
  if (status) uf_graph_free(graph);
  return status;
}
