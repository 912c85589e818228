/*
 * canonical.c: processor time of each stage on one thread, for bench/canonical.sh, which links it
 * with the core as it is and with a core whose arithmetic the compiler may rearrange. Prints a line
 * "stage seconds" for each.
 */
#include "arith/arith.h"

#include <stdio.h>
#include <time.h>

#include "check.h"
#include "fixtures.h"
#include "umap.h"

enum { N = 6000, D = 120, CLUSTERS = 40, K = 15, N_EPOCHS = 100, SEED = 42, RUNS = 2 };

static double seconds_now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct times {
  double exact, clusters, descent, graph, init, layout;
} times;

static void must(uf_context *ctx, uf_status status) {
  if (status == UF_OK) return;
  fprintf(stderr, "canonical: %s\n", ctx->message);
  exit(2);
}

static double search(uf_context *ctx, const uf_points *points, uf_neighbor_method method,
                     uf_neighbors *neighbors) {
  uf_neighbor_method used;
  uf_search_options options = {.k = K, .method = method, .target_recall = 0.99, .seed = SEED};
  double start = seconds_now();
  must(ctx, uf_nearest_neighbors(ctx, points, &options, neighbors, &used));
  return seconds_now() - start;
}

static double lay_out(uf_context *ctx, const uf_hierarchy *hierarchy, float *layout) {
  uf_layout_options options = fixture_layout_options(UF_LAYOUT_BATCH, N_EPOCHS);
  const uf_layout_problem problem = {
      .graph = &hierarchy->level[0].graph, .hierarchy = hierarchy, .d = 2, .seed = SEED};
  uf_fit_curve(0.1, 1, &options.a, &options.b);
  double start = seconds_now();
  must(ctx, uf_layout_optimize(ctx, &problem, &options, NULL, layout));
  return seconds_now() - start;
}

static times run(uf_context *ctx, const uf_points *points) {
  const uf_fuzzy_options usual = {1, 1, 1, INFINITY, 0};
  uf_neighbors exact = {0}, clusters = {0}, descent = {0};
  uf_graph graph = {0};
  uf_hierarchy hierarchy = {0};
  float *rho = fixture_floats(N), *sigma = fixture_floats(N), *layout = fixture_floats(2 * N);
  times t;
  t.exact = search(ctx, points, UF_NEIGHBORS_EXACT, &exact);
  t.clusters = search(ctx, points, UF_NEIGHBORS_CLUSTERS, &clusters);
  t.descent = search(ctx, points, UF_NEIGHBORS_DESCENT, &descent);
  double start = seconds_now();
  must(ctx, uf_smooth_knn(ctx, &exact, &usual, rho, sigma));
  must(ctx, uf_fuzzy_graph(ctx, &exact, rho, sigma, &usual, &graph));
  t.graph = seconds_now() - start;
  start = seconds_now();
  must(ctx, uf_coarsen(ctx, &graph, SEED, &hierarchy));
  must(ctx, uf_initial_layout(ctx, &hierarchy, points,
                              &(uf_init_options){.method = UF_INIT_SPECTRAL, .d = 2, .seed = SEED},
                              layout));
  t.init = seconds_now() - start;
  t.layout = lay_out(ctx, &hierarchy, layout);
  uf_hierarchy_free(&hierarchy);
  uf_neighbors_free(&exact);
  uf_neighbors_free(&clusters);
  uf_neighbors_free(&descent);
  uf_graph_free(&graph);
  free(rho);
  free(sigma);
  free(layout);
  return t;
}

static void keep_least(double *least, double seconds) {
  if (*least == 0 || seconds < *least) *least = seconds;
}

int main(void) {
  uf_context ctx;
  uf_points points;
  times least = {0};
  fixture_open(&ctx, 1, getenv("UNFURL_ISA"));
  double *x = fixture_clusters(N, D, CLUSTERS);
  fixture_points(&ctx, x, N, D, UF_EUCLIDEAN, &points);
  for (int r = 0; r < RUNS; r++) {
    times t = run(&ctx, &points);
    keep_least(&least.exact, t.exact);
    keep_least(&least.clusters, t.clusters);
    keep_least(&least.descent, t.descent);
    keep_least(&least.graph, t.graph);
    keep_least(&least.init, t.init);
    keep_least(&least.layout, t.layout);
  }
  printf("neighbors/exact %.4f\nneighbors/clusters %.4f\nneighbors/nndescent %.4f\n", least.exact,
         least.clusters, least.descent);
  printf("graph %.4f\ninitialization/spectral %.4f\nlayout %.4f\n", least.graph, least.init,
         least.layout);
  uf_points_free(&points);
  uf_session_close(&ctx);
  free(x);
  return 0;
}
