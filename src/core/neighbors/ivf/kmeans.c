#include "arith/arith.h"

#include "neighbors/ivf/kmeans.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/types.h"

enum { ROUNDS = 4, TOP_ROWS = 16384, ROWS_PER_TILE = 64, GROUPS_TRIED = 3 };

static uf_status center_set_alloc(uf_context *ctx, int n, int m, uf_centroids *set) {
  uf_status status = UF_OK;
  *set = (uf_centroids){.n = n, .padded = uf_whole_lanes(n)};
  UF_NEW_ZERO(ctx, set->rows, (int64_t)n * m);
  UF_NEW_ZERO(ctx, set->columns, (int64_t)m * set->padded);
  UF_NEW(ctx, set->offset, set->padded);
done:
  return status;
}

static void center_set_free(uf_centroids *set) {
  uf_free(set->rows);
  uf_free(set->columns);
  uf_free(set->offset);
}

/* Fills columns and offset from the rows. */
static void center_set_turn(uf_centroids *set, int m) {
  for (int c = 0; c < set->padded; c++) set->offset[c] = c < set->n ? 0 : -INFINITY;
  for (int c = 0; c < set->n; c++) {
    const float *row = set->rows + (size_t)c * (size_t)m;
    float squares = 0;
    for (int j = 0; j < m; j++) {
      set->columns[(size_t)j * (size_t)set->padded + (size_t)c] = row[j];
      squares += row[j] * row[j];
    }
    set->offset[c] = -0.5f * squares;
  }
}

/* ---- k-means ---- */

/* What one run needs beside its rows. */
typedef struct kmeans_scratch {
  float *score;   /* ROWS_PER_TILE × padded */
  double *sum;    /* n_centers × m */
  int *count;     /* n_centers */
  int *all;       /* 0 … n - 1 */
  float *squared; /* n: distance² from the nearest center so far */
  float *newest;  /* n */
  int *label;     /* n */
} kmeans_scratch;

static int draw_by_distance(const float *squared, int n, double u) {
  double sum = 0, at;
  for (int i = 0; i < n; i++) sum += sqrtf(squared[i]);
  at = u * sum;
  for (int i = 0; i < n; i++)
    if ((at -= sqrtf(squared[i])) < 0) return i;
  return n - 1;
}

static void choose_starts(const uf_context *ctx, const float *x, int n, int m, uint64_t key,
                          uf_centroids *set, const kmeans_scratch *s) {
  for (int i = 0; i < n; i++) s->squared[i] = INFINITY;
  for (int c = 0; c < set->n; c++) {
    int row = c % 4 ? draw_by_distance(s->squared, n, uf_draw_unit(key, (uint64_t)c))
                    : (int)((int64_t)c * n / set->n);
    float *center = set->rows + (size_t)c * (size_t)m;
    memcpy(center, x + (size_t)row * (size_t)m, (size_t)m * sizeof *center);
    ctx->kernels->squared_euclidean(center, x, (size_t)m, s->all, n, s->newest);
    for (int i = 0; i < n; i++)
      s->squared[i] = s->newest[i] < s->squared[i] ? s->newest[i] : s->squared[i];
  }
}

static int largest_of(const float *score, int n) {
  int best = 0;
  for (int c = 1; c < n; c++)
    if (score[c] > score[best]) best = c;
  return best;
}

static void label_rows(const uf_context *ctx, const float *x, int n, int m, const uf_centroids *set,
                       float *score, int *label) {
  for (int from = 0; from < n; from += ROWS_PER_TILE) {
    int rows = n - from < ROWS_PER_TILE ? n - from : ROWS_PER_TILE;
    ctx->kernels->product(x + (size_t)from * (size_t)m, (size_t)m, rows, m, set->columns,
                          set->padded, set->offset, score, (size_t)set->padded);
    for (int r = 0; r < rows; r++)
      label[from + r] = largest_of(score + (size_t)r * (size_t)set->padded, set->n);
  }
}

