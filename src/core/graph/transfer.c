/*
 * graph/transfer.c: restriction and prolongation between levels, as in algebraic multigrid by
 * smoothed aggregation (Vaněk, Mandel, Brezina 1996).
 *
 * Let p(i) be the aggregate of vertex i, m masses, W the weights of the finer graph and D its
 * degrees (row sums of W). Restriction, to the aggregates' centers of mass:
 *
 *   Y_I = Σ_{i in I} m_i y_i / m_I
 *
 * Prolongation, with u uniform in [-1, 1):
 *
 *   y_i = ½ Y_p(i) + ½ Σ_j w_ij Y_p(j) / D_i + jitter u_i
 *
 * Without jitter that is (I - ½ D⁻¹L) applied to Y_p(i): one damped step of Jacobi's method with
 * the Laplacian L = D - W, which smooths the steps between aggregates. Members with different
 * neighbors are told apart by it; the jitter separates the others, which would meet equal forces
 * forever. O(edges d).
 */
#include "arith/arith.h"

#include "graph/transfer.h"

#include "base/parallel.h"
#include "base/random.h"

enum { VERTICES_PER_BLOCK = 1024 };

typedef struct restrict_job {
  const uf_level *fine, *coarse;
  size_t d;
  const float *from; /* n of fine × d */
  float *to;         /* n of coarse × d */
} restrict_job;

static void restrict_rows(void *job, uf_rows rows) {
  const restrict_job *j = job;
  const uf_level *coarse = j->coarse;
  for (int64_t i = rows.from; i < rows.to; i++) {
    float *position = j->to + (size_t)i * j->d;
    memset(position, 0, sizeof *position * j->d);
    for (int64_t m = coarse->member_start[i]; m < coarse->member_start[i + 1]; m++) {
      int member = coarse->member[m];
      float share = j->fine->mass[member] / coarse->mass[i];
      for (size_t c = 0; c < j->d; c++) position[c] += share * j->from[(size_t)member * j->d + c];
    }
  }
}

uf_status uf_restrict(uf_context *ctx, const uf_hierarchy *hierarchy, int coarse_level, int d,
                      const float *fine, float *coarse) {
  const uf_level *level = &hierarchy->level[coarse_level];
  restrict_job job = {
      .fine = level - 1, .coarse = level, .d = (size_t)d, .from = fine, .to = coarse};
  return uf_parallel_rows(ctx, level->graph.n, VERTICES_PER_BLOCK, restrict_rows, &job);
}

typedef struct prolong_job {
  const uf_level *fine;
  const uf_prolong_options *options;
  const float *from; /* n of coarse × d */
  float *to;         /* n of fine × d */
} prolong_job;

static void prolong_vertex(const prolong_job *j, int64_t i) {
  const uf_graph *graph = &j->fine->graph;
  const int *parent = j->fine->parent;
  size_t d = (size_t)j->options->d;
  const float *own = j->from + (size_t)parent[i] * d;
  float *position = j->to + (size_t)i * d, degree = 0, jitter = j->options->jitter;
  memset(position, 0, sizeof *position * d);
  for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
    const float *other = j->from + (size_t)parent[graph->neighbor[e]] * d;
    degree += graph->weight[e];
    for (size_t c = 0; c < d; c++) position[c] += graph->weight[e] * (other[c] - own[c]);
  }
  float share = degree > 0 ? 0.5f / degree : 0;
  uint64_t key =
      uf_key(j->options->seed, UF_STAGE_PROLONG, (uint64_t)j->options->fine_level, (uint64_t)i);
  for (size_t c = 0; c < d; c++)
    position[c] = own[c] + share * position[c] + jitter * (2 * uf_draw_unit(key, (uint64_t)c) - 1);
}

static void prolong_rows(void *job, uf_rows rows) {
  for (int64_t i = rows.from; i < rows.to; i++) prolong_vertex(job, i);
}

uf_status uf_prolong(uf_context *ctx, const uf_hierarchy *hierarchy,
                     const uf_prolong_options *options, const float *coarse, float *fine) {
  const uf_level *level = &hierarchy->level[options->fine_level];
  prolong_job job = {.fine = level, .options = options, .from = coarse, .to = fine};
  return uf_parallel_rows(ctx, level->graph.n, VERTICES_PER_BLOCK, prolong_rows, &job);
}
