/* simd/isa/vnni.c: the kernels for x86-64 with AVX-512 and its byte products (VNNI). */
#include "arith/arith.h"
#include "simd/kernels.h"

#if defined(__x86_64__)
#define UF_VNNI
#include "simd/isa/lanes_avx512.h"
#define UF_TABLE uf_kernels_vnni
#define UF_TABLE_NAME "vnni"
#include "simd/kernels/table.h"
#endif