/* Each center becomes the mean of its rows; one without rows stays where it is. */
static void move_centers(const float *x, int n, int m, uf_centroids *set, const kmeans_scratch *s) {
  memset(s->sum, 0, sizeof *s->sum * (size_t)set->n * (size_t)m);
  memset(s->count, 0, sizeof *s->count * (size_t)set->n);
  for (int i = 0; i < n; i++) {
    double *sum = s->sum + (size_t)s->label[i] * (size_t)m;
    const float *row = x + (size_t)i * (size_t)m;
    for (int j = 0; j < m; j++) sum[j] += row[j];
    s->count[s->label[i]]++;
  }
  for (int c = 0; c < set->n; c++)
    for (size_t j = (size_t)c * (size_t)m; s->count[c] && j < (size_t)(c + 1) * (size_t)m; j++)
      set->rows[j] = (float)(s->sum[j] / s->count[c]);
}

static void kmeans(const uf_context *ctx, const float *x, int n, int m, uint64_t key,
                   uf_centroids *set, const kmeans_scratch *scratch) {
  choose_starts(ctx, x, n, m, key, set, scratch);
  for (int round = 0; round < ROUNDS; round++) {
    center_set_turn(set, m);
    label_rows(ctx, x, n, m, set, scratch->score, scratch->label);
    move_centers(x, n, m, set, scratch);
  }
  center_set_turn(set, m);
}

static void scratch_free(kmeans_scratch *s) {
  uf_free(s->score);
  uf_free(s->sum);
  uf_free(s->count);
  uf_free(s->all);
  uf_free(s->squared);
  uf_free(s->newest);
  uf_free(s->label);
}

/* For runs on n rows in all, and up to n_centers in one of them, by n_threads at once. */
static uf_status scratch_alloc(uf_context *ctx, int n, int m, int n_centers, int n_threads,
                               kmeans_scratch *s) {
  uf_status status = UF_OK;
  int64_t padded = uf_whole_lanes(n_centers);
  *s = (kmeans_scratch){0};
  UF_NEW(ctx, s->score, padded * n_threads * ROWS_PER_TILE);
  UF_NEW(ctx, s->sum, n_threads * padded * m);
  UF_NEW(ctx, s->count, n_threads * padded);
  UF_NEW(ctx, s->all, n);
  UF_NEW(ctx, s->squared, n);
  UF_NEW(ctx, s->newest, n);
  UF_NEW(ctx, s->label, n);
  for (int i = 0; i < n; i++) s->all[i] = i;
done:
  return status;
}

/* ---- two levels ---- */

typedef struct group_job {
  uf_context *ctx;
  const float *rows; /* n × m, by groups, relative to their centers */
  const int *start;  /* n_groups + 1 */
  uf_kmeans *centers;
  int widest; /* centers of the largest group, in whole lanes */
  uint64_t seed;
  kmeans_scratch scratch;
} group_job;

static void cluster_group(void *job, int64_t group, int worker) {
  group_job *j = job;
  int from = j->start[group], m = j->centers->m;
  size_t w = (size_t)worker, widest = (size_t)j->widest;
  kmeans_scratch s = {.score = j->scratch.score + w * ROWS_PER_TILE * widest,
                      .sum = j->scratch.sum + w * widest * (size_t)m,
                      .count = j->scratch.count + w * widest,
                      .all = j->scratch.all,
                      .squared = j->scratch.squared + from,
                      .newest = j->scratch.newest + from,
                      .label = j->scratch.label + from};
  if (j->start[group + 1] == from) { /* a center without rows serves as its own only cluster */
    center_set_turn(&j->centers->members[group], m);
    return;
  }
  kmeans(j->ctx, j->rows + (size_t)from * (size_t)m, j->start[group + 1] - from, m,
         uf_key(j->seed, UF_STAGE_CLUSTERS, 1, (uint64_t)group), &j->centers->members[group], &s);
}

