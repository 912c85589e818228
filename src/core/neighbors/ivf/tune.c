#include "arith/arith.h"

#include "neighbors/ivf/tune.h"

#include <limits.h>
#include <stdlib.h>

#include "base/memory.h"
#include "data/proxy.h"
#include "neighbors/ivf/probe.h"
#include "neighbors/recall.h"
#include "neighbors/table.h"
#include "base/parallel.h"

/* Numbers of candidates that are tried, in parts of k, and of clusters searched. */
static const float candidates_per_k[] = {1.2f, 1.5f, 1.8f, 2.2f, 2.7f, 3.2f, 4, 5, 7, 10, 16};
static const int probes[] = {2, 3, 4, 6, 8, 10, 13, 17, 22, 29, 40, 60, 100, INT_MAX};
enum {
  N_CANDIDATES = sizeof candidates_per_k / sizeof *candidates_per_k,
  N_PROBES = sizeof probes / sizeof *probes
};

/* A sample flatters the plan that was chosen by it: two fifths of the misses allowed are kept back. */
static const double spare = 0.4;

/* A true neighbor: what finds it. */
typedef struct hit {
  float reach; /* 0 in the own cluster, infinite if not found */
  int probe;   /* clusters of a smaller excess than its cluster's; -1 for the own */
  int near;    /* its cluster's number among those with the nearest centers; -1 for the own */
  int proxy;   /* codes that are nearer, self among them */
} hit;

typedef struct plan_job {
  uf_context *ctx;
  const uf_points *points;
  const uf_index *index;
  uf_proxy proxy;
  uf_sample *sample;
  int k, n_near;
  uf_probe *walks; /* one a worker */
  int *rows;       /* per worker: candidates, and n_clusters */
  float *proxies;  /* per worker: candidates */
  hit *found;      /* per worker: candidates */
  hit *hits;       /* n_rows × (k - 1) */
  float *reaches;  /* n_rows × n_near: of all clusters, ascending */
} plan_job;

static int place_of(const uf_index *index, int row) {
  int place = 16 * index->clusters[index->cluster_of[row]].first_panel;
  while (index->row_at[place] != row) place++;
  return place;
}

/* How far a ball has to reach, in units of its own size. */
static float reach_of(float excess, float ball) {
  if (ball == INFINITY || excess < 0) return 0;
  return ball > 0 ? excess / ball : INFINITY;
}

static int nearer_codes(const int32_t *score, int n, int at) {
  int nearer = 0;
  for (int i = 0; i < n; i++) nearer += score[i] > score[at];
  return nearer;
}

static int compare_hits(const void *x, const void *y) {
  const hit *a = x, *b = y;
  if (a->reach != b->reach) return a->reach < b->reach ? -1 : 1;
  if (a->proxy != b->proxy) return a->proxy < b->proxy ? -1 : 1;
  return (a->near > b->near) - (a->near < b->near);
}

static int compare_floats(const void *x, const void *y) {
  float a = *(const float *)x, b = *(const float *)y;
  return (a > b) - (a < b);
}

/* Clusters of a smaller excess than near[j] has. */
static int count_nearer(const uf_probe *walk, int j) {
  float excess = *uf_probe_excess(walk, j, 0);
  int count = 0;
  for (int c = 0; c < walk->n_near; c++) count += *uf_probe_excess(walk, c, 0) < excess;
  return count;
}

/* Those of a row's candidates that are as near as its true neighbors: of several equally near, any
 * will do, so the ones found first count. near_number: of each cluster; -1 for the own. */
static int list_hits(const plan_job *j, int s, int worker, uf_probe *walk, const int *near_number,
                     int *rows, hit *found) {
  const int32_t *place;
  float *proxies = j->proxies + (size_t)worker * (size_t)walk->scan.keep, ball = walk->ball[0];
  int self = j->sample->rows[s], n_found = 0, n = uf_probe_candidates(walk, 0, &place);
  for (int i = 0; i < n; i++) rows[i] = j->index->row_at[place[i]];
  uf_proxy_distances(&j->proxy, worker, self, rows, n, proxies);
  uf_nearest nearest = uf_nearest_begin(&j->sample->nearest, s, self);
  for (int i = 0; i < n; i++)
    if (rows[i] != self) uf_nearest_offer(&nearest, rows[i], proxies[i]);
  float farthest = uf_nearest_worst(&nearest);
  uf_nearest_finish(&nearest, j->points->metric);
  for (int i = 0; i < n; i++) {
    if (rows[i] == self || proxies[i] > farthest) continue;
    hit h = {.near = near_number[j->index->cluster_of[rows[i]]], .probe = -1};
    h.proxy = nearer_codes(walk->scan.score, n, i) + 1;
    if (h.near >= 0) {
      h.reach = reach_of(*uf_probe_excess(walk, h.near, 0), ball);
      h.probe = count_nearer(walk, h.near);
    }
    found[n_found++] = h;
  }
  qsort(found, (size_t)n_found, sizeof *found, compare_hits);
  return n_found;
}

