#include "arith/arith.h"

#include "model/data_block.h"

#include "base/memory.h"
#include "graph/categories.h"
#include "graph/fuzzy_union.h"
#include "graph/graph.h"
#include "graph/local_connectivity.h"
#include "graph/set_ops.h"
#include "neighbors/table.h"

uf_status uf_data_block_prepare(uf_context *ctx, uf_data_block *block) {
  uf_status status = UF_OK;
  if (block->kind != UF_BLOCK_COLUMNS) return UF_OK;
  uf_phase(ctx, "data");
  UF_TRY(uf_preparation_make(ctx, block->columns, &block->metric, &block->preparation));
  UF_TRY(uf_points_prepare(ctx, block->columns, &block->preparation, &block->points));
done:
  return status;
}

/* Finds the neighbors of the points unless they are given. */
static uf_status find_neighbors(uf_context *ctx, uf_data_block *block, uint64_t seed) {
  uf_status status = UF_OK;
  if (block->points.n == 0) {
    UF_TRY(uf_data_block_prepare(ctx, block));
  }
  if (!block->neighbors.index) {
    uf_search_options search = {.k = block->n_neighbors,
                                .method = block->neighbor_method,
                                .target_recall = block->target_recall,
                                .seed = seed,
                                .ignores_copies = block->is_distinct};
    UF_TRY(
        uf_nearest_neighbors(ctx, &block->points, &search, &block->neighbors, &block->used_method));
    block->unit = block->points.unit;
  }
done:
  return status;
}

/* Computes neighbors, local scale and fuzzy graph of the block by itself. */
static uf_status make_graph(uf_context *ctx, uf_data_block *block, uf_fuzzy_options options,
                            uint64_t seed, uf_graph *graph) {
  uf_status status = UF_OK;
  const uf_neighbors *neighbors = &block->neighbors;
  if (block->kind == UF_BLOCK_COLUMNS) {
    UF_TRY(find_neighbors(ctx, block, seed));
  }
  uf_phase(ctx, "fuzzy graph");
  options.max_distance = block->max_distance / block->unit;
  UF_NEW(ctx, block->rho, neighbors->n);
  UF_NEW(ctx, block->sigma, neighbors->n);
  UF_TRY(uf_smooth_knn(ctx, neighbors, &options, block->rho, block->sigma));
  UF_TRY(uf_fuzzy_graph(ctx, neighbors, block->rho, block->sigma, &options, graph));
done:
  return status;
}

uf_status uf_data_block_join(uf_context *ctx, uf_data_block *block, const uf_fuzzy_options *options,
                             uint64_t seed, uf_graph *graph) {
  uf_status status = UF_OK;
  uf_graph own = {0}, both = {0};
  int is_first = !graph->start;
  if (is_first && block->kind == UF_BLOCK_CATEGORIES)
    return uf_fail(ctx, UF_BAD_INPUT, "must hold more than categories");
  if (is_first && block->kind == UF_BLOCK_GRAPH) {
    *graph = block->graph;
    block->graph = (uf_graph){0};
    return UF_OK;
  }
  if (is_first) return make_graph(ctx, block, *options, seed, graph);
  if (block->kind == UF_BLOCK_CATEGORIES) {
    const int *category = block->distinct_category ? block->distinct_category : block->category;
    UF_TRY(uf_categorical_intersection(ctx, graph, category, category, block->weight));
  } else {
    UF_TRY(make_graph(ctx, block, *options, seed, &own));
    const uf_intersection intersection = {.weight = block->weight, .is_target = block->is_target};
    UF_TRY(uf_intersect_graphs(ctx, graph, &own, &intersection, &both));
    uf_graph_free(graph);
    *graph = both;
  }
  UF_TRY(uf_reset_local_connectivity(ctx, graph));
done:
  uf_graph_free(&own);
  return status;
}

void uf_data_block_free(uf_data_block *block) {
  uf_free(block->hash);
  uf_free(block->distinct_category);
  uf_graph_free(&block->graph);
  uf_preparation_free(&block->preparation);
  uf_points_free(&block->points);
  uf_neighbors_free(&block->neighbors);
  uf_free(block->rho);
  uf_free(block->sigma);
  *block = (uf_data_block){0};
}
