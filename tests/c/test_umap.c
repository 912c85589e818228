/* test_umap.c: the conductor. Clusters come out apart, whatever is given and whatever is chosen,
 * with the same bits everywhere. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "arith/float_mode.h"
#include "umap.h"

/* Odd sizes: groups of 16 and blocks of rows that are not full. */
enum { N = 183, COLUMNS = 10, CLUSTERS = 3 };

typedef struct settings {
  uf_data_block block;
  uf_umap_options options;
} settings;

/* A block of data, and what came out. */
typedef struct embedding {
  uf_data_block block;
  uf_umap_result result;
} embedding;

static settings usual_settings(void) {
  settings s = {.block = {.metric = {.metric = UF_EUCLIDEAN},
                          .neighbor_method = UF_NEIGHBORS_AUTO,
                          .n_neighbors = 15,
                          .max_distance = INFINITY},
                .options = {.n_components = 2,
                            .fuzzy = {1, 1, 1, INFINITY, 0},
                            .init = UF_INIT_SPECTRAL,
                            .layout = fixture_layout_options(UF_LAYOUT_BATCH, 120),
                            .seed = 42}};
  uf_fit_curve(0.1, 1, &s.options.layout.a, &s.options.layout.b);
  return s;
}

static uf_matrix columns_of(const double *x, int n, int d) {
  return (uf_matrix){.values = x, .is_integer = 0, .n = n, .d = d};
}

/* Neighbors that are given stand in `out` already. */
static uf_status embed_in(uf_context *ctx, const uf_matrix *columns, const settings *settings,
                          embedding *out) {
  uf_neighbors given = out->block.neighbors;
  out->block = settings->block;
  out->block.columns = columns;
  out->block.kind = columns ? UF_BLOCK_COLUMNS : UF_BLOCK_NEIGHBORS;
  out->block.neighbors = given;
  out->block.unit = 1;
  return uf_umap(ctx, &out->block, 1, &settings->options, NULL, &out->result);
}

static uf_status embed_on(int n_threads, const char *isa, const uf_matrix *columns,
                          const settings *settings, embedding *out) {
  uf_context ctx;
  fixture_open(&ctx, n_threads, isa);
  uf_status status = embed_in(&ctx, columns, settings, out);
  uf_session_close(&ctx);
  return status;
}

static uf_status embed(const uf_matrix *columns, const settings *settings, embedding *out) {
  return embed_on(1, NULL, columns, settings, out);
}

static void free_embedding(embedding *out) {
  uf_data_block_free(&out->block);
  uf_umap_free(&out->result);
}

static void check_result(const embedding *out, int n, int d) {
  CHECK(out->block.neighbors.n == n && out->result.graph.n == n);
  CHECK(fixture_all_finite(out->block.rho, n) && fixture_all_finite(out->block.sigma, n));
  CHECK(fixture_all_finite(out->result.layout, (int64_t)n * d));
  CHECK(isfinite(out->block.unit) && out->block.unit > 0);
}

static void check_clusters(const settings *settings) {
  double *x = fixture_clusters(N, COLUMNS, CLUSTERS);
  uf_matrix columns = columns_of(x, N, COLUMNS);
  embedding out = {0};
  CHECK(embed(&columns, settings, &out) == UF_OK);
  check_result(&out, N, settings->options.n_components);
  CHECK(fixture_silhouette(out.result.layout, N, settings->options.n_components, CLUSTERS) > 0.6);
  free_embedding(&out);
  CHECK(out.result.layout == NULL && out.result.graph.start == NULL &&
        out.block.neighbors.index == NULL);
  free(x);
}

TEST(metrics) {
  const uf_metric metrics[] = {UF_EUCLIDEAN, UF_MANHATTAN, UF_COSINE, UF_CORRELATION};
  for (int m = 0; m < 4; m++) {
    settings settings = usual_settings();
    settings.block.metric.metric = metrics[m];
    if (m >= 2) settings.block.max_distance = 2;
    check_clusters(&settings);
  }
}

