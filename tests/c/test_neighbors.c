/* test_neighbors.c: exact search against plain formulas; the k-d tree and NN-descent against exact
 * search. The clusters have a test of their own. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"
#include "data/proxy.h"
#include "neighbors/exact.h"
#include "neighbors/kdtree.h"
#include "neighbors/nn_descent.h"
#include "neighbors/rp_trees.h"
#include "neighbors/search.h"
#include "neighbors/table.h"

static uf_context ctx;

/* ---- data: n × d by columns ---- */

typedef enum shape { UNIFORM, NORMAL, GRID, DUPLICATES, CONSTANT_COLUMN, EQUAL, WAVE } shape;
enum { N_SHAPES = WAVE + 1 };

static double value_of(shape shape, int64_t i, int j) {
  switch (shape) {
  case NORMAL: return fixture_normal(1, 64 * i + j);
  case GRID: return floor(6 * fixture_unit(2, 64 * i + j)); /* many ties */
  case DUPLICATES: return fixture_unit(3, 64 * (i % 7 < 3 ? 0 : i % 50) + j);
  case CONSTANT_COLUMN: return j == 0 ? 1.5 : fixture_unit(4, 64 * i + j);
  case EQUAL: return 0.25 * (j + 1);
  case WAVE: return sin(0.01 * (double)i + j); /* in an order that defeats a fixed pivot */
  default: return fixture_unit(5, 64 * i + j) - 0.5;
  }
}

static double *columns_of(shape shape, int n, int d) {
  double *x = fixture_doubles((int64_t)n * d);
  for (int j = 0; j < d; j++)
    for (int i = 0; i < n; i++) x[(size_t)j * (size_t)n + (size_t)i] = value_of(shape, i, j);
  return x;
}

static void points_of(shape shape, int n, int d, uf_metric metric, uf_points *points) {
  double *x = columns_of(shape, n, d);
  fixture_points(&ctx, x, n, d, metric, points);
  free(x);
}

static void cluster_points(int n, int d, int n_clusters, uf_metric metric, uf_points *points) {
  double *x = fixture_clusters(n, d, n_clusters);
  fixture_points(&ctx, x, n, d, metric, points);
  free(x);
}

/* ---- what a table must be ---- */

static int same_table(const uf_neighbors *a, const uf_neighbors *b) {
  size_t size = (size_t)a->n * (size_t)a->k;
  return a->n == b->n && a->k == b->k && memcmp(a->index, b->index, size * sizeof *a->index) == 0 &&
         memcmp(a->distance, b->distance, size * sizeof *a->distance) == 0;
}

static float proxy_of(const uf_points *points, int i, int j) {
  float proxy;
  uf_distance_of(&ctx, points)(uf_point(points, i), points->x, points->stride, &j, 1, &proxy);
  return proxy;
}

/* Self first; the rest are k - 1 other rows at their true distances. They ascend, ties by index:
 * ties of proxies, since the root can make two proxies equal. */
static int is_valid_row(const uf_points *points, const uf_neighbors *nn, int i) {
  const int *index = nn->index + (size_t)i * (size_t)nn->k;
  const float *distance = nn->distance + (size_t)i * (size_t)nn->k;
  float last_proxy = -1;
  if (index[0] != i || distance[0] != 0) return 0;
  for (int j = 1; j < nn->k; j++) {
    if (index[j] < 0 || index[j] >= nn->n || index[j] == i) return 0;
    float proxy = proxy_of(points, i, index[j]);
    if (distance[j] != uf_distance_from_proxy(points->metric, proxy)) return 0;
    if (proxy < last_proxy || (proxy == last_proxy && index[j] <= index[j - 1])) return 0;
    last_proxy = proxy;
  }
  return 1;
}

static int is_valid(const uf_points *points, const uf_neighbors *nn) {
  if (nn->n != points->n || !nn->index) return 0;
  for (int i = 0; i < nn->n; i++)
    if (!is_valid_row(points, nn, i)) return 0;
  return 1;
}

/* Returns the fraction of the neighbors that are as near as the true ones. */
static double recall_of(const uf_neighbors *nn, const uf_neighbors *truth) {
  int64_t hits = 0;
  for (int i = 0; i < nn->n; i++) {
    size_t row = (size_t)i * (size_t)nn->k;
    for (int j = 1; j < nn->k; j++)
      hits += nn->distance[row + (size_t)j] <= truth->distance[row + (size_t)nn->k - 1];
  }
  return (double)hits / ((double)nn->n * (nn->k - 1));
}

