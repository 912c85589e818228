#include "arith/arith.h"

#include "graph/categories.h"

#include "arith/exp_log.h"

float uf_factor_of_unknown(double weight) {
  return (float)uf_exp(weight < 0.5 ? -weight / (1 - weight) : -1);
}

static float factor_of_different(double weight) {
  return weight < 1 ? (float)uf_exp(-5 * (weight / (1 - weight))) : 0;
}

uf_status uf_categorical_intersection(uf_context *ctx, uf_graph *graph, const int *category,
                                      const int *neighbor_category, double weight) {
  float unknown = uf_factor_of_unknown(weight), different = factor_of_different(weight);
  int64_t from = 0, kept = 0;
  for (int i = 0; i < graph->n; i++) {
    if (i % 65536 == 0 && uf_poll(ctx, (double)i / graph->n)) return UF_INTERRUPTED;
    int64_t to = graph->start[i + 1];
    for (int64_t e = from; e < to; e++) {
      int one = category[i], other = neighbor_category[graph->neighbor[e]];
      float factor = one < 0 || other < 0 ? unknown : one == other ? 1 : different;
      float value = graph->weight[e] * factor;
      if (!(value > 0)) continue;
      graph->neighbor[kept] = graph->neighbor[e];
      graph->weight[kept++] = value;
    }
    from = to;
    graph->start[i + 1] = kept;
  }
  return UF_OK;
}
