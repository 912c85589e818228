/* fuzz_neighbors.c: neighbors of arbitrary numbers, by every metric and method. */
#include "arith/arith.h"

#include "fuzz.h"

static void check_table(const uf_neighbors *neighbors, int n, int k) {
  fuzz_must(neighbors->n == n && neighbors->k == k);
  for (int i = 0; i < n; i++) {
    const int *index = neighbors->index + i * k;
    const float *distance = neighbors->distance + i * k;
    fuzz_must(index[0] == i && distance[0] == 0);
    for (int j = 1; j < k; j++) {
      fuzz_must(index[j] >= 0 && index[j] < n && index[j] != i);
      fuzz_must(distance[j] >= distance[j - 1]); /* so it is not NaN either */
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  fuzz_input input = {bytes, size};
  uf_context ctx;
  uf_points points = {0};
  int n = fuzz_whole(&input, 2, 60), d = fuzz_whole(&input, 1, 80), k = fuzz_whole(&input, 1, n);
  uf_metric metric = (uf_metric)fuzz_whole(&input, 0, UF_FUNCTION - 1);
  uf_neighbor_method method = (uf_neighbor_method)fuzz_whole(&input, 0, UF_NEIGHBORS_DESCENT);
  double *x = malloc((size_t)n * (size_t)d * sizeof *x);
  for (int i = 0; i < n * d; i++) x[i] = fuzz_double(&input);
  uf_matrix matrix = {.values = x, .n = n, .d = d};
  fuzz_must(uf_session_open(&ctx, NULL, 1 + n % 2, NULL) == UF_OK);
  if (uf_points_make(&ctx, &matrix, &(uf_metric_choice){.metric = metric, .p = 3}, &points) ==
      UF_OK) {
    uf_neighbors neighbors = {0};
    uf_neighbor_method used;
    uf_search_options options = {.k = k, .method = method, .target_recall = 0.99, .seed = 42};
    if (uf_nearest_neighbors(&ctx, &points, &options, &neighbors, &used) == UF_OK)
      check_table(&neighbors, n, k);
    uf_neighbors_free(&neighbors);
  }
  uf_points_free(&points);
  uf_session_close(&ctx);
  free(x);
  return 0;
}
