#include "arith.h"

#include "neighbor_kmeans.h"

#include "memory.h"
#include "parallel.h"
#include "subspace.h"

enum { SAMPLE = 40000, ROUNDS = 5, ROWS_PER_BLOCK = 96 };

typedef struct probe_job {
  uf_context *ctx;
  const uf_codes *codes;
  const int *rows; /* NULL: all */
  int n_rows;
  const uf_panels *centroids;
  int n_probes, capacity;
  int32_t *lists; /* per worker: scores and places, ROWS_PER_BLOCK × capacity each */
  uint16_t *probes;
} probe_job;

/* The places of a short list, best first; among equals the lower place. */
static void sort_places(int32_t *score, int32_t *place, int n) {
  for (int i = 1; i < n; i++) {
    int32_t s = score[i], p = place[i];
    int j = i;
    for (; j > 0 && (score[j - 1] < s || (score[j - 1] == s && place[j - 1] > p)); j--) {
      score[j] = score[j - 1];
      place[j] = place[j - 1];
    }
    score[j] = s;
    place[j] = p;
  }
}

static void probe_block(void *job, int64_t block, int worker) {
  probe_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->n_rows);
  int n = (int)(range.to - range.from);
  int rows[ROWS_PER_BLOCK] = {0}, lists[ROWS_PER_BLOCK] = {0}, count[ROWS_PER_BLOCK];
  int32_t threshold[ROWS_PER_BLOCK];
  size_t capacity = (size_t)j->capacity, list_size = ROWS_PER_BLOCK * capacity;
  int32_t *score = j->lists + 2 * list_size * (size_t)worker;
  uf_scan scan = {.codes = j->codes->bytes,
                  .panels = j->centroids->bytes,
                  .half_norm = j->centroids->half_norm,
                  .depth4 = j->codes->n_bytes / 4,
                  .keep = j->n_probes,
                  .capacity = j->capacity,
                  .score = score,
                  .place = score + list_size,
                  .count = count,
                  .threshold = threshold};
  for (int r = 0; r < n; r++) {
    rows[r] = j->rows ? j->rows[range.from + r] : (int)range.from + r;
    lists[r] = r;
    count[r] = 0;
    threshold[r] = UF_SCORE_OF_NOTHING;
  }
  j->ctx->kernels->scan_panels(&scan, rows, lists, n, 0, j->centroids->n_panels);
  for (int r = 0; r < n; r++) {
    int32_t *place = scan.place + capacity * (size_t)r;
    uint16_t *probe = j->probes + (size_t)(range.from + r) * (size_t)j->n_probes;
    j->ctx->kernels->cut_list(&scan, r);
    sort_places(scan.score + capacity * (size_t)r, place, j->n_probes);
    for (int p = 0; p < j->n_probes; p++) probe[p] = (uint16_t)place[p];
  }
}

uf_status uf_nearest_clusters(uf_context *ctx, const uf_codes *codes, const int *rows, int n_rows,
                              const uf_panels *centroids, int n_probes, uint16_t *probes) {
  uf_status status = UF_OK;
  probe_job job = {.ctx = ctx,
                   .codes = codes,
                   .rows = rows,
                   .n_rows = n_rows,
                   .centroids = centroids,
                   .n_probes = n_probes,
                   .capacity = (2 * n_probes + 47) / 16 * 16,
                   .probes = probes};
  UF_NEW(ctx, job.lists, (int64_t)ctx->n_threads * 2 * ROWS_PER_BLOCK * job.capacity);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(n_rows, ROWS_PER_BLOCK), probe_block, &job));
done:
  uf_free(job.lists);
  return status;
}

static int rounded_mean(int64_t sum, int64_t count) {
  return (int)((2 * sum + count) / (2 * count));
}

/* Each centroid becomes the mean of its rows; one without rows stays where it is. */
static void move_centroids(const uf_codes *codes, const int *rows, int n_rows,
                           const uint16_t *label, int n_clusters, int64_t *sums, int *count,
                           uf_panels *centroids) {
  size_t n_bytes = (size_t)codes->n_bytes;
  memset(sums, 0, sizeof *sums * n_bytes * (size_t)n_clusters);
  memset(count, 0, sizeof *count * (size_t)n_clusters);
  for (int i = 0; i < n_rows; i++) {
    const uint8_t *code = uf_code(codes, rows[i]);
    int64_t *sum = sums + n_bytes * label[i];
    for (size_t c = 0; c < n_bytes; c++) sum[c] += code[c];
    count[label[i]]++;
  }
  uint8_t mean[256];
  for (int cluster = 0; cluster < n_clusters; cluster++) {
    if (count[cluster] == 0) continue;
    for (size_t c = 0; c < n_bytes; c++)
      mean[c] = (uint8_t)rounded_mean(sums[n_bytes * (size_t)cluster + c], count[cluster]);
    uf_panels_put(centroids, codes->n_bytes, cluster, mean);
  }
}

uf_status uf_kmeans(uf_context *ctx, const uf_codes *codes, int n_clusters, uf_panels *centroids) {
  uf_status status = UF_OK;
  int n_rows = codes->n < SAMPLE ? codes->n : SAMPLE;
  int *rows = NULL, *count = NULL;
  uint16_t *label = NULL;
  int64_t *sums = NULL;
  *centroids = (uf_panels){0};
  UF_NEW(ctx, rows, n_rows);
  UF_NEW(ctx, label, n_rows);
  UF_NEW(ctx, sums, (int64_t)n_clusters * codes->n_bytes);
  UF_NEW(ctx, count, n_clusters);
  UF_TRY(uf_panels_make(ctx, (n_clusters + 15) / 16, codes->n_bytes, centroids));
  uf_even_rows(codes->n, n_rows, rows);
  for (int place = 0; place < 16 * centroids->n_panels; place++) {
    int row = (int)((int64_t)place * n_rows / n_clusters);
    uf_panels_put(centroids, codes->n_bytes, place,
                  place < n_clusters ? uf_code(codes, rows[row]) : NULL);
  }
  for (int round = 0; round < ROUNDS; round++) {
    UF_TRY(uf_nearest_clusters(ctx, codes, rows, n_rows, centroids, 1, label));
    move_centroids(codes, rows, n_rows, label, n_clusters, sums, count, centroids);
  }
done:
  uf_free(rows);
  uf_free(label);
  uf_free(sums);
  uf_free(count);
  if (status) uf_panels_free(centroids);
  return status;
}
