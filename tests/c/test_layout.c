/* test_layout.c: what the three optimizers make of small graphs. */
#include "arith/arith.h"

#include "check.h"
#include "layout_fixtures.h"

#include "layout/isolated.h"

TEST(an_edge_pulls_its_ends_together) {
  for (int m = 0; m < N_METHODS; m++) {
    float layout[] = {-5, 0, 5, 1};
    uf_layout_options options = options_of(methods[m], 300);
    run(fixture_path(2), 2, 2, &options, NULL, layout);
    CHECK(apart(layout, 2, 0, 1) > 1e-3 && apart(layout, 2, 0, 1) < 3);
  }
}

/* Without negatives nothing keeps the ends apart; with them, what has no edge flies away. */
TEST(negatives_push) {
  for (int m = 0; m < N_METHODS; m++) {
    float close[] = {-1, 0, 1, 0}, pair_and_other[] = {-1, 0, 1, 0, 0, 0.5f};
    double *w = fixture_doubles(9);
    uf_layout_options options = options_of(methods[m], 300);
    fixture_edge(w, 3, 0, 1, 1);
    run(w, 3, 2, &options, NULL, pair_and_other);
    CHECK(apart(pair_and_other, 2, 0, 2) > 1.5 && apart(pair_and_other, 2, 1, 2) > 1.5);
    options.negative_sample_rate = 0;
    run(fixture_path(2), 2, 2, &options, NULL, close);
    CHECK(apart(close, 2, 0, 1) < 0.3);
  }
}

/* How far two cliques are from each other, in units of how wide they are. */
static double separation(const float *layout, int n, int d) {
  double center[2][8] = {{0}}, between = 0, within = 0;
  int half = n / 2;
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d; c++) center[i >= half][c] += layout[i * d + c] / half;
  for (int c = 0; c < d; c++)
    between += (center[0][c] - center[1][c]) * (center[0][c] - center[1][c]);
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d; c++) {
      double difference = layout[i * d + c] - center[i >= half][c];
      within += difference * difference / n;
    }
  return sqrt(between / within);
}

static double *bridged_cliques(int n) {
  double *w = fixture_cliques(n, n / 2);
  fixture_edge(w, n, 0, n - 1, 0.05);
  return w;
}

TEST(cliques_separate) {
  enum { N = 24 };
  const int d[] = {1, 2, 3, 5};
  for (int m = 0; m < N_METHODS; m++)
    for (int k = 0; k < 4; k++) {
      float layout[5 * N];
      uf_layout_options options = options_of(methods[m], 400);
      random_start(N, d[k], layout);
      for (int i = 0; i < N; i++) layout[i * d[k]] += i < N / 2 ? -1 : 1;
      run(bridged_cliques(N), N, d[k], &options, NULL, layout);
      /* On a line, at a constant rate, vertices do not get past each other. */
      if (d[k] > 1 || methods[m] != UF_LAYOUT_FULL)
        CHECK(separation(layout, N, d[k]) > (d[k] > 1 ? 3 : 2));
    }
}

