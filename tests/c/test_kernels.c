/* test_kernels.c: every instruction set gives the bits of the scalar kernels, and these agree with
 * plain double arithmetic. */
#include "arith.h"

#include <stdlib.h>

#include "check.h"
#include "memory.h"
#include "random.h"

/* The scalar lanes again, to look into exp_kernels.h. */
#include "simd/lanes_scalar.h"

#include "simd/exp_kernels.h"

enum { MAX_TABLES = 6 };

static const uf_kernels *tables[MAX_TABLES]; /* all but the scalar one that this processor has */
static int n_tables;
static const uf_kernels *scalar;
static uf_context ctx;
static uint64_t draws;

static void find_tables(void) {
  const char *const names[] = {"sse2", "fma", "avx2", "avx512", "vnni", "neon"};
  scalar = uf_kernels_choose("scalar");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const uf_kernels *table = uf_kernels_choose(names[i]);
    if (strcmp(table->name, names[i]) == 0) tables[n_tables++] = table;
  }
}

static uint64_t next_bits(void) { return uf_draw(uf_key(2, UF_STAGE_SAMPLE, 0, 0), draws++); }

static float next_in(float low, float high) {
  return low + (high - low) * ((float)(next_bits() >> 40) * 0x1p-24f);
}

static int next_index(int n) { return uf_draw_index(uf_key(3, UF_STAGE_SAMPLE, 0, 0), draws++, n); }

static void *new_array(int64_t count, size_t size) {
  void *block = uf_calloc(&ctx, count, size);
  if (!block) exit(2);
  return block;
}

static float *new_floats(int64_t count) { return new_array(count, sizeof(float)); }

static float *random_floats(int64_t count, float low, float high) {
  float *x = new_floats(count);
  for (int64_t i = 0; i < count; i++) x[i] = next_in(low, high);
  return x;
}

static float *copy_of(const float *x, int64_t count) {
  float *y = new_floats(count);
  if (count) memcpy(y, x, (size_t)count * sizeof *y);
  return y;
}

static int same_floats(const float *x, const float *y, int64_t count) {
  return memcmp(x, y, (size_t)count * sizeof *x) == 0;
}

TEST(tables_are_found) {
  CHECK(strcmp(scalar->name, "scalar") == 0);
  CHECK(uf_kernels_choose("sse9") == NULL);
  CHECK(uf_kernels_choose(NULL) == uf_kernels_choose(""));
  CHECK(n_tables == 0 || uf_kernels_choose(NULL) == tables[n_tables - 1]);
}

/* ---- distances ---- */

static double plain_distance(const float *x, const float *y, size_t stride, int squared) {
  double sum = 0;
  for (size_t j = 0; j < stride; j++) {
    double difference = (double)x[j] - y[j];
    sum += squared ? difference * difference : fabs(difference);
  }
  return sum;
}

static uf_distance_kernel *distance_of(const uf_kernels *table, int squared) {
  return squared ? table->squared_euclidean : table->manhattan;
}

static void check_distances(size_t stride, int n_rows, float size, int squared) {
  enum { N = 40 };
  float *points = random_floats(N * (int64_t)stride, -size, size);
  float *query = random_floats((int64_t)stride, -size, size);
  float wanted[24], got[24];
  int rows[24];
  for (int r = 0; r < n_rows; r++) rows[r] = next_index(N);
  wanted[n_rows] = -1;
  distance_of(scalar, squared)(query, points, stride, rows, n_rows, wanted);
  CHECK(wanted[n_rows] == -1);
  for (int r = 0; r < n_rows; r++) {
    double plain = plain_distance(query, points + stride * (size_t)rows[r], stride, squared);
    CHECK_CLOSE(wanted[r], plain, 1e-6 * plain);
  }
  for (int t = 0; t < n_tables; t++) {
    got[n_rows] = -1;
    distance_of(tables[t], squared)(query, points, stride, rows, n_rows, got);
    CHECK(same_floats(got, wanted, n_rows) && got[n_rows] == -1);
  }
  uf_free(points);
  uf_free(query);
}

