/*
 * model/predict.h: places new rows in the layout of a model.
 */
#ifndef UF_PREDICT_H
#define UF_PREDICT_H

#include "graph/smooth_knn.h"
#include "layout/options.h"
#include "data/points.h"

/* A block of the old rows (see model/data_block.h), and the new rows in it: points of both, or
 * neighbors that are known already, or categories of both. */
typedef struct uf_query_block {
  const uf_points *points, *queries; /* n_old rows, n_new rows */
  const int *hash;                   /* n_old: see data/duplicates.h; NULL without points */
  const uf_neighbors *graph;         /* neighbors of the points, see uf_neighbors_query() */
  int k;                             /* neighbors to find */
  const int *category;               /* n_new, then n_old; negative where unknown */
  double weight;                     /* see model/data_block.h */
  double max_distance;               /* see graph/smooth_knn.h; in the units of the table */
  double mean_distance;              /* likewise */

  /* n_new × k: neighbors of new rows among old ones, -1 for none; given, or found and kept here.
   * uf_predict() adds n_new to the indices. */
  uf_neighbors neighbors;
} uf_query_block;

typedef struct uf_predict_options {
  uf_fuzzy_options fuzzy; /* as for the old rows */
  uf_layout_options layout;
  uint64_t seed;
} uf_predict_options;

typedef struct uf_old_layout {
  const float *position; /* n × d */
  int n, d;
} uf_old_layout;

/*
 * layout: n_new × d. blocks[0] has no categories. A row's place does not depend on other new rows.
 * A row identical to an old one takes its place, exactly; a row without any neighbor has NaN.
 */
uf_status uf_predict(uf_context *ctx, uf_query_block *blocks, int n_blocks,
                     const uf_old_layout *old, const uf_predict_options *options, float *layout);
void uf_query_block_free(uf_query_block *block);

#endif