/* Counting sort of the sample by group: `order` receives the rows less their group's center. */
static void sort_by_group(const float *sample, int n, const int *label, const uf_kmeans *centers,
                          int *start, float *order) {
  size_t m = (size_t)centers->m;
  for (int i = 0; i < n; i++) start[label[i] + 1]++;
  for (int g = 0; g < centers->n_groups; g++) start[g + 1] += start[g];
  for (int i = 0; i < n; i++) {
    const float *center = centers->groups.rows + m * (size_t)label[i];
    float *to = order + m * (size_t)start[label[i]]++;
    for (size_t j = 0; j < m; j++) to[j] = sample[m * (size_t)i + j] - center[j];
  }
  for (int g = centers->n_groups; g > 0; g--) start[g] = start[g - 1];
  start[0] = 0;
}

/* Clusters in proportion to rows, at least one. */
static uf_status share_out(uf_context *ctx, const int *start, int n, int n_clusters,
                           uf_kmeans *centers, int *widest) {
  uf_status status = UF_OK;
  UF_NEW_ZERO(ctx, centers->members, centers->n_groups);
  UF_NEW(ctx, centers->first, centers->n_groups + 1);
  centers->first[0] = *widest = 0;
  for (int g = 0; g < centers->n_groups; g++) {
    int64_t rows = start[g + 1] - start[g];
    int share = (int)((rows * n_clusters + n / 2) / n);
    if (share < 1) share = 1;
    UF_TRY(center_set_alloc(ctx, share, centers->m, &centers->members[g]));
    centers->first[g + 1] = centers->first[g] + share;
    if (share > *widest) *widest = share;
  }
  *widest = uf_whole_lanes(*widest);
  centers->n_clusters = centers->first[centers->n_groups];
done:
  return status;
}

static uf_status add_up(uf_context *ctx, uf_kmeans *centers) {
  uf_status status = UF_OK;
  size_t m = (size_t)centers->m;
  UF_NEW(ctx, centers->center, (int64_t)centers->n_clusters * centers->m);
  for (int g = 0; g < centers->n_groups; g++)
    for (int c = centers->first[g]; c < centers->first[g + 1]; c++)
      for (size_t j = 0; j < m; j++)
        centers->center[m * (size_t)c + j] =
            centers->groups.rows[m * (size_t)g + j] +
            centers->members[g].rows[m * (size_t)(c - centers->first[g]) + j];
done:
  return status;
}

static int integer_root(int n) {
  int root = 1;
  while ((root + 1) * (root + 1) <= n) root++;
  return root;
}

uf_status uf_kmeans_make(uf_context *ctx, const float *sample, int n, int m, int n_clusters,
                         uint64_t seed, uf_kmeans *centers) {
  uf_status status = UF_OK;
  int n_top = n < TOP_ROWS ? n : TOP_ROWS, n_groups = integer_root(n_clusters), *start = NULL;
  float *sorted = NULL;
  kmeans_scratch top = {0};
  group_job job = {.ctx = ctx, .centers = centers, .seed = seed};
  *centers = (uf_kmeans){.m = m, .n_groups = n_groups};
  UF_TRY(center_set_alloc(ctx, n_groups, m, &centers->groups));
  UF_TRY(scratch_alloc(ctx, n, m, n_groups, 1, &top));
  UF_NEW_ZERO(ctx, start, n_groups + 1);
  UF_NEW(ctx, sorted, (int64_t)n * m);
  /* Rows come in no order that matters here: the first n_top of an even sample would not be one. */
  for (int i = 0; i < n_top; i++)
    memcpy(sorted + (size_t)i * (size_t)m, sample + (size_t)((int64_t)i * n / n_top) * (size_t)m,
           (size_t)m * sizeof *sorted);
  kmeans(ctx, sorted, n_top, m, uf_key(seed, UF_STAGE_CLUSTERS, 0, 0), &centers->groups, &top);
  label_rows(ctx, sample, n, m, &centers->groups, top.score, top.label);
  sort_by_group(sample, n, top.label, centers, start, sorted);
  UF_TRY(share_out(ctx, start, n, n_clusters, centers, &job.widest));
  UF_TRY(scratch_alloc(ctx, n, m, job.widest, ctx->n_threads, &job.scratch));
  job.rows = sorted;
  job.start = start;
  UF_TRY(uf_parallel(ctx, n_groups, cluster_group, &job));
  UF_TRY(add_up(ctx, centers));
done:
  scratch_free(&top);
  scratch_free(&job.scratch);
  uf_free(start);
  uf_free(sorted);
  if (status) uf_kmeans_free(centers);
  return status;
}

