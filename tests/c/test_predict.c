/* test_predict.c: new rows against the same steps in plain double, and what is promised of each:
 * its own place if it was there before, whatever the other rows, threads or instruction set. */
#include "arith/arith.h"

#include "check.h"
#include "graph/smooth_knn.h"
#include "fixtures.h"

#include "layout/curve.h"
#include "data/duplicates.h"
#include "model/predict.h"
#include "neighbors/table.h"

/* Odd sizes: groups of 16 that are not full. */
enum { OLD = 75, NEW = 21, K = 7, COLUMNS = 6, MAX_D = 5, NEGATIVES = 32, SEED = 42 };

static uf_predict_options usual_options(int n_epochs) {
  uf_predict_options options = {.fuzzy = {1, 1, 1, INFINITY, 0},
                                .layout = fixture_layout_options(UF_LAYOUT_BATCH, n_epochs),
                                .seed = SEED};
  uf_fit_curve(0.1, 1, &options.layout.a, &options.layout.b);
  return options;
}

static float *old_layout(int d) {
  float *layout = fixture_floats(OLD * d);
  for (int i = 0; i < OLD * d; i++) layout[i] = (float)(3 * fixture_normal(1, i));
  return layout;
}

/* Frees what the block found or was given. */
static uf_status place_in(uf_context *ctx, uf_query_block *blocks, int n_blocks, int d,
                          int n_epochs, float *placed) {
  uf_predict_options options = usual_options(n_epochs);
  float *old = old_layout(d);
  const uf_old_layout layout = {.position = old, .n = OLD, .d = d};
  uf_status status = uf_predict(ctx, blocks, n_blocks, &layout, &options, placed);
  for (int v = 0; v < n_blocks; v++) uf_query_block_free(&blocks[v]);
  free(old);
  return status;
}

/* ---- given neighbors, against plain steps ---- */

/* Each row has neighbors of its own, at ascending distances. */
static uf_query_block given_block(uf_context *ctx) {
  uf_query_block block = {.max_distance = INFINITY, .mean_distance = 1.5, .weight = 0.5};
  if (uf_neighbors_alloc(ctx, NEW, K, &block.neighbors) != UF_OK) exit(2);
  for (int i = 0; i < NEW; i++)
    for (int c = 0; c < K; c++) {
      block.neighbors.index[i * K + c] = (5 * i + 11 * c) % OLD;
      block.neighbors.distance[i * K + c] =
          (float)(0.5 + 0.3 * c + 0.2 * fixture_unit(2, i * K + c));
    }
  return block;
}

typedef struct plain_row {
  int d;
  const float *old;
  int neighbor[K];
  double weight[K], degree;
  double y[MAX_D], moment1[MAX_D], moment2[MAX_D];
} plain_row;

static double squared(const double *x, const float *y, int d) {
  double sum = 0;
  for (int c = 0; c < d; c++) sum += (x[c] - y[c]) * (x[c] - y[c]);
  return sum;
}

static void take_place(plain_row *row, int old) {
  for (int c = 0; c < row->d; c++) row->y[c] = row->old[old * row->d + c];
}

/* Begins at the neighbor with the largest Σ w / (1 + d²) over the others. */
static void plain_init(plain_row *row) {
  double most = -1;
  int start = -1;
  for (int c = 0; c < K; c++) {
    double sum = 0;
    take_place(row, row->neighbor[c]);
    for (int e = 0; e < K; e++)
      sum += row->weight[e] / (1 + squared(row->y, row->old + row->neighbor[e] * row->d, row->d));
    if (sum > most) start = row->neighbor[c];
    most = fmax(most, sum);
  }
  take_place(row, start);
}

/* The table counts old rows from NEW on: they are other rows than the new ones. */
static plain_row plain_row_of(uf_context *ctx, const uf_neighbors *table, const float *old, int d,
                              int i) {
  plain_row row = {.d = d, .old = old};
  uf_fuzzy_options options = usual_options(0).fuzzy;
  float rho[NEW], sigma[NEW];
  options.mean_distance = 1.5;
  CHECK(uf_smooth_knn(ctx, table, &options, rho, sigma) == UF_OK);
  for (int c = 0; c < K; c++) {
    double distance = table->distance[i * K + c];
    row.neighbor[c] = table->index[i * K + c] - NEW;
    row.weight[c] = exp(-fmax(0, distance - rho[i]) / sigma[i]);
    row.degree += row.weight[c];
  }
  plain_init(&row);
  return row;
}

