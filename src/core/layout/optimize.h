/*
 * layout/optimize.h: moves the vertices until the similarities 1 / (1 + a d^2b) of the layout
 * resemble the graph's (McInnes, Healy, Melville 2018, section 3.2, algorithm 5).
 *
 *   batch  all forces of an epoch, then one step of Adam; parallel            layout/multilevel.c
 *   sgd    edges one by one, sampled by weight, as in umap-learn; serial      layout/sgd.c
 *   full   every edge in every epoch, at a constant learning rate; serial     layout/full.c
 */
#ifndef UF_OPTIMIZE_H
#define UF_OPTIMIZE_H

#include "layout/observe.h"
#include "layout/options.h"

/* layout (n × d): the initial layout when called, the result when done. observer may be NULL. */
uf_status uf_layout_optimize(uf_context *ctx, const uf_layout_problem *problem,
                             const uf_layout_options *options, uf_observer *observer,
                             float *layout);

#endif
