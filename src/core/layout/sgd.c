/*
 * layout/sgd.c: the reference optimizer, as umap-learn and uwot run it on one thread.
 *
 * Edge i → j is sampled every max(w) / w_ij epochs. Each time, in place and with the learning rate
 * η_t = η (1 - (t - 1) / T) of epoch t = 1 … T,
 *
 *   y_i ← y_i + η_t clip(attraction(i, j))        y_j ← y_j - η_t clip(attraction(i, j))
 *   y_i ← y_i + η_t clip(repulsion(i, k))          for each of r random vertices k ≠ i
 *
 * with r the negative sample rate, and forces as in layout/forces.h. Edges with w_ij < max(w) / T
 * would never be sampled; they are skipped. O(T edges r d), less by the mean of w / max(w).
 */
#include "arith/arith.h"

#include "layout/sgd.h"

#include "base/memory.h"
#include "base/random.h"
#include "graph/graph.h"
#include "layout/forces.h"

typedef struct sampled_edge {
  int head, tail; /* i, j */
  double period;  /* epochs from one sampling to the next */
  double due;     /* the epoch of the next one */
} sampled_edge;

static int64_t list_edges(const uf_graph *graph, int n_epochs, sampled_edge *edges) {
  float most = uf_largest_weight(graph);
  int64_t count = 0;
  for (int i = 0; i < graph->n; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      if (!(graph->weight[e] >= most / (float)n_epochs)) continue;
      double period = (double)most / graph->weight[e];
      edges[count++] = (sampled_edge){i, graph->neighbor[e], period, period};
    }
  return count;
}

static void attract(const uf_curve *curve, float *head, float *tail, int d, double rate) {
  double coefficient = uf_attraction(curve, uf_squared_distance(head, tail, d));
  for (int c = 0; c < d; c++) {
    float move = (float)(rate * uf_clip(curve, coefficient * ((double)head[c] - tail[c])));
    head[c] += move;
    tail[c] -= move;
  }
}

static void repel(const uf_curve *curve, float *head, const float *other, int d, double rate) {
  double coefficient = uf_repulsion(curve, uf_squared_distance(head, other, d));
  for (int c = 0; c < d; c++)
    head[c] += (float)(rate * uf_clip(curve, coefficient * ((double)head[c] - other[c])));
}

uf_status uf_layout_sgd(uf_context *ctx, const uf_layout_problem *problem,
                        const uf_layout_options *options, uf_observer *observer, float *layout) {
  uf_status status = UF_OK;
  const uf_curve curve = uf_curve_of(options);
  const uf_graph *graph = problem->graph;
  int d = problem->d;
  sampled_edge *edges = NULL;
  UF_NEW(ctx, edges, graph->start[graph->n]);
  int64_t n_edges = list_edges(graph, options->n_epochs, edges);
  for (int epoch = 0; epoch < options->n_epochs; epoch++) {
    double rate = options->learning_rate * (1 - (double)epoch / options->n_epochs);
    for (int64_t e = 0; e < n_edges; e++) {
      if (e % 4096 == 0) UF_TRY(uf_poll(ctx, (double)epoch / options->n_epochs));
      sampled_edge *edge = &edges[e];
      if (edge->due > epoch + 1) continue;
      float *head = layout + (size_t)edge->head * (size_t)d;
      attract(&curve, head, layout + (size_t)edge->tail * (size_t)d, d, rate);
      edge->due += edge->period;
      uint64_t key = uf_key(problem->seed, UF_STAGE_NEGATIVES, (uint64_t)epoch, (uint64_t)e);
      for (int s = 0; s < (int)options->negative_sample_rate; s++) {
        int other = uf_draw_index(key, (uint64_t)s, graph->n);
        if (other != edge->head) repel(&curve, head, layout + (size_t)other * (size_t)d, d, rate);
      }
    }
    UF_TRY(uf_observe(ctx, observer, problem, options, epoch + 1, layout));
  }
done:
  uf_free(edges);
  return status;
}
