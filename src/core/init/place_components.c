/*
 * init/place_components.c: connected components, by breadth-first search, and where they go. O(n +
 * edges).
 */
#include "arith/arith.h"

#include "init/init.h"
#include "arith/exp_log.h"
#include "base/memory.h"
#include "base/random.h"

/* Beyond, distances between all of them would take too long. */
enum { MANY_COMPONENTS = 2000 };

/* Visits all that can be reached from `first`; returns how many. */
static int flood(const uf_graph *graph, int first, int label, int *component, int *queue) {
  int head = 0, tail = 0;
  component[first] = label;
  queue[tail++] = first;
  while (head < tail) {
    int i = queue[head++];
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      if (component[graph->neighbor[e]] < 0) {
        component[graph->neighbor[e]] = label;
        queue[tail++] = graph->neighbor[e];
      }
  }
  return tail;
}

uf_status uf_components_find(uf_context *ctx, const uf_graph *graph, uf_components *components) {
  uf_status status = UF_OK;
  int n = graph->n, *next = NULL;
  *components = (uf_components){.n = n};
  UF_NEW(ctx, components->component, n);
  UF_NEW(ctx, components->start, (int64_t)n + 1);
  UF_NEW(ctx, components->member, n);
  for (int i = 0; i < n; i++) components->component[i] = -1;
  components->start[0] = 0;
  for (int i = 0; i < n; i++)
    if (components->component[i] < 0) {
      int label = components->count++;
      int size = flood(graph, i, label, components->component, components->member);
      components->start[label + 1] = components->start[label] + size;
      UF_TRY(uf_poll(ctx, (double)i / n));
    }
  UF_NEW(ctx, next, components->count);
  memcpy(next, components->start, sizeof *next * (size_t)components->count);
  for (int i = 0; i < n; i++) components->member[next[components->component[i]]++] = i;
done:
  uf_free(next);
  if (status) uf_components_free(components);
  return status;
}

void uf_components_free(uf_components *components) {
  uf_free(components->component);
  uf_free(components->start);
  uf_free(components->member);
  *components = (uf_components){0};
}

/* ---- where they go ---- */

/* What is known of the components: their vertices of the finest level. */
typedef struct placement {
  const uf_hierarchy *hierarchy;
  int level;
  const uf_components *components;
  double *mass; /* count */
} placement;

static int component_of(const placement *p, int vertex) {
  return p->components->component[uf_ancestor(p->hierarchy, p->level, vertex)];
}

/* center (count × d): on the axes, at both ends of the cube. */
static void centers_on_axes(int count, int d, float *center) {
  memset(center, 0, sizeof *center * (size_t)count * (size_t)d);
  for (int c = 0; c < count; c++)
    center[(size_t)c * (size_t)d + (size_t)(c / 2)] = c % 2 ? -uf_init_extent : uf_init_extent;
}

/* The mean point of each component, as points of their own. */
static uf_status mean_points(uf_context *ctx, const placement *p, const uf_points *points,
                             uf_points *means) {
  uf_status status = UF_OK;
  double *sum = NULL;
  size_t d = (size_t)points->d;
  *means = (uf_points){.metric = points->metric,
                       .n = p->components->count,
                       .d = points->d,
                       .stride = points->stride,
                       .unit = 1};
  UF_NEW_ZERO(ctx, means->x, (int64_t)means->n * (int64_t)means->stride);
  UF_NEW_ZERO(ctx, sum, (int64_t)means->n * points->d);
  for (int i = 0; i < points->n; i++) {
    if (i % 4096 == 0) UF_TRY(uf_poll(ctx, (double)i / points->n));
    const float *point = uf_point(points, i);
    double *own = sum + (size_t)component_of(p, i) * d;
    for (size_t j = 0; j < d; j++) own[j] += point[j];
  }
  for (int c = 0; c < means->n; c++)
    for (size_t j = 0; j < d; j++)
      means->x[means->stride * (size_t)c + j] = (float)(sum[(size_t)c * d + j] / p->mass[c]);
done:
  uf_free(sum);
  if (status) uf_points_free(means);
  return status;
}

static uf_status choose_centers(uf_context *ctx, const placement *p, const uf_points *points, int d,
                                uint64_t seed, float *center) {
  int count = p->components->count;
  if (count <= 2 * d) {
    centers_on_axes(count, d, center);
    return UF_OK;
  }
  if (!points || points->form != UF_FLOAT_ROWS || points->d < d)
    return uf_init_random(ctx, count, d, seed, center);
  uf_points means;
  uf_status status = mean_points(ctx, p, points, &means);
  if (status) return status;
  status = uf_init_pca(ctx, &means, d, seed, center);
  uf_points_free(&means);
  return status;
}

/* Half the distance from a center to the nearest other one, by their largest difference in a
 * coordinate: cubes of that size never overlap, as those by Euclid's distance do at their corners.
 */
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

/* Half the side of a cube that is to the whole one as the component's mass to all, and half of that
 * again. */
static float fair_share(const placement *p, int d, int c) {
  double part = p->mass[c] / p->hierarchy->level[0].graph.n;
  return (float)(0.5 * uf_init_extent * uf_pow(part, 1.0 / d));
}

/* Half the side of the cube that a component gets: its room, but for one that is most of the graph,
 * and for all when they are too many to measure. */
static float half_side(const placement *p, const float *center, int d, int c) {
  int count = p->components->count;
  float share = fair_share(p, d, c);
  if (count > MANY_COMPONENTS) return share;
  float room = room_around(center, count, d, c);
  return share > room && 2 * p->mass[c] > p->hierarchy->level[0].graph.n ? share : room;
}

static void measure_masses(placement *p) {
  const uf_level *level = &p->hierarchy->level[p->level];
  for (int i = 0; i < level->graph.n; i++) p->mass[p->components->component[i]] += level->mass[i];
}

uf_status uf_place_components(uf_context *ctx, const uf_hierarchy *hierarchy, int level,
                              const uf_components *components, const uf_points *points, int d,
                              uint64_t seed, float *layout) {
  uf_status status = UF_OK;
  int count = components->count;
  placement p = {.hierarchy = hierarchy, .level = level, .components = components};
  float *center = NULL;
  UF_NEW(ctx, center, (int64_t)count * d);
  UF_NEW_ZERO(ctx, p.mass, count);
  measure_masses(&p);
  UF_TRY(choose_centers(ctx, &p, points, d, seed, center));
  for (int c = 0; c < count; c++) {
    UF_TRY(uf_poll(ctx, (double)c / count));
    float half = half_side(&p, center, d, c);
    int size = components->start[c + 1] - components->start[c];
    float scale = size > 1 ? half / uf_init_extent : 0;
    for (int m = components->start[c]; m < components->start[c + 1]; m++) {
      float *position = layout + (size_t)components->member[m] * (size_t)d;
      for (int j = 0; j < d; j++)
        position[j] = position[j] * scale + center[(size_t)c * (size_t)d + (size_t)j];
    }
  }
done:
  uf_free(center);
  uf_free(p.mass);
  return status;
}
