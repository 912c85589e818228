#include "arith/arith.h"

#include "neighbors/recall.h"

#include "base/memory.h"
#include "linalg/subspace.h"
#include "neighbors/exact.h"
#include "neighbors/table.h"

/* Counts the neighbors from column `first` on. */
static double count_found(const uf_neighbors *neighbors, const uf_neighbors *truth, const int *rows,
                          size_t first) {
  const float rounding = 1 + 1e-6f; /* the table may have been to R and back, in other units */
  size_t k = (size_t)neighbors->k;
  int64_t found = 0;
  if (k <= first || truth->n == 0) return 1;
  for (int r = 0; r < truth->n; r++) {
    float farthest = truth->distance[k * (size_t)(r + 1) - 1] * rounding;
    for (size_t j = first; j < k; j++)
      found += neighbors->distance[k * (size_t)rows[r] + j] <= farthest;
  }
  return (double)found / ((double)truth->n * (double)(k - first));
}

double uf_recall_of_rows(const uf_neighbors *neighbors, const uf_neighbors *truth,
                         const int *rows) {
  return count_found(neighbors, truth, rows, 1);
}

uf_status uf_neighbor_recall(uf_context *ctx, const uf_points *points,
                             const uf_neighbors *neighbors, const int *rows, int n_rows,
                             double *recall) {
  uf_neighbors truth;
  uf_status status = uf_neighbors_exact(ctx, points, rows, n_rows, neighbors->k, &truth);
  if (status) return status;
  *recall = uf_recall_of_rows(neighbors, &truth, rows);
  uf_neighbors_free(&truth);
  return UF_OK;
}

uf_status uf_query_recall(uf_context *ctx, const uf_points *points, const uf_points *queries,
                          const uf_neighbors *found, int n_rows, double *recall) {
  uf_status status = UF_OK;
  uf_neighbors truth = {0};
  uf_pair_search wanted = {.points = points, .queries = queries, .n_rows = n_rows, .k = found->k};
  int *rows = NULL;
  UF_NEW(ctx, rows, n_rows);
  uf_even_rows(queries->n, n_rows, rows);
  wanted.rows = rows;
  UF_TRY(uf_search_exact(ctx, &wanted, &truth));
  *recall = count_found(found, &truth, rows, 0);
done:
  uf_free(rows);
  uf_neighbors_free(&truth);
  return status;
}
