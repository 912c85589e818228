/* simd/isa/avx2.c: the kernels for x86-64 with AVX2 and FMA. */
#include "arith/arith.h"
#include "simd/kernels.h"

#if defined(__x86_64__)
#include "simd/isa/lanes_avx2.h"
#define UF_TABLE uf_kernels_avx2
#define UF_TABLE_NAME "avx2"
#include "simd/kernels/table.h"
#endif
