/*
 * layout/optimize.c: chooses the optimizer.
 */
#include "arith/arith.h"

#include "layout/optimize.h"

#include "arith/exp_log.h"
#include "base/memory.h"
#include "layout/full.h"
#include "layout/isolated.h"
#include "layout/multilevel.h"
#include "layout/sgd.h"

/* The kernels gather coordinates by 32-bit offsets, except for two dimensions, which they gather in
 * pairs. */
static uf_status check_size(uf_context *ctx, int n, int d, const uf_layout_options *options) {
  int is_small = d == 2 || (int64_t)d * ((int64_t)n + 15) <= INT32_MAX;
  if (options->optimizer != UF_LAYOUT_BATCH || is_small) return UF_OK;
  return uf_fail(
      ctx, UF_BAD_INPUT,
      "has %d rows, too many for a batch layout in %d dimensions: take fewer of them, or "
      "optimizer = \"sgd\"",
      n, d);
}

/* The distance at which 1 / (1 + a d^2b), the similarity in the layout, is a tenth. */
static double far_apart(const uf_layout_options *options) {
  return uf_pow(9 / options->a, 0.5 / options->b);
}

uf_status uf_layout_optimize(uf_context *ctx, const uf_layout_problem *problem,
                             const uf_layout_options *options, uf_observer *observer,
                             float *layout) {
  uf_status status = UF_OK;
  uf_layout_problem complete = *problem;
  uf_hierarchy own = {0};
  uf_phase(ctx, "layout");
  UF_TRY(check_size(ctx, problem->graph->n, problem->d, options));
  UF_TRY(uf_observe(ctx, observer, problem, options, 0, layout));
  if (options->n_epochs == 0) goto done;
  if (options->optimizer == UF_LAYOUT_BATCH && !problem->hierarchy) {
    UF_TRY(uf_coarsen(ctx, problem->graph, problem->seed, &own));
    complete.hierarchy = &own;
  }
  switch (options->optimizer) {
  case UF_LAYOUT_SGD: UF_TRY(uf_layout_sgd(ctx, problem, options, observer, layout)); break;
  case UF_LAYOUT_FULL: UF_TRY(uf_layout_full(ctx, problem, options, observer, layout)); break;
  default: UF_TRY(uf_layout_multilevel(ctx, &complete, options, observer, layout));
  }
  uf_place_isolated(problem->graph, problem->d, far_apart(options), layout);
  uf_replace_snapshot(observer, problem, options->n_epochs, layout);
done:
  uf_hierarchy_free(&own);
  return status;
}
