#include "arith/arith.h"

#include "init/init.h"

uf_status uf_initial_layout(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                            const uf_init_options *options, float *layout) {
  int n = hierarchy->level[0].graph.n, d = options->d;
  uint64_t seed = options->seed;
  switch (options->method) {
  case UF_INIT_SPECTRAL: return uf_init_spectral(ctx, hierarchy, points, d, seed, layout);
  case UF_INIT_LAPLACIAN: return uf_init_laplacian(ctx, hierarchy, 0, points, d, seed, layout);
  case UF_INIT_PCA: return uf_init_pca(ctx, points, d, seed, layout);
  case UF_INIT_RANDOM: return uf_init_random(ctx, n, d, seed, layout);
  default: return UF_OK;
  }
}
