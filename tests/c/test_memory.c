/*
 * test_memory.c: each stage without memory. The n-th allocation fails, for every n that the stage
 * comes to: it has to say so, to leave its outputs as they were, and to free all that it had. And
 * the system may grant no thread. Sizes beyond 2^31 are asked for in full, and found again.
 *
 * The linker replaces malloc(), free() and pthread_create() by the ones below (see the Makefile).
 */
#include "arith/arith.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "check.h"
#include "fixtures.h"
#include "neighbors/kdtree.h"
#include "umap.h"

void *__real_malloc(size_t size);
void __real_free(void *block);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);
void *__wrap_malloc(size_t size);
void __wrap_free(void *block);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);

static atomic_int countdown;  /* allocations until one fails; 0: none does */
static atomic_int failures;   /* that have happened */
static atomic_int n_blocks;   /* in use */
static atomic_size_t refused; /* bytes that the last failure was asked for */
static atomic_size_t asked;   /* bytes of all that did not fail */
static int threads_are_refused;

void *__wrap_malloc(size_t size) {
  if (atomic_load(&countdown) > 0 && atomic_fetch_sub(&countdown, 1) == 1) {
    atomic_fetch_add(&failures, 1);
    atomic_store(&refused, size);
    return NULL;
  }
  void *block = __real_malloc(size);
  if (block) atomic_fetch_add(&n_blocks, 1);
  if (block) atomic_fetch_add(&asked, size);
  return block;
}

void __wrap_free(void *block) {
  if (block) atomic_fetch_sub(&n_blocks, 1);
  __real_free(block);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument) {
  if (threads_are_refused) return 11; /* EAGAIN */
  return __real_pthread_create(thread, attributes, function, argument);
}

/* ---- what the stages are given ---- */

enum { N = 150, D = 10, WIDE = 70, K = 8, SEED = 42 };

static double *values, *wide_values;
static uf_matrix matrix = {.n = N, .d = D}, wide_matrix = {.n = N, .d = WIDE};
static uf_points points, wide_points;
static uf_neighbors neighbors;
static uf_graph graph;
static float rho[N], sigma[N], start[2 * N];
static const uf_fuzzy_options fuzzy = {1, 1, 1, INFINITY, 0};

static void prepare(void) {
  uf_context ctx;
  uf_neighbor_method used;
  fixture_open(&ctx, 1, NULL);
  values = fixture_clusters(N, D, 3);
  wide_values = fixture_clusters(N, WIDE, 3);
  matrix.values = values;
  wide_matrix.values = wide_values;
  fixture_points(&ctx, values, N, D, UF_EUCLIDEAN, &points);
  fixture_points(&ctx, wide_values, N, WIDE, UF_EUCLIDEAN, &wide_points);
  uf_search_options exact = {K, UF_NEIGHBORS_EXACT, 0.99, SEED, 0};
  CHECK(uf_nearest_neighbors(&ctx, &points, &exact, &neighbors, &used) == UF_OK);
  CHECK(uf_smooth_knn(&ctx, &neighbors, &fuzzy, rho, sigma) == UF_OK);
  CHECK(uf_fuzzy_graph(&ctx, &neighbors, rho, sigma, &fuzzy, &graph) == UF_OK);
  CHECK(uf_init_random(&ctx, N, 2, SEED, start) == UF_OK);
  uf_session_close(&ctx);
}

static void put_away(void) {
  uf_points_free(&points);
  uf_points_free(&wide_points);
  uf_neighbors_free(&neighbors);
  uf_graph_free(&graph);
  free(values);
  free(wide_values);
}

/* ---- the stages: each runs, checks that a failure left its output alone, and frees it ---- */

static int is_zero(const void *block, size_t size) {
  const unsigned char *byte = block;
  for (size_t i = 0; i < size; i++)
    if (byte[i]) return 0;
  return 1;
}

