/*
 * umap.c: UMAP (McInnes, Healy, Melville 2018, algorithm 1), stage after stage.
 */
#include "arith/arith.h"

#include "umap.h"

#include "data/duplicates.h"

uf_status uf_initial_layout(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                            uf_init_method method, int d, uint64_t seed, float *layout) {
  int n = hierarchy->level[0].graph.n;
  uf_phase(ctx, "start");
  switch (method) {
  case UF_INIT_SPECTRAL: return uf_init_spectral(ctx, hierarchy, points, d, seed, layout);
  case UF_INIT_LAPLACIAN: return uf_init_laplacian(ctx, hierarchy, 0, points, d, seed, layout);
  case UF_INIT_PCA: return uf_init_pca(ctx, points, d, seed, layout);
  case UF_INIT_RANDOM: return uf_init_random(ctx, n, d, seed, layout);
  default: return UF_OK;
  }
}

/* Tells the rows by hashes, for uf_predict(). */
static uf_status hash_view(uf_context *ctx, uf_data_block *view) {
  uf_status status = UF_OK;
  UF_NEW(ctx, view->hash, view->points.n);
  UF_TRY(uf_hash_rows(ctx, &view->points, view->hash));
done:
  return status;
}

uf_status uf_umap(uf_context *ctx, uf_data_block *views, int n_data_blocks,
                  const uf_umap_options *options, uf_observer *observer, uf_umap_result *result) {
  uf_status status = UF_OK;
  uf_graph *graph = &result->graph;
  uf_hierarchy hierarchy = {0};
  int d = options->n_components;

  for (int v = 0; v < n_data_blocks; v++)
    UF_TRY(uf_data_block_join(ctx, &views[v], &options->fuzzy, options->seed, graph));
  uf_warn_of_isolated_vertices(ctx, graph);

  const uf_points *points = views[0].points.n ? &views[0].points : NULL;
  if (!result->layout) UF_NEW(ctx, result->layout, (int64_t)graph->n * d);
  uf_phase(ctx, "start");
  UF_TRY(uf_coarsen(ctx, graph, options->seed, &hierarchy));
  UF_TRY(
      uf_initial_layout(ctx, &hierarchy, points, options->init, d, options->seed, result->layout));
  for (int v = 0; v < n_data_blocks; v++)
    if (!options->keep_points)
      uf_points_free(&views[v].points);
    else if (views[v].points.n)
      UF_TRY(hash_view(ctx, &views[v]));
  UF_TRY(uf_layout_optimize(ctx, graph, &hierarchy, d, &options->layout, observer, result->layout));
done:
  uf_hierarchy_free(&hierarchy);
  return status;
}

void uf_umap_free(uf_umap_result *result) {
  uf_graph_free(&result->graph);
  uf_free(result->layout);
  *result = (uf_umap_result){0};
}
