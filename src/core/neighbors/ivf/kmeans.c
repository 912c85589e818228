#include "arith/arith.h"

#include "neighbors/ivf/kmeans.h"

#include "base/csr_build.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/types.h"

enum {
  ROUNDS = 4,
  TOP_ROWS = 16384, /* of the sample, from which the groups are found */
  ROWS_PER_TILE = 64,
  GROUPS_TRIED = 3
};

static uf_status centroids_alloc(uf_context *ctx, int n, int m, uf_centroids *set) {
  uf_status status = UF_OK;
  *set = (uf_centroids){.n = n, .m = m, .padded = uf_whole_lanes(n)};
  UF_NEW_ZERO(ctx, set->rows, (int64_t)n * m);
  UF_NEW_ZERO(ctx, set->columns, (int64_t)m * set->padded);
  UF_NEW(ctx, set->offset, set->padded);
done:
  return status;
}

static void centroids_free(uf_centroids *set) {
  uf_free(set->rows);
  uf_free(set->columns);
  uf_free(set->offset);
  *set = (uf_centroids){0};
}

/* Fills columns and offset from the rows. */
static void centroids_turn(uf_centroids *set) {
  for (int c = 0; c < set->padded; c++) set->offset[c] = c < set->n ? 0 : -INFINITY;
  for (int c = 0; c < set->n; c++) {
    const float *row = set->rows + (size_t)c * (size_t)set->m;
    float squares = 0;
    for (int j = 0; j < set->m; j++) {
      set->columns[(size_t)j * (size_t)set->padded + (size_t)c] = row[j];
      squares += row[j] * row[j];
    }
    set->offset[c] = -0.5f * squares;
  }
}

/* ---- One run of k-means ---- */

typedef struct run_scratch {
  float *score;   /* ROWS_PER_TILE × padded */
  double *sum;    /* n_centroids × m */
  int *count;     /* n_centroids */
  int *all;       /* 0 … n - 1 */
  float *squared; /* n: distance² from the nearest centroid so far */
  float *newest;  /* n: distance² from the last one */
  int *label;     /* n */
} run_scratch;

static int draw_by_distance(const float *squared, int n, double u) {
  double sum = 0, at;
  for (int i = 0; i < n; i++) sum += sqrtf(squared[i]);
  at = u * sum;
  for (int i = 0; i < n; i++)
    if ((at -= sqrtf(squared[i])) < 0) return i;
  return n - 1;
}

