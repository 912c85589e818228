/*
 * layout/sgd.h: the reference optimizer; layout: n × d, improved in place.
 */
#ifndef UF_SGD_H
#define UF_SGD_H

#include "layout/observe.h"

uf_status uf_layout_sgd(uf_context *ctx, const uf_layout_problem *problem,
                        const uf_layout_options *options, uf_observer *observer, float *layout);

#endif
