/* simd/isa/fma.c: the kernels for x86-64 with fused multiply-adds, in the registers of SSE2: for
 * where wider ones are not safe (simd/kernels.c). */
#include "arith/arith.h"
#include "simd/kernels.h"

#if defined(__x86_64__)
#define UF_FMA
#include "simd/isa/lanes_sse2.h"
#define UF_TABLE uf_kernels_fma
#define UF_TABLE_NAME "fma"
#include "simd/kernels/table.h"
#endif
