/*
 * graph/hierarchy.c: aggregates around seeds, all vertices at once.
 *
 * The strength of edge ij is s_ij = w_ij / √(m_i m_j), m being masses. Each vertex has a random
 * priority; vertices with a higher priority than their RIVALS strongest neighbors are seeds. Each
 * other vertex applies to the seed among its neighbors to which it is tied most strongly, and a
 * seed accepts the strongest of its applicants, up to a limit. A vertex that no seed accepts is an
 * aggregate by itself, to be joined to others a level up. Between aggregates I and J, with members
 * i and j,
 *
 *   w_IJ = Σ_i Σ_j w_ij        m_I = Σ_i m_i        D_I = Σ_i D_i
 *
 * (the Galerkin product P'WP of algebraic multigrid, with P_iI = 1 where i is in I, less its
 * diagonal). Every step is one loop over vertices that write only what is theirs, so the number of
 * threads does not matter.
 *
 * O(edges) for a level, and a level has about 0.3 times the vertices of the one below.
 */
#include "arith/arith.h"

#include "graph/hierarchy.h"

#include "base/csr_build.h"
#include "base/index_set.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/topk.h"
#include "graph/graph.h"

enum {
  VERTICES_PER_BLOCK = 1024,
  RIVALS = 3,         /* with r rivals, one vertex in r + 1 is a seed */
  MOST_MEMBERS = 8,   /* of an aggregate */
  FEW_VERTICES = 400, /* the coarsest level has no more, if possible */
  SHORT_ROW = 16384   /* edges of an aggregate for which each worker has room; longer rows are
                         joined one by one */
};

/* A level with more than this fraction of the vertices below it is not worth having. The constants
 * here are compromises; not measured on their own. */
static const double least_progress = 0.8;

typedef struct coarsen_job {
  const uf_level *fine;
  uf_level *coarse;
  uint64_t key;
  uint8_t *is_seed; /* n */
  int *applies_to;  /* n: a seed, or -1 */
  int *root;        /* n: the seed of its aggregate, or itself */
  int n_coarse;
  uf_index_set *met; /* per worker: neighbors of the row being made */
  int n_long;
  int *long_row; /* n_long: aggregates that are not short */
} coarsen_job;

/* ---- aggregates ---- */

/* s_ij of a vertex i along edge e, times √m_i, which is the same for all its neighbors. */
static float strength(const uf_level *level, int64_t e) {
  return level->graph.weight[e] / sqrtf(level->mass[level->graph.neighbor[e]]);
}

/* Inserts the neighbor along edge e into a list of the k strongest: their keys ascend while
 * strengths fall, and equals are ordered by vertex. Returns the list's new length. */
static int insert_strong(const uf_level *level, int64_t e, uint64_t *list, int count, int k) {
  uint32_t falling = ~uf_ascending_bits(strength(level, e));
  uint64_t key = (uint64_t)falling << 32 | (uint32_t)level->graph.neighbor[e];
  int is_in = uf_topk_insert(list, count, k, key) >= 0;
  return count + (is_in && count < k);
}

static void find_seeds(void *job, uf_rows rows) {
  const coarsen_job *j = job;
  const uf_graph *graph = &j->fine->graph;
  for (int64_t i = rows.from; i < rows.to; i++) {
    uint64_t rivals[RIVALS];
    int count = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      count = insert_strong(j->fine, e, rivals, count, RIVALS);
    uint64_t priority = uf_draw(j->key, (uint64_t)i);
    j->is_seed[i] = 1;
    for (int r = 0; r < count; r++)
      if (uf_draw(j->key, (uint64_t)uf_topk_index(rivals[r])) > priority) j->is_seed[i] = 0;
  }
}

static void apply_to_seeds(void *job, uf_rows rows) {
  const coarsen_job *j = job;
  const uf_graph *graph = &j->fine->graph;
  for (int64_t i = rows.from; i < rows.to; i++) {
    uint64_t best;
    int count = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1] && !j->is_seed[i]; e++)
      if (j->is_seed[graph->neighbor[e]]) count = insert_strong(j->fine, e, &best, count, 1);
    j->applies_to[i] = count ? uf_topk_index(best) : -1;
    j->root[i] = (int)i;
  }
}

