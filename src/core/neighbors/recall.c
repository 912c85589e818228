#include "arith/arith.h"

#include "neighbors/recall.h"

#include "neighbors/exact.h"
#include "neighbors/table.h"

double uf_recall_of_rows(const uf_neighbors *neighbors, const uf_neighbors *truth,
                         const int *rows) {
  const float rounding = 1 + 1e-6f; /* the table may have been to R and back, in other units */
  size_t k = (size_t)neighbors->k;
  int64_t found = 0;
  if (k < 2) return 1;
  for (int r = 0; r < truth->n; r++) {
    float farthest = truth->distance[k * (size_t)(r + 1) - 1] * rounding;
    for (size_t j = 1; j < k; j++)
      found += neighbors->distance[k * (size_t)rows[r] + j] <= farthest;
  }
  return (double)found / ((double)truth->n * (double)(k - 1));
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
