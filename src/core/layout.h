/*
 * layout.h: moving the vertices until the plane's similarities 1 / (1 + a d^2b) resemble the
 * graph's (McInnes, Healy, Melville 2018, section 3.2, algorithm 5). All layouts are n × d by rows.
 *
 *   batch  all forces of an epoch, then one step of Adam; parallel            layout_batch.c
 *   sgd    edges one by one, sampled by weight, as in umap-learn; serial      layout_sgd.c
 *   full   every edge in every epoch, at a constant learning rate; serial     layout_full.c
 */
#ifndef UF_LAYOUT_H
#define UF_LAYOUT_H

#include "context.h"
#include "types.h"

typedef enum uf_layout_method { UF_LAYOUT_BATCH, UF_LAYOUT_SGD, UF_LAYOUT_FULL } uf_layout_method;

typedef struct uf_layout_options {
  uf_layout_method method;
  int n_epochs;
  double a, b;                 /* the curve, see curve.h */
  double learning_rate;        /* at the first epoch; for batch, as a multiple of its own */
  double repulsion_strength;   /* gamma */
  double negative_sample_rate; /* negatives for each edge sampled; whole for sgd and full */
  uint64_t seed;
} uf_layout_options;

/* The layouts after certain epochs. */
typedef struct uf_snapshots {
  int count;
  const int *epoch; /* count, ascending, from 0 (the start) to n_epochs */
  float *layout;    /* count × n × d */
} uf_snapshots;

/* layout: the start when called, the result when done. snapshots may be NULL. The graph is
 * symmetric. */
uf_status uf_layout_optimize(uf_context *ctx, const uf_graph *graph, int d,
                             const uf_layout_options *options, const uf_snapshots *snapshots,
                             float *layout);

uf_status uf_layout_batch(uf_context *ctx, const uf_graph *graph, int d,
                          const uf_layout_options *options, const uf_snapshots *snapshots,
                          float *layout);
uf_status uf_layout_sgd(uf_context *ctx, const uf_graph *graph, int d,
                        const uf_layout_options *options, const uf_snapshots *snapshots,
                        float *layout);
uf_status uf_layout_full(uf_context *ctx, const uf_graph *graph, int d,
                         const uf_layout_options *options, const uf_snapshots *snapshots,
                         float *layout);

/* Keeps `layout` if a snapshot after `epoch` is wanted. */
void uf_snapshot(const uf_snapshots *snapshots, int epoch, int n, int d, const float *layout);

float uf_largest_weight(const uf_graph *graph);

/* Forces between two positions, for the serial optimisers. */
typedef struct uf_curve {
  double a, b, gamma;
} uf_curve;

/* Coefficient of (x - y) in the attraction that moves x; negative. */
double uf_attraction(const uf_curve *curve, double d2);
/* Coefficient of (x - y) in the repulsion that moves x. */
double uf_repulsion(const uf_curve *curve, double d2);
double uf_squared_distance(const float *x, const float *y, int d);

/* Each component of a force is cut at ±4. */
static inline double uf_clip(double force) { return force > 4 ? 4 : force < -4 ? -4 : force; }

#endif