static void accept_applicants(void *job, uf_rows rows) {
  const coarsen_job *j = job;
  const uf_graph *graph = &j->fine->graph;
  for (int64_t i = rows.from; i < rows.to; i++) {
    uint64_t accepted[MOST_MEMBERS - 1];
    int count = 0;
    for (int64_t e = graph->start[i]; e < graph->start[i + 1] && j->is_seed[i]; e++)
      if (j->applies_to[graph->neighbor[e]] == i)
        count = insert_strong(j->fine, e, accepted, count, MOST_MEMBERS - 1);
    for (int m = 0; m < count; m++) j->root[uf_topk_index(accepted[m])] = (int)i;
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
  int64_t *start = j->coarse->member_start;
  for (int i = 0; i < n; i++) start[parent[i] + 1]++;
  uf_csr_starts(count, start);
  for (int i = 0; i < n; i++) j->coarse->member[start[parent[i]]++] = i;
  uf_csr_rewind(count, start);
done:
  return status;
}

/* ---- rows of the coarse graph ---- */

/* An upper bound of an aggregate's neighbors: the edges of its members, or all aggregates. */
static int most_neighbors(const coarsen_job *j, int64_t aggregate) {
  const uf_level *coarse = j->coarse;
  int64_t count = 0;
  for (int64_t m = coarse->member_start[aggregate]; m < coarse->member_start[aggregate + 1]; m++) {
    int member = coarse->member[m];
    count += j->fine->graph.start[member + 1] - j->fine->graph.start[member];
  }
  return count < j->n_coarse ? (int)count : j->n_coarse;
}

/* Joins the rows of all members; neighbors are in the order in which they are met. Returns their
 * number, and writes them where `neighbor` is given. */
static int64_t join_rows(const coarsen_job *j, int64_t aggregate, int most, uf_index_set *met,
                         int *neighbor, float *weight) {
  const uf_graph *graph = &j->fine->graph;
  const uf_level *coarse = j->coarse;
  uf_index_set_begin(met, most);
  for (int64_t m = coarse->member_start[aggregate]; m < coarse->member_start[aggregate + 1]; m++) {
    int member = coarse->member[m];
    for (int64_t e = graph->start[member]; e < graph->start[member + 1]; e++) {
      int other = j->fine->parent[graph->neighbor[e]], count = met->count;
      if (other == aggregate) continue;
      int at = uf_index_set_add(met, other);
      if (!neighbor) continue;
      if (at == count) {
        neighbor[at] = other;
        weight[at] = 0;
      }
      weight[at] += graph->weight[e];
    }
  }
  return met->count;
}

static void fill_row(const coarsen_job *j, int64_t c, int most, uf_index_set *met) {
  uf_level *coarse = j->coarse;
  join_rows(j, c, most, met, coarse->graph.neighbor + coarse->graph.start[c],
            coarse->graph.weight + coarse->graph.start[c]);
  coarse->mass[c] = coarse->degree[c] = 0;
  for (int64_t m = coarse->member_start[c]; m < coarse->member_start[c + 1]; m++) {
    coarse->mass[c] += j->fine->mass[coarse->member[m]];
    coarse->degree[c] += j->fine->degree[coarse->member[m]];
  }
}

/* Counts the edges of short rows; long ones have -1. */
static void count_short_rows(void *job, uf_rows rows) {
  const coarsen_job *j = job;
  for (int64_t c = rows.from; c < rows.to; c++) {
    int most = most_neighbors(j, c);
    j->coarse->graph.start[c + 1] =
        most > SHORT_ROW ? -1 : join_rows(j, c, most, &j->met[rows.worker], NULL, NULL);
  }
}

static void fill_short_rows(void *job, uf_rows rows) {
  const coarsen_job *j = job;
  for (int64_t c = rows.from; c < rows.to; c++) {
    int most = most_neighbors(j, c);
    if (most <= SHORT_ROW) fill_row(j, c, most, &j->met[rows.worker]);
  }
}

/* Lists the long rows, and counts their edges. Makes a set with room for any of them. */
static uf_status count_long_rows(uf_context *ctx, coarsen_job *j, uf_index_set *met) {
  uf_status status = UF_OK;
  int64_t *start = j->coarse->graph.start;
  int n = j->n_coarse, most = 0;
  for (int c = 0; c < n; c++) j->n_long += start[c + 1] < 0;
  UF_NEW(ctx, j->long_row, j->n_long);
  for (int c = 0, l = 0; c < n && l < j->n_long; c++)
    if (start[c + 1] < 0) j->long_row[l++] = c;
  for (int l = 0; l < j->n_long; l++)
    most = most_neighbors(j, j->long_row[l]) > most ? most_neighbors(j, j->long_row[l]) : most;
  if (j->n_long == 0) goto done;
  UF_TRY(uf_index_set_make(ctx, most, met));
  for (int l = 0; l < j->n_long; l++) {
    UF_TRY(uf_poll(ctx, (double)l / j->n_long));
    start[j->long_row[l] + 1] = join_rows(j, j->long_row[l], most, met, NULL, NULL);
  }
done:
  return status;
}

static uf_status join_aggregates(uf_context *ctx, coarsen_job *j) {
  uf_status status = UF_OK;
  uf_level *coarse = j->coarse;
  int n = j->n_coarse;
  uf_index_set long_met = {0};
  coarse->graph.n = n;
  UF_NEW_ZERO(ctx, j->met, ctx->n_threads);
  for (int t = 0; t < ctx->n_threads; t++)
    UF_TRY(uf_index_set_make(ctx, n < SHORT_ROW ? n : SHORT_ROW, &j->met[t]));
  UF_NEW(ctx, coarse->mass, n);
  UF_NEW(ctx, coarse->degree, n);
  UF_NEW(ctx, coarse->graph.start, (int64_t)n + 1);
  coarse->graph.start[0] = 0;
  UF_TRY(uf_parallel_rows(ctx, n, VERTICES_PER_BLOCK, count_short_rows, j));
  UF_TRY(count_long_rows(ctx, j, &long_met));
  int64_t n_edges = uf_csr_starts(n, coarse->graph.start);
  UF_NEW(ctx, coarse->graph.neighbor, n_edges);
  UF_NEW(ctx, coarse->graph.weight, n_edges);
  UF_TRY(uf_parallel_rows(ctx, n, VERTICES_PER_BLOCK, fill_short_rows, j));
  for (int l = 0; l < j->n_long; l++) {
    UF_TRY(uf_poll(ctx, (double)l / j->n_long));
    fill_row(j, j->long_row[l], most_neighbors(j, j->long_row[l]), &long_met);
  }
done:
  for (int t = 0; j->met && t < ctx->n_threads; t++) uf_index_set_free(&j->met[t]);
  uf_index_set_free(&long_met);
  uf_free(j->met);
  uf_free(j->long_row);
  return status;
}

/* ---- levels ---- */

static void free_level(uf_level *level) {
  uf_graph_free(&level->graph);
  uf_free(level->mass);
  uf_free(level->degree);
  uf_free(level->parent);
  uf_free(level->member_start);
  uf_free(level->member);
}

/* Makes the next level, unless it would hardly be smaller. */
static uf_status add_level(uf_context *ctx, uf_hierarchy *hierarchy, uint64_t seed) {
  uf_status status = UF_OK;
  int top = hierarchy->n_levels - 1;
  uf_level *fine = &hierarchy->level[top], coarse = {0};
  int n = fine->graph.n;
  coarsen_job job = {
      .fine = fine, .coarse = &coarse, .key = uf_key(seed, UF_STAGE_COARSEN, (uint64_t)top, 0)};
  UF_NEW(ctx, job.is_seed, n);
  UF_NEW(ctx, job.applies_to, n);
  UF_NEW(ctx, job.root, n);
  UF_NEW(ctx, fine->parent, n);
  UF_TRY(uf_parallel_rows(ctx, n, VERTICES_PER_BLOCK, find_seeds, &job));
  UF_TRY(uf_parallel_rows(ctx, n, VERTICES_PER_BLOCK, apply_to_seeds, &job));
  UF_TRY(uf_parallel_rows(ctx, n, VERTICES_PER_BLOCK, accept_applicants, &job));
  UF_TRY(number_aggregates(ctx, &job, fine->parent));
  if (job.n_coarse <= least_progress * n) {
    UF_TRY(join_aggregates(ctx, &job));
    hierarchy->level[hierarchy->n_levels++] = coarse;
    coarse = (uf_level){0};
  }
done:
  uf_free(job.is_seed);
  uf_free(job.applies_to);
  uf_free(job.root);
  free_level(&coarse);
  if (hierarchy->n_levels == top + 1) {
    uf_free(fine->parent);
    fine->parent = NULL;
  }
  return status;
}

static void measure_vertices(void *job, uf_rows rows) {
  uf_level *level = job;
  const uf_graph *graph = &level->graph;
  for (int64_t i = rows.from; i < rows.to; i++) {
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
  UF_TRY(uf_parallel_rows(ctx, graph->n, VERTICES_PER_BLOCK, measure_vertices, finest));
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