TEST(runs_are_repeatable) {
  enum { N = 61 };
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  fixture_graph_of(&ctx, N, fixture_ring(N, 4), &graph);
  for (int m = 0; m < N_METHODS; m++) {
    float layout[3][2 * N];
    uf_layout_options options = options_of(methods[m], 30);
    for (int r = 0; r < 3; r++) {
      const uf_layout_problem problem = {.graph = &graph, .d = 2, .seed = r < 2 ? 1 : 2};
      random_start(N, 2, layout[r]);
      CHECK(uf_layout_optimize(&ctx, &problem, &options, NULL, layout[r]) == UF_OK);
    }
    CHECK(fixture_same(layout[0], layout[1], 2 * N));
    CHECK(!fixture_same(layout[0], layout[2], 2 * N));
  }
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

TEST(snapshots) {
  enum { N = 37, EPOCHS = 12, COUNT = 4 };
  const int epoch[COUNT] = {0, 1, 7, EPOCHS};
  for (int m = 0; m < N_METHODS; m++) {
    float start[2 * N], layout[2 * N], alone[2 * N], kept[COUNT * 2 * N];
    uf_observer snapshots = {.n_snapshots = COUNT, .snapshot_epoch = epoch, .snapshots = kept};
    uf_layout_options options = options_of(methods[m], EPOCHS);
    random_start(N, 2, start);
    memcpy(layout, start, sizeof start);
    memcpy(alone, start, sizeof start);
    run(fixture_ring(N, 3), N, 2, &options, &snapshots, layout);
    run(fixture_ring(N, 3), N, 2, &options, NULL, alone);
    CHECK(fixture_same(layout, alone, 2 * N)); /* looking on changes nothing */
    CHECK(fixture_same(kept, start, 2 * N));
    CHECK(fixture_same(kept + 3 * 2 * N, layout, 2 * N));
    for (int s = 1; s < COUNT; s++)
      CHECK(!fixture_same(kept + s * 2 * N, kept + (s - 1) * 2 * N, 2 * N));
    if (methods[m] != UF_LAYOUT_FULL) continue;
    options.n_epochs =
        7; /* its learning rate is constant: a shorter run is the beginning of a longer one */
    run(fixture_ring(N, 3), N, 2, &options, NULL, start);
    CHECK(fixture_same(kept + 2 * 2 * N, start, 2 * N));
  }
}

TEST(no_epochs) {
  const int zero = 0;
  for (int m = 0; m < N_METHODS; m++) {
    float layout[20], start[20], kept[20];
    uf_observer snapshots = {.n_snapshots = 1, .snapshot_epoch = &zero, .snapshots = kept};
    uf_layout_options options = options_of(methods[m], 0);
    random_start(10, 2, start);
    memcpy(layout, start, sizeof start);
    run(fixture_ring(10, 2), 10, 2, &options, &snapshots, layout);
    CHECK(fixture_same(layout, start, 20) && fixture_same(kept, start, 20));
  }
}

/* ---- odd graphs ---- */

TEST(vertices_without_edges_stay) {
  for (int m = 0; m < N_METHODS; m++)
    for (int n = 1; n <= 40; n += 13) {
      float layout[120], start[120];
      uf_layout_options options = options_of(methods[m], 20);
      random_start(n, 3, start);
      memcpy(layout, start, sizeof start);
      run(fixture_doubles(n * n), n, 3, &options, NULL, layout);
      CHECK(fixture_same(layout, start, n * 3));
    }
}

/* Whether the vertices from `first` on are farther from the middle of the others than these, and
 * apart from each other. */
static int are_around(const float *layout, int first, int n) {
  double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY}, most = 0;
  for (int i = 0; i < first; i++)
    for (int c = 0; c < 2; c++) {
      box[c] = fmin(box[c], layout[2 * i + c]);
      box[2 + c] = fmax(box[2 + c], layout[2 * i + c]);
    }
  double x = 0.5 * (box[0] + box[2]), y = 0.5 * (box[1] + box[3]);
  for (int i = 0; i < first; i++)
    most = fmax(most, hypot(layout[2 * i] - x, layout[2 * i + 1] - y));
  for (int i = first; i < n; i++) {
    if (hypot(layout[2 * i] - x, layout[2 * i + 1] - y) < 1.09 * most) return 0;
    for (int j = first; j < i; j++)
      if (hypot(layout[2 * i] - layout[2 * j], layout[2 * i + 1] - layout[2 * j + 1]) < 0.05 * most)
        return 0;
  }
  return 1;
}

TEST(isolated_vertices_lie_around_the_others) {
  enum { N = 40 };
  for (int m = 0; m < N_METHODS; m++) {
    float layout[2 * N], start[2 * N];
    double *w = fixture_ring(N, 2);
    uf_layout_options options = options_of(methods[m], 50);
    for (int i = 0; i < N; i++)
      for (int j = 30; j < N; j++) fixture_edge(w, N, i, j, 0);
    random_start(N, 2, start);
    memcpy(layout, start, sizeof start);
    run(w, N, 2, &options, NULL, layout);
    CHECK(!fixture_same(layout, start, 60));
    CHECK(are_around(layout, 30, N));
  }
}

