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
#include "arith/exp_log.h"
#include "linalg/jacobi.h"
#include "fixtures.h"
#include "linalg/project.h"
#include "linalg/subspace.h"
#include "umap.h"

/* Small, for emulated processors; odd, for blocks and groups of 16 that are not full. WIDE columns
 * are more than the clusters keep, so that principal directions are taken. */
enum { N = 421, NARROW = 12, WIDE = 83, NOISY = 301, TALL = 1203, FEW = 3, K = 15, SEED = 42 };

static uf_context ctx;

/* ---- hashes ---- */

static uint64_t hash; /* of the stage at hand: FNV-1a (Fowler, Noll, Vo) */

static void take(const void *block, size_t size) {
  const unsigned char *byte = block;
  for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
}

static void take_floats(const float *x, int64_t count) { take(x, (size_t)count * sizeof *x); }
static void take_double(double x) { take(&x, sizeof x); }
static void take_ints(const int *x, int64_t count) { take(x, (size_t)count * sizeof *x); }

static void begin(void) { hash = UINT64_C(0xcbf29ce484222325); }

static void end(const char *stage, const char *variant) {
  printf("%s%s%s %016llx\n", stage, *variant ? "/" : "", variant, (unsigned long long)hash);
}

static void must(uf_status status) {
  if (status == UF_OK) return;
  fprintf(stderr, "identity: %s\n", ctx.message);
  exit(2);
}

/* ---- words for the variants ---- */

typedef struct word {
  const char *name;
  int value;
} word;

static const word metrics[] = {{"euclidean", UF_EUCLIDEAN},
                               {"manhattan", UF_MANHATTAN},
                               {"cosine", UF_COSINE},
                               {"correlation", UF_CORRELATION}};
static const word scalings[] = {{"none", UF_SCALING_NONE},
                                {"z", UF_SCALING_Z},
                                {"range", UF_SCALING_RANGE},
                                {"column range", UF_SCALING_COLUMN_RANGE},
                                {"maxabs", UF_SCALING_MAXABS}};
static const word searches[] = {{"exact", UF_NEIGHBORS_EXACT},
                                {"clusters", UF_NEIGHBORS_CLUSTERS},
                                {"nndescent", UF_NEIGHBORS_DESCENT}};
static const word starts[] = {
    {"spectral", UF_INIT_SPECTRAL}, {"pca", UF_INIT_PCA}, {"random", UF_INIT_RANDOM}};
static const word optimizers[] = {
    {"batch", UF_LAYOUT_BATCH}, {"sgd", UF_LAYOUT_SGD}, {"full", UF_LAYOUT_FULL}};

#define EACH(word_, words)                                                                         \
  for (const word *word_ = (words); word_ < (words) + sizeof(words) / sizeof *(words); word_++)

/* ---- foundations ---- */

static void arithmetic(void) {
  begin();
  for (int i = 0; i < 20000; i++) {
    double x = 700 * fixture_normal(21, i), y = 1e-3 + 1e3 * fixture_unit(22, i);
    take_double(uf_exp(x / 6));
    take_double(uf_log(y));
    take_double(uf_pow(y, x / 700));
    float sum = uf_fmaf((float)x, (float)y, (float)fixture_normal(23, i));
    take_floats(&sum, 1);
  }
  end("arithmetic", "");
}

static void kernels(void) {
  enum { COUNT = 4096 };
  float *x = fixture_floats(COUNT), *y = fixture_floats(COUNT);
  for (int i = 0; i < COUNT; i++) x[i] = (float)(40 * fixture_unit(24, i));
  begin();
  for (float sigma = 0.01f; sigma < 100; sigma *= 3) {
    float sum = ctx.kernels->exp_sum(x, COUNT, sigma);
    ctx.kernels->exp_terms(x, COUNT, sigma, y);
    take_floats(&sum, 1);
    take_floats(y, COUNT);
  }
  end("kernels", "exponentials");
  free(x);
  free(y);
}

static void eigenvectors(void) {
  enum { M = 9 };
  double a[M * M], values[M], vectors[M * M];
  for (int i = 0; i < M; i++)
    for (int j = 0; j <= i; j++) a[i * M + j] = a[j * M + i] = fixture_normal(25, i * M + j);
  uf_symmetric_eigen(&(uf_context){0}, M, a, values, vectors);
  begin();
  take(values, sizeof values);
  take(vectors, sizeof vectors);
  end("eigenvectors", "");
}

