#include "arith.h"

#include "layout.h"

uf_status uf_layout_optimize(uf_context *ctx, const uf_graph *graph, int d,
                             const uf_layout_options *options, const uf_snapshots *snapshots,
                             float *layout) {
  uf_phase(ctx, "layout");
  uf_snapshot(snapshots, 0, graph->n, d, layout);
  switch (options->method) {
  case UF_LAYOUT_SGD: return uf_layout_sgd(ctx, graph, d, options, snapshots, layout);
  case UF_LAYOUT_FULL: return uf_layout_full(ctx, graph, d, options, snapshots, layout);
  default: return uf_layout_batch(ctx, graph, d, options, snapshots, layout);
  }
}

void uf_snapshot(const uf_snapshots *snapshots, int epoch, int n, int d, const float *layout) {
  if (!snapshots) return;
  size_t size = (size_t)n * (size_t)d;
  for (int s = 0; s < snapshots->count; s++)
    if (snapshots->epoch[s] == epoch)
      memcpy(snapshots->layout + size * (size_t)s, layout, size * sizeof *layout);
}

float uf_largest_weight(const uf_graph *graph) {
  float most = 0;
  for (int64_t e = 0; e < graph->start[graph->n]; e++)
    most = graph->weight[e] > most ? graph->weight[e] : most;
  return most;
}

double uf_squared_distance(const float *x, const float *y, int d) {
  double sum = 0;
  for (int c = 0; c < d; c++) {
    double difference = (double)x[c] - y[c];
    sum += difference * difference;
  }
  return sum;
}

double uf_attraction(const uf_curve *curve, double d2) {
  if (d2 <= 0) return 0;
  double power = uf_pow(d2, curve->b);
  return -2 * curve->a * curve->b * power / (d2 * (1 + curve->a * power));
}

double uf_repulsion(const uf_curve *curve, double d2) {
  return 2 * curve->gamma * curve->b / ((0.001 + d2) * (1 + curve->a * uf_pow(d2, curve->b)));
}
