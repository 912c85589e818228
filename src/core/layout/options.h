/*
 * layout/options.h: defines the problem and the options that the optimizers are given.
 */
#ifndef UF_LAYOUT_OPTIONS_H
#define UF_LAYOUT_OPTIONS_H

#include "graph/hierarchy.h"

typedef enum uf_layout_optimizer {
  UF_LAYOUT_BATCH, /* layout/multilevel.c */
  UF_LAYOUT_SGD,   /* layout/sgd.c */
  UF_LAYOUT_FULL   /* layout/full.c */
} uf_layout_optimizer;

typedef struct uf_layout_options {
  uf_layout_optimizer optimizer;
  int n_epochs;
  double a, b;                  /* the curve, see layout/curve.h */
  double softening, clip;       /* of the repulsion: 0.001 and 4 in UMAP */
  double learning_rate;         /* at the first epoch; for batch, as a multiple of its own */
  double repulsion_strength;    /* gamma */
  double negative_sample_rate;  /* negatives for each sampled edge; whole for sgd and full */
  double beta1, beta2, epsilon; /* of Adam, for batch: see layout/adam.h */
} uf_layout_options;

typedef struct uf_layout_problem {
  const uf_graph *graph;         /* symmetric, n vertices */
  const uf_hierarchy *hierarchy; /* of the graph; NULL where it has not been made */
  int d;                         /* dimensions; layouts are n × d by rows */
  uint64_t seed;
} uf_layout_problem;

#endif
