/*
 * base/parallel.h: one loop over blocks, shared by a pool of threads.
 *
 * Determinism is by ownership: the caller cuts its work into blocks that do not depend on the
 * number of threads, and a block writes only what it owns. Any worker may run any block. The
 * calling thread works too; it also polls the host for an interrupt between blocks and while it
 * waits.
 */
#ifndef UF_PARALLEL_H
#define UF_PARALLEL_H

#include <stdint.h>

#include "base/context.h"

/* worker is in 0 … n_threads - 1: the index of scratch that no other running block uses. */
typedef void uf_task(void *job, int64_t block, int worker);

/* Runs task(job, 0 … n_blocks - 1); blocks should take milliseconds, not seconds, so that an
 * interrupt is heard. */
uf_status uf_parallel(uf_context *ctx, int64_t n_blocks, uf_task *task, void *job);

/* Returns whether a long block should end early, as the host has asked to stop. Cheap. */
int uf_is_stopped(uf_context *ctx, int worker);

/* Rows from … to - 1, and the worker that they are given to. */
typedef struct uf_rows {
  int64_t from, to;
  int worker;
} uf_rows;

typedef void uf_rows_task(void *job, uf_rows rows);

/* Runs task(job, rows) over blocks of block_size rows that cover 0 … n - 1. */
uf_status uf_parallel_rows(uf_context *ctx, int64_t n, int64_t block_size, uf_rows_task *task,
                           void *job);

void uf_pool_close(uf_context *ctx);

/* Processors that this process may use: affinity and container limits respected; at least 1. */
int uf_available_processors(void);

/* Blocks of `size` that cover n items. */
static inline int64_t uf_n_blocks(int64_t n, int64_t size) { return (n + size - 1) / size; }

/* The half-open range of items that a block covers. */
typedef struct uf_range {
  int64_t from, to;
} uf_range;

static inline uf_range uf_block_range(int64_t block, int64_t size, int64_t n) {
  uf_range range = {block * size, (block + 1) * size < n ? (block + 1) * size : n};
  return range;
}

#endif
