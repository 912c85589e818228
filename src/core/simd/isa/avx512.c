/* simd/isa/avx512.c: the kernels for x86-64 with AVX-512 F, BW, DQ and VL. */
#include "arith/arith.h"
#include "simd/kernels.h"

#if defined(__x86_64__)
#include "simd/isa/lanes_avx512.h"
#define UF_TABLE uf_kernels_avx512
#define UF_TABLE_NAME "avx512"
#include "simd/kernels/table.h"
#endif
