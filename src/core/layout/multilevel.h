/*
 * layout/multilevel.h: runs the batch optimizer from coarse to fine; layout: n × d, improved in
 * place. The problem has its hierarchy.
 */
#ifndef UF_MULTILEVEL_H
#define UF_MULTILEVEL_H

#include "layout/observe.h"

uf_status uf_layout_multilevel(uf_context *ctx, const uf_layout_problem *problem,
                               const uf_layout_options *options, uf_observer *observer,
                               float *layout);

#endif