/* ---- exact ---- */

/* The metric in double, on the user's values. */
static double plain_distance(const double *x, int n, int d, uf_metric metric, int i, int j) {
  double sum = 0, mean_i = 0, mean_j = 0, ij = 0, ii = 0, jj = 0;
  for (int c = 0; c < d && metric == UF_CORRELATION; c++) {
    mean_i += x[i + n * c] / d;
    mean_j += x[j + n * c] / d;
  }
  for (int c = 0; c < d; c++) {
    double a = x[i + n * c] - mean_i, b = x[j + n * c] - mean_j;
    sum += metric == UF_MANHATTAN ? fabs(a - b) : (a - b) * (a - b);
    ij += a * b;
    ii += a * a;
    jj += b * b;
  }
  if (metric == UF_MANHATTAN) return sum;
  return metric == UF_EUCLIDEAN ? sqrt(sum) : 1 - ij / sqrt(ii * jj);
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void check_exact(int n, int d, int k, uf_metric metric) {
  uf_points points;
  uf_neighbors nn;
  double *x = columns_of(NORMAL, n, d), *distance = fixture_doubles(n);
  fixture_points(&ctx, x, n, d, metric, &points);
  CHECK(uf_neighbors_exact(&ctx, &points, NULL, n, k, &nn) == UF_OK);
  CHECK(is_valid(&points, &nn));
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) distance[j] = plain_distance(x, n, d, metric, i, j);
    distance[i] = -1; /* self comes first */
    qsort(distance, (size_t)n, sizeof *distance, compare_doubles);
    for (int j = 1; j < k; j++) CHECK_CLOSE(nn.distance[i * k + j], distance[j], 2e-6 * d);
  }
  uf_neighbors_free(&nn);
  uf_points_free(&points);
  free(distance);
  free(x);
}

TEST(exact_is_brute_force) {
  for (int metric = UF_EUCLIDEAN; metric <= UF_CORRELATION; metric++) {
    check_exact(150, 5, 15, (uf_metric)metric);
    check_exact(90, 40, 90, (uf_metric)metric);
  }
  check_exact(150, 2, 1, UF_EUCLIDEAN);
  check_exact(1, 3, 1, UF_EUCLIDEAN);
}

TEST(exact_breaks_ties_by_index) {
  uf_points points;
  uf_neighbors nn;
  int n = 400, k = 9;
  points_of(GRID, n, 2, UF_MANHATTAN, &points);
  CHECK(uf_neighbors_exact(&ctx, &points, NULL, n, k, &nn) == UF_OK);
  CHECK(is_valid(&points, &nn));
  for (int i = 0; i < n; i++) { /* nothing left out is better than the last */
    int last = nn.index[i * k + k - 1], n_better = 0;
    float last_proxy = proxy_of(&points, i, last);
    for (int j = 0; j < n; j++) {
      float proxy = proxy_of(&points, i, j);
      n_better += j != i && (proxy < last_proxy || (proxy == last_proxy && j < last));
    }
    CHECK(n_better == k - 2);
  }
  uf_neighbors_free(&nn);
  uf_points_free(&points);
}

TEST(exact_of_some_rows) {
  uf_points points;
  uf_neighbors all, some;
  int n = 300, k = 6, rows[] = {299, 0, 17, 17};
  points_of(UNIFORM, n, 8, UF_EUCLIDEAN, &points);
  CHECK(uf_neighbors_exact(&ctx, &points, NULL, n, k, &all) == UF_OK);
  CHECK(uf_neighbors_exact(&ctx, &points, rows, 4, k, &some) == UF_OK);
  for (int r = 0; r < 4; r++)
    for (int j = 0; j < k; j++) {
      CHECK(some.index[r * k + j] == all.index[rows[r] * k + j]);
      CHECK(some.distance[r * k + j] == all.distance[rows[r] * k + j]);
    }
  uf_neighbors_free(&all);
  uf_neighbors_free(&some);
  uf_points_free(&points);
}

