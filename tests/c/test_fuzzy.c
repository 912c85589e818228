/* test_fuzzy.c: rho and sigma against the equation that they solve, the graph against dense
 * arithmetic in double. */
#include "arith/arith.h"

#include "check.h"
#include "graph/fuzzy_union.h"
#include "graph/smooth_knn.h"
#include "fixtures.h"

static const uf_fuzzy_options plain = {1, 1, 1, INFINITY, 0};

/* ---- tables of neighbors ---- */

static void table_alloc(int n, int k, uf_neighbors *table) {
  *table = (uf_neighbors){n, k, fixture_ints((int64_t)n * k), fixture_floats((int64_t)n * k), -1};
}

static void table_free(uf_neighbors *table) {
  free(table->index);
  free(table->distance);
}

/* One row as row 0 of a table; the other rows know themselves only. */
static void table_of_row(int k, const float *distance, uf_neighbors *table) {
  table_alloc(k, k, table);
  for (int i = 0; i < k; i++)
    for (int c = 0; c < k; c++) {
      table->index[i * k + c] = i == 0 ? c : c == 0 ? i : -1;
      table->distance[i * k + c] = i == 0 ? distance[c] : c == 0 ? 0 : INFINITY;
    }
}

/* Nearest neighbors of random points, by looking at all of them. digits > 0 rounds the points, for
 * duplicates. */
static void table_of_points(int n, int d, int k, double digits, uf_neighbors *table) {
  table_alloc(n, k, table);
  double *x = fixture_doubles((int64_t)n * d);
  for (int i = 0; i < n * d; i++) {
    x[i] = fixture_normal(20, i);
    if (digits > 0) x[i] = floor(x[i] * digits) / digits;
  }
  for (int i = 0; i < n; i++) {
    int *index = table->index + i * k, count = 1;
    float *distance = table->distance + i * k;
    index[0] = i;
    for (int o = 0; o < n; o++) {
      double d2 = 0;
      for (int c = 0; c < d; c++)
        d2 += (x[i * d + c] - x[o * d + c]) * (x[i * d + c] - x[o * d + c]);
      float far = (float)sqrt(d2);
      if (o == i || (count == k && distance[k - 1] <= far)) continue;
      int at = count < k ? count++ : k - 1;
      for (; at > 1 && distance[at - 1] > far; at--) {
        distance[at] = distance[at - 1];
        index[at] = index[at - 1];
      }
      distance[at] = far;
      index[at] = o;
    }
  }
  free(x);
}

static int counts(const uf_neighbors *table, const uf_fuzzy_options *options, int i, int c) {
  int at = i * table->k + c;
  return table->index[at] >= 0 && table->index[at] != i &&
         table->distance[at] < options->max_distance;
}

/* ---- what rho and sigma ought to be ---- */

/* As umap-learn has it; the rows are sorted. */
static double wanted_rho(const uf_neighbors *table, const uf_fuzzy_options *options, int i) {
  double nonzero[256], lc = options->local_connectivity;
  int count = 0, whole = (int)floor(lc);
  for (int c = 0; c < table->k; c++)
    if (counts(table, options, i, c) && table->distance[i * table->k + c] > 0)
      nonzero[count++] = table->distance[i * table->k + c];
  if (count == 0) return 0;
  if (count < lc) return nonzero[count - 1];
  if (whole == 0) return lc * nonzero[0];
  return lc > whole ? nonzero[whole - 1] + (lc - whole) * (nonzero[whole] - nonzero[whole - 1])
                    : nonzero[whole - 1];
}

static double membership_sum(const uf_neighbors *table, const uf_fuzzy_options *options, int i,
                             double rho, double sigma) {
  double sum = 0;
  for (int c = 0; c < table->k; c++)
    if (counts(table, options, i, c)) {
      double excess = table->distance[i * table->k + c] - rho;
      sum += excess > 0 ? exp(-excess / sigma) : 1;
    }
  return sum;
}

/* Self's zero is a term of a mean. */
static double mean_of_rows(const uf_neighbors *table, const uf_fuzzy_options *options, int from,
                           int to) {
  double sum = 0, terms = 0;
  for (int i = from; i < to; i++) {
    terms++;
    for (int c = 0; c < table->k; c++)
      if (counts(table, options, i, c)) {
        sum += table->distance[i * table->k + c];
        terms++;
      }
  }
  return sum / terms;
}