/* Attraction by the neighbors, at one end; repulsion by the epoch's random old rows; Adam. */
static void plain_epoch(plain_row *row, const uf_layout_options *o, int epoch) {
  int d = row->d;
  double force[MAX_D] = {0}, left = 1 - (double)epoch / o->n_epochs;
  for (int e = 0; e < K; e++) {
    const float *other = row->old + row->neighbor[e] * d;
    double d2 = fmax(squared(row->y, other, d), 1e-6);
    double pull = 2 * o->a * o->b * row->weight[e] * pow(d2, o->b - 1) / (1 + o->a * pow(d2, o->b));
    for (int c = 0; c < d; c++) force[c] += pull * (other[c] - row->y[c]);
  }
  uint64_t key = uf_key(SEED, UF_STAGE_PREDICT, (uint64_t)epoch, 0);
  for (int k = 0; k < NEGATIVES; k++) {
    const float *other = row->old + uf_draw_index(key, (uint64_t)k, OLD) * d;
    double d2 = fmax(squared(row->y, other, d), 1e-6);
    double push = 2 * o->b / ((o->softening + d2) * (1 + o->a * pow(d2, o->b)));
    for (int c = 0; c < d; c++)
      force[c] += row->degree * o->negative_sample_rate / NEGATIVES *
                  fmax(-o->clip, fmin(o->clip, push * (row->y[c] - other[c])));
  }
  for (int c = 0; c < d; c++) {
    row->moment1[c] += (1 - o->beta1) * (force[c] - row->moment1[c]);
    row->moment2[c] += (1 - o->beta2) * (force[c] * force[c] - row->moment2[c]);
    double mean = row->moment1[c] / (1 - pow(o->beta1, epoch + 1));
    double square = row->moment2[c] / (1 - pow(o->beta2, epoch + 1));
    row->y[c] += 0.25 * 2 * o->learning_rate * left * left * mean / (sqrt(square) + o->epsilon);
  }
}

TEST(rows_go_where_plain_steps_go) {
  uf_context ctx;
  fixture_open(&ctx, 2, NULL);
  for (int d = 1; d <= MAX_D; d++)
    for (int n_epochs = 0; n_epochs <= 4; n_epochs++) {
      uf_layout_options options = usual_options(n_epochs).layout;
      uf_query_block block = given_block(&ctx), same = given_block(&ctx);
      float *old = old_layout(d), *placed = fixture_floats(NEW * d);
      CHECK(place_in(&ctx, &block, 1, d, n_epochs, placed) == UF_OK);
      for (int at = 0; at < NEW * K; at++) same.neighbors.index[at] += NEW;
      for (int i = 0; i < NEW; i++) {
        plain_row row = plain_row_of(&ctx, &same.neighbors, old, d, i);
        for (int epoch = 0; epoch < n_epochs; epoch++) plain_epoch(&row, &options, epoch);
        /* the kernel's powers are good to 2e-4 */
        for (int c = 0; c < d; c++) CHECK_CLOSE(placed[i * d + c], row.y[c], n_epochs ? 2e-3 : 0);
      }
      uf_query_block_free(&same);
      free(old);
      free(placed);
    }
  uf_session_close(&ctx);
}

TEST(rows_without_neighbors_are_lost_alone) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  uf_query_block block = given_block(&ctx), all = given_block(&ctx);
  float placed[2 * NEW], expected[2 * NEW];
  for (int c = 0; c < K; c++) block.neighbors.index[4 * K + c] = -1;
  CHECK(place_in(&ctx, &all, 1, 2, 10, expected) == UF_OK);
  CHECK(place_in(&ctx, &block, 1, 2, 10, placed) == UF_OK);
  CHECK(isnan(placed[2 * 4]) && isnan(placed[2 * 4 + 1]));
  CHECK(fixture_same(placed, expected, 2 * 4));
  CHECK(fixture_same(placed + 2 * 5, expected + 2 * 5, 2 * (NEW - 5)));
  uf_session_close(&ctx);
}

