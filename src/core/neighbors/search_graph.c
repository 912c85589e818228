/*
 * neighbors/search_graph.c: makes links between points, and entries from which all points can be
 * reached.
 *
 *   links(i) = { the first neighbors of i, 2/3 degree of them at most }
 *              ∪ { j : i is a neighbor of j },   degree of them at most in all,
 *   degree   = min(2 (k - 1), MAX_DEGREE),
 *
 * the backward links by the place that i has in the list of j. A search follows links, so it finds
 * a row only if it can be reached from where it begins. It begins with about √n rows, spread
 * evenly, and with one row of each part that cannot be reached from them, up to MAX_ENTRIES in all.
 *
 * A graph may fall apart into more parts than that, for example where each row has k copies or
 * more, which fill its list. Then it gets leaders: the first of each set of copies, and one row of
 * each part that still is out of reach. A query is compared with the leaders by a search of its own
 * (neighbors/query.c), and begins with the leaders nearest to it. Copies of a row that is found are
 * found, too. If more than three quarters of all rows were leaders, which says that the table has
 * little of their neighbors, some of them become entries instead: query.c measures what that
 * misses.
 *
 * O(n k) to build, and O(n d) more to find copies where the graph falls apart.
 */
#include "arith/arith.h"

#include "neighbors/search_graph.h"

#include <math.h>

#include "base/memory.h"

/* Compromises of recall and time; not measured on their own. */
enum { MAX_DEGREE = 30, MAX_ENTRIES = 4096 };

/* ---- Links ---- */

static void link_to(uf_search_graph *graph, int from, int to) {
  int *links = graph->neighbor + (size_t)from * (size_t)graph->degree;
  int count = uf_count_links(graph, links);
  if (count == graph->degree) return;
  for (int i = 0; i < count; i++)
    if (links[i] == to) return;
  links[count] = to;
}

/* Forward links first, then backward ones, from the nearest neighbors on. */
static void link_rows(uf_search_graph *graph, const uf_neighbors *neighbors) {
  size_t k = (size_t)neighbors->k, most = (size_t)graph->degree * 2 / 3;
  size_t forward = k - 1 < most ? k - 1 : most;
  for (int64_t i = 0; i < (int64_t)graph->n * graph->degree; i++) graph->neighbor[i] = -1;
  for (int i = 0; i < graph->n; i++)
    for (size_t j = 1; j <= forward; j++)
      if (neighbors->index[k * (size_t)i + j] >= 0)
        link_to(graph, i, neighbors->index[k * (size_t)i + j]);
  for (size_t j = 1; j < k; j++)
    for (int i = 0; i < graph->n; i++)
      if (neighbors->index[k * (size_t)i + j] >= 0)
        link_to(graph, neighbors->index[k * (size_t)i + j], i);
}

/* ---- Entries ---- */

/* Which rows can be reached from the rows chosen so far. */
typedef struct reach {
  const uf_search_graph *graph;
  uint8_t *is_reached; /* n */
  uint8_t
      *is_covered; /* n: whether the row or a copy of it is reached, at the first copy; or NULL */
  int *stack;      /* n */
} reach;

static void mark(reach *r, int row) {
  r->is_reached[row] = 1;
  if (r->is_covered) r->is_covered[r->graph->copies.first[row]] = 1;
}

static int is_out_of_reach(const reach *r, int row) {
  return !r->is_reached[row] && !(r->is_covered && r->is_covered[r->graph->copies.first[row]]);
}

static void reach_from(reach *r, int row) {
  int height = 0;
  mark(r, row);
  r->stack[height++] = row;
  while (height > 0) {
    const int *links = uf_links_of(r->graph, r->stack[--height]);
    for (int i = 0; i < r->graph->degree && links[i] >= 0; i++)
      if (!r->is_reached[links[i]]) {
        mark(r, links[i]);
        r->stack[height++] = links[i];
      }
  }
}

/* Chooses one row of each part that is out of reach, `most` at the most. Returns how many there
 * are, or most + 1 when there are more. */
static int choose_one_each(reach *r, int most, int *chosen) {
  int count = 0;
  for (int row = 0; row < r->graph->n; row++) {
    if (!is_out_of_reach(r, row)) continue;
    if (count == most) return most + 1;
    chosen[count++] = row;
    reach_from(r, row);
  }
  return count;
}

static void reach_from_entries(reach *r) {
  memset(r->is_reached, 0, (size_t)r->graph->n);
  for (int e = 0; e < r->graph->n_entries; e++)
    if (!r->is_reached[r->graph->entries[e]]) reach_from(r, r->graph->entries[e]);
}