TEST(distances) {
  const int n_rows[] = {0, 1, 2, 3, 4, 5, 7, 8, 23};
  const float sizes[] = {1, 1e-15f, 1e15f};
  for (size_t stride = 16; stride <= 160; stride += 16)
    for (size_t i = 0; i < sizeof n_rows / sizeof *n_rows; i++)
      for (int s = 0; s < 3; s++)
        for (int squared = 0; squared < 2; squared++)
          check_distances(stride, n_rows[i], sizes[s], squared);
}

TEST(distance_to_itself_is_zero) {
  float *x = random_floats(48, -1, 1);
  for (int t = -1; t < n_tables; t++)
    for (int squared = 0; squared < 2; squared++) {
      float d = 1;
      distance_of(t < 0 ? scalar : tables[t], squared)(x, x, 48, (int[]){0}, 1, &d);
      CHECK(d == 0);
    }
  uf_free(x);
}

/* ---- matrix products ---- */

static void check_product_against_plain(const float *a, size_t a_stride, int n, int depth,
                                        const float *b, int m, const float *offset, const float *c,
                                        size_t c_stride) {
  for (int i = 0; i < n; i++)
    for (int k = 0; k < m; k++) {
      double sum = offset ? offset[k] : 0, size = fabs(sum);
      for (int j = 0; j < depth; j++) {
        double term =
            (double)a[a_stride * (size_t)i + (size_t)j] * b[(size_t)m * (size_t)j + (size_t)k];
        sum += term;
        size += fabs(term);
      }
      CHECK_CLOSE(c[c_stride * (size_t)i + (size_t)k], sum, (depth + 1) * 0x1p-24 * size);
    }
}

static void check_product(int n, int depth, int m, int with_offset) {
  size_t a_stride = (size_t)depth + 3, c_stride = (size_t)m + 5;
  int64_t c_size = n * (int64_t)c_stride;
  float *a = random_floats(n * (int64_t)a_stride, -1, 1),
        *b = random_floats((int64_t)depth * m, -1, 1);
  float *offset = with_offset ? random_floats(m, -1, 1) : NULL;
  float *before = random_floats(c_size, 5, 6), *wanted = copy_of(before, c_size);
  scalar->product(a, a_stride, n, depth, b, m, offset, wanted, c_stride);
  check_product_against_plain(a, a_stride, n, depth, b, m, offset, wanted, c_stride);
  for (int i = 0; i < n; i++)
    CHECK(same_floats(wanted + c_stride * (size_t)i + m, before + c_stride * (size_t)i + m,
                      5)); /* between rows */
  for (int t = 0; t < n_tables; t++) {
    float *got = copy_of(before, c_size);
    tables[t]->product(a, a_stride, n, depth, b, m, offset, got, c_stride);
    CHECK(same_floats(got, wanted, c_size));
    uf_free(got);
  }
  uf_free(a);
  uf_free(b);
  uf_free(offset);
  uf_free(before);
  uf_free(wanted);
}

TEST(products) {
  const int n[] = {1, 2, 3, 5, 6, 7, 13}, depth[] = {0, 1, 3, 17, 101};
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 5; j++)
      for (int m = 16; m <= 144; m += 16) check_product(n[i], depth[j], m, (i + j + m / 16) % 2);
}

/* ---- codes ---- */

