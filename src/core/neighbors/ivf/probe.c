#include "arith/arith.h"

#include "neighbors/ivf/probe.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/select.h"
#include "base/topk.h"

uf_status uf_probe_open(uf_context *ctx, const uf_ivf_index *index, const uf_probe_options *options,
                        uf_probe *probe) {
  uf_status status = UF_OK;
  int64_t m = index->basis.m, rows = options->most_rows, most_lanes = uf_whole_lanes((int)rows);
  int all = index->n_lists - 1, n_near = options->n_near < all ? options->n_near : all;
  *probe = (uf_probe){.ctx = ctx, .index = index, .k = options->k, .n_near = n_near};
  probe->scan = (uf_scan){.depth4 = index->panels.n_bytes / 4,
                          .panels = index->panels.bytes,
                          .scale = index->panels.scale,
                          .half_norm = index->panels.half_norm,
                          .query_stride = (size_t)m,
                          .keep = options->n_candidates,
                          .capacity = (3 * options->n_candidates + 47) / 16 * 16};
  UF_NEW(ctx, probe->near, n_near);
  UF_NEW(ctx, probe->margin, n_near * most_lanes);
  UF_NEW(ctx, probe->ball, rows);
  UF_NEW(ctx, probe->limit, rows);
  UF_NEW(ctx, probe->residual, rows * m);
  UF_NEW(ctx, probe->shift, n_near * m);
  UF_NEW(ctx, probe->column, m * most_lanes);
  UF_NEW(ctx, probe->sorted, n_near);
  UF_NEW(ctx, probe->squared, index->n_lists);
  UF_NEW(ctx, probe->key, index->n_lists);
  UF_NEW(ctx, probe->query, rows * m);
  UF_NEW(ctx, probe->head, rows);
  UF_NEW(ctx, probe->row_of, rows);
  UF_NEW(ctx, probe->scan.score, rows * probe->scan.capacity);
  UF_NEW(ctx, probe->scan.place, rows * probe->scan.capacity);
  UF_NEW(ctx, probe->scan.count, rows);
  UF_NEW(ctx, probe->scan.threshold, rows);
  probe->scan.query = probe->query;
  probe->scan.head = probe->head;
  probe->scan.list = probe->row_of;
done:
  if (status) uf_probe_close(probe);
  return status;
}

void uf_probe_close(uf_probe *probe) {
  uf_free(probe->near);
  uf_free(probe->margin);
  uf_free(probe->ball);
  uf_free(probe->limit);
  uf_free(probe->residual);
  uf_free(probe->shift);
  uf_free(probe->column);
  uf_free(probe->sorted);
  uf_free(probe->squared);
  uf_free(probe->key);
  uf_free(probe->query);
  uf_free(probe->head);
  uf_free(probe->row_of);
  uf_free(probe->scan.score);
  uf_free(probe->scan.place);
  uf_free(probe->scan.count);
  uf_free(probe->scan.threshold);
  *probe = (uf_probe){0};
}

/* ---- The lists near a list ---- */

static int compare_keys(const void *x, const void *y) {
  uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
  return (a > b) - (a < b);
}

/* Sorts the lists by the distance of their centroids; equal ones by number. */
static void find_near(uf_probe *probe, int list) {
  const uf_ivf_index *index = probe->index;
  int count = 0;
  probe->ctx->kernels->squared_euclidean(uf_ivf_centroid(index, list), index->kmeans.centroid,
                                         (size_t)index->kmeans.m, index->centroid_of,
                                         index->n_lists, probe->squared);
  for (int l = 0; l < index->n_lists; l++)
    if (l != list) probe->key[count++] = uf_topk_key(probe->squared[l], l);
  uf_select_smallest(probe->key, count, probe->n_near);
  qsort(probe->key, (size_t)probe->n_near, sizeof *probe->key, compare_keys);
  for (int j = 0; j < probe->n_near; j++) probe->near[j] = uf_topk_index(probe->key[j]);
}

/* Shifts from the own centroid to the near ones, and the margins: one matrix product for all
 * rows. */