TEST(inits) {
  const uf_init_method inits[] = {UF_INIT_SPECTRAL, UF_INIT_PCA, UF_INIT_RANDOM};
  for (int s = 0; s < 3; s++) {
    settings settings = usual_settings();
    settings.options.init = inits[s];
    settings.options.layout.n_epochs = 300;
    check_clusters(&settings);
  }
}

TEST(optimizers_and_dimensions) {
  const uf_layout_optimizer methods[] = {UF_LAYOUT_BATCH, UF_LAYOUT_SGD, UF_LAYOUT_FULL};
  for (int m = 0; m < 3; m++)
    for (int d = 1; d <= 4; d++) {
      settings settings = usual_settings();
      settings.options.layout.optimizer = methods[m];
      settings.options.layout.n_epochs = methods[m] == UF_LAYOUT_FULL ? 40 : 120;
      settings.options.n_components = d;
      if (methods[m] == UF_LAYOUT_FULL) settings.options.layout.learning_rate = 0.1;
      if (d == 1 && methods[m] == UF_LAYOUT_FULL)
        continue; /* a line is too narrow to pass each other */
      check_clusters(&settings);
    }
}

TEST(methods_of_search) {
  const uf_neighbor_method methods[] = {UF_NEIGHBORS_EXACT, UF_NEIGHBORS_CLUSTERS,
                                        UF_NEIGHBORS_DESCENT};
  for (int m = 0; m < 3; m++) {
    settings settings = usual_settings();
    settings.block.neighbor_method = methods[m];
    check_clusters(&settings);
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

static int same_results(const embedding *a, const embedding *b, int n, int d) {
  int64_t n_edges = a->result.graph.start[n], n_near = (int64_t)n * a->block.neighbors.k;
  return n_edges == b->result.graph.start[n] && a->block.neighbors.k == b->block.neighbors.k &&
         memcmp(a->block.neighbors.index, b->block.neighbors.index, sizeof(int) * (size_t)n_near) ==
             0 &&
         fixture_same(a->block.neighbors.distance, b->block.neighbors.distance, n_near) &&
         fixture_same(a->block.rho, b->block.rho, n) &&
         fixture_same(a->block.sigma, b->block.sigma, n) &&
         memcmp(a->result.graph.neighbor, b->result.graph.neighbor,
                sizeof(int) * (size_t)n_edges) == 0 &&
         fixture_same(a->result.graph.weight, b->result.graph.weight, n_edges) &&
         fixture_same(a->result.layout, b->result.layout, (int64_t)n * d);
}

static void check_same_everywhere(int n, const settings *settings) {
  double *x = connected_points(n);
  uf_matrix columns = columns_of(x, n, COLUMNS);
  embedding wanted = {0};
  CHECK(embed(&columns, settings, &wanted) == UF_OK);
  for (int t = 0; t < FIXTURE_THREADS; t++)
    for (int isa = 0; isa < FIXTURE_ISAS; isa++) {
      if (t > 1 && isa % 4) continue; /* the plainest and the best */
      embedding got = {0};
      CHECK(embed_on(fixture_threads[t], fixture_isa[isa], &columns, settings, &got) == UF_OK);
      CHECK(same_results(&wanted, &got, n, settings->options.n_components));
      free_embedding(&got);
    }
  free_embedding(&wanted);
  free(x);
}

TEST(one_seed_one_picture) {
  const uf_neighbor_method methods[] = {UF_NEIGHBORS_EXACT, UF_NEIGHBORS_CLUSTERS,
                                        UF_NEIGHBORS_DESCENT};
  const uf_metric metrics[] = {UF_EUCLIDEAN, UF_COSINE, UF_MANHATTAN};
  const uf_init_method inits[] = {UF_INIT_SPECTRAL, UF_INIT_PCA, UF_INIT_RANDOM};
  for (int m = 0; m < 3; m++) {
    settings settings = usual_settings();
    settings.block.neighbor_method = methods[m];
    settings.block.metric.metric = metrics[m];
    settings.options.init = inits[m];
    settings.options.n_components = m == 1 ? 3 : 2;
    settings.options.layout.n_epochs = 8;
    check_same_everywhere(m == 1 ? 700 : 601, &settings);
  }
}

/* Another library may have left the processor rounding toward zero and flushing tiny numbers. */
TEST(modes_of_rounding_change_nothing) {
#if defined(__x86_64__)
  const uint64_t asked = UF_FLOAT_MODE_IEEE | 0xe040;
#elif defined(__aarch64__)
  const uint64_t asked = 0x1c00000;
#else
  const uint64_t asked = UF_FLOAT_MODE_IEEE;
#endif
  double *x = connected_points(N);
  uf_matrix columns = columns_of(x, N, COLUMNS);
  settings settings = usual_settings();
  for (int n_threads = 1; n_threads <= 2; n_threads++) {
    embedding wanted = {0}, got = {0};
    uint64_t before = uf_float_mode();
    CHECK(embed_on(n_threads, NULL, &columns, &settings, &wanted) == UF_OK);
    CHECK(uf_float_mode() == before);
    uf_float_mode_set(asked);
    uint64_t mode = uf_float_mode(); /* valgrind has the rounding alone */
    CHECK(mode != before || asked == before);
    CHECK(embed_on(n_threads, NULL, &columns, &settings, &got) == UF_OK);
    CHECK(uf_float_mode() == mode);
    uf_float_mode_set(before);
    CHECK(same_results(&wanted, &got, N, 2));
    free_embedding(&wanted);
    free_embedding(&got);
  }
  free(x);
}

TEST(seeds_differ) {
  double *x = connected_points(N);
  uf_matrix columns = columns_of(x, N, COLUMNS);
  settings settings = usual_settings();
  embedding one = {0}, other = {0};
  CHECK(embed(&columns, &settings, &one) == UF_OK);
  settings.options.seed = 43;
  CHECK(embed(&columns, &settings, &other) == UF_OK);
  CHECK(!fixture_same(one.result.layout, other.result.layout, 2 * N));
  free_embedding(&one);
  free_embedding(&other);
  free(x);
}

/* ---- what is given instead ---- */

static void copy_neighbors(const uf_neighbors *from, uf_neighbors *to) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_neighbors_alloc(&ctx, from->n, from->k, to) == UF_OK);
  memcpy(to->index, from->index, sizeof *from->index * (size_t)from->n * (size_t)from->k);
  memcpy(to->distance, from->distance, sizeof *from->distance * (size_t)from->n * (size_t)from->k);
  uf_session_close(&ctx);
}

