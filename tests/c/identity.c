/*
 * identity.c: every stage on fixed data, and a hash of what each returns.
 *
 *   UNFURL_ISA=avx2 UNFURL_THREADS=2 identity
 *
 * prints the kernels in use, then a line "stage hash" for each stage and variant, in the order of
 * the pipeline: where two runs differ, the first line that differs names the stage. All machines,
 * compilers and threads are to print the same lines; tools/identity.sh compares them. No libm and
 * no random numbers of the system here either: the data must be the same everywhere, too.
 */
#include "arith/arith.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "identity.h"

static const word inits[] = {
    {"spectral", UF_INIT_SPECTRAL}, {"pca", UF_INIT_PCA}, {"random", UF_INIT_RANDOM}};
static const word optimizers[] = {
    {"batch", UF_LAYOUT_BATCH}, {"sgd", UF_LAYOUT_SGD}, {"full", UF_LAYOUT_FULL}};

uf_context ctx;

/* ---- hashes ---- */

static uint64_t hash; /* of the stage at hand: FNV-1a (Fowler, Noll, Vo) */

void take(const void *block, size_t size) {
  const unsigned char *byte = block;
  for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
}

void take_floats(const float *x, int64_t count) { take(x, (size_t)count * sizeof *x); }
void take_double(double x) { take(&x, sizeof x); }
void take_ints(const int *x, int64_t count) { take(x, (size_t)count * sizeof *x); }

void begin(void) { hash = UINT64_C(0xcbf29ce484222325); }

void end(const char *stage, const char *variant) {
  printf("%s%s%s %016llx\n", stage, *variant ? "/" : "", variant, (unsigned long long)hash);
}

void must(uf_status status) {
  if (status == UF_OK) return;
  fprintf(stderr, "identity: %s\n", ctx.message);
  exit(2);
}

/* ---- graph, initializations, layouts ---- */

/* The stages after the search begin with these. */
static uf_points data;
static uf_neighbors table;
static uf_graph graph;

static const uf_fuzzy_options usual = {1, 1, 1, INFINITY, 0},
                              unusual = {1.5, 1.3, 0.4, INFINITY, 0};

static void search_once(void) {
  uf_neighbor_method used;
  data = points_of(N, NARROW, 1, UF_EUCLIDEAN);
  must(uf_nearest_neighbors(&ctx, &data, &(uf_search_options){K, UF_NEIGHBORS_EXACT, 1, SEED, 0},
                            &table, &used));
}

static void take_graph(const uf_graph *of) {
  take(of->start, ((size_t)of->n + 1) * sizeof *of->start);
  take_ints(of->neighbor, of->start[of->n]);
  take_floats(of->weight, of->start[of->n]);
}

static void make_graph(const char *variant, const uf_fuzzy_options *options, uf_graph *made) {
  float *rho = fixture_floats(N), *sigma = fixture_floats(N);
  must(uf_smooth_knn(&ctx, &table, options, rho, sigma));
  begin();
  take_floats(rho, N);
  take_floats(sigma, N);
  end("scale", variant);
  must(uf_fuzzy_graph(&ctx, &table, rho, sigma, options, made));
  begin();
  take_graph(made);
  end("graph", variant);
  free(rho);
  free(sigma);
}

static void intersections(const uf_graph *other) {
  const double weights[] = {0.3, 0.7};
  int *category = fixture_ints(N);
  for (int i = 0; i < N; i++) category[i] = i % (FEW + 1) - 1;
  for (int w = 0; w < 2; w++) {
    uf_graph both = {0};
    const uf_intersection options = {.weight = weights[w]};
    must(uf_intersect_graphs(&ctx, &graph, other, &options, &both));
    must(uf_reset_local_connectivity(&ctx, &both));
    must(uf_categorical_intersection(&ctx, &both, category, category, weights[w]));
    must(uf_reset_local_connectivity(&ctx, &both));
    begin();
    take_graph(&both);
    end("intersection", w ? "heavy" : "light");
    uf_graph_free(&both);
  }
  free(category);
}

static void graphs(void) {
  uf_graph other = {0};
  make_graph("usual", &usual, &graph);
  make_graph("unusual", &unusual, &other);
  intersections(&other);
  uf_graph_free(&other);
}

static void curves(void) {
  begin();
  for (int i = 0; i < 12; i++) {
    double a, b;
    uf_fit_curve(0.08 * i, 0.9 + 0.1 * i, &a, &b);
    take_double(a);
    take_double(b);
  }
  end("curve", "");
}

static void init_of(const char *variant, const uf_graph *of, uf_init_method method, int d) {
  float *layout = fixture_floats((int64_t)of->n * d);
  uf_hierarchy hierarchy;
  must(uf_coarsen(&ctx, of, SEED, &hierarchy));
  must(uf_initial_layout(&ctx, &hierarchy, of->n == N ? &data : NULL,
                         &(uf_init_options){.method = method, .d = d, .seed = SEED}, layout));
  uf_hierarchy_free(&hierarchy);
  begin();
  take_floats(layout, (int64_t)of->n * d);
  end("initialization", variant);
  free(layout);
}

static void all_inits(void) {
  EACH(init, inits) init_of(init->name, &graph, (uf_init_method)init->value, 2);
  init_of("spectral in 3 dimensions", &graph, UF_INIT_SPECTRAL, 3);
  uf_graph cliques;
  fixture_graph_of(&ctx, 120, fixture_cliques(120, 15), &cliques);
  init_of("spectral of many components", &cliques, UF_INIT_SPECTRAL, 2);
  uf_graph_free(&cliques);
}

