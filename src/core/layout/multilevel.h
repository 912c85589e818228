/*
 * layout/multilevel.h: the batch optimizer, from coarse to fine; layout: n × d of the finest level,
 * improved in place.
 */
#ifndef UF_MULTILEVEL_H
#define UF_MULTILEVEL_H

#include "graph/hierarchy.h"
#include "layout/observe.h"

uf_status uf_layout_multilevel(uf_context *ctx, const uf_hierarchy *hierarchy, int d,
                               const uf_layout_options *options, uf_observer *observer,
                               float *layout);

#endif
