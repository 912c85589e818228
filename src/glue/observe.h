/*
 * glue/observe.h: passes what is observed of a layout to R: snapshots, losses, a function called
 * after every epoch.
 */
#ifndef UNFURL_R_OBSERVE_H
#define UNFURL_R_OBSERVE_H

#include "host.h"

typedef struct r_observer {
  uf_observer observer;
  r_run *run;
  SEXP callback;
  int n, d;
} r_observer;

/* observer: list(snapshots, trace, n_partners, callback), for a layout of n × d. Errors in R where
 * memory is short. */
void r_observer_open(r_observer *w, r_run *run, SEXP observer, int n, int d);

/* list(snapshots, trace): a list of matrices, and a matrix of losses by rows. */
SEXP r_from_observer(const r_observer *w);
void r_observer_free(r_observer *w);

#endif