TEST(short_rows_are_completed) {
  uf_points points;
  uf_neighbors truth, nn;
  int n = 200, k = 7;
  points_of(UNIFORM, n, 5, UF_EUCLIDEAN, &points);
  CHECK(uf_neighbors_exact(&ctx, &points, NULL, n, k, &truth) == UF_OK);
  CHECK(uf_neighbors_exact(&ctx, &points, NULL, n, k, &nn) == UF_OK);
  CHECK(uf_neighbors_complete(&ctx, &points, NULL, &nn) == UF_OK);
  CHECK(same_table(&nn, &truth));
  for (int i = 3; i < n; i += 11)
    for (int j = 1 + i % (k - 1); j < k; j++) {
      nn.index[i * k + j] = -1;
      nn.distance[i * k + j] = INFINITY;
    }
  CHECK(uf_neighbors_complete(&ctx, &points, NULL, &nn) == UF_OK);
  CHECK(same_table(&nn, &truth));
  uf_neighbors_free(&nn);
  uf_neighbors_free(&truth);
  uf_points_free(&points);
}

/* ---- k-d tree ---- */

static void check_kdtree(const uf_points *points, int k) {
  uf_neighbors truth, nn;
  CHECK(uf_neighbors_exact(&ctx, points, NULL, points->n, k, &truth) == UF_OK);
  CHECK(uf_neighbors_kdtree(&ctx, points, k, &nn) == UF_OK);
  CHECK(same_table(&nn, &truth));
  uf_neighbors_free(&nn);
  uf_neighbors_free(&truth);
}

TEST(kdtree_is_exact) {
  for (int shape = 0; shape < N_SHAPES; shape++)
    for (int d = 1; d <= UF_KDTREE_COLUMNS; d++)
      for (int metric = UF_EUCLIDEAN; metric <= UF_MANHATTAN; metric++) {
        uf_points points;
        points_of(shape, 300, d, (uf_metric)metric, &points);
        check_kdtree(&points, 15);
        uf_points_free(&points);
      }
}

TEST(kdtree_of_directions) {
  for (int d = 2; d <= 4; d++) {
    uf_points points;
    points_of(UNIFORM, 500, d, UF_COSINE, &points);
    check_kdtree(&points, 10);
    uf_points_free(&points);
  }
}

TEST(kdtree_of_any_size) {
  static const int sizes[] = {1, 2, 3, 16, 17, 33, 64, 65};
  for (int s = 0; s < 8; s++) {
    uf_points points;
    points_of(GRID, sizes[s], 2, UF_EUCLIDEAN, &points);
    check_kdtree(&points, 1);
    check_kdtree(&points, (sizes[s] + 1) / 2);
    check_kdtree(&points, sizes[s]);
    uf_points_free(&points);
  }
}

/* The k smallest indices, without looking at all pairs: quadratic time would be noticed. */
TEST(kdtree_of_equal_rows) {
  uf_points points;
  uf_neighbors nn;
  int n = 30000, k = 15, wrong = 0;
  points_of(EQUAL, n, 2, UF_EUCLIDEAN, &points);
  CHECK(uf_neighbors_kdtree(&ctx, &points, k, &nn) == UF_OK);
  for (int i = 0; i < n; i++)
    for (int j = 1; j < k; j++) wrong += nn.index[i * k + j] != (j - 1 < i ? j - 1 : j);
  CHECK(wrong == 0);
  uf_neighbors_free(&nn);
  uf_points_free(&points);
}

/* ---- trees ---- */

TEST(forest_halves_the_rows) {
  for (int s = 0; s < 2; s++) {
    uf_points points;
    uf_forest forest;
    int n = 1000, *seen = fixture_ints(n), n_seen = 0;
    points_of(s ? EQUAL : NORMAL, n, 6, UF_EUCLIDEAN, &points);
    CHECK(uf_forest_open(&ctx, &points, 64, 1, &forest) == UF_OK);
    CHECK(forest.levels == 4);
    CHECK(uf_forest_grow(&ctx, &forest, 0) == UF_OK);
    for (int i = 0; i < n; i++) n_seen += !seen[forest.order[i]]++;
    CHECK(n_seen == n);
    int *first = fixture_ints(n), n_same = 0;
    memcpy(first, forest.order, (size_t)n * sizeof *first);
    CHECK(uf_forest_grow(&ctx, &forest, 1) == UF_OK);
    for (int i = 0; i < n; i++) n_same += forest.order[i] == first[i];
    CHECK(n_same < n / 10); /* each tree has an order of its own, of equal rows too */
    uf_forest_close(&forest);
    uf_points_free(&points);
    free(first);
    free(seen);
  }
}

