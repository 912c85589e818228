#include "arith/arith.h"

#include "quality/knn_accuracy.h"

#include "neighbors/search.h"
#include "neighbors/table.h"

/* The fraction of the true neighbors to find, where the layout has too many columns for an exact
 * search. */
static const double target_recall = 0.99;

static int most_frequent_label(const int *neighbor, int k, const int *labels) {
  int best = -1, most = 0;
  for (int j = 0; j < k; j++) {
    int votes = 0;
    for (int i = 0; i < k; i++) votes += labels[neighbor[i]] == labels[neighbor[j]];
    if (votes > most) {
      most = votes;
      best = labels[neighbor[j]];
    }
  }
  return best;
}

uf_status uf_knn_accuracy(uf_context *ctx, const uf_points *layout, const int *labels, int k,
                          double *accuracy) {
  uf_neighbors nearest;
  uf_neighbor_method used;
  const uf_search_options options = {
      .k = k + 1, .target_recall = target_recall, .ignores_copies = 1};
  uf_status status = uf_nearest_neighbors(ctx, layout, &options, &nearest, &used);
  if (status) return status;
  int right = 0;
  for (int i = 0; i < layout->n; i++) {
    const int *neighbor = nearest.index + (size_t)i * (size_t)(k + 1) + 1;
    right += most_frequent_label(neighbor, k, labels) == labels[i];
  }
  *accuracy = (double)right / layout->n;
  uf_neighbors_free(&nearest);
  return UF_OK;
}
