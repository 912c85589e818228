/* fuzz_graph.c: graphs from arbitrary triplets whose nodes are in range (R/graph.R sees to that): a
 * spectral initialization of them, and supervision of them. */
#include "arith/arith.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  enum { MOST = 200 };
  fuzz_input input = {bytes, size};
  int row[2 * MOST], column[2 * MOST], category[64];
  double weight[2 * MOST];
  int n = fuzz_whole(&input, 2, 64), d = fuzz_whole(&input, 1, 5), count = 0;
  char seen[64][64] = {{0}};
  while (input.left > 0 && count < 2 * MOST) {
    int i = fuzz_whole(&input, 0, n - 1), j = fuzz_whole(&input, 0, n - 1);
    double w = (1 + fuzz_whole(&input, 0, 65534)) / 65535.0;
    if (i == j || seen[i][j]) continue;
    seen[i][j] = seen[j][i] = 1;
    row[count] = column[count + 1] = i + 1;
    column[count] = row[count + 1] = j + 1;
    weight[count] = weight[count + 1] = w;
    count += 2;
  }
  for (int i = 0; i < n; i++) category[i] = (i * 7 + count) % 4 - 1;
  uf_context ctx;
  uf_graph graph = {0};
  uf_hierarchy hierarchy;
  float layout[64 * 5];
  fuzz_must(uf_session_open(&ctx, NULL, 1, NULL) == UF_OK);
  fuzz_must(uf_graph_from_triplets(&ctx, n, count, row, column, weight, &graph) == UF_OK);
  fuzz_must(graph.start[n] == count);
  fuzz_must(uf_coarsen(&ctx, &graph, 42, &hierarchy) == UF_OK);
  if (uf_initial_layout(&ctx, &hierarchy, NULL,
                        &(uf_init_options){.method = UF_INIT_SPECTRAL, .d = d, .seed = 42},
                        layout) == UF_OK)
    for (int e = 0; e < n * d; e++) fuzz_must(isfinite(layout[e]));
  uf_hierarchy_free(&hierarchy);
  fuzz_must(uf_categorical_intersection(&ctx, &graph, category, category, (count % 11) / 10.0) ==
            UF_OK);
  fuzz_must(uf_reset_local_connectivity(&ctx, &graph) == UF_OK);
  for (int64_t e = 0; e < graph.start[n]; e++)
    fuzz_must(graph.weight[e] >= 0 && graph.weight[e] <= 1);
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  return 0;
}
