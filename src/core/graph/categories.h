/*
 * graph/categories.h: puts what is known about the categories of points into their graph
 * (categorical_simplicial_set_intersection of umap-learn).
 *
 * With v = w / (1 - w), the relative weight of the categories, a similarity is multiplied by
 *
 *   1               if both points are of one category,
 *   e^(-5 v)        if they are of different categories: 1 at w = 0, e⁻⁵ at ½, 0 at 1,
 *   e^(-min(v, 1))  if one category is unknown: never 0, or such points would lose all neighbors.
 *
 * At w = ½ these are umap-learn's. There e^(-2.5 / (1 - w)) stands for different categories, which
 * separates them at w = 0, too.
 */
#ifndef UF_CATEGORIES_H
#define UF_CATEGORIES_H

#include "base/context.h"
#include "base/types.h"

/* Makes pairs of different categories less similar, the more so the larger the weight in [0, 1].
 * Category codes of the rows and of their neighbors; negative where unknown. O(edges). */
uf_status uf_categorical_intersection(uf_context *ctx, uf_graph *graph, const int *category,
                                      const int *neighbor_category, double weight);

/* Returns the factor of pairs of which one point is unknown. */
float uf_factor_of_unknown(double weight);

#endif