TEST(neighbors_in_place_of_data) {
  double *x = connected_points(N);
  uf_matrix columns = columns_of(x, N, COLUMNS);
  settings settings = usual_settings();
  embedding from_data = {0}, from_neighbors = {0}, from_both = {0};
  CHECK(embed(&columns, &settings, &from_data) == UF_OK);
  copy_neighbors(&from_data.block.neighbors, &from_neighbors.block.neighbors);
  copy_neighbors(&from_data.block.neighbors, &from_both.block.neighbors);
  CHECK(embed(NULL, &settings, &from_neighbors) == UF_OK);
  CHECK(embed(&columns, &settings, &from_both) == UF_OK);
  CHECK(from_neighbors.block.unit == 1);
  CHECK(same_results(&from_data, &from_neighbors, N, 2) &&
        same_results(&from_data, &from_both, N, 2));
  free_embedding(&from_data);
  free_embedding(&from_neighbors);
  free_embedding(&from_both);
  free(x);
}

static float *given_layout(int count) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  float *layout = uf_calloc(&ctx, count, sizeof *layout);
  uf_session_close(&ctx);
  for (int e = 0; e < count; e++) layout[e] = (float)(20 * fixture_unit(61, e) - 10);
  return layout;
}

TEST(a_given_start) {
  double *x = fixture_clusters(N, COLUMNS, CLUSTERS);
  uf_matrix columns = columns_of(x, N, COLUMNS);
  settings settings = usual_settings();
  embedding still = {.result.layout = given_layout(2 * N)},
            moved = {.result.layout = given_layout(2 * N)};
  float *start = given_layout(2 * N);
  settings.options.init = UF_INIT_GIVEN;
  settings.options.layout.n_epochs = 0;
  CHECK(embed(&columns, &settings, &still) == UF_OK);
  CHECK(fixture_same(still.result.layout, start, 2 * N));
  settings.options.layout.n_epochs = 300;
  CHECK(embed(&columns, &settings, &moved) == UF_OK);
  check_result(&moved, N, 2);
  CHECK(fixture_silhouette(moved.result.layout, N, 2, CLUSTERS) > 0.6);
  free_embedding(&still);
  free_embedding(&moved);
  uf_free(start);
  free(x);
}

