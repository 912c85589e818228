/*
 * graph/hierarchy.c: aggregates around seeds, all vertices at once.
 *
 * The tie between i and j is w_ij / √(m_i m_j), m being masses. Each vertex has a random rank; those
 * that outrank their few strongest neighbors are seeds. Each other vertex asks the seed among its
 * neighbors to which it is tied most strongly, and a seed takes in the strongest of those that ask,
 * up to a limit. Who is left alone is an aggregate by itself, to be joined to others a level up.
 * Every step is one loop over vertices that write only what is theirs, so threads do not matter.
 *
 * O(edges) for a level, and a level has about 0.3 times the vertices of the one below.
 */
#include "arith/arith.h"

#include "graph/hierarchy.h"
#include "graph/graph.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

enum {
  VERTICES_PER_BLOCK = 1024,
  RIVALS = 3,        /* neighbors that a seed must outrank: a quarter of the vertices do */
  MOST_MEMBERS = 8,  /* of an aggregate */
  FEW_VERTICES = 400 /* the coarsest level has no more, if it can be helped */
};

/* A level with more than this part of the vertices below it is not worth having. */
static const double least_progress = 0.8;

typedef struct coarsen_job {
  const uf_level *fine;
  uf_level *coarse;
  uint64_t key;
  uint8_t *is_seed; /* n */
  int *asked;       /* n: the seed that a vertex asks, or -1 */
  int *root;        /* n: the seed of its aggregate, or itself */
  int n_coarse;
  int *place; /* per worker: n_coarse, where an aggregate stands in the row being made, or -1 */
} coarsen_job;

/* Neighbors by falling strength of the tie, equals by index. */
typedef struct tie {
  float strength;
  int vertex;
} tie;

static int is_stronger(float strength, int vertex, const tie *other) {
  return strength > other->strength || (strength == other->strength && vertex < other->vertex);
}

/* Puts a tie into a falling list of at most `room`; returns its new length. */
static int insert_tie(tie *list, int count, int room, float strength, int vertex) {
  int at = count;
  while (at > 0 && is_stronger(strength, vertex, &list[at - 1])) at--;
  if (at == room) return count;
  if (count < room) count++;
  for (int t = count - 1; t > at; t--) list[t] = list[t - 1];
  list[at] = (tie){strength, vertex};
  return count;
}

/* Of a vertex's tie to its neighbor along edge e; its own mass is the same for all. */
static float tie_strength(const uf_level *level, int64_t e) {
  return level->graph.weight[e] / sqrtf(level->mass[level->graph.neighbor[e]]);
}

static void find_seeds(void *job, int64_t block, int worker) {
  (void)worker;
  coarsen_job *j = job;
  const uf_graph *graph = &j->fine->graph;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, graph->n);
  for (int i = (int)range.from; i < range.to; i++) {
    tie rivals[RIVALS];
    int count = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      count = insert_tie(rivals, count, RIVALS, tie_strength(j->fine, e), graph->neighbor[e]);
    uint64_t rank = uf_draw(j->key, (uint64_t)i);
    j->is_seed[i] = 1;
    for (int r = 0; r < count; r++)
      if (uf_draw(j->key, (uint64_t)rivals[r].vertex) > rank) j->is_seed[i] = 0;
  }
}

static void ask_seeds(void *job, int64_t block, int worker) {
  (void)worker;
  coarsen_job *j = job;
  const uf_graph *graph = &j->fine->graph;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, graph->n);
  for (int i = (int)range.from; i < range.to; i++) {
    tie best;
    int count = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1] && !j->is_seed[i]; e++)
      if (j->is_seed[graph->neighbor[e]])
        count = insert_tie(&best, count, 1, tie_strength(j->fine, e), graph->neighbor[e]);
    j->asked[i] = count ? best.vertex : -1;
    j->root[i] = i;
  }
}

static void take_in(void *job, int64_t block, int worker) {
  (void)worker;
  coarsen_job *j = job;
  const uf_graph *graph = &j->fine->graph;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, graph->n);
  for (int i = (int)range.from; i < range.to; i++) {
    tie taken[MOST_MEMBERS - 1];
    int count = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1] && j->is_seed[i]; e++)
      if (j->asked[graph->neighbor[e]] == i)
        count = insert_tie(taken, count, MOST_MEMBERS - 1, tie_strength(j->fine, e),
                           graph->neighbor[e]);
    for (int t = 0; t < count; t++) j->root[taken[t].vertex] = i;
  }
}

