/*
 * neighbors/query.c: new rows against old, along the neighbors of the old.
 *
 * The search graph joins each point with its nearest neighbors and with some of the points whose
 * neighbor it is. A query keeps a beam of the nearest points met so far. It begins with entry
 * points, spread evenly over all rows and over the connected components of the graph, and goes on
 * with the neighbors of the nearest point whose neighbors it has not met (best first), until none
 * in the beam is left (Hajebi et al. 2011; Malkov and Yashunin 2018 for the beam).
 *
 * O(n k) to build; a query takes about beam × degree proxies at the most, mostly a few hundred.
 */
#include "arith/arith.h"

#include "neighbors/query.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "data/proxy.h"
#include "neighbors/entry.h"
#include "neighbors/exact.h"
#include "neighbors/table.h"

enum {
  MIN_BEAM = 24,      /* beside twice the neighbors wanted */
  MAX_DEGREE = 30,    /* of the search graph */
  GRAPH_K = 15,       /* neighbors to find where there is no graph */
  MAX_ENTRIES = 4096, /* entry points, at the most */
  QUERIES_PER_BLOCK = 16
};

/* Ranks that are about as dear as what else has to be done: for a query in the graph; for a point,
 * building the graph and finding its neighbors. */
static const double proxies_of_query = 2000, proxies_of_building = 5, proxies_of_finding = 150;

/* Rows join those below them in the list of links, up to `degree`; the rest is -1. */
typedef struct search_graph {
  int n, degree;
  int *neighbor; /* n × degree */
  int *entries;
  int n_entries;
} search_graph;

static int *links_of(const search_graph *graph, int row) {
  return graph->neighbor + (size_t)row * (size_t)graph->degree;
}

static int count_links(const int *links, int degree) {
  int count = 0;
  while (count < degree && links[count] >= 0) count++;
  return count;
}

static void link_to(search_graph *graph, int from, int to) {
  int *links = links_of(graph, from), count = count_links(links, graph->degree);
  if (count == graph->degree) return;
  for (int i = 0; i < count; i++)
    if (links[i] == to) return;
  links[count] = to;
}

/* Forward links first, then those backward of which the neighbor comes earliest in its list. */
static void link_rows(search_graph *graph, const uf_neighbors *neighbors) {
  size_t k = (size_t)neighbors->k, most = (size_t)graph->degree * 2 / 3;
  size_t forward = k - 1 < most ? k - 1 : most;
  for (int64_t i = 0; i < (int64_t)graph->n * graph->degree; i++) graph->neighbor[i] = -1;
  for (int i = 0; i < graph->n; i++)
    for (size_t j = 1; j <= forward; j++)
      if (neighbors->index[k * (size_t)i + j] >= 0)
        link_to(graph, i, neighbors->index[k * (size_t)i + j]);
  for (size_t j = 1; j < k; j++)
    for (int i = 0; i < graph->n; i++)
      if (neighbors->index[k * (size_t)i + j] >= 0)
        link_to(graph, neighbors->index[k * (size_t)i + j], i);
}

/* Marks all that can be reached from a row. */
static void reach(const search_graph *graph, int row, uint8_t *reached, int *stack) {
  int height = 0;
  reached[row] = 1;
  stack[height++] = row;
  while (height > 0) {
    const int *links = links_of(graph, stack[--height]);
    for (int i = 0; i < graph->degree && links[i] >= 0; i++)
      if (!reached[links[i]]) {
        reached[links[i]] = 1;
        stack[height++] = links[i];
      }
  }
}

/* About √n rows, evenly spaced, and one of whatever cannot be reached from those. */
static uf_status choose_entries(uf_context *ctx, search_graph *graph) {
  uf_status status = UF_OK;
  uint8_t *reached = NULL;
  int *stack = NULL, n = graph->n, most = n < MAX_ENTRIES ? n : MAX_ENTRIES;
  int n_even = (int)sqrt((double)n) + 1;
  n_even = n_even < most ? n_even : most;
  UF_NEW(ctx, graph->entries, most);
  UF_NEW_ZERO(ctx, reached, n);
  UF_NEW(ctx, stack, n);
  for (; graph->n_entries < n_even; graph->n_entries++) {
    int row = (int)((int64_t)graph->n_entries * n / n_even);
    graph->entries[graph->n_entries] = row;
    if (!reached[row]) reach(graph, row, reached, stack);
  }
  for (int row = 0; row < n && graph->n_entries < most; row++)
    if (!reached[row]) {
      graph->entries[graph->n_entries++] = row;
      reach(graph, row, reached, stack);
    }
done:
  uf_free(reached);
  uf_free(stack);
  return status;
}

