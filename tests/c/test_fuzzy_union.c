/* test_fuzzy_union.c: the fuzzy graph against dense arithmetic in double. */
#include "arith/arith.h"

#include "check.h"
#include "table_fixtures.h"

#include "graph/fuzzy_union.h"

/* r (A + A' - A∘A') + (1 - r) A∘A', dense. */
static double *wanted_graph(const uf_neighbors *table, const uf_fuzzy_options *options,
                            const float *rho, const float *sigma) {
  int n = table->n, k = table->k;
  double *a = fixture_doubles((int64_t)n * n), *s = fixture_doubles((int64_t)n * n),
         r = options->set_op_mix_ratio;
  for (int i = 0; i < n; i++)
    for (int c = 0; c < k; c++) {
      if (!counts(table, options, i, c)) continue;
      double excess = (double)table->distance[i * k + c] - rho[i];
      a[i * n + table->index[i * k + c]] =
          excess <= 0 || sigma[i] == 0 ? 1 : exp(-excess / sigma[i]);
    }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double both = a[i * n + j] * a[j * n + i];
      s[i * n + j] = r * (a[i * n + j] + a[j * n + i] - both) + (1 - r) * both;
    }
  free(a);
  return s;
}

static void check_form(const uf_graph *graph) {
  CHECK(graph->start[0] == 0);
  for (int i = 0; i < graph->n; i++) {
    CHECK(graph->start[i + 1] >= graph->start[i]);
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      CHECK(graph->neighbor[e] >= 0 && graph->neighbor[e] < graph->n && graph->neighbor[e] != i);
      CHECK(graph->weight[e] > 0 && graph->weight[e] <= 1);
      if (e > graph->start[i]) CHECK(graph->neighbor[e] > graph->neighbor[e - 1]);
    }
  }
}

static float *dense_of(const uf_graph *graph) {
  float *w = fixture_floats((int64_t)graph->n * graph->n);
  for (int i = 0; i < graph->n; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      w[(int64_t)i * graph->n + graph->neighbor[e]] = graph->weight[e];
  return w;
}

static void check_graph(const uf_neighbors *table, const uf_fuzzy_options *options) {
  int n = table->n;
  float *rho = fixture_floats(n), *sigma = fixture_floats(n);
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_smooth_knn(&ctx, table, options, rho, sigma) == UF_OK);
  CHECK(uf_fuzzy_graph(&ctx, table, rho, sigma, options, &graph) == UF_OK);
  check_form(&graph);
  double *wanted = wanted_graph(table, options, rho, sigma);
  float *got = dense_of(&graph);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      CHECK_CLOSE(got[i * n + j], wanted[i * n + j], 2e-6);
      CHECK(got[i * n + j] == got[j * n + i]);
    }
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(wanted);
  free(got);
  free(rho);
  free(sigma);
}

TEST(graphs) {
  const double mix[] = {0, 0.3, 1};
  const int k[] = {2, 7, 15, 40};
  for (int m = 0; m < 3; m++)
    for (int i = 0; i < 4; i++)
      for (int rounded = 0; rounded < 2; rounded++) {
        uf_neighbors table;
        uf_fuzzy_options options = {1, 1, mix[m], INFINITY, 0};
        table_of_points(120, 3, k[i], rounded ? 2 : 0, &table);
        check_graph(&table, &options);
        options.max_distance = 0.8;
        check_graph(&table, &options);
        for (int e = 0; e < table.n * table.k; e += 7)
          if (e % table.k) table.index[e] = -1;
        check_graph(&table, &options);
        table_free(&table);
      }
}

/* Everyone knows point 0 and some at random: `k` distinct ones, i first. */
static void table_with_hub(int n, int k, uf_neighbors *table) {
  table_alloc(n, k, table);
  for (int i = 0; i < n; i++)
    for (int c = 0; c < k; c++) {
      int stride = 1 + (int)(1000 * fabs(fixture_normal(30, i))) % (n / k);
      table->index[i * k + c] = c == 0 ? i : c == 1 && i > 0 ? 0 : (i + c * stride) % n;
      table->distance[i * k + c] = (float)c;
    }
}

/* The place of an edge in the graph, or -1. */
static int64_t find_edge(const uf_graph *graph, int i, int j) {
  for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
    if (graph->neighbor[e] == j) return e;
  return -1;
}