static void check_encoding(int m, int limit, int with_shift, float size) {
  float *x = random_floats(m, -size, size), *shift = random_floats(m, -size, size);
  int8_t wanted[UF_MOST_CODES], got[UF_MOST_CODES];
  uf_code_head head, other;
  if (m > 16) x[3] = 5 * size; /* an outlier takes the scale for itself */
  scalar->encode(x, with_shift ? shift : NULL, m, limit, wanted, &head);
  double sum = 0, squares = 0;
  for (int j = 0; j < m; j++) {
    double value = (double)x[j] + (with_shift ? (double)shift[j] : 0);
    CHECK(wanted[j] >= -limit && wanted[j] <= limit);
    CHECK_CLOSE(head.scale * wanted[j], value, 0.501 * head.scale + 1e-6 * size);
    sum += wanted[j];
    squares += (double)wanted[j] * wanted[j];
  }
  CHECK(head.sum == (int32_t)sum);
  CHECK_CLOSE(head.half_norm, 0.5 * head.scale * head.scale * squares,
              1e-6 * head.half_norm + 1e-38);
  for (int t = 0; t < n_tables; t++) {
    tables[t]->encode(x, with_shift ? shift : NULL, m, limit, got, &other);
    CHECK(memcmp(got, wanted, (size_t)m) == 0);
    CHECK(other.sum == head.sum && same_floats(&other.scale, &head.scale, 1));
    CHECK(same_floats(&other.half_norm, &head.half_norm, 1));
  }
  uf_free(x);
  uf_free(shift);
}

TEST(codes) {
  const int m[] = {16, 48, 96, UF_MOST_CODES};
  const float size[] = {0, 1e-20f, 1, 1e12f};
  for (int i = 0; i < 4; i++)
    for (int s = 0; s < 4; s++)
      for (int with_shift = 0; with_shift < 2; with_shift++) {
        check_encoding(m[i], UF_LARGEST_PLACE, with_shift, size[s]);
        check_encoding(m[i], UF_LARGEST_QUERY, with_shift, size[s]);
      }
}

/* ---- scan of quantised rows ---- */

enum { SCAN_POINTS_MAX = 16 * 40 };

/* Scales are powers of two, so that every distance is exact in float. */
typedef struct scan_case {
  int depth4, n_panels, n_rows, keep, capacity, from, to;
  int8_t *query;
  uf_code_head *head;
  uint8_t *panels;
  float *scale, *half_norm;
  int *lists;
} scan_case;

/* Codes are drawn small (many equal scores), large, or from both ends alone (largest sums). */
static int8_t next_code(int kind, int limit) {
  if (kind == 2) return (int8_t)(next_index(2) ? limit : -limit);
  int largest = kind == 0 ? 2 : limit;
  return (int8_t)(next_index(2 * largest + 1) - largest);
}

static float next_scale(void) { return next_index(2) ? 1 : 0.5f; }

static void make_query(scan_case *c, int row, int kind) {
  int32_t squares = 0, sum = 0;
  for (int k = 0; k < 4 * c->depth4; k++) {
    int8_t code = next_code(kind, UF_LARGEST_QUERY);
    c->query[4 * c->depth4 * row + k] = code;
    squares += code * code;
    sum += code;
  }
  float scale = next_scale();
  c->head[row] = (uf_code_head){scale, 0.5f * scale * scale * (float)squares, sum};
}

static size_t byte_of(const scan_case *c, int place, int k) {
  return (size_t)(place / 16) * 64 * (size_t)c->depth4 +
         (size_t)(64 * (k / 4) + 4 * (place % 16) + k % 4);
}

static void make_place(scan_case *c, int place, int kind) {
  int32_t squares = 0;
  for (int k = 0; k < 4 * c->depth4; k++) {
    int8_t code = next_code(kind, UF_LARGEST_PLACE);
    c->panels[byte_of(c, place, k)] = (uint8_t)(code + UF_CODE_BIAS);
    squares += code * code;
  }
  c->scale[place] = next_scale();
  c->half_norm[place] = 0.5f * c->scale[place] * c->scale[place] * (float)squares;
  if (next_index(10) == 0) c->half_norm[place] = UF_HALF_NORM_OF_NOTHING;
}

