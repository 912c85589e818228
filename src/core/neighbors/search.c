/*
 * neighbors/search.c: chooses the method of search, and a different one when it fails.
 *
 *   exact       up to EXACT_UP_TO rows; where a k-d tree serves; for k > n / 8; and for sparse rows
 *               where the inverted index needs fewer operations than descent:
 *                 Σ over columns of count² + time_of_look n² < proxies_of_descent × entries
 *   clusters    dense rows whose metric has the Euclidean order, or nearly
 *   nndescent   everything else; where rows are dense, it begins with what clusters find
 *
 * Exact search finds all; what the other two find is measured on a sample of rows. Where that falls
 * short of the target by more than recall_slack, every pair is compared if that is affordable,
 *
 *   n² × (cost of a pair) ≤ affordable_cost,
 *
 * else descent follows clusters, and the better table stays. bench/neighbors.R compares the
 * methods.
 */
#include "arith/arith.h"

#include "neighbors/search.h"

#include "base/memory.h"
#include "data/points_subset.h"
#include "data/proxy.h"
#include "linalg/subspace.h"
#include "neighbors/exact.h"
#include "neighbors/inverted_index.h"
#include "neighbors/ivf/search.h"
#include "neighbors/kdtree.h"
#include "neighbors/many_copies.h"
#include "neighbors/nn_descent.h"
#include "neighbors/recall.h"
#include "neighbors/table.h"

/* Below this many rows every pair is compared: as fast as the approximations there, and nothing is
 * lost. */
enum { EXACT_UP_TO = 2048 };

/* What descent begins with where it follows clusters: neighbors at least, and the fraction of the
 * true ones that is enough. */
enum { STARTING_K = 21 };
static const double starting_recall = 0.75;

/* Codes are made of rows of floats. */
static int has_codes(const uf_points *points) {
  return points->form == UF_FLOAT_ROWS && points->metric != UF_FUNCTION;
}

/* Whether the metric has the Euclidean order, or nearly, as Manhattan's. */
static int has_euclidean_order(const uf_points *points) {
  uf_comparison comparison = uf_metric_of(points->metric)->comparison;
  return has_codes(points) &&
         (comparison == UF_COMPARE_SQUARES || comparison == UF_COMPARE_MANHATTAN);
}

/* Proxies for a row that descent takes, about; and the time to look at a sum of products, as a
 * fraction of the time to make one. */
static const double proxies_of_descent = 1500, time_of_look = 0.3;

/* Sparse rows that share few columns are soon compared with all. */
static uf_status is_exact_best(uf_context *ctx, const uf_points *points, int *is_best) {
  double products, n = points->n;
  *is_best = 0;
  if (!uf_proxy_is_by_dots(points)) return UF_OK;
  uf_status status = uf_inverted_cost(ctx, points, &products);
  if (!status)
    *is_best =
        products + time_of_look * n * n < proxies_of_descent * (double)points->start[points->n];
  return status;
}

static uf_status choose_method(uf_context *ctx, const uf_points *points, int k,
                               uf_neighbor_method *chosen) {
  int is_exact = points->n <= EXACT_UP_TO || uf_can_use_kdtree(points) || k > points->n / 8;
  uf_status status = is_exact ? UF_OK : is_exact_best(ctx, points, &is_exact);
  *chosen = is_exact                      ? UF_NEIGHBORS_EXACT
            : has_euclidean_order(points) ? UF_NEIGHBORS_CLUSTERS
                                          : UF_NEIGHBORS_DESCENT;
  return status;
}

/* Returns the cost of comparing every pair, roughly, in products of floats that are summed up. */
static double cost_of_exact(const uf_points *points, double n_queries) {
  uf_comparison comparison = uf_metric_of(points->metric)->comparison;
  double n = points->n, pair = (double)points->stride;
  if (points->form == UF_BIT_STRINGS)
    pair = 4 * (double)points->words;
  else if (points->form == UF_COMPRESSED_ROWS)
    pair = 10 * (double)points->start[points->n] / n;
  else if (points->metric == UF_FUNCTION)
    pair = 3e4;
  else if (comparison != UF_COMPARE_SQUARES && comparison != UF_COMPARE_MANHATTAN)
    pair *= 4;
  return n * n_queries * pair;
}

