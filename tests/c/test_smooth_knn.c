/* test_smooth_knn.c: rho and sigma against the equation that they solve. */
#include "arith/arith.h"

#include "check.h"
#include "table_fixtures.h"

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

/* Neighbors that are missing, infinitely far away, or cut off count alike. */
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

int main(void) {
  RUN(random_points);
  RUN(local_connectivity_and_bandwidth);
  RUN(worked_by_hand);
  RUN(duplicates);
  RUN(missing_neighbors);
  RUN(scales);
  RUN(sums_out_of_reach);
  return check_report();
}
