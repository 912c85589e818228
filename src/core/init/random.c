#include "arith/arith.h"

#include "init/init.h"

#include "base/random.h"

/* Standard deviation: 1e-5 of the half side of the cube. */
static const float jitter = 1e-4f;

uf_status uf_init_random(uf_context *ctx, int n, int d, uint64_t seed, float *layout) {
  for (int i = 0; i < n; i++) {
    if (i % 65536 == 0 && uf_poll(ctx, (double)i / n)) return UF_INTERRUPTED;
    uint64_t key = uf_key(seed, UF_STAGE_INIT, (uint64_t)i, 0);
    for (int c = 0; c < d; c++)
      layout[(size_t)i * (size_t)d + (size_t)c] =
          (2 * uf_draw_unit(key, (uint64_t)c) - 1) * uf_init_extent;
  }
  return UF_OK;
}

void uf_init_scale(int n, int d, uint64_t seed, float *layout) {
  size_t count = (size_t)n * (size_t)d;
  float largest = 0;
  for (size_t i = 0; i < count; i++)
    largest = fabsf(layout[i]) > largest ? fabsf(layout[i]) : largest;
  float scale = largest > 0 ? uf_init_extent / largest : 0;
  uint64_t key = uf_key(seed, UF_STAGE_JITTER, 0, 0);
  for (size_t i = 0; i < count; i++)
    layout[i] = layout[i] * scale + jitter * uf_draw_normal(key, i);
}
