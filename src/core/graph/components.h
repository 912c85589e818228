/*
 * graph/components.h: the connected components of a graph.
 */
#ifndef UF_COMPONENTS_H
#define UF_COMPONENTS_H

#include "base/context.h"
#include "base/types.h"

typedef struct uf_components {
  int n;
  int count;
  int *component; /* n: in 0 … count - 1, numbered by their first vertex */
  int64_t *start; /* count + 1: where a component begins in `member` */
  int *member;    /* n, ascending within each component */
} uf_components;

uf_status uf_components_find(uf_context *ctx, const uf_graph *graph, uf_components *components);
void uf_components_free(uf_components *components);

static inline int uf_component_size(const uf_components *components, int component) {
  return (int)(components->start[component + 1] - components->start[component]);
}

#endif
