/* test_kernel_scan.c: every instruction set finds in quantized rows the places that plain double
 * arithmetic finds. */
#include "arith/arith.h"

#include "check.h"
#include "kernel_fixtures.h"

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
                 .capacity = (keep + keep / 4 + 31) / 16 * 16};
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
            n_rows[] = {1, 2, 3, 6, 7, 13, 20}, keep[] = {1, 5, 33, 200};
  for (int d = 0; d < 4; d++)
    for (int p = 0; p < 5; p++)
      for (int r = 0; r < 7; r++)
        for (int k = 0; k < 4; k++) {
          scan_case c =
              scan_case_make(depth4[d], n_panels[p], n_rows[r], keep[k], (d + p + r + k) % 3);
          check_scan(&c);
          scan_case_free(&c);
        }
}

static void all(void) { RUN(scans); }

int main(void) { return kernel_tests(all); }