static uf_status graph_build(uf_context *ctx, const uf_neighbors *neighbors, search_graph *graph) {
  uf_status status = UF_OK;
  int both_ways = 2 * (neighbors->k - 1);
  *graph = (search_graph){.n = neighbors->n};
  graph->degree = both_ways < 1 ? 1 : both_ways < MAX_DEGREE ? both_ways : MAX_DEGREE;
  UF_NEW(ctx, graph->neighbor, (int64_t)graph->n * graph->degree);
  link_rows(graph, neighbors);
  UF_TRY(choose_entries(ctx, graph));
done:
  return status; /* the caller frees, in any case */
}

static void graph_free(search_graph *graph) {
  uf_free(graph->neighbor);
  uf_free(graph->entries);
}

/* ---- The search ---- */

typedef struct query_job {
  uf_proxy proxy;
  const search_graph *graph;
  int n_queries, beam_size, batch_size;
  uf_neighbors *found;
  uint64_t *beams;      /* per worker: beam_size */
  uint64_t *met;        /* per worker: a bit for each point */
  int *met_rows;        /* per worker: n, the points whose bit is set */
  int *batch;           /* per worker: batch_size rows to be ranked */
  float *batch_proxies; /* per worker: batch_size */
} query_job;

/* What a worker has at hand for a query. Entries of the beam are flagged when the neighbors of their
 * point have been met. */
typedef struct query_search {
  const query_job *job;
  int worker, query;
  uint64_t *beam;
  int count; /* in the beam */
  int next;  /* no entry before it is without flag */
  uint64_t *met;
  int *met_rows, n_met;
  int *batch;
  float *proxies;
} query_search;

static size_t words_of(int n) { return (size_t)(n + 63) / 64; }

static void take(query_search *s, float proxy, int row) {
  uint64_t *beam = s->beam, entry = uf_entry_of(proxy, row, 0);
  int at = s->count < s->job->beam_size ? s->count : s->count - 1;
  if (s->count == s->job->beam_size && entry >= beam[at]) return;
  for (; at > 0 && beam[at - 1] > entry; at--) beam[at] = beam[at - 1];
  beam[at] = entry;
  if (s->count < s->job->beam_size) s->count++;
  if (at < s->next) s->next = at;
}

/* Ranks those of the rows that the query has not met. */
static void meet(query_search *s, const int *rows, int n_rows) {
  int count = 0;
  for (int i = 0; i < n_rows; i++) {
    uint64_t *word = s->met + rows[i] / 64, bit = UINT64_C(1) << rows[i] % 64;
    if (*word & bit) continue;
    *word |= bit;
    s->met_rows[s->n_met++] = rows[i];
    s->batch[count++] = rows[i];
  }
  uf_proxy_distances(&s->job->proxy, s->worker, s->query, s->batch, count, s->proxies);
  for (int i = 0; i < count; i++) take(s, s->proxies[i], s->batch[i]);
}

static void search(query_search *s) {
  const search_graph *graph = s->job->graph;
  meet(s, graph->entries, graph->n_entries);
  while (s->next < s->count) {
    uint64_t *entry = &s->beam[s->next++];
    if (*entry & 1) continue;
    *entry |= 1;
    const int *links = links_of(graph, uf_entry_row(*entry));
    meet(s, links, count_links(links, graph->degree));
  }
}

static void hand_over(const query_search *s) {
  uf_nearest nearest = uf_nearest_begin(s->job->found, s->query, -1);
  int count = s->count < nearest.k ? s->count : nearest.k;
  for (int i = 0; i < count; i++)
    uf_nearest_offer(&nearest, uf_entry_row(s->beam[i]), uf_entry_proxy(s->beam[i]));
  uf_nearest_finish(&nearest, s->job->proxy.points->metric);
}

