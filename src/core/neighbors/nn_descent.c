/*
 * neighbors/nn_descent.c: NN-descent. A neighbor of a neighbor is likely a neighbor (Dong,
 * Charikar, Li 2011).
 *
 * 1. Initialization: in each leaf of a few random-projection trees every pair is compared;
 * neighbors that
 *    are known, from a metric that is near to this one, save most of the trees.
 * 2. Iterate: each row v draws candidates (neighbors/candidates.h) from its neighbors and from the
 *    rows whose neighbor it is. All pairs of a new candidate with another candidate of v are
 *    compared, and each of the two gets a message where the other enters its list. This ends when
 *    an iteration changes no more than min_change of all entries.
 *
 * Lists are frozen while pairs are compared, and are written by their owner alone when a batch of
 * messages (neighbors/exchange.h) is delivered; candidates are drawn by hashed priority. So the
 * result does not depend on threads. Any metric and form of points will do. Nothing bounds what is
 * missed: neighbors/search.c measures it.
 *
 * Memory: n × (width + 2 candidates) × 8 bytes, and the exchange; for each thread less than 2 KB
 * and a buffer of messages. An iteration compares at most n (c² + c (c - 1) / 2) pairs of rows,
 * for c candidates of a kind; the paper observes O(n^1.14) in all.
 */
#include "arith/arith.h"

#include "neighbors/nn_descent.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "data/proxy.h"
#include "neighbors/candidates.h"
#include "neighbors/exact.h"
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
  BUFFER_SIZE = 1 << 14 /* messages of a producer, about */
};

/* The search ends when an iteration changes no more than this fraction of all entries. */
static const double min_change = 0.001;

typedef struct descent {
  const uf_points *points;
  uf_proxy proxy;
  int is_padded; /* whether proxies are made four at a time */
  uf_lists lists;
  uf_candidates candidates;
  int *order; /* n: joins are made in the order of a tree, for the cache */
  uf_exchange exchange;
  int rows_joined;    /* by a producer */
  int64_t *n_changes; /* per bucket: entries that entered */
  int scratch_size;
  int *pair_rows;      /* per worker: scratch_size */
  float *pair_proxies; /* per worker: scratch_size */
  uf_neighbors *neighbors;
} descent;

/* Fractions of the progress bar. */
static const double trees_share = 0.4;

static int smaller(int a, int b) { return a < b ? a : b; }

static int larger(int a, int b) { return a > b ? a : b; }

/* Initialization */

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