static uf_status make_points_of(uf_context *ctx, uf_metric metric) {
  uf_points made = {0};
  uf_status status = uf_points_make(ctx, &matrix, &(uf_metric_choice){.metric = metric}, &made);
  uf_points_free(&made);
  return status;
}
static uf_status make_points(uf_context *ctx) { return make_points_of(ctx, UF_EUCLIDEAN); }
static uf_status make_cosine(uf_context *ctx) { return make_points_of(ctx, UF_COSINE); }
static uf_status make_whitened(uf_context *ctx) { return make_points_of(ctx, UF_MAHALANOBIS); }
static uf_status make_bits(uf_context *ctx) { return make_points_of(ctx, UF_JACCARD); }

static uf_status search(uf_context *ctx, const uf_points *of, uf_neighbor_method method) {
  uf_neighbors found = {0};
  uf_neighbor_method used;
  uf_search_options options = {K, method, 0.99, SEED, 0};
  uf_status status = uf_nearest_neighbors(ctx, of, &options, &found, &used);
  if (status) CHECK(found.index == NULL && found.distance == NULL);
  uf_neighbors_free(&found);
  return status;
}
static uf_status search_exact(uf_context *ctx) { return search(ctx, &points, UF_NEIGHBORS_EXACT); }
static uf_status search_clusters(uf_context *ctx) {
  return search(ctx, &wide_points, UF_NEIGHBORS_CLUSTERS);
}
static uf_status search_descent(uf_context *ctx) {
  return search(ctx, &points, UF_NEIGHBORS_DESCENT);
}
static uf_status search_tree(uf_context *ctx) {
  uf_neighbors found = {0};
  uf_status status = uf_neighbors_kdtree(ctx, &points, K, &found);
  uf_neighbors_free(&found);
  return status;
}
static uf_status search_query(uf_context *ctx) {
  uf_neighbors found = {0};
  uf_neighbor_method used;
  uf_query_options options = {NULL, K, UF_NEIGHBORS_DESCENT, SEED};
  uf_status status = uf_neighbors_query(ctx, &points, &points, &options, &found, &used);
  uf_neighbors_free(&found);
  return status;
}

static uf_status find_scale(uf_context *ctx) {
  float r[N] = {0}, s[N] = {0};
  uf_status status = uf_smooth_knn(ctx, &neighbors, &fuzzy, r, s);
  if (status) CHECK(is_zero(r, sizeof r) && is_zero(s, sizeof s));
  return status;
}

static uf_status find_graph(uf_context *ctx) {
  uf_graph found = {0};
  uf_status status = uf_fuzzy_graph(ctx, &neighbors, rho, sigma, &fuzzy, &found);
  if (status) CHECK(found.start == NULL && found.neighbor == NULL && found.weight == NULL);
  uf_graph_free(&found);
  return status;
}

static uf_status intersect(uf_context *ctx) {
  uf_graph found = {0};
  uf_status status =
      uf_intersect_graphs(ctx, &graph, &graph, &(uf_intersection){0.5, 1, 0}, &found);
  if (!status) status = uf_reset_local_metric(ctx, &found);
  uf_graph_free(&found);
  return status;
}

static uf_status take_triplets(uf_context *ctx) {
  const int row[] = {1, 2, 2, 3}, column[] = {2, 1, 3, 2};
  const double weight[] = {1, 1, 0.5, 0.5};
  uf_graph taken = {0};
  uf_status status = uf_graph_from_triplets(ctx, 3, 4, row, column, weight, &taken);
  uf_graph_free(&taken);
  return status;
}

static uf_status find_start(uf_context *ctx, uf_init_method method) {
  float layout[2 * N] = {0};
  uf_hierarchy hierarchy;
  uf_status status = uf_coarsen(ctx, &graph, SEED, &hierarchy);
  if (status) return status;
  status = uf_initial_layout(ctx, &hierarchy, &points,
                             &(uf_init_options){.method = method, .d = 2, .seed = SEED}, layout);
  uf_hierarchy_free(&hierarchy);
  return status;
}
static uf_status start_spectral(uf_context *ctx) { return find_start(ctx, UF_INIT_SPECTRAL); }
static uf_status start_pca(uf_context *ctx) { return find_start(ctx, UF_INIT_PCA); }
static uf_status start_random(uf_context *ctx) { return find_start(ctx, UF_INIT_RANDOM); }

