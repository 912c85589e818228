/*
 * neighbors/kdtree.c: finds exact neighbors where columns are few (Friedman, Bentley, Finkel 1977).
 *
 * Rows are halved at the median of the column in which they spread most, until a leaf has at most
 * LEAF_ROWS. A query goes down to the nearer child first, and skips a node that is too far away:
 * farther than the k-th neighbor so far, or as far but with larger indices only. So ties end as
 * in the search of every pair, and thousands of equal rows cost no more than others.
 *
 * Distances have the bits that the kernels give: the sum of up to four columns is written out,
 * (t0 + t2) + (t1 + t3) with t the squared or absolute differences. A node's bound is that same sum
 * for the nearest place of its box. As every rounding is monotone, a bound never exceeds the
 * computed distance of a row in the box: pruning is exact.
 *
 * Builds in O(n log n), answers in about O(k + log n) a row while columns are few.
 */
#include "arith/arith.h"

#include "neighbors/kdtree.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "neighbors/rp_trees.h"
#include "neighbors/table.h"

enum { LEAF_ROWS = 16, LEAVES_PER_BLOCK = 16 };

typedef struct kdtree {
  const uf_points *points;
  int n, d, levels;
  int *order;     /* n: rows by leaf */
  float *box;     /* per node: d smallest values, d largest; node j of level v is number 2^v + j */
  int *least_row; /* per node */
  float *panels;  /* per leaf: d × LEAF_ROWS values */
  uf_neighbors *neighbors;
} kdtree;

typedef struct kd_query {
  const kdtree *tree;
  const float *x;
  uf_nearest nearest;
} kd_query;

static int leaf_size(const kdtree *tree, int leaf) {
  return uf_node_first(tree->n, tree->levels, (int64_t)leaf + 1) -
         uf_node_first(tree->n, tree->levels, leaf);
}

/* Building */

static float *enclose(const kdtree *tree, int node, const int *rows, int n_rows) {
  int d = tree->d, least = rows[0];
  float *low = tree->box + (size_t)node * 2 * (size_t)d, *high = low + d;
  for (int c = 0; c < d; c++) low[c] = high[c] = uf_point(tree->points, rows[0])[c];
  for (int i = 1; i < n_rows; i++) {
    const float *x = uf_point(tree->points, rows[i]);
    least = rows[i] < least ? rows[i] : least;
    for (int c = 0; c < d; c++) {
      low[c] = x[c] < low[c] ? x[c] : low[c];
      high[c] = x[c] > high[c] ? x[c] : high[c];
    }
  }
  tree->least_row[node] = least;
  return low;
}

static void widest_column_keys(void *job, int level, int node, const int *rows, int n_rows,
                               uint64_t *keys) {
  const kdtree *tree = job;
  const float *low = enclose(tree, (1 << level) + node, rows, n_rows), *high = low + tree->d;
  int widest = 0;
  for (int c = 1; c < tree->d; c++)
    if (high[c] - low[c] > high[widest] - low[widest]) widest = c;
  for (int i = 0; i < n_rows; i++)
    keys[i] = uf_split_key(uf_point(tree->points, rows[i])[widest], (uint32_t)rows[i]);
}

static void finish_leaf(const kdtree *tree, int leaf) {
  int size = leaf_size(tree, leaf);
  int *rows = tree->order + uf_node_first(tree->n, tree->levels, leaf);
  enclose(tree, (1 << tree->levels) + leaf, rows, size);
  float *panel = tree->panels + (size_t)leaf * LEAF_ROWS * (size_t)tree->d;
  for (int c = 0; c < tree->d; c++)
    for (int i = 0; i < LEAF_ROWS; i++)
      panel[c * LEAF_ROWS + i] = i < size ? uf_point(tree->points, rows[i])[c] : 0;
}

static void finish_leaves(void *job, uf_rows leaves) {
  const kdtree *tree = job;
  for (int64_t leaf = leaves.from; leaf < leaves.to; leaf++) finish_leaf(tree, (int)leaf);
}

/* Searching */

static inline float term(float difference, int manhattan) {
  return manhattan ? fabsf(difference) : difference * difference;
}

static inline float clamp(float x, float low, float high) {
  return x < low ? low : x > high ? high : x;
}

/* Returns a lower bound of the distance to the rows of the node. */
static float bound(const kd_query *q, int node) {
  const kdtree *tree = q->tree;
  int d = tree->d;
  const float *low = tree->box + (size_t)node * 2 * (size_t)d, *high = low + d;
  float sum[2] = {0, 0};
  int manhattan = tree->points->metric == UF_MANHATTAN;
  for (int c = 0; c < d; c++)
    sum[c & 1] += term(q->x[c] - clamp(q->x[c], low[c], high[c]), manhattan);
  return sum[0] + sum[1];
}

