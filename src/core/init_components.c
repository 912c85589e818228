/*
 * init_components.c: connected components, by breadth-first search, and where they go. O(n +
 * edges).
 */
#include "arith.h"

#include "init.h"
#include "memory.h"
#include "random.h"

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
  UF_NEW(ctx, components->size, n);
  UF_NEW(ctx, components->member, n);
  for (int i = 0; i < n; i++) components->component[i] = -1;
  for (int i = 0; i < n; i++)
    if (components->component[i] < 0) {
      int label = components->count++;
      components->size[label] = flood(graph, i, label, components->component, components->member);
      UF_TRY(uf_poll(ctx, (double)i / n));
    }
  UF_NEW(ctx, components->start, components->count + 1);
  UF_NEW(ctx, next, components->count);
  components->start[0] = 0;
  for (int c = 0; c < components->count; c++) {
    next[c] = components->start[c];
    components->start[c + 1] = components->start[c] + components->size[c];
  }
  for (int i = 0; i < n; i++) components->member[next[components->component[i]]++] = i;
done:
  uf_free(next);
  if (status) uf_components_free(components);
  return status;
}

void uf_components_free(uf_components *components) {
  uf_free(components->component);
  uf_free(components->size);
  uf_free(components->start);
  uf_free(components->member);
  *components = (uf_components){0};
}

/* centre (count × d): on the axes, at both ends of the cube. */
static void centres_on_axes(int count, int d, float *centre) {
  memset(centre, 0, sizeof *centre * (size_t)count * (size_t)d);
  for (int c = 0; c < count; c++)
    centre[(size_t)c * (size_t)d + (size_t)(c / 2)] = c % 2 ? -uf_init_extent : uf_init_extent;
}

/* The mean point of each component, as points of their own. */
static uf_status mean_points(uf_context *ctx, const uf_components *components,
                             const uf_points *points, uf_points *means) {
  uf_status status = UF_OK;
  double *sum = NULL;
  *means = (uf_points){.metric = points->metric,
                       .n = components->count,
                       .d = points->d,
                       .stride = points->stride,
                       .unit = 1};
  UF_NEW_ZERO(ctx, means->x, (int64_t)means->n * (int64_t)means->stride);
  UF_NEW(ctx, sum, points->d);
  for (int c = 0; c < components->count; c++) {
    UF_TRY(uf_poll(ctx, (double)c / components->count));
    memset(sum, 0, sizeof *sum * (size_t)points->d);
    for (int m = components->start[c]; m < components->start[c + 1]; m++)
      for (int j = 0; j < points->d; j++) sum[j] += uf_point(points, components->member[m])[j];
    for (int j = 0; j < points->d; j++)
      means->x[means->stride * (size_t)c + (size_t)j] = (float)(sum[j] / components->size[c]);
  }
done:
  uf_free(sum);
  if (status) uf_points_free(means);
  return status;
}

static uf_status choose_centres(uf_context *ctx, const uf_components *components,
                                const uf_points *points, int d, uint64_t seed, float *centre) {
  if (components->count <= 2 * d) {
    centres_on_axes(components->count, d, centre);
    return UF_OK;
  }
  if (!points || points->form != UF_FLOAT_ROWS || points->d < d)
    return uf_init_random(ctx, components->count, d, seed, centre);
  uf_points means;
  uf_status status = mean_points(ctx, components, points, &means);
  if (status) return status;
  status = uf_init_pca(ctx, &means, d, seed, centre);
  uf_points_free(&means);
  return status;
}

/* Half the distance from a centre to the nearest other one, by their largest difference in a
 * coordinate: cubes of that size never overlap, as those by Euclid's distance do at their corners.
 */
static float room_around(const float *centre, int count, int d, int c) {
  float nearest = INFINITY;
  for (int other = 0; other < count; other++) {
    if (other == c) continue;
    float distance = 0;
    for (int j = 0; j < d; j++) {
      float difference = fabsf(centre[(size_t)c * (size_t)d + (size_t)j] -
                               centre[(size_t)other * (size_t)d + (size_t)j]);
      distance = difference > distance ? difference : distance;
    }
    nearest = distance < nearest ? distance : nearest;
  }
  return 0.5f * nearest;
}

uf_status uf_place_components(uf_context *ctx, const uf_components *components,
                              const uf_points *points, int d, uint64_t seed, float *layout) {
  uf_status status = UF_OK;
  int count = components->count;
  float *centre = NULL;
  UF_NEW(ctx, centre, (int64_t)count * d);
  UF_TRY(choose_centres(ctx, components, points, d, seed, centre));
  for (int c = 0; c < count; c++) {
    UF_TRY(uf_poll(ctx, (double)c / count));
    float scale = components->size[c] > 1 ? room_around(centre, count, d, c) / uf_init_extent : 0;
    for (int m = components->start[c]; m < components->start[c + 1]; m++) {
      float *position = layout + (size_t)components->member[m] * (size_t)d;
      for (int j = 0; j < d; j++)
        position[j] = position[j] * scale + centre[(size_t)c * (size_t)d + (size_t)j];
    }
  }
done:
  uf_free(centre);
  return status;
}
