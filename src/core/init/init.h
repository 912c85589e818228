/*
 * init/init.h: initial layouts (McInnes, Healy, Melville 2018, section 3.2 and algorithm 4). All
 * layouts are n × d by rows.
 */
#ifndef UF_INIT_H
#define UF_INIT_H

#include "base/types.h"
#include "data/points.h"
#include "graph/hierarchy.h"

typedef enum uf_init_method {
  UF_INIT_SPECTRAL,
  UF_INIT_LAPLACIAN,
  UF_INIT_PCA,
  UF_INIT_RANDOM,
  UF_INIT_GIVEN /* the layout is the caller's, and stays as it is */
} uf_init_method;

typedef struct uf_init_options {
  uf_init_method method;
  int d;
  uint64_t seed;
} uf_init_options;

/* layout: n × d, for the graph on the finest level. The caller names the phase. `points` may be
 * NULL except for UF_INIT_PCA. */
uf_status uf_initial_layout(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                            const uf_init_options *options, float *layout);

/* Half the side of the cube that initial layouts fill. */
static const float uf_init_extent = 10.0f;

/*
 * Eigenvectors 2 … d + 1 of the normalized Laplacian I - D^-½ W D^-½ on one level, times D^-½. Each
 * connected component is embedded by itself; they are placed next to each other by
 * init/place_components.h. `points` may be NULL.
 */
uf_status uf_init_laplacian(uf_context *ctx, const uf_hierarchy *hierarchy, int level,
                            const uf_points *points, int d, uint64_t seed, float *layout);

/* The spectral layout of the coarsest level, interpolated to the finest. */
uf_status uf_init_spectral(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                           int d, uint64_t seed, float *layout);

/* The first d principal components of the points; d <= points->d. */
uf_status uf_init_pca(uf_context *ctx, const uf_points *points, int d, uint64_t seed,
                      float *layout);

/* Uniform in the cube. */
uf_status uf_init_random(uf_context *ctx, int n, int d, uint64_t seed, float *layout);

/* Scales so that the largest coordinate is uf_init_extent, and jitters a little, so that no two
 * vertices coincide. */
void uf_init_scale(int n, int d, uint64_t seed, float *layout);

#endif
