#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/context.h"

uf_status uf_fail(uf_context *ctx, uf_status status, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(ctx->message, sizeof ctx->message, format, args);
  va_end(args);
  return status;
}
