/* test_ivf.c: the inverted file finds the fraction wanted on data of many shapes, reports it truly,
 * and is the same everywhere. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"
#include "linalg/project.h"
#include "neighbors/ivf/index.h"
#include "neighbors/ivf/probe.h"
#include "neighbors/ivf/search.h"
#include "neighbors/recall.h"
#include "neighbors/table.h"
#include "base/parallel.h"

static uf_context ctx;

/* ---- data ---- */

typedef enum shape {
  GROUPS,     /* Gaussian clusters */
  FAR_GROUPS, /* the same, 5,000 of their widths apart */
  SCALES,     /* groups of widths from 1 down to 1/1000 */
  UNIFORM,
  NOISE, /* no structure at all */
  HEAVY_TAILS,
  DUPLICATES, /* two thirds of the rows are copies of seven */
  OUTLIER,    /* one row a million widths away */
  CONSTANT,   /* half of the rows are one point */
  EQUAL,
  LONG_ROWS, /* more columns than the codes keep directions, variance in all of them */
  N_SHAPES
} shape;

static double value_of(shape shape, int64_t i, int j) {
  double noise = fixture_normal(1, 512 * i + j);
  int group = (int)(i % 20);
  double center = fixture_normal(2, 512 * group + j);
  switch (shape) {
  case GROUPS: return 3 * center + noise / (1 + 0.1 * j);
  case FAR_GROUPS: return 5000 * center + noise;
  case SCALES:
    return 3 * center + noise * (group % 4 == 0   ? 1
                                 : group % 4 == 1 ? 0.1
                                 : group % 4 == 2 ? 0.01
                                                  : 0.001);
  case UNIFORM: return fixture_unit(3, 512 * i + j);
  case HEAVY_TAILS: return noise / (0.05 + fixture_unit(4, i)) / (1 + 0.2 * j);
  case DUPLICATES: return fixture_normal(1, 512 * (i % 3 ? i % 7 : i) + j);
  case OUTLIER: return i == 100 ? 1e6 : noise / (1 + 0.2 * j);
  case CONSTANT: return i % 2 ? 1.5 : noise;
  case EQUAL: return 0.25 * j;
  case LONG_ROWS: return noise / sqrt(1 + 0.1 * j);
  default: return noise;
  }
}

static void points_of(shape shape, int n, int d, uf_metric metric, uf_points *points) {
  double *x = fixture_doubles((int64_t)n * d);
  for (int j = 0; j < d; j++)
    for (int i = 0; i < n; i++) x[(size_t)j * (size_t)n + (size_t)i] = value_of(shape, i, j);
  fixture_points(&ctx, x, n, d, metric, points);
  free(x);
}

/* ---- what a table must be ---- */

static int same_table(const uf_neighbors *a, const uf_neighbors *b) {
  size_t size = (size_t)a->n * (size_t)a->k;
  return memcmp(a->index, b->index, size * sizeof *a->index) == 0 &&
         memcmp(a->distance, b->distance, size * sizeof *a->distance) == 0 &&
         memcmp(&a->recall, &b->recall, sizeof a->recall) == 0;
}

/* Self first, no row twice, distances ascending. */
static int is_valid_row(const uf_neighbors *nn, int i) {
  const int *index = nn->index + (size_t)i * (size_t)nn->k;
  const float *distance = nn->distance + (size_t)i * (size_t)nn->k;
  if (index[0] != i || distance[0] != 0) return 0;
  for (int j = 1; j < nn->k; j++) {
    if (index[j] < 0 || index[j] >= nn->n || distance[j] < distance[j - 1]) return 0;
    for (int l = 0; l < j; l++)
      if (index[l] == index[j]) return 0;
  }
  return 1;
}

static double recall_on_sample(const uf_points *points, const uf_neighbors *nn) {
  int rows[400], n = points->n < 400 ? points->n : 400;
  double recall = -1;
  for (int i = 0; i < n; i++) rows[i] = (int)((int64_t)i * 7919 % points->n);
  CHECK(uf_neighbor_recall(&ctx, points, nn, rows, n, &recall) == UF_OK);
  return recall;
}

