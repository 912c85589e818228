/*
 * neighbors/search_graph.h: the graph along which queries find their neighbors, and where they
 * enter it.
 */
#ifndef UF_SEARCH_GRAPH_H
#define UF_SEARCH_GRAPH_H

#include "data/duplicates.h"

typedef struct uf_search_graph {
  const uf_points *points; /* n */
  int n, degree;
  int *neighbor; /* n × degree: what a row is linked to, then -1 */
  int n_entries;
  int *entries; /* n_entries: rows that every query begins with */
  int n_leaders;
  int *leaders;     /* n_leaders: a query begins with the nearest of these rows */
  uf_copies copies; /* of all rows, where the graph has fallen apart; else empty */
} uf_search_graph;

/* Makes the graph from a table of neighbors of the points; only indices are read. */
uf_status uf_search_graph_make(uf_context *ctx, const uf_points *points,
                               const uf_neighbors *neighbors, uf_search_graph *graph);
/* Every `every`-th row becomes a leader too. */
uf_status uf_search_graph_add_leaders(uf_context *ctx, int every, uf_search_graph *graph);
void uf_search_graph_free(uf_search_graph *graph);

static inline const int *uf_links_of(const uf_search_graph *graph, int row) {
  return graph->neighbor + (size_t)row * (size_t)graph->degree;
}

static inline int uf_count_links(const uf_search_graph *graph, const int *links) {
  int count = 0;
  while (count < graph->degree && links[count] >= 0) count++;
  return count;
}

#endif
