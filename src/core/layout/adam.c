/*
 * layout/adam.c: runs the epochs of layout/adam.h. One kernel, simd/kernels/layout.h, computes
 * force and step of 16 vertices.
 */
#include "arith/arith.h"

#include "layout/adam.h"

#include "arith/exp_log.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { GROUPS_PER_TASK = 32, MOST_NEGATIVES = 64 };

/* Bounds of squared distances, within which all forces are finite. */
static const double nearest = 1e-6, farthest = 1e38;

typedef struct adam_job {
  uf_context *ctx;
  const uf_adam *adam;
  float *position, *next; /* (16 n_groups + n_fixed) × d: of this epoch, and of the next */
  float *moments;         /* 2 × 16 n_groups × d */
  float *scratch;         /* per worker: scratch_size */
  size_t scratch_size;
  int epoch, n_negatives;
  double power1, power2; /* β^t */
  uf_layout_step step;
} adam_job;

/* ---- positions ---- */

static void copy_in(adam_job *j, const float *layout) {
  const uf_sell *sell = j->adam->sell;
  size_t row = (size_t)j->adam->d, places = (size_t)uf_sell_places(sell);
  size_t fixed_size = sizeof *layout * (size_t)j->adam->n_fixed * row;
  for (size_t place = 0; place < places; place++)
    for (size_t c = 0; c < row; c++)
      j->position[place * row + c] =
          sell->order[place] < 0 ? 0 : layout[(size_t)sell->order[place] * row + c];
  if (fixed_size == 0) return;
  memcpy(j->position + places * row, j->adam->fixed, fixed_size);
  memcpy(j->next + places * row, j->adam->fixed, fixed_size);
}

static void copy_out(const adam_job *j, float *layout) {
  const uf_sell *sell = j->adam->sell;
  size_t row = (size_t)j->adam->d;
  for (int64_t place = 0; place < sell->n; place++)
    memcpy(layout + (size_t)sell->order[place] * row, j->position + (size_t)place * row,
           sizeof *layout * row);
}

/* ---- an epoch ---- */

static uf_layout_step constant_part(const adam_job *j) {
  const uf_layout_options *o = j->adam->options;
  /* Beyond 2^(126 / b) a power of the squared distance would not be a normal number. */
  double reach = uf_pow(2, o->b > 1 ? 126 / o->b : 126);
  return (uf_layout_step){.d = j->adam->d,
                          .slot_start = j->adam->sell->slot_start,
                          .neighbor = j->adam->sell->neighbor,
                          .weight = j->adam->sell->weight,
                          .degree = j->adam->sell->degree,
                          .moment1 = j->moments,
                          .moment2 = j->moments + uf_sell_places(j->adam->sell) * j->adam->d,
                          .a = (float)o->a,
                          .b = (float)o->b,
                          .attraction = (float)(j->adam->n_ends * 2 * o->a * o->b),
                          .repulsion = (float)(2 * o->b * o->repulsion_strength),
                          .softening = (float)o->softening,
                          .clip = (float)o->clip,
                          .nearest = (float)(1 / reach > nearest ? 1 / reach : nearest),
                          .farthest = (float)(reach < farthest ? reach : farthest),
                          .beta1 = (float)o->beta1,
                          .beta2 = (float)o->beta2,
                          .epsilon = (float)o->epsilon};
}

/* epoch is t - 1. */
static void begin_epoch(adam_job *j, int epoch) {
  const uf_adam *adam = j->adam;
  double done = (double)epoch / adam->n_epochs, left = 1 - done;
  j->epoch = epoch;
  j->n_negatives =
      adam->fewest_negatives + (int)((adam->most_negatives - adam->fewest_negatives) * done);
  j->power1 *= adam->options->beta1;
  j->power2 *= adam->options->beta2;
  j->step.position = j->position;
  j->step.next = j->next;
  j->step.negative_weight = (float)(adam->options->negative_sample_rate / j->n_negatives);
  j->step.correction1 = (float)(1 / (1 - j->power1));
  j->step.correction2 = (float)(1 / (1 - j->power2));
  j->step.learning_rate = (float)(adam->step_length * adam->options->learning_rate * left * left);
}

/* Groups of one task, which begins with a block. */
static void move_groups(void *job, uf_rows groups) {
  adam_job *j = job;
  size_t d = (size_t)j->adam->d, place[MOST_NEGATIVES];
  float *kernel_scratch = j->scratch + j->scratch_size * (size_t)groups.worker;
  float *negatives = kernel_scratch + 48 * d;
  int64_t size = j->adam->groups_per_block;
  for (int64_t from = groups.from; from < groups.to; from += size) {
    int64_t to = from + size < groups.to ? from + size : groups.to;
    j->adam->draw(j->adam->source, j->epoch, from / size, j->n_negatives, place);
    for (int k = 0; k < j->n_negatives; k++)
      memcpy(negatives + (size_t)k * d, j->position + place[k] * d, sizeof *negatives * d);
    j->ctx->kernels->layout_step(&j->step, from, to, negatives, j->n_negatives, kernel_scratch);
  }
}

static void swap_positions(adam_job *j) {
  float *old = j->position;
  j->position = j->next;
  j->next = old;
}

static uf_status run_epochs(adam_job *j, float *layout) {
  const uf_adam *adam = j->adam;
  double from = adam->span_from, length = adam->span_to - from;
  int n_epochs = adam->n_epochs;
  uf_status status = UF_OK;
  for (int epoch = 0; epoch < n_epochs; epoch++) {
    begin_epoch(j, epoch);
    uf_span(j->ctx, from + length * epoch / n_epochs, from + length * (epoch + 1) / n_epochs);
    UF_TRY(uf_parallel_rows(j->ctx, adam->sell->n_groups, GROUPS_PER_TASK, move_groups, j));
    swap_positions(j);
    if (!uf_is_observed(adam->observer, epoch + 1)) continue;
    copy_out(j, layout);
    UF_TRY(uf_observe(j->ctx, adam->observer, adam->problem, adam->options, epoch + 1, layout));
  }
done:
  return status;
}

uf_status uf_adam_run(uf_context *ctx, const uf_adam *adam, float *layout) {
  uf_status status = UF_OK;
  int64_t d = adam->d, places = uf_sell_places(adam->sell), all = places + adam->n_fixed;
  adam_job j = {.ctx = ctx, .adam = adam, .power1 = 1, .power2 = 1};
  j.scratch_size = (size_t)(48 + MOST_NEGATIVES) * (size_t)d;
  UF_NEW(ctx, j.position, all * d);
  UF_NEW(ctx, j.next, all * d);
  UF_NEW_ZERO(ctx, j.moments, 2 * places * d);
  UF_NEW(ctx, j.scratch, ctx->n_threads * (int64_t)j.scratch_size);
  copy_in(&j, layout);
  j.step = constant_part(&j);
  UF_TRY(run_epochs(&j, layout));
  copy_out(&j, layout);
done:
  uf_free(j.position);
  uf_free(j.next);
  uf_free(j.moments);
  uf_free(j.scratch);
  return status;
}
