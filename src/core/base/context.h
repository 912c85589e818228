/*
 * base/context.h: what every stage is handed first: the host, the kernels of this processor, the
 * threads, the error message.
 *
 * There is no other state: two contexts never meet, so two calls can run at once.
 */
#ifndef UF_CONTEXT_H
#define UF_CONTEXT_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/host.h"
#include "simd/kernels.h"
#include "base/status.h"

struct uf_pool;

typedef struct uf_context {
  uf_host host;
  const uf_kernels *kernels;
  int n_threads;
  struct uf_pool *pool; /* made at the first parallel loop */
  atomic_int stop;      /* set once the host asked to stop; workers read it between blocks */
  const char *phase;    /* what the progress bar shows, and which part of it the next loop fills */
  double span_from, span_to;
  double done;         /* fraction of the span, as the last poll said */
  double last_poll;    /* seconds */
  uint64_t float_mode; /* the calling thread's mode, to be put back */
  int is_open;
  char message[512];
} uf_context;

/* Formats the message into the context and returns `status`, so that `return uf_fail(...)` does
 * both. */
uf_status uf_fail(uf_context *ctx, uf_status status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Names the stage that begins. */
void uf_phase(uf_context *ctx, const char *phase);

/* The next parallel loops fill the progress bar from `from` to `to`, both in [0, 1]. */
void uf_span(uf_context *ctx, double from, double to);

/* Serial loops call this now and then (cheap): asks the host whether to stop, and reports `done` in
 * [0, 1] of the span. */
uf_status uf_poll(uf_context *ctx, double done);

/* Warns the host: the user should know, although the result stands. */
void uf_warn(uf_context *ctx, uf_warning kind, const char *message);

#endif
