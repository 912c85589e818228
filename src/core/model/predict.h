/*
 * model/predict.h: new rows placed in the layout of a model.
 */
#ifndef UF_PREDICT_H
#define UF_PREDICT_H

#include "graph/smooth_knn.h"
#include "layout/options.h"
#include "data/points.h"

/* A view of the old rows (see model/data_block.h), and the new rows in it: points of both, or neighbors that
 * are known already, or categories of both. */
typedef struct uf_query_block {
  const uf_points *points, *queries;
  const int *hash;           /* of the points, see data/duplicates.h; NULL where there is none */
  const uf_neighbors *graph; /* neighbors of the points, see uf_neighbors_query() */
  int k;                     /* neighbors to find */
  const int *category;       /* of new rows, then old ones; negative where unknown */
  double weight, max_distance,
      mean_distance; /* see model/data_block.h, graph/smooth_knn.h; in the units of the table */

  /* Of new rows among old ones, -1 for none; given, or found and kept here. */
  uf_neighbors neighbors;
} uf_query_block;

typedef struct uf_predict_options {
  uf_fuzzy_options fuzzy; /* as for the old rows */
  uf_layout_options layout;
  uint64_t seed;
} uf_predict_options;

/*
 * layout: n_new × d. It begins with the old rows' layout, n_old × d, and views[0] has no categories.
 * A row's place does not depend on other new rows. A row identical to an old one takes its place,
 * exactly; a row without any neighbor has NaN.
 */
uf_status uf_predict(uf_context *ctx, uf_query_block *views, int n_data_blocks,
                     const float *old_layout, int n_old, int d, const uf_predict_options *options,
                     float *layout);
void uf_query_block_free(uf_query_block *view);

#endif
