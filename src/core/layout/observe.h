/*
 * layout/observe.h: takes snapshots, computes losses and calls a function between the epochs.
 */
#ifndef UF_OBSERVE_H
#define UF_OBSERVE_H

#include "layout/loss.h"
#include "layout/options.h"

/* What to record, and where. Epoch 0 is the initial layout. */
typedef struct uf_observer {
  int n_snapshots, n_traced;
  const int *snapshot_epoch;                                   /* n_snapshots */
  float *snapshots;                                            /* n_snapshots × n × d */
  const int *traced_epoch;                                     /* n_traced */
  uf_loss *losses;                                             /* n_traced */
  int n_partners;                                              /* see uf_loss_options */
  int (*on_epoch)(void *data, int epoch, const float *layout); /* NULL, or: non-zero to stop */
  void *data;
} uf_observer;

/* Whether anything is recorded after that epoch; observer may be NULL. */
int uf_is_observed(const uf_observer *observer, int epoch);

/* Records what is due after that epoch. UF_INTERRUPTED where on_epoch() stops. */
uf_status uf_observe(uf_context *ctx, uf_observer *observer, const uf_layout_problem *problem,
                     const uf_layout_options *options, int epoch, const float *layout);

/* Puts the layout in the place of the snapshot of that epoch, if there is one. */
void uf_replace_snapshot(uf_observer *observer, const uf_layout_problem *problem, int epoch,
                         const float *layout);

#endif
