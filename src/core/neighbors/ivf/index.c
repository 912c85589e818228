#include "arith/arith.h"

#include "neighbors/ivf/index.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "linalg/project.h"
#include "linalg/subspace.h"

enum {
  SAMPLED_PER_CLUSTER = 32, /* rows that a center is the mean of, on average */
  MIN_CLUSTERS = 4,
  LARGEST_CLUSTER = 1024 /* one with more rows, as of duplicates, is cut up */
};

/* Row-major codes, until their clusters are known. */
typedef struct raw_codes {
  int n_bytes;
  int8_t *bytes; /* n × n_bytes */
  float *scale;  /* n */
  int *center;   /* n */
} raw_codes;

static void raw_codes_free(raw_codes *raw) {
  uf_free(raw->bytes);
  uf_free(raw->scale);
  uf_free(raw->center);
  *raw = (raw_codes){0};
}

static uf_status make_centers(uf_context *ctx, const uf_points *points, int rows_per_cluster,
                              uint64_t seed, uf_index *index) {
  uf_status status = UF_OK;
  int m = index->basis.m, n_clusters = points->n / rows_per_cluster, n, *rows = NULL;
  float *sample = NULL;
  if (n_clusters < MIN_CLUSTERS) n_clusters = MIN_CLUSTERS;
  n = points->n / SAMPLED_PER_CLUSTER < n_clusters ? points->n : n_clusters * SAMPLED_PER_CLUSTER;
  UF_NEW(ctx, rows, n);
  UF_NEW(ctx, sample, (int64_t)n * m);
  uf_even_rows(points->n, n, rows);
  UF_TRY(uf_project(ctx, points, rows, n, &index->basis, sample));
  UF_TRY(uf_kmeans_make(ctx, sample, n, m, n_clusters, seed, &index->centers));
done:
  uf_free(rows);
  uf_free(sample);
  return status;
}

typedef struct encode_job {
  uf_context *ctx;
  const uf_points *points;
  const uf_index *index;
  raw_codes *raw;
  float *projected; /* per worker: UF_KMEANS_ROWS × m */
  float *scratch;   /* per worker: n_scratch */
  size_t n_scratch;
} encode_job;

static void encode_block(void *job, int64_t block, int worker) {
  encode_job *j = job;
  const uf_basis *basis = &j->index->basis;
  const uf_kmeans *centers = &j->index->centers;
  size_t m = (size_t)basis->m, n_bytes = (size_t)j->raw->n_bytes;
  uf_range range = uf_block_range(block, UF_KMEANS_ROWS, j->points->n);
  float *x = j->projected + (size_t)worker * UF_KMEANS_ROWS * m;
  float *scratch = j->scratch + (size_t)worker * j->n_scratch;
  int8_t code[UF_MOST_CODES];
  uf_project_range(j->ctx, j->points, range.from, range.to, basis, x);
  uf_kmeans_assign(j->ctx, centers, x, (int)(range.to - range.from), j->raw->center + range.from,
                   scratch);
  for (int64_t i = range.from; i < range.to; i++, x += m) {
    const float *center = centers->center + m * (size_t)j->raw->center[i];
    uf_code_head head;
    for (size_t c = 0; c < m; c++) x[c] -= center[c];
    j->ctx->kernels->encode(x, NULL, basis->m, UF_LARGEST_PLACE, code, &head);
    memcpy(j->raw->bytes + n_bytes * (size_t)i, code, n_bytes);
    j->raw->scale[i] = head.scale;
  }
}

static uf_status encode_rows(uf_context *ctx, const uf_points *points, const uf_index *index,
                             raw_codes *raw) {
  uf_status status = UF_OK;
  int m = index->basis.m;
  encode_job job = {.ctx = ctx,
                    .points = points,
                    .index = index,
                    .raw = raw,
                    .n_scratch = (size_t)uf_kmeans_scratch(&index->centers)};
  raw->n_bytes = (index->basis.n_directions + 3) / 4 * 4;
  UF_NEW(ctx, raw->bytes, (int64_t)points->n * raw->n_bytes);
  UF_NEW(ctx, raw->scale, points->n);
  UF_NEW(ctx, raw->center, points->n);
  UF_NEW(ctx, job.projected, (int64_t)ctx->n_threads * UF_KMEANS_ROWS * m);
  UF_NEW(ctx, job.scratch, ctx->n_threads * (int64_t)job.n_scratch);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(points->n, UF_KMEANS_ROWS), encode_block, &job));