static void walk_row(void *job, int64_t s, int worker) {
  plan_job *j = job;
  uf_probe *walk = &j->walks[worker];
  int k = j->k, row = j->sample->rows[s];
  size_t n_candidates = (size_t)walk->scan.keep, n_clusters = (size_t)j->index->n_clusters;
  float *reach = j->reaches + (size_t)s * (size_t)walk->n_near;
  int *rows = j->rows + (size_t)worker * (n_candidates + n_clusters);
  int *near_number = rows + n_candidates;
  hit *hits = j->hits + (size_t)s * (size_t)(k - 1);
  hit *found = j->found + (size_t)worker * n_candidates;
  uf_probe_begin(walk, j->index->cluster_of[row], place_of(j->index, row), 1);
  near_number[j->index->cluster_of[row]] = -1;
  for (int c = 0; c < walk->n_near; c++) {
    near_number[walk->near[c]] = c;
    reach[c] = reach_of(*uf_probe_excess(walk, c, 0), walk->ball[0]);
  }
  qsort(reach, (size_t)walk->n_near, sizeof *reach, compare_floats);
  walk->limit[0] = INFINITY;
  for (int c = 0; c < walk->n_near; c++) uf_probe_visit(walk, c);
  int n_found = list_hits(j, (int)s, worker, walk, near_number, rows, found);
  for (int i = 0; i < k - 1; i++)
    hits[i] = i < n_found ? found[i] : (hit){.reach = INFINITY, .proxy = INT_MAX};
}

/* ---- the choice ---- */

/* Clusters that a row searches beside its own, on average. */
static double mean_visits(const plan_job *j, const uf_probe_plan *plan) {
  int64_t count = 0;
  int n_rows = j->sample->n, n = j->n_near;
  for (int s = 0; s < n_rows; s++) {
    const float *reach = j->reaches + (size_t)s * (size_t)n;
    int from = 0, to = n < plan->n_probes ? n : plan->n_probes;
    while (from < to) {
      int middle = from + (to - from) / 2;
      if (reach[middle] < plan->reach)
        from = middle + 1;
      else
        to = middle;
    }
    count += from;
  }
  return (double)count / n_rows;
}

/* A row's work with a plan, in cycles: codes are encoded and scanned, clusters sorted out, and
 * candidates come from far away in memory. */
static double cost_of(const plan_job *j, const uf_probe_plan *plan) {
  double panels = (double)j->index->panels.n_panels / j->index->n_clusters;
  double depth4 = j->index->panels.n_bytes / 4, lines = (double)j->points->stride / 16;
  double scanning = (1 + mean_visits(j, plan)) * (panels * (0.6 * depth4 + 4) + 2 * depth4 + 100);
  return scanning + plan->n_near * (0.15 * depth4 + 8) + plan->n_candidates * (60 + 8 * lines);
}

static int is_found(const hit *h, const uf_probe_plan *plan) {
  return h->proxy < plan->n_candidates && h->probe < plan->n_probes && h->near < plan->n_near;
}

/* The shortest reach by which a plan finds `wanted` hits, or as many as it can; returns how many.
 * Hits ascend by reach. */
static int64_t shortest_reach(const plan_job *j, int64_t n_hits, int64_t wanted,
                              uf_probe_plan *plan) {
  int64_t found = 0;
  float reach = 0;
  for (int64_t i = 0; i < n_hits && found < wanted && j->hits[i].reach < INFINITY; i++) {
    const hit *h = &j->hits[i];
    if (!is_found(h, plan)) continue;
    found++;
    reach = h->reach;
  }
  plan->reach = 1.0001f * reach;
  return found;
}

/* Takes a plan that finds more than the best so far, or as much at less cost. Nothing is gained by
 * more than `wanted`. */