/* ---- points ---- */

/* n × d by columns: correlated columns around a few centers, some rows twice; NOISY columns are
 * noise alone, in which an approximation is bound to miss some: what it misses has to agree too. */
static double *make_data(int n, int d, double size) {
  double *x = fixture_doubles((int64_t)n * d);
  for (int j = 0; j < d; j++)
    for (int i = 0; i < n; i++) {
      int row = i % 50 == 49 ? i - 1 : i;
      double value = fixture_normal(26, (int64_t)row * d + j);
      for (int f = 0; f < FEW && d != NOISY; f++)
        value += fixture_normal(27, j * FEW + f) *
                 (fixture_normal(28, row * FEW + f) + 2 * fixture_normal(29, row % FEW * FEW + f));
      x[(size_t)j * (size_t)n + (size_t)i] = size * value;
    }
  return x;
}

static uf_points points_of(int n, int d, double size, uf_metric metric) {
  double *x = make_data(n, d, size);
  uf_points points;
  fixture_points(&ctx, x, n, d, metric, &points);
  free(x);
  return points;
}

static void take_points(const uf_points *points) {
  take_floats(points->x, (int64_t)points->n * (int64_t)points->stride);
  take_double(points->unit);
}

static void all_points(void) {
  EACH(metric, metrics) {
    uf_points points = points_of(N, WIDE, 1, (uf_metric)metric->value);
    begin();
    take_points(&points);
    end("points", metric->name);
    uf_points_free(&points);
  }
  uf_points points = points_of(N, NARROW, 0x1p300, UF_EUCLIDEAN);
  begin();
  take_points(&points);
  end("points", "huge");
  uf_points_free(&points);
}

static void directions(void) {
  enum { M = 16 };
  uf_points points = points_of(N, WIDE, 1, UF_EUCLIDEAN);
  float *projected = fixture_floats(N * M);
  uf_basis basis;
  must(uf_basis_alloc(&ctx, WIDE, 10, &basis));
  must(uf_principal_subspace(&ctx, &points, N, SEED, &basis));
  must(uf_project(&ctx, &points, NULL, N, &basis, projected));
  begin();
  take_floats(basis.columns, WIDE * M);
  take_floats(projected, N * M);
  end("directions", "");
  uf_basis_free(&basis);
  free(projected);
  uf_points_free(&points);
}

static void take_doubles(const double *x, int64_t count) { take(x, (size_t)count * sizeof *x); }

static void transforms(void) {
  double *x = make_data(N, WIDE, 1), *out = fixture_doubles(N * WIDE);
  uf_matrix matrix = {.values = x, .n = N, .d = WIDE};
  EACH(scaling, scalings) {
    begin();
    for (int n_directions = 0; n_directions <= FEW; n_directions += FEW) {
      uf_standardization made;
      must(uf_standardization_make(&ctx, &matrix, (uf_scaling)scaling->value, n_directions, SEED,
                                   &made));
      must(uf_standardize(&ctx, &matrix, &made, out));
      take_doubles(made.center, WIDE);
      take_doubles(made.factor, WIDE);
      take_doubles(made.rotation, WIDE * n_directions);
      take_double(made.unit);
      take_doubles(out, N * (n_directions ? n_directions : WIDE));
      uf_standardization_free(&made);
    }
    end("transform", scaling->name);
  }
  free(x);
  free(out);
}

/* ---- neighbors ---- */

static void take_neighbors(const uf_neighbors *neighbors) {
  int64_t count = (int64_t)neighbors->n * neighbors->k;
  take_ints(neighbors->index, count);
  take_floats(neighbors->distance, count);
}

static void search_in(const char *stage, const word *search, const word *metric, int n, int d) {
  char variant[64];
  uf_points points = points_of(n, d, 1, (uf_metric)metric->value);
  uf_neighbors neighbors = {0};
  uf_neighbor_method used;
  must(uf_nearest_neighbors(&ctx, &points, K, (uf_neighbor_method)search->value, 0.99, SEED,
                            &neighbors, &used));
  begin();
  take_neighbors(&neighbors);
  snprintf(variant, sizeof variant, "%s/%s", search->name, metric->name);
  end(stage, variant);
  uf_neighbors_free(&neighbors);
  uf_points_free(&points);
}

