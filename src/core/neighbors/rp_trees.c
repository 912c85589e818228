/*
 * neighbors/rp_trees.c: halving rows, and random-projection trees (Dasgupta and Freund 2008).
 *
 * A tree of the forest draws N_DIRECTIONS directions: half of them differences of two rows, which
 * favor the directions in which the data vary, and half normal. All points are projected at once,
 * by a matrix product. A node splits at the median of the projection that varies most among its own
 * rows: Dasgupta and Freund's choice of the best of several directions.
 *
 * A tree costs O(n d N_DIRECTIONS) for the product and O(n log n) for the splits.
 */
#include "arith/arith.h"

#include "neighbors/rp_trees.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/select.h"
#include "linalg/project.h"

/* Levels whose nodes are split in parallel, one level after the other; below, a block is a whole
 * subtree, which stays in cache. */
enum { SHARED_LEVELS = 7 };

enum { N_DIRECTIONS = 16, /* a multiple of 16 */ MAX_SAMPLE = 256 /* rows that decide a split */ };

int uf_tree_levels(int n, int leaf_size) {
  int levels = 0;
  while ((((int64_t)n - 1) >> levels) + 1 > leaf_size) levels++;
  return levels;
}

typedef struct grow_job {
  int n;
  uf_node_keys *keys_of;
  void *job;
  uint32_t row_of_tie;
  int *order;
  uint64_t *keys; /* n: a node uses the keys at its own places */
  int level;      /* of the nodes that are the blocks */
  int deepest;    /* splitting stops above this level */
} grow_job;

static void split_node(const grow_job *g, int level, int node) {
  if (level >= g->deepest) return;
  int from = uf_node_first(g->n, level, node), to = uf_node_first(g->n, level, (int64_t)node + 1);
  int middle = uf_node_first(g->n, level + 1, 2 * (int64_t)node + 1);
  g->keys_of(g->job, level, node, g->order + from, to - from, g->keys + from);
  uf_select_smallest(g->keys + from, to - from, middle - from);
  for (int place = from; place < to; place++)
    g->order[place] = (int)((uint32_t)g->keys[place] * g->row_of_tie);
  split_node(g, level + 1, 2 * node);
  split_node(g, level + 1, 2 * node + 1);
}

static void split_block(void *job, int64_t node, int worker) {
  (void)worker;
  const grow_job *g = job;
  split_node(g, g->level, (int)node);
}

uf_status uf_tree_grow(uf_context *ctx, int n, int levels, uf_node_keys *keys_of, void *job,
                       uint32_t row_of_tie, int *order) {
  uf_status status = UF_OK;
  int shared = levels < SHARED_LEVELS ? levels : SHARED_LEVELS;
  grow_job grow = {
      .n = n, .keys_of = keys_of, .job = job, .row_of_tie = row_of_tie, .order = order};
  UF_NEW(ctx, grow.keys, n);
  for (int i = 0; i < n; i++) order[i] = i;
  for (grow.level = 0; grow.level <= shared; grow.level++) {
    grow.deepest = grow.level < shared ? grow.level + 1 : levels;
    UF_TRY(uf_parallel(ctx, (int64_t)1 << grow.level, split_block, &grow));
  }
done:
  uf_free(grow.keys);
  return status;
}

/* Column c of the directions: the difference of two rows, or a normal one; its length is 1, or 0
 * where the rows are equal. */
static void draw_direction(uf_forest *forest, int c) {
  const uf_points *points = forest->points;
  uint64_t key = uf_draw(forest->tree_key, (uint64_t)c);
  float *a = forest->rows, *b = a + points->d;
  uf_point_values(points, uf_draw_index(key, 0, points->n), a);
  uf_point_values(points, uf_draw_index(key, 1, points->n), b);
  float *direction = forest->directions + c;
  double length = 0;
  for (int j = 0; j < points->d; j++) {
    float x = c % 2 ? uf_draw_normal(key, 2 + (uint64_t)j) : a[j] - b[j];
    direction[(size_t)j * N_DIRECTIONS] = x;
    length += (double)x * x;
  }
  float scale = length > 0 ? (float)(1 / sqrt(length)) : 0;
  for (int j = 0; j < points->d; j++) direction[(size_t)j * N_DIRECTIONS] *= scale;
}

