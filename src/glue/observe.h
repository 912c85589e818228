/*
 * glue/observe.h: what a layout shows on the way, to R: snapshots, losses, a function called after
 * every epoch.
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

/* observer: list(snapshots, trace, n_partners, callback), of a layout n × d. Errors in R where memory
 * is wanting. */
void r_observer_open(r_observer *w, r_run *run, SEXP observer, int n, int d);

/* list(snapshots, trace): a list of matrices, and a matrix of losses by rows. */
SEXP r_from_observer(const r_observer *w);
void r_observer_free(r_observer *w);

#endif
