/* test_umap.c: the conductor. Clusters come out apart, whatever is given and whatever is chosen,
 * with the same bits everywhere. */
#include "arith.h"

#include "check.h"
#include "fixtures.h"

#include "float_mode.h"
#include "umap.h"

/* Odd sizes: groups of 16 and blocks of rows that are not full. */
enum { N = 183, COLUMNS = 10, CLUSTERS = 3 };

static uf_umap_options usual_options(void) {
  uf_umap_options options = {.n_neighbors = 15,
                             .n_components = 2,
                             .metric = UF_EUCLIDEAN,
                             .neighbor_method = UF_NEIGHBORS_AUTO,
                             .fuzzy = {1, 1, 1, INFINITY},
                             .init = UF_INIT_SPECTRAL,
                             .layout = {.method = UF_LAYOUT_BATCH,
                                        .n_epochs = 120,
                                        .learning_rate = 1,
                                        .repulsion_strength = 1,
                                        .negative_sample_rate = 5,
                                        .seed = 42},
                             .seed = 42};
  uf_fit_curve(0.1, 1, &options.layout.a, &options.layout.b);
  return options;
}

static uf_columns columns_of(const double *x, int n, int d) {
  return (uf_columns){.values = x, .is_integer = 0, .n = n, .d = d};
}

static uf_status embed_on(int n_threads, const char *isa, const uf_columns *columns,
                          const uf_umap_options *options, uf_umap_result *result) {
  uf_context ctx;
  fixture_open(&ctx, n_threads, isa);
  uf_status status = uf_umap(&ctx, columns, options, result);
  uf_context_close(&ctx);
  return status;
}

static uf_status embed(const uf_columns *columns, const uf_umap_options *options,
                       uf_umap_result *result) {
  return embed_on(1, NULL, columns, options, result);
}

/* The mean silhouette (Rousseeuw 1987) of clusters i % CLUSTERS: 1 when they are points far apart,
 * 0 when there are none. */
static double silhouette(const float *layout, int n, int d) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    double mean[CLUSTERS] = {0}, between = INFINITY;
    int size[CLUSTERS] = {0}, own = i % CLUSTERS;
    for (int j = 0; j < n; j++) {
      if (j == i) continue;
      mean[j % CLUSTERS] += sqrt(uf_squared_distance(layout + i * d, layout + j * d, d));
      size[j % CLUSTERS]++;
    }
    for (int c = 0; c < CLUSTERS; c++) {
      mean[c] /= size[c];
      if (c != own) between = fmin(between, mean[c]);
    }
    sum += (between - mean[own]) / fmax(between, mean[own]);
  }
  return sum / n;
}

static void check_result(const uf_umap_result *result, int n, int d) {
  CHECK(result->neighbors.n == n && result->graph.n == n);
  CHECK(fixture_all_finite(result->rho, n) && fixture_all_finite(result->sigma, n));
  CHECK(fixture_all_finite(result->layout, (int64_t)n * d));
  CHECK(isfinite(result->unit) && result->unit > 0);
}

static void check_clusters(const uf_umap_options *options) {
  double *x = fixture_clusters(N, COLUMNS, CLUSTERS);
  uf_columns columns = columns_of(x, N, COLUMNS);
  uf_umap_result result = {0};
  CHECK(embed(&columns, options, &result) == UF_OK);
  check_result(&result, N, options->n_components);
  CHECK(silhouette(result.layout, N, options->n_components) > 0.6);
  uf_umap_free(&result);
  CHECK(result.layout == NULL && result.graph.start == NULL && result.neighbors.index == NULL);
  free(x);
}

TEST(metrics) {
  const uf_metric metrics[] = {UF_EUCLIDEAN, UF_MANHATTAN, UF_COSINE, UF_CORRELATION};
  for (int m = 0; m < 4; m++) {
    uf_umap_options options = usual_options();
    options.metric = metrics[m];
    if (m >= 2) options.fuzzy.max_distance = 2;
    check_clusters(&options);
  }
}

TEST(starts) {
  const uf_init_method starts[] = {UF_INIT_SPECTRAL, UF_INIT_PCA, UF_INIT_RANDOM};
  for (int s = 0; s < 3; s++) {
    uf_umap_options options = usual_options();
    options.init = starts[s];
    options.layout.n_epochs = 300;
    check_clusters(&options);
  }
}

