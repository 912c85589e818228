#include "arith/arith.h"

#include "graph/categories.h"

#include "arith/exp_log.h"

/* A pair whose categories are not both known is less similar by e⁻¹, a pair of different ones by
 * e^-far, where far = 2.5 / (1 - weight): enough to take apart what the rest of the data joins. */
uf_status uf_categorical_intersection(uf_context *ctx, uf_graph *graph, const int *category,
                                      const int *neighbor_category, double weight) {
  float unknown = (float)uf_exp(-1);
  float different = weight < 1 ? (float)uf_exp(-2.5 / (1 - weight)) : 0;
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
