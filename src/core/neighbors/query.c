/*
 * neighbors/query.c: finds neighbors of new rows among old ones, by comparing every pair or along
 * the neighbors of the old rows.
 *
 * Comparing every pair takes n × n_queries proxies. The other way, a graph of the old rows is made
 * (neighbors/search_graph.h) and followed by each query (neighbors/beam.h), which takes about
 *
 *   n × proxies_of_building + n_queries × proxies_of_query,
 *
 * and n × uf_search_proxies() more where the neighbors of the old rows are not known. The cheaper
 * way is taken.
 *
 * Where the graph falls apart into very many parts, it has leaders, which are the points of a
 * search of their own, made by this file in one of the two ways again; so each query begins in the
 * parts nearest to it. There are at most (3/4 + 1/LEADER_EVERY) n leaders of n points, so that the
 * levels come to an end; and no two of them are copies but for the added ones.
 *
 * Nothing guarantees that a search along a graph finds the nearest rows: it ends where no link
 * leads nearer, as between groups that lie apart. So its recall is measured, by comparing some
 * queries with every point: 64 of them; where the graph has no leaders, as many as cost less than
 * sample_share of the search, but 16 at least. Where it is below least_recall, every
 * LEADER_EVERY-th row becomes a leader too, which brings the beginning of a search near to its end.
 * Where that does not help, every pair is compared, if that is a matter of seconds. Every pair is
 * also compared where the recall is below wanted_recall, and that takes no more than exact_factor
 * times as long as the search took.
 */
#include "arith/arith.h"

#include "neighbors/query.h"

#include "base/memory.h"
#include "data/points_subset.h"
#include "neighbors/beam.h"
#include "neighbors/exact.h"
#include "neighbors/recall.h"
#include "neighbors/search_graph.h"
#include "neighbors/table.h"

enum {
  GRAPH_K = 15,        /* neighbors to find where there is no graph */
  MORE_LEADERS = 12,   /* that a query begins with, besides k */
  SAMPLE_QUERIES = 64, /* at most */
  MIN_SAMPLE = 16,
  LEADER_EVERY = 16
};

/* Numbers of proxies that take about as long as the other work: for a query in the graph; for a
 * point, building the graph. A compromise; not measured on their own. */
static const double proxies_of_query = 2000, proxies_of_building = 5;

/* The fraction of the time that may go into measuring. Points in order are compared about four
 * times as fast as points that lie anywhere in memory; an estimate. */
static const double sample_share = 0.05, speed_in_order = 4;

/* A search that finds fewer than the least has failed; more than wanted is good. */
static const double least_recall = 0.9, wanted_recall = 0.98, exact_factor = 10;

/* Whether comparing every query with every point takes at most `factor` times as long as the search
 * along the graph. */
static int is_exact_within(double factor, const uf_points *points, const uf_points *queries,
                           int has_graph) {
  double n = points->n, n_queries = queries->n;
  double by_graph = n * (proxies_of_building + (has_graph ? 0 : uf_search_proxies(points))) +
                    n_queries * proxies_of_query;
  return n * n_queries <= factor * by_graph;
}

static uf_status search(uf_context *ctx, const uf_points *points, const uf_points *queries,
                        const uf_query_options *options, uf_neighbors *found,
                        uf_neighbor_method *used);

/* The leaders nearest to each query. */
static uf_status find_leaders(uf_context *ctx, const uf_search_graph *graph,
                              const uf_points *queries, const uf_query_options *options,
                              uf_neighbors *leaders) {
  uf_points points;
  uf_neighbor_method used;
  uf_query_options of_leaders = {.k = options->k + MORE_LEADERS, .seed = options->seed};
  *leaders = (uf_neighbors){0};
  uf_status status =
      uf_points_subset(ctx, graph->points, graph->leaders, graph->n_leaders, &points);
  if (status) return status;
  if (of_leaders.k > points.n) of_leaders.k = points.n;
  status = search(ctx, &points, queries, &of_leaders, leaders, &used);
  uf_points_free(&points);
  return status;
}

static int sample_size(const uf_search_graph *graph, const uf_points *queries) {
  const uf_points *points = graph->points;
  double work = points->n * proxies_of_building + queries->n * proxies_of_query;
  double size = sample_share * speed_in_order * work / points->n;
  int most = queries->n < SAMPLE_QUERIES ? queries->n : SAMPLE_QUERIES;
  int least = queries->n < MIN_SAMPLE ? queries->n : MIN_SAMPLE;
  if (graph->n_leaders > 0) return most; /* the graph has fallen apart */
  return size > most ? most : size < least ? least : (int)size;
}

