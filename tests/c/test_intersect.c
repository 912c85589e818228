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

typedef struct side {
  double half; /* the least weight */
  int is_tied;
} side;

static side measure(const double *w) {
  double least = 1;
  int edges = 0, ties = 0;
  for (int e = 0; e < N * N; e++) {
    if (w[e] > 0 && w[e] < least) least = w[e];
    edges += w[e] > 0;
    ties += w[e] == 1;
  }
  return (side){least / 2, 2 * ties > edges};
}

/* What a pair that is missing on this side counts. A strict side is a target, or has ties and the
 * other has none; opposite to it similarities count at least e⁵ times as much. */
static double missing(side one, int is_strict, int is_opposite) {
  double value = is_strict ? fmin(one.half, 1e-4) : one.half;
  return fmax(value, is_opposite ? 1e-4 * exp(5) : 1e-8);
}

static void check_dense(const uf_graph *graph, const double *wanted) {
  double *got = dense_of(graph);
  for (int e = 0; e < N * N; e++) CHECK_CLOSE(got[e], wanted[e], 1e-6 * wanted[e]);
  free(got);
}

static int has_edge(const double *w, int i) {
  for (int j = 0; j < N; j++)
    if (w[i * N + j] > 0) return 1;
  return 0;
}

static double joined(double l, double r, double weight) {
  return weight < 0.5 ? l * pow(r, weight / (1 - weight)) : pow(l, (1 - weight) / weight) * r;
}

static void check_intersection(const double *left, const double *right, double weight,
                               int is_target) {
  uf_context ctx;
  uf_graph one, other, both;
  const uf_intersection options = {.weight = weight, .is_target = is_target};
  side l_side = measure(left), r_side = measure(right);
  int is_strict = is_target || (r_side.is_tied && !l_side.is_tied);
  int is_left_strict = !is_target && l_side.is_tied && !r_side.is_tied;
  double left_missing = weight > 0 ? missing(l_side, is_left_strict, is_strict) : 0;
  double right_missing = weight < 1 ? missing(r_side, is_strict, is_left_strict) : 0;
  double unknown = exp(-fmin(weight / (1 - weight), 1));
  double *wanted = fixture_doubles(N * N);
  fixture_open(&ctx, 1, NULL);
  fixture_graph(&ctx, N, left, &one);
  fixture_graph(&ctx, N, right, &other);
  CHECK(uf_intersect_graphs(&ctx, &one, &other, &options, &both) == UF_OK);
  for (int e = 0; e < N * N; e++) {
    double l = fmax(left[e], left_missing), r = fmax(right[e], right_missing);
    if (is_target && !(has_edge(right, e / N) && has_edge(right, e % N)))
      wanted[e] = left[e] * unknown;
    else if ((left[e] > 0 || right[e] > 0) && l > 0 && r > 0)
      wanted[e] = joined(l, r, weight);
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
  double *none = fixture_doubles(N * N), *tied = random_weights(74, 0.1);
  for (int i = 0; i < N; i++) {
    fixture_edge(right, N, i, 7, 0);
    for (int j = 0; j < i; j++)
      if (tied[i * N + j] > 0.3) fixture_edge(tied, N, i, j, 1);
  }
  for (int w = 0; w < 5; w++)
    for (int is_target = 0; is_target < 2; is_target++) {
      check_intersection(left, right, weights[w], is_target);
      check_intersection(left, tied, weights[w], is_target);
      check_intersection(tied, right, weights[w], is_target);
      check_intersection(left, none, weights[w], is_target);
      check_intersection(none, none, weights[w], is_target);
    }
  free(tied);
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
      double v = weights[w] / (1 - weights[w]);
      wanted[e] *= i < 0 || j < 0 ? exp(-fmin(v, 1)) : i == j ? 1 : exp(-5 * v);
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

/* By bisection, as umap-learn does; also a row too short for the sum, and one of ties only. */
static double power_of(const double *row) {
  double low = 0, high = 64, most = 0;
  for (int j = 0; j < N; j++) most = fmax(most, row[j]);
  for (int step = 0; step < 60; step++) {
    double mid = (low + high) / 2, sum = 0;
    for (int j = 0; j < N; j++)
      if (row[j] > 0) sum += pow(row[j] / most, mid);
    *(sum < log2(15) ? &high : &low) = mid;
  }
  return high;
}

TEST(the_fall_of_rows_is_restored) {
  uf_context ctx;
  uf_graph graph;
  double *w = random_weights(70, 0.2), *wanted = fixture_doubles(N * N);
  double most[N] = {0}, power[N];
  fixture_open(&ctx, 2, NULL);
  for (int j = 0; j < N; j++) {
    fixture_edge(w, N, 3, j, 0);
    if (w[5 * N + j] > 0) fixture_edge(w, N, 5, j, 1);
  }
  fixture_edge(w, N, 3, 8, 0.5f);
  fixture_edge(w, N, 3, 9, 0.25f);
  fixture_graph(&ctx, N, w, &graph);
  CHECK(uf_reset_local_metric(&ctx, &graph) == UF_OK);
  for (int e = 0; e < N * N; e++) most[e / N] = fmax(most[e / N], w[e]);
  for (int i = 0; i < N; i++) power[i] = power_of(w + i * N);
  CHECK_CLOSE(power[3], 0, 1e-12);
  CHECK_CLOSE(power[5], 64, 1e-12);
  for (int e = 0; e < N * N; e++) {
    int i = e / N, j = e % N;
    if (!(w[e] > 0)) continue;
    double one = fmax(pow(w[e] / most[i], power[i]), 1e-30);
    double other = fmax(pow(w[e] / most[j], power[j]), 1e-30);
    wanted[e] = one + other - one * other;
  }
  double *got = dense_of(&graph);
  for (int e = 0; e < N * N; e++) {
    CHECK_CLOSE(got[e], wanted[e], 1e-5);
    CHECK((got[e] > 0) == (w[e] > 0));
  }
  free(got);
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
    uf_status status =
        uf_intersect_graphs(&ctx, &graph, &graph, &(uf_intersection){0.5, 0, 0}, &both);
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
  RUN(the_fall_of_rows_is_restored);
  RUN(interrupts_are_heard);
  return check_report();
}
