/*
 * graph/components.c: finds connected components by breadth-first search. O(n + edges).
 */
#include "arith/arith.h"

#include "graph/components.h"

#include "base/csr_build.h"
#include "base/memory.h"

/* Labels all vertices that can be reached from `first`; returns how many there are. */
static int flood(const uf_graph *graph, int first, int label, int *component, int *queue) {
  int head = 0, tail = 0;
  component[first] = label;
  queue[tail++] = first;
  while (head < tail) {
    int i = queue[head++];
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      if (component[graph->neighbor[e]] < 0) {
        component[graph->neighbor[e]] = label;
        queue[tail++] = graph->neighbor[e];
      }
  }
  return tail;
}

uf_status uf_components_find(uf_context *ctx, const uf_graph *graph, uf_components *components) {
  uf_status status = UF_OK;
  int n = graph->n;
  *components = (uf_components){.n = n};
  UF_NEW(ctx, components->component, n);
  UF_NEW_ZERO(ctx, components->start, (int64_t)n + 1);
  UF_NEW(ctx, components->member, n); /* the queue first */
  for (int i = 0; i < n; i++) components->component[i] = -1;
  for (int i = 0; i < n; i++) {
    if (components->component[i] >= 0) continue;
    int label = components->count++;
    components->start[label + 1] =
        flood(graph, i, label, components->component, components->member);
    UF_TRY(uf_poll(ctx, (double)i / n));
  }
  uf_csr_starts(components->count, components->start);
  for (int i = 0; i < n; i++) components->member[components->start[components->component[i]]++] = i;
  uf_csr_rewind(components->count, components->start);
done:
  if (status) uf_components_free(components);
  return status;
}

void uf_components_free(uf_components *components) {
  uf_free(components->component);
  uf_free(components->start);
  uf_free(components->member);
  *components = (uf_components){0};
}