/* Comparing every pair is affordable when it is a matter of seconds. */
static const double affordable_cost = 5e11;

/* Clusters compare codes and few rows. Descent compares points that lie anywhere in memory, which
 * takes about four times as long as points in order; an estimate. */
double uf_search_proxies(const uf_points *points) {
  return has_euclidean_order(points) ? 150 : 4 * proxies_of_descent;
}

int uf_is_exact_affordable(const uf_points *points, int n_queries) {
  return cost_of_exact(points, n_queries) <= affordable_cost;
}

/* The fraction of the time to compare every pair that an index finer than the first may take; above
 * it, comparing every pair is the better use of the time. */
static const double index_share = 0.25;

/* A search whose recall falls so far below the target has failed. Clusters fail where codes lose
 * small differences next to a few outliers; any search fails where data have many columns and no
 * structure. */
static const double recall_slack = 0.05;

/* Rows on which the recall of descent is measured. */
enum { RECALL_ROWS = 64 };

static int is_short(const uf_neighbors *neighbors, double target_recall) {
  return neighbors->recall >= 0 && neighbors->recall < target_recall - recall_slack;
}

static uf_status search_clusters(uf_context *ctx, const uf_points *points,
                                 const uf_search_options *options, uf_neighbors *neighbors) {
  uf_ivf_target aim = {.recall = options->target_recall, .index_cost = INFINITY};
  double exact = cost_of_exact(points, points->n);
  if (options->method == UF_NEIGHBORS_AUTO) {
    aim.index_cost = index_share * exact;
    if (exact <= affordable_cost) aim.least = options->target_recall - recall_slack;
  }
  return uf_ivf_search(ctx, points, options->k, aim, options->seed, neighbors);
}

/* Where the Euclidean order is a poor guide to the metric's, the neighbors found by clusters
 * initialize descent. */
static uf_status search_and_refine(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                                   uf_neighbors *neighbors) {
  uf_neighbors known;
  uf_ivf_target aim = {.recall = starting_recall,
                       .index_cost = index_share * cost_of_exact(points, points->n)};
  uf_status status = uf_ivf_search(ctx, points, k > STARTING_K ? k : STARTING_K, aim, seed, &known);
  if (status) return status;
  status = uf_neighbors_descent(ctx, points, k, seed, &known, neighbors);
  uf_neighbors_free(&known);
  return status;
}

static uf_status search_by_descent(uf_context *ctx, const uf_points *points, int k, int is_free,
                                   uint64_t seed, uf_neighbors *neighbors) {
  int rows[RECALL_ROWS], n_rows = points->n < RECALL_ROWS ? points->n : RECALL_ROWS;
  uf_status status = is_free && has_codes(points)
                         ? search_and_refine(ctx, points, k, seed, neighbors)
                         : uf_neighbors_descent(ctx, points, k, seed, NULL, neighbors);
  if (status) return status;
  uf_even_rows(points->n, n_rows, rows);
  status = uf_neighbor_recall(ctx, points, neighbors, rows, n_rows, &neighbors->recall);
  if (status) uf_neighbors_free(neighbors);
  return status;
}

/* Searches by a different method, if an affordable one exists; the better table stays. */
static uf_status search_again(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                              uf_neighbors *neighbors, uf_neighbor_method *used) {
  uf_neighbors found;
  int is_exact = uf_is_exact_affordable(points, points->n);
  if (!is_exact && *used == UF_NEIGHBORS_DESCENT) return UF_OK;
  uf_span(ctx, 0, 1);
  uf_status status = is_exact ? uf_neighbors_exact(ctx, points, NULL, points->n, k, &found)
                              : search_by_descent(ctx, points, k, 0, seed, &found);
  if (status) {
    uf_neighbors_free(neighbors);
    return status;
  }
  int is_better = is_exact || found.recall > neighbors->recall;
  uf_neighbors_free(is_better ? neighbors : &found);
  if (!is_better) return UF_OK;
  *neighbors = found;
  *used = is_exact ? UF_NEIGHBORS_EXACT : UF_NEIGHBORS_DESCENT;
  return UF_OK;
}