static uf_layout_options options_of(uf_layout_optimizer optimizer) {
  uf_layout_options options = fixture_layout_options(optimizer, 3);
  options.a = 1.6;
  options.b = 0.9;
  return options;
}

static uf_status lay_out(uf_context *ctx, uf_layout_optimizer optimizer) {
  uf_layout_options options = options_of(optimizer);
  float layout[2 * N];
  memcpy(layout, start, sizeof layout);
  const uf_layout_problem problem = {.graph = &graph, .d = 2, .seed = SEED};
  uf_status status = uf_layout_optimize(ctx, &problem, &options, NULL, layout);
  if (status) CHECK(fixture_same(layout, start, 2 * N));
  return status;
}
static uf_status layout_batch(uf_context *ctx) { return lay_out(ctx, UF_LAYOUT_BATCH); }
static uf_status layout_sgd(uf_context *ctx) { return lay_out(ctx, UF_LAYOUT_SGD); }
static uf_status layout_full(uf_context *ctx) { return lay_out(ctx, UF_LAYOUT_FULL); }

static uf_status measure(uf_context *ctx) {
  int rows[N], labels[N];
  uf_quality quality = {0};
  for (int i = 0; i < N; i++) {
    rows[i] = i;
    labels[i] = i % 3;
  }
  const uf_quality_options options = {
      .k = K, .rows = rows, .n_rows = N, .labels = labels, .k_label = K};
  uf_status status = uf_quality_measure(ctx, &points, &wide_points, &options, &quality, NULL);
  if (status) CHECK(is_zero(&quality, sizeof quality));
  return status;
}

static uf_status embed_columns(uf_context *ctx, const uf_matrix *columns) {
  uf_data_block view = {.columns = columns,
                        .metric = {.metric = UF_EUCLIDEAN},
                        .neighbor_method = UF_NEIGHBORS_CLUSTERS,
                        .n_neighbors = K,
                        .target_recall = 0.99,
                        .max_distance = INFINITY};
  uf_umap_options options = {.n_components = 2,
                             .fuzzy = fuzzy,
                             .init = UF_INIT_SPECTRAL,
                             .layout = options_of(UF_LAYOUT_BATCH),
                             .seed = SEED};
  uf_umap_result result = {0};
  uf_status status = uf_umap(ctx, &view, 1, &options, NULL, &result);
  uf_umap_free(&result);
  uf_data_block_free(&view);
  return status;
}

static uf_status whole(uf_context *ctx) { return embed_columns(ctx, &wide_matrix); }

/* Every row twice. */
static uf_status whole_of_copies(uf_context *ctx) {
  static double twice[2 * N * WIDE];
  uf_matrix columns = {.values = twice, .n = 2 * N, .d = WIDE};
  for (int i = 0; i < 2 * N * WIDE; i++) twice[i] = wide_values[i / 2];
  return embed_columns(ctx, &columns);
}

static const struct {
  const char *name;
  uf_status (*run)(uf_context *ctx);
} stages[] = {
    {"points", make_points},
    {"points of directions", make_cosine},
    {"whitened points", make_whitened},
    {"points of bits", make_bits},
    {"exact search", search_exact},
    {"search by clusters", search_clusters},
    {"descent", search_descent},
    {"tree", search_tree},
    {"query", search_query},
    {"scale", find_scale},
    {"graph", find_graph},
    {"intersection", intersect},
    {"triplets", take_triplets},
    {"spectral start", start_spectral},
    {"initialization by components", start_pca},
    {"random start", start_random},
    {"batch layout", layout_batch},
    {"sgd layout", layout_sgd},
    {"full layout", layout_full},
    {"quality", measure},
    {"umap", whole},
    {"umap of copies", whole_of_copies},
};
enum { N_STAGES = sizeof stages / sizeof *stages, MOST_ALLOCATIONS = 2000 };