static scan_case scan_case_make(int depth4, int n_panels, int n_rows, int keep, int kind) {
  scan_case c = {.depth4 = depth4,
                 .n_panels = n_panels,
                 .n_rows = n_rows,
                 .keep = keep,
                 .capacity = (keep + 47) / 16 * 16};
  c.from = n_panels > 3 ? 1 : 0;
  c.to = n_panels;
  c.query = new_array((int64_t)n_rows * 4 * depth4, 1);
  c.head = new_array(n_rows, sizeof *c.head);
  c.panels = new_array((int64_t)n_panels * 64 * depth4, 1);
  c.scale = new_floats(n_panels * 16);
  c.half_norm = new_floats(n_panels * 16);
  c.lists = new_array(n_rows, sizeof *c.lists);
  for (int i = 0; i < n_rows; i++) {
    make_query(&c, i, kind);
    c.lists[i] = n_rows - 1 - i;
  }
  for (int place = 0; place < 16 * n_panels; place++) make_place(&c, place, kind);
  return c;
}

static void scan_case_free(scan_case *c) {
  uf_free(c->query);
  uf_free(c->head);
  uf_free(c->panels);
  uf_free(c->scale);
  uf_free(c->half_norm);
  uf_free(c->lists);
}

static int32_t score_of_distance(float half_squared) {
  int32_t bits;
  memcpy(&bits, &half_squared, sizeof bits);
  return -bits;
}

/* Orders candidates: the better score first, then the place met first. */
static uint64_t candidate_key(int32_t score, int32_t place) {
  return ((uint64_t)((uint32_t)score ^ 0x80000000u) << 32) | (uint32_t)~place;
}

static int descending(const void *x, const void *y) {
  uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
  return (a < b) - (a > b);
}

/* The best `keep` keys of a row, sorted; returns how many there are. */
static int plain_best(const scan_case *c, int row, uint64_t *keys) {
  int n = 0;
  for (int place = 16 * c->from; place < 16 * c->to; place++) {
    if (c->half_norm[place] == UF_HALF_NORM_OF_NOTHING) continue;
    double sum = 0;
    for (int k = 0; k < 4 * c->depth4; k++) {
      double a = c->head[row].scale * c->query[4 * c->depth4 * row + k];
      double b = c->scale[place] * (c->panels[byte_of(c, place, k)] - UF_CODE_BIAS);
      sum += (a - b) * (a - b);
    }
    keys[n++] = candidate_key(score_of_distance((float)(sum / 2)), place);
  }
  qsort(keys, (size_t)n, sizeof *keys, descending);
  return n < c->keep ? n : c->keep;
}

/* Scans in two calls, as a search does that goes from cluster to cluster. */
static void run_scan(const scan_case *c, const uf_kernels *table, uint64_t *keys, int *count) {
  int32_t threshold[32];
  int32_t *lists = new_array(2 * (int64_t)c->n_rows * c->capacity, sizeof *lists);
  for (int i = 0; i < c->n_rows; i++) {
    threshold[i] = UF_SCORE_OF_NOTHING;
    count[i] = 0;
  }
  uf_scan scan = {.depth4 = c->depth4,
                  .panels = c->panels,
                  .scale = c->scale,
                  .half_norm = c->half_norm,
                  .query = c->query,
                  .query_stride = (size_t)(4 * c->depth4),
                  .head = c->head,
                  .list = c->lists,
                  .keep = c->keep,
                  .capacity = c->capacity,
                  .score = lists,
                  .place = lists + c->n_rows * c->capacity,
                  .count = count,
                  .threshold = threshold};
  int middle = (c->from + c->to) / 2;
  table->scan_panels(&scan, c->n_rows, c->from, middle);
  table->scan_panels(&scan, c->n_rows, middle, c->to);
  for (int i = 0; i < c->n_rows; i++) {
    table->cut_list(&scan, i);
    uint64_t *list = keys + c->capacity * i;
    for (int e = 0; e < count[i]; e++)
      list[e] = candidate_key(scan.score[c->capacity * i + e], scan.place[c->capacity * i + e]);
    qsort(list, (size_t)count[i], sizeof *list, descending);
    if (count[i] < c->keep) continue;
    int n = 1 + c->keep / 2, reaching = 0;
    int32_t score = table->nth_score(&scan, i, n);
    for (int e = 0; e < count[i]; e++) reaching += list[e] >= candidate_key(score, INT32_MAX);
    CHECK(reaching >= n);
  }
  uf_free(lists);
}

