/*
 * layout/multilevel.c: from coarse to fine.
 *
 * The start is taken up to the coarsest level, where an aggregate lies in the middle of its members.
 * There the layout unfolds while a step moves many vertices at once, and is handed down: each finer
 * level begins where the coarser one ended, and has only to place what that could not see. Whatever
 * the start, it is the whole of it that matters; of its detail the coarse levels know nothing.
 *
 * An epoch of a coarse level costs a part of one of the finest, so all levels together take about
 * twice as long as the finest alone, or less.
 */
#include "arith/arith.h"

#include "layout/multilevel.h"

#include "base/memory.h"
#include "graph/transfer.h"
#include "layout/batch.h"
#include "layout/forces.h"

/* Epochs of the levels above the finest for each of its own; the last is for all that are coarser. */
enum { N_SHARES = 3 };
static const double epoch_share[N_SHARES] = {0.5, 1, 1.5};

/* How far the vertices of an aggregate are jittered apart, in each coordinate. */
static const float jitter = 0.05f;

static int n_epochs_of(int level, int n_epochs) {
  if (level == 0) return n_epochs;
  double share = epoch_share[level <= N_SHARES ? level - 1 : N_SHARES - 1];
  return (int)(share * n_epochs + 0.5);
}

/* Parts of the progress bar, by the edges that are visited. */
static double work_of(const uf_hierarchy *hierarchy, int level, int n_epochs) {
  const uf_graph *graph = &hierarchy->level[level].graph;
  return (double)n_epochs_of(level, n_epochs) * (double)(graph->start[graph->n] + graph->n);
}

uf_status uf_layout_multilevel(uf_context *ctx, const uf_layout_problem *problem,
                               const uf_layout_options *options, uf_observer *observer,
                               float *layout) {
  uf_status status = UF_OK;
  const uf_hierarchy *hierarchy = problem->hierarchy;
  int d = problem->d, top = hierarchy->n_levels - 1, n_epochs = options->n_epochs;
  const uf_graph *graph = problem->graph;
  float most = uf_largest_weight(graph), scale = most > 0 ? 1 / most : 0;
  float *position[UF_MOST_LEVELS] = {NULL};
  size_t size = (size_t)graph->n * (size_t)d;
  double work = 0, done = 0;
  for (int level = 0; level <= top; level++) work += work_of(hierarchy, level, n_epochs);
  for (int level = 0; level <= top; level++)
    UF_NEW(ctx, position[level], (int64_t)hierarchy->level[level].graph.n * d);
  memcpy(position[0], layout, size * sizeof *layout);
  for (int level = 1; level <= top; level++)
    UF_TRY(uf_restrict(ctx, hierarchy, level, d, position[level - 1], position[level]));
  for (int level = top; level >= 0; level--) {
    double part = work_of(hierarchy, level, n_epochs) / work;
    uf_batch_run run = {.level = level,
                        .n_epochs = n_epochs_of(level, n_epochs),
                        .scale = scale,
                        .span_from = done,
                        .span_to = done + part};
    UF_TRY(uf_batch_epochs(ctx, problem, options, &run, level == 0 ? observer : NULL,
                           position[level]));
    done += part;
    if (level == 0) break;
    const uf_prolong_options down = {
        .fine_level = level - 1, .d = d, .jitter = jitter, .seed = problem->seed};
    UF_TRY(uf_prolong(ctx, hierarchy, &down, position[level], position[level - 1]));
  }
  memcpy(layout, position[0], size * sizeof *layout);
done:
  for (int level = 0; level <= top; level++) uf_free(position[level]);
  return status;
}
