/*
 * layout/sell.c: order for locality.
 *
 * Neighbors in the graph end up near each other in the plane, so vertices are sorted along a
 * Z-shaped curve through it (Morton 1966): what the kernel reads next is mostly in cache. Within
 * short windows they are sorted by their number of edges, so that the 16 of a group have about the
 * same, and a group's edges are stored slot by slot, a lane for each vertex (SELL-16: Kreutzer et
 * al. 2014). O(n + edges).
 */
#include "arith/arith.h"

#include "layout/sell.h"
#include "base/memory.h"
#include "base/parallel.h"

enum {
  WINDOW = 256, /* vertices sorted by edges: few, so that they stay near each other */
  GROUPS_PER_BLOCK = 64,
  DIGIT = 11 /* bits by which keys are sorted at a time */
};

typedef struct order_job {
  const uf_level *level;
  float scale;
  uf_slots *slots;
} order_job;

/* ---- Morton order ---- */

/* Bit b of x moves to bit `stride` × b. */
static uint32_t spread_bits(uint32_t x, int n_bits, int stride) {
  uint32_t spread = 0;
  for (int b = 0; b < n_bits; b++) spread |= (x >> b & 1) << (stride * b);
  return spread;
}

/* The cell of a coordinate on a grid over [low, low + cells / per_cell); the first cell also for
 * what is no number. */
static uint32_t cell_of(float x, float low, float per_cell, uint32_t n_cells) {
  float at = (x - low) * per_cell;
  return at > 0 ? at < (float)n_cells ? (uint32_t)at : n_cells - 1 : 0;
}

/* keys[i] = Morton code << 32 | i, of the first three coordinates at the most. */
static void make_keys(int n, int d, const float *layout, const uint32_t *spread, uint64_t *keys) {
  int used = d < 3 ? d : 3, n_bits = used == 3 ? 10 : 16;
  uint32_t n_cells = (uint32_t)1 << n_bits;
  for (int i = 0; i < n; i++) keys[i] = (uint64_t)i;
  for (int c = 0; c < used; c++) {
    float low = INFINITY, high = -INFINITY;
    for (int i = 0; i < n; i++) {
      float x = layout[(size_t)i * (size_t)d + (size_t)c];
      low = x < low ? x : low;
      high = x > high ? x : high;
    }
    float per_cell = high > low ? (float)n_cells / (high - low) : 0;
    for (int i = 0; i < n; i++) {
      float x = layout[(size_t)i * (size_t)d + (size_t)c];
      keys[i] |= (uint64_t)spread[cell_of(x, low, per_cell, n_cells)] << (32 + c);
    }
  }
}

/* Sorts by the upper halves of the keys, stably, digit after digit. */
static void sort_keys(int n, uint64_t *keys, uint64_t *spare, int *count) {
  for (int shift = 32; shift < 64; shift += DIGIT) {
    const uint64_t mask = (1 << DIGIT) - 1;
    memset(count, 0, sizeof *count << DIGIT);
    for (int i = 0; i < n; i++) count[keys[i] >> shift & mask]++;
    for (int digit = 0, first = 0; digit < 1 << DIGIT; digit++) {
      int here = count[digit];
      count[digit] = first;
      first += here;
    }
    for (int i = 0; i < n; i++) spare[count[keys[i] >> shift & mask]++] = keys[i];
    uint64_t *t = keys;
    keys = spare;
    spare = t;
  }
}

static uf_status morton_order(uf_context *ctx, int n, int d, const float *layout, int *order) {
  uf_status status = UF_OK;
  uint64_t *keys = NULL;
  uint32_t *spread = NULL;
  int *count = NULL, n_bits = d >= 3 ? 10 : 16;
  UF_NEW(ctx, keys, 2 * (int64_t)n);
  UF_NEW(ctx, spread, (int64_t)1 << n_bits);
  UF_NEW(ctx, count, (int64_t)1 << DIGIT);
  for (uint32_t x = 0; x < (uint32_t)1 << n_bits; x++)
    spread[x] = spread_bits(x, n_bits, d < 3 ? d : 3);
  make_keys(n, d, layout, spread, keys);
  sort_keys(n, keys, keys + n, count);
  /* An odd number of digits leaves the result in the spare half. */
  for (int i = 0; i < n; i++) order[i] = (int)(uint32_t)keys[n + i];
done:
  uf_free(keys);
  uf_free(spread);
  uf_free(count);
  return status;
}

/* ---- groups and slots ---- */

static int n_edges_of(const uf_graph *graph, int vertex) {
  return (int)(graph->start[vertex + 1] - graph->start[vertex]);
}

