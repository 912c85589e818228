/*
 * umap.h: the public face of the core, and UMAP as a whole.
 *
 * A host includes this header alone. It opens a context, calls stages or uf_umap(), and frees what
 * it got.
 */
#ifndef UF_UMAP_H
#define UF_UMAP_H

#include "graph/components.h"
#include "graph/hierarchy.h"
#include "base/context.h"
#include "layout/curve.h"
#include "graph/categories.h"
#include "graph/fuzzy_union.h"
#include "graph/graph.h"
#include "graph/local_connectivity.h"
#include "graph/set_ops.h"
#include "init/init.h"
#include "layout/optimize.h"
#include "base/memory.h"
#include "neighbors/query.h"
#include "neighbors/recall.h"
#include "neighbors/table.h"
#include "base/parallel.h"
#include "base/session.h"
#include "data/distances.h"
#include "data/points_prepare.h"
#include "model/predict.h"
#include "quality/quality.h"
#include "preprocess/standardize.h"
#include "base/types.h"
#include "model/data_block.h"

typedef enum uf_init_method {
  UF_INIT_SPECTRAL,
  UF_INIT_LAPLACIAN,
  UF_INIT_PCA,
  UF_INIT_RANDOM,
  UF_INIT_GIVEN
} uf_init_method;

typedef struct uf_umap_options {
  int n_components;
  uf_fuzzy_options fuzzy; /* max_distance is each block's own */
  uf_init_method init;
  uf_layout_options layout;
  uint64_t seed;
  int keep_points; /* in the blocks, for uf_predict(); else they are freed on the way */
} uf_umap_options;

typedef struct uf_umap_result {
  uf_graph graph;
  float *layout; /* n × n_components */
} uf_umap_result;

/*
 * Embeds the points of which blocks[0] says the most and the others more: what is found out about
 * each stays in it. An initial layout of the caller's own stands in result->layout (with
 * UF_INIT_GIVEN). The result is to be zero otherwise. observer may be NULL. Blocks and result are to be freed in any case.
 */
uf_status uf_umap(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                  const uf_umap_options *options, uf_observer *observer, uf_umap_result *result);
void uf_umap_free(uf_umap_result *result);

/* The initialization alone; the caller names the phase. points may be NULL except for UF_INIT_PCA. */
uf_status uf_initial_layout(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                            uf_init_method method, int d, uint64_t seed, float *layout);

#endif
