#include "kernels.h"

#include <string.h>

/* gcc for Windows aligns the stack to 16 bytes and spills wider registers as if it were aligned to 32
 * (gcc bug 54412): those of SSE2 are safe there. */
#if defined(__x86_64__)
#define HAVE_SSE2 1
#if !defined(_WIN32) || defined(__clang__)
#define HAVE_AVX 1
#endif
#elif defined(__aarch64__)
#define HAVE_NEON 1
#endif

const char *const uf_kernel_names =
    "\"scalar\", \"sse2\", \"avx2\", \"avx512\", \"vnni\", \"neon\"";

/* From the plainest to the best; `name` limits, the processor decides. */
const uf_kernels *uf_kernels_choose(const char *name) {
  static const char *const levels[] = {"scalar", "sse2", "neon", "avx2", "avx512", "vnni"};
  enum { N_LEVELS = sizeof levels / sizeof *levels };
  int limit = N_LEVELS - 1;
  if (name && *name) {
    for (limit = 0; limit < N_LEVELS && strcmp(name, levels[limit]); limit++) {
    }
    if (limit == N_LEVELS) return NULL;
  }
  const uf_kernels *best = &uf_kernels_scalar;
#if defined(HAVE_NEON)
  if (limit >= 2) best = &uf_kernels_neon;
#endif
#if defined(HAVE_SSE2)
  if (limit >= 1) best = &uf_kernels_sse2;
#endif
#if defined(HAVE_AVX)
  __builtin_cpu_init();
  if (limit >= 3 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    best = &uf_kernels_avx2;
  if (limit >= 4 && best == &uf_kernels_avx2 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    best = &uf_kernels_avx512;
  if (limit >= 5 && best == &uf_kernels_avx512 && __builtin_cpu_supports("avx512vnni"))
    best = &uf_kernels_vnni;
#endif
  return best;
}
