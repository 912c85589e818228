#include "simd/kernels.h"

#include <string.h>

/* Ordered from the plainest to the best; a level includes the levels before it that exist on the
 * same kind of processor. */
enum { SCALAR, SSE2, FMA, NEON, AVX2, AVX512, VNNI, N_LEVELS };
static const char *const levels[] = {"scalar", "sse2", "fma", "neon", "avx2", "avx512", "vnni"};

const char *const uf_kernel_names =
    "\"scalar\", \"sse2\", \"fma\", \"avx2\", \"avx512\", \"vnni\", \"neon\"";

#if defined(__x86_64__)

/* gcc for Windows aligns the stack to 16 bytes and spills wider registers as if it were aligned to
 * 32 (gcc bug 54412). */
#if defined(_WIN32) && !defined(__clang__)
enum { WIDE_IS_SAFE = 0 };
#else
enum { WIDE_IS_SAFE = 1 };
#endif

static const uf_kernels *best_up_to(int limit) {
  __builtin_cpu_init();
  if (limit < SSE2) return &uf_kernels_scalar;
  if (limit < FMA || !__builtin_cpu_supports("fma")) return &uf_kernels_sse2;
  if (limit < AVX2 || !WIDE_IS_SAFE || !__builtin_cpu_supports("avx2")) return &uf_kernels_fma;
  if (limit < AVX512 || !__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return &uf_kernels_avx2;
  if (limit < VNNI || !__builtin_cpu_supports("avx512vnni")) return &uf_kernels_avx512;
  return &uf_kernels_vnni;
}

#elif defined(__aarch64__)

static const uf_kernels *best_up_to(int limit) {
  return limit < NEON ? &uf_kernels_scalar : &uf_kernels_neon;
}

#else

static const uf_kernels *best_up_to(int limit) {
  (void)limit;
  return &uf_kernels_scalar;
}

#endif

const uf_kernels *uf_kernels_choose(const char *name) {
  if (!name || !*name) return best_up_to(N_LEVELS);
  for (int level = 0; level < N_LEVELS; level++)
    if (strcmp(name, levels[level]) == 0) return best_up_to(level);
  return NULL;
}
