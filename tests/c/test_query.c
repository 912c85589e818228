/* test_query.c: new rows against old: the right neighbors, with ties by index, where old rows have
 * many copies or near copies, in every form; the recall that is reported; the same bits
 * everywhere. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"
#include "neighbors/exact.h"
#include "neighbors/query.h"
#include "neighbors/table.h"

static uf_context ctx;

enum { COLUMNS = 12, GROUPS = 20, K = 15 };

/* ---- data ---- */

typedef enum form { DENSE, BITS, SPARSE } form;

/* Column j of a row that has one place of its own, in one of the groups. Multiples of 1/64 for
 * sparse rows, a third of which is not 0; truth values for bits. */
static double value_of(form form, int sequence, int64_t row, int j) {
  int group = (int)(row % GROUPS);
  double center = 4 * fixture_unit(1, 64 * group + j);
  double x = center + fixture_normal(sequence, 64 * row + j);
  if (form == BITS) return fixture_unit(sequence, 64 * row + j) < 0.1 + 0.2 * center;
  if (form == SPARSE && fixture_unit(3, 64 * group + j) > 0.5) return 0;
  return x;
}

typedef struct data {
  form form;
  uf_metric metric;
  int n_distinct, n_copies; /* row i has the place i % n_distinct */
  double jitter;            /* by which copies differ */
  uf_points points, queries;
} data;

static int columns_of(form form) { return form == BITS ? 40 : COLUMNS; }

/* The queries: one third are copies of old rows. */
static double query_value(const data *data, int q, int j) {
  return q % 3 == 0 ? value_of(data->form, 5, 7 * q % data->n_distinct, j)
                    : value_of(data->form, 6, q, j);
}

static double old_value(const data *data, int i, int j) {
  double jitter = data->jitter > 0 ? data->jitter * fixture_normal(9, 64 * (int64_t)i + j) : 0;
  return value_of(data->form, 5, i % data->n_distinct, j) + jitter;
}

/* By columns, or by rows of entries that are not 0. */
static void fill(const data *data, int is_query, int n, uf_matrix *matrix) {
  int d = columns_of(data->form), count = 0;
  double *values = fixture_doubles((int64_t)n * d);
  *matrix = (uf_matrix){.values = values, .n = n, .d = d};
  int *start = fixture_ints(n + 1), *index = fixture_ints((int64_t)n * d);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < d; j++) {
      double x = is_query ? query_value(data, i, j) : old_value(data, i, j);
      if (data->form != SPARSE) {
        values[(size_t)j * (size_t)n + (size_t)i] = x;
      } else if (x != 0) {
        values[count] = x;
        index[count++] = j;
      }
    }
    start[i + 1] = count;
  }
  if (data->form == SPARSE) matrix->form = UF_SPARSE_ROWS;
  matrix->start = start;
  matrix->index = index;
}

static void matrix_free(uf_matrix *matrix) {
  free((void *)(uintptr_t)matrix->values);
  free((void *)(uintptr_t)matrix->start);
  free((void *)(uintptr_t)matrix->index);
}

static void make(data *data, int n_queries) {
  uf_matrix old, new_rows;
  uf_preparation preparation;
  uf_metric_choice choice = {.metric = data->metric};
  fill(data, 0, data->n_distinct * data->n_copies, &old);
  fill(data, 1, n_queries, &new_rows);
  CHECK(uf_preparation_make(&ctx, &old, &choice, &preparation) == UF_OK);
  CHECK(uf_points_prepare(&ctx, &old, &preparation, &data->points) == UF_OK);
  CHECK(uf_points_prepare_new(&ctx, &new_rows, &preparation, &data->queries) == UF_OK);
  uf_preparation_free(&preparation);
  matrix_free(&old);
  matrix_free(&new_rows);
}

static void release(data *data) {
  uf_points_free(&data->points);
  uf_points_free(&data->queries);
}

/* What exact search finds where each row has K copies or more: the row itself, then the first of
 * its copies. */
static void table_of_copies(const data *data, uf_neighbors *table) {
  int n = data->n_distinct * data->n_copies;
  if (uf_neighbors_alloc(&ctx, n, K, table) != UF_OK) exit(2);
  for (int i = 0; i < n; i++) {
    int *index = table->index + (size_t)i * K, count = 0;
    index[count++] = i;
    for (int copy = i % data->n_distinct; count < K; copy += data->n_distinct)
      if (copy != i) index[count++] = copy;
    for (int j = 0; j < K; j++) table->distance[(size_t)i * K + (size_t)j] = 0;
  }
}

