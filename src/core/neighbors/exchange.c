#include "arith/arith.h"

#include "neighbors/exchange.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { MAX_BOXES = 256, MAX_SENDERS = 256, BATCH_BYTES = 64 << 20 };

uf_status uf_exchange_open(uf_context *ctx, int n_rows, int64_t buffer_size, int64_t max_producers,
                           uf_exchange *exchange) {
  uf_status status = UF_OK;
  int64_t n_producers = BATCH_BYTES / (buffer_size * (int64_t)sizeof(uf_message));
  if (n_producers > MAX_SENDERS) n_producers = MAX_SENDERS;
  if (n_producers > max_producers) n_producers = max_producers;
  if (n_producers < 1) n_producers = 1;
  *exchange = (uf_exchange){.n_producers = (int)n_producers, .buffer_size = buffer_size};
  while ((n_rows - 1) >> exchange->bucket_shift >= MAX_BOXES) exchange->bucket_shift++;
  exchange->n_buckets = ((n_rows - 1) >> exchange->bucket_shift) + 1;
  UF_NEW(ctx, exchange->buffers, n_producers * buffer_size);
  UF_NEW(ctx, exchange->start, n_producers * (exchange->n_buckets + 1));
  UF_NEW(ctx, exchange->staging, ctx->n_threads * buffer_size);
done:
  if (status) uf_exchange_close(exchange);
  return status;
}

void uf_exchange_close(uf_exchange *exchange) {
  uf_free(exchange->buffers);
  uf_free(exchange->start);
  uf_free(exchange->staging);
  *exchange = (uf_exchange){0};
}

uf_message *uf_exchange_staging(const uf_exchange *exchange, int worker) {
  return exchange->staging + exchange->buffer_size * worker;
}

/* A counting sort from the staging to the buffer. */
void uf_exchange_post(uf_exchange *exchange, int producer, int n_messages, int worker) {
  const uf_message *staging = uf_exchange_staging(exchange, worker);
  uf_message *buffer = exchange->buffers + exchange->buffer_size * producer;
  int *start = exchange->start + (size_t)producer * ((size_t)exchange->n_buckets + 1);
  int next[MAX_BOXES] = {0};
  for (int m = 0; m < n_messages; m++) next[staging[m].to >> exchange->bucket_shift]++;
  start[0] = 0;
  for (int bucket = 0; bucket < exchange->n_buckets; bucket++) {
    start[bucket + 1] = start[bucket] + next[bucket];
    next[bucket] = start[bucket];
  }
  for (int m = 0; m < n_messages; m++)
    buffer[next[staging[m].to >> exchange->bucket_shift]++] = staging[m];
}

int uf_exchange_read(const uf_exchange *exchange, int producer, int bucket,
                     const uf_message **messages) {
  const int *start =
      exchange->start + (size_t)producer * ((size_t)exchange->n_buckets + 1) + bucket;
  *messages = exchange->buffers + exchange->buffer_size * producer + start[0];
  return start[1] - start[0];
}