static void search_block(void *job, int64_t block, int worker) {
  query_job *j = job;
  uf_range range = uf_block_range(block, QUERIES_PER_BLOCK, j->n_queries);
  size_t n = (size_t)j->graph->n, w = (size_t)worker;
  for (int64_t q = range.from; q < range.to; q++) {
    query_search s = {.job = j,
                      .worker = worker,
                      .query = (int)q,
                      .beam = j->beams + w * (size_t)j->beam_size,
                      .met = j->met + w * words_of(j->graph->n),
                      .met_rows = j->met_rows + w * n,
                      .batch = j->batch + w * (size_t)j->batch_size,
                      .proxies = j->batch_proxies + w * (size_t)j->batch_size};
    search(&s);
    hand_over(&s);
    for (int i = 0; i < s.n_met; i++) s.met[s.met_rows[i] / 64] = 0;
  }
}

static uf_status search_graph_for(uf_context *ctx, const uf_points *points,
                                  const search_graph *graph, const uf_points *queries, int k,
                                  uf_neighbors *found) {
  uf_status status = UF_OK;
  int64_t threads = ctx->n_threads;
  query_job job = {.graph = graph, .n_queries = queries->n, .found = found};
  job.beam_size = 2 * k + MIN_BEAM;
  job.batch_size = graph->n_entries > graph->degree ? graph->n_entries : graph->degree;
  UF_TRY(uf_proxy_open(ctx, points, queries, &job.proxy));
  UF_NEW(ctx, job.beams, threads * job.beam_size);
  UF_NEW_ZERO(ctx, job.met, threads * (int64_t)words_of(graph->n));
  UF_NEW(ctx, job.met_rows, threads * graph->n);
  UF_NEW(ctx, job.batch, threads * job.batch_size);
  UF_NEW(ctx, job.batch_proxies, threads * job.batch_size);
  UF_TRY(uf_neighbors_alloc(ctx, queries->n, k, found));
  UF_TRY(uf_parallel(ctx, uf_n_blocks(queries->n, QUERIES_PER_BLOCK), search_block, &job));
  UF_TRY(uf_neighbors_complete(ctx, points, queries, found));
done:
  uf_proxy_close(&job.proxy);
  uf_free(job.beams);
  uf_free(job.met);
  uf_free(job.met_rows);
  uf_free(job.batch);
  uf_free(job.batch_proxies);
  if (status) uf_neighbors_free(found);
  return status;
}

/* Whether comparing every query with every point takes no longer. */
static int is_exact_best(const uf_points *points, const uf_points *queries, int has_graph) {
  double n = points->n, n_queries = queries->n;
  double by_graph = n * (proxies_of_building + (has_graph ? 0 : proxies_of_finding)) +
                    n_queries * proxies_of_query;
  return n * n_queries <= by_graph;
}

uf_status uf_neighbors_query(uf_context *ctx, const uf_points *points, const uf_neighbors *graph,
                             const uf_points *queries, int k, uf_neighbor_method method,
                             uint64_t seed, uf_neighbors *found, uf_neighbor_method *used) {
  uf_status status = UF_OK;
  uf_neighbors own = {0};
  search_graph links = {0};
  *found = (uf_neighbors){0};
  int is_exact = method == UF_NEIGHBORS_EXACT || k > points->n / 8 ||
                 (method == UF_NEIGHBORS_AUTO && is_exact_best(points, queries, graph != NULL));
  *used = is_exact ? UF_NEIGHBORS_EXACT : UF_NEIGHBORS_GRAPH;
  uf_phase(ctx, "nearest neighbors");
  if (is_exact) return uf_query_exact(ctx, points, queries, NULL, queries->n, k, found);
  if (!graph) {
    uf_neighbor_method by;
    int graph_k = GRAPH_K < points->n ? GRAPH_K : points->n;
    UF_TRY(uf_nearest_neighbors(ctx, points, graph_k, method, 0.99, seed, &own, &by));
    graph = &own;
  }
  UF_TRY(graph_build(ctx, graph, &links));
  UF_TRY(search_graph_for(ctx, points, &links, queries, k, found));
done:
  uf_neighbors_free(&own);
  graph_free(&links);
  return status;
}
