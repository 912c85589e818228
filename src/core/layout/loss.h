/*
 * layout/loss.h: computes the fuzzy cross entropy of a graph and its layout.
 */
#ifndef UF_LOSS_H
#define UF_LOSS_H

#include "base/context.h"
#include "base/types.h"

/* The two sums of the loss, see layout/loss.c. */
typedef struct uf_loss {
  double attraction, repulsion;
} uf_loss;

typedef struct uf_loss_options {
  double a, b;    /* the curve, see layout/curve.h */
  int n_partners; /* random partners of each vertex; 0 for all pairs */
  uint64_t seed;
} uf_loss_options;

/* layout: n × d. */
uf_status uf_layout_loss(uf_context *ctx, const uf_graph *graph, int d,
                         const uf_loss_options *options, const float *layout, uf_loss *loss);

#endif