void uf_kmeans_free(uf_kmeans *centers) {
  center_set_free(&centers->groups);
  for (int g = 0; centers->members && g < centers->n_groups; g++)
    center_set_free(&centers->members[g]);
  uf_free(centers->members);
  uf_free(centers->first);
  uf_free(centers->center);
  *centers = (uf_kmeans){0};
}

/* ---- the nearest cluster of each row ---- */

static int widest_set(const uf_kmeans *centers) {
  int widest = centers->groups.padded;
  for (int g = 0; g < centers->n_groups; g++)
    if (centers->members[g].padded > widest) widest = centers->members[g].padded;
  return widest;
}

int64_t uf_kmeans_scratch(const uf_kmeans *centers) {
  return (int64_t)UF_KMEANS_ROWS * (widest_set(centers) + centers->m);
}

/* The groups that score best for each row, and how far their centers are. Returns how many. */
static int choose_groups(const uf_context *ctx, const uf_kmeans *centers, const float *x, int n,
                         int (*group)[GROUPS_TRIED], float (*squared)[GROUPS_TRIED], float *score) {
  const uf_centroids *groups = &centers->groups;
  int count = groups->n < GROUPS_TRIED ? groups->n : GROUPS_TRIED;
  size_t m = (size_t)centers->m, padded = (size_t)groups->padded;
  ctx->kernels->product(x, m, n, centers->m, groups->columns, groups->padded, groups->offset, score,
                        padded);
  for (int r = 0; r < n; r++, score += padded) {
    for (int t = 0; t < count; t++) {
      group[r][t] = largest_of(score, groups->n);
      score[group[r][t]] = -INFINITY;
    }
    ctx->kernels->squared_euclidean(x + m * (size_t)r, groups->rows, m, group[r], count,
                                    squared[r]);
  }
  return count;
}

void uf_kmeans_assign(const uf_context *ctx, const uf_kmeans *centers, const float *x, int n,
                      int *label, float *scratch) {
  int group[UF_KMEANS_ROWS][GROUPS_TRIED], member_of[UF_KMEANS_ROWS];
  float squared[UF_KMEANS_ROWS][GROUPS_TRIED], best[UF_KMEANS_ROWS], half[UF_KMEANS_ROWS];
  size_t m = (size_t)centers->m;
  float *relative = scratch, *score = scratch + UF_KMEANS_ROWS * m;
  int count = choose_groups(ctx, centers, x, n, group, squared, score);
  for (int r = 0; r < n; r++) best[r] = INFINITY;
  for (int g = 0; g < centers->n_groups; g++) {
    const uf_centroids *set = &centers->members[g];
    const float *center = centers->groups.rows + m * (size_t)g;
    int found = 0;
    for (int r = 0; r < n; r++)
      for (int t = 0; t < count; t++) {
        if (group[r][t] != g) continue;
        for (size_t j = 0; j < m; j++)
          relative[m * (size_t)found + j] = x[m * (size_t)r + j] - center[j];
        half[found] = 0.5f * squared[r][t];
        member_of[found++] = r;
      }
    ctx->kernels->product(relative, m, found, centers->m, set->columns, set->padded, set->offset,
                          score, (size_t)set->padded);
    for (int i = 0; i < found; i++) {
      const float *scores = score + (size_t)set->padded * (size_t)i;
      int member = largest_of(scores, set->n), r = member_of[i];
      float distance = half[i] - scores[member];
      if (distance >= best[r]) continue;
      best[r] = distance;
      label[r] = centers->first[g] + member;
    }
  }
}
