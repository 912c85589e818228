#include "arith/arith.h"

#include "graph/membership.h"

#include "base/csr_build.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "graph/graph.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct membership_job {
  const uf_kernels *kernels;
  const uf_neighbors *neighbors;
  const float *rho, *sigma; /* n */
  double max_distance;
  int padded;   /* k in whole lanes */
  float *terms; /* per worker: padded */
  uf_membership *membership;
} membership_job;

/* Similarities of a row to its neighbors: 1 up to rho, then falling with sigma. */
static void fill_row(const membership_job *j, int i, float *terms) {
  const uf_neighbors *neighbors = j->neighbors;
  size_t k = (size_t)neighbors->k, row = (size_t)i * k;
  float rho = j->rho[i], sigma = j->sigma[i];
  for (size_t c = 0; c < (size_t)j->padded; c++) {
    float excess = c < k && neighbors->index[row + c] >= 0 ? neighbors->distance[row + c] - rho : 0;
    terms[c] = excess > 0 ? excess : 0;
  }
  if (sigma > 0) j->kernels->exp_terms(terms, j->padded, sigma, terms);
  int count = 0;
  for (int c = 0; c < neighbors->k; c++) {
    if (!uf_is_neighbor(neighbors, i, c, j->max_distance)) continue;
    float similarity = sigma > 0 && neighbors->distance[row + (size_t)c] > rho ? terms[c] : 1;
    uf_csr_insert(j->membership->neighbor + row, j->membership->strength + row, count++,
                  neighbors->index[row + (size_t)c], similarity);
  }
  j->membership->count[i] = count;
}

static void fill_rows(void *job, uf_rows rows) {
  const membership_job *j = job;
  for (int i = (int)rows.from; i < rows.to; i++)
    fill_row(j, i, j->terms + (size_t)j->padded * (size_t)rows.worker);
}

uf_status uf_membership_strengths(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                                  const float *sigma, double max_distance,
                                  uf_membership *membership) {
  uf_status status = UF_OK;
  int n = neighbors->n, k = neighbors->k;
  membership_job job = {.kernels = ctx->kernels,
                        .neighbors = neighbors,
                        .rho = rho,
                        .sigma = sigma,
                        .max_distance = max_distance,
                        .padded = uf_whole_lanes(k),
                        .membership = membership};
  *membership = (uf_membership){.n = n, .k = k};
  UF_NEW(ctx, job.terms, (int64_t)ctx->n_threads * job.padded);
  UF_NEW(ctx, membership->count, n);
  UF_NEW(ctx, membership->neighbor, (int64_t)n * k);
  UF_NEW(ctx, membership->strength, (int64_t)n * k);
  UF_TRY(uf_parallel_rows(ctx, n, ROWS_PER_BLOCK, fill_rows, &job));
done:
  uf_free(job.terms);
  if (status) uf_membership_free(membership);
  return status;
}

void uf_membership_free(uf_membership *membership) {
  uf_free(membership->count);
  uf_free(membership->neighbor);
  uf_free(membership->strength);
  *membership = (uf_membership){0};
}

uf_status uf_membership_graph(uf_context *ctx, const uf_membership *membership, uf_graph *graph) {
  int n = membership->n;
  int64_t n_edges = 0;
  for (int i = 0; i < n; i++) n_edges += membership->count[i];
  uf_status status = uf_graph_alloc(ctx, n, n_edges, graph);
  if (status) return status;
  for (int i = 0; i < n; i++) graph->start[i + 1] = membership->count[i];
  uf_csr_starts(n, graph->start);
  for (int i = 0; i < n; i++) {
    size_t from = (size_t)membership->k * (size_t)i, count = (size_t)membership->count[i];
    memcpy(graph->neighbor + graph->start[i], membership->neighbor + from, count * sizeof(int));
    memcpy(graph->weight + graph->start[i], membership->strength + from, count * sizeof(float));
  }
  return UF_OK;
}