/* Terms that count as 1 whatever sigma is, and all terms: between them, and only there, lies what
 * sigma can reach. */
static void reach(const uf_neighbors *table, const uf_fuzzy_options *options, int i, double rho,
                  int *least, int *most) {
  *least = *most = 0;
  for (int c = 0; c < table->k; c++)
    if (counts(table, options, i, c)) {
      *least += table->distance[i * table->k + c] <= rho;
      ++*most;
    }
}

static void check_row(const uf_neighbors *table, const uf_fuzzy_options *options, int i, double rho,
                      double sigma) {
  double target = log2(table->k) * options->bandwidth, wanted = wanted_rho(table, options, i);
  double mean = mean_of_rows(table, options, i, i + 1),
         floor_of_all = 1e-3 * mean_of_rows(table, options, 0, table->n);
  double floor = rho > 0 ? 1e-3 * mean : floor_of_all;
  int least, most;
  CHECK_CLOSE(rho, wanted, 2e-7 * wanted);
  CHECK(isfinite(sigma) && sigma >= 0.99999 * floor);
  reach(table, options, i, rho, &least, &most);
  if (least >= target - 1e-3 || most == 0)
    CHECK(sigma <= 1.00001 * floor || most > least); /* nothing to solve */
  else if (most > target + 1e-3 && sigma > 1.00001 * floor)
    CHECK_CLOSE(membership_sum(table, options, i, rho, sigma), target, 1e-4);
}

/* All rows of a table; keeps rho and sigma where they are asked for. */
static void check_table(const uf_neighbors *table, const uf_fuzzy_options *options, float *rho_out,
                        float *sigma_out) {
  float *rho = fixture_floats(table->n), *sigma = fixture_floats(table->n);
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_smooth_knn(&ctx, table, options, rho, sigma) == UF_OK);
  for (int i = 0; i < table->n; i++) check_row(table, options, i, rho[i], sigma[i]);
  if (rho_out) memcpy(rho_out, rho, sizeof *rho * (size_t)table->n);
  if (sigma_out) memcpy(sigma_out, sigma, sizeof *sigma * (size_t)table->n);
  uf_session_close(&ctx);
  free(rho);
  free(sigma);
}

TEST(random_points) {
  const int k[] = {2, 3, 5, 15, 16, 17, 33, 100};
  for (int i = 0; i < 8; i++) {
    uf_neighbors table;
    table_of_points(150, 4, k[i], 0, &table);
    check_table(&table, &plain, NULL, NULL);
    table_free(&table);
  }
}

TEST(local_connectivity_and_bandwidth) {
  const double local[] = {0, 0.3, 0.5, 1, 1.5, 2, 3, 13.5, 14, 14.5, 15, 40},
               bandwidth[] = {0.3, 1, 1.7, 10};
  uf_neighbors table;
  table_of_points(60, 3, 15, 0, &table);
  for (int l = 0; l < 12; l++)
    for (int b = 0; b < 4; b++) {
      uf_fuzzy_options options = {local[l], bandwidth[b], 1, INFINITY, 0};
      check_table(&table, &options, NULL, NULL);
    }
  table_free(&table);
}

/* Distances 1, 2, 3, 4 with rho = 1 and sigma = 1 / log 2 give 1, 1/2, 1/4, 1/8: the bandwidth is
 * chosen for that sum. */
TEST(worked_by_hand) {
  const float distance[] = {0, 1, 2, 3, 4};
  uf_neighbors table;
  table_of_row(5, distance, &table);
  const double sum = 1 + 0.5 + 0.25 + 0.125;
  uf_fuzzy_options options = {1, sum / log2(5), 1, INFINITY, 0};
  float rho[5], sigma[5];
  check_table(&table, &options, rho, sigma);
  CHECK(rho[0] == 1);
  CHECK_CLOSE(sigma[0], 1 / log(2), 1e-4);
  options.local_connectivity = 2.25;
  check_table(&table, &options, rho, sigma);
  CHECK(rho[0] == 2.25f);
  options.local_connectivity = 0.5;
  check_table(&table, &options, rho, sigma);
  CHECK(rho[0] == 0.5f);
  table_free(&table);
}