/* More of them than one ring holds, on a line, in a plane and in space. */
TEST(many_isolated_vertices_are_apart) {
  enum { N = 400, M = 20 };
  static float layout[3 * N];
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  for (int d = 1; d <= 3; d++) {
    uf_graph graph;
    double *w = fixture_doubles(N * N);
    for (int i = 0; i < M; i++) fixture_edge(w, N, i, (i + 1) % M, 1);
    fixture_graph_of(&ctx, N, w, &graph);
    random_start(N, d, layout);
    float least = layout[0], most = layout[0];
    for (int i = 0; i < M; i++) {
      least = fminf(least, layout[i * d]);
      most = fmaxf(most, layout[i * d]);
    }
    uf_place_isolated(&graph, d, 0, layout);
    if (d == 2) CHECK(are_around(layout, M, N));
    for (int i = M; d == 1 && i < N; i++) {
      CHECK(layout[i] < least || layout[i] > most);
      for (int j = M; j < i; j++) CHECK(fabsf(layout[i] - layout[j]) > 0.01f * (most - least));
    }
    for (int i = M + 1; d == 3 && i < N; i++) CHECK(layout[i * 3 + 2] == layout[M * 3 + 2]);
    uf_graph_free(&graph);
  }
  uf_session_close(&ctx);
}

TEST(everything_at_one_point) {
  enum { N = 50 };
  const float places[] = {0, 3.7f, -1e8f};
  for (int m = 0; m < N_METHODS; m++)
    for (int p = 0; p < 3; p++) {
      float layout[2 * N];
      uf_layout_options options = options_of(methods[m], 50);
      for (int e = 0; e < 2 * N; e++) layout[e] = places[p];
      run(fixture_ring(N, 3), N, 2, &options, NULL, layout);
    }
}

TEST(far_and_near_starts) {
  enum { N = 50 };
  const float sizes[] = {1e-30f, 1e-8f, 1e4f, 1e8f};
  for (int m = 0; m < N_METHODS; m++)
    for (int s = 0; s < 4; s++) {
      float layout[2 * N];
      uf_layout_options options = options_of(methods[m], 50);
      random_start(N, 2, layout);
      for (int e = 0; e < 2 * N; e++) layout[e] *= sizes[s];
      run(fixture_ring(N, 3), N, 2, &options, NULL, layout);
    }
}

TEST(steep_and_flat_curves) {
  enum { N = 50 };
  const double curves[][2] = {{1e6, 0.8}, {1e-6, 1.9}, {0.2, 4}, {10, 0.1}};
  for (int m = 0; m < N_METHODS; m++)
    for (int k = 0; k < 4; k++) {
      float layout[2 * N];
      uf_layout_options options = options_of(methods[m], 50);
      options.a = curves[k][0];
      options.b = curves[k][1];
      random_start(N, 2, layout);
      run(fixture_ring(N, 3), N, 2, &options, NULL, layout);
      random_start(N, 2, layout);
      for (int e = 0; e < 2 * N; e++) layout[e] *= 1e8f;
      run(fixture_ring(N, 3), N, 2, &options, NULL, layout);
    }
}

TEST(tiny_weights) {
  enum { N = 50 };
  const double sizes[] = {1e-3, 1e-12, 1e-37};
  for (int m = 0; m < N_METHODS; m++)
    for (int s = 0; s < 3; s++) {
      float layout[2 * N];
      double *all = fixture_ring(N, 3), *some = fixture_ring(N, 3);
      uf_layout_options options = options_of(methods[m], 50);
      for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
          all[i * N + j] *= sizes[s];
          if ((i + j) % 3) some[i * N + j] *= sizes[s];
        }
      random_start(N, 2, layout);
      run(all, N, 2, &options, NULL, layout);
      run(some, N, 2, &options, NULL, layout);
    }
}

/* Only weights relative to the largest count, except where the loss itself is descended. */
TEST(weights_are_relative) {
  enum { N = 50 };
  for (int m = 0; m < 2; m++) {
    float layout[2][2 * N];
    uf_layout_options options = options_of(methods[m], 50);
    for (int r = 0; r < 2; r++) {
      double *w = fixture_ring(N, 3);
      for (int e = 0; e < N * N; e++) w[e] *= r ? 0x1p-12 : 1;
      random_start(N, 2, layout[r]);
      run(w, N, 2, &options, NULL, layout[r]);
    }
    CHECK(fixture_same(layout[0], layout[1], 2 * N));
  }
}