static void check_scan(const scan_case *c) {
  static uint64_t best[SCAN_POINTS_MAX];
  uint64_t *keys = new_array((int64_t)c->n_rows * c->capacity, sizeof *keys);
  int count[32];
  for (int t = -1; t < n_tables; t++) {
    run_scan(c, t < 0 ? scalar : tables[t], keys, count);
    for (int i = 0; i < c->n_rows; i++) {
      int list = c->lists[i], n = plain_best(c, i, best);
      CHECK(count[list] == n);
      CHECK(memcmp(keys + (size_t)c->capacity * (size_t)list, best, (size_t)n * sizeof *best) == 0);
    }
  }
  uf_free(keys);
}

TEST(scans) {
  const int depth4[] = {1, 2, 5, 24}, n_panels[] = {1, 2, 3, 7, 40},
            n_rows[] = {1, 2, 3, 6, 7, 13, 20}, keep[] = {1, 5, 33};
  for (int d = 0; d < 4; d++)
    for (int p = 0; p < 5; p++)
      for (int r = 0; r < 7; r++)
        for (int k = 0; k < 3; k++) {
          scan_case c =
              scan_case_make(depth4[d], n_panels[p], n_rows[r], keep[k], (d + p + r + k) % 3);
          check_scan(&c);
          scan_case_free(&c);
        }
}

/* ---- exponentials ---- */

static float one_exp2(float x) { return vf_exp2(vf_set(x)).at[0]; }

static float one_log2(float x) { return vf_log2(vf_set(x)).at[0]; }

/* The header's bounds are before rounding, which adds about one place: 2^-23 relative of exp2,
 * 2^-24 of a log2 below ½. */
TEST(powers_of_two_and_logarithms) {
  double exp_error = 0, exp_far = 0, log_error = 0, log_far = 0;
  for (float x = -0.5f; x <= 0.5f; x += 0x1p-19f)
    exp_error = fmax(exp_error, fabs(one_exp2(x) / exp2(x) - 1));
  for (float x = 0.70710678f; x < 1.41421356f; x += 0x1p-19f)
    log_error = fmax(log_error, fabs(one_log2(x) - log2(x)));
  for (int i = 0; i < 200000; i++) {
    float x = next_in(-126, 127), y = ldexpf(next_in(1, 2), next_index(253) - 126);
    exp_far = fmax(exp_far, fabs(one_exp2(x) / exp2(x) - 1));
    log_far = fmax(log_far, fabs(one_log2(y) - log2(y)) / fmax(1, fabs(log2(y))));
  }
  CHECK_CLOSE(exp_error, 0, 0x1p-23);
  CHECK_CLOSE(exp_far, 0, 0x1p-23);
  CHECK_CLOSE(log_error, 0, 1e-7 + 0x1p-24);
  CHECK_CLOSE(log_far, 0, 1e-7 + 0x1p-24);
  CHECK(one_exp2(0) == 1 && one_exp2(-126) == 0x1p-126f && one_exp2(127) == 0x1p127f &&
        one_exp2(-1e30f) == 0x1p-126f);
  CHECK(one_log2(1) == 0 && one_log2(0x1p-126f) == -126 && one_log2(0x1p100f) == 100);
}