/* ---- NN-descent ---- */

static void check_descent(const uf_points *points, int k, double floor) {
  uf_neighbors truth, nn;
  CHECK(uf_neighbors_exact(&ctx, points, NULL, points->n, k, &truth) == UF_OK);
  CHECK(uf_neighbors_descent(&ctx, points, k, 42, NULL, &nn) == UF_OK);
  CHECK(is_valid(points, &nn));
  if (k > 1) CHECK_CLOSE(recall_of(&nn, &truth), 1, 1 - floor);
  uf_neighbors_free(&nn);
  uf_neighbors_free(&truth);
}

TEST(descent_finds_neighbors) {
  for (int metric = UF_EUCLIDEAN; metric <= UF_CORRELATION; metric++) {
    uf_points points;
    cluster_points(1000, 24, 8, (uf_metric)metric, &points);
    check_descent(&points, 15, 0.95);
    uf_points_free(&points);
  }
}

TEST(descent_of_many_shapes) {
  for (int shape = 0; shape < N_SHAPES; shape++) {
    uf_points points;
    points_of(shape, 600, 5, UF_EUCLIDEAN, &points);
    check_descent(&points, 15, 0.99);
    uf_points_free(&points);
  }
}

TEST(descent_with_any_k) {
  static const int ks[] = {1, 2, 5, 40, 75, 76, 300};
  uf_points points;
  points_of(NORMAL, 300, 6, UF_EUCLIDEAN, &points);
  for (int i = 0; i < 7; i++) check_descent(&points, ks[i], 0.98);
  uf_points_free(&points);
  points_of(EQUAL, 300, 6, UF_MANHATTAN, &points);
  for (int i = 0; i < 7; i++) check_descent(&points, ks[i], 1);
  uf_points_free(&points);
}

TEST(descent_of_few_rows) {
  static const int sizes[] = {1, 2, 3, 5, 32, 63, 64, 65, 130};
  for (int s = 0; s < 9; s++) {
    uf_points points;
    points_of(UNIFORM, sizes[s], 3, UF_EUCLIDEAN, &points);
    check_descent(&points, 1, 1);
    check_descent(&points, sizes[s] < 4 ? sizes[s] : 4, 0.99);
    check_descent(&points, sizes[s], 1);
    uf_points_free(&points);
  }
}

/* ---- the same bits everywhere ---- */

typedef uf_status search(uf_context *ctx, const uf_points *points, uf_neighbors *nn);

static uf_status search_kdtree(uf_context *with, const uf_points *points, uf_neighbors *nn) {
  return uf_neighbors_kdtree(with, points, 12, nn);
}

static uf_status search_descent(uf_context *with, const uf_points *points, uf_neighbors *nn) {
  return uf_neighbors_descent(with, points, 12, 7, NULL, nn);
}

static void check_same_everywhere(search *search, const uf_points *points) {
  static const int threads[] = {2, 3, 5};
  uf_neighbors expected, nn;
  CHECK(search(&ctx, points, &expected) == UF_OK);
  for (int run = 0; run < 3 + FIXTURE_ISAS; run++) {
    uf_context other;
    fixture_open(&other, run < 3 ? threads[run] : 1, run < 3 ? NULL : fixture_isa[run - 3]);
    CHECK(search(&other, points, &nn) == UF_OK);
    CHECK(same_table(&nn, &expected));
    uf_neighbors_free(&nn);
    uf_session_close(&other);
  }
  uf_neighbors_free(&expected);
}

static uf_status search_all(uf_context *with, const uf_points *points, uf_neighbors *nn) {
  uf_neighbor_method used;
  const uf_search_options options = {.k = 12, .target_recall = 0.99, .seed = 7};
  return uf_nearest_neighbors(with, points, &options, nn, &used);
}

TEST(search_among_many_copies_is_the_same_everywhere) {
  uf_points points;
  points_of(DUPLICATES, 3000, 18, UF_MANHATTAN, &points);
  check_same_everywhere(search_all, &points);
  uf_points_free(&points);
}

