/*
 * layout/batch.c: the optimizer that is parallel and has one result.
 *
 * All forces of an epoch are taken at its start (Jacobi), from every edge by its weight, and from
 * negatives that a block of vertices shares; then each vertex takes one step of Adam. A vertex
 * writes only itself, so threads have nothing to race for. With D_i the degree of a vertex (for an
 * aggregate, the mean degree of what it is made of), the force on i is what the reference optimizer
 * applies in an epoch on average:
 *
 *   Σ_j 2 w_ij / m_i attraction(i, j) + negative_sample_rate D_i · mean_k repulsion(i, k)
 *
 * A negative is drawn among the vertices of the finest level, and stands for the aggregate that it is
 * in. O(edges + n negatives) for an epoch.
 */
#include "arith/arith.h"

#include "layout/batch.h"
#include "layout/sell.h"
#include "arith/exp_log.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

enum {
  GROUPS_PER_BLOCK = 8, /* vertices of a block share their negatives */
  BLOCKS_PER_TASK = 4,
  FEWEST_NEGATIVES = 16, /* a block draws so many in the first epoch, */
  MOST_NEGATIVES = 64    /* and so many in the last, when accuracy matters more */
};

/* Of squared distances: where two vertices coincide there is no direction to pull in, and no
 * infinity either. */
static const double nearest = 1e-6, farthest = 1e38;

/* Of a start only the coarse shape is of use, and longer steps than its vertices are apart throw that
 * into disorder: chains then cross themselves, and where they do they stay torn. So the first of
 * several levels treads softly. */
static const double soft_step_length = 0.5;

static double step_length_at(const uf_hierarchy *hierarchy, int level) {
  return level > 0 && level == hierarchy->n_levels - 1 ? soft_step_length : UF_STEP_LENGTH;
}

typedef struct batch_job {
  uf_context *ctx;
  const uf_layout_problem *problem;
  const uf_hierarchy *hierarchy; /* of the problem */
  const uf_layout_options *options;
  const uf_batch_run *run;
  uf_slots slots;
  uf_layout_step step;
  float *position, *next, *moments;
  int epoch, n_negatives;
  double power1, power2; /* beta^epoch */
  float *scratch;        /* per worker */
  size_t scratch_size;
} batch_job;

static void copy_in(const float *layout, int d, batch_job *j) {
  size_t row = (size_t)d;
  for (int64_t place = 0; place < 16 * j->slots.n_groups; place++) {
    int vertex = j->slots.order[place];
    for (size_t c = 0; c < row; c++)
      j->position[(size_t)place * row + c] = vertex < 0 ? 0 : layout[(size_t)vertex * row + c];
  }
}

static void copy_out(const batch_job *j, int d, float *layout) {
  size_t row = (size_t)d;
  for (int64_t place = 0; place < 16 * j->slots.n_groups; place++)
    if (j->slots.order[place] >= 0)
      memcpy(layout + (size_t)j->slots.order[place] * row, j->position + (size_t)place * row,
             sizeof *layout * row);
}

/* Places hold the finest vertices in an order of their own, in which they can be drawn as well. */
static size_t draw_place(const batch_job *j, uint64_t key, int draw) {
  int drawn = uf_draw_index(key, (uint64_t)draw, j->hierarchy->level[0].graph.n);
  if (j->run->level == 0) return (size_t)drawn;
  return (size_t)j->slots.place_of[uf_ancestor(j->hierarchy, j->run->level, drawn)];
}

static void move_blocks(void *job, int64_t task, int worker) {
  batch_job *j = job;
  size_t d = (size_t)j->step.d;
  float *kernel_scratch = j->scratch + j->scratch_size * (size_t)worker;
  float *negatives = kernel_scratch + 48 * d;
  int64_t n_blocks = uf_n_blocks(j->slots.n_groups, GROUPS_PER_BLOCK);
  uf_range blocks = uf_block_range(task, BLOCKS_PER_TASK, n_blocks);
  for (int64_t block = blocks.from; block < blocks.to; block++) {
    uint64_t key =
        uf_key(j->problem->seed, UF_STAGE_NEGATIVES,
               (uint64_t)j->epoch * UF_MOST_LEVELS + (uint64_t)j->run->level, (uint64_t)block);
    for (int k = 0; k < j->n_negatives; k++)
      memcpy(negatives + (size_t)k * d, j->position + draw_place(j, key, k) * d,
             sizeof *negatives * d);
    uf_range groups = uf_block_range(block, GROUPS_PER_BLOCK, j->slots.n_groups);
    j->ctx->kernels->layout_step(&j->step, groups.from, groups.to, negatives, j->n_negatives,
                                 kernel_scratch);
  }
}