/* Numbers the aggregates by their roots, and lists their members. */
static uf_status number_aggregates(uf_context *ctx, coarsen_job *j, int *parent) {
  uf_status status = UF_OK;
  int n = j->fine->graph.n, count = 0;
  for (int i = 0; i < n; i++)
    if (j->root[i] == i) parent[i] = count++;
  for (int i = 0; i < n; i++) parent[i] = parent[j->root[i]];
  j->n_coarse = count;
  UF_NEW_ZERO(ctx, j->coarse->member_start, (int64_t)count + 1);
  UF_NEW(ctx, j->coarse->member, n);
  int *start = j->coarse->member_start;
  for (int i = 0; i < n; i++) start[parent[i]]++;
  for (int c = 0; c < count; c++) start[c + 1] += start[c];
  for (int i = n - 1; i >= 0; i--) j->coarse->member[--start[parent[i]]] = i;
done:
  return status;
}

/* Joins the rows of all members. Counts the edges, and writes them where `neighbor` is given. */
static int64_t join_rows(const coarsen_job *j, int aggregate, int *place, int *neighbor,
                         float *weight) {
  const uf_graph *graph = &j->fine->graph;
  const int *member = j->coarse->member, *parent = j->fine->parent;
  int from = j->coarse->member_start[aggregate], to = j->coarse->member_start[aggregate + 1];
  int count = 0;
  for (int m = from; m < to; m++)
    for (int64_t e = graph->start[member[m]]; e < graph->start[member[m] + 1]; e++) {
      int other = parent[graph->neighbor[e]];
      if (other == aggregate) continue;
      if (place[other] < 0) {
        place[other] = count++;
        if (neighbor) {
          neighbor[place[other]] = other;
          weight[place[other]] = 0;
        }
      }
      if (neighbor) weight[place[other]] += graph->weight[e];
    }
  for (int m = from; m < to; m++)
    for (int64_t e = graph->start[member[m]]; e < graph->start[member[m] + 1]; e++)
      place[parent[graph->neighbor[e]]] = -1;
  return count;
}

static void count_edges(void *job, int64_t block, int worker) {
  coarsen_job *j = job;
  int *place = j->place + (size_t)j->n_coarse * (size_t)worker;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, j->n_coarse);
  for (int c = (int)range.from; c < range.to; c++)
    j->coarse->graph.start[c + 1] = join_rows(j, c, place, NULL, NULL);
}

static void fill_edges(void *job, int64_t block, int worker) {
  coarsen_job *j = job;
  uf_level *coarse = j->coarse;
  int *place = j->place + (size_t)j->n_coarse * (size_t)worker;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, j->n_coarse);
  for (int c = (int)range.from; c < range.to; c++) {
    join_rows(j, c, place, coarse->graph.neighbor + coarse->graph.start[c],
              coarse->graph.weight + coarse->graph.start[c]);
    coarse->mass[c] = coarse->degree[c] = 0;
    for (int m = coarse->member_start[c]; m < coarse->member_start[c + 1]; m++) {
      coarse->mass[c] += j->fine->mass[coarse->member[m]];
      coarse->degree[c] += j->fine->degree[coarse->member[m]];
    }
  }
}

static uf_status join_aggregates(uf_context *ctx, coarsen_job *j) {
  uf_status status = UF_OK;
  uf_level *coarse = j->coarse;
  int n = j->n_coarse;
  int64_t n_blocks = uf_n_blocks(n, VERTICES_PER_BLOCK);
  coarse->graph.n = n;
  UF_NEW(ctx, j->place, (int64_t)ctx->n_threads * n);
  memset(j->place, -1, sizeof *j->place * (size_t)ctx->n_threads * (size_t)n);
  UF_NEW(ctx, coarse->mass, n);
  UF_NEW(ctx, coarse->degree, n);
  UF_NEW(ctx, coarse->graph.start, (int64_t)n + 1);
  coarse->graph.start[0] = 0;
  UF_TRY(uf_parallel(ctx, n_blocks, count_edges, j));
  for (int c = 0; c < n; c++) coarse->graph.start[c + 1] += coarse->graph.start[c];
  UF_NEW(ctx, coarse->graph.neighbor, coarse->graph.start[n]);
  UF_NEW(ctx, coarse->graph.weight, coarse->graph.start[n]);
  UF_TRY(uf_parallel(ctx, n_blocks, fill_edges, j));
done:
  return status;
}