/* ---- what is found ---- */

static uf_status search(uf_context *with, const data *data, const uf_neighbors *table,
                        uf_neighbor_method method, uf_neighbors *found) {
  uf_neighbor_method used;
  uf_query_options options = {.graph = table, .k = K, .method = method, .seed = 3};
  uf_status status =
      uf_neighbors_query(with, &data->points, &data->queries, &options, found, &used);
  CHECK(used == UF_NEIGHBORS_GRAPH);
  return status;
}

static void exact(const data *data, uf_neighbors *truth) {
  uf_pair_search wanted = {
      .points = &data->points, .queries = &data->queries, .n_rows = data->queries.n, .k = K};
  CHECK(uf_search_exact(&ctx, &wanted, truth) == UF_OK);
}

/* Parts of the rows, as indices: of the first neighbors, and of all. */
static void check_found(const uf_neighbors *found, const uf_neighbors *truth, double least_first,
                        double least_all) {
  int n_first = 0, n_all = 0, n = found->n;
  for (int q = 0; q < n; q++) {
    n_first += found->index[q * K] == truth->index[q * K];
    for (int j = 0; j < K; j++) n_all += found->index[q * K + j] == truth->index[q * K + j];
  }
  CHECK((double)n_first / n >= least_first);
  CHECK((double)n_all / (n * K) >= least_all);
  CHECK(found->recall >= least_all);
  if ((double)n_first / n < least_first || (double)n_all / (n * K) < least_all)
    printf("first %f all %f recall %f\n", (double)n_first / n, (double)n_all / (n * K),
           found->recall);
}

static void check_copies(form form, uf_metric metric, int n_distinct, int n_copies) {
  data data = {.form = form, .metric = metric, .n_distinct = n_distinct, .n_copies = n_copies};
  uf_neighbors table, found, truth;
  make(&data, 400);
  table_of_copies(&data, &table);
  exact(&data, &truth);
  CHECK(search(&ctx, &data, &table, UF_NEIGHBORS_AUTO, &found) == UF_OK);
  check_found(&found, &truth, 0.99, 0.99);
  uf_neighbors_free(&table);
  uf_neighbors_free(&found);
  uf_neighbors_free(&truth);
  release(&data);
}

/* The graph of the old rows falls apart into as many parts as there are places. */
TEST(rows_of_16_copies_each) {
  check_copies(DENSE, UF_EUCLIDEAN, 6000, 16);
  check_copies(DENSE, UF_COSINE, 6000, 16);
  check_copies(DENSE, UF_MANHATTAN, 6000, 16);
  check_copies(SPARSE, UF_EUCLIDEAN, 6000, 16);
  check_copies(SPARSE, UF_COSINE, 6000, 16);
  check_copies(BITS, UF_JACCARD, 6000, 16);
}

/* Most copies are in nobody's list. */
TEST(rows_of_60_copies_each) {
  check_copies(DENSE, UF_EUCLIDEAN, 2000, 60);
  check_copies(BITS, UF_JACCARD, 2000, 60);
}

/* Tables of the package's own, of rows that are nearly the same: no two are equal. */
TEST(near_copies) {
  data data = {.n_distinct = 5500, .n_copies = 16, .jitter = 1e-4};
  uf_neighbors found, truth;
  make(&data, 400);
  exact(&data, &truth);
  CHECK(search(&ctx, &data, NULL, UF_NEIGHBORS_CLUSTERS, &found) == UF_OK);
  check_found(&found, &truth, 0.98, 0.98);
  uf_neighbors_free(&found);
  uf_neighbors_free(&truth);
  release(&data);
}

/* ---- searches that go wrong ---- */

/* Neighbors at random, which lead nowhere. */
static void table_at_random(int n, uf_neighbors *table) {
  if (uf_neighbors_alloc(&ctx, n, K, table) != UF_OK) exit(2);
  for (int64_t at = 0; at < (int64_t)n * K; at++)
    table->index[at] = at % K ? (int)(fixture_unit(8, at) * n) : (int)(at / K);
}

/* The host's data are the count of warnings. */
static const data *compared;

static double compare_cubes(void *host, int is_query, int query, int row) {
  const data *data = compared;
  (void)host;
  const float *x = uf_point(is_query ? &data->queries : &data->points, query);
  const float *y = uf_point(&data->points, row);
  double sum = 0;
  for (int j = 0; j < COLUMNS; j++) sum += fabs(pow(x[j] - y[j], 3));
  return sum;
}