/* A row joins its own category where categories count in full. */
TEST(categories_choose_among_neighbors) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  int category[NEW + OLD];
  float placed[2 * NEW], *old = old_layout(2);
  for (int i = 0; i < NEW; i++) category[i] = i % 2;
  for (int i = 0; i < OLD; i++) category[NEW + i] = i % 2;
  uf_query_block blocks[2] = {given_block(&ctx), {.category = category, .weight = 1}};
  uf_query_block same = given_block(&ctx);
  CHECK(place_in(&ctx, blocks, 2, 2, 0, placed) == UF_OK);
  for (int i = 0; i < NEW; i++) {
    int own = 0;
    for (int c = 0; c < K; c++) {
      int neighbor = same.neighbors.index[i * K + c];
      own += neighbor % 2 == i % 2 && fixture_same(placed + 2 * i, old + 2 * neighbor, 2);
    }
    CHECK(own == 1);
  }
  uf_query_block_free(&same);
  free(old);
  uf_session_close(&ctx);
}

/* ---- points ---- */

typedef struct cohort {
  uf_preparation preparation;
  uf_points points, queries;
  int *hash;
} cohort;

/* Old rows are n × COLUMNS around three centers, rows 30 to 44 all the same. */
static double *old_rows(void) {
  double *x = fixture_clusters(OLD, COLUMNS, 3);
  for (int c = 0; c < COLUMNS; c++)
    for (int i = 31; i < 45; i++) x[c * OLD + i] = x[c * OLD + 30];
  return x;
}

static cohort cohort_of(uf_context *ctx, const double *later, int n_later) {
  const uf_metric_choice choice = {.metric = UF_EUCLIDEAN};
  cohort c = {.hash = fixture_ints(OLD)};
  double *x = old_rows();
  uf_matrix matrix = {.values = x, .n = OLD, .d = COLUMNS};
  uf_matrix new_matrix = {.values = later, .n = n_later, .d = COLUMNS};
  CHECK(uf_preparation_make(ctx, &matrix, &choice, &c.preparation) == UF_OK);
  CHECK(uf_points_prepare(ctx, &matrix, &c.preparation, &c.points) == UF_OK);
  CHECK(uf_points_prepare_new(ctx, &new_matrix, &c.preparation, &c.queries) == UF_OK);
  CHECK(uf_hash_rows(ctx, &c.points, c.hash) == UF_OK);
  free(x);
  return c;
}

static void cohort_free(cohort *c) {
  uf_preparation_free(&c->preparation);
  uf_points_free(&c->points);
  uf_points_free(&c->queries);
  free(c->hash);
}

static uf_query_block block_of(const cohort *c) {
  return (uf_query_block){.points = &c->points,
                          .queries = &c->queries,
                          .hash = c->hash,
                          .k = K,
                          .max_distance = INFINITY,
                          .mean_distance = 1,
                          .weight = 0.5};
}

static float *place_rows(uf_context *ctx, const double *later, int n_later) {
  cohort c = cohort_of(ctx, later, n_later);
  uf_query_block block = block_of(&c);
  float *placed = fixture_floats(2 * n_later);
  CHECK(place_in(ctx, &block, 1, 2, 10, placed) == UF_OK);
  cohort_free(&c);
  return placed;
}

TEST(known_rows_land_on_themselves) {
  uf_context ctx;
  fixture_open(&ctx, 2, NULL);
  double *x = old_rows();
  float *placed = place_rows(&ctx, x, OLD), *old = old_layout(2);
  for (int i = 0; i < OLD; i++) {
    int first = i > 30 && i < 45 ? 30 : i;
    CHECK(fixture_same(placed + 2 * i, old + 2 * first, 2));
  }
  free(x);
  free(placed);
  free(old);
  uf_session_close(&ctx);
}

/* The neighbors that are given hold no row's duplicate. */
TEST(twins_that_the_search_has_missed_are_found) {
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  double *x = old_rows(), *later = fixture_doubles(NEW * COLUMNS);
  float placed[2 * NEW], *old = old_layout(2);
  for (int i = 0; i < NEW; i++)
    for (int c = 0; c < COLUMNS; c++) later[c * NEW + i] = x[c * OLD + (5 * i + 3) % OLD];
  cohort c = cohort_of(&ctx, later, NEW);
  uf_query_block block = block_of(&c), given = given_block(&ctx);
  block.neighbors = given.neighbors;
  CHECK(place_in(&ctx, &block, 1, 2, 10, placed) == UF_OK);
  for (int i = 0; i < NEW; i++) {
    int duplicate = (5 * i + 3) % OLD, first = duplicate > 30 && duplicate < 45 ? 30 : duplicate;
    CHECK(fixture_same(placed + 2 * i, old + 2 * first, 2));
  }
  cohort_free(&c);
  free(x);
  free(later);
  free(old);
  uf_session_close(&ctx);
}