/* Enough points for several ranges in the transpose, the last of them short. */
TEST(many_rows) {
  enum { N = 5000, K = 6 };
  uf_neighbors table;
  uf_graph graph;
  uf_context ctx;
  float *rho = fixture_floats(N), *sigma = fixture_floats(N);
  table_with_hub(N, K, &table);
  fixture_open(&ctx, 3, NULL);
  CHECK(uf_smooth_knn(&ctx, &table, &plain, rho, sigma) == UF_OK);
  CHECK(uf_fuzzy_graph(&ctx, &table, rho, sigma, &plain, &graph) == UF_OK);
  check_form(&graph);
  int64_t ends = 0; /* an edge has two; one that both points name is counted at either */
  for (int i = 0; i < N; i++)
    for (int c = 0; c < K; c++) {
      int j = table.index[i * K + c], mutual = 0;
      if (j == i) continue;
      for (int o = 0; o < K; o++) mutual |= table.index[j * K + o] == i;
      ends += mutual ? 1 : 2;
      int64_t there = find_edge(&graph, i, j), back = find_edge(&graph, j, i);
      CHECK(there >= 0 && back >= 0 && graph.weight[there] == graph.weight[back]);
    }
  CHECK(graph.start[N] == ends && graph.start[1] - graph.start[0] >= N - 1);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  table_free(&table);
  free(rho);
  free(sigma);
}

TEST(small_graphs) {
  const float none[] = {0, INFINITY, INFINITY}, apart[] = {0, 2, 3}, zero[] = {0, 0, 0};
  const float *const rows[] = {none, apart, zero};
  for (int r = 0; r < 3; r++) {
    uf_neighbors table;
    table_of_row(3, rows[r], &table);
    check_graph(&table, &plain);
    table_free(&table);
  }
  uf_neighbors pair;
  table_of_points(2, 1, 2, 0, &pair);
  check_graph(&pair, &plain);
  table_free(&pair);
}

/* One row and its neighbor, seen from both: A_01 = 1 and A_10 = 1 at rho; mixed by hand at the
 * second neighbor. */
TEST(graph_by_hand) {
  int index[] = {0, 1, 2, 1, 0, 2, 2, 0, -1};
  float distance[] = {0, 1, 3, 0, 1, 2, 0, 3, INFINITY}, rho[] = {1, 1, 3}, sigma[] = {2, 1, 1};
  const uf_neighbors table = {3, 3, index, distance, -1};
  const double e = exp(-1);
  uf_fuzzy_options options = {1, 1, 0.25, INFINITY, 0};
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_fuzzy_graph(&ctx, &table, rho, sigma, &options, &graph) == UF_OK);
  CHECK(graph.start[1] == 2 && graph.start[2] == 4 && graph.start[3] == 6);
  CHECK_CLOSE(graph.weight[0], 1, 1e-6);
  CHECK_CLOSE(graph.weight[1], 0.25 * (e + 1 - e) + 0.75 * e, 1e-6);
  CHECK_CLOSE(graph.weight[3], 0.25 * e, 1e-6); /* 1 knows 2, 2 does not know 1 */
  uf_graph_free(&graph);
  options.set_op_mix_ratio = 0;
  CHECK(uf_fuzzy_graph(&ctx, &table, rho, sigma, &options, &graph) == UF_OK);
  CHECK(graph.start[3] == 4);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

static int same_graph(const uf_graph *a, const uf_graph *b) {
  if (a->n != b->n || memcmp(a->start, b->start, sizeof *a->start * (size_t)(a->n + 1))) return 0;
  size_t n_edges = (size_t)a->start[a->n];
  return memcmp(a->neighbor, b->neighbor, sizeof *a->neighbor * n_edges) == 0 &&
         memcmp(a->weight, b->weight, sizeof *a->weight * n_edges) == 0;
}

static void stages(const uf_neighbors *table, int n_threads, const char *isa, float *rho,
                   float *sigma, uf_graph *graph) {
  uf_context ctx;
  fixture_open(&ctx, n_threads, isa);
  CHECK(uf_smooth_knn(&ctx, table, &plain, rho, sigma) == UF_OK);
  CHECK(uf_fuzzy_graph(&ctx, table, rho, sigma, &plain, graph) == UF_OK);
  uf_session_close(&ctx);
}

