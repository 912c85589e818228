#include "base/session.h"

#include <string.h>

#include "arith/float_mode.h"
#include "base/parallel.h"

uf_status uf_session_open(uf_context *ctx, const uf_host *host, int n_threads, const char *isa) {
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

void uf_session_close(uf_context *ctx) {
  if (!ctx->is_open) return;
  uf_pool_close(ctx);
  uf_float_mode_set(ctx->float_mode);
  ctx->is_open = 0;
}
