#include "arith/arith.h"

#include "graph/local_connectivity.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct connect_job {
  uf_graph *graph;
  float *largest; /* n: the largest similarity of each row */
} connect_job;

static float largest_of_row(const uf_graph *graph, int i) {
  float largest = 0;
  for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
    largest = graph->weight[e] > largest ? graph->weight[e] : largest;
  return largest;
}

static void measure_rows(void *job, uf_rows rows) {
  const connect_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++) j->largest[i] = largest_of_row(j->graph, i);
}

/* The graph being symmetric, an edge's other end sees the same similarity over its own largest one.
 * The union x + y - xy of both, in a form that cannot exceed 1. */
static void join_rows(void *job, uf_rows rows) {
  const connect_job *j = job;
  const uf_graph *graph = j->graph;
  for (int i = (int)rows.from; i < rows.to; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      float one = graph->weight[e] / j->largest[i];
      float other = graph->weight[e] / j->largest[graph->neighbor[e]];
      float more = one > other ? one : other, less = one > other ? other : one;
      float rest = (1 - more) * less;
      graph->weight[e] = more + rest;
    }
}

static void normalize_rows(void *job, uf_rows rows) {
  const connect_job *j = job;
  const uf_graph *graph = j->graph;
  for (int i = (int)rows.from; i < rows.to; i++) {
    float largest = largest_of_row(graph, i);
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) graph->weight[e] /= largest;
  }
}

uf_status uf_normalize_by_row_maximum(uf_context *ctx, uf_graph *graph) {
  connect_job job = {.graph = graph};
  return uf_parallel_rows(ctx, graph->n, ROWS_PER_BLOCK, normalize_rows, &job);
}

uf_status uf_reset_local_connectivity(uf_context *ctx, uf_graph *graph) {
  uf_status status = UF_OK;
  connect_job job = {.graph = graph};
  UF_NEW(ctx, job.largest, graph->n);
  UF_TRY(uf_parallel_rows(ctx, graph->n, ROWS_PER_BLOCK, measure_rows, &job));
  UF_TRY(uf_parallel_rows(ctx, graph->n, ROWS_PER_BLOCK, join_rows, &job));
done:
  uf_free(job.largest);
  return status;
}
