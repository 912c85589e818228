/* test_sell.c: rows of graphs in slots, and epochs over them among vertices that do not move. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "layout/adam.h"

enum { N = 301, FIXED = 7 };

/* A symmetric ring with different degrees; some vertices have no edge. */
static void uneven_ring(uf_context *ctx, uf_graph *graph) {
  double *w = fixture_ring(N, 9);
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++)
      if (i % 10 == 3 || j % 10 == 3 || (i + j) % 4 == 0) w[i * N + j] = 0;
  fixture_graph_of(ctx, N, w, graph);
}

/* Row i has i % 5 fixed neighbors. */
static void rows_to_fixed(uf_context *ctx, uf_graph *graph) {
  int64_t n_edges = 0;
  for (int i = 0; i < N; i++) n_edges += i % 5;
  if (uf_graph_alloc(ctx, N, n_edges, graph) != UF_OK) exit(2);
  graph->start[0] = 0;
  for (int i = 0; i < N; i++) {
    graph->start[i + 1] = graph->start[i] + i % 5;
    for (int e = 0; e < i % 5; e++) {
      graph->neighbor[graph->start[i] + e] = N + (i + e) % FIXED;
      graph->weight[graph->start[i] + e] = (float)(e + 1) / 8;
    }
  }
}

static void random_layout(int n, int d, float *layout) {
  for (int e = 0; e < n * d; e++) layout[e] = (float)(20 * fixture_unit(40, e) - 10);
}

/* Vertices and places correspond, and a row's edges are its slots that are not empty, in order. */
static void check_sell(const uf_sell_rows *rows, const uf_sell *sell) {
  const uf_graph *graph = rows->graph;
  CHECK(sell->n == N && sell->n_groups == (N + 15) / 16 && sell->slot_start[0] == 0);
  for (int64_t place = 0; place < uf_sell_places(sell); place++) {
    int64_t group = place / 16, slot = sell->slot_start[group];
    int vertex = sell->order[place];
    CHECK((vertex < 0) == (place >= N));
    int64_t from = vertex < 0 ? 0 : graph->start[vertex],
            to = vertex < 0 ? 0 : graph->start[vertex + 1];
    float scale = vertex < 0 ? 0 : rows->mass ? rows->scale / rows->mass[vertex] : rows->scale;
    float sum = 0;
    if (vertex >= 0) CHECK(sell->place_of[vertex] == place);
    CHECK(to - from <= sell->slot_start[group + 1] - slot);
    for (int64_t e = from; e < to; e++, slot++) {
      int neighbor = graph->neighbor[e];
      int64_t wanted =
          neighbor < N ? sell->place_of[neighbor] : uf_sell_places(sell) + neighbor - N;
      CHECK(sell->neighbor[16 * slot + place % 16] == wanted);
      CHECK(sell->weight[16 * slot + place % 16] == scale * graph->weight[e]);
      sum += scale * graph->weight[e];
    }
    for (; slot < sell->slot_start[group + 1]; slot++) {
      CHECK(sell->neighbor[16 * slot + place % 16] == place);
      CHECK(sell->weight[16 * slot + place % 16] == 0);
    }
    CHECK(sell->degree[place] ==
          (rows->degree && vertex >= 0 ? scale * rows->degree[vertex] : sum));
  }
}

TEST(every_edge_has_a_slot) {
  for (int fixed = 0; fixed < 2; fixed++)
    for (int measured = 0; measured < 2; measured++)
      for (int d = 0; d <= 4; d++) { /* 0: in the order of the rows */
        uf_context ctx;
        uf_graph graph;
        uf_sell sell;
        float *layout = fixture_floats(4 * N), mass[N], degree[N];
        for (int i = 0; i < N; i++) mass[i] = (float)(1 + i % 3), degree[i] = (float)(i % 11);
        fixture_open(&ctx, 3, NULL);
        if (fixed)
          rows_to_fixed(&ctx, &graph);
        else
          uneven_ring(&ctx, &graph);
        random_layout(N, d, layout);
        uf_sell_rows rows = {.graph = &graph,
                             .mass = measured ? mass : NULL,
                             .degree = measured ? degree : NULL,
                             .scale = 0.75f};
        CHECK(uf_sell_make(&ctx, &rows, d, d ? layout : NULL, &sell) == UF_OK);
        check_sell(&rows, &sell);
        for (int place = 0; place < N && d == 0; place++) CHECK(sell.order[place] == place);
        uf_sell_free(&sell);
        CHECK(sell.order == NULL && sell.weight == NULL);
        uf_graph_free(&graph);
        uf_session_close(&ctx);
        free(layout);
      }
}