/* Proxies of a row and each row of a padded list. */
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
  int from = uf_node_first(d->points->n, j->forest->levels, leaf);
  int n_rows = uf_node_first(d->points->n, j->forest->levels, leaf + 1) - from;
  int *rows = row_scratch(d, worker);
  memcpy(rows, j->forest->order + from, (size_t)n_rows * sizeof *rows);
  pad_rows(rows, n_rows);
  for (int a = 0; a + 1 < n_rows; a++) {
    const float *proxies = compare_rows(d, rows[a], rows + a + 1, n_rows - a - 1, worker);
    for (int b = a + 1; b < n_rows; b++) {
      float proxy = proxies[b - a - 1];
      uf_list_enter(&d->lists, rows[a], rows[b], proxy);
      uf_list_enter(&d->lists, rows[b], rows[a], proxy);
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
  memcpy(d->order, forest.order, (size_t)d->points->n * sizeof *d->order);
done:
  uf_forest_close(&forest);
  return status;
}

/* Lists begun with neighbors that are known, in another metric perhaps. */
typedef struct known_job {
  descent *d;
  const uf_neighbors *known;
} known_job;

static void enter_known(void *job, uf_rows block) {
  const known_job *j = job;
  descent *d = j->d;
  size_t k = (size_t)j->known->k;
  int *rows = row_scratch(d, block.worker);
  for (int p = (int)block.from; p < block.to; p++) {
    const int *index = j->known->index + k * (size_t)p;
    int count = 0;
    for (size_t i = 1; i < k && count < d->lists.width; i++)
      if (index[i] >= 0) rows[count++] = index[i];
    if (count == 0) continue;
    pad_rows(rows, count);
    const float *proxies = compare_rows(d, p, rows, count, block.worker);
    for (int i = 0; i < count; i++) uf_list_enter(&d->lists, p, rows[i], proxies[i]);
  }
}

static uf_status begin_with(uf_context *ctx, descent *d, const uf_neighbors *known) {
  known_job job = {d, known};
  return uf_parallel_rows(ctx, d->points->n, ROWS_PER_BLOCK, enter_known, &job);
}

/* Joins */

/* Compares the new candidates of v with all. Some pairs meet again at another row, but too few (a
 * fifth of them) to be worth remembering. Returns how many messages the staging area has then. */
static int join(const descent *d, int v, int worker, uf_message *staging, int n_messages) {
  int *rows = row_scratch(d, worker), n_new;
  int n = uf_candidates_of(&d->candidates, v, rows, &n_new);
  pad_rows(rows, n);
  for (int a = 0; a < n_new && a + 1 < n; a++) {
    const float *proxies = compare_rows(d, rows[a], rows + a + 1, n - a - 1, worker);
    for (int b = a + 1; b < n; b++) {
      int p = rows[a], q = rows[b];
      float proxy = proxies[b - a - 1];
      if (p == q) continue; /* it can be new to v and old the other way round */
      if (uf_can_enter_list(&d->lists, p, proxy)) staging[n_messages++] = (uf_message){p, q, proxy};
      if (uf_can_enter_list(&d->lists, q, proxy)) staging[n_messages++] = (uf_message){q, p, proxy};
    }
  }
  return n_messages;
}

static int join_places(void *job, uf_rows places, uf_message *staging) {
  const descent *d = job;
  int n_messages = 0;
  for (int64_t place = places.from; place < places.to; place++)
    n_messages = join(d, d->order[place], places.worker, staging, n_messages);
  return n_messages;
}

static void enter_announced(void *job, int bucket, const uf_message *message, int n) {
  descent *d = job;
  int64_t n_changes = 0;
  for (; n > 0; n--, message++)
    n_changes += uf_list_enter(&d->lists, message->to, message->about, message->proxy);
  d->n_changes[bucket] += n_changes;
}

static uf_status join_all(uf_context *ctx, descent *d, double from, double to, int64_t *n_changes) {
  uf_exchange_round round = {.n_places = d->points->n,
                             .places_per_producer = d->rows_joined,
                             .produce = join_places,
                             .deliver = enter_announced,
                             .job = d,
                             .from = from,
                             .to = to};
  memset(d->n_changes, 0, (size_t)d->exchange.n_buckets * sizeof *d->n_changes);
  uf_status status = uf_exchange_run(ctx, &d->exchange, &round);
  *n_changes = 0;
  for (int bucket = 0; bucket < d->exchange.n_buckets; bucket++) *n_changes += d->n_changes[bucket];
  return status;
}

/* The bar takes each iteration to be half of what is left. */
static uf_status iterate(uf_context *ctx, descent *d, uint64_t seed) {
  uf_status status = UF_OK;
  int64_t n_changes;
  double from, to = trees_share;
  for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    from = to;
    to = 0.5 * (from + 1);
    UF_TRY(uf_candidates_draw(ctx, &d->lists, &d->exchange,
                              uf_key(seed, UF_STAGE_DESCENT, (uint64_t)iteration, 0), from,
                              &d->candidates));
    UF_TRY(join_all(ctx, d, from, to, &n_changes));
    if ((double)n_changes <= min_change * (double)d->lists.n * d->lists.width) break;
  }
done:
  return status;
}

/* Before and after */

