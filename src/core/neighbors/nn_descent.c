/*
 * neighbors/nn_descent.c: NN-descent. A neighbor of a neighbor is likely a neighbor (Dong, Charikar,
 * Li 2011).
 *
 * 1. Start: in each leaf of a few random-projection trees every pair is compared; neighbors that
 *    are known, from a metric that is near to this one, save most of the trees.
 * 2. Iterate: each row v draws candidates from its neighbors and from the rows whose neighbor it
 *    is: new ones, that have not been drawn before, and old ones. All pairs of a new candidate with
 *    another candidate of v are compared, and each side is told of the other where that enters
 *    its list. This ends when hardly any list changes.
 *
 * Lists are frozen while pairs are compared, and are written by their owner alone when the exchange of
 * a batch (neighbors/exchange.h) is delivered; candidates are drawn by hashed priority. So the result
 * does not depend on threads. Any metric and form of points will do.
 *
 * Memory for n × (width + 2 candidates) entries, beside the exchange. An iteration takes at most about
 * 1.5 n candidates² distances; the paper observes O(n^1.14) in all.
 */
#include "arith/arith.h"

#include "neighbors/nn_descent.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/proxy.h"
#include "neighbors/entry.h"
#include "neighbors/exact.h"
#include "neighbors/exchange.h"
#include "neighbors/rp_trees.h"
#include "neighbors/table.h"

enum {
  N_TREES = 8,
  N_TREES_MORE = 2, /* where neighbors are known to begin with */
  LEAF_ROWS = 64,
  MIN_WIDTH = 20,      /* entries of a list at least: short ones get stuck */
  MAX_CANDIDATES = 40, /* of either kind */
  MAX_ITERATIONS = 20,
  MAX_SHARE = 4, /* with k above n / MAX_SHARE every pair is compared */
  ROWS_PER_BLOCK = 256,
  BUFFER_SIZE = 1 << 14 /* messages that a producer may have, about */
};

/* The search ends when an iteration changes no more than this part of all entries. */
static const double min_change = 0.001;

typedef struct descent {
  const uf_points *points;
  uf_proxy proxy;
  int is_padded;   /* whether proxies are made four at a time */
  int is_lopsided; /* whether a proxy may depend on which row comes first */
  int n;
  int width;          /* entries of a list, the row itself not among them */
  uint64_t *lists;    /* n × width entries, flagged while they have not been drawn as candidates */
  int n_drawn;        /* candidates of a kind, at most */
  uint64_t *drawn[2]; /* per kind: n × n_drawn keys: priority above, row below; ascending */
  uint8_t *count[2];  /* per kind: n */
  int *order;         /* n: joins are made in the order of a tree, for the cache */
  uint64_t draw_key;  /* of the iteration */
  uf_exchange exchange;
  int rows_announced; /* by a producer */
  int rows_joined;    /* by a producer */
  int64_t first;      /* place in order where the batch begins */
  int n_producers;    /* in the batch */
  int64_t *n_changes; /* per bucket: entries that entered */
  int scratch_size;
  int *pair_rows;      /* per worker: scratch_size */
  float *pair_proxies; /* per worker: scratch_size */
  uf_neighbors *neighbors;
} descent;

enum { OLD, NEW };

typedef struct progress_span {
  double from, to;
} progress_span;

/* Of the progress bar. */
static const double trees_share = 0.4;

static int smaller(int a, int b) { return a < b ? a : b; }

/* Lists */

static inline uint64_t *list_of(const descent *d, int p) {
  return d->lists + (size_t)p * (size_t)d->width;
}

/* Entries in use: an empty one has an infinite proxy. */
static int list_length(const descent *d, int p) {
  const uint64_t *list = list_of(d, p);
  int n = d->width;
  while (n > 0 && list[n - 1] >= UF_EMPTY_ENTRY) n--;
  return n;
}

/* Whether a row at this proxy is nearer than the last of p's list. One as near is not let in, or
 * lists among equal rows would go on changing for smaller indices. */
static inline int would_enter(const descent *d, int p, float proxy) {
  return uf_ascending_bits(proxy) < list_of(d, p)[d->width - 1] >> 32;
}

static int has_row(const uint64_t *list, int n, int row) {
  for (int i = 0; i < n; i++)
    if (uf_entry_row(list[i]) == row) return list[i] < UF_EMPTY_ENTRY;
  return 0;
}

/* Returns whether the row went in: not when it is too far or there already (at the same proxy, hence
 * at the place where it would go). */
