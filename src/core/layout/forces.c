/*
 * layout/forces.c: computes the forces of layout/forces.h.
 */
#include "arith/arith.h"

#include "layout/forces.h"

#include "arith/exp_log.h"

uf_curve uf_curve_of(const uf_layout_options *options) {
  return (uf_curve){.a = options->a,
                    .b = options->b,
                    .gamma = options->repulsion_strength,
                    .softening = options->softening,
                    .clip = options->clip};
}

double uf_attraction(const uf_curve *curve, double d2) {
  if (d2 <= 0) return 0;
  double power = uf_pow(d2, curve->b);
  return -2 * curve->a * curve->b * power / (d2 * (1 + curve->a * power));
}

double uf_repulsion(const uf_curve *curve, double d2) {
  return 2 * curve->gamma * curve->b /
         ((curve->softening + d2) * (1 + curve->a * uf_pow(d2, curve->b)));
}

double uf_squared_distance(const float *x, const float *y, int d) {
  double sum = 0;
  for (int c = 0; c < d; c++) {
    double difference = (double)x[c] - y[c];
    sum += difference * difference;
  }
  return sum;
}
