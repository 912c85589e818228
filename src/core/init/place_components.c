/*
 * init/place_components.c: component c of mass m_c (vertices of the finest level, n in all) becomes
 * a cube around a center z_c, of half side
 *
 *   h_c = ½ min_{b ≠ c} max_j |z_cj - z_bj|                    the room around it
 *
 * or ½ E (m_c / n)^(1/d), its share of half the cube of half side E, where that is more and the
 * component is most of the graph. By the largest difference in a coordinate, cubes never overlap;
 * by Euclidean distance they would, at their corners. O(n d + count² d).
 */
#include "arith/arith.h"

#include "init/place_components.h"

#include "arith/exp_log.h"
#include "base/memory.h"
#include "init/init.h"

/* With more components, the distances between all of them would take too long: each gets its
 * share. */
enum { MANY_COMPONENTS = 2000 };

static int component_of(const uf_placement *p, int vertex) {
  return p->components->component[uf_ancestor(p->hierarchy, p->level, vertex)];
}

/* ---- centers ---- */

/* center (count × d): on the axes, at both ends of the cube. */
static void centers_on_axes(int count, int d, float *center) {
  memset(center, 0, sizeof *center * (size_t)count * (size_t)d);
  for (int c = 0; c < count; c++)
    center[(size_t)c * (size_t)d + (size_t)(c / 2)] = c % 2 ? -uf_init_extent : uf_init_extent;
}

/* The mean point of each component, as points of their own. */
static uf_status mean_points(uf_context *ctx, const uf_placement *p, const double *mass,
                             uf_points *means) {
  uf_status status = UF_OK;
  const uf_points *points = p->points;
  double *sum = NULL; /* count × points->d */
  size_t d = (size_t)points->d;
  *means = (uf_points){.metric = points->metric,
                       .n = p->components->count,
                       .d = points->d,
                       .stride = points->stride,
                       .unit = 1};
  UF_NEW_ZERO(ctx, means->x, (int64_t)means->n * (int64_t)means->stride);
  UF_NEW_ZERO(ctx, sum, (int64_t)means->n * points->d);
  for (int i = 0; i < points->n; i++) {
    if (i % 4096 == 0) {
      UF_TRY(uf_poll(ctx, (double)i / points->n));
    }
    const float *point = uf_point(points, i);
    double *own = sum + (size_t)component_of(p, i) * d;
    for (size_t j = 0; j < d; j++) own[j] += point[j];
  }
  for (int c = 0; c < means->n; c++)
    for (size_t j = 0; j < d; j++)
      means->x[means->stride * (size_t)c + j] = (float)(sum[(size_t)c * d + j] / mass[c]);
done:
  uf_free(sum);
  if (status) uf_points_free(means);
  return status;
}

static uf_status choose_centers(uf_context *ctx, const uf_placement *p, const double *mass, int d,
                                uint64_t seed, float *center) {
  int count = p->components->count;
  if (count <= 2 * d) {
    centers_on_axes(count, d, center);
    return UF_OK;
  }
  if (!p->points || p->points->form != UF_FLOAT_ROWS || p->points->d < d)
    return uf_init_random(ctx, count, d, seed, center);
  uf_points means;
  uf_status status = mean_points(ctx, p, mass, &means);
  if (status) return status;
  status = uf_init_pca(ctx, &means, d, seed, center);
  uf_points_free(&means);
  return status;
}

/* ---- sizes ---- */

/* Half the distance from a center to the nearest other one, by their largest difference in a
 * coordinate. */
static float room_around(const float *center, int count, int d, int c) {
  float nearest = INFINITY;
  for (int other = 0; other < count; other++) {
    if (other == c) continue;
    float distance = 0;
    for (int j = 0; j < d; j++) {
      float difference = fabsf(center[(size_t)c * (size_t)d + (size_t)j] -
                               center[(size_t)other * (size_t)d + (size_t)j]);
      distance = difference > distance ? difference : distance;
    }
    nearest = distance < nearest ? distance : nearest;
  }
  return 0.5f * nearest;
}

/* Half the side of the cube of component c, which has a fraction `fraction` of the vertices. */
static float half_side(const float *center, int count, int d, int c, double fraction) {
  float share = (float)(0.5 * uf_init_extent * uf_pow(fraction, 1.0 / d));
  if (count > MANY_COMPONENTS) return share;
  float room = room_around(center, count, d, c);
  return share > room && fraction > 0.5 ? share : room;
}

static void measure_masses(const uf_placement *p, double *mass) {
  const uf_level *level = &p->hierarchy->level[p->level];
  for (int i = 0; i < level->graph.n; i++) mass[p->components->component[i]] += level->mass[i];
}

uf_status uf_place_components(uf_context *ctx, const uf_placement *placement, int d, uint64_t seed,
                              float *layout) {
  uf_status status = UF_OK;
  const uf_components *components = placement->components;
  int count = components->count, n = placement->hierarchy->level[0].graph.n;
  float *center = NULL; /* count × d */
  double *mass = NULL;  /* count */
  UF_NEW(ctx, center, (int64_t)count * d);
  UF_NEW_ZERO(ctx, mass, count);
  measure_masses(placement, mass);
  UF_TRY(choose_centers(ctx, placement, mass, d, seed, center));
  for (int c = 0; c < count; c++) {
    UF_TRY(uf_poll(ctx, (double)c / count));
    float half = half_side(center, count, d, c, mass[c] / n);
    float scale = uf_component_size(components, c) > 1 ? half / uf_init_extent : 0;
    for (int64_t m = components->start[c]; m < components->start[c + 1]; m++) {
      float *position = layout + (size_t)components->member[m] * (size_t)d;
      for (int j = 0; j < d; j++)
        position[j] = position[j] * scale + center[(size_t)c * (size_t)d + (size_t)j];
    }
  }
done:
  uf_free(center);
  uf_free(mass);
  return status;
}
