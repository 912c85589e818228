#include "arith/arith.h"

#include "model/data_block.h"

#include "base/memory.h"
#include "graph/categories.h"
#include "graph/fuzzy_union.h"
#include "graph/graph.h"
#include "graph/local_connectivity.h"
#include "graph/set_ops.h"
#include "neighbors/table.h"

/* Neighbors, local scale and fuzzy graph of the view by itself. */
static uf_status view_graph(uf_context *ctx, uf_data_block *view, uf_fuzzy_options options,
                            uint64_t seed, uf_graph *graph) {
  uf_status status = UF_OK;
  uf_neighbors *neighbors = &view->neighbors;
  uf_phase(ctx, "data");
  if (view->columns) {
    UF_TRY(uf_preparation_make(ctx, view->columns, &view->metric, &view->preparation));
    UF_TRY(uf_points_prepare(ctx, view->columns, &view->preparation, &view->points));
  }
  if (!neighbors->index) {
    UF_TRY(uf_nearest_neighbors(ctx, &view->points, view->n_neighbors, view->neighbor_method,
                                view->target_recall, seed, neighbors, &view->used_method));
    view->unit = view->points.unit;
  }
  uf_phase(ctx, "fuzzy graph");
  options.max_distance = view->max_distance / view->unit;
  UF_NEW(ctx, view->rho, neighbors->n);
  UF_NEW(ctx, view->sigma, neighbors->n);
  UF_TRY(uf_smooth_knn(ctx, neighbors, &options, view->rho, view->sigma));
  UF_TRY(uf_fuzzy_graph(ctx, neighbors, view->rho, view->sigma, &options, graph));
done:
  return status;
}

uf_status uf_data_block_join(uf_context *ctx, uf_data_block *view, const uf_fuzzy_options *options,
                             uint64_t seed, uf_graph *graph) {
  uf_status status = UF_OK;
  uf_graph own = {0}, both = {0};
  if (!graph->start && view->category)
    return uf_fail(ctx, UF_BAD_INPUT, "must be more than categories");
  if (!graph->start) return view_graph(ctx, view, *options, seed, graph);
  if (view->category) {
    UF_TRY(uf_categorical_intersection(ctx, graph, view->category, view->category, view->weight));
  } else {
    UF_TRY(view_graph(ctx, view, *options, seed, &own));
    UF_TRY(uf_intersect_graphs(ctx, graph, &own, view->weight, 0, &both));
    uf_graph_free(graph);
    *graph = both;
  }
  UF_TRY(uf_reset_local_connectivity(ctx, graph));
done:
  uf_graph_free(&own);
  return status;
}

void uf_data_block_free(uf_data_block *view) {
  uf_free(view->hash);
  view->hash = NULL;
  uf_preparation_free(&view->preparation);
  uf_points_free(&view->points);
  uf_neighbors_free(&view->neighbors);
  uf_free(view->rho);
  uf_free(view->sigma);
  view->rho = view->sigma = NULL;
}
