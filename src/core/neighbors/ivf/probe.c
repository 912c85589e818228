#include "arith/arith.h"

#include "neighbors/ivf/probe.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/select.h"
#include "base/types.h"

uf_status uf_probe_open(uf_context *ctx, const uf_index *index, int most_rows, int k, int n_near,
                        int n_candidates, uf_probe *w) {
  uf_status status = UF_OK;
  int64_t m = index->basis.m, rows = most_rows;
  if (n_near > index->n_clusters - 1) n_near = index->n_clusters - 1;
  int64_t most_lanes = uf_whole_lanes(most_rows);
  *w = (uf_probe){.ctx = ctx, .index = index, .k = k, .n_near = n_near};
  w->scan = (uf_scan){.depth4 = index->panels.n_bytes / 4,
                      .panels = index->panels.bytes,
                      .scale = index->panels.scale,
                      .half_norm = index->panels.half_norm,
                      .query_stride = (size_t)m,
                      .keep = n_candidates,
                      .capacity = (3 * n_candidates + 47) / 16 * 16};
  UF_NEW(ctx, w->near, n_near);
  UF_NEW(ctx, w->excess, n_near * most_lanes);
  UF_NEW(ctx, w->ball, rows);
  UF_NEW(ctx, w->limit, rows);
  UF_NEW(ctx, w->residual, rows * m);
  UF_NEW(ctx, w->shift, n_near * m);
  UF_NEW(ctx, w->column, m * most_lanes);
  UF_NEW(ctx, w->sorted, n_near);
  UF_NEW(ctx, w->squared, index->n_clusters);
  UF_NEW(ctx, w->key, index->n_clusters);
  UF_NEW(ctx, w->query, rows * m);
  UF_NEW(ctx, w->head, rows);
  UF_NEW(ctx, w->list, rows);
  UF_NEW(ctx, w->scan.score, rows * w->scan.capacity);
  UF_NEW(ctx, w->scan.place, rows * w->scan.capacity);
  UF_NEW(ctx, w->scan.count, rows);
  UF_NEW(ctx, w->scan.threshold, rows);
  w->scan.query = w->query;
  w->scan.head = w->head;
  w->scan.list = w->list;
done:
  if (status) uf_probe_close(w);
  return status;
}

void uf_probe_close(uf_probe *w) {
  uf_free(w->near);
  uf_free(w->excess);
  uf_free(w->ball);
  uf_free(w->limit);
  uf_free(w->residual);
  uf_free(w->shift);
  uf_free(w->column);
  uf_free(w->sorted);
  uf_free(w->squared);
  uf_free(w->key);
  uf_free(w->query);
  uf_free(w->head);
  uf_free(w->list);
  uf_free(w->scan.score);
  uf_free(w->scan.place);
  uf_free(w->scan.count);
  uf_free(w->scan.threshold);
  *w = (uf_probe){0};
}

/* ---- the clusters near a cluster ---- */

static int compare_keys(const void *x, const void *y) {
  uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
  return (a > b) - (a < b);
}

/* Sorts the clusters by the distance of their centers; equals by number. */
static void list_near(uf_probe *w, int cluster) {
  const uf_index *index = w->index;
  int count = 0;
  w->ctx->kernels->squared_euclidean(uf_cluster_center(index, cluster), index->centers.center,
                                     (size_t)index->centers.m, index->center_of, index->n_clusters,
                                     w->squared);
  for (int c = 0; c < index->n_clusters; c++) {
    uint32_t bits; /* of a float that is not negative: they ascend with it */
    memcpy(&bits, &w->squared[c], sizeof bits);
    if (c != cluster) w->key[count++] = (uint64_t)bits << 32 | (uint32_t)c;
  }
  uf_select_smallest(w->key, count, w->n_near);
  qsort(w->key, (size_t)w->n_near, sizeof *w->key, compare_keys);
  for (int j = 0; j < w->n_near; j++) w->near[j] = (int)(w->key[j] & 0xffffffff);
}