static int enter(descent *d, int p, int row, float proxy) {
  if (!would_enter(d, p, proxy)) return 0;
  uint64_t *list = list_of(d, p), *place = list, entry = uf_entry_of(proxy, row, 0);
  for (int n = d->width; n > 1;) { /* without branches that nobody could predict */
    int half = n / 2;
    place += place[half - 1] < entry ? half : 0;
    n -= half;
  }
  if (*place >> 1 == entry >> 1 || (d->is_lopsided && has_row(list, d->width, row))) return 0;
  memmove(place + 1, place, (size_t)(list + d->width - 1 - place) * sizeof *place);
  *place = entry | 1;
  return 1;
}

/* The start */

typedef struct leaf_job {
  descent *d;
  const uf_forest *forest;
} leaf_job;

/* Where a worker lists the rows to compare. */
static int *row_scratch(const descent *d, int worker) {
  return d->pair_rows + (size_t)worker * (size_t)d->scratch_size;
}

/* The kernel is fastest with four rows at a time, hence lists have three more rows that exist. */
static void pad_rows(int *rows, int n_rows) {
  for (int i = 0; i < 3; i++) rows[n_rows + i] = rows[0];
}

/* Ranks of a row to those of a padded list. */
static const float *compare_rows(const descent *d, int row, const int *rows, int n_rows,
                                 int worker) {
  float *proxies = d->pair_proxies + (size_t)worker * (size_t)d->scratch_size;
  uf_proxy_distances(&d->proxy, worker, row, rows, d->is_padded ? (n_rows + 3) / 4 * 4 : n_rows,
                     proxies);
  return proxies;
}

static void compare_leaf(void *job, int64_t leaf, int worker) {
  const leaf_job *j = job;
  descent *d = j->d;
  int from = uf_node_first(d->n, j->forest->levels, leaf);
  int n_rows = uf_node_first(d->n, j->forest->levels, leaf + 1) - from;
  int *rows = row_scratch(d, worker);
  memcpy(rows, j->forest->order + from, (size_t)n_rows * sizeof *rows);
  pad_rows(rows, n_rows);
  for (int a = 0; a + 1 < n_rows; a++) {
    const float *proxies = compare_rows(d, rows[a], rows + a + 1, n_rows - a - 1, worker);
    for (int b = a + 1; b < n_rows; b++) {
      float proxy = proxies[b - a - 1];
      if (would_enter(d, rows[a], proxy)) enter(d, rows[a], rows[b], proxy);
      if (would_enter(d, rows[b], proxy)) enter(d, rows[b], rows[a], proxy);
    }
  }
}

static uf_status search_trees(uf_context *ctx, descent *d, int n_trees, uint64_t seed) {
  uf_status status = UF_OK;
  uf_forest forest = {0};
  leaf_job job = {d, &forest};
  UF_TRY(uf_forest_open(ctx, d->points, LEAF_ROWS, seed, &forest));
  for (int tree = 0; tree < n_trees; tree++) {
    double begun = trees_share * tree / n_trees;
    uf_span(ctx, begun, begun);
    UF_TRY(uf_forest_grow(ctx, &forest, tree));
    uf_span(ctx, begun, begun + trees_share / n_trees);
    UF_TRY(uf_parallel(ctx, (int64_t)1 << forest.levels, compare_leaf, &job));
  }
  memcpy(d->order, forest.order, (size_t)d->n * sizeof *d->order);
done:
  uf_forest_close(&forest);
  return status;
}

/* Lists begun with neighbors that are known, in another metric perhaps. */
typedef struct known_job {
  descent *d;
  const uf_neighbors *known;
} known_job;

static void enter_known(void *job, int64_t block, int worker) {
  const known_job *j = job;
  descent *d = j->d;
  size_t k = (size_t)j->known->k;
  int *rows = row_scratch(d, worker);
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, d->n);
  for (int p = (int)range.from; p < range.to; p++) {
    const int *index = j->known->index + k * (size_t)p;
    int count = 0;
    for (size_t i = 1; i < k && count < d->width; i++)
      if (index[i] >= 0) rows[count++] = index[i];
    if (count == 0) continue;
    pad_rows(rows, count);
    const float *proxies = compare_rows(d, p, rows, count, worker);
    for (int i = 0; i < count; i++) enter(d, p, rows[i], proxies[i]);
  }
}

static uf_status begin_with(uf_context *ctx, descent *d, const uf_neighbors *known) {
  known_job job = {d, known};
  return uf_parallel(ctx, uf_n_blocks(d->n, ROWS_PER_BLOCK), enter_known, &job);
}

/* Candidates */

static inline uint64_t candidate_key(const descent *d, int p, int row) {
  uint64_t pair = (uint64_t)(uint32_t)p << 32 | (uint32_t)row;
  return (uf_draw(d->draw_key, pair) & ~(uint64_t)UINT32_MAX) | (uint32_t)row;
}