TEST(hubs) {
  enum { N = 301 };
  for (int m = 0; m < N_METHODS; m++) {
    float *layout = fixture_floats(2 * N);
    uf_layout_options options = options_of(methods[m], 60);
    random_start(N, 2, layout);
    run(fixture_star(N), N, 2, &options, NULL, layout);
    double mean = 0;
    for (int i = 1; i < N; i++) mean += apart(layout, 2, 0, i) / (N - 1);
    CHECK(mean < 40);
    free(layout);
  }
}

/* ---- while it runs ---- */

static int stop_at_three(void *data, int epoch, const float *layout) {
  (void)layout;
  *(int *)data = epoch;
  return epoch == 3;
}

/* Losses and calls come for the epochs that were asked for; a call can end it all. */
TEST(observers) {
  enum { N = 40 };
  const int epoch[] = {0, 2, 9};
  for (int m = 0; m < N_METHODS; m++) {
    uf_context ctx;
    uf_graph graph;
    uf_loss losses[3] = {{0, 0}}, last;
    int seen = -1;
    float layout[2 * N];
    uf_layout_options options = options_of(methods[m], 9);
    uf_loss_options loss = {.a = options.a, .b = options.b, .seed = SEED};
    uf_observer observer = {.n_traced = 3, .traced_epoch = epoch, .losses = losses};
    fixture_open(&ctx, 1, NULL);
    fixture_graph_of(&ctx, N, fixture_ring(N, 3), &graph);
    random_start(N, 2, layout);
    CHECK(optimize(&ctx, &graph, 2, &options, &observer, layout) == UF_OK);
    CHECK(uf_layout_loss(&ctx, &graph, 2, &loss, layout, &last) == UF_OK);
    CHECK(losses[2].attraction == last.attraction && losses[2].repulsion == last.repulsion);
    CHECK(losses[0].attraction > losses[1].attraction);
    observer.on_epoch = stop_at_three;
    observer.data = &seen;
    CHECK(optimize(&ctx, &graph, 2, &options, &observer, layout) == UF_INTERRUPTED);
    CHECK(seen == 3);
    uf_graph_free(&graph);
    uf_session_close(&ctx);
  }
}

TEST(interrupts_are_heard) {
  enum { N = 1200 };
  float *layout = fixture_floats(2 * N);
  uf_context quiet;
  uf_graph graph;
  fixture_open(&quiet, 1, NULL);
  fixture_graph_of(&quiet, N, fixture_ring(N, 4), &graph);
  for (int m = 0; m < N_METHODS; m++)
    for (int t = 0; t < FIXTURE_THREADS; t++) {
      uf_context ctx;
      int polls;
      uf_layout_options options = options_of(methods[m], 1000000);
      random_start(N, 2, layout);
      fixture_open_stopping(&ctx, fixture_threads[t], &polls);
      CHECK(optimize(&ctx, &graph, 2, &options, NULL, layout) == UF_INTERRUPTED);
      CHECK(polls == 1 && strcmp(ctx.message, "interrupted") == 0);
      uf_session_close(&ctx);
    }
  uf_graph_free(&graph);
  uf_session_close(&quiet);
  free(layout);
}

int main(void) {
  RUN(an_edge_pulls_its_ends_together);
  RUN(negatives_push);
  RUN(cliques_separate);
  RUN(runs_are_repeatable);
  RUN(snapshots);
  RUN(no_epochs);
  RUN(vertices_without_edges_stay);
  RUN(isolated_vertices_lie_around_the_others);
  RUN(many_isolated_vertices_are_apart);
  RUN(everything_at_one_point);
  RUN(far_and_near_starts);
  RUN(steep_and_flat_curves);
  RUN(tiny_weights);
  RUN(weights_are_relative);
  RUN(hubs);
  RUN(observers);
  RUN(interrupts_are_heard);
  return check_report();
}
