#include "arith/arith.h"

#include "neighbors/ivf/index.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "linalg/project.h"
#include "linalg/subspace.h"

enum {
  SAMPLED_PER_LIST = 32, /* rows that a centroid is the mean of, on average */
  FEWEST_LISTS = 4,
  LARGEST_LIST = 1024 /* rows; a compromise, not measured on its own */
};

/* Row-major codes, until their lists are known. */
typedef struct raw_codes {
  int n_bytes;
  int8_t *bytes; /* n × n_bytes */
  float *scale;  /* n */
  int *centroid; /* n */
} raw_codes;

static void raw_codes_free(raw_codes *raw) {
  uf_free(raw->bytes);
  uf_free(raw->scale);
  uf_free(raw->centroid);
  *raw = (raw_codes){0};
}

static uf_status make_centroids(uf_context *ctx, const uf_points *points, int rows_per_list,
                                uint64_t seed, uf_ivf_index *index) {
  uf_status status = UF_OK;
  int m = index->basis.m, n_lists = points->n / rows_per_list, n, *rows = NULL;
  float *sample = NULL;
  if (n_lists < FEWEST_LISTS) n_lists = FEWEST_LISTS;
  n = points->n / SAMPLED_PER_LIST < n_lists ? points->n : n_lists * SAMPLED_PER_LIST;
  UF_NEW(ctx, rows, n);
  UF_NEW(ctx, sample, (int64_t)n * m);
  uf_even_rows(points->n, n, rows);
  UF_TRY(uf_project(ctx, points, rows, n, &index->basis, sample));
  UF_TRY(uf_kmeans_make(ctx, &(uf_kmeans_rows){sample, n, m}, n_lists, seed, &index->kmeans));
done:
  uf_free(rows);
  uf_free(sample);
  return status;
}

typedef struct encode_job {
  uf_context *ctx;
  const uf_points *points;
  const uf_ivf_index *index;
  raw_codes *raw;
  float *projected; /* per worker: UF_KMEANS_ROWS × m */
  float *scratch;   /* per worker: n_scratch */
  size_t n_scratch;
} encode_job;

static void encode_rows(void *job, uf_rows rows) {
  encode_job *j = job;
  const uf_basis *basis = &j->index->basis;
  const uf_kmeans *kmeans = &j->index->kmeans;
  size_t m = (size_t)basis->m, n_bytes = (size_t)j->raw->n_bytes;
  float *x = j->projected + (size_t)rows.worker * UF_KMEANS_ROWS * m;
  float *scratch = j->scratch + (size_t)rows.worker * j->n_scratch;
  int8_t code[UF_MOST_CODES];
  uf_project_range(j->ctx, j->points, rows.from, rows.to, basis, x);
  uf_kmeans_assign(j->ctx, kmeans, x, (int)(rows.to - rows.from), j->raw->centroid + rows.from,
                   scratch);
  for (int64_t i = rows.from; i < rows.to; i++, x += m) {
    const float *centroid = kmeans->centroid + m * (size_t)j->raw->centroid[i];
    uf_code_head head;
    for (size_t c = 0; c < m; c++) x[c] -= centroid[c];
    j->ctx->kernels->encode(x, NULL, basis->m, UF_LARGEST_PLACE, code, &head);
    memcpy(j->raw->bytes + n_bytes * (size_t)i, code, n_bytes);
    j->raw->scale[i] = head.scale;
  }
}

static uf_status encode(uf_context *ctx, const uf_points *points, const uf_ivf_index *index,
                        raw_codes *raw) {
  uf_status status = UF_OK;
  int m = index->basis.m;
  encode_job job = {.ctx = ctx,
                    .points = points,
                    .index = index,
                    .raw = raw,
                    .n_scratch = (size_t)uf_kmeans_scratch(&index->kmeans)};
  *raw = (raw_codes){.n_bytes = (index->basis.n_directions + 3) / 4 * 4};
  UF_NEW(ctx, raw->bytes, (int64_t)points->n * raw->n_bytes);
  UF_NEW(ctx, raw->scale, points->n);
  UF_NEW(ctx, raw->centroid, points->n);
  UF_NEW(ctx, job.projected, (int64_t)ctx->n_threads * UF_KMEANS_ROWS * m);
  UF_NEW(ctx, job.scratch, ctx->n_threads * (int64_t)job.n_scratch);
  UF_TRY(uf_parallel_rows(ctx, points->n, UF_KMEANS_ROWS, encode_rows, &job));
done:
  uf_free(job.projected);
  uf_free(job.scratch);
  if (status) raw_codes_free(raw);
  return status;
}

