/*
 * neighbor_clusters.c: approximate neighbours of all points at the speed of small integers.
 *
 * 1. Rows become strings of 7-bit codes (neighbor_codes.c), and the codes a few hundred clusters
 * (neighbor_kmeans.c).
 * 2. A row's neighbours are sought in its own cluster, then in the clusters whose centroids are
 * nearest: all of them are scanned with exact integer products, and the row keeps the
 * `n_candidates` nearest codes.
 * 3. Those are compared in the true metric, in float, and the k nearest stay.
 *
 * Rows are stored in the order of their clusters; a block of rows of one cluster owns its candidate
 * lists, which stay in cache. No pair is seen twice by a row, so nothing needs removing. Clusters
 * are visited in one order whatever the threads do.
 *
 * About n · n_probes · (rows in a cluster) · n_bytes integer products, and n · n_candidates · d in
 * float.
 */
#include "arith.h"

#include "memory.h"
#include "neighbor_codes.h"
#include "neighbor_kmeans.h"
#include "neighbors.h"
#include "parallel.h"

enum { ROWS_PER_CLUSTER = 256, MIN_CLUSTERS = 4, MAX_CLUSTERS = 2048, ROWS_PER_BLOCK = 192 };

/* How far the search goes. */
typedef struct search_plan {
  int n_clusters;
  int n_probes;     /* clusters that a row is compared with */
  int n_candidates; /* rows that are compared in the true metric, self among them */
} search_plan;

/* Rows in the order of their clusters; each cluster begins a new panel. Places without a row are
 * -1. */
typedef struct cluster_order {
  int n_clusters;
  int n_places;
  int *first_panel; /* n_clusters + 1 */
  int *size;        /* n_clusters: rows */
  int *row_at;      /* n_places: the row that stands there */
} cluster_order;

/* The rows of a cluster that one task serves. */
typedef struct row_block {
  int cluster;
  int first; /* place */
  int count;
} row_block;

typedef struct search_job {
  uf_context *ctx;
  const uf_points *points;
  const uf_codes *codes;
  const uf_panels *panels;
  const cluster_order *order;
  const uint16_t *probes;
  search_plan plan;
  const row_block *blocks;
  uf_neighbors *neighbors;
  int capacity;
  int32_t *lists;   /* per worker: scores and places, ROWS_PER_BLOCK × capacity each */
  int *visits;      /* per worker: 2 × ROWS_PER_BLOCK × n_probes rows and lists, by cluster */
  int *visit_start; /* per worker: n_clusters + 1 */
  int *nearest;     /* per worker: n_candidates rows */
  float *ranks;     /* per worker: n_candidates */
} search_job;

static int at_most(int x, int limit) { return x < limit ? x : limit; }

/* Wide rows lose more in projection, and the Euclidean order is only near to that of another
 * metric: both want more candidates. */
static search_plan make_plan(const uf_points *points, int k) {
  int wide = points->d > 64;
  search_plan plan;
  plan.n_clusters = at_most(points->n / ROWS_PER_CLUSTER, MAX_CLUSTERS);
  if (plan.n_clusters < MIN_CLUSTERS) plan.n_clusters = MIN_CLUSTERS;
  plan.n_probes = (wide ? 24 : 16) * (k + 14) / 15;
  plan.n_probes = at_most(plan.n_probes, plan.n_clusters);
  plan.n_candidates = (points->metric == UF_MANHATTAN ? 4 : 2) * k + 6;
  plan.n_candidates = at_most(plan.n_candidates, points->n);
  return plan;
}

static void order_free(cluster_order *order) {
  uf_free(order->first_panel);
  uf_free(order->size);
  uf_free(order->row_at);
}

/* Counting sort of the rows by their nearest cluster. */
static uf_status order_rows(uf_context *ctx, int n, const uint16_t *probes, const search_plan *plan,
                            cluster_order *order) {
  uf_status status = UF_OK;
  int *next = NULL;
  *order = (cluster_order){.n_clusters = plan->n_clusters};
  UF_NEW(ctx, order->first_panel, plan->n_clusters + 1);
  UF_NEW_ZERO(ctx, order->size, plan->n_clusters);
  UF_NEW(ctx, next, plan->n_clusters);
  for (int i = 0; i < n; i++) order->size[probes[(size_t)i * (size_t)plan->n_probes]]++;
  order->first_panel[0] = 0;
  for (int c = 0; c < plan->n_clusters; c++) {
    order->first_panel[c + 1] = order->first_panel[c] + (order->size[c] + 15) / 16;
    next[c] = 16 * order->first_panel[c];
  }
  order->n_places = 16 * order->first_panel[plan->n_clusters];
  UF_NEW(ctx, order->row_at, order->n_places);
  for (int place = 0; place < order->n_places; place++) order->row_at[place] = -1;
  for (int i = 0; i < n; i++) order->row_at[next[probes[(size_t)i * (size_t)plan->n_probes]]++] = i;
done:
  uf_free(next);
  if (status) order_free(order);
  return status;
}