static uf_status fail_clusters(uf_context *ctx, const uf_points *points) {
  return uf_fail(ctx, UF_BAD_INPUT,
                 "cannot be searched by clusters, which are made of rows of numbers, in the metric "
                 "\"%s\": choose the method \"auto\" or \"nndescent\"",
                 uf_metric_of(points->metric)->name);
}

/* Searches all points, equal or not. */
static uf_status search_points(uf_context *ctx, const uf_points *points,
                               const uf_search_options *options, uf_neighbors *neighbors,
                               uf_neighbor_method *used) {
  uf_status status = UF_OK;
  int is_free = options->method == UF_NEIGHBORS_AUTO, k = options->k;
  uint64_t seed = options->seed;
  *neighbors = (uf_neighbors){0};
  *used = options->method;
  if (is_free) status = choose_method(ctx, points, k, used);
  if (status) return status;
  if (*used == UF_NEIGHBORS_EXACT)
    return uf_can_use_kdtree(points)
               ? uf_neighbors_kdtree(ctx, points, k, neighbors)
               : uf_neighbors_exact(ctx, points, NULL, points->n, k, neighbors);
  if (*used == UF_NEIGHBORS_CLUSTERS && !has_codes(points)) return fail_clusters(ctx, points);
  status = *used == UF_NEIGHBORS_CLUSTERS
               ? search_clusters(ctx, points, options, neighbors)
               : search_by_descent(ctx, points, k, is_free, seed, neighbors);
  if (!status && is_free && is_short(neighbors, options->target_recall))
    status = search_again(ctx, points, k, seed, neighbors, used);
  if (!status && is_short(neighbors, options->target_recall))
    uf_warn(ctx, UF_WARN_RECALL,
            "the search found clearly fewer of the true neighbors than `target_recall`: "
            "`recall` in the result says which part. Data without structure, of many "
            "columns, and far-out values are hard; the method \"exact\" finds all");
  return status;
}

/* Searches one point of each group of equal ones. */
static uf_status search_groups(uf_context *ctx, const uf_points *points,
                               const uf_row_groups *groups, const uf_search_options *options,
                               uf_neighbors *neighbors, uf_neighbor_method *used) {
  uf_status status = UF_OK;
  uf_points distinct = {0};
  uf_neighbors found = {0};
  uf_search_options of_groups = *options;
  int m = groups->m, *rows = NULL;
  UF_NEW(ctx, rows, m);
  for (int g = 0; g < m; g++) rows[g] = uf_first_of_group(groups, g);
  UF_TRY(uf_points_subset(ctx, points, rows, m, &distinct));
  if (of_groups.k > m) of_groups.k = m;
  UF_TRY(search_points(ctx, &distinct, &of_groups, &found, used));
  uf_points_free(&distinct); /* makes room for the result */
  UF_TRY(uf_neighbors_of_copies(ctx, groups, &found, options->k, options->seed, neighbors));
done:
  uf_free(rows);
  uf_points_free(&distinct);
  uf_neighbors_free(&found);
  return status;
}

uf_status uf_nearest_neighbors(uf_context *ctx, const uf_points *points,
                               const uf_search_options *options, uf_neighbors *neighbors,
                               uf_neighbor_method *used) {
  uf_status status = UF_OK;
  uf_row_groups groups = {0};
  uf_phase(ctx, "nearest neighbors");
  *neighbors = (uf_neighbors){0};
  if (!options->ignores_copies) {
    UF_TRY(uf_group_many_copies(ctx, points, options->k, &groups));
  }
  status = groups.m > 0 ? search_groups(ctx, points, &groups, options, neighbors, used)
                        : search_points(ctx, points, options, neighbors, used);
done:
  uf_row_groups_free(&groups);
  return status;
}
