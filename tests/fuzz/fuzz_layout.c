/* fuzz_layout.c: optimization with arbitrary options, in the range that R/control.R lets through,
 * and from any initialization. */
#include "arith/arith.h"

#include "fuzz.h"

static double option(fuzz_input *input, double low, double high) {
  return low + (high - low) * fuzz_whole(input, 0, 1000) / 1000;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  enum { N = 40, MOST_D = 6 };
  fuzz_input input = {bytes, size};
  int row[2 * N], column[2 * N], d = fuzz_whole(&input, 1, MOST_D);
  double weight[2 * N];
  float layout[N * MOST_D];
  for (int i = 0; i < N; i++) {
    row[2 * i] = column[2 * i + 1] = i + 1;
    column[2 * i] = row[2 * i + 1] = (i + 1) % N + 1;
    weight[2 * i] = weight[2 * i + 1] = option(&input, 0.001, 1);
  }
  uf_layout_options options = {.optimizer =
                                   (uf_layout_optimizer)fuzz_whole(&input, 0, UF_LAYOUT_FULL),
                               .n_epochs = fuzz_whole(&input, 0, 20),
                               .a = option(&input, 0.01, 10),
                               .b = option(&input, 0.1, 3),
                               .learning_rate = option(&input, 0.01, 10),
                               .softening = option(&input, 0.001, 1),
                               .clip = option(&input, 0.1, 10),
                               .beta1 = option(&input, 0, 0.99),
                               .beta2 = option(&input, 0, 0.99),
                               .epsilon = option(&input, 0.01, 1),
                               .repulsion_strength = option(&input, 0, 10),
                               .negative_sample_rate = fuzz_whole(&input, 0, 20)};
  uf_graph graph = {0};
  uf_layout_problem problem = {
      .graph = &graph, .d = d, .seed = (uint64_t)fuzz_whole(&input, 0, 65535)};
  for (int e = 0; e < N * d; e++) layout[e] = (float)option(&input, -20, 20);
  uf_context ctx;
  fuzz_must(uf_session_open(&ctx, NULL, 1, NULL) == UF_OK);
  fuzz_must(uf_graph_from_triplets(&ctx, N, 2 * N, row, column, weight, &graph) == UF_OK);
  if (uf_layout_optimize(&ctx, &problem, &options, NULL, layout) == UF_OK)
    for (int e = 0; e < N * d; e++) fuzz_must(isfinite(layout[e]));
  uf_graph_free(&graph);
  uf_session_close(&ctx);
  return 0;
}