static void searches_of_all(void) {
  EACH(search, searches) {
    EACH(metric, metrics) search_in("neighbors", search, metric, N, WIDE);
    search_in("neighbors of few columns", search, &metrics[0], TALL, FEW);
  }
  EACH(search, searches) search_in("neighbors in noise", search, &metrics[0], TALL / 2, NOISY);
}

/* ---- all metrics, and data of all forms ---- */

/* Values that every metric of the domain admits, many of them 0; half of a row's columns at least
 * are not. */
static double *admitted_data(uf_domain domain, int n, int d) {
  double *x = make_data(n, d, 1);
  for (int i = 0; i < n * d; i++) {
    if (domain == UF_RADIANS) x[i] = 1.5 * fixture_unit(30, i);
    if (domain == UF_NOT_NEGATIVE) x[i] = fabs(x[i]);
    if (domain != UF_RADIANS && fixture_unit(31, i) < 0.3) x[i] = 0;
  }
  return x;
}

static void search_both_ways(const char *stage, const char *name, const uf_matrix *matrix,
                             uf_metric metric) {
  const uf_neighbor_method methods[] = {UF_NEIGHBORS_EXACT, UF_NEIGHBORS_DESCENT};
  uf_points points;
  must(uf_points_make(&ctx, matrix, &(uf_metric_choice){.metric = metric, .p = 3}, &points));
  begin();
  for (int m = 0; m < 2; m++) {
    uf_neighbors neighbors = {0};
    uf_neighbor_method used;
    must(uf_nearest_neighbors(&ctx, &points, K, methods[m], 0.99, SEED, &neighbors, &used));
    take_neighbors(&neighbors);
    uf_neighbors_free(&neighbors);
  }
  end(stage, name);
  uf_points_free(&points);
}

/* The same numbers, of which only those that are not 0 are kept. */
static void search_sparse(const uf_metric_traits *traits, const double *x, int n, int d,
                          uf_metric metric) {
  double *values = fixture_doubles(n * d);
  int *start = fixture_ints(n + 1), *index = fixture_ints(n * d), count = 0;
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < d; j++)
      if (x[j * n + i] != 0) {
        values[count] = x[j * n + i];
        index[count++] = j;
      }
    start[i + 1] = count;
  }
  uf_matrix matrix = {
      .values = values, .n = n, .d = d, .form = UF_SPARSE_ROWS, .start = start, .index = index};
  search_both_ways("sparse", traits->name, &matrix, metric);
  free(values);
  free(start);
  free(index);
}

static void all_metrics(void) {
  for (int m = 0; m < UF_N_METRICS; m++) {
    const uf_metric_traits *traits = uf_metric_of((uf_metric)m);
    if (m == UF_FUNCTION) continue;
    int d = m == UF_HAVERSINE ? 2 : NARROW;
    double *x = admitted_data(traits->domain, N, d);
    uf_matrix matrix = {.values = x, .n = N, .d = d};
    search_both_ways("metric", traits->name, &matrix, (uf_metric)m);
    if (traits->is_sparse) search_sparse(traits, x, N, d, (uf_metric)m);
    free(x);
  }
}

/* Rows that come later, sought among those that were there. */
static void queries(void) {
  const uf_metric_choice choice = {.metric = UF_EUCLIDEAN};
  double *x = make_data(N, NARROW, 1), *later = make_data(N / 3, NARROW, 1.1);
  uf_matrix matrix = {.values = x, .n = N, .d = NARROW};
  uf_matrix new_matrix = {.values = later, .n = N / 3, .d = NARROW};
  uf_preparation preparation;
  uf_points points, new_points;
  must(uf_preparation_make(&ctx, &matrix, &choice, &preparation));
  must(uf_points_prepare(&ctx, &matrix, &preparation, &points));
  must(uf_points_prepare_new(&ctx, &new_matrix, &preparation, &new_points));
  EACH(search, searches) {
    uf_neighbors found = {0};
    uf_neighbor_method used;
    must(uf_neighbors_query(&ctx, &points, NULL, &new_points, K, (uf_neighbor_method)search->value,
                            SEED, &found, &used));
    begin();
    take_neighbors(&found);
    end("query", search->name);
    uf_neighbors_free(&found);
  }
  uf_points_free(&points);
  uf_points_free(&new_points);
  uf_preparation_free(&preparation);
  free(x);
  free(later);
}