static void measure_margins(uf_probe *probe, int list) {
  const float *own = uf_ivf_centroid(probe->index, list);
  size_t m = (size_t)probe->index->kmeans.m, lanes = (size_t)probe->lanes;
  memset(probe->column, 0, m * lanes * sizeof *probe->column);
  for (size_t r = 0; r < (size_t)probe->n_rows; r++)
    for (size_t i = 0; i < m; i++) probe->column[lanes * i + r] = probe->residual[m * r + i];
  for (size_t j = 0; j < (size_t)probe->n_near; j++) {
    const float *other = uf_ivf_centroid(probe->index, probe->near[j]);
    for (size_t i = 0; i < m; i++) probe->shift[m * j + i] = own[i] - other[i];
  }
  probe->ctx->kernels->product(probe->shift, m, probe->n_near, (int)m, probe->column, probe->lanes,
                               NULL, probe->margin, lanes);
  for (size_t j = 0; j < (size_t)probe->n_near; j++) {
    float half = 0.5f * probe->squared[probe->near[j]];
    for (size_t r = 0; r < lanes; r++) probe->margin[lanes * j + r] += half;
  }
}

/* ---- Scans ---- */

static void add_query(uf_probe *probe, int query, int row, const float *shift) {
  int m = probe->index->kmeans.m;
  probe->ctx->kernels->encode(probe->residual + (size_t)row * (size_t)m, shift, m, UF_LARGEST_QUERY,
                              probe->query + (size_t)query * (size_t)m, &probe->head[query]);
  probe->row_of[query] = row;
}

static void scan_list(uf_probe *probe, int list, int n_queries) {
  const uf_ivf_list *l = &probe->index->lists[list];
  probe->ctx->kernels->scan_panels(&probe->scan, n_queries, l->first_panel, uf_ivf_list_end(l));
}

void uf_probe_begin(uf_probe *probe, int list, int first_place, int n_rows) {
  int m = probe->index->kmeans.m;
  probe->n_rows = n_rows;
  probe->lanes = uf_whole_lanes(n_rows);
  for (int r = 0; r < n_rows; r++) {
    uf_panels_take(&probe->index->panels, first_place + r, m,
                   probe->residual + (size_t)r * (size_t)m);
    probe->scan.count[r] = 0;
    probe->scan.threshold[r] = UF_SCORE_OF_NOTHING;
    add_query(probe, r, r, NULL);
  }
  scan_list(probe, list, n_rows);
  for (int r = 0; r < n_rows; r++) {
    int32_t score = probe->ctx->kernels->nth_score(&probe->scan, r, probe->k);
    probe->ball[r] = score == UF_SCORE_OF_NOTHING ? INFINITY : uf_distance_of_score(score);
  }
  find_near(probe, list);
  measure_margins(probe, list);
}

/* The nth smallest margin of a row, from 0 (Hoare's selection). The same as uf_select_smallest(),
 * which needs keys of 64 bits, takes 1.2 to 2 times as long here (511 margins, nth 8 to 100), and
 * this is done for every row. */
static float nth_margin(uf_probe *probe, int row, int nth) {
  float *x = probe->sorted;
  int from = 0, to = probe->n_near - 1;
  for (int j = 0; j < probe->n_near; j++) x[j] = *uf_probe_margin(probe, j, row);
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

void uf_probe_limit(uf_probe *probe, float reach, int n_probes) {
  for (int r = 0; r < probe->n_rows; r++) {
    float last = n_probes < probe->n_near ? nth_margin(probe, r, n_probes) : INFINITY;
    float touched = reach * probe->ball[r];
    probe->limit[r] = last < touched ? last : touched;
  }
}

void uf_probe_scan(uf_probe *probe, int j) {
  int n_queries = 0;
  for (int r = 0; r < probe->n_rows; r++)
    if (*uf_probe_margin(probe, j, r) < probe->limit[r])
      add_query(probe, n_queries++, r, probe->shift + (size_t)j * (size_t)probe->index->kmeans.m);
  if (n_queries > 0) scan_list(probe, probe->near[j], n_queries);
}

int uf_probe_candidates(uf_probe *probe, int row, const int32_t **place) {
  probe->ctx->kernels->cut_list(&probe->scan, row);
  *place = probe->scan.place + (size_t)probe->scan.capacity * (size_t)row;
  return probe->scan.count[row];
}
