/* test_quality.c: measures of quality against their definitions, by sorting all distances of every
 * row. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "quality/quality.h"

typedef struct candidate {
  double distance;
  int index;
} candidate;

/* By (distance, index), as everywhere. */
static int by_distance(const void *x, const void *y) {
  const candidate *a = x, *b = y;
  if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
  return (a->index > b->index) - (a->index < b->index);
}

/* order[i × n + r]: the point at rank r of row i, itself at rank 0; rank[i × n + j]: the rank of j.
 * x: n × d by columns. */
static void rank_all(const double *x, int n, int d, int *order, int *rank) {
  candidate *row = fixture_array(n, sizeof *row);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      double d2 = 0;
      for (int c = 0; c < d; c++)
        d2 += (x[c * n + i] - x[c * n + j]) * (x[c * n + i] - x[c * n + j]);
      row[j] = (candidate){j == i ? -1 : d2, j};
    }
    qsort(row, (size_t)n, sizeof *row, by_distance);
    for (int r = 0; r < n; r++) {
      order[i * n + r] = row[r].index;
      rank[i * n + row[r].index] = r;
    }
  }
  free(row);
}

/* 1 - 2 / (m k (2n - 3k - 1)) Σ (rank here - k) over the neighbors there that are not neighbors
 * here (Venna and Kaski 2001). */
static double plain_trust(int n, int k, const int *rows, int n_rows, const int *order_there,
                          const int *rank_here) {
  double sum = 0;
  for (int s = 0; s < n_rows; s++)
    for (int r = 1; r <= k; r++) {
      int rank = rank_here[rows[s] * n + order_there[rows[s] * n + r]];
      sum += rank > k ? rank - k : 0;
    }
  return 1 - 2 / ((double)n_rows * k * (2.0 * n - 3.0 * k - 1)) * sum;
}

static double plain_preservation(int n, int k, const int *rows, int n_rows, const int *order,
                                 const int *rank) {
  double shared = 0;
  for (int s = 0; s < n_rows; s++)
    for (int r = 1; r <= k; r++) shared += rank[rows[s] * n + order[rows[s] * n + r]] <= k;
  return shared / ((double)n_rows * k);
}

/* The most frequent label; among equals the one that comes first. */
static double plain_accuracy(int n, int k, const int *order, const int *labels) {
  int right = 0;
  for (int i = 0; i < n; i++) {
    int votes[8] = {0}, best = labels[order[i * n + 1]];
    for (int r = 1; r <= k; r++) votes[labels[order[i * n + r]]]++;
    for (int r = k; r >= 1; r--)
      if (votes[labels[order[i * n + r]]] >= votes[best]) best = labels[order[i * n + r]];
    right += best == labels[i];
  }
  return (double)right / n;
}

static void measure(const double *data, int d, const double *layout, int d_layout, int n,
                    const int *labels, int k, int k_label, const int *rows, int n_rows,
                    int n_threads, uf_quality *quality) {
  uf_context ctx;
  uf_points points, places;
  fixture_open(&ctx, n_threads, NULL);
  fixture_points(&ctx, data, n, d, UF_EUCLIDEAN, &points);
  fixture_points(&ctx, layout, n, d_layout, UF_EUCLIDEAN, &places);
  const uf_quality_options options = {
      .k = k, .rows = rows, .n_rows = n_rows, .labels = labels, .k_label = k_label};
  CHECK(uf_quality_measure(&ctx, &points, &places, &options, quality, NULL) == UF_OK);
  uf_points_free(&points);
  uf_points_free(&places);
  uf_session_close(&ctx);
}

static void check_quality(const double *data, int d, const double *layout, int d_layout, int n,
                          int k, int k_label, const int *rows, int n_rows) {
  int *order = fixture_ints(n * n), *rank = fixture_ints(n * n);
  int *order_there = fixture_ints(n * n), *rank_there = fixture_ints(n * n),
      *labels = fixture_ints(n);
  uf_quality q;
  for (int i = 0; i < n; i++) labels[i] = (int)(4 * fixture_unit(50, i));
  rank_all(data, n, d, order, rank);
  rank_all(layout, n, d_layout, order_there, rank_there);
  for (int t = 0; t < FIXTURE_THREADS; t++) {
    measure(data, d, layout, d_layout, n, labels, k, k_label, rows, n_rows, fixture_threads[t], &q);
    CHECK_CLOSE(q.trustworthiness, plain_trust(n, k, rows, n_rows, order_there, rank), 1e-12);
    CHECK_CLOSE(q.continuity, plain_trust(n, k, rows, n_rows, order, rank_there), 1e-12);
    CHECK_CLOSE(q.neighbor_preservation, plain_preservation(n, k, rows, n_rows, order_there, rank),
                1e-12);
    CHECK_CLOSE(q.knn_accuracy, plain_accuracy(n, k_label, order_there, labels), 1e-12);
  }
  free(order);
  free(rank);
  free(order_there);
  free(rank_there);
  free(labels);
}

