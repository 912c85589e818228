/*
 * layout/full.h: descends the loss without shortcuts; layout: n × d, improved in place.
 */
#ifndef UF_FULL_H
#define UF_FULL_H

#include "layout/observe.h"

uf_status uf_layout_full(uf_context *ctx, const uf_layout_problem *problem,
                         const uf_layout_options *options, uf_observer *observer, float *layout);

#endif
