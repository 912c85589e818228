#include "arith/arith.h"

#include "graph/local_connectivity.h"

#include "arith/exp_log.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 256, MOST_STEPS = 64 };

#define SUM_OF_ROW 3.9068905956085187 /* log2(15) */
#define TOLERANCE 1e-5                /* of the sum, as in smooth kNN */
#define MOST_POWER 64.0
#define LEAST_SIMILARITY 1e-30f

typedef struct connect_job {
  uf_graph *graph;
  float *largest; /* n: the largest similarity of each row */
  double *power;  /* n: the exponent of each row; NULL: 1 */
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

/* Returns the p with Σ_j exp(p l_j) = SUM_OF_ROW, where l_j = log(S_ij / max_k S_ik) <= 0. The sum
 * falls and is convex in p, so Newton's steps from p = 0 never pass the solution. If too many l_j
 * are 0, there is none: the steps grow, and end at MOST_POWER. */
static double power_of_row(const uf_graph *graph, int i, float largest) {
  double power = 0;
  if (graph->start[i + 1] - graph->start[i] <= SUM_OF_ROW) return 0;
  for (int step = 0; step < MOST_STEPS; step++) {
    double sum = 0, slope = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      double log = uf_log((double)graph->weight[e] / largest), value = uf_exp(power * log);
      sum += value;
      slope -= value * log;
    }
    double excess = sum - SUM_OF_ROW;
    if (excess < TOLERANCE) return power;
    if (!(excess < (MOST_POWER - power) * slope)) return MOST_POWER;
    power += excess / slope;
  }
  return power;
}

static void find_powers(void *job, uf_rows rows) {
  const connect_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++)
    j->power[i] = power_of_row(j->graph, i, j->largest[i]);
}

/* Returns S_ij over the largest one of a row, to the power of the row. No edge vanishes. */
static float similarity_in_row(const connect_job *j, int row, float weight) {
  float share = weight / j->largest[row];
  if (!j->power) return share;
  double value = uf_pow(share, j->power[row]);
  return value > LEAST_SIMILARITY ? (float)value : LEAST_SIMILARITY;
}

/* The graph being symmetric, an edge's other end sees the same similarity over its own largest one.
 * The union x + y - xy of both, in a form that cannot exceed 1. */
static void join_rows(void *job, uf_rows rows) {
  const connect_job *j = job;
  const uf_graph *graph = j->graph;
  for (int i = (int)rows.from; i < rows.to; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      float one = similarity_in_row(j, i, graph->weight[e]);
      float other = similarity_in_row(j, graph->neighbor[e], graph->weight[e]);
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

static uf_status reset_rows(uf_context *ctx, uf_graph *graph, int with_powers) {
  uf_status status = UF_OK;
  connect_job job = {.graph = graph};
  UF_NEW(ctx, job.largest, graph->n);
  UF_TRY(uf_parallel_rows(ctx, graph->n, ROWS_PER_BLOCK, measure_rows, &job));
  if (with_powers) {
    UF_NEW(ctx, job.power, graph->n);
    UF_TRY(uf_parallel_rows(ctx, graph->n, ROWS_PER_BLOCK, find_powers, &job));
  }
  UF_TRY(uf_parallel_rows(ctx, graph->n, ROWS_PER_BLOCK, join_rows, &job));
done:
  uf_free(job.largest);
  uf_free(job.power);
  return status;
}

uf_status uf_reset_local_connectivity(uf_context *ctx, uf_graph *graph) {
  return reset_rows(ctx, graph, 0);
}

uf_status uf_reset_local_metric(uf_context *ctx, uf_graph *graph) {
  return reset_rows(ctx, graph, 1);
}
