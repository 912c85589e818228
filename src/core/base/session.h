/*
 * base/session.h: begins and ends a call into the core.
 */
#ifndef UF_SESSION_H
#define UF_SESSION_H

#include "base/context.h"

/* Until it is closed, the calling thread computes in the mode of arith/float_mode.h. A context must
 * be closed in any case, on the same thread; one that is all zero may be.
 *
 * isa: NULL or "" for the best instruction set that the processor has, or the name of one not to
 * exceed (see simd/kernels.h). */
uf_status uf_session_open(uf_context *ctx, const uf_host *host, int n_threads, const char *isa);
void uf_session_close(uf_context *ctx);

#endif