typedef struct panel_job {
  const uf_codes *codes;
  const cluster_order *order;
  uf_panels *panels;
} panel_job;

static void fill_panels(void *job, int64_t cluster, int worker) {
  (void)worker;
  panel_job *j = job;
  for (int place = 16 * j->order->first_panel[cluster];
       place < 16 * j->order->first_panel[cluster + 1]; place++) {
    int row = j->order->row_at[place];
    uf_panels_put(j->panels, j->codes->n_bytes, place, row < 0 ? NULL : uf_code(j->codes, row));
  }
}

static int count_blocks(const cluster_order *order) {
  int count = 0;
  for (int c = 0; c < order->n_clusters; c++)
    count += (order->size[c] + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
  return count;
}

static void list_blocks(const cluster_order *order, row_block *blocks) {
  for (int c = 0; c < order->n_clusters; c++)
    for (int first = 0; first < order->size[c]; first += ROWS_PER_BLOCK)
      *blocks++ = (row_block){c, 16 * order->first_panel[c] + first,
                              at_most(order->size[c] - first, ROWS_PER_BLOCK)};
}

/* Sorts the rows of a block by the clusters that they probe, their own left out. */
static void plan_visits(const search_job *j, const row_block *block, int *rows, int *lists,
                        int *start) {
  int n_clusters = j->plan.n_clusters, n_probes = j->plan.n_probes;
  memset(start, 0, sizeof *start * (size_t)(n_clusters + 1));
  for (int r = 0; r < block->count; r++) {
    const uint16_t *probe =
        j->probes + (size_t)j->order->row_at[block->first + r] * (size_t)n_probes;
    for (int p = 1; p < n_probes; p++) start[probe[p] + 1]++;
  }
  for (int c = 0; c < n_clusters; c++) start[c + 1] += start[c];
  for (int r = 0; r < block->count; r++) {
    int row = j->order->row_at[block->first + r];
    const uint16_t *probe = j->probes + (size_t)row * (size_t)n_probes;
    for (int p = 1; p < n_probes; p++) {
      int at = start[probe[p]]++;
      rows[at] = row;
      lists[at] = r;
    }
  }
  /* Each start has moved to its end, the next one's start. */
  for (int c = n_clusters; c > 0; c--) start[c] = start[c - 1];
  start[0] = 0;
}

/* Fills the candidate lists of a block: its own cluster first, which sets good thresholds for the
 * rest. */
static void scan_clusters(const search_job *j, const row_block *block, uf_scan *scan, int *rows,
                          int *lists, int *start) {
  const int *first_panel = j->order->first_panel;
  for (int r = 0; r < block->count; r++) {
    rows[r] = j->order->row_at[block->first + r];
    lists[r] = r;
    scan->count[r] = 0;
    scan->threshold[r] = UF_SCORE_OF_NOTHING;
  }
  j->ctx->kernels->scan_panels(scan, rows, lists, block->count, first_panel[block->cluster],
                               first_panel[block->cluster + 1]);
  plan_visits(j, block, rows, lists, start);
  for (int c = 0; c < j->plan.n_clusters; c++)
    if (start[c + 1] > start[c])
      j->ctx->kernels->scan_panels(scan, rows + start[c], lists + start[c], start[c + 1] - start[c],
                                   first_panel[c], first_panel[c + 1]);
}

/* The k nearest of a row's candidates, in the true metric. */
static void rank_candidates(const search_job *j, int row, const int32_t *place, int n,
                            int *candidate, float *ranks) {
  int count = 0;
  for (int i = 0; i < n; i++) {
    int other = j->order->row_at[place[i]];
    if (other != row) candidate[count++] = other;
  }
  uf_distance_of(j->ctx, j->points)(uf_point(j->points, row), j->points->x, j->points->stride,
                                    candidate, count, ranks);
  uf_nearest nearest = uf_nearest_begin(j->neighbors, row, row);
  for (int i = 0; i < count; i++) uf_nearest_offer(&nearest, candidate[i], ranks[i]);
  uf_nearest_finish(&nearest, j->points->metric);
}

static void search_block(void *job, int64_t index, int worker) {
  search_job *j = job;
  const row_block *block = &j->blocks[index];
  int count[ROWS_PER_BLOCK];
  int32_t threshold[ROWS_PER_BLOCK];
  size_t n_visits = (size_t)ROWS_PER_BLOCK * (size_t)j->plan.n_probes,
         n_candidates = (size_t)j->plan.n_candidates;
  size_t capacity = (size_t)j->capacity, list_size = ROWS_PER_BLOCK * capacity;
  int32_t *score = j->lists + 2 * list_size * (size_t)worker;
  int *rows = j->visits + 2 * n_visits * (size_t)worker;
  uf_scan scan = {.codes = j->codes->bytes,
                  .panels = j->panels->bytes,
                  .half_norm = j->panels->half_norm,
                  .depth4 = j->codes->n_bytes / 4,
                  .keep = j->plan.n_candidates,
                  .capacity = j->capacity,
                  .score = score,
                  .place = score + list_size,
                  .count = count,
                  .threshold = threshold};
  scan_clusters(j, block, &scan, rows, rows + n_visits,
                j->visit_start + (size_t)worker * (size_t)(j->plan.n_clusters + 1));
  for (int r = 0; r < block->count; r++) {
    j->ctx->kernels->cut_list(&scan, r);
    rank_candidates(j, j->order->row_at[block->first + r], scan.place + capacity * (size_t)r,
                    count[r], j->nearest + n_candidates * (size_t)worker,
                    j->ranks + n_candidates * (size_t)worker);
  }
}

static uf_status search(uf_context *ctx, search_job *job) {
  uf_status status = UF_OK;
  row_block *blocks = NULL;
  int n_blocks = count_blocks(job->order);
  int64_t threads = ctx->n_threads;
  job->capacity = (3 * job->plan.n_candidates + 47) / 16 * 16;
  UF_NEW(ctx, blocks, n_blocks);
  UF_NEW(ctx, job->lists, threads * 2 * ROWS_PER_BLOCK * job->capacity);
  UF_NEW(ctx, job->visits, threads * 2 * ROWS_PER_BLOCK * job->plan.n_probes);
  UF_NEW(ctx, job->visit_start, threads * (job->plan.n_clusters + 1));
  UF_NEW(ctx, job->nearest, threads * job->plan.n_candidates);
  UF_NEW(ctx, job->ranks, threads * job->plan.n_candidates);
  list_blocks(job->order, blocks);
  job->blocks = blocks;
  UF_TRY(uf_parallel(ctx, n_blocks, search_block, job));
done:
  uf_free(blocks);
  uf_free(job->lists);
  uf_free(job->visits);
  uf_free(job->visit_start);
  uf_free(job->nearest);
  uf_free(job->ranks);
  return status;
}

uf_status uf_neighbors_clusters(uf_context *ctx, const uf_points *points, int k, uint64_t seed,
                                uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  search_plan plan = make_plan(points, k);
  uf_codes codes = {0};
  uf_panels centroids = {0}, panels = {0};
  cluster_order order = {0};
  uint16_t *probes = NULL;
  *neighbors = (uf_neighbors){0};

  uf_span(ctx, 0, 0.05);
  UF_TRY(uf_codes_make(ctx, points, seed, &codes));
  UF_TRY(uf_kmeans(ctx, &codes, plan.n_clusters, &centroids));
  UF_NEW(ctx, probes, (int64_t)points->n * plan.n_probes);
  uf_span(ctx, 0.05, 0.2);
  UF_TRY(uf_nearest_clusters(ctx, &codes, NULL, points->n, &centroids, plan.n_probes, probes));
  UF_TRY(order_rows(ctx, points->n, probes, &plan, &order));
  UF_TRY(uf_panels_make(ctx, order.first_panel[plan.n_clusters], codes.n_bytes, &panels));
  UF_TRY(uf_parallel(ctx, plan.n_clusters, fill_panels, &(panel_job){&codes, &order, &panels}));
  UF_TRY(uf_neighbors_alloc(ctx, points->n, k, neighbors));
  uf_span(ctx, 0.2, 1);
  UF_TRY(search(ctx, &(search_job){.ctx = ctx,
                                   .points = points,
                                   .codes = &codes,
                                   .panels = &panels,
                                   .order = &order,
                                   .probes = probes,
                                   .plan = plan,
                                   .neighbors = neighbors}));
  UF_TRY(uf_neighbors_complete(ctx, points, neighbors));
done:
  uf_codes_free(&codes);
  uf_panels_free(&centroids);
  uf_panels_free(&panels);
  order_free(&order);
  uf_free(probes);
  if (status) uf_neighbors_free(neighbors);
  return status;
}
