/*
 * neighbors/exchange.h: how a block of work tells rows of which it is not the owner, without a race.
 *
 * In a batch, each producer (a block) posts one buffer of messages, sorted by bucket: a bucket is a range of
 * receiving rows. Then each bucket is read by the one block that owns its rows, always in the order of
 * the producers. So a row gets the same exchange in the same order on any number of threads.
 */
#ifndef UF_EXCHANGE_H
#define UF_EXCHANGE_H

#include "base/context.h"
#include "base/parallel.h"

typedef struct uf_message {
  int to;      /* the row that receives */
  int about;   /* the row that it may want to know */
  float proxy; /* or a flag, when rows announce themselves */
} uf_message;

typedef struct uf_exchange {
  int n_producers; /* buffers in a batch */
  int n_buckets;
  int bucket_shift;    /* row r has its exchange in bucket r >> bucket_shift */
  int64_t buffer_size; /* messages on a buffer, at most */
  uf_message *buffers; /* n_producers × buffer_size */
  int *start; /* n_producers × (n_buckets + 1): where the messages of a bucket begin on a buffer */
  uf_message *staging; /* per worker: buffer_size */
} uf_exchange;

/* For buffers of at most buffer_size messages to n_rows rows; as many producers a batch as fit in a
 * fixed amount of memory, but not more than max_producers. */
uf_status uf_exchange_open(uf_context *ctx, int n_rows, int64_t buffer_size, int64_t max_producers,
                           uf_exchange *exchange);
void uf_exchange_close(uf_exchange *exchange);

/* Where a worker writes the messages of its producer before they are posted. */
uf_message *uf_exchange_staging(const uf_exchange *exchange, int worker);
void uf_exchange_post(uf_exchange *exchange, int producer, int n_messages, int worker);

/* The messages of a bucket on a producer's buffer: returns how many. */
int uf_exchange_read(const uf_exchange *exchange, int producer, int bucket,
                     const uf_message **messages);

#endif