TEST(optimisers_and_dimensions) {
  const uf_layout_method methods[] = {UF_LAYOUT_BATCH, UF_LAYOUT_SGD, UF_LAYOUT_FULL};
  for (int m = 0; m < 3; m++)
    for (int d = 1; d <= 4; d++) {
      uf_umap_options options = usual_options();
      options.layout.method = methods[m];
      options.layout.n_epochs = methods[m] == UF_LAYOUT_FULL ? 40 : 120;
      options.n_components = d;
      if (methods[m] == UF_LAYOUT_FULL) options.layout.learning_rate = 0.1;
      if (d == 1 && methods[m] == UF_LAYOUT_FULL)
        continue; /* a line is too narrow to pass each other */
      check_clusters(&options);
    }
}

TEST(methods_of_search) {
  const uf_neighbor_method methods[] = {UF_NEIGHBORS_EXACT, UF_NEIGHBORS_CLUSTERS,
                                        UF_NEIGHBORS_DESCENT};
  for (int m = 0; m < 3; m++) {
    uf_umap_options options = usual_options();
    options.neighbor_method = methods[m];
    check_clusters(&options);
  }
}

/* A bridge of many points between the clusters, so that the graph is connected and everything
 * depends on everything. */
static double *connected_points(int n) {
  double *x = fixture_clusters(n, COLUMNS, CLUSTERS);
  for (int i = 0; i < n; i += 2) {
    double along = fixture_unit(60, i);
    for (int j = 0; j < CLUSTERS; j++)
      x[j * n + i] = (j == i % CLUSTERS         ? 8 * along
                      : j == (i + 1) % CLUSTERS ? 8 * (1 - along)
                                                : 0) +
                     0.1 * x[j * n + i];
  }
  return x;
}

static int same_results(const uf_umap_result *a, const uf_umap_result *b, int n, int d) {
  int64_t n_edges = a->graph.start[n], n_near = (int64_t)n * a->neighbors.k;
  return n_edges == b->graph.start[n] && a->neighbors.k == b->neighbors.k &&
         memcmp(a->neighbors.index, b->neighbors.index, sizeof(int) * (size_t)n_near) == 0 &&
         fixture_same(a->neighbors.distance, b->neighbors.distance, n_near) &&
         fixture_same(a->rho, b->rho, n) && fixture_same(a->sigma, b->sigma, n) &&
         memcmp(a->graph.neighbor, b->graph.neighbor, sizeof(int) * (size_t)n_edges) == 0 &&
         fixture_same(a->graph.weight, b->graph.weight, n_edges) &&
         fixture_same(a->layout, b->layout, (int64_t)n * d);
}

static void check_same_everywhere(int n, const uf_umap_options *options) {
  double *x = connected_points(n);
  uf_columns columns = columns_of(x, n, COLUMNS);
  uf_umap_result wanted = {0};
  CHECK(embed(&columns, options, &wanted) == UF_OK);
  for (int t = 0; t < FIXTURE_THREADS; t++)
    for (int isa = 0; isa < FIXTURE_ISAS; isa++) {
      if (t > 1 && isa % 4) continue; /* the plainest and the best */
      uf_umap_result got = {0};
      CHECK(embed_on(fixture_threads[t], fixture_isa[isa], &columns, options, &got) == UF_OK);
      CHECK(same_results(&wanted, &got, n, options->n_components));
      uf_umap_free(&got);
    }
  uf_umap_free(&wanted);
  free(x);
}

TEST(one_seed_one_picture) {
  const uf_neighbor_method methods[] = {UF_NEIGHBORS_EXACT, UF_NEIGHBORS_CLUSTERS,
                                        UF_NEIGHBORS_DESCENT};
  const uf_metric metrics[] = {UF_EUCLIDEAN, UF_COSINE, UF_MANHATTAN};
  const uf_init_method starts[] = {UF_INIT_SPECTRAL, UF_INIT_PCA, UF_INIT_RANDOM};
  for (int m = 0; m < 3; m++) {
    uf_umap_options options = usual_options();
    options.neighbor_method = methods[m];
    options.metric = metrics[m];
    options.init = starts[m];
    options.n_components = m == 1 ? 3 : 2;
    options.layout.n_epochs = 8;
    check_same_everywhere(m == 1 ? 700 : 601, &options);
  }
}