/* ---- graph, starts, layouts ---- */

/* The stages after the search begin with these. */
static uf_points data;
static uf_neighbors table;
static uf_graph graph;

static const uf_fuzzy_options usual = {1, 1, 1, INFINITY, 0},
                              unusual = {1.5, 1.3, 0.4, INFINITY, 0};

static void search_once(void) {
  uf_neighbor_method used;
  data = points_of(N, NARROW, 1, UF_EUCLIDEAN);
  must(uf_nearest_neighbors(&ctx, &data, K, UF_NEIGHBORS_EXACT, 1, SEED, &table, &used));
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
    must(uf_intersect_graphs(&ctx, &graph, other, weights[w], 0, &both));
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

static void start_of(const char *variant, const uf_graph *of, uf_init_method method, int d) {
  float *layout = fixture_floats((int64_t)of->n * d);
  uf_hierarchy hierarchy;
  must(uf_coarsen(&ctx, of, SEED, &hierarchy));
  must(uf_initial_layout(&ctx, &hierarchy, of->n == N ? &data : NULL, method, d, SEED, layout));
  uf_hierarchy_free(&hierarchy);
  begin();
  take_floats(layout, (int64_t)of->n * d);
  end("start", variant);
  free(layout);
}

static void all_starts(void) {
  EACH(start, starts) start_of(start->name, &graph, (uf_init_method)start->value, 2);
  start_of("spectral in 3 dimensions", &graph, UF_INIT_SPECTRAL, 3);
  uf_graph cliques;
  fixture_graph_of(&ctx, 120, fixture_cliques(120, 15), &cliques);
  start_of("spectral of many components", &cliques, UF_INIT_SPECTRAL, 2);
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
  must(uf_quality_measure(&ctx, &data, &placed, labels, K, 10, rows, N, &measured, NULL));
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

/* New rows of which every third is an old one, by two views: their points, and categories. */
static void predictions(uf_data_block *view, const double *x, const float *layout) {
  enum { N_NEW = N / 3 };
  double *later = make_data(N_NEW, NARROW, 1.1);
  int *category = fixture_ints(N_NEW + N);
  float *placed = fixture_floats(2 * N_NEW);
  uf_matrix matrix = {.values = later, .n = N_NEW, .d = NARROW};
  uf_points queries;
  for (int i = 0; i < N_NEW; i += FEW)
    for (int j = 0; j < NARROW; j++) later[j * N_NEW + i] = x[j * N + 2 * i];
  for (int i = 0; i < N_NEW + N; i++) category[i] = i % (FEW + 1) - 1;
  must(uf_points_prepare_new(&ctx, &matrix, &view->preparation, &queries));
  for (int n_data_blocks = 1; n_data_blocks <= 2; n_data_blocks++) {
    uf_predict_options options = {
        .fuzzy = usual, .layout = layout_options(UF_LAYOUT_BATCH), .seed = SEED};
    uf_query_block views[2] = {{.points = &view->points,
                                .queries = &queries,
                                .hash = view->hash,
                                .graph = &view->neighbors,
                                .k = K,
                                .weight = 0.5,
                                .max_distance = INFINITY,
                                .mean_distance = 1},
                               {.category = category, .weight = 0.5}};
    must(uf_predict(&ctx, views, n_data_blocks, layout, N, 2, &options, placed));
    begin();
    take_floats(placed, 2 * N_NEW);
    end("predict", n_data_blocks == 1 ? "" : "with categories");
    uf_query_block_free(&views[0]);
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
  uf_data_block view = {.columns = &columns,
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
  must(uf_umap(&ctx, &view, 1, &options, NULL, &result));
  begin();
  take_floats(result.layout, 2 * N);
  end("umap", "");
  for (int i = 0; i < N; i++) labels[i] = i % FEW;
  quality(result.layout, labels);
  predictions(&view, x, result.layout);
  uf_umap_free(&result);
  uf_data_block_free(&view);
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
  arithmetic();
  kernels();
  eigenvectors();
  all_points();
  directions();
  transforms();
  searches_of_all();
  all_metrics();
  queries();
  search_once();
  graphs();
  curves();
  all_starts();
  all_layouts();
  whole();
  uf_graph_free(&graph);
  uf_neighbors_free(&table);
  uf_points_free(&data);
  uf_session_close(&ctx);
  return 0;
}