static void check_exponentials(int n, float largest, float sigma) {
  float *x = random_floats(n, 0, largest), *wanted = new_floats(n), *got = new_floats(n);
  if (n) x[n / 2] = 0;
  float sum = scalar->exp_sum(x, n, sigma);
  scalar->exp_terms(x, n, sigma, wanted);
  double plain_sum = 0;
  for (int i = 0; i < n; i++) {
    double exponent = (double)x[i] / sigma, plain = exp(-exponent);
    plain_sum += plain;
    /* the exponent is rounded in float; below 2^-126 the term stays there */
    CHECK_CLOSE(wanted[i], plain, (1 + exponent) * 0x1p-22 * plain + 0x1.1p-126);
  }
  CHECK_CLOSE(sum, plain_sum, 1e-5 * plain_sum + n * 0x1.1p-126);
  for (int t = 0; t < n_tables; t++) {
    float other = tables[t]->exp_sum(x, n, sigma);
    tables[t]->exp_terms(x, n, sigma, got);
    CHECK(same_floats(&other, &sum, 1) && same_floats(got, wanted, n));
  }
  uf_free(x);
  uf_free(wanted);
  uf_free(got);
}

TEST(exponentials) {
  for (int n = 0; n <= 208; n += 16)
    for (int e = -30; e <= 30; e += 5) {
      check_exponentials(n, ldexpf(1, e), 1);
      check_exponentials(n, 10, ldexpf(0.7f, e));
    }
}

/* The bandwidth's search may come down to nothing. */
TEST(exponentials_of_extreme_sigma) {
  const float sigma[] = {0, 0x1p-149f, 1e-38f, 1e38f, INFINITY};
  float *x = random_floats(32, 0, 3), wanted[32], got[32];
  x[3] = 0;
  for (int s = 0; s < 5; s++) {
    scalar->exp_terms(x, 32, sigma[s], wanted);
    for (int i = 0; i < 32; i++) CHECK(wanted[i] >= 0 && wanted[i] <= 1);
    for (int t = 0; t < n_tables; t++) {
      tables[t]->exp_terms(x, 32, sigma[s], got);
      CHECK(same_floats(got, wanted, 32));
    }
  }
  uf_free(x);
}

/* ---- the layout ---- */

enum { GROUPS = 6, VERTICES = 16 * GROUPS, NEGATIVES = 11 };

typedef struct layout_case {
  uf_layout_step step;
  int64_t start[GROUPS + 1];
  float *position, *next, *degree, *moment1, *moment2, *weight, *negatives, *scratch;
  int32_t *neighbor;
} layout_case;

/* Group 2 has no edges; half of the lanes are empty; some neighbours and negatives lie where the
 * vertex lies. */
static layout_case layout_case_make(int d, float size) {
  layout_case c = {0};
  for (int g = 0; g < GROUPS; g++) c.start[g + 1] = c.start[g] + (g == 2 ? 0 : 1 + 3 * g);
  int64_t slots = c.start[GROUPS];
  c.position = random_floats(VERTICES * d, -size, size);
  c.next = random_floats(VERTICES * d, 5, 6);
  c.degree = new_floats(VERTICES);
  c.moment1 = random_floats(VERTICES * d, -1, 1);
  c.moment2 = random_floats(VERTICES * d, 0, 1);
  c.weight = new_floats(slots * 16);
  c.neighbor = new_array(slots * 16, sizeof *c.neighbor);
  c.negatives = random_floats(NEGATIVES * d, -size, size);
  c.scratch = new_floats(48 * d);
  memcpy(c.position + 7 * d, c.position + 40 * d, (size_t)d * sizeof(float));
  memcpy(c.negatives, c.position + 5 * d, (size_t)d * sizeof(float));
  for (int g = 0; g < GROUPS; g++)
    for (int64_t at = 16 * c.start[g]; at < 16 * c.start[g + 1]; at++) {
      int vertex = 16 * g + (int)(at % 16);
      c.neighbor[at] = vertex == 7 ? 40 : next_index(3) ? next_index(VERTICES) : vertex;
      c.weight[at] = next_index(2) ? next_in(0, 1) : 0;
      c.degree[vertex] += c.weight[at];
    }
  for (int i = 0; i < 16 * d; i++) c.moment1[i] = c.moment2[i] = 0; /* as in the first epoch */
  c.step = (uf_layout_step){.d = d,
                            .position = c.position,
                            .next = c.next,
                            .neighbor = c.neighbor,
                            .weight = c.weight,
                            .degree = c.degree,
                            .moment1 = c.moment1,
                            .moment2 = c.moment2,
                            .a = 1.577f,
                            .b = 0.895f,
                            .attraction = 2 * 2 * 1.577f * 0.895f,
                            .repulsion = 2 * 0.895f,
                            .softening = 0.001f,
                            .clip = 4,
                            .nearest = 1e-6f,
                            .farthest = 1e38f,
                            .negative_weight = 5.0f / NEGATIVES,
                            .beta1 = 0.9f,
                            .beta2 = 0.99f,
                            .correction1 = 1 / 0.19f,
                            .correction2 = 1 / 0.0199f,
                            .learning_rate = 0.3f,
                            .epsilon = 1e-7f};
  return c;
}

