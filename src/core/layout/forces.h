/*
 * layout/forces.h: computes forces between two vertices, x and y apart by d² = |x - y|² (McInnes,
 * Healy, Melville 2018, section 3.2). With the similarity v = 1 / (1 + a d^2b) they descend the two
 * terms of the loss, - log v and - γ log(1 - v):
 *
 *   attraction   -2ab d^(2b - 2) / (1 + a d^2b) (x - y)
 *   repulsion     2bγ / ((softening + d²)(1 + a d^2b)) (x - y), each component cut at ±clip
 *
 * The softening (0.001 in UMAP) keeps the repulsion finite where x and y coincide. These are the
 * scalar forms, in double, for the serial optimizers; simd/kernels/layout.h has 16 lanes of them.
 */
#ifndef UF_FORCES_H
#define UF_FORCES_H

#include "layout/options.h"

typedef struct uf_curve {
  double a, b, gamma, softening, clip;
} uf_curve;

uf_curve uf_curve_of(const uf_layout_options *options);

/* Returns the coefficient of (x - y) in the attraction that moves x; negative. 0 where the two
 * coincide. */
double uf_attraction(const uf_curve *curve, double d2);

/* Returns the coefficient of (x - y) in the repulsion that moves x, before components are cut. */
double uf_repulsion(const uf_curve *curve, double d2);

double uf_squared_distance(const float *x, const float *y, int d);

/* A component of a force, cut at ±clip. */
static inline double uf_clip(const uf_curve *curve, double force) {
  return force > curve->clip ? curve->clip : force < -curve->clip ? -curve->clip : force;
}

#endif