/* ---- small, flat, and bad data ---- */

TEST(few_rows) {
  for (int n = 2; n <= 9; n++)
    for (int start = 0; start < 3; start++) {
      double *x = fixture_clusters(n, COLUMNS, CLUSTERS);
      uf_matrix columns = columns_of(x, n, COLUMNS);
      settings settings = usual_settings();
      embedding out = {0};
      settings.block.n_neighbors = n < 5 ? n : 5;
      settings.options.init = (uf_init_method)start;
      CHECK(embed(&columns, &settings, &out) == UF_OK);
      check_result(&out, n, 2);
      free_embedding(&out);
      free(x);
    }
}

/* All rows alike; and all but one. */
TEST(rows_that_are_alike) {
  double *x = fixture_doubles(N * COLUMNS);
  uf_matrix columns = columns_of(x, N, COLUMNS);
  for (int metric = 0; metric < 4; metric++)
    for (int start = 0; start < 3; start++) {
      settings settings = usual_settings();
      settings.block.metric.metric = (uf_metric)metric;
      settings.options.init = (uf_init_method)start;
      for (int other = 0; other < 2; other++) {
        embedding out = {0};
        x[7] = other;
        CHECK(embed(&columns, &settings, &out) == UF_OK);
        check_result(&out, N, 2);
        free_embedding(&out);
      }
    }
  free(x);
}

/* ---- rows that come more than once ---- */

/* Rows in an order of their own, of which every third of the first `distinct` comes again. */
static double *with_copies(const double *x, int distinct, int n) {
  double *all = fixture_doubles((int64_t)n * COLUMNS);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < COLUMNS; j++)
      all[j * n + i] = x[j * distinct + (i < distinct ? i : 3 * (i - distinct) % distinct)];
  return all;
}

static int group_of(int i, int distinct) {
  return i < distinct ? i : 3 * (i - distinct) % distinct;
}

TEST(copies_change_no_other_row) {
  enum { ROWS = 2 * N + 5 };
  const uf_duplicates ways[] = {UF_DUPLICATES_SPREAD, UF_DUPLICATES_MERGE};
  double *x = connected_points(N), *all = with_copies(x, N, ROWS);
  uf_matrix columns = columns_of(x, N, COLUMNS), more = columns_of(all, ROWS, COLUMNS);
  for (int way = 0; way < 2; way++)
    for (int d = 1; d <= 5; d++) {
      settings settings = usual_settings();
      embedding alone = {0}, out = {0};
      settings.options.layout.n_epochs = 8;
      settings.options.n_components = d;
      settings.options.duplicates = ways[way];
      CHECK(embed(&columns, &settings, &alone) == UF_OK);
      CHECK(alone.result.distinct.m == 0);
      CHECK(embed(&more, &settings, &out) == UF_OK);
      check_result(&out, ROWS, d);
      CHECK(out.result.distinct.m == N);
      CHECK(fixture_same(out.result.layout, alone.result.layout, (int64_t)N * d));
      int n_moved = 0;
      for (int i = N; i < ROWS; i++) {
        int group = group_of(i, N);
        CHECK(out.result.distinct.group[i] == group);
        CHECK(out.block.rho[i] == alone.block.rho[group]);
        n_moved +=
            memcmp(out.result.layout + (size_t)(i * d), alone.result.layout + (size_t)(group * d),
                   sizeof(float) * (size_t)d) != 0;
      }
      CHECK(n_moved == (way == 0 ? ROWS - N : 0));
      CHECK(out.result.graph.start[ROWS] == alone.result.graph.start[N] + 2 * (ROWS - N));
      free_embedding(&alone);
      free_embedding(&out);
    }
  free(x);
  free(all);
}

