/*
 * layout/layout.h: moving the vertices until the plane's similarities 1 / (1 + a d^2b) resemble the
 * graph's (McInnes, Healy, Melville 2018, section 3.2, algorithm 5). All layouts are n × d by rows.
 *
 *   batch  all forces of an epoch, then one step of Adam; parallel            layout/batch.c
 *   sgd    edges one by one, sampled by weight, as in umap-learn; serial      layout/sgd.c
 *   full   every edge in every epoch, at a constant learning rate; serial     layout/full.c
 */
#ifndef UF_LAYOUT_H
#define UF_LAYOUT_H

#include "graph/hierarchy.h"
#include "base/context.h"
#include "base/types.h"

typedef enum uf_layout_optimizer {
  UF_LAYOUT_BATCH,
  UF_LAYOUT_SGD,
  UF_LAYOUT_FULL
} uf_layout_optimizer;

typedef struct uf_layout_options {
  uf_layout_optimizer optimizer;
  int n_epochs;
  double a, b;                  /* the curve, see layout/curve.h */
  double softening, clip;       /* of the repulsion: 0.001 and 4 in UMAP */
  double learning_rate;         /* at the first epoch; for batch, as a multiple of its own */
  double repulsion_strength;    /* gamma */
  double negative_sample_rate;  /* negatives for each edge sampled; whole for sgd and full */
  double beta1, beta2, epsilon; /* Adam, for batch */
  uint64_t seed;
} uf_layout_options;

/* The two parts of the loss, see layout/loss.c. */
typedef struct uf_loss {
  double attraction, repulsion;
} uf_loss;

typedef struct uf_loss_options {
  double a, b;
  int n_partners; /* random ones for each vertex; 0 for all */
  uint64_t seed;
} uf_loss_options;

uf_status uf_layout_loss(uf_context *ctx, const uf_graph *graph, int d,
                         const uf_loss_options *options, const float *layout, uf_loss *loss);

/* What is to be seen on the way. Epoch 0 is the start. */
typedef struct uf_observer {
  int n_snapshots, n_traced;
  const int *snapshot_epoch;                                   /* n_snapshots */
  float *snapshots;                                            /* n_snapshots × n × d */
  const int *traced_epoch;                                     /* n_traced */
  uf_loss *losses;                                             /* n_traced */
  int n_partners;                                              /* for the losses */
  int (*on_epoch)(void *data, int epoch, const float *layout); /* NULL, or: non-zero to stop */
  void *data;
} uf_observer;

/* layout: the start when called, the result when done. observer may be NULL. The graph is
 * symmetric; the hierarchy is its own, or NULL where it has not been made. */
uf_status uf_layout_optimize(uf_context *ctx, const uf_graph *graph, const uf_hierarchy *hierarchy,
                             int d, const uf_layout_options *options, uf_observer *observer,
                             float *layout);

uf_status uf_layout_batch(uf_context *ctx, const uf_hierarchy *hierarchy, int d,
                          const uf_layout_options *options, uf_observer *observer, float *layout);
uf_status uf_layout_sgd(uf_context *ctx, const uf_graph *graph, int d,
                        const uf_layout_options *options, uf_observer *observer, float *layout);
uf_status uf_layout_full(uf_context *ctx, const uf_graph *graph, int d,
                         const uf_layout_options *options, uf_observer *observer, float *layout);

/* Whether someone looks after that epoch, and the look. */
int uf_is_observed(const uf_observer *observer, int epoch);
uf_status uf_observe(uf_context *ctx, uf_observer *observer, const uf_graph *graph, int d,
                     const uf_layout_options *options, int epoch, const float *layout);

float uf_largest_weight(const uf_graph *graph);

/* Forces between two positions, for the serial optimizers. */
typedef struct uf_curve {
  double a, b, gamma, softening, clip;
} uf_curve;

uf_curve uf_curve_of(const uf_layout_options *options);

/* Coefficient of (x - y) in the attraction that moves x; negative. */
double uf_attraction(const uf_curve *curve, double d2);
/* Coefficient of (x - y) in the repulsion that moves x. */
double uf_repulsion(const uf_curve *curve, double d2);
double uf_squared_distance(const float *x, const float *y, int d);

/* Each component of a force is cut at ±clip. */
static inline double uf_clip(const uf_curve *curve, double force) {
  return force > curve->clip ? curve->clip : force < -curve->clip ? -curve->clip : force;
}

#endif
