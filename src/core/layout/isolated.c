/*
 * layout/isolated.c: with z the middle of the box around the m vertices that have edges, and R
 * their largest distance from it in the first two dimensions, the isolated ones lie on rings in
 * these dimensions, at the distances s from each other and, on ring t, r_t from z:
 *
 *   s = 2 R / √m                         the spacing of m points that fill the disc evenly
 *   r_t = R + max(g, 2 s, R / 10) + t s  with g the least gap: away from the others
 *
 * A ring holds ⌊2π r_t / s⌋ of them, and the last one as many as are left, evenly. On a line s is
 * 2 R / m, and each t has two places, z ± r_t. No random numbers are used.
 */
#include "arith/arith.h"

#include "layout/isolated.h"

#include "arith/trigonometry.h"

static int is_isolated(const uf_graph *graph, int i) {
  return graph->start[i] == graph->start[i + 1];
}

static int count_isolated(const uf_graph *graph) {
  int count = 0;
  for (int i = 0; i < graph->n; i++) count += is_isolated(graph, i);
  return count;
}

/* Half the sum of the least and the largest coordinate of the vertices with edges. */
static double middle(const uf_graph *graph, int d, int axis, const float *layout) {
  double least = INFINITY, most = -INFINITY;
  for (int i = 0; i < graph->n; i++) {
    if (is_isolated(graph, i)) continue;
    double y = layout[(size_t)i * (size_t)d + (size_t)axis];
    least = y < least ? y : least;
    most = y > most ? y : most;
  }
  return 0.5 * (least + most);
}

/* The largest distance from (x, y) in the plane of the rings. */
static double radius_around(const uf_graph *graph, int d, double x, double y, const float *layout) {
  double most = 0;
  for (int i = 0; i < graph->n; i++) {
    if (is_isolated(graph, i)) continue;
    const float *own = layout + (size_t)i * (size_t)d;
    double dx = own[0] - x, dy = d > 1 ? own[1] - y : 0, square = dx * dx + dy * dy;
    most = square > most ? square : most;
  }
  return sqrt(most);
}

static void center_isolated(const uf_graph *graph, int d, int axis, float *layout) {
  float center = (float)middle(graph, d, axis, layout);
  for (int i = 0; i < graph->n; i++)
    if (is_isolated(graph, i)) layout[(size_t)i * (size_t)d + (size_t)axis] = center;
}

void uf_place_isolated(const uf_graph *graph, int d, double least_gap, float *layout) {
  int count = count_isolated(graph), m = graph->n - count;
  if (count == 0 || m == 0) return;
  for (int c = 2; c < d; c++) center_isolated(graph, d, c, layout);
  double x = middle(graph, d, 0, layout), y = d > 1 ? middle(graph, d, 1, layout) : 0;
  double radius = radius_around(graph, d, x, y, layout);
  if (!(radius > 0)) radius = 1;
  double spacing = 2 * radius * (d == 1 ? 1.0 / m : sqrt(1.0 / m));
  double ring = radius + fmax(least_gap, fmax(2 * spacing, 0.1 * radius));
  int room = 0, used = 0, left = count; /* of the ring; places in it that are taken; to be placed */
  for (int i = 0; i < graph->n; i++) {
    if (!is_isolated(graph, i)) continue;
    float *own = layout + (size_t)i * (size_t)d;
    if (used == room) {
      if (room > 0) ring += spacing;
      double capacity = d == 1 ? 2 : 2 * UF_PI * ring / spacing;
      room = capacity < left ? (int)capacity : left;
      used = 0;
    }
    double sine, cosine;
    uf_sin_cos(2 * UF_PI * used / (d == 1 ? 2 : room), &sine, &cosine);
    own[0] = (float)(x + ring * cosine);
    if (d > 1) own[1] = (float)(y + ring * sine);
    used++;
    left--;
  }
}