/* Chooses the first of each set of copies, and then one row of each part that is still out of
 * reach. Returns their number. */
static int list_leaders(reach *r, int *leaders) {
  const uf_copies *copies = &r->graph->copies;
  int count = 0;
  for (int row = 0; row < r->graph->n; row++)
    if (copies->first[row] == row && copies->next[row] >= 0) {
      leaders[count++] = row;
      if (!r->is_reached[row]) reach_from(r, row);
    }
  return count + choose_one_each(r, r->graph->n - count, leaders + count);
}

/* Chooses leaders for a graph of many parts. */
static uf_status choose_leaders(uf_context *ctx, uf_search_graph *graph, reach *r) {
  uf_status status = UF_OK;
  int room = MAX_ENTRIES - graph->n_entries;
  UF_TRY(uf_copies_find(ctx, graph->points, &graph->copies));
  UF_NEW_ZERO(ctx, r->is_covered, graph->n);
  UF_NEW(ctx, graph->leaders, graph->n);
  reach_from_entries(r);
  int n_leaders = list_leaders(r, graph->leaders);
  if (n_leaders > room && n_leaders <= graph->n / 4 * 3) {
    graph->n_leaders = n_leaders;
  } else {
    int n_more = n_leaders < room ? n_leaders : room;
    for (int e = 0; e < n_more; e++)
      graph->entries[graph->n_entries++] = graph->leaders[(int64_t)e * n_leaders / n_more];
  }
done:
  return status;
}

/* The host's own metric knows rows by their numbers in the host's data, so that leaders cannot be
 * searched apart from the rest: as many parts as have room get an entry. */
static uf_status choose_entries(uf_context *ctx, uf_search_graph *graph) {
  uf_status status = UF_OK;
  reach r = {.graph = graph};
  int n = graph->n, most = n < MAX_ENTRIES ? n : MAX_ENTRIES;
  int n_even = (int)sqrt((double)n) + 1;
  n_even = n_even < most ? n_even : most;
  UF_NEW(ctx, graph->entries, most);
  UF_NEW(ctx, r.is_reached, n);
  UF_NEW(ctx, r.stack, n);
  for (int e = 0; e < n_even; e++) graph->entries[e] = (int)((int64_t)e * n / n_even);
  graph->n_entries = n_even;
  reach_from_entries(&r);
  int n_parts = choose_one_each(&r, most - n_even, graph->entries + n_even);
  if (n_parts <= most - n_even)
    graph->n_entries += n_parts;
  else if (graph->points->metric == UF_FUNCTION)
    graph->n_entries = most;
  else
    status = choose_leaders(ctx, graph, &r);
done:
  uf_free(r.is_reached);
  uf_free(r.is_covered);
  uf_free(r.stack);
  return status;
}

uf_status uf_search_graph_make(uf_context *ctx, const uf_points *points,
                               const uf_neighbors *neighbors, uf_search_graph *graph) {
  uf_status status = UF_OK;
  int both_ways = 2 * (neighbors->k - 1);
  *graph = (uf_search_graph){.points = points, .n = neighbors->n};
  graph->degree = both_ways < 1 ? 1 : both_ways < MAX_DEGREE ? both_ways : MAX_DEGREE;
  UF_NEW(ctx, graph->neighbor, (int64_t)graph->n * graph->degree);
  link_rows(graph, neighbors);
  UF_TRY(choose_entries(ctx, graph));
done:
  if (status) uf_search_graph_free(graph);
  return status;
}

uf_status uf_search_graph_add_leaders(uf_context *ctx, int every, uf_search_graph *graph) {
  uf_status status = UF_OK;
  int *leaders = NULL, count = graph->n_leaders;
  UF_NEW(ctx, leaders, (int64_t)count + graph->n / every + 1);
  if (count > 0) memcpy(leaders, graph->leaders, (size_t)count * sizeof *leaders);
  for (int64_t row = 0; row < graph->n; row += every) leaders[count++] = (int)row;
  uf_free(graph->leaders);
  graph->leaders = leaders;
  graph->n_leaders = count;
done:
  return status;
}

void uf_search_graph_free(uf_search_graph *graph) {
  uf_free(graph->neighbor);
  uf_free(graph->entries);
  uf_free(graph->leaders);
  uf_copies_free(&graph->copies);
  *graph = (uf_search_graph){0};
}
