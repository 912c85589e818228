/*
 * layout/loss.c: computes what the optimizers minimize, the fuzzy cross entropy of graph and layout
 * (McInnes, Healy, Melville 2018, section 2.3), without the entropy of the graph, which is
 * constant.
 *
 *   attraction = - Σ_{i < j} w_ij log v_ij,   repulsion = - Σ_{i < j} (1 - w_ij) log(1 - v_ij)
 *
 * with v = 1 / (1 + a d^2b). The first is a sum over edges. The second is split into
 * + Σ w_ij log(1 - v_ij), again over edges, and - Σ log(1 - v_ij) over all pairs. Where there are
 * too many pairs, this is estimated from K partners k of each vertex, drawn with repetition:
 *
 *   - (n - 1) / 2K Σ_i Σ_k log(1 - v_ik)
 *
 * O(edges + n K).
 */
#include "arith/arith.h"

#include "layout/loss.h"

#include "arith/exp_log.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "layout/forces.h"

enum { VERTICES_PER_BLOCK = 64 };

/* The smallest squared distance, as for the optimizers; v = 1 would have an infinite loss. */
static const double nearest = 1e-6;

typedef struct loss_job {
  const uf_graph *graph;
  const uf_loss_options *options;
  int d;
  const float *layout; /* n × d */
  uf_loss *sum;        /* per block of vertices */
} loss_job;

/* Returns -log v, and puts -log(1 - v) into `push`. */
static double pair_loss(const loss_job *j, int one, int other, double *push) {
  size_t d = (size_t)j->d;
  double d2 = uf_squared_distance(j->layout + (size_t)one * d, j->layout + (size_t)other * d, j->d);
  double log_u = uf_log(j->options->a) + j->options->b * uf_log(d2 > nearest ? d2 : nearest);
  /* log(1 + u) without overflow. */
  double pull = log_u > 0 ? log_u + uf_log(1 + uf_exp(-log_u)) : uf_log(1 + uf_exp(log_u));
  *push = pull - log_u;
  return pull;
}

/* Returns the part of vertex i in the sum over all pairs. */
static double push_of_all(const loss_job *j, int i) {
  int n = j->graph->n, n_partners = j->options->n_partners;
  double sum = 0, push;
  if (n == 1) return 0;
  if (n_partners == 0) {
    for (int other = 0; other < i; other++) {
      pair_loss(j, i, other, &push);
      sum += push;
    }
    return sum;
  }
  uint64_t key = uf_key(j->options->seed, UF_STAGE_LOSS, (uint64_t)i, 0);
  for (int k = 0; k < n_partners; k++) {
    int other = uf_draw_index(key, (uint64_t)k, n - 1);
    pair_loss(j, i, other + (other >= i), &push);
    sum += push;
  }
  return sum * (n - 1) / (2.0 * n_partners);
}

static void sum_rows(void *job, uf_rows rows) {
  const loss_job *j = job;
  uf_loss *sum = &j->sum[rows.from / VERTICES_PER_BLOCK];
  *sum = (uf_loss){0};
  for (int i = (int)rows.from; i < rows.to; i++) {
    sum->repulsion += push_of_all(j, i);
    for (int64_t e = j->graph->start[i]; e < j->graph->start[i + 1]; e++) {
      double push, weight = j->graph->weight[e];
      if (j->graph->neighbor[e] >= i) continue;
      sum->attraction += weight * pair_loss(j, i, j->graph->neighbor[e], &push);
      sum->repulsion -= weight * push;
    }
  }
}

uf_status uf_layout_loss(uf_context *ctx, const uf_graph *graph, int d,
                         const uf_loss_options *options, const float *layout, uf_loss *loss) {
  uf_status status = UF_OK;
  int64_t n_blocks = uf_n_blocks(graph->n, VERTICES_PER_BLOCK);
  loss_job job = {.graph = graph, .options = options, .d = d, .layout = layout};
  *loss = (uf_loss){0};
  UF_NEW(ctx, job.sum, n_blocks);
  UF_TRY(uf_parallel_rows(ctx, graph->n, VERTICES_PER_BLOCK, sum_rows, &job));
  for (int64_t block = 0; block < n_blocks; block++) {
    loss->attraction += job.sum[block].attraction;
    loss->repulsion += job.sum[block].repulsion;
  }
done:
  uf_free(job.sum);
  return status;
}