/* Multiples of 1 / steps: exact in float, so that equal distances are equal everywhere. */
static double *random_values(int sequence, int n, int d, int steps) {
  double *x = fixture_doubles(n * d);
  for (int e = 0; e < n * d; e++) x[e] = floor(steps * fixture_unit(sequence, e)) / steps;
  return x;
}

static int *rows_from(int first, int step, int n, int *n_rows) {
  int *rows = fixture_ints(n);
  *n_rows = 0;
  for (int i = first; i < n; i += step) rows[(*n_rows)++] = i;
  return rows;
}

/* steps: few make ties and duplicates. */
static void check_random(int n, int d, int k, int k_label, int steps, int every) {
  int n_rows, *rows = rows_from(every / 2, every, n, &n_rows);
  double *data = random_values(51, n, d, steps), *layout = random_values(52, n, 2, steps);
  for (int i = 0; i < n; i++) layout[i] = 0.5 * layout[i] + 0.5 * data[i]; /* not all noise */
  check_quality(data, d, layout, 2, n, k, k_label, rows, n_rows);
  free(rows);
  free(data);
  free(layout);
}

TEST(random_points) {
  const int n[] = {60, 130, 200}, k[] = {1, 5, 15, 19};
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 4; j++) {
      check_random(n[i], 7, k[j], 5, 1 << 12, 1);
      check_random(n[i], 7, k[j], 1, 1 << 12, 3);
    }
}

TEST(ties_and_duplicates) {
  const int steps[] = {1, 2, 4, 8};
  for (int s = 0; s < 4; s++)
    for (int k = 1; k <= 16; k += 5) {
      check_random(120, 3, k, 7, steps[s], 1);
      check_random(120, 8, k, 2, steps[s], 5);
    }
}

TEST(few_points) {
  check_random(4, 2, 1, 1, 8, 1);
  check_random(5, 1, 1, 2, 2, 2);
  check_random(12, 3, 3, 3, 64, 11);
}

TEST(the_same_layout_is_perfect) {
  enum { N = 150 };
  const int steps[] = {3, 1 << 12};
  for (int s = 0; s < 2; s++) {
    int n_rows, *rows = rows_from(0, 1, N, &n_rows);
    double *data = random_values(53, N, 2, steps[s]);
    uf_quality q;
    measure(data, 2, data, 2, N, NULL, 10, 5, rows, n_rows, 2, &q);
    CHECK(q.trustworthiness == 1 && q.continuity == 1 && q.neighbor_preservation == 1);
    CHECK(isnan(q.knn_accuracy));
    free(rows);
    free(data);
  }
}

/* The worst there is: the neighbors here are the farthest there. */
TEST(by_hand) {
  const double data[] = {0, 1, 3, 7}, layout[] = {0, 7, 3, 1};
  const int rows[] = {0}, labels[] = {0, 1, 1, 0};
  uf_quality q;
  measure(data, 1, layout, 1, 4, labels, 1, 1, rows, 1, 1, &q);
  /* Row 0: the layout's nearest is 3, at rank 3 in the data; the data's nearest is 1, at rank 3.
   * Factor 2 / (1 · 1 · 4). */
  CHECK_CLOSE(q.trustworthiness, 1 - 0.5 * 2, 1e-15);
  CHECK_CLOSE(q.continuity, 1 - 0.5 * 2, 1e-15);
  CHECK(q.neighbor_preservation == 0);
  CHECK(q.knn_accuracy == 0.75); /* 2 alone is next to one of another label, 3 */
}

TEST(interrupts_are_heard) {
  enum { N = 100 };
  int n_rows, *rows = rows_from(0, 1, N, &n_rows), polls;
  double *data = random_values(54, N, 6, 1 << 12);
  for (int t = 0; t < FIXTURE_THREADS; t++) {
    uf_context ctx, quiet;
    uf_points points;
    uf_quality q;
    fixture_open(&quiet, 1, NULL);
    fixture_points(&quiet, data, N, 6, UF_EUCLIDEAN, &points);
    fixture_open_stopping(&ctx, fixture_threads[t], &polls);
    const uf_quality_options options = {.k = 5, .rows = rows, .n_rows = N};
    uf_status status = uf_quality_measure(&ctx, &points, &points, &options, &q, NULL);
    CHECK(fixture_stopped(status, &ctx, polls));
    uf_session_close(&ctx);
    uf_session_close(&quiet);
    uf_points_free(&points);
  }
  free(rows);
  free(data);
}

int main(void) {
  RUN(random_points);
  RUN(ties_and_duplicates);
  RUN(few_points);
  RUN(the_same_layout_is_perfect);
  RUN(by_hand);
  RUN(interrupts_are_heard);
  return check_report();
}
