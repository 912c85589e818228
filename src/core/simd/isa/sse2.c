/* simd/isa/sse2.c: the kernels for any x86-64. */
#include "arith/arith.h"
#include "simd/kernels.h"

#if defined(__x86_64__)
#include "simd/isa/lanes_sse2.h"
#define UF_TABLE uf_kernels_sse2
#define UF_TABLE_NAME "sse2"
#include "simd/kernels/table.h"
#endif
