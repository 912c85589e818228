#include "arith/arith.h"

#include "layout/layout.h"
#include "arith/exp_log.h"
#include "base/memory.h"

/* The kernels gather coordinates by 32-bit offsets, but for pairs. */
static uf_status check_places(uf_context *ctx, int n, int d, const uf_layout_options *options) {
  int is_small = d == 2 || (int64_t)d * ((int64_t)n + 15) <= INT32_MAX;
  if (options->optimizer != UF_LAYOUT_BATCH || is_small) return UF_OK;
  return uf_fail(
      ctx, UF_BAD_INPUT,
      "has %d rows, too many for a batch layout in %d dimensions: take fewer of them, or "
      "optimizer = \"sgd\"",
      n, d);
}

uf_status uf_layout_optimize(uf_context *ctx, const uf_graph *graph, const uf_hierarchy *hierarchy,
                             int d, const uf_layout_options *options, uf_observer *observer,
                             float *layout) {
  uf_status status = UF_OK;
  uf_hierarchy own = {0};
  uf_phase(ctx, "layout");
  UF_TRY(check_places(ctx, graph->n, d, options));
  UF_TRY(uf_observe(ctx, observer, graph, d, options, 0, layout));
  if (options->n_epochs == 0) goto done;
  if (options->optimizer == UF_LAYOUT_BATCH && !hierarchy) {
    UF_TRY(uf_coarsen(ctx, graph, options->seed, &own));
    hierarchy = &own;
  }
  switch (options->optimizer) {
  case UF_LAYOUT_SGD: UF_TRY(uf_layout_sgd(ctx, graph, d, options, observer, layout)); break;
  case UF_LAYOUT_FULL: UF_TRY(uf_layout_full(ctx, graph, d, options, observer, layout)); break;
  default: UF_TRY(uf_layout_batch(ctx, hierarchy, d, options, observer, layout));
  }
done:
  uf_hierarchy_free(&own);
  return status;
}

/* Where an epoch stands in a list, or -1. */
static int place_in(const int *list, int count, int epoch) {
  for (int i = 0; i < count; i++)
    if (list[i] == epoch) return i;
  return -1;
}

int uf_is_observed(const uf_observer *observer, int epoch) {
  return observer && (observer->on_epoch ||
                      place_in(observer->snapshot_epoch, observer->n_snapshots, epoch) >= 0 ||
                      place_in(observer->traced_epoch, observer->n_traced, epoch) >= 0);
}

uf_status uf_observe(uf_context *ctx, uf_observer *observer, const uf_graph *graph, int d,
                     const uf_layout_options *options, int epoch, const float *layout) {
  if (!uf_is_observed(observer, epoch)) return UF_OK;
  int snapshot = place_in(observer->snapshot_epoch, observer->n_snapshots, epoch);
  int traced = place_in(observer->traced_epoch, observer->n_traced, epoch);
  size_t size = (size_t)graph->n * (size_t)d;
  if (snapshot >= 0)
    memcpy(observer->snapshots + size * (size_t)snapshot, layout, size * sizeof *layout);
  if (traced >= 0) {
    uf_loss_options loss = {.a = options->a,
                            .b = options->b,
                            .n_partners = observer->n_partners,
                            .seed = options->seed};
    uf_status status = uf_layout_loss(ctx, graph, d, &loss, layout, &observer->losses[traced]);
    if (status) return status;
  }
  if (observer->on_epoch && observer->on_epoch(observer->data, epoch, layout))
    return uf_fail(ctx, UF_INTERRUPTED, "stopped by the callback");
  return UF_OK;
}

float uf_largest_weight(const uf_graph *graph) {
  float most = 0;
  for (int64_t e = 0; e < graph->start[graph->n]; e++)
    most = graph->weight[e] > most ? graph->weight[e] : most;
  return most;
}

uf_curve uf_curve_of(const uf_layout_options *options) {
  return (uf_curve){.a = options->a,
                    .b = options->b,
                    .gamma = options->repulsion_strength,
                    .softening = options->softening,
                    .clip = options->clip};
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
  return 2 * curve->gamma * curve->b /
         ((curve->softening + d2) * (1 + curve->a * uf_pow(d2, curve->b)));
}
