/*
 * layout/batch.h: all vertices of one level moved at once, epoch after epoch.
 */
#ifndef UF_BATCH_H
#define UF_BATCH_H

#include "layout/observe.h"

typedef struct uf_batch_run {
  int level;
  int n_epochs;
  float scale;               /* of all weights */
  double span_from, span_to; /* of the progress bar */
} uf_batch_run;

/* The length of Adam's first step, in each coordinate, where the learning rate is 1. */
#define UF_STEP_LENGTH 2.0

/* The constants of a step; where it reads and writes is the caller's. */
uf_layout_step uf_batch_step(const uf_layout_options *options, int d);

/* layout: n × d of that level. observer may be NULL. */
uf_status uf_batch_epochs(uf_context *ctx, const uf_layout_problem *problem,
                          const uf_layout_options *options, const uf_batch_run *run,
                          uf_observer *observer, float *layout);

#endif
