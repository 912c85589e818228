/*
 * glue/host.h: R as the host of the core: interrupts, progress, warnings, errors, and clean-up
 * whatever happens.
 */
#ifndef UNFURL_R_HOST_H
#define UNFURL_R_HOST_H

#include "convert.h"

enum { R_MAX_WARNINGS = 8 };

/* A warning of the core, kept until the core has stopped. */
typedef struct r_warning {
  uf_warning kind;
  char text[256];
} r_warning;

/* One call from R into the core. */
typedef struct r_run {
  SEXP settings; /* list(n_threads, isa, progress, warn, fail) of run_settings() in R, and
                    the frame of run_for_metric() */
  uf_context ctx;
  const char *argument;      /* what bad input is found in: "x", "query" */
  SEXP frame, data, queries; /* where a metric that is an R function is called, and whose rows it
                                compares */
  SEXP unwinding;            /* continues a jump (an error, a restart) that began in a callback */
  int jumped;
  int n_warnings;
  r_warning warning[R_MAX_WARNINGS];
} r_run;

/* Opens the context. Errors in R where that fails. */
void r_run_open(r_run *run, SEXP settings);

/* After the core's work: goes on with a jump that a callback began; signals the core's warnings,
 * and raises an R error unless status is UF_OK. */
void r_run_check(r_run *run, uf_status status);

/* Floats that the caller frees with uf_free(), in its release. */
float *r_new_floats(r_run *run, int64_t count);

void r_run_close(r_run *run);

/* Runs code that R may leave by a jump: an error, an interrupt. The jump is held, and run->jumped
 * says so, until r_run_check() lets it go on. */
void r_call(r_run *run, SEXP (*code)(void *), void *data);

/* Lets a metric that is an R function compare the rows of x. */
void r_take_function(r_run *run, SEXP x);

/* Prepares the rows of x for the metric; errors in R where they are not admitted. */
void r_make_points(r_run *run, SEXP x, SEXP metric, uf_points *points);

/* Prepares likewise, and keeps in `preparation` how. */
void r_prepare_points(r_run *run, SEXP x, SEXP metric, uf_preparation *preparation,
                      uf_points *points);

/* Prepares rows to be compared with such points. */
void r_prepare_queries(r_run *run, SEXP x, const uf_preparation *preparation, uf_points *points);

/*
 * Runs body(call), then release(call), also when body is left by an R error or interrupt. So an
 * entry point keeps whatever it gets from the core in `call`, and frees it only in `release`.
 */
SEXP r_execute(SEXP (*body)(void *call), void (*release)(void *call), void *call);

#endif