static void choose_initial(const uf_context *ctx, const uf_kmeans_rows *rows, uint64_t key,
                           uf_centroids *set, const run_scratch *s) {
  int n = rows->n;
  size_t m = (size_t)rows->m;
  for (int i = 0; i < n; i++) s->squared[i] = INFINITY;
  for (int c = 0; c < set->n; c++) {
    int row = c % 4 ? draw_by_distance(s->squared, n, uf_draw_unit(key, (uint64_t)c))
                    : (int)((int64_t)c * n / set->n);
    float *centroid = set->rows + (size_t)c * m;
    memcpy(centroid, rows->x + (size_t)row * m, m * sizeof *centroid);
    ctx->kernels->squared_euclidean(centroid, rows->x, m, s->all, n, s->newest);
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

/* label: n; the nearest centroid of each row. score: ROWS_PER_TILE × padded. */
static void label_rows(const uf_context *ctx, const uf_kmeans_rows *rows, const uf_centroids *set,
                       float *score, int *label) {
  size_t m = (size_t)rows->m, padded = (size_t)set->padded;
  for (int from = 0; from < rows->n; from += ROWS_PER_TILE) {
    int count = rows->n - from < ROWS_PER_TILE ? rows->n - from : ROWS_PER_TILE;
    ctx->kernels->product(rows->x + (size_t)from * m, m, count, rows->m, set->columns, set->padded,
                          set->offset, score, padded);
    for (int r = 0; r < count; r++)
      label[from + r] = largest_of(score + (size_t)r * padded, set->n);
  }
}

/* Each centroid becomes the mean of its rows; one without rows stays where it is. */
static void move_centroids(const uf_kmeans_rows *rows, uf_centroids *set, const run_scratch *s) {
  size_t m = (size_t)rows->m;
  memset(s->sum, 0, sizeof *s->sum * (size_t)set->n * m);
  memset(s->count, 0, sizeof *s->count * (size_t)set->n);
  for (int i = 0; i < rows->n; i++) {
    double *sum = s->sum + (size_t)s->label[i] * m;
    const float *row = rows->x + (size_t)i * m;
    for (size_t j = 0; j < m; j++) sum[j] += row[j];
    s->count[s->label[i]]++;
  }
  for (int c = 0; c < set->n; c++)
    for (size_t j = (size_t)c * m; s->count[c] && j < (size_t)(c + 1) * m; j++)
      set->rows[j] = (float)(s->sum[j] / s->count[c]);
}

static void run_kmeans(const uf_context *ctx, const uf_kmeans_rows *rows, uint64_t key,
                       uf_centroids *set, const run_scratch *scratch) {
  choose_initial(ctx, rows, key, set, scratch);
  for (int round = 0; round < ROUNDS; round++) {
    centroids_turn(set);
    label_rows(ctx, rows, set, scratch->score, scratch->label);
    move_centroids(rows, set, scratch);
  }
  centroids_turn(set);
}

static void scratch_free(run_scratch *s) {
  uf_free(s->score);
  uf_free(s->sum);
  uf_free(s->count);
  uf_free(s->all);
  uf_free(s->squared);
  uf_free(s->newest);
  uf_free(s->label);
  *s = (run_scratch){0};
}

/* For n_runs at once, on n rows in all, with up to n_centroids in one of them. */
static uf_status scratch_alloc(uf_context *ctx, const uf_kmeans_rows *rows, int n_centroids,
                               int n_runs, run_scratch *s) {
  uf_status status = UF_OK;
  int64_t padded = uf_whole_lanes(n_centroids);
  int n = rows->n;
  *s = (run_scratch){0};
  UF_NEW(ctx, s->score, padded * n_runs * ROWS_PER_TILE);
  UF_NEW(ctx, s->sum, n_runs * padded * rows->m);
  UF_NEW(ctx, s->count, n_runs * padded);
  UF_NEW(ctx, s->all, n);
  UF_NEW(ctx, s->squared, n);
  UF_NEW(ctx, s->newest, n);
  UF_NEW(ctx, s->label, n);
  for (int i = 0; i < n; i++) s->all[i] = i;
done:
  if (status) scratch_free(s);
  return status;
}

/* ---- Two levels ---- */

typedef struct group_job {
  uf_context *ctx;
  const float *rows;    /* n × m, by groups, relative to their centroids */
  const int64_t *start; /* n_groups + 1 */
  uf_kmeans *kmeans;
  int widest; /* centroids of the largest group, in whole lanes */
  uint64_t seed;
  run_scratch scratch; /* per worker: score, sum and count; the rest is by rows */
} group_job;

static void divide_group(void *job, int64_t group, int worker) {
  group_job *j = job;
  int64_t from = j->start[group];
  uf_centroids *members = &j->kmeans->members[group];
  size_t w = (size_t)worker, widest = (size_t)j->widest, m = (size_t)j->kmeans->m;
  uf_kmeans_rows rows = {j->rows + (size_t)from * m, (int)(j->start[group + 1] - from), (int)m};
  run_scratch s = {.score = j->scratch.score + w * ROWS_PER_TILE * widest,
                   .sum = j->scratch.sum + w * widest * m,
                   .count = j->scratch.count + w * widest,
                   .all = j->scratch.all,
                   .squared = j->scratch.squared + from,
                   .newest = j->scratch.newest + from,
                   .label = j->scratch.label + from};
  if (rows.n == 0) { /* a group without rows keeps only its own centroid */
    centroids_turn(members);
    return;
  }
  run_kmeans(j->ctx, &rows, uf_key(j->seed, UF_STAGE_CLUSTERS, 1, (uint64_t)group), members, &s);
}

/* Counting sort of the sample by group: `sorted` receives the rows less their group's centroid. */
static void sort_by_group(const uf_kmeans_rows *sample, const int *label,
                          const uf_centroids *groups, int64_t *start, float *sorted) {
  size_t m = (size_t)sample->m;
  for (int i = 0; i < sample->n; i++) start[label[i] + 1]++;
  uf_csr_starts(groups->n, start);
  for (int i = 0; i < sample->n; i++) {
    const float *centroid = groups->rows + m * (size_t)label[i];
    float *to = sorted + m * (size_t)start[label[i]]++;
    for (size_t j = 0; j < m; j++) to[j] = sample->x[m * (size_t)i + j] - centroid[j];
  }
  uf_csr_rewind(groups->n, start);
}

/* Shares out n_centroids to the groups in proportion to their rows, at least one each. */
static uf_status alloc_members(uf_context *ctx, const int64_t *start, int n_centroids,
                               uf_kmeans *kmeans, int *widest) {
  uf_status status = UF_OK;
  int64_t n = start[kmeans->n_groups];
  UF_NEW_ZERO(ctx, kmeans->members, kmeans->n_groups);
  UF_NEW(ctx, kmeans->first, kmeans->n_groups + 1);
  kmeans->first[0] = *widest = 0;
  for (int g = 0; g < kmeans->n_groups; g++) {
    int64_t rows = start[g + 1] - start[g];
    int share = (int)((rows * n_centroids + n / 2) / n);
    if (share < 1) share = 1;
    UF_TRY(centroids_alloc(ctx, share, kmeans->m, &kmeans->members[g]));
    kmeans->first[g + 1] = kmeans->first[g] + share;
    if (share > *widest) *widest = share;
  }
  *widest = uf_whole_lanes(*widest);
  kmeans->n_centroids = kmeans->first[kmeans->n_groups];
done:
  return status;
}

static uf_status add_levels(uf_context *ctx, uf_kmeans *kmeans) {
  uf_status status = UF_OK;
  size_t m = (size_t)kmeans->m;
  UF_NEW(ctx, kmeans->centroid, (int64_t)kmeans->n_centroids * kmeans->m);
  for (int g = 0; g < kmeans->n_groups; g++)
    for (int c = kmeans->first[g]; c < kmeans->first[g + 1]; c++)
      for (size_t j = 0; j < m; j++)
        kmeans->centroid[m * (size_t)c + j] =
            kmeans->groups.rows[m * (size_t)g + j] +
            kmeans->members[g].rows[m * (size_t)(c - kmeans->first[g]) + j];
done:
  return status;
}

static int integer_root(int n) {
  int root = 1;
  while ((root + 1) * (root + 1) <= n) root++;
  return root;
}

uf_status uf_kmeans_make(uf_context *ctx, const uf_kmeans_rows *sample, int n_centroids,
                         uint64_t seed, uf_kmeans *kmeans) {
  uf_status status = UF_OK;
  int n = sample->n, m = sample->m, n_top = n < TOP_ROWS ? n : TOP_ROWS;
  int n_groups = integer_root(n_centroids);
  int64_t *start = NULL;
  float *sorted = NULL;
  run_scratch top = {0};
  group_job job = {.ctx = ctx, .kmeans = kmeans, .seed = seed};
  *kmeans = (uf_kmeans){.m = m, .n_groups = n_groups};
  UF_TRY(centroids_alloc(ctx, n_groups, m, &kmeans->groups));
  UF_TRY(scratch_alloc(ctx, sample, n_groups, 1, &top));
  UF_NEW_ZERO(ctx, start, n_groups + 1);
  UF_NEW(ctx, sorted, (int64_t)n * m);
  /* Evenly spaced rows of the sample; its first n_top rows would not be spread over the data. */
  for (int i = 0; i < n_top; i++)
    memcpy(sorted + (size_t)i * (size_t)m, sample->x + (size_t)((int64_t)i * n / n_top) * (size_t)m,
           (size_t)m * sizeof *sorted);
  run_kmeans(ctx, &(uf_kmeans_rows){sorted, n_top, m}, uf_key(seed, UF_STAGE_CLUSTERS, 0, 0),
             &kmeans->groups, &top);
  label_rows(ctx, sample, &kmeans->groups, top.score, top.label);
  sort_by_group(sample, top.label, &kmeans->groups, start, sorted);
  UF_TRY(alloc_members(ctx, start, n_centroids, kmeans, &job.widest));
  UF_TRY(scratch_alloc(ctx, sample, job.widest, ctx->n_threads, &job.scratch));
  job.rows = sorted;
  job.start = start;
  UF_TRY(uf_parallel(ctx, n_groups, divide_group, &job));
  UF_TRY(add_levels(ctx, kmeans));
done:
  scratch_free(&top);
  scratch_free(&job.scratch);
  uf_free(start);
  uf_free(sorted);
  if (status) uf_kmeans_free(kmeans);
  return status;
}

void uf_kmeans_free(uf_kmeans *kmeans) {
  centroids_free(&kmeans->groups);
  for (int g = 0; kmeans->members && g < kmeans->n_groups; g++) centroids_free(&kmeans->members[g]);
  uf_free(kmeans->members);
  uf_free(kmeans->first);
  uf_free(kmeans->centroid);
  *kmeans = (uf_kmeans){0};
}

/* ---- The nearest centroid of each row ---- */

static int widest_set(const uf_kmeans *kmeans) {
  int widest = kmeans->groups.padded;
  for (int g = 0; g < kmeans->n_groups; g++)
    if (kmeans->members[g].padded > widest) widest = kmeans->members[g].padded;
  return widest;
}

int64_t uf_kmeans_scratch(const uf_kmeans *kmeans) {
  return (int64_t)UF_KMEANS_ROWS * (widest_set(kmeans) + kmeans->m);
}

/* The groups that a row is compared with, and how far their centroids are. */
typedef struct tried_groups {
  int group[GROUPS_TRIED];
  float squared[GROUPS_TRIED];
} tried_groups;

/* Chooses the nearest groups of each row. Returns how many. score: n × padded. */
static int choose_groups(const uf_context *ctx, const uf_kmeans *kmeans, const float *x, int n,
                         float *score, tried_groups *tried) {
  const uf_centroids *groups = &kmeans->groups;
  int count = groups->n < GROUPS_TRIED ? groups->n : GROUPS_TRIED;
  size_t m = (size_t)kmeans->m, padded = (size_t)groups->padded;
  ctx->kernels->product(x, m, n, kmeans->m, groups->columns, groups->padded, groups->offset, score,
                        padded);
  for (int r = 0; r < n; r++, score += padded) {
    for (int t = 0; t < count; t++) {
      tried[r].group[t] = largest_of(score, groups->n);
      score[tried[r].group[t]] = -INFINITY;
    }
    ctx->kernels->squared_euclidean(x + m * (size_t)r, groups->rows, m, tried[r].group, count,
                                    tried[r].squared);
  }
  return count;
}

void uf_kmeans_assign(const uf_context *ctx, const uf_kmeans *kmeans, const float *x, int n,
                      int *label, float *scratch) {
  tried_groups tried[UF_KMEANS_ROWS];
  int member_of[UF_KMEANS_ROWS];
  float best[UF_KMEANS_ROWS], half[UF_KMEANS_ROWS];
  size_t m = (size_t)kmeans->m;
  float *relative = scratch, *score = scratch + UF_KMEANS_ROWS * m;
  int count = choose_groups(ctx, kmeans, x, n, score, tried);
  for (int r = 0; r < n; r++) best[r] = INFINITY;
  for (int g = 0; g < kmeans->n_groups; g++) {
    const uf_centroids *set = &kmeans->members[g];
    const float *centroid = kmeans->groups.rows + m * (size_t)g;
    int found = 0;
    for (int r = 0; r < n; r++)
      for (int t = 0; t < count; t++) {
        if (tried[r].group[t] != g) continue;
        for (size_t j = 0; j < m; j++)
          relative[m * (size_t)found + j] = x[m * (size_t)r + j] - centroid[j];
        half[found] = 0.5f * tried[r].squared[t];
        member_of[found++] = r;
      }
    ctx->kernels->product(relative, m, found, kmeans->m, set->columns, set->padded, set->offset,
                          score, (size_t)set->padded);
    for (int i = 0; i < found; i++) {
      const float *scores = score + (size_t)set->padded * (size_t)i;
      int member = largest_of(scores, set->n), r = member_of[i];
      float distance = half[i] - scores[member];
      if (distance >= best[r]) continue;
      best[r] = distance;
      label[r] = kmeans->first[g] + member;
    }
  }
}
