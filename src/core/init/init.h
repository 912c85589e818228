/*
 * init/init.h: where the vertices start (McInnes, Healy, Melville 2018, section 3.2 and algorithm 4).
 * All layouts are n × d by rows.
 */
#ifndef UF_INIT_H
#define UF_INIT_H

#include "graph/hierarchy.h"
#include "data/points.h"
#include "base/types.h"

/* Half the side of the square that starts fill. */
static const float uf_init_extent = 10.0f;

/*
 * Eigenvectors 2 … d + 1 of the normalized Laplacian I - D^-½ W D^-½ on one level, times D^-½. Each
 * connected component is embedded by itself; they are placed beside each other by
 * uf_place_components(). `points` may be NULL.
 */
uf_status uf_init_laplacian(uf_context *ctx, const uf_hierarchy *hierarchy, int level,
                            const uf_points *points, int d, uint64_t seed, float *layout);

/* The same of the coarsest level, interpolated. */
uf_status uf_init_spectral(uf_context *ctx, const uf_hierarchy *hierarchy, const uf_points *points,
                           int d, uint64_t seed, float *layout);

/* The first d principal components of the points; d <= points->d. */
uf_status uf_init_pca(uf_context *ctx, const uf_points *points, int d, uint64_t seed,
                      float *layout);

/* Uniform in the cube. */
uf_status uf_init_random(uf_context *ctx, int n, int d, uint64_t seed, float *layout);

/* Scales so that the largest coordinate is uf_init_extent, and jitters a little, for no two vertices
 * should coincide. */
void uf_init_scale(int n, int d, uint64_t seed, float *layout);

/* Connected components. component[i] in 0 … count - 1, numbered by their first vertex. */
typedef struct uf_components {
  int n;
  int count;
  int *component; /* n */
  int *start;     /* count + 1: where a component begins in `member` */
  int *member;    /* n, ascending within each component */
} uf_components;

uf_status uf_components_find(uf_context *ctx, const uf_graph *graph, uf_components *components);
void uf_components_free(uf_components *components);

/*
 * Moves the components of a level, each of which fills the cube around the origin, to places of
 * their own: up to 2d of them on the axes, more of them at the principal components of their mean
 * points, or at random without points. Each shrinks to half the distance to the nearest other; one
 * that is most of the graph, to no less than its share of half the cube.
 */
uf_status uf_place_components(uf_context *ctx, const uf_hierarchy *hierarchy, int level,
                              const uf_components *components, const uf_points *points, int d,
                              uint64_t seed, float *layout);

#endif