/* count rows of a larger set, from `first` on in steps of `step`. */
static double *some_rows(const double *rows, int n, int first, int step, int count) {
  double *some = fixture_doubles((int64_t)count * COLUMNS);
  for (int c = 0; c < COLUMNS; c++)
    for (int i = 0; i < count; i++) some[c * count + i] = rows[c * n + first + step * i];
  return some;
}

static double *new_rows(int n) {
  double *rows = fixture_doubles((int64_t)n * COLUMNS);
  for (int c = 0; c < COLUMNS; c++)
    for (int i = 0; i < n; i++)
      rows[c * n + i] = 0.7 * fixture_normal(3, i * COLUMNS + c) + (c == i % 3 ? 8 : 0);
  return rows;
}

/* A table of rows that are nearly all the same takes no longer than a table of different rows. */
TEST(rows_of_one_hash_keep_their_order) {
  enum { ROWS = 300000, HASHES = 3 };
  int *hash = fixture_ints(ROWS);
  for (int i = 0; i < ROWS; i++) hash[i] = 16 * (i % HASHES); /* of one slot, but for the mask */
  uf_context ctx;
  uf_row_table table;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_row_table_make(&ctx, hash, ROWS, &table) == UF_OK);
  for (int h = 0; h < HASHES; h++) {
    int row = uf_row_first(&table, 16 * h), wanted = h;
    for (; row >= 0; row = table.next[row], wanted += HASHES)
      if (row != wanted) break;
    CHECK(row == -1 && wanted == ROWS + h);
  }
  CHECK(uf_row_first(&table, 7) == -1);
  uf_row_table_free(&table);
  uf_session_close(&ctx);
  free(hash);
}

TEST(company_does_not_count) {
  enum { ROWS = 2 * NEW + 1 };
  uf_context ctx;
  fixture_open(&ctx, 2, NULL);
  double *rows = new_rows(ROWS), *reversed = some_rows(rows, ROWS, ROWS - 1, -1, ROWS);
  float *placed = place_rows(&ctx, rows, ROWS), *backwards = place_rows(&ctx, reversed, ROWS);
  for (int i = 0; i < ROWS; i++) {
    double *row = some_rows(rows, ROWS, i, 1, 1);
    float *alone = place_rows(&ctx, row, 1);
    CHECK(fixture_same(alone, placed + 2 * i, 2));
    CHECK(fixture_same(backwards + 2 * (ROWS - 1 - i), placed + 2 * i, 2));
    free(row);
    free(alone);
  }
  free(rows);
  free(reversed);
  free(placed);
  free(backwards);
  uf_session_close(&ctx);
}

/* More rows than a task has. */
TEST(the_same_bits_everywhere) {
  enum { ROWS = 701 };
  double *rows = new_rows(ROWS);
  float *expected = NULL;
  for (int isa = 0; isa < FIXTURE_ISAS; isa++)
    for (int t = 0; t < FIXTURE_THREADS; t++) {
      uf_context ctx;
      fixture_open(&ctx, fixture_threads[t], fixture_isa[isa]);
      float *placed = place_rows(&ctx, rows, ROWS);
      if (!expected) expected = place_rows(&ctx, rows, ROWS);
      CHECK(fixture_all_finite(placed, 2 * ROWS));
      CHECK(fixture_same(placed, expected, 2 * ROWS));
      free(placed);
      uf_session_close(&ctx);
    }
  free(expected);
  free(rows);
}

TEST(interrupts_are_heard) {
  for (int n_threads = 1; n_threads <= 2; n_threads++) {
    uf_context ctx;
    int polls;
    float placed[2 * NEW];
    fixture_open_stopping(&ctx, n_threads, &polls);
    uf_query_block block = given_block(&ctx);
    uf_status status = place_in(&ctx, &block, 1, 2, 10, placed);
    CHECK(fixture_stopped(status, &ctx, polls));
    uf_session_close(&ctx);
  }
}

int main(void) {
  RUN(rows_go_where_plain_steps_go);
  RUN(rows_without_neighbors_are_lost_alone);
  RUN(categories_choose_among_neighbors);
  RUN(known_rows_land_on_themselves);
  RUN(twins_that_the_search_has_missed_are_found);
  RUN(rows_of_one_hash_keep_their_order);
  RUN(company_does_not_count);
  RUN(the_same_bits_everywhere);
  RUN(interrupts_are_heard);
  return check_report();
}
