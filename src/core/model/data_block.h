/*
 * model/data_block.h: makes the fuzzy graph of a block of data about the points: columns with a
 * metric, neighbors or a graph that are known already, or categories.
 *
 * Plain UMAP has a single block. Mixed data have one for each kind of columns, and a target that
 * supervises is one more: their fuzzy graphs are intersected, one after the other.
 */
#ifndef UF_DATA_BLOCK_H
#define UF_DATA_BLOCK_H

#include "data/points_prepare.h"
#include "graph/smooth_knn.h"
#include "neighbors/search.h"

typedef enum uf_block_kind {
  UF_BLOCK_COLUMNS,
  UF_BLOCK_NEIGHBORS,
  UF_BLOCK_GRAPH,
  UF_BLOCK_CATEGORIES
} uf_block_kind;

typedef struct uf_data_block {
  uf_block_kind kind;
  double weight; /* against the blocks before it, in [0, 1]; the first block has none */
  int is_target; /* it supervises the blocks before it */

  /* given: columns, and how their neighbors are searched */
  const uf_matrix *columns;
  uf_metric_choice metric;
  uf_neighbor_method neighbor_method;
  double target_recall; /* fraction of the true neighbors to find */
  int n_neighbors;      /* the point itself counted */
  int is_distinct;      /* known to have no equal rows */

  /* given: a graph, which becomes that of all blocks; only the first block can have one */
  uf_graph graph;

  /* given: categories */
  const int *category; /* n codes, negative where unknown */

  /* for columns: found, unless given too; for neighbors: given */
  uf_neighbors neighbors;
  double unit;         /* distances, rho and sigma × unit are in the user's units */
  double max_distance; /* given, of the metric: see uf_fuzzy_options; in the user's units */

  /* found; uf_data_block_free() frees it, and the neighbors */
  uf_preparation preparation;
  uf_points points;
  int *hash;              /* n, of the points (data/duplicates.h); where points are kept */
  int *distinct_category; /* of the rows that are embedded, where these are not all (distinct.h) */
  uf_neighbor_method used_method;
  float *rho, *sigma; /* n */
} uf_data_block;

/* Makes the points of a block of columns ready. */
uf_status uf_data_block_prepare(uf_context *ctx, uf_data_block *block);

/* Intersects the graph with the block's own; an empty graph becomes the block's. Prepares the
 * block where that has not been done. */
uf_status uf_data_block_join(uf_context *ctx, uf_data_block *block, const uf_fuzzy_options *options,
                             uint64_t seed, uf_graph *graph);
void uf_data_block_free(uf_data_block *block);

#endif
