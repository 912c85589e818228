#include "arith/arith.h"

#include "neighbors/candidates.h"

#include "base/memory.h"
#include "base/random.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct draw_job {
  uf_lists *lists;
  uf_candidates *candidates;
  uint64_t draw_key;
} draw_job;

uf_status uf_candidates_open(uf_context *ctx, int n, int most, uf_candidates *candidates) {
  uf_status status = UF_OK;
  *candidates = (uf_candidates){.most = most};
  for (int kind = UF_OLD; kind <= UF_NEW; kind++) {
    UF_NEW(ctx, candidates->key[kind], (int64_t)n * most);
    UF_NEW(ctx, candidates->count[kind], n);
  }
done:
  if (status) uf_candidates_close(candidates);
  return status;
}

void uf_candidates_close(uf_candidates *candidates) {
  for (int kind = UF_OLD; kind <= UF_NEW; kind++) {
    uf_free(candidates->key[kind]);
    uf_free(candidates->count[kind]);
  }
  *candidates = (uf_candidates){0};
}

static inline uint64_t key_of(const draw_job *j, int row, int candidate) {
  uint64_t pair = (uint64_t)(uint32_t)row << 32 | (uint32_t)candidate;
  return (uf_draw(j->draw_key, pair) & ~(uint64_t)UINT32_MAX) | (uint32_t)candidate;
}

/* Keeps the rows of smallest key. */
static void offer(const draw_job *j, int kind, int row, int candidate) {
  uf_candidates *c = j->candidates;
  int count = c->count[kind][row];
  int at = uf_topk_insert_new(c->key[kind] + (size_t)row * (size_t)c->most, count, c->most,
                              key_of(j, row, candidate));
  if (at >= 0 && count < c->most) c->count[kind][row] = (uint8_t)(count + 1);
}

static int is_drawn(const draw_job *j, int kind, int row, int candidate) {
  const uf_candidates *c = j->candidates;
  int count = c->count[kind][row];
  const uint64_t *key = c->key[kind] + (size_t)row * (size_t)c->most;
  return count < c->most || key_of(j, row, candidate) <= key[count - 1];
}

static void draw_own_neighbors(void *job, uf_rows rows) {
  const draw_job *j = job;
  for (int v = (int)rows.from; v < rows.to; v++) {
    const uint64_t *list = uf_list_of(j->lists, v);
    j->candidates->count[UF_OLD][v] = j->candidates->count[UF_NEW][v] = 0;
    for (int i = 0, n = uf_list_length(j->lists, v); i < n; i++)
      offer(j, list[i] & 1, v, uf_entry_row(list[i]));
  }
}

/* Tells the neighbors of some rows whose neighbors they are. */
static int announce_rows(void *job, uf_rows rows, uf_message *staging) {
  const draw_job *j = job;
  int n_messages = 0;
  for (int v = (int)rows.from; v < rows.to; v++) {
    const uint64_t *list = uf_list_of(j->lists, v);
    for (int i = 0, n = uf_list_length(j->lists, v); i < n; i++)
      staging[n_messages++] = (uf_message){uf_entry_row(list[i]), v, (float)(list[i] & 1)};
  }
  return n_messages;
}

static void draw_announced(void *job, int bucket, const uf_message *message, int n) {
  (void)bucket;
  const draw_job *j = job;
  for (; n > 0; n--, message++)
    offer(j, message->proxy > 0 ? UF_NEW : UF_OLD, message->to, message->about);
}

/* What was drawn as new is old from now on. */
static void age_neighbors(void *job, uf_rows rows) {
  const draw_job *j = job;
  for (int v = (int)rows.from; v < rows.to; v++) {
    uint64_t *list = uf_list_of(j->lists, v);
    for (int i = 0, n = uf_list_length(j->lists, v); i < n; i++)
      if (list[i] & 1 && is_drawn(j, UF_NEW, v, uf_entry_row(list[i]))) list[i] ^= 1;
  }
}

uf_status uf_candidates_draw(uf_context *ctx, uf_lists *lists, uf_exchange *exchange,
                             uint64_t draw_key, double progress, uf_candidates *candidates) {
  uf_status status = UF_OK;
  draw_job job = {lists, candidates, draw_key};
  uf_exchange_round round = {.n_places = lists->n,
                             .places_per_producer = (int)(exchange->buffer_size / lists->width),
                             .produce = announce_rows,
                             .deliver = draw_announced,
                             .job = &job,
                             .from = progress,
                             .to = progress};
  uf_span(ctx, progress, progress);
  UF_TRY(uf_parallel_rows(ctx, lists->n, ROWS_PER_BLOCK, draw_own_neighbors, &job));
  UF_TRY(uf_exchange_run(ctx, exchange, &round));
  UF_TRY(uf_parallel_rows(ctx, lists->n, ROWS_PER_BLOCK, age_neighbors, &job));
done:
  return status;
}