/* Keeps the rows of smallest key. */
static void draw_candidate(descent *d, int kind, int p, int row) {
  uint64_t *keys = d->drawn[kind] + (size_t)p * (size_t)d->n_drawn;
  uint64_t key = candidate_key(d, p, row);
  int n = d->count[kind][p], at = n;
  if (n == d->n_drawn && key > keys[n - 1]) return;
  while (at > 0 && keys[at - 1] > key) at--;
  if (at > 0 && keys[at - 1] == key) return;
  if (n < d->n_drawn) d->count[kind][p] = (uint8_t)++n;
  memmove(keys + at + 1, keys + at, (size_t)(n - 1 - at) * sizeof *keys);
  keys[at] = key;
}

static int was_drawn(const descent *d, int kind, int p, int row) {
  int n = d->count[kind][p];
  return n < d->n_drawn ||
         candidate_key(d, p, row) <= d->drawn[kind][(size_t)p * (size_t)d->n_drawn + (size_t)n - 1];
}

static void draw_own_neighbors(void *job, int64_t block, int worker) {
  (void)worker;
  descent *d = job;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, d->n);
  for (int p = (int)rows.from; p < rows.to; p++) {
    const uint64_t *list = list_of(d, p);
    d->count[OLD][p] = d->count[NEW][p] = 0;
    for (int i = 0, n = list_length(d, p); i < n; i++)
      draw_candidate(d, list[i] & 1, p, uf_entry_row(list[i]));
  }
}

static void announce_rows(void *job, int64_t producer, int worker) {
  descent *d = job;
  uf_range rows = uf_block_range(producer, d->rows_announced, d->n - d->first);
  uf_message *staging = uf_exchange_staging(&d->exchange, worker);
  int n_messages = 0;
  for (int p = (int)(d->first + rows.from); p < d->first + rows.to; p++) {
    const uint64_t *list = list_of(d, p);
    for (int i = 0, n = list_length(d, p); i < n; i++)
      staging[n_messages++] = (uf_message){uf_entry_row(list[i]), p, (float)(list[i] & 1)};
  }
  uf_exchange_post(&d->exchange, (int)producer, n_messages, worker);
}

static void draw_announced(void *job, int64_t bucket, int worker) {
  (void)worker;
  descent *d = job;
  const uf_message *message;
  for (int producer = 0; producer < d->n_producers; producer++)
    for (int n = uf_exchange_read(&d->exchange, producer, (int)bucket, &message); n > 0;
         n--, message++)
      draw_candidate(d, message->proxy > 0 ? NEW : OLD, message->to, message->about);
}

/* What was drawn as new is old from now on. */
static void age_neighbors(void *job, int64_t block, int worker) {
  (void)worker;
  descent *d = job;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, d->n);
  for (int p = (int)rows.from; p < rows.to; p++) {
    uint64_t *list = list_of(d, p);
    for (int i = 0, n = list_length(d, p); i < n; i++)
      if (list[i] & 1 && was_drawn(d, NEW, p, uf_entry_row(list[i]))) list[i] ^= 1;
  }
}

/* Runs `post` over all rows, rows_per_producer at a time, batch by batch, and `deliver` after each
 * batch. `span` is the part of the progress bar that this fills. */
static uf_status exchange_messages(uf_context *ctx, descent *d, int rows_per_producer,
                                   uf_task *post, uf_task *deliver, progress_span span) {
  uf_status status = UF_OK;
  double per_row = (span.to - span.from) / d->n;
  for (d->first = 0; d->first < d->n; d->first += (int64_t)d->n_producers * rows_per_producer) {
    int64_t left = uf_n_blocks(d->n - d->first, rows_per_producer);
    d->n_producers = left < d->exchange.n_producers ? (int)left : d->exchange.n_producers;
    double begun = span.from + per_row * (double)d->first;
    double posted = begun + per_row * (double)d->n_producers * rows_per_producer;
    if (posted > span.to) posted = span.to;
    uf_span(ctx, begun, posted);
    UF_TRY(uf_parallel(ctx, d->n_producers, post, d));
    uf_span(ctx, posted, posted);
    UF_TRY(uf_parallel(ctx, d->exchange.n_buckets, deliver, d));
  }
done:
  return status;
}

