/*
 * base/memory.h: allocates with checks. Sizes are products that cannot overflow unseen; blocks
 * begin on a cache line.
 */
#ifndef UF_MEMORY_H
#define UF_MEMORY_H

#include <stdint.h>

#include "base/context.h"

/* Allocates count × size bytes, not cleared. Returns NULL, with a message in the context, when it
 * cannot. */
void *uf_alloc(uf_context *ctx, int64_t count, size_t size);

/* Allocates likewise, filled with zero bytes. */
void *uf_calloc(uf_context *ctx, int64_t count, size_t size);

void uf_free(void *block);

/* Allocates `pointer` to hold `count` elements, or leaves the function by its `done` label with
 * UF_NO_MEMORY. */
#define UF_NEW(ctx, pointer, count)                                                                \
  do {                                                                                             \
    (pointer) = uf_alloc((ctx), (int64_t)(count), sizeof *(pointer));                              \
    if (!(pointer)) {                                                                              \
      status = UF_NO_MEMORY;                                                                       \
      goto done;                                                                                   \
    }                                                                                              \
  } while (0)

/* UF_NEW with zeroed elements. */
#define UF_NEW_ZERO(ctx, pointer, count)                                                           \
  do {                                                                                             \
    (pointer) = uf_calloc((ctx), (int64_t)(count), sizeof *(pointer));                             \
    if (!(pointer)) {                                                                              \
      status = UF_NO_MEMORY;                                                                       \
      goto done;                                                                                   \
    }                                                                                              \
  } while (0)

/* Runs a step that returns a status; on failure leaves the function by its `done` label. */
#define UF_TRY(step)                                                                               \
  do {                                                                                             \
    if ((status = (step))) goto done;                                                              \
  } while (0)

#endif