TEST(a_search_that_fails_is_made_exact) {
  data data = {.n_distinct = 9000, .n_copies = 1};
  uf_neighbors table, found, truth;
  uf_neighbor_method used;
  make(&data, 300);
  table_at_random(9000, &table);
  uf_query_options options = {.graph = &table, .k = K, .seed = 3};
  CHECK(uf_neighbors_query(&ctx, &data.points, &data.queries, &options, &found, &used) == UF_OK);
  CHECK(used == UF_NEIGHBORS_EXACT && found.recall == 1);
  exact(&data, &truth);
  check_found(&found, &truth, 1, 1);
  uf_neighbors_free(&table);
  uf_neighbors_free(&found);
  uf_neighbors_free(&truth);
  release(&data);
}

/* The host's own metric is taken to be slow: comparing every pair would take too long. */
TEST(a_search_that_fails_for_good_warns) {
  uf_context warned;
  int warnings = 0;
  data data = {.n_distinct = 9000, .n_copies = 1};
  uf_neighbors table, found;
  uf_neighbor_method used;
  make(&data, 2000);
  table_at_random(9000, &table);
  data.points.metric = data.queries.metric = UF_FUNCTION;
  fixture_open_warned(&warned, &warnings);
  warned.host.distance = compare_cubes;
  compared = &data;
  uf_query_options options = {.graph = &table, .k = K, .seed = 3};
  CHECK(uf_neighbors_query(&warned, &data.points, &data.queries, &options, &found, &used) == UF_OK);
  CHECK(used == UF_NEIGHBORS_GRAPH && found.recall >= 0 && found.recall < 0.9);
  CHECK(warnings == 1);
  uf_neighbors_free(&table);
  uf_neighbors_free(&found);
  uf_session_close(&warned);
  release(&data);
}

/* ---- the same bits everywhere ---- */

static void check_same_everywhere(const data *data, const uf_neighbors *table,
                                  uf_neighbor_method method) {
  uf_neighbors expected, found;
  CHECK(search(&ctx, data, table, method, &expected) == UF_OK);
  size_t size = (size_t)expected.n * K;
  for (int run = 0; run < 2 + FIXTURE_ISAS; run++) {
    uf_context other;
    fixture_open(&other, run < 2 ? 1 + 4 * run : 1, run < 2 ? NULL : fixture_isa[run - 2]);
    CHECK(search(&other, data, table, method, &found) == UF_OK);
    CHECK(memcmp(found.index, expected.index, size * sizeof *found.index) == 0);
    CHECK(memcmp(found.distance, expected.distance, size * sizeof *found.distance) == 0);
    CHECK(found.recall == expected.recall);
    uf_neighbors_free(&found);
    uf_session_close(&other);
  }
  uf_neighbors_free(&expected);
}

TEST(queries_are_the_same_everywhere) {
  data data = {.n_distinct = 5000, .n_copies = 16};
  uf_neighbors table;
  make(&data, 300);
  table_of_copies(&data, &table);
  check_same_everywhere(&data, &table, UF_NEIGHBORS_AUTO);
  uf_neighbors_free(&table);
  release(&data);
}

TEST(queries_can_be_stopped) {
  data data = {.n_distinct = 5000, .n_copies = 16};
  uf_neighbors table, found;
  make(&data, 300);
  table_of_copies(&data, &table);
  for (int n_threads = 1; n_threads <= 2; n_threads++) {
    uf_context stopping;
    uf_neighbor_method used;
    int polls;
    uf_query_options options = {.graph = &table, .k = K, .seed = 3};
    fixture_open_stopping(&stopping, n_threads, &polls);
    CHECK(uf_neighbors_query(&stopping, &data.points, &data.queries, &options, &found, &used) ==
          UF_INTERRUPTED);
    CHECK(found.index == NULL && found.distance == NULL);
    uf_session_close(&stopping);
  }
  uf_neighbors_free(&table);
  release(&data);
}

int main(void) {
  fixture_open(&ctx, 2, NULL);
  RUN(rows_of_16_copies_each);
  RUN(rows_of_60_copies_each);
  RUN(near_copies);
  RUN(a_search_that_fails_is_made_exact);
  RUN(a_search_that_fails_for_good_warns);
  RUN(queries_are_the_same_everywhere);
  RUN(queries_can_be_stopped);
  uf_session_close(&ctx);
  return check_report();
}
