/*
 * neighbors/beam.h: finds neighbors of queries along the links of a search graph.
 */
#ifndef UF_BEAM_H
#define UF_BEAM_H

#include "neighbors/search_graph.h"

/* Finds the k points nearest to each query, -1 where fewer are in reach. leaders: the leaders with
 * which each query begins besides the entries, by their place in graph->leaders; NULL where there
 * are none. */
uf_status uf_beam_search(uf_context *ctx, const uf_search_graph *graph, const uf_points *queries,
                         const uf_neighbors *leaders, int k, uf_neighbors *found);

#endif