/* Returns whether the n-th allocation was reached. Failures are reported with the stage's name. */
static int run_without(int s, int n, int n_threads) {
  uf_context ctx;
  int before = atomic_load(&n_blocks), failed = check_failures;
  fixture_open(&ctx, n_threads, NULL);
  atomic_store(&failures, 0);
  atomic_store(&countdown, n);
  uf_status status = stages[s].run(&ctx);
  atomic_store(&countdown, 0);
  int was_reached = atomic_load(&failures) > 0;
  CHECK(status == (was_reached ? UF_NO_MEMORY : UF_OK));
  if (was_reached) CHECK(strstr(ctx.message, "cannot allocate") != NULL);
  uf_session_close(&ctx);
  CHECK(atomic_load(&n_blocks) == before);
  if (check_failures > failed)
    fprintf(stderr, "%s, allocation %d, %d threads\n", stages[s].name, n, n_threads);
  return was_reached;
}

static void check_all_stages(int n_threads) {
  for (int s = 0; s < N_STAGES; s++) {
    int n = 1;
    while (n < MOST_ALLOCATIONS && run_without(s, n, n_threads)) n++;
    CHECK(n < MOST_ALLOCATIONS);
  }
}

TEST(every_allocation_may_fail) { check_all_stages(1); }
TEST(every_allocation_may_fail_on_threads) { check_all_stages(3); }

/* With fewer threads than wanted, or none but the caller's, the work is done all the same. */
TEST(threads_may_be_refused) {
  threads_are_refused = 1;
  for (int s = 0; s < N_STAGES; s++) CHECK(!run_without(s, 0, 4));
  threads_are_refused = 0;
}

/* ---- more than 2^31 entries ---- */

/* Bytes that malloc() is asked for by the n-th allocation of what follows, which it refuses. */
static void refuse(int n) {
  atomic_store(&refused, 0);
  atomic_store(&countdown, n);
}

TEST(counts_are_of_64_bits) {
  uf_context ctx;
  uf_neighbors table;
  uf_graph large;
  const int64_t many = (int64_t)3 << 31;
  fixture_open(&ctx, 1, NULL);
  CHECK(sizeof *large.start == 8 && sizeof(((uf_points *)NULL)->stride) == sizeof(size_t));
  refuse(1);
  CHECK(uf_alloc(&ctx, many, 8) == NULL && atomic_load(&refused) >= (size_t)many * 8);
  refuse(1);
  CHECK(uf_neighbors_alloc(&ctx, INT32_MAX, 100, &table) == UF_NO_MEMORY);
  CHECK(atomic_load(&refused) >= (size_t)INT32_MAX * 100 * sizeof *table.index);
  refuse(2); /* the first is of n + 1 places */
  CHECK(uf_graph_alloc(&ctx, 10, many, &large) == UF_NO_MEMORY);
  CHECK(atomic_load(&refused) >= (size_t)many * sizeof *large.neighbor);
  refuse(0);
  CHECK(uf_n_blocks(many, 16) == many / 16);
  CHECK(uf_block_range(many / 16 - 1, 16, many).to == many);
  uf_session_close(&ctx);
}

/* Bytes that the quality of 20,000 rows takes beyond its data. */
static size_t quality_scratch(int n_threads) {
  enum { ROWS = 20000, SAMPLED = 64 };
  double *x = fixture_doubles(2 * ROWS);
  int sampled[SAMPLED];
  uf_context ctx;
  uf_points many;
  uf_quality quality;
  for (int i = 0; i < 2 * ROWS; i++) x[i] = fixture_unit(60, i);
  for (int i = 0; i < SAMPLED; i++) sampled[i] = i;
  fixture_open(&ctx, n_threads, NULL);
  fixture_points(&ctx, x, ROWS, 2, UF_EUCLIDEAN, &many);
  const uf_quality_options options = {.k = K, .rows = sampled, .n_rows = SAMPLED};
  size_t before = atomic_load(&asked);
  CHECK(uf_quality_measure(&ctx, &many, &many, &options, &quality, NULL) == UF_OK);
  size_t scratch = atomic_load(&asked) - before;
  uf_points_free(&many);
  uf_session_close(&ctx);
  free(x);
  return scratch;
}