/* Sorts a window by falling number of edges, stably; beyond 255 all count alike. */
static void sort_window(void *job, int64_t block, int worker) {
  (void)worker;
  order_job *j = job;
  const uf_graph *graph = &j->level->graph;
  uf_range range = uf_block_range(block, WINDOW, graph->n);
  int first[257] = {0}, sorted[WINDOW], *window = j->slots->order + range.from;
  int count = (int)(range.to - range.from);
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < count; i++) {
      int edges = n_edges_of(graph, window[i]), bin = edges < 255 ? 255 - edges : 0;
      if (pass == 0)
        first[bin + 1]++;
      else
        sorted[first[bin]++] = window[i];
    }
    for (int bin = 0; bin < 256 && pass == 0; bin++) first[bin + 1] += first[bin];
  }
  for (int i = 0; i < count; i++) {
    window[i] = sorted[i];
    j->slots->place_of[sorted[i]] = (int)range.from + i;
  }
}

/* Slots of a group: the most edges that any of its vertices has. */
static void count_slots(const uf_graph *graph, uf_slots *slots) {
  slots->slot_start[0] = 0;
  for (int64_t group = 0; group < slots->n_groups; group++) {
    int most = 0;
    for (int lane = 0; lane < 16; lane++) {
      int vertex = slots->order[16 * group + lane];
      if (vertex >= 0 && n_edges_of(graph, vertex) > most) most = n_edges_of(graph, vertex);
    }
    slots->slot_start[group + 1] = slots->slot_start[group] + most;
  }
}

static void fill_place(const order_job *j, int64_t place) {
  const uf_graph *graph = &j->level->graph;
  uf_slots *slots = j->slots;
  int64_t group = place / 16;
  int vertex = slots->order[place], count = vertex < 0 ? 0 : n_edges_of(graph, vertex);
  float scale = vertex < 0 ? 0 : j->scale / j->level->mass[vertex];
  slots->degree[place] = vertex < 0 ? 0 : scale * j->level->degree[vertex];
  for (int64_t slot = slots->slot_start[group]; slot < slots->slot_start[group + 1]; slot++) {
    int64_t edge = slot - slots->slot_start[group], at = 16 * slot + place % 16;
    int is_empty = edge >= count;
    int64_t e = is_empty ? 0 : graph->start[vertex] + edge;
    slots->neighbor[at] = is_empty ? (int32_t)place : slots->place_of[graph->neighbor[e]];
    slots->weight[at] = is_empty ? 0 : scale * graph->weight[e];
  }
}

static void fill_groups(void *job, int64_t block, int worker) {
  (void)worker;
  order_job *j = job;
  uf_range range = uf_block_range(block, GROUPS_PER_BLOCK, j->slots->n_groups);
  for (int64_t place = 16 * range.from; place < 16 * range.to; place++) fill_place(j, place);
}

uf_status uf_slots_make(uf_context *ctx, const uf_level *level, float scale, int d,
                        const float *layout, uf_slots *slots) {
  uf_status status = UF_OK;
  int n = level->graph.n;
  *slots = (uf_slots){.n_groups = uf_n_blocks(n, 16)};
  order_job job = {.level = level, .scale = scale, .slots = slots};
  int64_t n_places = 16 * slots->n_groups;
  UF_NEW(ctx, slots->order, n_places);
  UF_NEW(ctx, slots->place_of, n);
  UF_NEW(ctx, slots->slot_start, slots->n_groups + 1);
  UF_NEW(ctx, slots->degree, n_places);
  UF_TRY(morton_order(ctx, n, d, layout, slots->order));
  for (int64_t place = n; place < n_places; place++) slots->order[place] = -1;
  UF_TRY(uf_parallel(ctx, uf_n_blocks(n, WINDOW), sort_window, &job));
  count_slots(&level->graph, slots);
  UF_NEW(ctx, slots->neighbor, 16 * slots->slot_start[slots->n_groups]);
  UF_NEW(ctx, slots->weight, 16 * slots->slot_start[slots->n_groups]);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(slots->n_groups, GROUPS_PER_BLOCK), fill_groups, &job));
done:
  if (status) uf_slots_free(slots);
  return status;
}

void uf_slots_free(uf_slots *slots) {
  uf_free(slots->order);
  uf_free(slots->place_of);
  uf_free(slots->slot_start);
  uf_free(slots->neighbor);
  uf_free(slots->weight);
  uf_free(slots->degree);
  *slots = (uf_slots){0};
}