/* The direction of largest variance among (a sample of) the rows. Sums are about the first row. */
static int widest_direction(const uf_forest *forest, const int *rows, int n_rows) {
  float sum[N_DIRECTIONS] = {0}, squares[N_DIRECTIONS] = {0};
  int sample = n_rows < MAX_SAMPLE ? n_rows : MAX_SAMPLE, widest = 0;
  const float *origin = forest->projections + (size_t)rows[0] * N_DIRECTIONS;
  for (int i = 0; i < sample; i++) {
    int row = rows[(int64_t)i * n_rows / sample];
    const float *projection = forest->projections + (size_t)row * N_DIRECTIONS;
    for (int c = 0; c < N_DIRECTIONS; c++) {
      float x = projection[c] - origin[c];
      sum[c] += x;
      squares[c] += x * x;
    }
  }
  for (int c = 0; c < N_DIRECTIONS; c++) {
    squares[c] -= sum[c] * (sum[c] / (float)sample);
    if (squares[c] > squares[widest]) widest = c;
  }
  return widest;
}

static void projection_keys(void *job, int level, int node, const int *rows, int n_rows,
                            uint64_t *keys) {
  (void)level, (void)node;
  const uf_forest *forest = job;
  const float *projection = forest->projections + widest_direction(forest, rows, n_rows);
  for (int i = 0; i < n_rows; i++)
    keys[i] = uf_split_key(projection[(size_t)rows[i] * N_DIRECTIONS],
                           (uint32_t)rows[i] * forest->tie_of_row);
}

/* The inverse of an odd factor modulo 2^32, by Newton's iteration: each step doubles the
 * right bits, of which a itself has three. */
static uint32_t inverse(uint32_t a) {
  uint32_t x = a;
  for (int step = 0; step < 4; step++) x *= 2 - a * x;
  return x;
}

uf_status uf_forest_open(uf_context *ctx, const uf_points *points, int leaf_size, uint64_t seed,
                         uf_forest *forest) {
  uf_status status = UF_OK;
  *forest = (uf_forest){.points = points, .seed = seed};
  forest->levels = uf_tree_levels(points->n, leaf_size);
  UF_NEW(ctx, forest->order, points->n);
  UF_NEW(ctx, forest->rows, 2 * (int64_t)points->d);
  UF_NEW(ctx, forest->directions, (int64_t)points->d * N_DIRECTIONS);
  UF_NEW(ctx, forest->projections, (int64_t)points->n * N_DIRECTIONS);
done:
  if (status) uf_forest_close(forest);
  return status;
}

uf_status uf_forest_grow(uf_context *ctx, uf_forest *forest, int tree) {
  forest->tree_key = uf_key(forest->seed, UF_STAGE_TREES, (uint64_t)tree, 0);
  forest->tie_of_row = (uint32_t)uf_draw(forest->tree_key, N_DIRECTIONS) | 1;
  for (int c = 0; c < N_DIRECTIONS; c++) draw_direction(forest, c);
  const uf_basis basis = {.depth = forest->points->d,
                          .n_directions = N_DIRECTIONS,
                          .m = N_DIRECTIONS,
                          .columns = forest->directions};
  uf_status status =
      uf_project(ctx, forest->points, NULL, forest->points->n, &basis, forest->projections);
  if (status) return status;
  return uf_tree_grow(ctx, forest->points->n, forest->levels, projection_keys, forest,
                      inverse(forest->tie_of_row), forest->order);
}

void uf_forest_close(uf_forest *forest) {
  uf_free(forest->order);
  uf_free(forest->rows);
  uf_free(forest->directions);
  uf_free(forest->projections);
  *forest = (uf_forest){0};
}
