/* test_hierarchy.c: hierarchies of graphs, and layouts carried through them. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "graph/transfer.h"

static void coarsen(uf_context *ctx, const uf_graph *graph, uf_hierarchy *hierarchy) {
  if (uf_coarsen(ctx, graph, 42, hierarchy) != UF_OK) exit(2);
}

/* A ring with ties to the next few, and `n_loose` vertices without any. */
static void loose_ring(uf_context *ctx, int n, int n_loose, uf_graph *graph) {
  double *w = fixture_ring(n, 6);
  for (int i = 0; i < n; i++)
    for (int j = n - n_loose; j < n; j++) fixture_edge(w, n, i, j, 0);
  fixture_graph_of(ctx, n, w, graph);
}

static double weight_between(const uf_level *level, int i, int j) {
  double sum = 0;
  for (int64_t e = level->graph.start[i]; e < level->graph.start[i + 1]; e++)
    if (level->graph.neighbor[e] == j) sum += level->graph.weight[e];
  return sum;
}

/* Parents and members tell the same story; mass, degree and every weight are the sums of what is
 * below. */
static void check_level(const uf_level *fine, const uf_level *coarse) {
  int n = fine->graph.n, m = coarse->graph.n;
  double *sums = fixture_doubles((int64_t)m * m), mass = 0, degree = 0, fine_degree = 0;
  CHECK(m < n && coarse->member_start[0] == 0 && coarse->member_start[m] == n);
  for (int c = 0; c < m; c++) {
    CHECK(coarse->member_start[c + 1] > coarse->member_start[c]);
    for (int64_t k = coarse->member_start[c]; k < coarse->member_start[c + 1]; k++)
      CHECK(fine->parent[coarse->member[k]] == c);
    mass += coarse->mass[c];
    degree += coarse->degree[c];
  }
  for (int i = 0; i < n; i++) {
    fine_degree += fine->degree[i];
    mass -= fine->mass[i];
    for (int64_t e = fine->graph.start[i]; e < fine->graph.start[i + 1]; e++)
      sums[fine->parent[i] * m + fine->parent[fine->graph.neighbor[e]]] += fine->graph.weight[e];
  }
  CHECK(mass == 0);
  CHECK_CLOSE(degree, fine_degree, 1e-5 * fine_degree);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < m; j++)
      CHECK_CLOSE(weight_between(coarse, i, j), i == j ? 0 : sums[i * m + j], 1e-4);
  free(sums);
}