TEST(same_bits_everywhere) {
  enum { N = 700 };
  float rho[2][N], sigma[2][N];
  uf_graph graph[2];
  uf_neighbors table;
  table_of_points(N, 3, 20, 4, &table);
  stages(&table, 1, NULL, rho[0], sigma[0], &graph[0]);
  for (int t = 0; t < FIXTURE_THREADS; t++)
    for (int isa = 0; isa < FIXTURE_ISAS; isa++) {
      stages(&table, fixture_threads[t], fixture_isa[isa], rho[1], sigma[1], &graph[1]);
      CHECK(fixture_same(rho[0], rho[1], N) && fixture_same(sigma[0], sigma[1], N));
      CHECK(same_graph(&graph[0], &graph[1]));
      uf_graph_free(&graph[1]);
    }
  uf_graph_free(&graph[0]);
  table_free(&table);
}

TEST(interrupts_are_heard) {
  enum { N = 700 };
  float rho[N] = {0}, sigma[N] = {0};
  uf_neighbors table;
  table_of_points(N, 3, 10, 0, &table);
  for (int t = 0; t < FIXTURE_THREADS; t++) {
    uf_context ctx;
    uf_graph graph;
    int polls;
    fixture_open_stopping(&ctx, fixture_threads[t], &polls);
    uf_status status = uf_smooth_knn(&ctx, &table, &plain, rho, sigma);
    CHECK(fixture_stopped(status, &ctx, polls));
    status = uf_fuzzy_graph(&ctx, &table, rho, sigma, &plain, &graph);
    CHECK(fixture_stopped(status, &ctx, polls) && (status == UF_OK || graph.start == NULL));
    uf_graph_free(&graph);
    uf_session_close(&ctx);
  }
  table_free(&table);
}

/* ---- triplets ---- */

/* Exchanges triplets at random. */
static void shuffle(int64_t n_edges, int *row, int *column, double *weight) {
  for (int64_t e = n_edges - 1; e > 0; e--) {
    int64_t other = (int64_t)(fixture_unit(21, e) * (double)(e + 1));
    int r = row[e], c = column[e];
    double w = weight[e];
    row[e] = row[other], column[e] = column[other], weight[e] = weight[other];
    row[other] = r, column[other] = c, weight[other] = w;
  }
}

TEST(triplets_in_any_order) {
  enum { N = 60 };
  uf_context ctx;
  uf_graph wanted, got;
  fixture_open(&ctx, 1, NULL);
  double *w = fixture_ring(N, 3);
  for (int i = 0; i < N; i++) w[i * N + 5] = w[5 * N + i] = 0; /* a vertex by itself */
  fixture_graph_of(&ctx, N, w, &wanted);
  int64_t n_edges = wanted.start[N];
  int *row = fixture_ints(n_edges), *column = fixture_ints(n_edges);
  double *weight = fixture_doubles(n_edges);
  for (int i = 0; i < N; i++)
    for (int64_t e = wanted.start[i]; e < wanted.start[i + 1]; e++) {
      row[e] = i + 1;
      column[e] = wanted.neighbor[e] + 1;
      weight[e] = wanted.weight[e];
    }
  for (int shuffled = 0; shuffled < 2; shuffled++) {
    CHECK(uf_graph_from_triplets(&ctx, N, n_edges, row, column, weight, &got) == UF_OK);
    CHECK(same_graph(&got, &wanted));
    uf_graph_free(&got);
    shuffle(n_edges, row, column, weight);
  }
  CHECK(uf_graph_from_triplets(&ctx, N, n_edges, row, column, weight, &got) == UF_OK);
  CHECK(same_graph(&got, &wanted));
  uf_graph_free(&got);
  CHECK(uf_graph_from_triplets(&ctx, 3, 0, row, column, weight, &got) == UF_OK);
  CHECK(got.n == 3 && got.start[3] == 0);
  uf_graph_free(&got);
  uf_graph_free(&wanted);
  uf_session_close(&ctx);
  free(row);
  free(column);
  free(weight);
}

int main(void) {
  RUN(graphs);
  RUN(many_rows);
  RUN(small_graphs);
  RUN(graph_by_hand);
  RUN(same_bits_everywhere);
  RUN(interrupts_are_heard);
  RUN(triplets_in_any_order);
  return check_report();
}
