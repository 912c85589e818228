/*
 * umap.c: UMAP (McInnes, Healy, Melville 2018, algorithm 1), stage after stage.
 */
#include "arith.h"

#include "umap.h"

uf_status uf_initial_layout(uf_context *ctx, const uf_graph *graph, const uf_points *points,
                            uf_init_method method, int d, uint64_t seed, float *layout) {
  uf_phase(ctx, "start");
  switch (method) {
  case UF_INIT_SPECTRAL: return uf_init_spectral(ctx, graph, points, d, seed, layout);
  case UF_INIT_PCA: return uf_init_pca(ctx, points, d, seed, layout);
  case UF_INIT_RANDOM: return uf_init_random(ctx, graph->n, d, seed, layout);
  default: return UF_OK;
  }
}

uf_status uf_umap(uf_context *ctx, const uf_columns *data, const uf_umap_options *options,
                  uf_umap_result *result) {
  uf_status status = UF_OK;
  uf_points points = {0};
  uf_neighbors *neighbors = &result->neighbors;
  int d = options->n_components;

  uf_phase(ctx, "data");
  if (data) UF_TRY(uf_points_make(ctx, data, options->metric, &points));
  if (!neighbors->index) {
    UF_TRY(uf_nearest_neighbors(ctx, &points, options->n_neighbors, options->neighbor_method,
                                options->seed, neighbors, &result->neighbor_method));
    result->unit = points.unit;
  } else if (result->unit == 0) {
    result->unit = 1;
  }
  int n = neighbors->n;

  uf_phase(ctx, "fuzzy graph");
  UF_NEW(ctx, result->rho, n);
  UF_NEW(ctx, result->sigma, n);
  UF_TRY(uf_smooth_knn(ctx, neighbors, &options->fuzzy, result->rho, result->sigma));
  UF_TRY(
      uf_fuzzy_graph(ctx, neighbors, result->rho, result->sigma, &options->fuzzy, &result->graph));

  if (!result->layout) UF_NEW(ctx, result->layout, (int64_t)n * d);
  UF_TRY(uf_initial_layout(ctx, &result->graph, data ? &points : NULL, options->init, d,
                           options->seed, result->layout));
  uf_points_free(&points);
  UF_TRY(uf_layout_optimize(ctx, &result->graph, d, &options->layout, NULL, result->layout));
done:
  uf_points_free(&points);
  return status;
}

void uf_umap_free(uf_umap_result *result) {
  uf_neighbors_free(&result->neighbors);
  uf_free(result->rho);
  uf_free(result->sigma);
  uf_graph_free(&result->graph);
  uf_free(result->layout);
  *result = (uf_umap_result){0};
}
