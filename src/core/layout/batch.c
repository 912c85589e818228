/*
 * layout/batch.c: computes the forces of a whole graph, for an optimizer that is parallel and
 * deterministic.
 *
 * All forces of an epoch are taken where it begins (Jacobi), from every edge by its weight, and
 * from negatives that a block of vertices shares. The force on i is what the reference optimizer
 * (layout/sgd.c) applies to it in an epoch on average:
 *
 *   Σ_j 2 w_ij attraction(i, j) + r D_i mean_k repulsion(i, k)        D_i = Σ_j w_ij
 *
 * with r the negative sample rate and w in units of the largest weight. There, edges i → j and j →
 * i are both sampled in a fraction w_ij of the epochs, and each time both ends are pulled, so i is
 * pulled by both; and each time that an edge of i is sampled as its head, which is D_i times, r
 * random vertices k push it.
 *
 * On a coarse level I is an aggregate of mass m_I, which stands for all its members i: they lie at
 * its place and move with it, so it meets the mean of their forces,
 *
 *   1/m_I Σ_i [Σ_j 2 w_ij attraction(i, j) + r D_i mean_k repulsion(i, k)]
 *     = Σ_J 2 w_IJ / m_I attraction(I, J) + r D_I / m_I mean_k repulsion(I, k)
 *
 * with w_IJ and D_I the sums over their members (graph/hierarchy.h). That is why weights and
 * degrees are divided by masses: an aggregate then moves as far in a step as its members would, and
 * not m_I times as far. Edges inside I do not pull, but their share of D_I still pushes. k is drawn
 * among the vertices of the finest level, and stands for the aggregate that it is in: aggregates
 * push by their mass.
 */
#include "arith/arith.h"

#include "layout/batch.h"

#include "base/memory.h"
#include "base/random.h"
#include "layout/adam.h"

enum {
  GROUPS_PER_BLOCK = 8,  /* vertices of a block share their negatives */
  FEWEST_NEGATIVES = 16, /* a block draws so many in the first epoch, */
  MOST_NEGATIVES = 64    /* and so many in the last, when accuracy matters more */
};

/* Only the coarse shape of the initial layout is useful, and steps longer than the distance between
 * vertices disorder it: chains then cross themselves, and stay torn where they do. So the coarsest
 * of several levels uses a smaller step: of 40 chains of 2,000 points, 19 tore with UF_STEP_LENGTH,
 * and one with this. */
static const double soft_step_length = 0.5;

static double step_length_at(const uf_hierarchy *hierarchy, int level) {
  return level > 0 && level == hierarchy->n_levels - 1 ? soft_step_length : UF_STEP_LENGTH;
}

typedef struct negative_source {
  const uf_layout_problem *problem;
  const uf_sell *sell;
  int level;
} negative_source;

/* On the finest level vertices stand at places 0 … n - 1 in some order, so a random place is as
 * good as a random vertex. */
static void draw_negatives(const void *source, int epoch, int64_t block, int count, size_t *place) {
  const negative_source *s = source;
  uint64_t a = (uint64_t)epoch * UF_MOST_LEVELS + (uint64_t)s->level;
  uint64_t key = uf_key(s->problem->seed, UF_STAGE_NEGATIVES, a, (uint64_t)block);
  for (int k = 0; k < count; k++) {
    int drawn = uf_draw_index(key, (uint64_t)k, s->problem->graph->n);
    place[k] = s->level == 0
                   ? (size_t)drawn
                   : (size_t)s->sell->place_of[uf_ancestor(s->problem->hierarchy, s->level, drawn)];
  }
}

uf_status uf_batch_epochs(uf_context *ctx, const uf_layout_problem *problem,
                          const uf_layout_options *options, const uf_batch_run *run,
                          uf_observer *observer, float *layout) {
  uf_status status = UF_OK;
  const uf_level *level = &problem->hierarchy->level[run->level];
  const uf_sell_rows rows = {
      .graph = &level->graph, .mass = level->mass, .degree = level->degree, .scale = run->scale};
  uf_sell sell = {0};
  UF_TRY(uf_sell_make(ctx, &rows, problem->d, layout, &sell));
  const negative_source source = {.problem = problem, .sell = &sell, .level = run->level};
  const uf_adam adam = {.options = options,
                        .sell = &sell,
                        .d = problem->d,
                        .n_ends = 2,
                        .n_epochs = run->n_epochs,
                        .step_length = step_length_at(problem->hierarchy, run->level),
                        .fewest_negatives = FEWEST_NEGATIVES,
                        .most_negatives = MOST_NEGATIVES,
                        .groups_per_block = GROUPS_PER_BLOCK,
                        .draw = draw_negatives,
                        .source = &source,
                        .span_from = run->span_from,
                        .span_to = run->span_to,
                        .observer = observer,
                        .problem = problem};
  UF_TRY(uf_adam_run(ctx, &adam, layout));
done:
  uf_sell_free(&sell);
  return status;
}