/* Shifts from the own center to the near ones, and by how much each row is nearer to its own. */
static void measure_excess(uf_probe *w, int cluster) {
  const float *own = uf_cluster_center(w->index, cluster);
  size_t m = (size_t)w->index->centers.m, lanes = (size_t)w->lanes;
  memset(w->column, 0, m * lanes * sizeof *w->column);
  for (size_t r = 0; r < (size_t)w->n_rows; r++)
    for (size_t i = 0; i < m; i++) w->column[lanes * i + r] = w->residual[m * r + i];
  for (size_t j = 0; j < (size_t)w->n_near; j++) {
    const float *other = uf_cluster_center(w->index, w->near[j]);
    for (size_t i = 0; i < m; i++) w->shift[m * j + i] = own[i] - other[i];
  }
  w->ctx->kernels->product(w->shift, m, w->n_near, (int)m, w->column, w->lanes, NULL, w->excess,
                           lanes);
  for (size_t j = 0; j < (size_t)w->n_near; j++) {
    float half = 0.5f * w->squared[w->near[j]];
    for (size_t r = 0; r < lanes; r++) w->excess[lanes * j + r] += half;
  }
}

/* ---- the walk ---- */

static void add_query(uf_probe *w, int query, int row, const float *shift) {
  int m = w->index->centers.m;
  w->ctx->kernels->encode(w->residual + (size_t)row * (size_t)m, shift, m, UF_LARGEST_QUERY,
                          w->query + (size_t)query * (size_t)m, &w->head[query]);
  w->list[query] = row;
}

static void scan_cluster(uf_probe *w, int cluster, int n_queries) {
  const uf_cluster *c = &w->index->clusters[cluster];
  w->ctx->kernels->scan_panels(&w->scan, n_queries, c->first_panel, uf_cluster_end(c));
}

void uf_probe_begin(uf_probe *w, int cluster, int first_place, int n_rows) {
  int m = w->index->centers.m;
  w->n_rows = n_rows;
  w->lanes = uf_whole_lanes(n_rows);
  for (int r = 0; r < n_rows; r++) {
    uf_panels_take(&w->index->panels, first_place + r, m, w->residual + (size_t)r * (size_t)m);
    w->scan.count[r] = 0;
    w->scan.threshold[r] = UF_SCORE_OF_NOTHING;
    add_query(w, r, r, NULL);
  }
  scan_cluster(w, cluster, n_rows);
  for (int r = 0; r < n_rows; r++) {
    int32_t score = w->ctx->kernels->nth_score(&w->scan, r, w->k);
    w->ball[r] = score == UF_SCORE_OF_NOTHING ? INFINITY : uf_distance_of_score(score);
  }
  list_near(w, cluster);
  measure_excess(w, cluster);
}

/* The nth smallest of a row's excesses, from 0 (Hoare's selection). */
static float nth_excess(uf_probe *w, int row, int nth) {
  float *x = w->sorted;
  int from = 0, to = w->n_near - 1;
  for (int j = 0; j < w->n_near; j++) x[j] = *uf_probe_excess(w, j, row);
  while (from < to) {
    float pivot = x[from + (to - from) / 2];
    int i = from, j = to;
    while (i <= j) {
      while (x[i] < pivot) i++;
      while (x[j] > pivot) j--;
      if (i > j) break;
      float value = x[i];
      x[i++] = x[j];
      x[j--] = value;
    }
    if (nth <= j)
      to = j;
    else if (nth >= i)
      from = i;
    else
      break;
  }
  return x[nth];
}

void uf_probe_limit(uf_probe *w, float reach, int n_probes) {
  for (int r = 0; r < w->n_rows; r++) {
    float far = n_probes < w->n_near ? nth_excess(w, r, n_probes) : INFINITY;
    float touched = reach * w->ball[r];
    w->limit[r] = far < touched ? far : touched;
  }
}

void uf_probe_visit(uf_probe *w, int j) {
  int n_queries = 0;
  for (int r = 0; r < w->n_rows; r++)
    if (*uf_probe_excess(w, j, r) < w->limit[r])
      add_query(w, n_queries++, r, w->shift + (size_t)j * (size_t)w->index->centers.m);
  if (n_queries > 0) scan_cluster(w, w->near[j], n_queries);
}

int uf_probe_candidates(uf_probe *w, int row, const int32_t **place) {
  w->ctx->kernels->cut_list(&w->scan, row);
  *place = w->scan.place + (size_t)w->scan.capacity * (size_t)row;
  return w->scan.count[row];
}
