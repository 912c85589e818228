/*
 * init/place_components.h: places the connected components of a graph.
 */
#ifndef UF_PLACE_COMPONENTS_H
#define UF_PLACE_COMPONENTS_H

#include "data/points.h"
#include "graph/components.h"
#include "graph/hierarchy.h"

/* Components of the graph of one level, and the data of the finest one. */
typedef struct uf_placement {
  const uf_hierarchy *hierarchy;
  int level;
  const uf_components *components;
  const uf_points *points; /* or NULL */
} uf_placement;

/*
 * Moves the components of a level, each of which fills the cube around the origin, to places of
 * their own: up to 2d of them on the axes, more of them at the principal components of their mean
 * points, or at random without points. Each shrinks to half the distance to the nearest other one;
 * a component that is most of the graph, to no less than its share of half the cube. layout: n × d
 * by rows.
 */
uf_status uf_place_components(uf_context *ctx, const uf_placement *placement, int d, uint64_t seed,
                              float *layout);

#endif