static void panel_proxies(const kd_query *q, int leaf, float *proxies) {
  const kdtree *tree = q->tree;
  const float *panel = tree->panels + (size_t)leaf * LEAF_ROWS * (size_t)tree->d;
  float sum[2][LEAF_ROWS] = {{0}};
  for (int c = 0; c < tree->d; c++) {
    float x = q->x[c], *part = sum[c & 1];
    if (tree->points->metric == UF_MANHATTAN)
      for (int i = 0; i < LEAF_ROWS; i++) part[i] += term(x - panel[c * LEAF_ROWS + i], 1);
    else
      for (int i = 0; i < LEAF_ROWS; i++) part[i] += term(x - panel[c * LEAF_ROWS + i], 0);
  }
  for (int i = 0; i < LEAF_ROWS; i++) proxies[i] = sum[0][i] + sum[1][i];
}

static void search_leaf(kd_query *q, int leaf) {
  const kdtree *tree = q->tree;
  int size = leaf_size(tree, leaf), self = q->nearest.index[0];
  const int *rows = tree->order + uf_node_first(tree->n, tree->levels, leaf);
  float proxies[LEAF_ROWS], worst = uf_nearest_worst(&q->nearest);
  panel_proxies(q, leaf, proxies);
  for (int i = 0; i < size; i++)
    if (proxies[i] <= worst && rows[i] != self &&
        uf_nearest_offer(&q->nearest, rows[i], proxies[i]))
      worst = uf_nearest_worst(&q->nearest);
}

/* Whether a row of the node can still be among the nearest. */
static int is_promising(const kd_query *q, int node, float bound) {
  const uf_nearest *nearest = &q->nearest;
  float worst = uf_nearest_worst(nearest);
  if (bound < worst) return 1;
  return bound == worst && q->tree->least_row[node] < nearest->index[nearest->k - 1];
}

static void search_node(kd_query *q, int node) {
  int first_leaf = 1 << q->tree->levels;
  if (node >= first_leaf) {
    search_leaf(q, node - first_leaf);
    return;
  }
  int left = 2 * node, right = left + 1;
  const int *least_row = q->tree->least_row;
  float to_left = bound(q, left), to_right = bound(q, right);
  if (to_left < to_right || (to_left == to_right && least_row[left] < least_row[right])) {
    if (is_promising(q, left, to_left)) search_node(q, left);
    if (is_promising(q, right, to_right)) search_node(q, right);
  } else {
    if (is_promising(q, right, to_right)) search_node(q, right);
    if (is_promising(q, left, to_left)) search_node(q, left);
  }
}

static void search_leaves(void *job, uf_rows leaves) {
  const kdtree *tree = job;
  int to = uf_node_first(tree->n, tree->levels, leaves.to);
  for (int place = uf_node_first(tree->n, tree->levels, leaves.from); place < to; place++) {
    int row = tree->order[place];
    kd_query query = {.tree = tree, .x = uf_point(tree->points, row)};
    query.nearest = uf_nearest_begin(tree->neighbors, row, row);
    if (query.nearest.k > 1) search_node(&query, 1);
    uf_nearest_finish(&query.nearest, tree->points->metric);
  }
}

int uf_can_use_kdtree(const uf_points *points) {
  uf_comparison comparison = uf_metric_of(points->metric)->comparison;
  return points->form == UF_FLOAT_ROWS && points->d <= UF_KDTREE_COLUMNS &&
         (comparison == UF_COMPARE_SQUARES || comparison == UF_COMPARE_MANHATTAN);
}

uf_status uf_neighbors_kdtree(uf_context *ctx, const uf_points *points, int k,
                              uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  kdtree tree = {.points = points, .n = points->n, .d = points->d, .neighbors = neighbors};
  *neighbors = (uf_neighbors){0};
  tree.levels = uf_tree_levels(points->n, LEAF_ROWS);
  int64_t n_leaves = (int64_t)1 << tree.levels;
  UF_NEW(ctx, tree.order, points->n);
  UF_NEW(ctx, tree.box, 2 * n_leaves * 2 * points->d);
  UF_NEW(ctx, tree.least_row, 2 * n_leaves);
  UF_NEW(ctx, tree.panels, n_leaves * LEAF_ROWS * points->d);
  UF_TRY(uf_neighbors_alloc(ctx, points->n, k, neighbors));
  uf_span(ctx, 0, 0);
  UF_TRY(uf_tree_grow(ctx, points->n, tree.levels, widest_column_keys, &tree, 1, tree.order));
  UF_TRY(uf_parallel_rows(ctx, n_leaves, LEAVES_PER_BLOCK, finish_leaves, &tree));
  uf_span(ctx, 0, 1);
  UF_TRY(uf_parallel_rows(ctx, n_leaves, LEAVES_PER_BLOCK, search_leaves, &tree));
  neighbors->recall = 1;
done:
  uf_free(tree.order);
  uf_free(tree.box);
  uf_free(tree.least_row);
  uf_free(tree.panels);
  if (status) uf_neighbors_free(neighbors);
  return status;
}
