/*
 * umap.c: runs UMAP (McInnes, Healy, Melville 2018, algorithm 1), stage after stage.
 */
#include "arith/arith.h"

#include "umap.h"

#include "data/duplicates.h"

/* Points are not needed for the optimization. uf_predict() needs them, and hashes by which it finds
 * duplicates of new rows. */
static uf_status keep_points(uf_context *ctx, uf_data_block *block, int are_kept) {
  uf_status status = UF_OK;
  if (!are_kept) uf_points_free(&block->points);
  if (block->points.n == 0) return UF_OK;
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

  uf_phase(ctx, "initialization");
  if (!result->layout) {
    UF_NEW(ctx, result->layout, (int64_t)graph->n * d);
  }
  UF_TRY(uf_coarsen(ctx, graph, options->seed, &hierarchy));
  const uf_points *points = blocks[0].points.n ? &blocks[0].points : NULL;
  const uf_init_options init = {.method = options->init, .d = d, .seed = options->seed};
  UF_TRY(uf_initial_layout(ctx, &hierarchy, points, &init, result->layout));
  for (int b = 0; b < n_blocks; b++) UF_TRY(keep_points(ctx, &blocks[b], options->keep_points));

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