static void layout_case_free(layout_case *c) {
  float *const all[] = {c->position, c->next,   c->degree,    c->moment1,
                        c->moment2,  c->weight, c->negatives, c->scratch};
  for (int i = 0; i < 8; i++) uf_free(all[i]);
  uf_free(c->neighbor);
}

/* What the step says, in double: the force on one vertex, and the sum of the sizes of its parts. */
static void plain_force(const layout_case *c, int vertex, double *force, double *size) {
  const uf_layout_step *s = &c->step;
  const float *own = c->position + vertex * s->d;
  for (int k = 0; k < s->d; k++) force[k] = size[k] = 0;
  for (int64_t slot = c->start[vertex / 16]; slot < c->start[vertex / 16 + 1]; slot++) {
    const float *other = c->position + c->neighbor[16 * slot + vertex % 16] * s->d;
    double d2 = 0;
    for (int k = 0; k < s->d; k++) d2 += ((double)other[k] - own[k]) * ((double)other[k] - own[k]);
    d2 = fmax(d2, s->nearest);
    double pull = s->attraction * c->weight[16 * slot + vertex % 16] * pow(d2, s->b - 1) /
                  (1 + s->a * pow(d2, s->b));
    for (int k = 0; k < s->d; k++) {
      double term = pull * ((double)other[k] - own[k]);
      force[k] += term;
      size[k] += fabs(term);
    }
  }
  for (int i = 0; i < NEGATIVES; i++) {
    const float *other = c->negatives + i * s->d;
    double d2 = 0;
    for (int k = 0; k < s->d; k++) d2 += ((double)own[k] - other[k]) * ((double)own[k] - other[k]);
    d2 = fmax(d2, s->nearest);
    double push = s->repulsion / ((s->softening + d2) * (1 + s->a * pow(d2, s->b)));
    for (int k = 0; k < s->d; k++) {
      double term = c->degree[vertex] * s->negative_weight *
                    fmax(-s->clip, fmin(s->clip, push * ((double)own[k] - other[k])));
      force[k] += term;
      size[k] += fabs(term);
    }
  }
}