TEST(levels_conserve_mass_and_weight) {
  enum { N = 2000, LOOSE = 20 };
  uf_context ctx;
  uf_graph graph;
  uf_hierarchy hierarchy;
  fixture_open(&ctx, 2, NULL);
  loose_ring(&ctx, N, LOOSE, &graph);
  coarsen(&ctx, &graph, &hierarchy);
  CHECK(hierarchy.n_levels >= 2);
  for (int l = 1; l < hierarchy.n_levels; l++) {
    check_level(&hierarchy.level[l - 1], &hierarchy.level[l]);
    CHECK(hierarchy.level[l].graph.n <= 0.5 * hierarchy.level[l - 1].graph.n);
  }
  int top = hierarchy.n_levels - 1;
  CHECK(hierarchy.level[top].graph.n <= 400 && !hierarchy.level[top].parent);
  for (int i = N - LOOSE; i < N; i++) /* alone on every level */
    CHECK(hierarchy.level[top].mass[uf_ancestor(&hierarchy, top, i)] == 1);
  uf_hierarchy_free(&hierarchy);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

/* Graphs that cannot be coarsened are left as they are. */
TEST(stubborn_graphs) {
  enum { N = 600 };
  for (int kind = 0; kind < 2; kind++) {
    uf_context ctx;
    uf_graph graph;
    uf_hierarchy hierarchy;
    fixture_open(&ctx, 1, NULL);
    fixture_graph_of(&ctx, N, kind ? fixture_star(N) : fixture_doubles(N * N), &graph);
    coarsen(&ctx, &graph, &hierarchy);
    CHECK(hierarchy.n_levels == 1 && hierarchy.level[0].parent == NULL);
    uf_hierarchy_free(&hierarchy);
    uf_graph_free(&graph);
    uf_session_close(&ctx);
  }
}

/* Cliques of four, and a hub with light edges to all of their vertices. */
static void hub_graph(uf_context *ctx, int n_cliques, uf_graph *graph) {
  int hub = 4 * n_cliques;
  int64_t at = 0;
  if (uf_graph_alloc(ctx, hub + 1, 5 * (int64_t)hub, graph) != UF_OK) exit(2);
  for (int i = 0; i < hub; i++) {
    for (int j = i / 4 * 4; j < i / 4 * 4 + 4; j++) {
      if (j == i) continue;
      graph->neighbor[at] = j;
      graph->weight[at++] = 1;
    }
    graph->neighbor[at] = hub;
    graph->weight[at++] = 0.125f;
    graph->start[i + 1] = at;
  }
  for (int i = 0; i < hub; i++) {
    graph->neighbor[at] = i;
    graph->weight[at++] = 0.125f;
  }
  graph->start[hub + 1] = at;
}

/* The hub has more neighbors than each worker has room for. Sums of weights are exact. */
TEST(hubs_keep_their_edges) {
  enum { CLIQUES = 17000 };
  for (int n_threads = 1; n_threads <= 3; n_threads += 2) {
    uf_context ctx;
    uf_graph graph;
    uf_hierarchy hierarchy;
    fixture_open(&ctx, n_threads, NULL);
    hub_graph(&ctx, CLIQUES, &graph);
    coarsen(&ctx, &graph, &hierarchy);
    CHECK(hierarchy.n_levels >= 2);
    const uf_level *coarse = &hierarchy.level[1];
    int hub = hierarchy.level[0].parent[4 * CLIQUES], n = coarse->graph.n;
    int *is_met = fixture_ints(n);
    int64_t from = coarse->graph.start[hub], to = coarse->graph.start[hub + 1];
    CHECK(n >= CLIQUES && to - from == n - 1);
    for (int64_t e = from; e < to; e++) {
      int other = coarse->graph.neighbor[e];
      CHECK(other != hub && !is_met[other]++);
      CHECK(coarse->graph.weight[e] == 0.5f && coarse->mass[other] == 4);
      CHECK(weight_between(coarse, other, hub) == 0.5);
    }
    free(is_met);
    uf_hierarchy_free(&hierarchy);
    uf_graph_free(&graph);
    uf_session_close(&ctx);
  }
}

TEST(same_levels_on_any_number_of_threads) {
  enum { N = 3000 };
  uf_context ctx;
  uf_graph graph;
  uf_hierarchy wanted, got;
  fixture_open(&ctx, 1, NULL);
  loose_ring(&ctx, N, 5, &graph);
  coarsen(&ctx, &graph, &wanted);
  uf_session_close(&ctx);
  for (int t = 0; t < FIXTURE_THREADS; t++) {
    fixture_open(&ctx, fixture_threads[t], NULL);
    coarsen(&ctx, &graph, &got);
    CHECK(got.n_levels == wanted.n_levels);
    for (int l = 0; l < got.n_levels; l++) {
      const uf_graph *x = &got.level[l].graph, *y = &wanted.level[l].graph;
      CHECK(x->n == y->n && x->start[x->n] == y->start[y->n]);
      CHECK(fixture_same(x->weight, y->weight, x->start[x->n]));
      CHECK(memcmp(x->neighbor, y->neighbor, sizeof *x->neighbor * (size_t)x->start[x->n]) == 0);
    }
    uf_hierarchy_free(&got);
    uf_session_close(&ctx);
  }
  uf_hierarchy_free(&wanted);
  uf_graph_free(&graph);
}

/* The center of mass stays when a layout is taken up; a layout that is the same everywhere stays
 * the same, up and down; and what is taken down lies between its own and its neighbors'
 * aggregates. */
TEST(layouts_move_between_levels) {
  enum { N = 1000, D = 3 };
  uf_context ctx;
  uf_graph graph;
  uf_hierarchy hierarchy;
  float *fine = fixture_floats(N * D), *coarse = fixture_floats(N * D),
        *back = fixture_floats(N * D);
  fixture_open(&ctx, 2, NULL);
  loose_ring(&ctx, N, 10, &graph);
  coarsen(&ctx, &graph, &hierarchy);
  const uf_level *level = &hierarchy.level[1];
  for (int e = 0; e < N * D; e++) fine[e] = (float)fixture_unit(70, e);
  CHECK(uf_restrict(&ctx, &hierarchy, 1, D, fine, coarse) == UF_OK);
  for (int c = 0; c < D; c++) {
    double sum = 0, coarse_sum = 0;
    for (int i = 0; i < N; i++) sum += fine[i * D + c];
    for (int i = 0; i < level->graph.n; i++) coarse_sum += level->mass[i] * coarse[i * D + c];
    CHECK_CLOSE(coarse_sum, sum, 1e-3);
  }
  const uf_prolong_options plain = {.d = D}, jittered = {.d = D, .jitter = 0.1f, .seed = 42};
  CHECK(uf_prolong(&ctx, &hierarchy, &plain, coarse, back) == UF_OK);
  for (int c = 0; c < D; c++) { /* without neighbors, where the aggregate is */
    float own = coarse[hierarchy.level[0].parent[N - 1] * D + c];
    CHECK(back[(N - 1) * D + c] == own);
  }
  CHECK(uf_prolong(&ctx, &hierarchy, &jittered, coarse, fine) == UF_OK);
  for (int e = 0; e < N * D; e++) CHECK_CLOSE(fine[e], back[e], 0.1001);
  CHECK(!fixture_same(fine, back, N * D));
  for (int e = 0; e < N * D; e++) fine[e] = 2.5f;
  CHECK(uf_restrict(&ctx, &hierarchy, 1, D, fine, coarse) == UF_OK);
  CHECK(uf_prolong(&ctx, &hierarchy, &plain, coarse, back) == UF_OK);
  for (int e = 0; e < N * D; e++) CHECK_CLOSE(back[e], 2.5, 1e-5);
  uf_hierarchy_free(&hierarchy);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(fine);
  free(coarse);
  free(back);
}

/* The jitter of prolongation and the noise of initial layouts (init/random.c) are different
 * numbers. */
TEST(jitter_has_a_stage_of_its_own) {
  enum { N = 1000, D = 2 };
  uf_context ctx;
  uf_graph graph;
  uf_hierarchy hierarchy;
  float *fine = fixture_floats(N * D), *coarse = fixture_floats(N * D);
  const uf_prolong_options options = {.d = D, .jitter = 1, .seed = 42};
  uint64_t key = uf_key(42, UF_STAGE_JITTER, 0, 0);
  fixture_open(&ctx, 1, NULL);
  loose_ring(&ctx, N, 0, &graph);
  coarsen(&ctx, &graph, &hierarchy);
  CHECK(uf_prolong(&ctx, &hierarchy, &options, coarse, fine) == UF_OK);
  for (int c = 0; c < D; c++) CHECK(fine[c] != 2 * uf_draw_unit(key, (uint64_t)c) - 1);
  uf_hierarchy_free(&hierarchy);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(fine);
  free(coarse);
}

TEST(interrupts_are_heard) {
  uf_context ctx;
  uf_graph graph;
  uf_hierarchy hierarchy;
  int polls;
  fixture_open(&ctx, 1, NULL);
  loose_ring(&ctx, 2000, 5, &graph);
  uf_session_close(&ctx);
  fixture_open_stopping(&ctx, 1, &polls);
  CHECK(uf_coarsen(&ctx, &graph, 42, &hierarchy) == UF_INTERRUPTED);
  CHECK(hierarchy.n_levels == 0 && hierarchy.level[0].mass == NULL);
  uf_session_close(&ctx);
  uf_graph_free(&graph);
}

int main(void) {
  RUN(levels_conserve_mass_and_weight);
  RUN(stubborn_graphs);
  RUN(hubs_keep_their_edges);
  RUN(same_levels_on_any_number_of_threads);
  RUN(layouts_move_between_levels);
  RUN(jitter_has_a_stage_of_its_own);
  RUN(interrupts_are_heard);
  return check_report();
}
