#include "arith/arith.h"

#include "neighbors/exchange.h"

#include "base/memory.h"

/* Enough buckets and producers for many threads. */
enum { MAX_BUCKETS = 256, MAX_PRODUCERS = 256, BATCH_BYTES = 64 << 20 };

uf_status uf_exchange_open(uf_context *ctx, int n_rows, int64_t buffer_size, int64_t max_producers,
                           uf_exchange *exchange) {
  uf_status status = UF_OK;
  int64_t n_producers = BATCH_BYTES / (buffer_size * (int64_t)sizeof(uf_message));
  if (n_producers > MAX_PRODUCERS) n_producers = MAX_PRODUCERS;
  if (n_producers > max_producers) n_producers = max_producers;
  if (n_producers < 1) n_producers = 1;
  *exchange = (uf_exchange){.max_producers = (int)n_producers, .buffer_size = buffer_size};
  while ((n_rows - 1) >> exchange->bucket_shift >= MAX_BUCKETS) exchange->bucket_shift++;
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

typedef struct round_job {
  const uf_exchange_round *round;
  uf_exchange *exchange;
  int64_t first;   /* place where the batch begins */
  int n_producers; /* in the batch */
} round_job;

static uf_message *buffer_of(const uf_exchange *exchange, int64_t producer) {
  return exchange->buffers + exchange->buffer_size * producer;
}

static int *starts_of(const uf_exchange *exchange, int64_t producer) {
  return exchange->start + producer * (exchange->n_buckets + 1);
}

/* A counting sort from the staging area to the buffer. */
static void post(const uf_exchange *exchange, int64_t producer, const uf_message *staging,
                 int n_messages) {
  uf_message *buffer = buffer_of(exchange, producer);
  int *start = starts_of(exchange, producer), next[MAX_BUCKETS] = {0};
  for (int m = 0; m < n_messages; m++) next[staging[m].to >> exchange->bucket_shift]++;
  start[0] = 0;
  for (int bucket = 0; bucket < exchange->n_buckets; bucket++) {
    start[bucket + 1] = start[bucket] + next[bucket];
    next[bucket] = start[bucket];
  }
  for (int m = 0; m < n_messages; m++)
    buffer[next[staging[m].to >> exchange->bucket_shift]++] = staging[m];
}

static void produce_block(void *job, int64_t producer, int worker) {
  const round_job *j = job;
  const uf_exchange_round *round = j->round;
  uf_range block = uf_block_range(producer, round->places_per_producer, round->n_places - j->first);
  uf_rows places = {j->first + block.from, j->first + block.to, worker};
  uf_message *staging = j->exchange->staging + j->exchange->buffer_size * worker;
  post(j->exchange, producer, staging, round->produce(round->job, places, staging));
}

static void deliver_bucket(void *job, int64_t bucket, int worker) {
  (void)worker;
  const round_job *j = job;
  for (int producer = 0; producer < j->n_producers; producer++) {
    const int *start = starts_of(j->exchange, producer) + bucket;
    j->round->deliver(j->round->job, (int)bucket, buffer_of(j->exchange, producer) + start[0],
                      start[1] - start[0]);
  }
}

uf_status uf_exchange_run(uf_context *ctx, uf_exchange *exchange, const uf_exchange_round *round) {
  uf_status status = UF_OK;
  round_job job = {.round = round, .exchange = exchange};
  double per_place = (round->to - round->from) / (double)round->n_places;
  while (job.first < round->n_places) {
    int64_t left = uf_n_blocks(round->n_places - job.first, round->places_per_producer);
    job.n_producers = left < exchange->max_producers ? (int)left : exchange->max_producers;
    int64_t n_done = (int64_t)job.n_producers * round->places_per_producer;
    double begun = round->from + per_place * (double)job.first;
    double posted = begun + per_place * (double)n_done;
    if (posted > round->to) posted = round->to;
    uf_span(ctx, begun, posted);
    UF_TRY(uf_parallel(ctx, job.n_producers, produce_block, &job));
    uf_span(ctx, posted, posted);
    UF_TRY(uf_parallel(ctx, exchange->n_buckets, deliver_bucket, &job));
    job.first += n_done;
  }
done:
  return status;
}