/* Each thread takes less than 2 bytes a row. */
TEST(scratch_of_a_thread_does_not_grow_with_rows) {
  size_t alone = quality_scratch(1), together = quality_scratch(8);
  CHECK(together - alone < 7 * 20000 * 2);
}

TEST(sizes_that_overflow_are_not_asked_for) {
  const struct {
    int64_t count;
    size_t size;
  } too_much[] = {{INT64_MAX, 4}, {(int64_t)1 << 62, 4}, {-1, 1}, {INT64_MAX, SIZE_MAX}};
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  for (size_t i = 0; i < sizeof too_much / sizeof *too_much; i++) {
    refuse(1);
    CHECK(uf_alloc(&ctx, too_much[i].count, too_much[i].size) == NULL);
    CHECK(uf_calloc(&ctx, too_much[i].count, too_much[i].size) == NULL);
    CHECK(atomic_load(&refused) == 0 && strstr(ctx.message, "cannot allocate") != NULL);
  }
  refuse(0);
  uf_session_close(&ctx);
}

/* Pages that nobody touches take no memory. */
static void *promised(size_t size) {
  void *block =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return block == MAP_FAILED ? NULL : block;
}

TEST(offsets_are_of_64_bits) {
  const int n = INT32_MAX;
  size_t last = 2 * (size_t)n - 1, stride = 16;
  int *ints = promised((last + 1) * sizeof *ints);
  float *rows = promised((size_t)n * stride * sizeof *rows);
  if (ints) {
    uf_matrix two_columns = {.values = ints, .is_integer = 1, .n = n, .d = 2};
    ints[last] = 7;
    CHECK(uf_matrix_at(&two_columns, n - 1, 1) == 7 && uf_matrix_at(&two_columns, 0, 0) == 0);
    munmap(ints, (last + 1) * sizeof *ints);
  }
  if (rows) {
    uf_points many = {.n = n, .d = 3, .stride = stride, .x = rows};
    float values[3];
    rows[(size_t)(n - 1) * stride + 2] = 7;
    CHECK(uf_point(&many, n - 1)[2] == 7);
    uf_point_values(&many, n - 1, values);
    CHECK(values[2] == 7);
    munmap(rows, (size_t)n * stride * sizeof *rows);
  }
}

/* Where an offset has 32 bits, as in the kernels' gathering, more is refused. */
TEST(layouts_too_large_to_gather) {
  uf_context ctx;
  uf_layout_options options = options_of(UF_LAYOUT_BATCH);
  const uf_graph large = {.n = INT32_MAX / 3};
  fixture_open(&ctx, 1, NULL);
  const uf_layout_problem problem = {.graph = &large, .d = 3};
  CHECK(uf_layout_optimize(&ctx, &problem, &options, NULL, NULL) == UF_BAD_INPUT);
  CHECK(strstr(ctx.message, "too many for a batch layout in 3 dimensions") != NULL);
  uf_session_close(&ctx);
}

int main(void) {
  prepare();
  RUN(counts_are_of_64_bits);
  RUN(scratch_of_a_thread_does_not_grow_with_rows);
  RUN(sizes_that_overflow_are_not_asked_for);
  RUN(offsets_are_of_64_bits);
  RUN(layouts_too_large_to_gather);
  RUN(every_allocation_may_fail);
  RUN(every_allocation_may_fail_on_threads);
  RUN(threads_may_be_refused);
  put_away();
  return check_report();
}
