/*
 * glue/entry_points.h: the entry points that R calls; init.c registers them.
 */
#ifndef UNFURL_R_STAGES_H
#define UNFURL_R_STAGES_H

#define R_NO_REMAP
#include <Rinternals.h>

SEXP unfurl_nearest_neighbors(SEXP x, SEXP k, SEXP metric, SEXP method, SEXP target_recall,
                              SEXP seed, SEXP settings);
SEXP unfurl_query_neighbors(SEXP x, SEXP query, SEXP idx, SEXP k, SEXP metric, SEXP method,
                            SEXP seed, SEXP settings);
SEXP unfurl_neighbor_recall(SEXP x, SEXP idx, SEXP dist, SEXP rows, SEXP metric, SEXP settings);
SEXP unfurl_smooth_knn(SEXP idx, SEXP dist, SEXP local_connectivity, SEXP bandwidth,
                       SEXP max_distance, SEXP settings);
SEXP unfurl_fuzzy_graph(SEXP idx, SEXP dist, SEXP rho, SEXP sigma, SEXP set_op_mix_ratio,
                        SEXP max_distance, SEXP settings);
SEXP unfurl_fit_curve(SEXP min_dist, SEXP spread);
SEXP unfurl_initial_layout(SEXP row, SEXP col, SEXP similarity, SEXP n, SEXP x, SEXP metric,
                           SEXP init, SEXP n_components, SEXP seed, SEXP settings);
SEXP unfurl_optimize_layout(SEXP row, SEXP col, SEXP similarity, SEXP init, SEXP options,
                            SEXP observer, SEXP settings);
SEXP unfurl_layout_loss(SEXP row, SEXP col, SEXP similarity, SEXP layout, SEXP options,
                        SEXP settings);
SEXP unfurl_quality(SEXP x, SEXP layout, SEXP labels, SEXP k, SEXP k_label, SEXP rows, SEXP metric,
                    SEXP settings);
SEXP unfurl_graph_components(SEXP row, SEXP col, SEXP similarity, SEXP n, SEXP settings);
SEXP unfurl_make_transform(SEXP x, SEXP scaling, SEXP n_directions, SEXP seed, SEXP settings);
SEXP unfurl_apply_transform(SEXP x, SEXP transform, SEXP settings);
SEXP unfurl_join_views(SEXP graph, SEXP n, SEXP views, SEXP options, SEXP seed, SEXP settings);
SEXP unfurl_intersect_graphs(SEXP graphs, SEXP n, SEXP weight, SEXP settings);
SEXP unfurl_predict(SEXP views, SEXP n_new, SEXP layout, SEXP options, SEXP settings);
SEXP unfurl_umap(SEXP views, SEXP init, SEXP options, SEXP observer, SEXP settings);
SEXP unfurl_processors(void);

#endif
