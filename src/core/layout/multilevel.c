/*
 * layout/multilevel.c: runs the batch optimizer from coarse to fine.
 *
 *   Y_0 ← the initial layout;  Y_l ← restrict(Y_(l-1))        l = 1 … top
 *   Y_l ← epochs of level l from Y_l;  Y_(l-1) ← prolong(Y_l)  l = top … 1
 *   Y_0 ← epochs of level 0 from Y_0
 *
 * (graph/transfer.c, layout/batch.c). On the coarsest level the layout unfolds, while a step moves
 * many vertices at once; each finer level begins where the coarser one ended, and only places what
 * the coarser level could not resolve. So only the coarse shape of the initial layout matters: its
 * details do not reach the top, and Y_(l-1) from the way up is overwritten.
 *
 * An epoch costs O(edges + n), counted on its level, and levels shrink to about 0.3 times the
 * vertices of the level below, so with the epochs below all levels together cost less than twice
 * the finest alone.
 */
#include "arith/arith.h"

#include "layout/multilevel.h"

#include "base/memory.h"
#include "graph/graph.h"
#include "graph/transfer.h"
#include "layout/batch.h"

/* Epochs of level 1, 2, … for each epoch of the finest; the last is for all that are coarser. A
 * compromise of quality and time; not measured on its own. */
enum { N_SHARES = 3 };
static const double epoch_share[N_SHARES] = {0.5, 1, 1.5};

/* See graph/transfer.c: a twentieth of the distance at which forces act. Not measured on its
 * own. */
static const float jitter = 0.05f;

static int n_epochs_of(int level, int n_epochs) {
  if (level == 0) return n_epochs;
  double share = epoch_share[level <= N_SHARES ? level - 1 : N_SHARES - 1];
  return (int)(share * n_epochs + 0.5);
}

/* Returns the cost of a level, for the progress bar. */
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