/* Another library may have left the processor rounding towards zero and flushing tiny numbers. */
TEST(modes_of_rounding_change_nothing) {
#if defined(__x86_64__)
  const uint64_t mode = UF_FLOAT_MODE_IEEE | 0xe040;
#elif defined(__aarch64__)
  const uint64_t mode = 0x1c00000;
#else
  const uint64_t mode = UF_FLOAT_MODE_IEEE;
#endif
  double *x = connected_points(N);
  uf_columns columns = columns_of(x, N, COLUMNS);
  uf_umap_options options = usual_options();
  for (int n_threads = 1; n_threads <= 2; n_threads++) {
    uf_umap_result wanted = {0}, got = {0};
    uint64_t before = uf_float_mode();
    CHECK(embed_on(n_threads, NULL, &columns, &options, &wanted) == UF_OK);
    CHECK(uf_float_mode() == before);
    uf_float_mode_set(mode);
    CHECK(embed_on(n_threads, NULL, &columns, &options, &got) == UF_OK);
    CHECK(uf_float_mode() == mode);
    uf_float_mode_set(before);
    CHECK(same_results(&wanted, &got, N, 2));
    uf_umap_free(&wanted);
    uf_umap_free(&got);
  }
  free(x);
}

TEST(seeds_differ) {
  double *x = connected_points(N);
  uf_columns columns = columns_of(x, N, COLUMNS);
  uf_umap_options options = usual_options();
  uf_umap_result one = {0}, other = {0};
  CHECK(embed(&columns, &options, &one) == UF_OK);
  options.seed = options.layout.seed = 43;
  CHECK(embed(&columns, &options, &other) == UF_OK);
  CHECK(!fixture_same(one.layout, other.layout, 2 * N));
  uf_umap_free(&one);
  uf_umap_free(&other);
  free(x);
}

/* ---- what is given instead ---- */

static void copy_neighbors(const uf_neighbors *from, uf_neighbors *to) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_neighbors_alloc(&ctx, from->n, from->k, to) == UF_OK);
  memcpy(to->index, from->index, sizeof *from->index * (size_t)from->n * (size_t)from->k);
  memcpy(to->distance, from->distance, sizeof *from->distance * (size_t)from->n * (size_t)from->k);
  uf_context_close(&ctx);
}

TEST(neighbours_in_place_of_data) {
  double *x = connected_points(N);
  uf_columns columns = columns_of(x, N, COLUMNS);
  uf_umap_options options = usual_options();
  uf_umap_result from_data = {0}, from_neighbors = {0}, from_both = {0};
  CHECK(embed(&columns, &options, &from_data) == UF_OK);
  copy_neighbors(&from_data.neighbors, &from_neighbors.neighbors);
  copy_neighbors(&from_data.neighbors, &from_both.neighbors);
  CHECK(embed(NULL, &options, &from_neighbors) == UF_OK);
  CHECK(embed(&columns, &options, &from_both) == UF_OK);
  CHECK(from_neighbors.unit == 1);
  CHECK(same_results(&from_data, &from_neighbors, N, 2) &&
        same_results(&from_data, &from_both, N, 2));
  uf_umap_free(&from_data);
  uf_umap_free(&from_neighbors);
  uf_umap_free(&from_both);
  free(x);
}

static float *given_layout(int count) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  float *layout = uf_calloc(&ctx, count, sizeof *layout);
  uf_context_close(&ctx);
  for (int e = 0; e < count; e++) layout[e] = (float)(20 * fixture_unit(61, e) - 10);
  return layout;
}

TEST(a_given_start) {
  double *x = fixture_clusters(N, COLUMNS, CLUSTERS);
  uf_columns columns = columns_of(x, N, COLUMNS);
  uf_umap_options options = usual_options();
  uf_umap_result still = {.layout = given_layout(2 * N)}, moved = {.layout = given_layout(2 * N)};
  float *start = given_layout(2 * N);
  options.init = UF_INIT_GIVEN;
  options.layout.n_epochs = 0;
  CHECK(embed(&columns, &options, &still) == UF_OK);
  CHECK(fixture_same(still.layout, start, 2 * N));
  options.layout.n_epochs = 300;
  CHECK(embed(&columns, &options, &moved) == UF_OK);
  check_result(&moved, N, 2);
  CHECK(silhouette(moved.layout, N, 2) > 0.6);
  uf_umap_free(&still);
  uf_umap_free(&moved);
  uf_free(start);
  free(x);
}

/* ---- small, flat, and bad data ---- */

TEST(few_rows) {
  for (int n = 2; n <= 9; n++)
    for (int start = 0; start < 3; start++) {
      double *x = fixture_clusters(n, COLUMNS, CLUSTERS);
      uf_columns columns = columns_of(x, n, COLUMNS);
      uf_umap_options options = usual_options();
      uf_umap_result result = {0};
      options.n_neighbors = n < 5 ? n : 5;
      options.init = (uf_init_method)start;
      CHECK(embed(&columns, &options, &result) == UF_OK);
      check_result(&result, n, 2);
      uf_umap_free(&result);
      free(x);
    }
}

