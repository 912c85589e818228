/*
 * init/pca.c: principal components as initialization: linalg/pca.h, scaled to the cube.
 */
#include "arith/arith.h"

#include "init/init.h"
#include "linalg/pca.h"

uf_status uf_init_pca(uf_context *ctx, const uf_points *points, int d, uint64_t seed,
                      float *layout) {
  if (!points || points->d < d)
    return uf_fail(ctx, UF_BAD_INPUT, "needs at least %d columns for %d principal components", d,
                   d);
  uf_status status = uf_principal_scores(ctx, points, d, seed, layout);
  if (status) return status;
  uf_init_scale(points->n, d, seed, layout);
  return UF_OK;
}