TEST(duplicates) {
  const float none[] = {0, 0, 0, 0, 0, 0}, one[] = {0, 0, 1, 2, 3, 4}, most[] = {0, 0, 0, 0, 0, 7};
  const float *const rows[] = {none, one, most};
  for (int r = 0; r < 3; r++)
    for (double local = 0; local < 7; local += 0.5) {
      uf_fuzzy_options options = {local, 1, 1, INFINITY, 0};
      uf_neighbors table;
      table_of_row(6, rows[r], &table);
      check_table(&table, &options, NULL, NULL);
      table_free(&table);
    }
  uf_neighbors table;
  float rho[6], sigma[6];
  table_of_row(6, none, &table);
  check_table(&table, &plain, rho, sigma);
  for (int i = 0; i < 6; i++) CHECK(rho[i] == 0 && sigma[i] == 0);
  table_free(&table);
  table_of_points(200, 2, 15, 2, &table); /* many of each kind */
  check_table(&table, &plain, NULL, NULL);
  table_free(&table);
}

/* What is not there, infinitely far away, or cut off, are all one. */
TEST(missing_neighbors) {
  enum { N = 80, K = 12 };
  uf_neighbors missing, infinite, cut;
  table_of_points(N, 3, K, 0, &missing);
  table_of_points(N, 3, K, 0, &infinite);
  table_of_points(N, 3, K, 0, &cut);
  const float limit = 0.9f;
  for (int e = 0; e < N * K; e++) {
    if (missing.distance[e] >= limit) missing.index[e] = -1;
    if (infinite.distance[e] >= limit) infinite.distance[e] = INFINITY;
  }
  uf_fuzzy_options limited = plain;
  limited.max_distance = limit;
  float rho[3][N], sigma[3][N];
  check_table(&missing, &plain, rho[0], sigma[0]);
  check_table(&infinite, &plain, rho[1], sigma[1]);
  check_table(&cut, &limited, rho[2], sigma[2]);
  for (int t = 1; t < 3; t++)
    CHECK(fixture_same(rho[0], rho[t], N) && fixture_same(sigma[0], sigma[t], N));
  table_free(&missing);
  table_free(&infinite);
  table_free(&cut);
}

TEST(scales) {
  enum { N = 100, K = 15 };
  const float scales[] = {1e-20f, 1e-8f, 1e8f, 1e15f};
  float rho[N], sigma[N], scaled_rho[N], scaled_sigma[N];
  uf_neighbors table;
  table_of_points(N, 3, K, 0, &table);
  check_table(&table, &plain, rho, sigma);
  table_free(&table);
  for (int s = 0; s < 4; s++) {
    table_of_points(N, 3, K, 0, &table);
    for (int e = 0; e < N * K; e++) table.distance[e] *= scales[s];
    check_table(&table, &plain, scaled_rho, scaled_sigma);
    for (int i = 0; i < N; i++) {
      CHECK_CLOSE(scaled_rho[i] / scales[s], rho[i], 1e-6 * rho[i]);
      CHECK_CLOSE(scaled_sigma[i] / scales[s], sigma[i], 1e-4 * sigma[i]);
    }
    table_free(&table);
  }
}

/* More than all neighbors together can be: sigma grows until each is as good as at rho, however
 * large the distances, and nothing else comes to count. */
TEST(sums_out_of_reach) {
  const float distance[] = {0, 1, 2, 3, 4};
  uf_fuzzy_options wide = plain;
  wide.bandwidth = 3;
  float least = 0;
  for (int power = -60; power <= 80; power += 20) {
    float scaled[5], rho[5], sigma[5], scale = ldexpf(1, power);
    for (int c = 0; c < 5; c++) scaled[c] = distance[c] * scale;
    uf_neighbors table;
    table_of_row(5, scaled, &table);
    uf_context ctx;
    fixture_open(&ctx, 1, NULL);
    CHECK(uf_smooth_knn(&ctx, &table, &wide, rho, sigma) == UF_OK);
    if (power == -60) least = sigma[0] / scale;
    CHECK(sigma[0] / scale == least && least > 1e4f && least < 1e9f);
    uf_session_close(&ctx);
    table_free(&table);
  }
}

/* ---- the graph ---- */

