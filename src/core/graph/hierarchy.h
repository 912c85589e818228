/*
 * graph/hierarchy.h: makes a hierarchy of ever smaller graphs with the coarse shape of the given
 * one. The spectral initialization is computed on the smallest, and the layout unfolds from there.
 */
#ifndef UF_HIERARCHY_H
#define UF_HIERARCHY_H

#include "base/context.h"
#include "base/types.h"

/*
 * One graph of the hierarchy, of n vertices. On the finest level they are the graph's own; on any
 * other they are aggregates of vertices of the next finer level. Rows of coarse graphs are in no
 * order.
 */
typedef struct uf_level {
  uf_graph graph; /* w_IJ: sum of all edges between the members of I and of J ≠ I */
  float *mass;    /* n: how many vertices of the finest level it is made of */
  float *degree;  /* n: sum of their degrees; edges that are inside now count too */
  int *parent;    /* n: its aggregate on the next coarser level; NULL on the coarsest */
  /* Members on the next finer level, ascending; vertex i has entries member_start[i] to
   * member_start[i + 1] - 1. NULL on the finest level. */
  int64_t *member_start; /* n + 1 */
  int *member;           /* vertices of the finer level */
} uf_level;

enum { UF_MOST_LEVELS = 32 };

typedef struct uf_hierarchy {
  int n_levels;
  uf_level level[UF_MOST_LEVELS]; /* from fine to coarse */
} uf_hierarchy;

/* The hierarchy borrows `graph`, which has to outlive it. Vertices without a path between them are
 * never in one aggregate. */
uf_status uf_coarsen(uf_context *ctx, const uf_graph *graph, uint64_t seed,
                     uf_hierarchy *hierarchy);
void uf_hierarchy_free(uf_hierarchy *hierarchy);

/* Returns the vertex of a level that a vertex of the finest level belongs to. */
static inline int uf_ancestor(const uf_hierarchy *hierarchy, int level, int vertex) {
  for (int l = 0; l < level; l++) vertex = hierarchy->level[l].parent[vertex];
  return vertex;
}

#endif