static void free_level(uf_level *level) {
  uf_graph_free(&level->graph);
  uf_free(level->mass);
  uf_free(level->degree);
  uf_free(level->parent);
  uf_free(level->member_start);
  uf_free(level->member);
}

/* Makes the next level, unless it would be no smaller to speak of. */
static uf_status add_level(uf_context *ctx, uf_hierarchy *hierarchy, uint64_t seed) {
  uf_status status = UF_OK;
  int top = hierarchy->n_levels - 1;
  uf_level *fine = &hierarchy->level[top], coarse = {0};
  int n = fine->graph.n;
  int64_t n_blocks = uf_n_blocks(n, VERTICES_PER_BLOCK);
  coarsen_job job = {
      .fine = fine, .coarse = &coarse, .key = uf_key(seed, UF_STAGE_COARSEN, (uint64_t)top, 0)};
  UF_NEW(ctx, job.is_seed, n);
  UF_NEW(ctx, job.asked, n);
  UF_NEW(ctx, job.root, n);
  UF_NEW(ctx, fine->parent, n);
  UF_TRY(uf_parallel(ctx, n_blocks, find_seeds, &job));
  UF_TRY(uf_parallel(ctx, n_blocks, ask_seeds, &job));
  UF_TRY(uf_parallel(ctx, n_blocks, take_in, &job));
  UF_TRY(number_aggregates(ctx, &job, fine->parent));
  if (job.n_coarse <= least_progress * n) {
    UF_TRY(join_aggregates(ctx, &job));
    hierarchy->level[hierarchy->n_levels++] = coarse;
    coarse = (uf_level){0};
  }
done:
  uf_free(job.is_seed);
  uf_free(job.asked);
  uf_free(job.root);
  uf_free(job.place);
  free_level(&coarse);
  if (hierarchy->n_levels == top + 1) {
    uf_free(fine->parent);
    fine->parent = NULL;
  }
  return status;
}

static void measure_vertices(void *job, int64_t block, int worker) {
  (void)worker;
  uf_level *level = job;
  const uf_graph *graph = &level->graph;
  uf_range range = uf_block_range(block, VERTICES_PER_BLOCK, graph->n);
  for (int64_t i = range.from; i < range.to; i++) {
    level->mass[i] = 1;
    level->degree[i] = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      level->degree[i] += graph->weight[e];
  }
}

uf_status uf_coarsen(uf_context *ctx, const uf_graph *graph, uint64_t seed,
                     uf_hierarchy *hierarchy) {
  uf_status status = UF_OK;
  uf_level *finest = &hierarchy->level[0];
  *hierarchy = (uf_hierarchy){.n_levels = 1};
  finest->graph = *graph;
  UF_NEW(ctx, finest->mass, graph->n);
  UF_NEW(ctx, finest->degree, graph->n);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(graph->n, VERTICES_PER_BLOCK), measure_vertices, finest));
  while (hierarchy->n_levels < UF_MOST_LEVELS) {
    int top = hierarchy->n_levels;
    if (hierarchy->level[top - 1].graph.n <= FEW_VERTICES) break;
    UF_TRY(add_level(ctx, hierarchy, seed));
    if (hierarchy->n_levels == top) break;
  }
done:
  if (status) uf_hierarchy_free(hierarchy);
  return status;
}

void uf_hierarchy_free(uf_hierarchy *hierarchy) {
  hierarchy->level[0].graph = (uf_graph){0}; /* borrowed */
  for (int l = 0; l < UF_MOST_LEVELS; l++) free_level(&hierarchy->level[l]);
  *hierarchy = (uf_hierarchy){0};
}
