/*
 * graph/categories.h: puts what is known about the categories of points into their graph
 * (categorical_simplicial_set_intersection of umap-learn).
 */
#ifndef UF_CATEGORIES_H
#define UF_CATEGORIES_H

#include "base/context.h"
#include "base/types.h"

/* Makes pairs of different categories less similar, the more so the larger the weight in [0, 1].
 * Category codes of the rows and of their neighbors; negative where unknown. O(edges). */
uf_status uf_categorical_intersection(uf_context *ctx, uf_graph *graph, const int *category,
                                      const int *neighbor_category, double weight);

#endif
