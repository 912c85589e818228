/*
 * umap.c: UMAP (McInnes, Healy, Melville 2018, algorithm 1), stage after stage.
 */
#include "arith/arith.h"

#include "umap.h"

#include "data/duplicates.h"

uf_status uf_initial_layout(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                            uf_init_method method, int d, uint64_t seed, float *layout) {
  int n = hierarchy->level[0].graph.n;
  switch (method) {
  case UF_INIT_SPECTRAL: return uf_init_spectral(ctx, hierarchy, points, d, seed, layout);
  case UF_INIT_LAPLACIAN: return uf_init_laplacian(ctx, hierarchy, 0, points, d, seed, layout);
  case UF_INIT_PCA: return uf_init_pca(ctx, points, d, seed, layout);
  case UF_INIT_RANDOM: return uf_init_random(ctx, n, d, seed, layout);
  default: return UF_OK;
  }
}

/* So that uf_predict() finds duplicates of the rows. */
static uf_status hash_rows(uf_context *ctx, uf_data_block *block) {
  uf_status status = UF_OK;
  UF_NEW(ctx, block->hash, block->points.n);
  UF_TRY(uf_hash_rows(ctx, &block->points, block->hash));
done:
  return status;
}

uf_status uf_umap(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                  const uf_umap_options *options, uf_observer *observer, uf_umap_result *result) {
  uf_status status = UF_OK;
  uf_graph *graph = &result->graph;
  uf_hierarchy hierarchy = {0};
  int d = options->n_components;

  for (int b = 0; b < n_blocks; b++)
    UF_TRY(uf_data_block_join(ctx, &blocks[b], &options->fuzzy, options->seed, graph));
  uf_warn_of_isolated_vertices(ctx, graph);

  const uf_points *points = blocks[0].points.n ? &blocks[0].points : NULL;
  if (!result->layout) {
    UF_NEW(ctx, result->layout, (int64_t)graph->n * d);
  }
  uf_phase(ctx, "initialization");
  UF_TRY(uf_coarsen(ctx, graph, options->seed, &hierarchy));
  UF_TRY(
      uf_initial_layout(ctx, &hierarchy, points, options->init, d, options->seed, result->layout));
  for (int b = 0; b < n_blocks; b++)
    if (!options->keep_points) {
      uf_points_free(&blocks[b].points);
    } else if (blocks[b].points.n) {
      UF_TRY(hash_rows(ctx, &blocks[b]));
    }
  const uf_layout_problem problem = {
      .graph = graph, .hierarchy = &hierarchy, .d = d, .seed = options->seed};
  UF_TRY(uf_layout_optimize(ctx, &problem, &options->layout, observer, result->layout));
done:
  uf_hierarchy_free(&hierarchy);
  return status;
}

void uf_umap_free(uf_umap_result *result) {
  uf_graph_free(&result->graph);
  uf_free(result->layout);
  *result = (uf_umap_result){0};
}