/* The constants of an epoch. */
static void begin_epoch(batch_job *j, int epoch) {
  const uf_layout_options *options = j->options;
  double done = (double)epoch / j->run->n_epochs, left = 1 - done;
  j->power1 *= options->beta1;
  j->power2 *= options->beta2;
  j->epoch = epoch;
  j->n_negatives = FEWEST_NEGATIVES + (int)((MOST_NEGATIVES - FEWEST_NEGATIVES) * done);
  j->step.position = j->position;
  j->step.next = j->next;
  j->step.negative_weight = (float)(options->negative_sample_rate / j->n_negatives);
  j->step.correction1 = (float)(1 / (1 - j->power1));
  j->step.correction2 = (float)(1 / (1 - j->power2));
  double length = step_length_at(j->hierarchy, j->run->level) * options->learning_rate;
  j->step.learning_rate = (float)(length * left * left);
}

static uf_status run_epochs(batch_job *j, uf_observer *observer, float *layout) {
  uf_status status = UF_OK;
  int n_epochs = j->run->n_epochs;
  double from = j->run->span_from, length = j->run->span_to - from;
  int64_t n_tasks = uf_n_blocks(j->slots.n_groups, (int64_t)GROUPS_PER_BLOCK * BLOCKS_PER_TASK);
  for (int epoch = 0; epoch < n_epochs && !status; epoch++) {
    begin_epoch(j, epoch);
    uf_span(j->ctx, from + length * epoch / n_epochs, from + length * (epoch + 1) / n_epochs);
    status = uf_parallel(j->ctx, n_tasks, move_blocks, j);
    float *old = j->position;
    j->position = j->next;
    j->next = old;
    if (status || !uf_is_observed(observer, epoch + 1)) continue;
    copy_out(j, j->step.d, layout);
    status = uf_observe(j->ctx, observer, j->problem, j->options, epoch + 1, layout);
  }
  return status;
}

uf_layout_step uf_batch_step(const uf_layout_options *o, int d) {
  /* Beyond 2^(126 / b) a power of the squared distance would be no normal number. */
  double reach = uf_pow(2, o->b > 1 ? 126 / o->b : 126);
  return (uf_layout_step){.d = d,
                          .a = (float)o->a,
                          .b = (float)o->b,
                          .attraction = (float)(4 * o->a * o->b),
                          .repulsion = (float)(2 * o->b * o->repulsion_strength),
                          .softening = (float)o->softening,
                          .clip = (float)o->clip,
                          .nearest = (float)(1 / reach > nearest ? 1 / reach : nearest),
                          .farthest = (float)(reach < farthest ? reach : farthest),
                          .beta1 = (float)o->beta1,
                          .beta2 = (float)o->beta2,
                          .epsilon = (float)o->epsilon};
}

static uf_layout_step first_step(const batch_job *j, int d) {
  uf_layout_step step = uf_batch_step(j->options, d);
  step.slot_start = j->slots.slot_start;
  step.neighbor = j->slots.neighbor;
  step.weight = j->slots.weight;
  step.degree = j->slots.degree;
  step.moment1 = j->moments;
  step.moment2 = j->moments + 16 * j->slots.n_groups * d;
  return step;
}

uf_status uf_batch_epochs(uf_context *ctx, const uf_layout_problem *problem,
                          const uf_layout_options *options, const uf_batch_run *run,
                          uf_observer *observer, float *layout) {
  uf_status status = UF_OK;
  const uf_hierarchy *hierarchy = problem->hierarchy;
  int d = problem->d;
  batch_job j = {.ctx = ctx,
                 .problem = problem,
                 .hierarchy = hierarchy,
                 .options = options,
                 .run = run,
                 .power1 = 1,
                 .power2 = 1};
  UF_TRY(uf_slots_make(ctx, &hierarchy->level[run->level], run->scale, d, layout, &j.slots));
  int64_t places = 16 * j.slots.n_groups;
  j.scratch_size = (size_t)(48 + MOST_NEGATIVES) * (size_t)d;
  UF_NEW(ctx, j.position, places * d);
  UF_NEW(ctx, j.next, places * d);
  UF_NEW_ZERO(ctx, j.moments, 2 * places * d);
  UF_NEW(ctx, j.scratch, ctx->n_threads * (int64_t)j.scratch_size);
  copy_in(layout, d, &j);
  j.step = first_step(&j, d);
  UF_TRY(run_epochs(&j, observer, layout));
  copy_out(&j, d, layout);
done:
  uf_slots_free(&j.slots);
  uf_free(j.position);
  uf_free(j.next);
  uf_free(j.moments);
  uf_free(j.scratch);
  return status;
}
