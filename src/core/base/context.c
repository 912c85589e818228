#include "base/context.h"

#include <string.h>
#include <time.h>

#include "arith/float_mode.h"
#include "base/parallel.h"

/* How often the host is asked whether to stop, in seconds. */
static const double poll_interval = 0.05;

uf_status uf_context_open(uf_context *ctx, const uf_host *host, int n_threads, const char *isa) {
  memset(ctx, 0, sizeof *ctx);
  if (host) ctx->host = *host;
  ctx->n_threads = n_threads < 1 ? 1 : n_threads;
  ctx->phase = "";
  ctx->span_to = 1;
  ctx->float_mode = uf_float_mode();
  ctx->is_open = 1;
  uf_float_mode_set(UF_FLOAT_MODE_IEEE);
  atomic_init(&ctx->stop, 0);
  ctx->kernels = uf_kernels_choose(isa);
  if (!ctx->kernels)
    return uf_fail(ctx, UF_BAD_INPUT, "unknown instruction set \"%s\": use one of %s", isa,
                   uf_kernel_names);
  return UF_OK;
}

void uf_context_close(uf_context *ctx) {
  if (!ctx->is_open) return;
  uf_pool_close(ctx);
  uf_float_mode_set(ctx->float_mode);
  ctx->is_open = 0;
}

void uf_phase(uf_context *ctx, const char *phase) {
  ctx->phase = phase;
  uf_span(ctx, 0, 1);
  if (ctx->host.progress) ctx->host.progress(ctx->host.data, phase, 0);
}

void uf_span(uf_context *ctx, double from, double to) {
  ctx->span_from = from;
  ctx->span_to = to;
}

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

uf_status uf_poll(uf_context *ctx, double done) {
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

void uf_warn(uf_context *ctx, const char *message) {
  if (ctx->host.warn) ctx->host.warn(ctx->host.data, message);
}