/* r (A + A' - A∘A') + (1 - r) A∘A', dense. */
static double *wanted_graph(const uf_neighbors *table, const uf_fuzzy_options *options,
                            const float *rho, const float *sigma) {
  int n = table->n, k = table->k;
  double *a = fixture_doubles((int64_t)n * n), *s = fixture_doubles((int64_t)n * n),
         r = options->set_op_mix_ratio;
  for (int i = 0; i < n; i++)
    for (int c = 0; c < k; c++) {
      if (!counts(table, options, i, c)) continue;
      double excess = (double)table->distance[i * k + c] - rho[i];
      a[i * n + table->index[i * k + c]] =
          excess <= 0 || sigma[i] == 0 ? 1 : exp(-excess / sigma[i]);
    }
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double both = a[i * n + j] * a[j * n + i];
      s[i * n + j] = r * (a[i * n + j] + a[j * n + i] - both) + (1 - r) * both;
    }
  free(a);
  return s;
}

static void check_form(const uf_graph *graph) {
  CHECK(graph->start[0] == 0);
  for (int i = 0; i < graph->n; i++) {
    CHECK(graph->start[i + 1] >= graph->start[i]);
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      CHECK(graph->neighbor[e] >= 0 && graph->neighbor[e] < graph->n && graph->neighbor[e] != i);
      CHECK(graph->weight[e] > 0 && graph->weight[e] <= 1);
      if (e > graph->start[i]) CHECK(graph->neighbor[e] > graph->neighbor[e - 1]);
    }
  }
}

static float *dense_of(const uf_graph *graph) {
  float *w = fixture_floats((int64_t)graph->n * graph->n);
  for (int i = 0; i < graph->n; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
      w[(int64_t)i * graph->n + graph->neighbor[e]] = graph->weight[e];
  return w;
}

static void check_graph(const uf_neighbors *table, const uf_fuzzy_options *options) {
  int n = table->n;
  float *rho = fixture_floats(n), *sigma = fixture_floats(n);
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_smooth_knn(&ctx, table, options, rho, sigma) == UF_OK);
  CHECK(uf_fuzzy_graph(&ctx, table, rho, sigma, options, &graph) == UF_OK);
  check_form(&graph);
  double *wanted = wanted_graph(table, options, rho, sigma);
  float *got = dense_of(&graph);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      CHECK_CLOSE(got[i * n + j], wanted[i * n + j], 2e-6);
      CHECK(got[i * n + j] == got[j * n + i]);
    }
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  free(wanted);
  free(got);
  free(rho);
  free(sigma);
}

TEST(graphs) {
  const double mix[] = {0, 0.3, 1};
  const int k[] = {2, 7, 15, 40};
  for (int m = 0; m < 3; m++)
    for (int i = 0; i < 4; i++)
      for (int rounded = 0; rounded < 2; rounded++) {
        uf_neighbors table;
        uf_fuzzy_options options = {1, 1, mix[m], INFINITY, 0};
        table_of_points(120, 3, k[i], rounded ? 2 : 0, &table);
        check_graph(&table, &options);
        options.max_distance = 0.8;
        check_graph(&table, &options);
        for (int e = 0; e < table.n * table.k; e += 7)
          if (e % table.k) table.index[e] = -1;
        check_graph(&table, &options);
        table_free(&table);
      }
}

/* Everyone knows point 0 and some at random: `k` distinct ones, i first. */
static void table_with_hub(int n, int k, uf_neighbors *table) {
  table_alloc(n, k, table);
  for (int i = 0; i < n; i++)
    for (int c = 0; c < k; c++) {
      int stride = 1 + (int)(1000 * fabs(fixture_normal(30, i))) % (n / k);
      table->index[i * k + c] = c == 0 ? i : c == 1 && i > 0 ? 0 : (i + c * stride) % n;
      table->distance[i * k + c] = (float)c;
    }
}

/* The place of an edge in the graph, or -1. */
static int64_t find_edge(const uf_graph *graph, int i, int j) {
  for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++)
    if (graph->neighbor[e] == j) return e;
  return -1;
}