static void clear_lists(void *job, uf_rows rows) {
  uf_lists *lists = job;
  for (int64_t i = rows.from * lists->width; i < rows.to * lists->width; i++)
    lists->entry[i] = UF_EMPTY_ENTRY;
}

/* Writes the row itself and then the k - 1 best of its list. */
static void hand_over(void *job, uf_rows rows) {
  const descent *d = job;
  for (int p = (int)rows.from; p < rows.to; p++) {
    const uint64_t *list = uf_list_of(&d->lists, p);
    uf_nearest nearest = uf_nearest_begin(d->neighbors, p, p);
    for (int i = 0, n = smaller(uf_list_length(&d->lists, p), nearest.k - 1); i < n; i++)
      uf_nearest_offer(&nearest, uf_entry_row(list[i]), uf_entry_proxy(list[i]));
    uf_nearest_finish(&nearest, d->points->metric);
  }
}

static void descent_close(descent *d) {
  uf_proxy_close(&d->proxy);
  uf_free(d->lists.entry);
  uf_candidates_close(&d->candidates);
  uf_free(d->order);
  uf_free(d->pair_rows);
  uf_free(d->pair_proxies);
  uf_free(d->n_changes);
  uf_exchange_close(&d->exchange);
  *d = (descent){0};
}

/* A buffer holds all messages of the pairs of one row, at least, and all that one row announces. */
static uf_status exchange_open(uf_context *ctx, descent *d) {
  uf_status status = UF_OK;
  int n = d->points->n, n_candidates = d->candidates.most;
  int per_join = n_candidates * (3 * n_candidates - 1);
  int buffer_size = larger(larger(per_join, d->lists.width), BUFFER_SIZE);
  d->rows_joined = buffer_size / per_join;
  UF_TRY(uf_exchange_open(ctx, n, buffer_size, uf_n_blocks(n, d->rows_joined), &d->exchange));
  UF_NEW(ctx, d->n_changes, d->exchange.n_buckets);
done:
  return status;
}

static uf_status descent_open(uf_context *ctx, const uf_points *points, int k, descent *d) {
  uf_status status = UF_OK;
  int n = points->n, width = smaller(larger(k - 1, MIN_WIDTH), n - 1);
  *d = (descent){.points = points};
  d->is_padded = points->form == UF_FLOAT_ROWS && points->metric != UF_FUNCTION;
  d->scratch_size = larger(width, larger(LEAF_ROWS, 2 * MAX_CANDIDATES)) + 3;
  d->lists = (uf_lists){.n = n, .width = width, .is_one_sided = points->metric == UF_FUNCTION};
  UF_TRY(uf_proxy_open(ctx, points, NULL, &d->proxy));
  UF_NEW(ctx, d->lists.entry, (int64_t)n * width);
  UF_NEW(ctx, d->order, n);
  UF_NEW(ctx, d->pair_rows, (int64_t)ctx->n_threads * d->scratch_size);
  UF_NEW(ctx, d->pair_proxies, (int64_t)ctx->n_threads * d->scratch_size);
  UF_TRY(uf_candidates_open(ctx, n, smaller(width, MAX_CANDIDATES), &d->candidates));
  UF_TRY(exchange_open(ctx, d));
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, clear_lists, &d->lists));
done:
  if (status) descent_close(d);
  return status;
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
  if (k > 1) {
    UF_TRY(search_trees(ctx, &d, known ? N_TREES_MORE : N_TREES, seed));
    if (known) UF_TRY(begin_with(ctx, &d, known));
    UF_TRY(iterate(ctx, &d, seed));
  }
  UF_TRY(uf_neighbors_alloc(ctx, points->n, k, neighbors));
  d.neighbors = neighbors;
  UF_TRY(uf_parallel_rows(ctx, points->n, ROWS_PER_BLOCK, hand_over, &d));
  UF_TRY(uf_neighbors_complete(ctx, points, NULL, neighbors));
done:
  descent_close(&d);
  if (status) uf_neighbors_free(neighbors);
  return status;
}
