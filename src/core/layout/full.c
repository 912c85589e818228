/*
 * layout/full.c: descends the gradient of the loss (layout/loss.c) without shortcuts, to show how
 * it works.
 *
 * Every epoch visits every edge i → j, and moves both its ends by the two terms of the cross
 * entropy:
 *
 *   g = clip(w_ij attraction(i, j) + (1 - w_ij) repulsion(i, j))
 *   y_i ← y_i + η g        y_j ← y_j - η g
 *
 * and then i and each of r random vertices k ≠ i likewise by the repulsion alone, with r the
 * negative sample rate. The learning rate η is constant. O(edges r d) for an epoch.
 */
#include "arith/arith.h"

#include "layout/full.h"

#include "base/random.h"
#include "layout/forces.h"

/* Moves both ends by coefficient × (x - y), in opposite directions. */
static void move_both(const uf_curve *curve, float *x, float *y, int d, double coefficient,
                      double rate) {
  for (int c = 0; c < d; c++) {
    float move = (float)(rate * uf_clip(curve, coefficient * ((double)x[c] - y[c])));
    x[c] += move;
    y[c] -= move;
  }
}

uf_status uf_layout_full(uf_context *ctx, const uf_layout_problem *problem,
                         const uf_layout_options *options, uf_observer *observer, float *layout) {
  const uf_curve curve = uf_curve_of(options);
  const uf_graph *graph = problem->graph;
  int d = problem->d;
  for (int epoch = 0; epoch < options->n_epochs; epoch++) {
    for (int i = 0; i < graph->n; i++) {
      float *head = layout + (size_t)i * (size_t)d;
      if (i % 64 == 0 && uf_poll(ctx, (epoch + (double)i / graph->n) / options->n_epochs))
        return UF_INTERRUPTED;
      for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
        float *tail = layout + (size_t)graph->neighbor[e] * (size_t)d;
        double weight = graph->weight[e], d2 = uf_squared_distance(head, tail, d);
        double coefficient =
            weight * uf_attraction(&curve, d2) + (1 - weight) * uf_repulsion(&curve, d2);
        move_both(&curve, head, tail, d, coefficient, options->learning_rate);
        uint64_t key = uf_key(problem->seed, UF_STAGE_NEGATIVES, (uint64_t)epoch, (uint64_t)e);
        for (int s = 0; s < (int)options->negative_sample_rate; s++) {
          int other = uf_draw_index(key, (uint64_t)s, graph->n);
          if (other == i) continue;
          float *away = layout + (size_t)other * (size_t)d;
          move_both(&curve, head, away, d, uf_repulsion(&curve, uf_squared_distance(head, away, d)),
                    options->learning_rate);
        }
      }
    }
    uf_status status = uf_observe(ctx, observer, problem, options, epoch + 1, layout);
    if (status) return status;
  }
  return UF_OK;
}