/* Enough points for several ranges in the transpose, the last of them short. */
TEST(many_rows) {
  enum { N = 5000, K = 6 };
  uf_neighbors table;
  uf_graph graph;
  uf_context ctx;
  float *rho = fixture_floats(N), *sigma = fixture_floats(N);
  table_with_hub(N, K, &table);
  fixture_open(&ctx, 3, NULL);
  CHECK(uf_smooth_knn(&ctx, &table, &plain, rho, sigma) == UF_OK);
  CHECK(uf_fuzzy_graph(&ctx, &table, rho, sigma, &plain, &graph) == UF_OK);
  check_form(&graph);
  int64_t ends = 0; /* an edge has two; one that both points name is counted at either */
  for (int i = 0; i < N; i++)
    for (int c = 0; c < K; c++) {
      int j = table.index[i * K + c], mutual = 0;
      if (j == i) continue;
      for (int o = 0; o < K; o++) mutual |= table.index[j * K + o] == i;
      ends += mutual ? 1 : 2;
      int64_t there = find_edge(&graph, i, j), back = find_edge(&graph, j, i);
      CHECK(there >= 0 && back >= 0 && graph.weight[there] == graph.weight[back]);
    }
  CHECK(graph.start[N] == ends && graph.start[1] - graph.start[0] >= N - 1);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  table_free(&table);
  free(rho);
  free(sigma);
}

TEST(small_graphs) {
  const float none[] = {0, INFINITY, INFINITY}, apart[] = {0, 2, 3}, zero[] = {0, 0, 0};
  const float *const rows[] = {none, apart, zero};
  for (int r = 0; r < 3; r++) {
    uf_neighbors table;
    table_of_row(3, rows[r], &table);
    check_graph(&table, &plain);
    table_free(&table);
  }
  uf_neighbors pair;
  table_of_points(2, 1, 2, 0, &pair);
  check_graph(&pair, &plain);
  table_free(&pair);
}

/* One row and its neighbor, seen from both: A_01 = 1 and A_10 = 1 at rho; mixed by hand at the
 * second neighbor. */
TEST(graph_by_hand) {
  int index[] = {0, 1, 2, 1, 0, 2, 2, 0, -1};
  float distance[] = {0, 1, 3, 0, 1, 2, 0, 3, INFINITY}, rho[] = {1, 1, 3}, sigma[] = {2, 1, 1};
  const uf_neighbors table = {3, 3, index, distance, -1};
  const double e = exp(-1);
  uf_fuzzy_options options = {1, 1, 0.25, INFINITY, 0};
  uf_context ctx;
  uf_graph graph;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_fuzzy_graph(&ctx, &table, rho, sigma, &options, &graph) == UF_OK);
  CHECK(graph.start[1] == 2 && graph.start[2] == 4 && graph.start[3] == 6);
  CHECK_CLOSE(graph.weight[0], 1, 1e-6);
  CHECK_CLOSE(graph.weight[1], 0.25 * (e + 1 - e) + 0.75 * e, 1e-6);
  CHECK_CLOSE(graph.weight[3], 0.25 * e, 1e-6); /* 1 knows 2, 2 does not know 1 */
  uf_graph_free(&graph);
  options.set_op_mix_ratio = 0;
  CHECK(uf_fuzzy_graph(&ctx, &table, rho, sigma, &options, &graph) == UF_OK);
  CHECK(graph.start[3] == 4);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
}

static int same_graph(const uf_graph *a, const uf_graph *b) {
  if (a->n != b->n || memcmp(a->start, b->start, sizeof *a->start * (size_t)(a->n + 1))) return 0;
  size_t n_edges = (size_t)a->start[a->n];
  return memcmp(a->neighbor, b->neighbor, sizeof *a->neighbor * n_edges) == 0 &&
         memcmp(a->weight, b->weight, sizeof *a->weight * n_edges) == 0;
}

static void stages(const uf_neighbors *table, int n_threads, const char *isa, float *rho,
                   float *sigma, uf_graph *graph) {
  uf_context ctx;
  fixture_open(&ctx, n_threads, isa);
  CHECK(uf_smooth_knn(&ctx, table, &plain, rho, sigma) == UF_OK);
  CHECK(uf_fuzzy_graph(&ctx, table, rho, sigma, &plain, graph) == UF_OK);
  uf_session_close(&ctx);
}