/* Searches, and measures the recall. */
static uf_status follow_graph(uf_context *ctx, const uf_search_graph *graph,
                              const uf_points *queries, const uf_query_options *options,
                              uf_neighbors *found) {
  uf_status status = UF_OK;
  uf_neighbors leaders = {0};
  const uf_points *points = graph->points;
  *found = (uf_neighbors){0};
  if (graph->n_leaders > 0) UF_TRY(find_leaders(ctx, graph, queries, options, &leaders));
  uf_span(ctx, 0, 1);
  UF_TRY(uf_beam_search(ctx, graph, queries, leaders.index ? &leaders : NULL, options->k, found));
  uf_span(ctx, 1, 1);
  UF_TRY(uf_neighbors_complete(ctx, points, queries, found));
  UF_TRY(uf_query_recall(ctx, points, queries, found, sample_size(graph, queries), &found->recall));
done:
  uf_neighbors_free(&leaders);
  if (status) uf_neighbors_free(found);
  return status;
}

/* The better of two tables stays. */
static void keep_better(uf_neighbors *kept, uf_neighbors *other) {
  if (other->recall > kept->recall) {
    uf_neighbors worse = *kept;
    *kept = *other;
    *other = worse;
  }
  uf_neighbors_free(other);
}

static uf_status search_graph(uf_context *ctx, const uf_points *points, const uf_points *queries,
                              const uf_query_options *options, uf_neighbors *found) {
  uf_status status = UF_OK;
  uf_neighbors own = {0}, again = {0};
  uf_search_graph graph = {0};
  const uf_neighbors *table = options->graph;
  *found = (uf_neighbors){0};
  if (!table) {
    uf_neighbor_method by;
    uf_search_options of_points = {.k = GRAPH_K < points->n ? GRAPH_K : points->n,
                                   .method = options->method,
                                   .target_recall = 0.99,
                                   .seed = options->seed};
    UF_TRY(uf_nearest_neighbors(ctx, points, &of_points, &own, &by));
    table = &own;
  }
  UF_TRY(uf_search_graph_make(ctx, points, table, &graph));
  uf_neighbors_free(&own);
  UF_TRY(follow_graph(ctx, &graph, queries, options, found));
  if (found->recall < least_recall && points->metric != UF_FUNCTION) {
    UF_TRY(uf_search_graph_add_leaders(ctx, LEADER_EVERY, &graph));
    UF_TRY(follow_graph(ctx, &graph, queries, options, &again));
    keep_better(found, &again);
  }
done:
  uf_neighbors_free(&own);
  uf_search_graph_free(&graph);
  if (status) uf_neighbors_free(found);
  return status;
}

/* Whether every pair is to be compared after a search along the graph. */
static int is_exact_due(const uf_points *points, const uf_points *queries,
                        const uf_query_options *options, double recall) {
  if (recall < least_recall) return uf_is_exact_affordable(points, queries->n);
  return recall < wanted_recall && points->metric != UF_FUNCTION &&
         is_exact_within(exact_factor, points, queries, !!options->graph);
}

static uf_status search(uf_context *ctx, const uf_points *points, const uf_points *queries,
                        const uf_query_options *options, uf_neighbors *found,
                        uf_neighbor_method *used) {
  int is_exact = options->method == UF_NEIGHBORS_EXACT || options->k > points->n / 8 ||
                 (options->method == UF_NEIGHBORS_AUTO &&
                  is_exact_within(1, points, queries, !!options->graph));
  *used = UF_NEIGHBORS_GRAPH;
  if (!is_exact) {
    uf_status status = search_graph(ctx, points, queries, options, found);
    is_exact = !status && is_exact_due(points, queries, options, found->recall);
    if (!is_exact) return status;
    uf_neighbors_free(found);
  }
  *used = UF_NEIGHBORS_EXACT;
  uf_pair_search wanted = {
      .points = points, .queries = queries, .n_rows = queries->n, .k = options->k};
  uf_span(ctx, 0, 1);
  return uf_search_exact(ctx, &wanted, found);
}

uf_status uf_neighbors_query(uf_context *ctx, const uf_points *points, const uf_points *queries,
                             const uf_query_options *options, uf_neighbors *found,
                             uf_neighbor_method *used) {
  uf_phase(ctx, "nearest neighbors");
  uf_status status = search(ctx, points, queries, options, found, used);
  if (!status && found->recall < least_recall)
    uf_warn(ctx, UF_WARN_RECALL,
            "the search found fewer than 90% of the old rows nearest to the new ones, by a sample "
            "of these: `nearest_neighbors()` with `query` and the method \"exact\" finds all");
  return status;
}