done:
  uf_free(job.projected);
  uf_free(job.scratch);
  return status;
}

/* Clusters of at most LARGEST_CLUSTER rows from the number of rows of each center. */
static uf_status list_clusters(uf_context *ctx, const int *count, uf_index *index) {
  uf_status status = UF_OK;
  int n_clusters = 0, panel = 0;
  for (int c = 0; c < index->centers.n_clusters; c++)
    n_clusters += (count[c] + LARGEST_CLUSTER - 1) / LARGEST_CLUSTER;
  UF_NEW(ctx, index->clusters, n_clusters);
  UF_NEW(ctx, index->center_of, n_clusters);
  for (int c = 0; c < index->centers.n_clusters; c++)
    for (int from = 0; from < count[c]; from += LARGEST_CLUSTER) {
      int size = count[c] - from < LARGEST_CLUSTER ? count[c] - from : LARGEST_CLUSTER;
      index->center_of[index->n_clusters] = c;
      index->clusters[index->n_clusters++] = (uf_cluster){panel, size};
      panel += (size + 15) / 16;
    }
  index->panels.n_panels = panel;
done:
  return status;
}

/* Counting sort of the rows by their clusters; where one center has several, the rows fill one
 * after the other. */
static uf_status order_rows(uf_context *ctx, const int *center, uf_index *index) {
  uf_status status = UF_OK;
  int n_centers = index->centers.n_clusters, *count = NULL, *cluster = NULL, *filled = NULL;
  UF_NEW_ZERO(ctx, count, n_centers);
  UF_NEW(ctx, cluster, n_centers);
  for (int i = 0; i < index->n; i++) count[center[i]]++;
  UF_TRY(list_clusters(ctx, count, index));
  UF_NEW_ZERO(ctx, filled, index->n_clusters);
  for (int c = index->n_clusters - 1; c >= 0; c--) cluster[index->center_of[c]] = c;
  UF_NEW(ctx, index->row_at, 16 * (int64_t)index->panels.n_panels);
  UF_NEW(ctx, index->cluster_of, index->n);
  for (int place = 0; place < 16 * index->panels.n_panels; place++) index->row_at[place] = -1;
  for (int i = 0; i < index->n; i++) {
    int *current = &cluster[center[i]];
    if (filled[*current] == LARGEST_CLUSTER) ++*current;
    index->row_at[16 * index->clusters[*current].first_panel + filled[*current]++] = i;
    index->cluster_of[i] = *current;
  }
done:
  uf_free(count);
  uf_free(cluster);
  uf_free(filled);
  return status;
}

typedef struct panel_job {
  const raw_codes *raw;
  uf_index *index;
} panel_job;

static void fill_panels(void *job, int64_t c, int worker) {
  (void)worker;
  panel_job *j = job;
  const uf_cluster *cluster = &j->index->clusters[c];
  for (int r = 0; r < cluster->size; r++) {
    int place = 16 * cluster->first_panel + r, row = j->index->row_at[place];
    uf_panels_put(&j->index->panels, place, j->raw->bytes + (size_t)row * (size_t)j->raw->n_bytes,
                  j->raw->scale[row]);
  }
}

uf_status uf_index_make(uf_context *ctx, const uf_points *points, int n_directions,
                        int rows_per_cluster, uint64_t seed, uf_index *index) {
  uf_status status = UF_OK;
  raw_codes raw = {0};
  *index = (uf_index){.n = points->n};
  UF_TRY(uf_basis_make(ctx, points, n_directions, seed, &index->basis));
  UF_TRY(make_centers(ctx, points, rows_per_cluster, seed, index));
  UF_TRY(encode_rows(ctx, points, index, &raw));
  UF_TRY(order_rows(ctx, raw.center, index));
  UF_TRY(uf_panels_make(ctx, index->panels.n_panels, raw.n_bytes, &index->panels));
  UF_TRY(uf_parallel(ctx, index->n_clusters, fill_panels, &(panel_job){&raw, index}));
done:
  raw_codes_free(&raw);
  if (status) uf_index_free(index);
  return status;
}

void uf_index_free(uf_index *index) {
  uf_basis_free(&index->basis);
  uf_kmeans_free(&index->centers);
  uf_panels_free(&index->panels);
  uf_free(index->clusters);
  uf_free(index->center_of);
  uf_free(index->row_at);
  uf_free(index->cluster_of);
  *index = (uf_index){0};
}
