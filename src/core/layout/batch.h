/*
 * layout/batch.h: moves all vertices of one level at once, epoch after epoch.
 */
#ifndef UF_BATCH_H
#define UF_BATCH_H

#include "layout/observe.h"

typedef struct uf_batch_run {
  int level;
  int n_epochs;
  float scale;               /* of all weights: 1 / the largest weight of the graph */
  double span_from, span_to; /* of the progress bar */
} uf_batch_run;

/* layout: n × d on that level, improved in place. The problem has its hierarchy; observer may be
 * NULL. */
uf_status uf_batch_epochs(uf_context *ctx, const uf_layout_problem *problem,
                          const uf_layout_options *options, const uf_batch_run *run,
                          uf_observer *observer, float *layout);

#endif