static uf_status draw_candidates(uf_context *ctx, descent *d, double progress) {
  uf_status status = UF_OK;
  progress_span span = {progress, progress};
  int64_t n_blocks = uf_n_blocks(d->n, ROWS_PER_BLOCK);
  uf_span(ctx, progress, progress);
  UF_TRY(uf_parallel(ctx, n_blocks, draw_own_neighbors, d));
  UF_TRY(exchange_messages(ctx, d, d->rows_announced, announce_rows, draw_announced, span));
  UF_TRY(uf_parallel(ctx, n_blocks, age_neighbors, d));
done:
  return status;
}

/* Joins */

/* The candidates of v, new ones first, as a padded list. Returns how many; *n_new of them new. */
static int gather_candidates(const descent *d, int v, int *rows, int *n_new) {
  int count = 0;
  for (int kind = NEW; kind >= OLD; kind--) {
    const uint64_t *keys = d->drawn[kind] + (size_t)v * (size_t)d->n_drawn;
    for (int i = 0; i < d->count[kind][v]; i++) rows[count++] = (int)(uint32_t)keys[i];
    if (kind == NEW) *n_new = count;
  }
  pad_rows(rows, count);
  return count;
}

/* Compares the new candidates of v with all. Some pairs meet again at another row, but too few (a
 * fifth of them) to be worth remembering. Returns how many messages the staging has then. */
static int join(const descent *d, int v, int worker, uf_message *staging, int n_messages) {
  int *rows = row_scratch(d, worker), n_new;
  int n = gather_candidates(d, v, rows, &n_new);
  for (int a = 0; a < n_new && a + 1 < n; a++) {
    const float *proxies = compare_rows(d, rows[a], rows + a + 1, n - a - 1, worker);
    for (int b = a + 1; b < n; b++) {
      int p = rows[a], q = rows[b];
      float proxy = proxies[b - a - 1];
      if (p == q) continue; /* it can be new to v and old the other way round */
      if (would_enter(d, p, proxy)) staging[n_messages++] = (uf_message){p, q, proxy};
      if (would_enter(d, q, proxy)) staging[n_messages++] = (uf_message){q, p, proxy};
    }
  }
  return n_messages;
}

static void join_block(void *job, int64_t producer, int worker) {
  descent *d = job;
  uf_range places = uf_block_range(producer, d->rows_joined, d->n - d->first);
  uf_message *staging = uf_exchange_staging(&d->exchange, worker);
  int n_messages = 0;
  for (int64_t place = places.from; place < places.to; place++)
    n_messages = join(d, d->order[d->first + place], worker, staging, n_messages);
  uf_exchange_post(&d->exchange, (int)producer, n_messages, worker);
}

static void enter_announced(void *job, int64_t bucket, int worker) {
  (void)worker;
  descent *d = job;
  const uf_message *message;
  int64_t n_changes = 0;
  for (int producer = 0; producer < d->n_producers; producer++)
    for (int n = uf_exchange_read(&d->exchange, producer, (int)bucket, &message); n > 0;
         n--, message++)
      n_changes += enter(d, message->to, message->about, message->proxy);
  d->n_changes[bucket] += n_changes;
}

static uf_status join_all(uf_context *ctx, descent *d, progress_span span, int64_t *n_changes) {
  memset(d->n_changes, 0, (size_t)d->exchange.n_buckets * sizeof *d->n_changes);
  uf_status status = exchange_messages(ctx, d, d->rows_joined, join_block, enter_announced, span);
  *n_changes = 0;
  for (int bucket = 0; bucket < d->exchange.n_buckets; bucket++) *n_changes += d->n_changes[bucket];
  return status;
}

/* The bar takes each iteration to be half of what is left. */
static uf_status iterate(uf_context *ctx, descent *d, uint64_t seed) {
  uf_status status = UF_OK;
  int64_t n_changes;
  progress_span span = {0, trees_share};
  for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    span = (progress_span){span.to, 0.5 * (span.to + 1)};
    d->draw_key = uf_key(seed, UF_STAGE_DESCENT, (uint64_t)iteration, 0);
    UF_TRY(draw_candidates(ctx, d, span.from));
    UF_TRY(join_all(ctx, d, span, &n_changes));
    if ((double)n_changes <= min_change * (double)d->n * d->width) break;
  }
done:
  return status;
}

/* Before and after */

static void clear_lists(void *job, int64_t block, int worker) {
  (void)worker;
  descent *d = job;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, d->n);
  for (int64_t i = rows.from * d->width; i < rows.to * d->width; i++) d->lists[i] = UF_EMPTY_ENTRY;
}

