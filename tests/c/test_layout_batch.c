/* test_layout_batch.c: the batch optimizer, by hand and on every instruction set. */
#include "arith/arith.h"

#include "check.h"
#include "layout_fixtures.h"

/* One epoch of one vertex pair by hand: no negatives, so the force on 0 is 4ab d^(2b - 2) / (1 + a
 * d^2b) (y_1 - y_0), and Adam's first step is the learning rate times force / (|force| + epsilon).
 */
TEST(first_step_of_batch) {
  const double a = 1.2, b = 0.9, distance = 3, epsilon = 0.5, step_length = 2;
  float layout[] = {0, 1, 3, 1};
  uf_layout_options options = options_of(UF_LAYOUT_BATCH, 1);
  options.a = a;
  options.b = b;
  options.negative_sample_rate = 0;
  run(fixture_path(2), 2, 2, &options, NULL, layout);
  double force = 4 * a * b * pow(distance, 2 * b - 2) / (1 + a * pow(distance, 2 * b)) * distance;
  double step = step_length * force / (force + epsilon);
  CHECK_CLOSE(layout[0], step, 1e-5);
  CHECK_CLOSE(layout[2], distance - step, 1e-5);
  CHECK(layout[1] == 1 && layout[3] == 1);
}

static void batch(const uf_graph *graph, int d, int n_threads, const char *isa, float *layout) {
  uf_context ctx;
  uf_layout_options options = options_of(UF_LAYOUT_BATCH, 7);
  fixture_open(&ctx, n_threads, isa);
  random_start(graph->n, d, layout);
  CHECK(optimize(&ctx, graph, d, &options, NULL, layout) == UF_OK);
  CHECK(fixture_all_finite(layout, (int64_t)graph->n * d));
  uf_session_close(&ctx);
}

/* Enough vertices for several tasks. */
TEST(same_bits_everywhere) {
  enum { N = 1203, MOST_D = 5 };
  const int d[] = {1, 2, 3, MOST_D};
  float *wanted = fixture_floats(N * MOST_D), *got = fixture_floats(N * MOST_D);
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  fixture_graph_of(&ctx, N, fixture_ring(N, 6), &graph);
  for (int k = 0; k < 4; k++) {
    batch(&graph, d[k], 1, NULL, wanted);
    for (int isa = 0; isa < FIXTURE_ISAS; isa++)
      for (int t = 0; t < FIXTURE_THREADS; t++) {
        batch(&graph, d[k], fixture_threads[t], fixture_isa[isa], got);
        CHECK(fixture_same(got, wanted, N * d[k]));
      }
  }
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(wanted);
  free(got);
}

/* Groups of 16 that are not full, on every instruction set. */
TEST(any_number_of_vertices) {
  const int sizes[] = {1, 2, 3, 15, 16, 17, 31, 33, 64, 65, 255, 257};
  for (int s = 0; s < 12; s++) {
    int n = sizes[s];
    float *wanted = fixture_floats(2 * n), *got = fixture_floats(2 * n);
    uf_context ctx;
    uf_graph graph;
    fixture_open(&ctx, 1, NULL);
    fixture_graph_of(&ctx, n, fixture_ring(n, 2), &graph);
    batch(&graph, 2, 1, NULL, wanted);
    for (int isa = 0; isa < FIXTURE_ISAS; isa++) {
      batch(&graph, 2, 3, fixture_isa[isa], got);
      CHECK(fixture_same(got, wanted, 2 * n));
    }
    uf_graph_free(&graph);
    uf_session_close(&ctx);
    free(wanted);
    free(got);
  }
}

int main(void) {
  RUN(first_step_of_batch);
  RUN(same_bits_everywhere);
  RUN(any_number_of_vertices);
  return check_report();
}
