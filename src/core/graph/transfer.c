/*
 * graph/transfer.c: restriction and interpolation between levels. O(edges d).
 */
#include "arith/arith.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "graph/transfer.h"
#include "base/random.h"

enum { VERTICES_PER_BLOCK = 1024 };

typedef struct transfer_job {
  const uf_level *fine, *coarse;
  size_t d;
  const float *from;
  float *to;
  float jitter;
  uint64_t seed;
  int level;
} transfer_job;

static void restrict_block(void *job, int64_t block, int worker) {
  (void)worker;
  transfer_job *j = job;
  const uf_level *coarse = j->coarse;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, coarse->graph.n);
  for (int64_t i = range.from; i < range.to; i++) {
    float *position = j->to + (size_t)i * j->d;
    memset(position, 0, sizeof *position * j->d);
    for (int m = coarse->member_start[i]; m < coarse->member_start[i + 1]; m++) {
      int member = coarse->member[m];
      float share = j->fine->mass[member] / coarse->mass[i];
      for (size_t c = 0; c < j->d; c++) position[c] += share * j->from[(size_t)member * j->d + c];
    }
  }
}

uf_status uf_restrict(uf_context *ctx, const uf_hierarchy *hierarchy, int coarse_level, int d,
                      const float *fine, float *coarse) {
  const uf_level *level = &hierarchy->level[coarse_level];
  transfer_job job = {
      .fine = level - 1, .coarse = level, .d = (size_t)d, .from = fine, .to = coarse};
  return uf_parallel(ctx, uf_n_blocks(level->graph.n, VERTICES_PER_BLOCK), restrict_block, &job);
}

static void prolong_vertex(const transfer_job *j, int64_t i) {
  const uf_graph *graph = &j->fine->graph;
  const int *parent = j->fine->parent;
  const float *own = j->from + (size_t)parent[i] * j->d;
  float *position = j->to + (size_t)i * j->d, degree = 0;
  memset(position, 0, sizeof *position * j->d);
  for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
    const float *other = j->from + (size_t)parent[graph->neighbor[e]] * j->d;
    degree += graph->weight[e];
    for (size_t c = 0; c < j->d; c++) position[c] += graph->weight[e] * (other[c] - own[c]);
  }
  float share = degree > 0 ? 0.5f / degree : 0;
  uint64_t key = uf_key(j->seed, UF_STAGE_JITTER, (uint64_t)j->level, (uint64_t)i);
  for (size_t c = 0; c < j->d; c++)
    position[c] =
        own[c] + share * position[c] + j->jitter * (2 * uf_draw_unit(key, (uint64_t)c) - 1);
}

static void prolong_block(void *job, int64_t block, int worker) {
  (void)worker;
  transfer_job *j = job;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, j->fine->graph.n);
  for (int64_t i = range.from; i < range.to; i++) prolong_vertex(j, i);
}

uf_status uf_prolong(uf_context *ctx, const uf_hierarchy *hierarchy, int fine_level, int d,
                     float jitter, uint64_t seed, const float *coarse, float *fine) {
  const uf_level *level = &hierarchy->level[fine_level];
  transfer_job job = {.fine = level,
                      .d = (size_t)d,
                      .from = coarse,
                      .to = fine,
                      .jitter = jitter,
                      .seed = seed,
                      .level = fine_level};
  return uf_parallel(ctx, uf_n_blocks(level->graph.n, VERTICES_PER_BLOCK), prolong_block, &job);
}