static void try_plan(const plan_job *j, int64_t n_hits, int64_t wanted, uf_probe_plan plan,
                     int64_t *most, uf_probe_plan *best) {
  int64_t found = shortest_reach(j, n_hits, wanted, &plan);
  if (found < *most) return;
  plan.expected = n_hits > 0 ? plan.ceiling * (double)found / (double)n_hits : 1;
  plan.cost = cost_of(j, &plan);
  if (found > *most || plan.cost < best->cost) *best = plan;
  *most = found;
}

static int at_most(int64_t x, int limit) { return x < limit ? (int)x : limit; }

/* All clusters, and the most candidates: nothing that can be found is left out. */
static uf_probe_plan everything(const plan_job *j, double ceiling) {
  uf_probe_plan plan = {.reach = INFINITY,
                        .n_probes = INT_MAX,
                        .n_near = j->n_near,
                        .n_candidates = j->walks[0].scan.keep,
                        .ceiling = ceiling,
                        .expected = ceiling};
  plan.cost = cost_of(j, &plan);
  return plan;
}

static void choose(const plan_job *j, double target, double ceiling, uf_probe_plan *best) {
  int64_t n_hits = (int64_t)j->sample->n * (j->k - 1), most = -1;
  double needed = (double)n_hits * (target + spare * (1 - target)) / ceiling;
  int64_t wanted = needed < (double)n_hits ? (int64_t)needed + 1 : n_hits;
  int n_near = j->n_near;
  qsort(j->hits, (size_t)n_hits, sizeof *j->hits, compare_hits);
  for (int c = 0; c < N_CANDIDATES; c++)
    for (int p = 0; p < N_PROBES; p++)
      for (int64_t near = 2; near <= 8; near *= 2) {
        uf_probe_plan plan = {
            .n_near = near == 8 ? n_near : at_most(near * probes[p], n_near),
            .n_probes = probes[p],
            .n_candidates = at_most((int)((float)j->k * candidates_per_k[c]) + 1, j->index->n),
            .ceiling = ceiling};
        try_plan(j, n_hits, wanted, plan, &most, best);
      }
}

void uf_sample_free(uf_sample *sample) {
  uf_free(sample->rows);
  uf_neighbors_free(&sample->nearest);
  uf_neighbors_free(&sample->exact);
}

/* The part of the exact neighbors that the walks found. */
static uf_status measure_ceiling(uf_context *ctx, const uf_sample *sample, double *ceiling) {
  uf_status status = UF_OK;
  int *rows = NULL;
  UF_NEW(ctx, rows, sample->exact.n);
  for (int i = 0; i < sample->exact.n; i++) rows[i] = i * sample->every;
  *ceiling = uf_recall_of_rows(&sample->nearest, &sample->exact, rows);
done:
  uf_free(rows);
  return status;
}

uf_status uf_tune(uf_context *ctx, const uf_points *points, const uf_index *index,
                  uf_sample *sample, double target, int n_near, uf_probe_plan *plan) {
  uf_status status = UF_OK;
  int threads = ctx->n_threads, k = sample->nearest.k;
  int candidates = at_most((int)((float)k * candidates_per_k[N_CANDIDATES - 1]) + 1, index->n);
  plan_job job = {
      .ctx = ctx, .points = points, .index = index, .sample = sample, .k = k, .n_near = n_near};
  double ceiling;
  UF_TRY(uf_proxy_open(ctx, points, NULL, &job.proxy));
  UF_NEW_ZERO(ctx, job.walks, threads);
  for (int t = 0; t < threads; t++)
    UF_TRY(uf_probe_open(ctx, index, 1, k, n_near, candidates, &job.walks[t]));
  UF_NEW(ctx, job.rows, (int64_t)threads * (candidates + index->n_clusters));
  UF_NEW(ctx, job.proxies, (int64_t)threads * candidates);
  UF_NEW(ctx, job.found, (int64_t)threads * candidates);
  UF_NEW(ctx, job.hits, (int64_t)sample->n * (k - 1));
  UF_NEW(ctx, job.reaches, (int64_t)sample->n * n_near);
  UF_TRY(uf_parallel(ctx, sample->n, walk_row, &job));
  UF_TRY(measure_ceiling(ctx, sample, &ceiling));
  if (target < 1)
    choose(&job, target, ceiling, plan);
  else
    *plan = everything(&job, ceiling);
done:
  for (int t = 0; job.walks && t < threads; t++) uf_probe_close(&job.walks[t]);
  uf_proxy_close(&job.proxy);
  uf_free(job.walks);
  uf_free(job.rows);
  uf_free(job.proxies);
  uf_free(job.found);
  uf_free(job.hits);
  uf_free(job.reaches);
  return status;
}