static uf_layout_options layout_options(uf_layout_optimizer method) {
  uf_layout_options options = fixture_layout_options(method, method == UF_LAYOUT_FULL ? 5 : 30);
  uf_fit_curve(0.1, 1, &options.a, &options.b);
  return options;
}

static void all_layouts(void) {
  EACH(optimizer, optimizers)
  for (int d = 2; d <= 4; d++) {
    char variant[64];
    uf_layout_options options = layout_options((uf_layout_optimizer)optimizer->value);
    float *layout = fixture_floats(N * d);
    must(uf_init_random(&ctx, graph.n, d, SEED, layout));
    const uf_layout_problem problem = {.graph = &graph, .d = d, .seed = SEED};
    must(uf_layout_optimize(&ctx, &problem, &options, NULL, layout));
    begin();
    take_floats(layout, N * d);
    snprintf(variant, sizeof variant, "%s/%d dimensions", optimizer->name, d);
    end("layout", variant);
    free(layout);
  }
}

/* ---- the whole ---- */

static void quality(const float *layout, const int *labels) {
  double *columns = fixture_doubles(2 * N);
  int *rows = fixture_ints(N);
  uf_points placed;
  uf_quality measured;
  for (int i = 0; i < N; i++) {
    columns[i] = layout[2 * i];
    columns[N + i] = layout[2 * i + 1];
    rows[i] = i;
  }
  fixture_points(&ctx, columns, N, 2, UF_EUCLIDEAN, &placed);
  const uf_quality_options options = {
      .k = K, .rows = rows, .n_rows = N, .labels = labels, .k_label = 10};
  must(uf_quality_measure(&ctx, &data, &placed, &options, &measured, NULL));
  begin();
  take_double(measured.trustworthiness);
  take_double(measured.continuity);
  take_double(measured.neighbor_preservation);
  take_double(measured.knn_accuracy);
  end("quality", "");
  uf_points_free(&placed);
  free(columns);
  free(rows);
}

/* New rows of which every third is an old one, by two blocks: their points, and categories. */
static void predictions(uf_data_block *block, const double *x, const float *layout) {
  enum { N_NEW = N / 3 };
  double *later = make_data(N_NEW, NARROW, 1.1);
  int *category = fixture_ints(N_NEW + N);
  float *placed = fixture_floats(2 * N_NEW);
  uf_matrix matrix = {.values = later, .n = N_NEW, .d = NARROW};
  uf_points queries;
  for (int i = 0; i < N_NEW; i += FEW)
    for (int j = 0; j < NARROW; j++) later[j * N_NEW + i] = x[j * N + 2 * i];
  for (int i = 0; i < N_NEW + N; i++) category[i] = i % (FEW + 1) - 1;
  must(uf_points_prepare_new(&ctx, &matrix, &block->preparation, &queries));
  for (int n_data_blocks = 1; n_data_blocks <= 2; n_data_blocks++) {
    uf_predict_options options = {
        .fuzzy = usual, .layout = layout_options(UF_LAYOUT_BATCH), .seed = SEED};
    uf_query_block blocks[2] = {{.points = &block->points,
                                 .queries = &queries,
                                 .hash = block->hash,
                                 .graph = &block->neighbors,
                                 .k = K,
                                 .weight = 0.5,
                                 .max_distance = INFINITY,
                                 .mean_distance = 1},
                                {.category = category, .weight = 0.5}};
    const uf_old_layout old = {.position = layout, .n = N, .d = 2};
    must(uf_predict(&ctx, blocks, n_data_blocks, &old, &options, placed));
    begin();
    take_floats(placed, 2 * N_NEW);
    end("predict", n_data_blocks == 1 ? "" : "with categories");
    uf_query_block_free(&blocks[0]);
  }
  uf_points_free(&queries);
  free(later);
  free(category);
  free(placed);
}

static void whole(void) {
  double *x = make_data(N, NARROW, 1);
  int *labels = fixture_ints(N);
  uf_matrix columns = {.values = x, .is_integer = 0, .n = N, .d = NARROW};
  uf_data_block block = {.columns = &columns,
                         .metric = {.metric = UF_EUCLIDEAN},
                         .neighbor_method = UF_NEIGHBORS_AUTO,
                         .n_neighbors = K,
                         .max_distance = INFINITY};
  uf_umap_options options = {.n_components = 2,
                             .fuzzy = usual,
                             .init = UF_INIT_SPECTRAL,
                             .layout = layout_options(UF_LAYOUT_BATCH),
                             .seed = SEED,
                             .keep_points = 1};
  uf_umap_result result = {0};
  must(uf_umap(&ctx, &block, 1, &options, NULL, &result));
  begin();
  take_floats(result.layout, 2 * N);
  end("umap", "");
  for (int i = 0; i < N; i++) labels[i] = i % FEW;
  quality(result.layout, labels);
  predictions(&block, x, result.layout);
  uf_umap_free(&result);
  uf_data_block_free(&block);
  free(labels);
  free(x);
}

static const char *environment(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value && *value ? value : otherwise;
}

int main(void) {
  int n_threads = atoi(environment("UNFURL_THREADS", "1"));
  must(uf_session_open(&ctx, NULL, n_threads, environment("UNFURL_ISA", "")));
  printf("kernels %s\n", ctx.kernels->name);
  stages_of_data();
  search_once();
  graphs();
  curves();
  all_inits();
  all_layouts();
  whole();
  uf_graph_free(&graph);
  uf_neighbors_free(&table);
  uf_points_free(&data);
  uf_session_close(&ctx);
  return 0;
}