static uf_ivf_target aim_at(double recall) {
  return (uf_ivf_target){.recall = recall, .index_cost = INFINITY};
}

static void check_search(const uf_points *points, int k, double target, double floor) {
  uf_neighbors nn;
  int valid = 1;
  CHECK(uf_ivf_search(&ctx, points, k, aim_at(target), 42, &nn) == UF_OK);
  for (int i = 0; i < nn.n; i++) valid = valid && is_valid_row(&nn, i);
  CHECK(valid);
  double recall = recall_on_sample(points, &nn);
  if (recall < floor) fprintf(stderr, "%d x %d k %d recall %g\n", points->n, points->d, k, recall);
  CHECK(recall >= floor);
  CHECK_CLOSE(nn.recall, recall, target < 0.9 ? 0.08 : 0.012);
  uf_neighbors_free(&nn);
}

/* ---- tests ---- */

TEST(target_is_reached_on_every_shape) {
  for (int shape = 0; shape < N_SHAPES; shape++) {
    uf_points points;
    int is_long = shape == LONG_ROWS;
    points_of(shape, is_long ? 3000 : 6000, is_long ? 300 : 24, UF_EUCLIDEAN, &points);
    check_search(&points, 15, 0.99, 0.98);
    uf_points_free(&points);
  }
}

TEST(more_is_found_when_more_is_wanted) {
  uf_points points;
  points_of(HEAVY_TAILS, 6000, 20, UF_EUCLIDEAN, &points);
  check_search(&points, 15, 0.999, 0.996);
  check_search(&points, 15, 1, 0.999);
  check_search(&points, 15, 0.5, 0.45);
  uf_points_free(&points);
}

TEST(any_metric_that_has_float_rows) {
  static const uf_metric metrics[] = {UF_MANHATTAN, UF_COSINE, UF_CORRELATION};
  for (int m = 0; m < 3; m++) {
    uf_points points;
    points_of(GROUPS, 4000, 24, metrics[m], &points);
    check_search(&points, 15, 0.99, 0.98);
    uf_points_free(&points);
  }
}

TEST(any_size) {
  static const int n[] = {1, 2, 3, 17, 64, 300, 2049}, d[] = {1, 2, 5, 40};
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 4; j++) {
      uf_points points;
      points_of(i % 2 ? NOISE : UNIFORM, n[i], d[j], UF_EUCLIDEAN, &points);
      check_search(&points, n[i] < 15 ? n[i] : 15, 0.99, 0.98);
      if (n[i] <= 300) check_search(&points, n[i] > 1 ? n[i] - 1 : 1, 0.99, 0.98);
      check_search(&points, 1, 0.99, 0.98);
      uf_points_free(&points);
    }
}

/* Thousands of copies of one point must not all be compared with each other. */
TEST(many_equal_rows) {
  uf_points points;
  points_of(EQUAL, 60000, 8, UF_EUCLIDEAN, &points);
  check_search(&points, 15, 0.99, 1);
  uf_points_free(&points);
}

TEST(lists_hold_every_row_once) {
  static const shape shapes[] = {GROUPS, CONSTANT, OUTLIER};
  for (int s = 0; s < 3; s++) {
    uf_points points;
    uf_ivf_index index;
    int n = 5000, *seen = fixture_ints(n), placed = 0, wrong = 0;
    points_of(shapes[s], n, 12, UF_EUCLIDEAN, &points);
    CHECK(uf_ivf_index_make(&ctx, &points, 96, 256, 42, &index) == UF_OK);
    for (int c = 0; c < index.n_lists; c++)
      for (int r = 0; r < index.lists[c].size; r++) {
        int row = index.row_at[16 * index.lists[c].first_panel + r];
        wrong += seen[row]++ || index.list_of[row] != c;
        placed++;
      }
    CHECK(placed == n && wrong == 0);
    uf_ivf_index_free(&index);
    uf_points_free(&points);
    free(seen);
  }
}

