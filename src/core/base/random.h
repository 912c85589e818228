/*
 * base/random.h: random numbers that are counted, not streamed.
 *
 * A number is a hash of where it is used: (seed, stage, a, b, draw). No generator has a state, so
 * no thread, order or block size can change what is drawn. The hash is the finalizer of splitmix64
 * (Steele, Lea, Flood 2014), applied once a word.
 */
#ifndef UF_RANDOM_H
#define UF_RANDOM_H

#include <stdint.h>

typedef enum uf_stage {
  UF_STAGE_BASIS = 1,
  UF_STAGE_ROTATION,
  UF_STAGE_TREES,
  UF_STAGE_DESCENT,
  UF_STAGE_SPECTRAL,
  UF_STAGE_INIT,
  UF_STAGE_JITTER,
  UF_STAGE_NEGATIVES,
  UF_STAGE_SAMPLE,
  UF_STAGE_CLUSTERS,
  UF_STAGE_COARSEN,
  UF_STAGE_LOSS,
  UF_STAGE_PREDICT,
  UF_STAGE_PROLONG,
  UF_STAGE_COPIES
} uf_stage;

static inline uint64_t uf_mix(uint64_t x) {
  x ^= x >> 30;
  x *= UINT64_C(0xbf58476d1ce4e5b9);
  x ^= x >> 27;
  x *= UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* A key for one place in the computation; draw numbers from it with uf_draw(key, 0), uf_draw(key,
 * 1), ... */
static inline uint64_t uf_key(uint64_t seed, uf_stage stage, uint64_t a, uint64_t b) {
  const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
  uint64_t key = uf_mix(seed + golden * (uint64_t)stage);
  key = uf_mix(key + golden * (a + 1));
  return uf_mix(key + golden * (b + 1));
}

static inline uint64_t uf_draw(uint64_t key, uint64_t draw) {
  return uf_mix(key + UINT64_C(0x9e3779b97f4a7c15) * (draw + 1));
}

/* Uniform in 0 … n - 1, by the high half of a product (bias below n / 2^32). */
static inline int uf_draw_index(uint64_t key, uint64_t draw, int n) {
  return (int)(((uf_draw(key, draw) >> 32) * (uint64_t)n) >> 32);
}

/* Uniform in [0, 1), a multiple of 2^-24: exact in float. */
static inline float uf_draw_unit(uint64_t key, uint64_t draw) {
  return (float)(uf_draw(key, draw) >> 40) * 0x1p-24f;
}

/* Nearly normal, mean 0, variance 1: the sum of twelve uniforms (16 bits each), less six. Exact
 * additions, no libm. */
static inline float uf_draw_normal(uint64_t key, uint64_t draw) {
  uint32_t sum = 0;
  for (uint64_t word = 0; word < 3; word++) {
    uint64_t bits = uf_draw(key, 3 * draw + word);
    for (int part = 0; part < 4; part++) sum += (uint32_t)(bits >> (16 * part)) & 0xffff;
  }
  return (float)((int32_t)sum - 6 * 0xffff) * 0x1p-16f;
}

#endif