/* Units are the user's: the same picture for data of any size. */
TEST(data_of_any_size) {
  const double sizes[] = {0x1p-600, 0x1p-60, 0x1p60, 0x1p600};
  double *x = connected_points(N), *scaled = fixture_doubles(N * COLUMNS);
  uf_matrix columns = columns_of(x, N, COLUMNS), other = columns_of(scaled, N, COLUMNS);
  settings settings = usual_settings();
  embedding wanted = {0};
  CHECK(embed(&columns, &settings, &wanted) == UF_OK);
  for (int s = 0; s < 4; s++) {
    embedding out = {0};
    for (int e = 0; e < N * COLUMNS; e++) scaled[e] = sizes[s] * x[e];
    CHECK(embed(&other, &settings, &out) == UF_OK);
    check_result(&out, N, 2);
    for (int e = 0; e < N * 15; e++)
      CHECK(out.block.neighbors.index[e] == wanted.block.neighbors.index[e]);
    double rho = out.block.rho[3] * out.block.unit / sizes[s];
    CHECK_CLOSE(rho, wanted.block.rho[3], 1e-6 * wanted.block.rho[3]);
    free_embedding(&out);
  }
  free_embedding(&wanted);
  free(x);
  free(scaled);
}

TEST(bad_values_are_refused) {
  const double bad[] = {NAN, INFINITY, -INFINITY};
  double *x = fixture_clusters(N, COLUMNS, CLUSTERS);
  uf_matrix columns = columns_of(x, N, COLUMNS);
  settings settings = usual_settings();
  for (int b = 0; b < 3; b++) {
    embedding out = {0};
    uf_context ctx;
    x[2 * N + 17] = bad[b];
    fixture_open(&ctx, 2, NULL);
    CHECK(embed_in(&ctx, &columns, &settings, &out) == UF_BAD_INPUT);
    CHECK(strstr(ctx.message, "row 18, column 3") != NULL);
    free_embedding(&out);
    uf_session_close(&ctx);
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
  const char *const phases[] = {"nearest neighbors", "initialization", "layout"};
  enum { ROWS = 1500 };
  double *x = connected_points(ROWS);
  uf_matrix columns = columns_of(x, ROWS, COLUMNS);
  for (int p = 0; p < 3; p++)
    for (int n_threads = 1; n_threads <= 2; n_threads++) {
      settings settings = usual_settings();
      embedding out = {0};
      phase_host data = {phases[p], 0};
      uf_host host = {.data = &data, .interrupted = stop_in_phase, .progress = watch_phase};
      uf_context ctx;
      settings.options.layout.n_epochs = 1000000;
      CHECK(uf_session_open(&ctx, &host, n_threads, NULL) == UF_OK);
      CHECK(embed_in(&ctx, &columns, &settings, &out) == UF_INTERRUPTED);
      CHECK(data.there);
      free_embedding(&out);
      uf_session_close(&ctx);
    }
  free(x);
}

int main(void) {
  RUN(metrics);
  RUN(inits);
  RUN(optimizers_and_dimensions);
  RUN(methods_of_search);
  RUN(one_seed_one_picture);
  RUN(modes_of_rounding_change_nothing);
  RUN(seeds_differ);
  RUN(neighbors_in_place_of_data);
  RUN(a_given_start);
  RUN(few_rows);
  RUN(rows_that_are_alike);
  RUN(copies_change_no_other_row);
  RUN(data_of_any_size);
  RUN(bad_values_are_refused);
  RUN(interrupts_are_heard);
  return check_report();
}
