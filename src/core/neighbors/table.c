#include "arith/arith.h"

#include "neighbors/table.h"

#include "base/memory.h"

uf_status uf_neighbors_alloc(uf_context *ctx, int n, int k, uf_neighbors *neighbors) {
  uf_status status = UF_OK;
  *neighbors = (uf_neighbors){.n = n, .k = k, .recall = -1};
  UF_NEW(ctx, neighbors->index, (int64_t)n * k);
  UF_NEW(ctx, neighbors->distance, (int64_t)n * k);
done:
  if (status) uf_neighbors_free(neighbors);
  return status;
}

void uf_neighbors_free(uf_neighbors *neighbors) {
  uf_free(neighbors->index);
  uf_free(neighbors->distance);
  *neighbors = (uf_neighbors){0};
}

uf_nearest uf_nearest_begin(uf_neighbors *neighbors, int i, int self) {
  size_t at = (size_t)i * (size_t)neighbors->k;
  uf_nearest list = {
      .k = neighbors->k, .index = neighbors->index + at, .proxy = neighbors->distance + at};
  for (int j = 0; j < list.k; j++) {
    list.index[j] = -1;
    list.proxy[j] = INFINITY;
  }
  if (self >= 0) {
    list.first = list.count = 1;
    list.index[0] = self;
    list.proxy[0] = 0;
  }
  return list;
}

int uf_nearest_offer(uf_nearest *list, int index, float proxy) {
  int at = list->count < list->k ? list->count : list->k - 1;
  if (list->count == list->k) {
    if (list->k == list->first || proxy > list->proxy[at] ||
        (proxy == list->proxy[at] && index > list->index[at]))
      return 0;
  } else {
    list->count++;
  }
  for (; at > list->first && (proxy < list->proxy[at - 1] ||
                              (proxy == list->proxy[at - 1] && index < list->index[at - 1]));
       at--) {
    list->index[at] = list->index[at - 1];
    list->proxy[at] = list->proxy[at - 1];
  }
  list->index[at] = index;
  list->proxy[at] = proxy;
  return 1;
}

void uf_nearest_finish(uf_nearest *list, uf_metric metric) {
  for (int j = list->first; j < list->count; j++)
    list->proxy[j] = uf_distance_from_proxy(metric, list->proxy[j]);
}