TEST(same_bits_everywhere) {
  enum { N = 700 };
  float rho[2][N], sigma[2][N];
  uf_graph graph[2];
  uf_neighbors table;
  table_of_points(N, 3, 20, 4, &table);
  stages(&table, 1, NULL, rho[0], sigma[0], &graph[0]);
  for (int t = 0; t < FIXTURE_THREADS; t++)
    for (int isa = 0; isa < FIXTURE_ISAS; isa++) {
      stages(&table, fixture_threads[t], fixture_isa[isa], rho[1], sigma[1], &graph[1]);
      CHECK(fixture_same(rho[0], rho[1], N) && fixture_same(sigma[0], sigma[1], N));
      CHECK(same_graph(&graph[0], &graph[1]));
      uf_graph_free(&graph[1]);
    }
  uf_graph_free(&graph[0]);
  table_free(&table);
}

TEST(interrupts_are_heard) {
  enum { N = 700 };
  float rho[N] = {0}, sigma[N] = {0};
  uf_neighbors table;
  table_of_points(N, 3, 10, 0, &table);
  for (int t = 0; t < FIXTURE_THREADS; t++) {
    uf_context ctx;
    uf_graph graph;
    int polls;
    fixture_open_stopping(&ctx, fixture_threads[t], &polls);
    uf_status status = uf_smooth_knn(&ctx, &table, &plain, rho, sigma);
    CHECK(fixture_heeded(status, &ctx, polls));
    status = uf_fuzzy_graph(&ctx, &table, rho, sigma, &plain, &graph);
    CHECK(fixture_heeded(status, &ctx, polls) && (status == UF_OK || graph.start == NULL));
    uf_graph_free(&graph);
    uf_session_close(&ctx);
  }
  table_free(&table);
}

/* ---- triplets ---- */

/* Exchanges triplets at random. */
static void shuffle(int64_t n_edges, int *row, int *column, double *weight) {
  for (int64_t e = n_edges - 1; e > 0; e--) {
    int64_t other = (int64_t)(fixture_unit(21, e) * (double)(e + 1));
    int r = row[e], c = column[e];
    double w = weight[e];
    row[e] = row[other], column[e] = column[other], weight[e] = weight[other];
    row[other] = r, column[other] = c, weight[other] = w;
  }
}

TEST(triplets_in_any_order) {
  enum { N = 60 };
  uf_context ctx;
  uf_graph wanted, got;
  fixture_open(&ctx, 1, NULL);
  double *w = fixture_ring(N, 3);
  for (int i = 0; i < N; i++) w[i * N + 5] = w[5 * N + i] = 0; /* a vertex by itself */
  fixture_graph_of(&ctx, N, w, &wanted);
  int64_t n_edges = wanted.start[N];
  int *row = fixture_ints(n_edges), *column = fixture_ints(n_edges);
  double *weight = fixture_doubles(n_edges);
  for (int i = 0; i < N; i++)
    for (int64_t e = wanted.start[i]; e < wanted.start[i + 1]; e++) {
      row[e] = i + 1;
      column[e] = wanted.neighbor[e] + 1;
      weight[e] = wanted.weight[e];
    }
  for (int shuffled = 0; shuffled < 2; shuffled++) {
    CHECK(uf_graph_from_triplets(&ctx, N, n_edges, row, column, weight, &got) == UF_OK);
    CHECK(same_graph(&got, &wanted));
    uf_graph_free(&got);
    shuffle(n_edges, row, column, weight);
  }
  CHECK(uf_graph_from_triplets(&ctx, N, n_edges, row, column, weight, &got) == UF_OK);
  CHECK(same_graph(&got, &wanted));
  uf_graph_free(&got);
  CHECK(uf_graph_from_triplets(&ctx, 3, 0, row, column, weight, &got) == UF_OK);
  CHECK(got.n == 3 && got.start[3] == 0);
  uf_graph_free(&got);
  uf_graph_free(&wanted);
  uf_session_close(&ctx);
  free(row);
  free(column);
  free(weight);
}

int main(void) {
  RUN(random_points);
  RUN(local_connectivity_and_bandwidth);
  RUN(worked_by_hand);
  RUN(duplicates);
  RUN(missing_neighbors);
  RUN(scales);
  RUN(sums_out_of_reach);
  RUN(graphs);
  RUN(many_rows);
  RUN(small_graphs);
  RUN(graph_by_hand);
  RUN(same_bits_everywhere);
  RUN(interrupts_are_heard);
  RUN(triplets_in_any_order);
  return check_report();
}