/* Groups extend over less of the layout than in the order of the rows. */
TEST(places_follow_the_layout) {
  uf_context ctx;
  uf_graph graph;
  uf_sell sell;
  float layout[2 * N];
  double sum[2] = {0};
  fixture_open(&ctx, 1, NULL);
  uneven_ring(&ctx, &graph);
  random_layout(N, 2, layout);
  for (int ordered = 0; ordered < 2; ordered++) {
    const uf_sell_rows rows = {.graph = &graph, .scale = 1};
    CHECK(uf_sell_make(&ctx, &rows, 2, ordered ? layout : NULL, &sell) == UF_OK);
    for (int group = 0; group < N / 16; group++) {
      double low = INFINITY, high = -INFINITY;
      for (int lane = 0; lane < 16; lane++) {
        low = fmin(low, layout[2 * sell.order[16 * group + lane] + 1]);
        high = fmax(high, layout[2 * sell.order[16 * group + lane] + 1]);
      }
      sum[ordered] += high - low;
    }
    uf_sell_free(&sell);
  }
  CHECK(sum[1] < 0.9 * sum[0]);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

/* ---- epochs ---- */

static void draw_fixed(const void *source, int epoch, int64_t block, int count, size_t *place) {
  const uf_sell *sell = source;
  (void)block;
  for (int k = 0; k < count; k++)
    place[k] = (size_t)uf_sell_places(sell) + (size_t)(epoch + k) % FIXED;
}

static void run_among_fixed(const uf_graph *graph, const float *fixed, int n_threads,
                            const float *from, float *layout) {
  uf_context ctx;
  uf_sell sell;
  uf_layout_options options = fixture_layout_options(UF_LAYOUT_BATCH, 0);
  options.a = 1.6;
  options.b = 0.9;
  const uf_sell_rows rows = {.graph = graph, .scale = 1};
  fixture_open(&ctx, n_threads, NULL);
  CHECK(uf_sell_make(&ctx, &rows, 2, from, &sell) == UF_OK);
  const uf_adam adam = {.options = &options,
                        .sell = &sell,
                        .fixed = fixed,
                        .n_fixed = FIXED,
                        .d = 2,
                        .n_ends = 1,
                        .n_epochs = 5,
                        .step_length = UF_STEP_LENGTH,
                        .fewest_negatives = 4,
                        .most_negatives = 9,
                        .groups_per_block = 8,
                        .draw = draw_fixed,
                        .source = &sell};
  CHECK(uf_adam_run(&ctx, &adam, layout) == UF_OK);
  uf_sell_free(&sell);
  uf_session_close(&ctx);
}

/* The final place of a row does not depend on the order of the rows, since all meet the same
 * negatives; rows without edges stay. */
TEST(rows_move_by_themselves) {
  uf_context ctx;
  uf_graph graph;
  float fixed[2 * FIXED], start[2 * N], one[2 * N], other[2 * N];
  fixture_open(&ctx, 1, NULL);
  rows_to_fixed(&ctx, &graph);
  random_layout(FIXED, 2, fixed);
  random_layout(N, 2, start);
  memcpy(one, start, sizeof one);
  memcpy(other, start, sizeof other);
  run_among_fixed(&graph, fixed, 1, start, one);
  run_among_fixed(&graph, fixed, 3, NULL, other);
  CHECK(fixture_same(one, other, 2 * N) && fixture_all_finite(one, 2 * N));
  for (int i = 0; i < N; i++) CHECK(fixture_same(one + 2 * i, start + 2 * i, 2) == (i % 5 == 0));
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

int main(void) {
  RUN(every_edge_has_a_slot);
  RUN(places_follow_the_layout);
  RUN(rows_move_by_themselves);
  return check_report();
}