/* Each coordinate of a code is within half a step of the projected row less its centroid, and a
 * step is the largest coordinate / 63. */
static void check_codes(const uf_ivf_index *index, int row, int place, const float *projected) {
  int m = index->kmeans.m, wrong = 0;
  float code[96], largest = 0, scale = index->panels.scale[place];
  const float *centroid = uf_ivf_centroid(index, index->list_of[row]);
  uf_panels_take(&index->panels, place, m, code);
  for (int j = 0; j < m; j++) {
    float exact = projected[j] - centroid[j];
    largest = fabsf(exact) > largest ? fabsf(exact) : largest;
    wrong += !(fabsf(exact - code[j]) <= 0.5001f * scale);
  }
  CHECK(wrong == 0);
  CHECK_CLOSE(63 * scale, largest, 1e-5 * largest);
}

TEST(codes_are_within_half_a_step) {
  static const shape shapes[] = {GROUPS, FAR_GROUPS, SCALES, OUTLIER, LONG_ROWS};
  for (int s = 0; s < 5; s++) {
    uf_points points;
    uf_ivf_index index;
    int n = 1500, d = shapes[s] == LONG_ROWS ? 130 : 21;
    points_of(shapes[s], n, d, UF_EUCLIDEAN, &points);
    CHECK(uf_ivf_index_make(&ctx, &points, 96, 64, 42, &index) == UF_OK);
    float *projected = malloc((size_t)n * (size_t)index.kmeans.m * sizeof *projected);
    CHECK(uf_project(&ctx, &points, NULL, n, &index.basis, projected) == UF_OK);
    for (int place = 0; place < 16 * index.panels.n_panels; place++) {
      int row = index.row_at[place];
      if (row >= 0) check_codes(&index, row, place, projected + row * index.kmeans.m);
    }
    free(projected);
    uf_ivf_index_free(&index);
    uf_points_free(&points);
  }
}

static double squared_distance(const float *x, const float *y, int m) {
  double sum = 0;
  for (int j = 0; j < m; j++) sum += ((double)x[j] - y[j]) * ((double)x[j] - y[j]);
  return sum;
}

TEST(margins_are_differences_of_squared_distances) {
  uf_points points;
  uf_ivf_index index;
  uf_probe probe;
  points_of(GROUPS, 3000, 24, UF_EUCLIDEAN, &points);
  CHECK(uf_ivf_index_make(&ctx, &points, 96, 64, 42, &index) == UF_OK);
  uf_probe_options options = {.most_rows = 16, .k = 5, .n_near = 20, .n_candidates = 30};
  CHECK(uf_probe_open(&ctx, &index, &options, &probe) == UF_OK);
  for (int list = 0; list < index.n_lists; list++) {
    int first = uf_ivf_first_place(&index.lists[list]), m = index.kmeans.m;
    int n_rows = index.lists[list].size < 16 ? index.lists[list].size : 16;
    uf_probe_begin(&probe, list, first, n_rows);
    for (int r = 0; r < n_rows; r++)
      for (int j = 0; j < probe.n_near; j++) {
        float x[96];
        uf_panels_take(&index.panels, first + r, m, x);
        for (int c = 0; c < m; c++) x[c] += uf_ivf_centroid(&index, list)[c];
        double own = squared_distance(x, uf_ivf_centroid(&index, list), m);
        double other = squared_distance(x, uf_ivf_centroid(&index, probe.near[j]), m);
        CHECK_CLOSE(*uf_probe_margin(&probe, j, r), 0.5 * (other - own), 1e-4 * (other + own));
      }
    for (int j = 1; j < probe.n_near; j++)
      CHECK(probe.squared[probe.near[j - 1]] <= probe.squared[probe.near[j]]);
  }
  uf_probe_close(&probe);
  uf_ivf_index_free(&index);
  uf_points_free(&points);
}

