/* test_layout_loss.c: forces against the slope of the loss, and the loss by hand. */
#include "arith/arith.h"

#include "check.h"
#include "layout_fixtures.h"

/* -log of the similarity, and of its complement. */
static double loss_of_pair(double a, double b, double distance, int together) {
  double u = a * pow(distance, 2 * b);
  return together ? log1p(u) : log1p(1 / u);
}

static double slope(double a, double b, double distance, int together) {
  double h = 1e-5 * distance;
  return (loss_of_pair(a, b, distance + h, together) - loss_of_pair(a, b, distance - h, together)) /
         (2 * h);
}

TEST(forces_descend_the_loss) {
  const double curves[][2] = {{1.577, 0.895}, {1.896, 0.801}, {1, 1}, {0.1, 1.9}, {1e6, 0.8}};
  for (int k = 0; k < 5; k++) {
    double a = curves[k][0], b = curves[k][1];
    uf_curve curve = {a, b, 1, 0.001, 4}, stronger = {a, b, 2.5, 0.001, 4};
    for (double distance = 1e-3; distance < 200; distance *= 1.7) {
      double d2 = distance * distance, pull = -slope(a, b, distance, 1),
             push = -slope(a, b, distance, 0);
      CHECK_CLOSE(uf_attraction(&curve, d2) * distance, pull, 1e-6 * fabs(pull) + 1e-9);
      double softened = push * d2 / (0.001 + d2);
      CHECK_CLOSE(uf_repulsion(&curve, d2) * distance, softened, 1e-5 * softened + 1e-9);
      CHECK_CLOSE(uf_repulsion(&stronger, d2), 2.5 * uf_repulsion(&curve, d2),
                  1e-12 * uf_repulsion(&stronger, d2));
    }
    CHECK(uf_attraction(&curve, 0) == 0);
    CHECK_CLOSE(uf_repulsion(&curve, 0), 2 * b / 0.001, 1e-9);
    CHECK(uf_attraction(&curve, 1e-30) <= 0 && isfinite(uf_attraction(&curve, 1e-30)));
    CHECK(isfinite(uf_attraction(&curve, 1e30)) && isfinite(uf_repulsion(&curve, 1e30)));
  }
}

TEST(helpers) {
  const float x[] = {1, 2, 3}, y[] = {4, 6, 3};
  CHECK(uf_squared_distance(x, y, 3) == 25 && uf_squared_distance(x, y, 1) == 9);
  const uf_curve curve = {.clip = 4};
  CHECK(uf_clip(&curve, 5) == 4 && uf_clip(&curve, -5) == -4 && uf_clip(&curve, 0.5) == 0.5);
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  double *w = fixture_path(4);
  fixture_edge(w, 4, 1, 2, 0.25);
  fixture_edge(w, 4, 0, 1, 0.5);
  fixture_edge(w, 4, 2, 3, 0.125);
  fixture_graph_of(&ctx, 4, w, &graph);
  CHECK(uf_largest_weight(&graph) == 0.5f);
  uf_graph_free(&graph);
  fixture_graph_of(&ctx, 4, fixture_doubles(16), &graph);
  CHECK(uf_largest_weight(&graph) == 0);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

static double loss_by_hand(const double *w, int n, const float *layout, double a, double b) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++) {
      double distance = fmax(apart(layout, 2, i, j), 1e-3);
      sum += w[i * n + j] * loss_of_pair(a, b, distance, 1) +
             (1 - w[i * n + j]) * loss_of_pair(a, b, distance, 0);
    }
  return sum;
}

TEST(loss) {
  enum { N = 150 };
  uf_context ctx;
  uf_graph graph;
  uf_loss all, sampled, again;
  float layout[2 * N];
  double *w = fixture_ring(N, 4);
  uf_loss_options options = {.a = 1.577, .b = 0.895, .seed = 42};
  random_start(N, 2, layout);
  layout[2] = layout[0]; /* two vertices at one place */
  layout[3] = layout[1];
  fixture_open(&ctx, 1, NULL);
  fixture_graph(&ctx, N, w, &graph);
  double wanted = loss_by_hand(w, N, layout, options.a, options.b);
  CHECK(uf_layout_loss(&ctx, &graph, 2, &options, layout, &all) == UF_OK);
  CHECK_CLOSE(all.attraction + all.repulsion, wanted, 1e-6 * wanted);
  options.n_partners = 400;
  CHECK(uf_layout_loss(&ctx, &graph, 2, &options, layout, &sampled) == UF_OK);
  CHECK(sampled.attraction == all.attraction);
  CHECK_CLOSE(sampled.repulsion, all.repulsion, 0.05 * all.repulsion);
  uf_session_close(&ctx);
  fixture_open(&ctx, 3, "scalar");
  CHECK(uf_layout_loss(&ctx, &graph, 2, &options, layout, &again) == UF_OK);
  CHECK(again.repulsion == sampled.repulsion && again.attraction == sampled.attraction);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(w);
}

/* There is no pair; a read beyond the only row shows with SANITIZE=address. */
TEST(loss_of_one_vertex) {
  float *layout = fixture_floats(2);
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  fixture_graph_of(&ctx, 1, fixture_doubles(1), &graph);
  for (int n_partners = 0; n_partners <= 5; n_partners += 5) {
    uf_loss_options options = {.a = 1.577, .b = 0.895, .n_partners = n_partners, .seed = 42};
    uf_loss loss;
    CHECK(uf_layout_loss(&ctx, &graph, 2, &options, layout, &loss) == UF_OK);
    CHECK(loss.attraction == 0 && loss.repulsion == 0);
  }
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(layout);
}

int main(void) {
  RUN(forces_descend_the_loss);
  RUN(helpers);
  RUN(loss);
  RUN(loss_of_one_vertex);
  return check_report();
}