/* The means after one step are beta m + (1 - beta) g: the kernel's force is read off them. */
static void check_layout_against_plain(const layout_case *before, const layout_case *after) {
  const uf_layout_step *s = &before->step;
  int d = s->d;
  double force[8], size[8];
  for (int vertex = 0; vertex < VERTICES; vertex++) {
    plain_force(before, vertex, force, size);
    for (int k = 0; k < d; k++) {
      int at = 16 * (vertex / 16 * d + k) + vertex % 16;
      double m1 = s->beta1 * before->moment1[at] + (1 - s->beta1) * force[k];
      double m2 = s->beta2 * before->moment2[at] + (1 - s->beta2) * force[k] * force[k];
      CHECK_CLOSE(after->moment1[at], m1, 3e-4 * (1 + size[k])); /* the power is good to 2e-4 */
      CHECK_CLOSE(after->moment2[at], m2, 6e-4 * (1 + size[k] * size[k]));
      /* the move, from the kernel's own means: a force near zero makes the quotient anything */
      double a1 = after->moment1[at], a2 = after->moment2[at];
      double move =
          s->learning_rate * a1 * s->correction1 / (sqrt(a2 * s->correction2) + s->epsilon);
      CHECK_CLOSE(after->next[vertex * d + k], before->position[vertex * d + k] + move, 1e-5);
    }
  }
}

static layout_case layout_case_run(const layout_case *before, const uf_kernels *table, int from,
                                   int to) {
  layout_case after = *before;
  int64_t n = VERTICES * before->step.d;
  after.step.next = after.next = copy_of(before->next, n);
  after.step.moment1 = after.moment1 = copy_of(before->moment1, n);
  after.step.moment2 = after.moment2 = copy_of(before->moment2, n);
  after.step.slot_start = before->start;
  table->layout_step(&after.step, from, to, before->negatives, NEGATIVES, before->scratch);
  return after;
}

static void layout_case_free_run(layout_case *after) {
  uf_free(after->next);
  uf_free(after->moment1);
  uf_free(after->moment2);
}

static int same_layout(const layout_case *x, const layout_case *y) {
  int64_t n = VERTICES * x->step.d;
  return same_floats(x->next, y->next, n) && same_floats(x->moment1, y->moment1, n) &&
         same_floats(x->moment2, y->moment2, n);
}

static void check_finite(const layout_case *c) {
  for (int i = 0; i < VERTICES * c->step.d; i++)
    CHECK(isfinite(c->next[i]) && isfinite(c->moment1[i]) && isfinite(c->moment2[i]));
}

/* Two calls that share the work do what one does, and leave other groups alone. */
static void check_parts(const layout_case *before, const layout_case *whole,
                        const uf_kernels *table) {
  layout_case first = layout_case_run(before, table, 0, 4);
  int d = before->step.d;
  CHECK(same_floats(first.next, whole->next, 64 * d));
  CHECK(same_floats(first.next + 64 * d, before->next + 64 * d, (VERTICES - 64) * d));
  CHECK(same_floats(first.moment1 + 64 * d, before->moment1 + 64 * d, (VERTICES - 64) * d));
  layout_case_free_run(&first);
}

TEST(layout_steps) {
  const int d[] = {1, 2, 3, 5, 8};
  const float size[] = {10, 0.01f, 1000};
  for (int i = 0; i < 5; i++)
    for (int s = 0; s < 3; s++) {
      layout_case before = layout_case_make(d[i], size[s]);
      layout_case wanted = layout_case_run(&before, scalar, 0, GROUPS);
      check_finite(&wanted);
      check_parts(&before, &wanted, scalar);
      if (s == 0) check_layout_against_plain(&before, &wanted);
      for (int t = 0; t < n_tables; t++) {
        layout_case got = layout_case_run(&before, tables[t], 0, GROUPS);
        CHECK(same_layout(&got, &wanted));
        check_parts(&before, &got, tables[t]);
        layout_case_free_run(&got);
      }
      layout_case_free_run(&wanted);
      layout_case_free(&before);
    }
}

int main(void) {
  if (uf_context_open(&ctx, NULL, 1, NULL)) return 2;
  find_tables();
  RUN(tables_are_found);
  RUN(distances);
  RUN(distance_to_itself_is_zero);
  RUN(products);
  RUN(codes);
  RUN(scans);
  RUN(powers_of_two_and_logarithms);
  RUN(exponentials);
  RUN(exponentials_of_extreme_sigma);
  RUN(layout_steps);
  uf_context_close(&ctx);
  return check_report();
}
