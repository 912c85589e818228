/*
 * model/data_block.h: one view of the points: columns with a metric, neighbors that are known already, or
 * categories.
 *
 * Plain UMAP has a single view. Mixed data have one for each kind of columns, and a target that
 * supervises is one more: their fuzzy graphs are intersected, one after the other.
 */
#ifndef UF_DATA_BLOCK_H
#define UF_DATA_BLOCK_H

#include "graph/smooth_knn.h"
#include "neighbors/search.h"
#include "data/points.h"

typedef struct uf_data_block {
  /* given: columns, neighbors (with the unit of their distances), or categories */
  const uf_matrix *columns;
  const int *category; /* n codes, negative where unknown */
  double weight;       /* against the views before, in [0, 1]; the first has none */
  uf_metric_choice metric;
  uf_neighbor_method neighbor_method;
  double target_recall; /* part of the neighbors to be found */
  int n_neighbors;      /* the point itself counted */
  double max_distance;  /* of the metric, see uf_fuzzy_options; in the user's units */

  /* found, but for categories; uf_data_block_free() frees it */
  uf_preparation preparation;
  uf_points points;
  int *hash; /* of the points, see data/duplicates.h; where points are kept */
  uf_neighbors neighbors;
  uf_neighbor_method used_method;
  double unit;        /* distances, rho and sigma × unit are in the user's units */
  float *rho, *sigma; /* n */
} uf_data_block;

/* Intersects the graph with that of the view; an empty graph becomes the view's. */
uf_status uf_data_block_join(uf_context *ctx, uf_data_block *view, const uf_fuzzy_options *options,
                             uint64_t seed, uf_graph *graph);
void uf_data_block_free(uf_data_block *view);

#endif
