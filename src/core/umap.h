/*
 * umap.h: the public interface of the core, and UMAP as a whole.
 *
 * A host includes only this header. It opens a session (base/session.h), calls stages or uf_umap(),
 * and frees what it got.
 */
#ifndef UF_UMAP_H
#define UF_UMAP_H

#include "base/context.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/session.h"
#include "base/types.h"
#include "data/distances.h"
#include "data/points_prepare.h"
#include "graph/categories.h"
#include "graph/components.h"
#include "graph/fuzzy_union.h"
#include "graph/graph.h"
#include "graph/hierarchy.h"
#include "graph/local_connectivity.h"
#include "graph/set_ops.h"
#include "init/init.h"
#include "layout/curve.h"
#include "layout/optimize.h"
#include "model/data_block.h"
#include "model/place_copies.h"
#include "model/predict.h"
#include "neighbors/query.h"
#include "neighbors/recall.h"
#include "neighbors/table.h"
#include "preprocess/standardize.h"
#include "quality/quality.h"

typedef struct uf_umap_options {
  int n_components;
  uf_fuzzy_options fuzzy; /* max_distance is each block's own */
  uf_init_method init;
  int drop_isolated; /* vertices without edges become NaN, unless none has edges; else around all */
  uf_layout_options layout;
  uint64_t seed;
  uf_duplicates duplicates; /* what becomes of rows that are equal */
  int keep_points;          /* in the blocks, for uf_predict(); else they are freed on the way */
} uf_umap_options;

typedef struct uf_umap_result {
  uf_graph graph;
  float *layout;          /* n × n_components */
  uf_row_groups distinct; /* zero where each row was embedded by itself */
} uf_umap_result;

/*
 * Embeds the points that the blocks describe, the first block above all; what is found out about
 * each stays in it. Rows that are equal in all blocks are embedded once, unless duplicates are to
 * be separate (model/distinct.h): neighbors, rho, sigma and graph are those of all rows, but the
 * points that are kept, and their hashes, are those of the distinct rows. The result must be zero,
 * except for the caller's initial layout in result->layout (with UF_INIT_GIVEN). observer may be
 * NULL. The caller frees blocks and result in any case, also after a failure.
 */
uf_status uf_umap(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                  const uf_umap_options *options, uf_observer *observer, uf_umap_result *result);
void uf_umap_free(uf_umap_result *result);

#endif
