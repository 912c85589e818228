/*
 * neighbors/beam.c: best first search (Hajebi et al. 2011) with a beam (Malkov and Yashunin 2018).
 *
 * A query keeps a beam of the 2 k + MIN_BEAM nearest points met so far. It begins with the entries
 * of the graph, and goes on with the links of the nearest point of the beam whose links it has not
 * followed, until none is left. It ends, since a point is met once. Nothing bounds what it misses:
 * neighbors/query.c measures it.
 *
 * Mostly a few hundred proxies a query besides the entries; never more than
 *
 *   most_met = entries + leaders + FOLLOWED × beam × degree,
 *
 * where the search stops. So the scratch of a worker, at most 20 bytes for each point that a query
 * can meet, does not grow with the number of points.
 */
#include "arith/arith.h"

#include "neighbors/beam.h"

#include "base/index_set.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/topk.h"
#include "data/proxy.h"
#include "neighbors/entry.h"
#include "neighbors/table.h"

enum {
  MIN_BEAM = 24, /* a compromise of recall and time; not measured on its own */
  FOLLOWED =
      8, /* beams that a query may follow; queries of tests/c/test_query.c follow less than one */
  QUERIES_PER_BLOCK = 16
};

typedef struct beam_job {
  uf_proxy proxy;
  const uf_search_graph *graph;
  const uf_neighbors *leaders;
  int beam_size, batch_size;
  int most_met; /* points that a query may meet, after which it stops */
  uf_neighbors *found;
  uint64_t *beams;   /* per worker: beam_size entries (neighbors/entry.h), flagged when followed */
  uf_index_set *met; /* one a worker: room for most_met + batch_size */
  int *batch;        /* per worker: batch_size rows to be compared */
  float *batch_proxies; /* per worker: batch_size */
} beam_job;

/* What a worker has at hand for a query. */
typedef struct beam_state {
  const beam_job *job;
  int worker, query;
  uint64_t *beam; /* ascending */
  int count;      /* in the beam */
  int next;       /* all entries before it have been followed */
  uf_index_set *met;
  int *batch;
  float *proxies;
} beam_state;

/* Whether the row is met for the first time; remembers it. */
static int is_new(beam_state *s, int row) {
  int count = s->met->count;
  return uf_index_set_add(s->met, row) == count;
}

static void take(beam_state *s, float proxy, int row) {
  int size = s->job->beam_size;
  int at = uf_topk_insert(s->beam, s->count, size, uf_entry_of(proxy, row, 0));
  if (at < 0) return;
  if (s->count < size) s->count++;
  if (at < s->next) s->next = at;
}

/* Compares the query with the rows that it has not met. */
static void meet(beam_state *s, const int *rows, int n_rows) {
  int count = 0;
  for (int i = 0; i < n_rows; i++)
    if (is_new(s, rows[i])) s->batch[count++] = rows[i];
  uf_proxy_distances(&s->job->proxy, s->worker, s->query, s->batch, count, s->proxies);
  for (int i = 0; i < count; i++) take(s, s->proxies[i], s->batch[i]);
}

static void meet_leaders(beam_state *s, const uf_neighbors *leaders) {
  const int *index = leaders->index + (size_t)leaders->k * (size_t)s->query;
  for (int i = 0; i < leaders->k; i++)
    if (index[i] >= 0) meet(s, &s->job->graph->leaders[index[i]], 1);
}

static void search(beam_state *s) {
  const uf_search_graph *graph = s->job->graph;
  meet(s, graph->entries, graph->n_entries);
  if (s->job->leaders) meet_leaders(s, s->job->leaders);
  while (s->next < s->count && s->met->count < s->job->most_met) {
    uint64_t *entry = &s->beam[s->next++];
    if (*entry & 1) continue;
    *entry |= 1;
    const int *links = uf_links_of(graph, uf_entry_row(*entry));
    meet(s, links, uf_count_links(graph, links));
  }
}

