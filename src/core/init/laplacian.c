/*
 * init/laplacian.c: Laplacian eigenmaps (Belkin and Niyogi 2003; McInnes, Healy, Melville 2018,
 * algorithm 4) of one level of a hierarchy.
 *
 * The coordinates are the smoothest functions y on the graph, which minimize
 *
 *   Σ_ij w_ij (y_i - y_j)²   subject to   Σ_i degree_i y_i² = 1   and orthogonality:
 *
 * y = D^-½ v with the eigenvectors v of I - D^-½ W D^-½ of the smallest values (init/chebyshev.h).
 * Each of several components has a constant eigenvector of value 0, which says nothing about shape;
 * so each is embedded by itself, and then they are placed next to each other.
 *
 * On coarse levels an aggregate has an edge to itself, the sum of all edges inside it.
 */
#include "arith/arith.h"

#include "init/init.h"

#include "base/memory.h"
#include "base/random.h"
#include "graph/components.h"
#include "graph/graph.h"
#include "init/chebyshev.h"
#include "init/place_components.h"

/* A connected graph of more than d + 1 vertices. layout: n × d, scaled to the cube. */
static uf_status embed_connected(uf_context *ctx, const uf_graph *graph, const float *degree, int d,
                                 uint64_t seed, float *layout) {
  uf_status status = uf_smoothest_functions(ctx, graph, degree, d, seed, layout);
  if (status) return status;
  uf_init_scale(graph->n, d, seed, layout);
  return UF_OK;
}

/* ---- components ---- */

/* A component as a graph of its own, and what it is cut from. */
typedef struct part {
  const uf_level *level;
  const int *member; /* size */
  int size;
  int *place; /* n of the level: where a vertex stands in `member` */
  uf_graph graph;
  float *degree; /* size */
} part;

/* Vertices are numbered by their place in `member`. */
static uf_status extract(uf_context *ctx, part *part) {
  uf_status status = UF_OK;
  const uf_graph *graph = &part->level->graph;
  int64_t n_edges = 0, at = 0;
  UF_NEW(ctx, part->degree, part->size);
  for (int m = 0; m < part->size; m++) {
    int vertex = part->member[m];
    part->place[vertex] = m;
    part->degree[m] = part->level->degree[vertex];
    n_edges += graph->start[vertex + 1] - graph->start[vertex];
  }
  UF_TRY(uf_graph_alloc(ctx, part->size, n_edges, &part->graph));
  for (int m = 0; m < part->size; m++) {
    int vertex = part->member[m];
    for (int64_t e = graph->start[vertex]; e < graph->start[vertex + 1]; e++, at++) {
      part->graph.neighbor[at] = part->place[graph->neighbor[e]];
      part->graph.weight[at] = graph->weight[e];
    }
    part->graph.start[m + 1] = at;
  }
done:
  return status;
}

/* Embeds a part by itself, and puts its rows where they belong. Too small ones have no
 * eigenvectors: they are drawn at random by `key`. */
static uf_status embed_part(uf_context *ctx, part *part, int d, uint64_t seed, uint64_t key,
                            float *layout) {
  uf_status status = UF_OK;
  size_t row = sizeof *layout * (size_t)d;
  float *own = NULL; /* size × d */
  UF_NEW(ctx, own, (int64_t)part->size * d);
  if (part->size > d + 1) {
    UF_TRY(extract(ctx, part));
    UF_TRY(embed_connected(ctx, &part->graph, part->degree, d, seed, own));
  } else if (part->size > 1) {
    UF_TRY(uf_init_random(ctx, part->size, d, key, own));
  } else {
    memset(own, 0, row);
  }
  for (int m = 0; m < part->size; m++)
    memcpy(layout + (size_t)part->member[m] * (size_t)d, own + (size_t)m * (size_t)d, row);
done:
  uf_graph_free(&part->graph);
  uf_free(part->degree);
  uf_free(own);
  return status;
}

uf_status uf_init_laplacian(uf_context *ctx, const uf_hierarchy *hierarchy, int level,
                            const uf_points *points, int d, uint64_t seed, float *layout) {
  uf_status status = UF_OK;
  const uf_level *here = &hierarchy->level[level];
  int n = here->graph.n, *place = NULL;
  uf_components components = {0};
  UF_TRY(uf_components_find(ctx, &here->graph, &components));
  if (components.count == 1 && n > d + 1) {
    UF_TRY(embed_connected(ctx, &here->graph, here->degree, d, seed, layout));
    goto done;
  }
  UF_NEW(ctx, place, n);
  for (int c = 0; c < components.count; c++) {
    part part = {.level = here,
                 .member = components.member + components.start[c],
                 .size = uf_component_size(&components, c),
                 .place = place};
    UF_TRY(
        embed_part(ctx, &part, d, seed, uf_key(seed, UF_STAGE_SPECTRAL, (uint64_t)c, 1), layout));
  }
  if (components.count > 1) {
    const uf_placement placement = {
        .hierarchy = hierarchy, .level = level, .components = &components, .points = points};
    UF_TRY(uf_place_components(ctx, &placement, d, seed, layout));
  }
  uf_init_scale(n, d, seed, layout);
done:
  uf_components_free(&components);
  uf_free(place);
  return status;
}
