/*
 * init_fixtures.h: what the tests of initial layouts share. Include it after check.h, in a file
 * that begins with arith/arith.h.
 */
#ifndef INIT_FIXTURES_H
#define INIT_FIXTURES_H

#include "fixtures.h"
#include "init/init.h"

static inline uf_status spectral_layout(uf_context *ctx, const uf_graph *graph,
                                        const uf_points *points, int d, float *layout) {
  uf_hierarchy hierarchy;
  uf_status status = uf_coarsen(ctx, graph, 42, &hierarchy);
  if (status) return status;
  status = uf_init_spectral(ctx, &hierarchy, points, d, 42, layout);
  uf_hierarchy_free(&hierarchy);
  return status;
}

static inline double largest_coordinate(const float *layout, int count) {
  double most = 0;
  for (int i = 0; i < count; i++) most = fabs(layout[i]) > most ? fabs(layout[i]) : most;
  return most;
}

/* The sine of the angle between column c of the layout and the span of m orthonormal columns of
 * `basis` (n × m). */
static inline double sine_to_span(const float *layout, int n, int d, int c, const double *basis,
                                  int m) {
  double length = 0, left = 0, dot[64] = {0};
  for (int i = 0; i < n; i++)
    for (int v = 0; v < m; v++) dot[v] += layout[i * d + c] * basis[i * m + v];
  for (int i = 0; i < n; i++) {
    double x = layout[i * d + c], rest = x;
    for (int v = 0; v < m; v++) rest -= dot[v] * basis[i * m + v];
    length += x * x;
    left += rest * rest;
  }
  return sqrt(left / length);
}

static inline void normalize_columns(double *basis, int n, int m) {
  for (int v = 0; v < m; v++) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += basis[i * m + v] * basis[i * m + v];
    for (int i = 0; i < n; i++) basis[i * m + v] /= sqrt(sum);
  }
}

#endif
