/*
 * layout/sell.c: orders vertices for locality, and puts edges into slots.
 *
 * Neighbors in the graph end up near each other in the layout, so vertices are sorted along a
 * Z-shaped curve through it (Morton 1966): what the kernel reads next is mostly in cache. Within
 * short windows they are sorted by their number of edges, so that the 16 of a group have about the
 * same number, and few slots are empty. O(n + edges).
 */
#include "arith/arith.h"

#include "layout/sell.h"

#include "base/csr_build.h"
#include "base/memory.h"
#include "base/parallel.h"

enum {
  WINDOW = 256, /* vertices sorted by edges: few, so that they stay near each other */
  PLACES_PER_BLOCK = 1024,
  DIGIT = 11 /* bits by which keys are sorted at a time */
};

typedef struct sell_job {
  const uf_sell_rows *rows;
  uf_sell *sell;
} sell_job;

/* ---- Morton order ---- */

/* The cell of a coordinate on a grid over [low, low + cells / per_cell); the first one for NaN. */
static uint32_t cell_of(float x, float low, float per_cell, uint32_t n_cells) {
  float at = (x - low) * per_cell;
  return at > 0 ? at < (float)n_cells ? (uint32_t)at : n_cells - 1 : 0;
}

/* keys[i] = Morton code << 32 | i, by the first three coordinates at most. */
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
  spread[0] = 0; /* bit b of x moves to bit b × (1, 2 or 3) of spread[x] */
  for (uint32_t x = 1; x < (uint32_t)1 << n_bits; x++)
    spread[x] = spread[x >> 1] << (d < 3 ? d : 3) | (x & 1);
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
static void sort_window(void *job, uf_rows rows) {
  const sell_job *j = job;
  int first[257] = {0}, sorted[WINDOW], *window = j->sell->order + rows.from;
  int count = (int)(rows.to - rows.from);
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < count; i++) {
      int edges = n_edges_of(j->rows->graph, window[i]), bin = edges < 255 ? 255 - edges : 0;
      if (pass == 0)
        first[bin + 1]++;
      else
        sorted[first[bin]++] = window[i];
    }
    for (int bin = 0; bin < 256 && pass == 0; bin++) first[bin + 1] += first[bin];
  }
  memcpy(window, sorted, sizeof *window * (size_t)count);
}

static uf_status order_vertices(uf_context *ctx, const sell_job *j, int d, const float *layout) {
  uf_status status = UF_OK;
  int n = j->sell->n, *order = j->sell->order;
  for (int64_t place = 0; place < uf_sell_places(j->sell); place++)
    order[place] = place < n ? (int)place : -1;
  if (layout) {
    UF_TRY(morton_order(ctx, n, d, layout, order));
    UF_TRY(uf_parallel_rows(ctx, n, WINDOW, sort_window, (void *)j));
  }
  for (int place = 0; place < n; place++) j->sell->place_of[order[place]] = place;
done:
  return status;
}

/* Slots of a group: the most edges that any of its vertices has. Returns their number. */
static int64_t count_slots(const uf_graph *graph, uf_sell *sell) {
  sell->slot_start[0] = 0;
  for (int64_t group = 0; group < sell->n_groups; group++) {
    int most = 0;
    for (int lane = 0; lane < 16; lane++) {
      int vertex = sell->order[16 * group + lane];
      if (vertex >= 0 && n_edges_of(graph, vertex) > most) most = n_edges_of(graph, vertex);
    }
    sell->slot_start[group + 1] = most;
  }
  return uf_csr_starts(sell->n_groups, sell->slot_start);
}

static int32_t place_of(const uf_sell *sell, int vertex) {
  if (vertex < sell->n) return sell->place_of[vertex];
  return (int32_t)(uf_sell_places(sell) + vertex - sell->n);
}

static void fill_place(const sell_job *j, int64_t place) {
  const uf_graph *graph = j->rows->graph;
  uf_sell *sell = j->sell;
  int64_t group = place / 16, first = sell->slot_start[group];
  int vertex = sell->order[place], count = vertex < 0 ? 0 : n_edges_of(graph, vertex);
  float scale = vertex < 0      ? 0
                : j->rows->mass ? j->rows->scale / j->rows->mass[vertex]
                                : j->rows->scale;
  float degree = 0;
  for (int64_t slot = first; slot < sell->slot_start[group + 1]; slot++) {
    int64_t at = 16 * slot + place % 16;
    int is_empty = slot - first >= count;
    int64_t e = is_empty ? 0 : graph->start[vertex] + slot - first;
    sell->neighbor[at] = is_empty ? (int32_t)place : place_of(sell, graph->neighbor[e]);
    sell->weight[at] = is_empty ? 0 : scale * graph->weight[e];
    degree += sell->weight[at];
  }
  sell->degree[place] = j->rows->degree && vertex >= 0 ? scale * j->rows->degree[vertex] : degree;
}

static void fill_places(void *job, uf_rows places) {
  for (int64_t place = places.from; place < places.to; place++) fill_place(job, place);
}

uf_status uf_sell_make(uf_context *ctx, const uf_sell_rows *rows, int d, const float *layout,
                       uf_sell *sell) {
  uf_status status = UF_OK;
  int n = rows->graph->n;
  *sell = (uf_sell){.n = n, .n_groups = uf_n_blocks(n, 16)};
  sell_job job = {.rows = rows, .sell = sell};
  UF_NEW(ctx, sell->order, uf_sell_places(sell));
  UF_NEW(ctx, sell->place_of, n);
  UF_NEW(ctx, sell->slot_start, sell->n_groups + 1);
  UF_NEW(ctx, sell->degree, uf_sell_places(sell));
  UF_TRY(order_vertices(ctx, &job, d, layout));
  int64_t n_slots = count_slots(rows->graph, sell);
  UF_NEW(ctx, sell->neighbor, 16 * n_slots);
  UF_NEW(ctx, sell->weight, 16 * n_slots);
  UF_TRY(uf_parallel_rows(ctx, uf_sell_places(sell), PLACES_PER_BLOCK, fill_places, &job));
done:
  if (status) uf_sell_free(sell);
  return status;
}

void uf_sell_free(uf_sell *sell) {
  uf_free(sell->order);
  uf_free(sell->place_of);
  uf_free(sell->slot_start);
  uf_free(sell->neighbor);
  uf_free(sell->weight);
  uf_free(sell->degree);
  *sell = (uf_sell){0};
}
