/*
 * neighbors/exchange.h: passes messages from blocks of work to rows that they do not own, without a
 * race.
 *
 * The work on n places is cut into producers, blocks of places, and done in batches. In a batch,
 * each producer writes messages to its worker's staging area, from where they are sorted into the
 * producer's buffer by bucket: a bucket is a range of receiving rows. Then each bucket is
 * delivered by the one block of work that owns its rows, from all buffers in the order of the
 * producers. So a row gets the same messages in the same order on any number of threads.
 *
 * Takes BATCH_BYTES (exchange.c) for the buffers, and a buffer more for each thread.
 */
#ifndef UF_EXCHANGE_H
#define UF_EXCHANGE_H

#include "base/parallel.h"

typedef struct uf_message {
  int to;      /* the row that receives */
  int about;   /* the row that it may want to know */
  float proxy; /* or a flag, when rows announce themselves */
} uf_message;

typedef struct uf_exchange {
  int max_producers; /* in a batch */
  int n_buckets;
  int bucket_shift;    /* messages to row r are in bucket r >> bucket_shift */
  int64_t buffer_size; /* messages of a producer, at most */
  uf_message *buffers; /* max_producers × buffer_size: by bucket */
  int *start;          /* max_producers × (n_buckets + 1): where a bucket begins in a buffer */
  uf_message *staging; /* per worker: buffer_size */
} uf_exchange;

/* Allocates for producers of at most buffer_size messages to n_rows rows; as many producers a batch
 * as fit in a fixed amount of memory, but not more than max_producers. */
uf_status uf_exchange_open(uf_context *ctx, int n_rows, int64_t buffer_size, int64_t max_producers,
                           uf_exchange *exchange);
void uf_exchange_close(uf_exchange *exchange);

/* Writes the messages of some places, and returns how many they are. */
typedef int uf_produce(void *job, uf_rows places, uf_message *staging);

/* Delivers n messages of one producer to rows of the bucket. */
typedef void uf_deliver(void *job, int bucket, const uf_message *messages, int n);

/* What is exchanged. */
typedef struct uf_exchange_round {
  int64_t n_places;
  int places_per_producer;
  uf_produce *produce;
  uf_deliver *deliver;
  void *job;
  double from, to; /* the span of the progress bar that this fills */
} uf_exchange_round;

uf_status uf_exchange_run(uf_context *ctx, uf_exchange *exchange, const uf_exchange_round *round);

#endif