/* The k - 1 best of each list, after the row itself. */
static void hand_over(void *job, int64_t block, int worker) {
  (void)worker;
  descent *d = job;
  uf_range rows = uf_block_range(block, ROWS_PER_BLOCK, d->n);
  for (int p = (int)rows.from; p < rows.to; p++) {
    const uint64_t *list = list_of(d, p);
    uf_nearest nearest = uf_nearest_begin(d->neighbors, p, p);
    for (int i = 0, n = smaller(list_length(d, p), nearest.k - 1); i < n; i++)
      uf_nearest_offer(&nearest, uf_entry_row(list[i]), uf_entry_proxy(list[i]));
    uf_nearest_finish(&nearest, d->points->metric);
  }
}

static void descent_close(descent *d) {
  uf_proxy_close(&d->proxy);
  uf_free(d->lists);
  uf_free(d->order);
  uf_free(d->pair_rows);
  uf_free(d->pair_proxies);
  uf_free(d->n_changes);
  uf_exchange_close(&d->exchange);
  for (int kind = OLD; kind <= NEW; kind++) {
    uf_free(d->drawn[kind]);
    uf_free(d->count[kind]);
  }
}

/* A buffer holds all that the pairs of one row can say, and all that one row can announce. */
static uf_status mail_open(uf_context *ctx, descent *d) {
  uf_status status = UF_OK;
  int per_join = d->n_drawn * (3 * d->n_drawn - 1);
  int at_least = per_join > d->width ? per_join : d->width;
  int buffer_size = at_least > BUFFER_SIZE ? at_least : BUFFER_SIZE;
  d->rows_joined = buffer_size / per_join;
  d->rows_announced = buffer_size / d->width;
  UF_TRY(uf_exchange_open(ctx, d->n, buffer_size, uf_n_blocks(d->n, d->rows_joined), &d->exchange));
  UF_NEW(ctx, d->n_changes, d->exchange.n_buckets);
done:
  return status;
}

static uf_status descent_open(uf_context *ctx, const uf_points *points, int k, descent *d) {
  uf_status status = UF_OK;
  *d = (descent){.points = points, .n = points->n};
  UF_TRY(uf_proxy_open(ctx, points, NULL, &d->proxy));
  d->is_lopsided = points->metric == UF_FUNCTION;
  d->is_padded = points->form == UF_FLOAT_ROWS && points->metric != UF_FUNCTION;
  d->width = smaller(k - 1 > MIN_WIDTH ? k - 1 : MIN_WIDTH, points->n - 1);
  d->n_drawn = smaller(d->width, MAX_CANDIDATES);
  d->scratch_size = LEAF_ROWS > 2 * MAX_CANDIDATES ? LEAF_ROWS : 2 * MAX_CANDIDATES;
  d->scratch_size = (d->width > d->scratch_size ? d->width : d->scratch_size) + 3;
  UF_NEW(ctx, d->lists, (int64_t)d->n * d->width);
  UF_NEW(ctx, d->order, d->n);
  UF_NEW(ctx, d->pair_rows, (int64_t)ctx->n_threads * d->scratch_size);
  UF_NEW(ctx, d->pair_proxies, (int64_t)ctx->n_threads * d->scratch_size);
  for (int kind = OLD; kind <= NEW; kind++) {
    UF_NEW(ctx, d->drawn[kind], (int64_t)d->n * d->n_drawn);
    UF_NEW(ctx, d->count[kind], d->n);
  }
  UF_TRY(mail_open(ctx, d));
  UF_TRY(uf_parallel(ctx, uf_n_blocks(d->n, ROWS_PER_BLOCK), clear_lists, d));
done:
  return status; /* the caller closes, in any case */
}

uf_status uf_neighbors_descent(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                               const uf_neighbors *known, uf_neighbors *neighbors) {
  /* Nearly all rows are wanted: comparing all pairs is not only exact but faster. */
  if ((int64_t)MAX_SHARE * k > points->n)
    return uf_neighbors_exact(ctx, points, NULL, points->n, k, neighbors);
  uf_status status = UF_OK;
  descent d = {0};
  *neighbors = (uf_neighbors){0};
  UF_TRY(descent_open(ctx, points, k, &d));
  if (k > 1) UF_TRY(search_trees(ctx, &d, known ? N_TREES_MORE : N_TREES, seed));
  if (k > 1 && known) UF_TRY(begin_with(ctx, &d, known));
  if (k > 1) UF_TRY(iterate(ctx, &d, seed));
  UF_TRY(uf_neighbors_alloc(ctx, points->n, k, neighbors));
  d.neighbors = neighbors;
  UF_TRY(uf_parallel(ctx, uf_n_blocks(d.n, ROWS_PER_BLOCK), hand_over, &d));
  UF_TRY(uf_neighbors_complete(ctx, points, NULL, neighbors));
done:
  descent_close(&d);
  if (status) uf_neighbors_free(neighbors);
  return status;
}
