#include "base/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

/* How often the host is asked whether to stop, in seconds. */
static const double poll_interval = 0.05;

uf_status uf_fail(uf_context *ctx, uf_status status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(ctx->message, sizeof ctx->message, format, args);
  va_end(args);
  return status;
}

void uf_phase(uf_context *ctx, const char *phase) {
  ctx->phase = phase;
  uf_span(ctx, 0, 1);
  if (ctx->host.progress) ctx->host.progress(ctx->host.data, phase, 0);
}

void uf_span(uf_context *ctx, double from, double to) {
  ctx->span_from = from;
  ctx->span_to = to;
  ctx->done = 0;
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

uf_status uf_poll(uf_context *ctx, double done) {
  ctx->done = done;
  if (atomic_load_explicit(&ctx->stop, memory_order_relaxed)) return UF_INTERRUPTED;
  double now = seconds_now();
  if (now - ctx->last_poll < poll_interval) return UF_OK;
  ctx->last_poll = now;
  if (ctx->host.interrupted && ctx->host.interrupted(ctx->host.data)) {
    atomic_store(&ctx->stop, 1);
    return uf_fail(ctx, UF_INTERRUPTED, "interrupted");
  }
  if (ctx->host.progress)
    ctx->host.progress(ctx->host.data, ctx->phase,
                       ctx->span_from + done * (ctx->span_to - ctx->span_from));
  return UF_OK;
}

void uf_warn(uf_context *ctx, uf_warning kind, const char *message) {
  if (ctx->host.warn) ctx->host.warn(ctx->host.data, kind, message);
}