/* All rows alike; and all but one. */
TEST(rows_that_are_alike) {
  double *x = fixture_doubles(N * COLUMNS);
  uf_columns columns = columns_of(x, N, COLUMNS);
  for (int metric = 0; metric < 4; metric++)
    for (int start = 0; start < 3; start++) {
      uf_umap_options options = usual_options();
      options.metric = (uf_metric)metric;
      options.init = (uf_init_method)start;
      for (int other = 0; other < 2; other++) {
        uf_umap_result result = {0};
        x[7] = other;
        CHECK(embed(&columns, &options, &result) == UF_OK);
        check_result(&result, N, 2);
        uf_umap_free(&result);
      }
    }
  free(x);
}

/* Units are the user's: the same picture for data of any size. */
TEST(data_of_any_size) {
  const double sizes[] = {0x1p-600, 0x1p-60, 0x1p60, 0x1p600};
  double *x = connected_points(N), *scaled = fixture_doubles(N * COLUMNS);
  uf_columns columns = columns_of(x, N, COLUMNS), other = columns_of(scaled, N, COLUMNS);
  uf_umap_options options = usual_options();
  uf_umap_result wanted = {0};
  CHECK(embed(&columns, &options, &wanted) == UF_OK);
  for (int s = 0; s < 4; s++) {
    uf_umap_result result = {0};
    for (int e = 0; e < N * COLUMNS; e++) scaled[e] = sizes[s] * x[e];
    CHECK(embed(&other, &options, &result) == UF_OK);
    check_result(&result, N, 2);
    for (int e = 0; e < N * 15; e++) CHECK(result.neighbors.index[e] == wanted.neighbors.index[e]);
    double rho = result.rho[3] * result.unit / sizes[s];
    CHECK_CLOSE(rho, wanted.rho[3], 1e-6 * wanted.rho[3]);
    uf_umap_free(&result);
  }
  uf_umap_free(&wanted);
  free(x);
  free(scaled);
}

TEST(bad_values_are_refused) {
  const double bad[] = {NAN, INFINITY, -INFINITY};
  double *x = fixture_clusters(N, COLUMNS, CLUSTERS);
  uf_columns columns = columns_of(x, N, COLUMNS);
  uf_umap_options options = usual_options();
  for (int b = 0; b < 3; b++) {
    uf_umap_result result = {0};
    uf_context ctx;
    x[2 * N + 17] = bad[b];
    fixture_open(&ctx, 2, NULL);
    CHECK(uf_umap(&ctx, &columns, &options, &result) == UF_BAD_INPUT);
    CHECK(strstr(ctx.message, "row 18, column 3") != NULL);
    uf_umap_free(&result);
    uf_context_close(&ctx);
  }
  free(x);
}

/* A host that asks to stop in a certain phase. */
typedef struct phase_host {
  const char *phase;
  int there;
} phase_host;

static void watch_phase(void *data, const char *phase, double fraction) {
  phase_host *host = data;
  (void)fraction;
  if (strcmp(phase, host->phase) == 0) host->there = 1;
}

static int stop_in_phase(void *data) { return ((phase_host *)data)->there; }

/* Wherever it stops, what it has is freed (AddressSanitizer looks on). */
TEST(interrupts_are_heard) {
  const char *const phases[] = {"nearest neighbors", "start", "layout"};
  enum { ROWS = 1500 };
  double *x = connected_points(ROWS);
  uf_columns columns = columns_of(x, ROWS, COLUMNS);
  for (int p = 0; p < 3; p++)
    for (int n_threads = 1; n_threads <= 2; n_threads++) {
      uf_umap_options options = usual_options();
      uf_umap_result result = {0};
      phase_host data = {phases[p], 0};
      uf_host host = {&data, stop_in_phase, watch_phase, NULL};
      uf_context ctx;
      options.layout.n_epochs = 1000000;
      CHECK(uf_context_open(&ctx, &host, n_threads, NULL) == UF_OK);
      CHECK(uf_umap(&ctx, &columns, &options, &result) == UF_INTERRUPTED);
      CHECK(data.there);
      uf_umap_free(&result);
      uf_context_close(&ctx);
    }
  free(x);
}

int main(void) {
  RUN(metrics);
  RUN(starts);
  RUN(optimisers_and_dimensions);
  RUN(methods_of_search);
  RUN(one_seed_one_picture);
  RUN(modes_of_rounding_change_nothing);
  RUN(seeds_differ);
  RUN(neighbours_in_place_of_data);
  RUN(a_given_start);
  RUN(few_rows);
  RUN(rows_that_are_alike);
  RUN(data_of_any_size);
  RUN(bad_values_are_refused);
  RUN(interrupts_are_heard);
  return check_report();
}