/* Whether a copy of entry i is in the beam before it. Copies have the same proxy. */
static int is_repeated(const beam_state *s, int i) {
  const int *first = s->job->graph->copies.first;
  int row = first[uf_entry_row(s->beam[i])];
  for (int j = i - 1; j >= 0 && s->beam[j] >> 32 == s->beam[i] >> 32; j--)
    if (first[uf_entry_row(s->beam[j])] == row) return 1;
  return 0;
}

/* Offers a row and its copies, which are as near. */
static void offer_copies(const uf_copies *copies, int row, float proxy, uf_nearest *nearest) {
  for (row = copies->first[row]; row >= 0; row = copies->next[row])
    if (!uf_nearest_offer(nearest, row, proxy)) return;
}

static void hand_over(const beam_state *s) {
  uf_nearest nearest = uf_nearest_begin(s->job->found, s->query, -1);
  const uf_copies *copies = &s->job->graph->copies;
  for (int i = 0; i < s->count; i++) {
    float proxy = uf_entry_proxy(s->beam[i]);
    if (proxy > uf_nearest_worst(&nearest)) break;
    if (!copies->first)
      uf_nearest_offer(&nearest, uf_entry_row(s->beam[i]), proxy);
    else if (!is_repeated(s, i))
      offer_copies(copies, uf_entry_row(s->beam[i]), proxy, &nearest);
  }
  uf_nearest_finish(&nearest, s->job->proxy.points->metric);
}

static void search_rows(void *job, uf_rows rows) {
  const beam_job *j = job;
  size_t w = (size_t)rows.worker, batch = (size_t)j->batch_size;
  for (int64_t q = rows.from; q < rows.to; q++) {
    beam_state s = {.job = j,
                    .worker = rows.worker,
                    .query = (int)q,
                    .beam = j->beams + w * (size_t)j->beam_size,
                    .met = &j->met[w],
                    .batch = j->batch + w * batch,
                    .proxies = j->batch_proxies + w * batch};
    search(&s);
    hand_over(&s);
    uf_index_set_clear(s.met);
  }
}

/* Sizes of the scratch, which are bounds of what a query does. */
static void size_scratch(beam_job *j, int k) {
  const uf_search_graph *graph = j->graph;
  int n_leaders = j->leaders ? j->leaders->k : 0;
  j->beam_size = 2 * k + MIN_BEAM;
  j->batch_size = graph->n_entries > graph->degree ? graph->n_entries : graph->degree;
  int64_t most_met =
      graph->n_entries + n_leaders + (int64_t)FOLLOWED * j->beam_size * graph->degree;
  j->most_met = most_met < graph->n ? (int)most_met : graph->n;
}

uf_status uf_beam_search(uf_context *ctx, const uf_search_graph *graph, const uf_points *queries,
                         const uf_neighbors *leaders, int k, uf_neighbors *found) {
  uf_status status = UF_OK;
  int64_t threads = ctx->n_threads;
  beam_job job = {.graph = graph, .leaders = leaders, .found = found};
  *found = (uf_neighbors){0};
  size_scratch(&job, k);
  UF_TRY(uf_proxy_open(ctx, graph->points, queries, &job.proxy));
  UF_NEW(ctx, job.beams, threads * job.beam_size);
  UF_NEW_ZERO(ctx, job.met, threads);
  for (int w = 0; w < threads; w++)
    UF_TRY(uf_index_set_make(ctx, job.most_met + job.batch_size, &job.met[w]));
  UF_NEW(ctx, job.batch, threads * job.batch_size);
  UF_NEW(ctx, job.batch_proxies, threads * job.batch_size);
  UF_TRY(uf_neighbors_alloc(ctx, queries->n, k, found));
  UF_TRY(uf_parallel_rows(ctx, queries->n, QUERIES_PER_BLOCK, search_rows, &job));
done:
  uf_proxy_close(&job.proxy);
  uf_free(job.beams);
  for (int w = 0; job.met && w < threads; w++) uf_index_set_free(&job.met[w]);
  uf_free(job.met);
  uf_free(job.batch);
  uf_free(job.batch_proxies);
  if (status) uf_neighbors_free(found);
  return status;
}
