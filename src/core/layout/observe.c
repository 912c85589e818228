/*
 * layout/observe.c: copies the layout, and computes its loss, at the requested epochs.
 */
#include "arith/arith.h"

#include "layout/observe.h"

/* Returns the place of an epoch in a list, or -1. */
static int find_epoch(const int *list, int count, int epoch) {
  for (int i = 0; i < count; i++)
    if (list[i] == epoch) return i;
  return -1;
}

int uf_is_observed(const uf_observer *observer, int epoch) {
  return observer && (observer->on_epoch ||
                      find_epoch(observer->snapshot_epoch, observer->n_snapshots, epoch) >= 0 ||
                      find_epoch(observer->traced_epoch, observer->n_traced, epoch) >= 0);
}

void uf_replace_snapshot(uf_observer *observer, const uf_layout_problem *problem, int epoch,
                         const float *layout) {
  if (!observer) return;
  int snapshot = find_epoch(observer->snapshot_epoch, observer->n_snapshots, epoch);
  size_t size = (size_t)problem->graph->n * (size_t)problem->d;
  if (snapshot >= 0)
    memcpy(observer->snapshots + size * (size_t)snapshot, layout, size * sizeof *layout);
}

uf_status uf_observe(uf_context *ctx, uf_observer *observer, const uf_layout_problem *problem,
                     const uf_layout_options *options, int epoch, const float *layout) {
  if (!uf_is_observed(observer, epoch)) return UF_OK;
  int traced = find_epoch(observer->traced_epoch, observer->n_traced, epoch);
  uf_replace_snapshot(observer, problem, epoch, layout);
  if (traced >= 0) {
    uf_loss_options loss = {.a = options->a,
                            .b = options->b,
                            .n_partners = observer->n_partners,
                            .seed = problem->seed};
    uf_status status =
        uf_layout_loss(ctx, problem->graph, problem->d, &loss, layout, &observer->losses[traced]);
    if (status) return status;
  }
  if (observer->on_epoch && observer->on_epoch(observer->data, epoch, layout))
    return uf_fail(ctx, UF_INTERRUPTED, "stopped by the callback");
  return UF_OK;
}
