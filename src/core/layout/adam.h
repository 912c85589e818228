/*
 * layout/adam.h: drives the batch optimizer, for whole layouts (layout/batch.c) and for new rows
 * among old ones (model/predict.c).
 *
 * In epoch t = 1 … T the forces g on all vertices that move, at y, are taken at once. Then each
 * vertex takes a step of Adam (Kingma and Ba 2015, algorithm 1), in each coordinate by itself:
 *
 *   m ← β₁ m + (1 - β₁) g        m̂ = m / (1 - β₁^t)
 *   v ← β₂ v + (1 - β₂) g²       v̂ = v / (1 - β₂^t)
 *   y ← y + η_t m̂ / (√v̂ + ε)     η_t = η (1 - (t - 1) / T)²
 *
 * m and v begin at 0; the divisions that lead to m̂ and v̂ correct for that. A step is at most
 * η_t max(1, (1 - β₁) / √(1 - β₂)) long, however large the force (section 2.1 there), so vertices
 * are not thrown out of the layout. Where forces are much smaller than ε (0.5 by default), a step
 * is proportional to them, η_t g / ε, as in plain gradient descent, so vertices come to rest. The
 * square in η_t is a compromise; not measured on its own.
 *
 * A vertex reads all positions of the epoch and writes its own of the next, so that threads never
 * meet. Cost of an epoch: O(edges + n negatives).
 */
#ifndef UF_ADAM_H
#define UF_ADAM_H

#include "layout/observe.h"
#include "layout/sell.h"

/* η where the learning rate is 1. Steps of 2 / 2^level, which are shorter on coarse levels, tear
 * half as many long thin shapes, but cost .009 of preservation on diamonds and .003 of accuracy on
 * letters (data of bench/layout.R). */
#define UF_STEP_LENGTH 2.0

/* Puts into `place` the places of `count` random vertices that push in an epoch. Place p < 16
 * n_groups is as in `sell`; fixed vertex f stands at 16 n_groups + f. */
typedef void uf_draw_negatives(const void *source, int epoch, int64_t block, int count,
                               size_t *place);

typedef struct uf_adam {
  const uf_layout_options *options;
  const uf_sell *sell; /* n vertices that move, and their edges */
  const float *fixed;  /* n_fixed × d: positions of vertices that do not */
  int n_fixed, d;
  int n_ends; /* 2 where an edge pulls at both its ends, and so twice at its row; 1: once */
  int n_epochs;
  double step_length;                   /* η is this times the learning rate */
  int fewest_negatives, most_negatives; /* of a block, first and at the end; at most 64 */
  int groups_per_block;                 /* with the same negatives; divides 32 */
  uf_draw_negatives *draw;
  const void *source;        /* handed to draw() */
  double span_from, span_to; /* of the progress bar */
  uf_observer *observer;     /* NULL, or: of this problem */
  const uf_layout_problem *problem;
} uf_adam;

/* layout: n × d, improved in place, or after an error as it was or as last observed. */
uf_status uf_adam_run(uf_context *ctx, const uf_adam *adam, float *layout);

#endif
