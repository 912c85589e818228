/*
 * kernel_fixtures.h: what the tests of the kernels share: the tables of this processor, and random
 * numbers. Include it after check.h, in a file that begins with arith/arith.h.
 */
#ifndef KERNEL_FIXTURES_H
#define KERNEL_FIXTURES_H

#include <stdlib.h>
#include <string.h>

#include "base/session.h"
#include "base/memory.h"
#include "base/random.h"
#include "simd/kernels.h"

enum { MAX_TABLES = 6 };

static const uf_kernels *tables[MAX_TABLES]; /* all but the scalar one that this processor has */
static int n_tables;
static const uf_kernels *scalar;
static uf_context ctx;
static uint64_t draws;

static inline void find_tables(void) {
  const char *const names[] = {"sse2", "fma", "avx2", "avx512", "vnni", "neon"};
  scalar = uf_kernels_choose("scalar");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const uf_kernels *table = uf_kernels_choose(names[i]);
    if (strcmp(table->name, names[i]) == 0) tables[n_tables++] = table;
  }
}

static inline uint64_t next_bits(void) {
  return uf_draw(uf_key(2, UF_STAGE_SAMPLE, 0, 0), draws++);
}

static inline float next_in(float low, float high) {
  return low + (high - low) * ((float)(next_bits() >> 40) * 0x1p-24f);
}

static inline int next_index(int n) {
  return uf_draw_index(uf_key(3, UF_STAGE_SAMPLE, 0, 0), draws++, n);
}

static inline void *new_array(int64_t count, size_t size) {
  void *block = uf_calloc(&ctx, count, size);
  if (!block) exit(2);
  return block;
}

static inline float *new_floats(int64_t count) { return new_array(count, sizeof(float)); }

static inline float *random_floats(int64_t count, float low, float high) {
  float *x = new_floats(count);
  for (int64_t i = 0; i < count; i++) x[i] = next_in(low, high);
  return x;
}

static inline float *copy_of(const float *x, int64_t count) {
  float *y = new_floats(count);
  if (count) memcpy(y, x, (size_t)count * sizeof *y);
  return y;
}

static inline int same_floats(const float *x, const float *y, int64_t count) {
  return memcmp(x, y, (size_t)count * sizeof *x) == 0;
}

/* Runs the tests of a file: the body of main(). */
static inline int kernel_tests(void (*tests)(void)) {
  if (uf_session_open(&ctx, NULL, 1, NULL)) return 2;
  find_tables();
  tests();
  uf_session_close(&ctx);
  return check_report();
}

#endif