/* At most n_probes lists are probed, by ascending margin, and none beyond the reach. */
TEST(limits_choose_the_least_margins) {
  uf_points points;
  uf_ivf_index index;
  uf_probe probe;
  points_of(NOISE, 3000, 12, UF_EUCLIDEAN, &points);
  CHECK(uf_ivf_index_make(&ctx, &points, 96, 64, 42, &index) == UF_OK);
  uf_probe_options options = {.most_rows = 16, .k = 5, .n_near = 30, .n_candidates = 30};
  CHECK(uf_probe_open(&ctx, &index, &options, &probe) == UF_OK);
  uf_probe_begin(&probe, 0, uf_ivf_first_place(&index.lists[0]), 8);
  for (int n_probes = 1; n_probes <= 30; n_probes += 7)
    for (int r = 0; r < 8; r++) {
      int within = 0, reached = 0;
      uf_probe_limit(&probe, INFINITY, n_probes);
      for (int j = 0; j < 30; j++) within += *uf_probe_margin(&probe, j, r) < probe.limit[r];
      CHECK(within == n_probes);
      uf_probe_limit(&probe, 1, n_probes);
      for (int j = 0; j < 30; j++) reached += *uf_probe_margin(&probe, j, r) < probe.limit[r];
      CHECK(reached <= n_probes && probe.limit[r] <= probe.ball[r]);
    }
  uf_probe_close(&probe);
  uf_ivf_index_free(&index);
  uf_points_free(&points);
}

static void check_same_everywhere(const uf_points *points) {
  static const int threads[] = {2, 3, 8};
  uf_neighbors expected, nn;
  CHECK(uf_ivf_search(&ctx, points, 10, aim_at(0.99), 7, &expected) == UF_OK);
  for (int run = 0; run < 3 + FIXTURE_ISAS; run++) {
    uf_context other;
    fixture_open(&other, run < 3 ? threads[run] : 1, run < 3 ? NULL : fixture_isa[run - 3]);
    CHECK(uf_ivf_search(&other, points, 10, aim_at(0.99), 7, &nn) == UF_OK);
    CHECK(same_table(&nn, &expected));
    uf_neighbors_free(&nn);
    uf_session_close(&other);
  }
  uf_neighbors_free(&expected);
}

TEST(same_everywhere) {
  static const shape shapes[] = {GROUPS, FAR_GROUPS, HEAVY_TAILS, DUPLICATES, LONG_ROWS};
  for (int s = 0; s < 5; s++) {
    uf_points points;
    points_of(shapes[s], 2500, shapes[s] == LONG_ROWS ? 130 : 21, UF_EUCLIDEAN, &points);
    check_same_everywhere(&points);
    uf_points_free(&points);
  }
}

TEST(search_can_be_stopped) {
  uf_points points;
  points_of(GROUPS, 5000, 10, UF_EUCLIDEAN, &points);
  for (int n_threads = 1; n_threads <= 2; n_threads++) {
    uf_context stopping;
    uf_neighbors nn;
    int polls;
    fixture_open_stopping(&stopping, n_threads, &polls);
    CHECK(uf_ivf_search(&stopping, &points, 10, aim_at(0.99), 1, &nn) == UF_INTERRUPTED);
    CHECK(nn.index == NULL && nn.distance == NULL);
    uf_session_close(&stopping);
  }
  uf_points_free(&points);
}

int main(void) {
  fixture_open(&ctx, 2, NULL);
  RUN(target_is_reached_on_every_shape);
  RUN(more_is_found_when_more_is_wanted);
  RUN(any_metric_that_has_float_rows);
  RUN(any_size);
  RUN(many_equal_rows);
  RUN(lists_hold_every_row_once);
  RUN(codes_are_within_half_a_step);
  RUN(margins_are_differences_of_squared_distances);
  RUN(limits_choose_the_least_margins);
  RUN(same_everywhere);
  RUN(search_can_be_stopped);
  uf_session_close(&ctx);
  return check_report();
}
