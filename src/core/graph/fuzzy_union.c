/*
 * graph/fuzzy_union.c: a row of W merges two ascending lists, the row's own neighbors and the
 * points that have it for a neighbor. Edges are counted in 64 bits.
 */
#include "arith/arith.h"

#include "graph/fuzzy_union.h"

#include "base/memory.h"
#include "graph/graph.h"
#include "graph/membership.h"
#include "graph/merge.h"
#include "graph/transpose.h"

typedef struct union_job {
  const uf_membership *out; /* A */
  const uf_graph *in;       /* Aᵀ */
  float mix;
} union_job;

static void both_rows(const void *job, int i, uf_graph_row *own, uf_graph_row *others) {
  const union_job *j = job;
  size_t at = (size_t)i * (size_t)j->out->k;
  int64_t from = j->in->start[i];
  *own = (uf_graph_row){j->out->neighbor + at, j->out->strength + at, j->out->count[i], 0};
  *others =
      (uf_graph_row){j->in->neighbor + from, j->in->weight + from, j->in->start[i + 1] - from, 0};
}

static float combine(const void *job, const uf_merged_pair *pair) {
  float mix = ((const union_job *)job)->mix;
  float both = pair->left * pair->right;
  float either = (pair->left + pair->right) - both;
  return mix * either + (1 - mix) * both;
}

uf_status uf_fuzzy_graph(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                         const float *sigma, const uf_fuzzy_options *options, uf_graph *graph) {
  uf_status status = UF_OK;
  uf_membership out = {0};
  uf_graph in = {0};
  union_job job = {&out, &in, (float)options->set_op_mix_ratio};
  *graph = (uf_graph){0};
  UF_TRY(uf_membership_strengths(ctx, neighbors, rho, sigma, options->max_distance, &out));
  UF_TRY(uf_transpose(ctx, &out, &in));
  UF_TRY(uf_merge_rows(ctx, out.n, &(uf_row_merge){&job, both_rows, combine}, graph));
done:
  uf_membership_free(&out);
  uf_graph_free(&in);
  return status;
}

uf_status uf_fuzzy_directed(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                            const float *sigma, const uf_fuzzy_options *options, uf_graph *graph) {
  uf_status status = UF_OK;
  uf_membership out = {0};
  *graph = (uf_graph){0};
  UF_TRY(uf_membership_strengths(ctx, neighbors, rho, sigma, options->max_distance, &out));
  UF_TRY(uf_membership_graph(ctx, &out, graph));
done:
  uf_membership_free(&out);
  return status;
}
