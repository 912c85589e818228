/* test_intersect.c: intersections of graphs against dense arithmetic in double. */
#include "arith/arith.h"

#include "check.h"
#include "graph/local_connectivity.h"
#include "graph/categories.h"
#include "graph/set_ops.h"
#include "fixtures.h"

enum { N = 130 };

static double *random_weights(int sequence, double density) {
  double *w = fixture_doubles(N * N);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < i; j++)
      if (fixture_unit(sequence, i * N + j) < density)
        fixture_edge(w, N, i, j, (float)(1 - fixture_unit(sequence + 1, i * N + j)));
  return w;
}

static double *dense_of(const uf_graph *graph) {
  double *w = fixture_doubles(N * N);
  for (int i = 0; i < graph->n; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      w[i * N + graph->neighbor[e]] = graph->weight[e];
  return w;
}

static double missing(const double *w) {
  double least = 1;
  for (int e = 0; e < N * N; e++)
    if (w[e] > 0 && w[e] < least) least = w[e];
  return fmax(least / 2, 1e-8);
}

static void check_dense(const uf_graph *graph, const double *wanted) {
  double *got = dense_of(graph);
  for (int e = 0; e < N * N; e++) CHECK_CLOSE(got[e], wanted[e], 1e-6 * wanted[e]);
  free(got);
}

static void check_intersection(const double *left, const double *right, double weight) {
  uf_context ctx;
  uf_graph one, other, both;
  double left_missing = missing(left), right_missing = missing(right);
  double *wanted = fixture_doubles(N * N);
  fixture_open(&ctx, 1, NULL);
  fixture_graph(&ctx, N, left, &one);
  fixture_graph(&ctx, N, right, &other);
  CHECK(uf_intersect_graphs(&ctx, &one, &other, weight, 0, &both) == UF_OK);
  for (int e = 0; e < N * N; e++) {
    double l = left[e] > 0 ? left[e] : left_missing, r = right[e] > 0 ? right[e] : right_missing;
    if (left[e] > 0 || right[e] > 0)
      wanted[e] =
          weight < 0.5 ? l * pow(r, weight / (1 - weight)) : pow(l, (1 - weight) / weight) * r;
  }
  check_dense(&both, wanted);
  uf_graph_free(&one);
  uf_graph_free(&other);
  uf_graph_free(&both);
  uf_session_close(&ctx);
  free(wanted);
}

TEST(intersections) {
  const double weights[] = {0, 0.2, 0.5, 0.9, 1};
  double *left = random_weights(70, 0.2), *right = random_weights(72, 0.1);
  double *none = fixture_doubles(N * N);
  for (int w = 0; w < 5; w++) {
    check_intersection(left, right, weights[w]);
    check_intersection(left, none, weights[w]);
    check_intersection(none, none, weights[w]);
  }
  free(left);
  free(right);
  free(none);
}

TEST(categories) {
  const double weights[] = {0, 0.5, 0.8, 1};
  int *category = fixture_ints(N);
  for (int i = 0; i < N; i++) category[i] = i % 5 - 1;
  for (int w = 0; w < 4; w++) {
    uf_context ctx;
    uf_graph graph;
    double *wanted = random_weights(70, 0.2);
    fixture_open(&ctx, 1, NULL);
    fixture_graph(&ctx, N, wanted, &graph);
    CHECK(uf_categorical_intersection(&ctx, &graph, category, category, weights[w]) == UF_OK);
    for (int e = 0; e < N * N; e++) {
      int i = category[e / N], j = category[e % N];
      wanted[e] *= i < 0 || j < 0 ? exp(-1) : i == j ? 1 : exp(-2.5 / (1 - weights[w]));
    }
    check_dense(&graph, wanted);
    for (int64_t e = 0; e < graph.start[N]; e++) CHECK(graph.weight[e] > 0);
    uf_graph_free(&graph);
    uf_session_close(&ctx);
    free(wanted);
  }
  free(category);
}

/* Also a vertex without edges, and rows of tiny weights. */
TEST(reconnection) {
  uf_context ctx;
  uf_graph graph;
  double *w = random_weights(70, 0.2), *wanted = fixture_doubles(N * N), most[N] = {0};
  fixture_open(&ctx, 2, NULL);
  for (int j = 0; j < N; j++) {
    fixture_edge(w, N, 3, j, 0);
    w[5 * N + j] = w[j * N + 5] *= 1e-20;
  }
  fixture_graph(&ctx, N, w, &graph);
  CHECK(uf_reset_local_connectivity(&ctx, &graph) == UF_OK);
  for (int e = 0; e < N * N; e++) most[e / N] = fmax(most[e / N], w[e]);
  for (int e = 0; e < N * N; e++) {
    double one = w[e] > 0 ? w[e] / most[e / N] : 0, other = w[e] > 0 ? w[e] / most[e % N] : 0;
    wanted[e] = one + other - one * other;
  }
  check_dense(&graph, wanted);
  for (int64_t e = 0; e < graph.start[N]; e++) CHECK(graph.weight[e] <= 1);
  for (int i = 0; i < N; i++) {
    float largest = 0;
    for (int64_t e = graph.start[i]; e < graph.start[i + 1]; e++)
      largest = fmaxf(largest, graph.weight[e]);
    CHECK(largest == (i == 3 ? 0 : 1));
  }
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(w);
  free(wanted);
}

TEST(interrupts_are_heard) {
  double *w = random_weights(70, 0.2);
  int *category = fixture_ints(N);
  for (int n_threads = 1; n_threads <= 2; n_threads++) {
    uf_context ctx;
    uf_graph graph, both = {0};
    int polls;
    fixture_open_stopping(&ctx, n_threads, &polls);
    fixture_graph(&ctx, N, w, &graph);
    uf_status status = uf_intersect_graphs(&ctx, &graph, &graph, 0.5, 0, &both);
    CHECK(status == UF_OK || (status == UF_INTERRUPTED && !both.start));
    status = uf_categorical_intersection(&ctx, &graph, category, category, 0.5);
    CHECK(status == UF_INTERRUPTED);
    uf_graph_free(&graph);
    uf_graph_free(&both);
    uf_session_close(&ctx);
  }
  free(w);
  free(category);
}

int main(void) {
  RUN(intersections);
  RUN(categories);
  RUN(reconnection);
  RUN(interrupts_are_heard);
  return check_report();
}
