/*
 * r_watch.h: what a layout shows on the way, to R: snapshots, losses, a function called after
 * every epoch.
 */
#ifndef UNFURL_R_WATCH_H
#define UNFURL_R_WATCH_H

#include "host.h"

typedef struct r_watch {
  uf_watch watch;
  r_run *run;
  SEXP callback;
  int n, d;
} r_watch;

/* watch: list(snapshots, trace, n_partners, callback), of a layout n × d. Errors in R where memory
 * is wanting. */
void r_watch_open(r_watch *w, r_run *run, SEXP watch, int n, int d);

/* list(snapshots, trace): a list of matrices, and a matrix of losses by rows. */
SEXP r_from_watch(const r_watch *w);
void r_watch_free(r_watch *w);

#endif