/* Lists of at most LARGEST_LIST rows, from the number of rows of each centroid. */
static uf_status make_lists(uf_context *ctx, const int *count, uf_ivf_index *index) {
  uf_status status = UF_OK;
  int n_lists = 0, panel = 0;
  for (int c = 0; c < index->kmeans.n_centroids; c++)
    n_lists += (count[c] + LARGEST_LIST - 1) / LARGEST_LIST;
  UF_NEW(ctx, index->lists, n_lists);
  UF_NEW(ctx, index->centroid_of, n_lists);
  for (int c = 0; c < index->kmeans.n_centroids; c++)
    for (int from = 0; from < count[c]; from += LARGEST_LIST) {
      int size = count[c] - from < LARGEST_LIST ? count[c] - from : LARGEST_LIST;
      index->centroid_of[index->n_lists] = c;
      index->lists[index->n_lists++] = (uf_ivf_list){panel, size};
      panel += (size + 15) / 16;
    }
  index->panels.n_panels = panel;
done:
  return status;
}

/* Counting sort of the rows by their lists; the lists of one centroid fill one after the other. */
static uf_status order_rows(uf_context *ctx, const int *centroid, uf_ivf_index *index) {
  uf_status status = UF_OK;
  int n_centroids = index->kmeans.n_centroids, *count = NULL, *open = NULL, *filled = NULL;
  UF_NEW_ZERO(ctx, count, n_centroids);
  UF_NEW(ctx, open, n_centroids); /* the list of a centroid that receives its next row */
  for (int i = 0; i < index->n; i++) count[centroid[i]]++;
  UF_TRY(make_lists(ctx, count, index));
  UF_NEW_ZERO(ctx, filled, index->n_lists);
  for (int l = index->n_lists - 1; l >= 0; l--) open[index->centroid_of[l]] = l;
  UF_NEW(ctx, index->row_at, 16 * (int64_t)index->panels.n_panels);
  UF_NEW(ctx, index->list_of, index->n);
  for (int place = 0; place < 16 * index->panels.n_panels; place++) index->row_at[place] = -1;
  for (int i = 0; i < index->n; i++) {
    int *list = &open[centroid[i]];
    if (filled[*list] == LARGEST_LIST) ++*list;
    index->row_at[uf_ivf_first_place(&index->lists[*list]) + filled[*list]++] = i;
    index->list_of[i] = *list;
  }
done:
  uf_free(count);
  uf_free(open);
  uf_free(filled);
  return status;
}

typedef struct panel_job {
  const raw_codes *raw;
  uf_ivf_index *index;
} panel_job;

static void fill_panels(void *job, int64_t l, int worker) {
  (void)worker;
  panel_job *j = job;
  const uf_ivf_list *list = &j->index->lists[l];
  for (int r = 0; r < list->size; r++) {
    int place = uf_ivf_first_place(list) + r, row = j->index->row_at[place];
    uf_panels_put(&j->index->panels, place, j->raw->bytes + (size_t)row * (size_t)j->raw->n_bytes,
                  j->raw->scale[row]);
  }
}

uf_status uf_ivf_index_make(uf_context *ctx, const uf_points *points, int n_directions,
                            int rows_per_list, uint64_t seed, uf_ivf_index *index) {
  uf_status status = UF_OK;
  raw_codes raw = {0};
  *index = (uf_ivf_index){.n = points->n};
  UF_TRY(uf_basis_make(ctx, points, n_directions, seed, &index->basis));
  UF_TRY(make_centroids(ctx, points, rows_per_list, seed, index));
  UF_TRY(encode(ctx, points, index, &raw));
  UF_TRY(order_rows(ctx, raw.centroid, index));
  UF_TRY(uf_panels_make(ctx, index->panels.n_panels, raw.n_bytes, &index->panels));
  UF_TRY(uf_parallel(ctx, index->n_lists, fill_panels, &(panel_job){&raw, index}));
done:
  raw_codes_free(&raw);
  if (status) uf_ivf_index_free(index);
  return status;
}

void uf_ivf_index_free(uf_ivf_index *index) {
  uf_basis_free(&index->basis);
  uf_kmeans_free(&index->kmeans);
  uf_panels_free(&index->panels);
  uf_free(index->lists);
  uf_free(index->centroid_of);
  uf_free(index->row_at);
  uf_free(index->list_of);
  *index = (uf_ivf_index){0};
}