/* Each row is taken by its copies as often as it takes them, whatever the sizes of groups. */
TEST(copies_take_each_other_evenly) {
  enum { GROUPS = 4, ROWS = 700 };
  static const int size[GROUPS] = {1, 13, 86, 600};
  double *x = fixture_doubles(2 * ROWS);
  int n_taken[ROWS] = {0}, group[ROWS], count = 0;
  uf_points points;
  uf_neighbors nn;
  for (int g = 0; g < GROUPS; g++)
    for (int i = 0; i < size[g]; i++) {
      int row = 3 * count++ % ROWS; /* mixed, as 3 and ROWS have no common factor */
      group[row] = g;
      x[row] = x[ROWS + row] = g;
    }
  fixture_points(&ctx, x, ROWS, 2, UF_EUCLIDEAN, &points);
  CHECK(search_all(&ctx, &points, &nn) == UF_OK);
  CHECK(is_valid(&points, &nn));
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < nn.k; j++)
      n_taken[nn.index[i * nn.k + j]] += group[i] == group[nn.index[i * nn.k + j]];
  for (int i = 0; i < ROWS; i++) CHECK(n_taken[i] == (group[i] == 0 ? 1 : nn.k));
  uf_neighbors_free(&nn);
  uf_points_free(&points);
  free(x);
}

TEST(kdtree_is_the_same_everywhere) {
  uf_points points;
  points_of(GRID, 1500, 3, UF_EUCLIDEAN, &points);
  check_same_everywhere(search_kdtree, &points);
  uf_points_free(&points);
}

TEST(descent_is_the_same_everywhere) {
  uf_points points;
  cluster_points(800, 30, 5, UF_EUCLIDEAN, &points);
  check_same_everywhere(search_descent, &points);
  uf_points_free(&points);
  points_of(DUPLICATES, 600, 18, UF_MANHATTAN, &points);
  check_same_everywhere(search_descent, &points);
  uf_points_free(&points);
}

TEST(searches_can_be_stopped) {
  uf_points points;
  points_of(UNIFORM, 3000, 4, UF_EUCLIDEAN, &points);
  for (int n_threads = 1; n_threads <= 2; n_threads++) {
    uf_context stopping;
    uf_neighbors nn;
    int polls;
    fixture_open_stopping(&stopping, n_threads, &polls);
    CHECK(search_descent(&stopping, &points, &nn) == UF_INTERRUPTED);
    CHECK(nn.index == NULL && nn.distance == NULL);
    uf_session_close(&stopping);
    fixture_open_stopping(&stopping, n_threads, &polls);
    CHECK(search_kdtree(&stopping, &points, &nn) == UF_INTERRUPTED);
    CHECK(nn.index == NULL && nn.distance == NULL);
    uf_session_close(&stopping);
  }
  uf_points_free(&points);
}

static double count_calls(void *host, int is_query, int row, int other) {
  (void)is_query, (void)row, (void)other;
  ++*(int *)host;
  return 1;
}

/* The first 16 rows are one block of work. */
TEST(exact_search_can_be_stopped_within_a_block) {
  uf_context stopping;
  uf_points points;
  uf_neighbors nn;
  int calls, n = 20000;
  points_of(UNIFORM, n, 4, UF_EUCLIDEAN, &points);
  points.metric = UF_FUNCTION;
  fixture_open_stopping(&stopping, 1, &calls);
  stopping.host.distance = count_calls;
  CHECK(uf_neighbors_exact(&stopping, &points, NULL, 16, 5, &nn) == UF_INTERRUPTED);
  CHECK(calls < 16 * n / 2);
  CHECK(nn.index == NULL && nn.distance == NULL);
  uf_session_close(&stopping);
  uf_points_free(&points);
}

int main(void) {
  fixture_open(&ctx, 2, NULL);
  RUN(exact_is_brute_force);
  RUN(exact_breaks_ties_by_index);
  RUN(exact_of_some_rows);
  RUN(short_rows_are_completed);
  RUN(kdtree_is_exact);
  RUN(kdtree_of_directions);
  RUN(kdtree_of_any_size);
  RUN(kdtree_of_equal_rows);
  RUN(forest_halves_the_rows);
  RUN(descent_finds_neighbors);
  RUN(descent_of_many_shapes);
  RUN(descent_with_any_k);
  RUN(descent_of_few_rows);
  RUN(search_among_many_copies_is_the_same_everywhere);
  RUN(copies_take_each_other_evenly);
  RUN(kdtree_is_the_same_everywhere);
  RUN(descent_is_the_same_everywhere);
  RUN(searches_can_be_stopped);
  RUN(exact_search_can_be_stopped_within_a_block);
  uf_session_close(&ctx);
  return check_report();
}
