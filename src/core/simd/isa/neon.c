/* simd/isa/neon.c: the kernels for arm64. */
#include "arith/arith.h"
#include "simd/kernels.h"

#if defined(__aarch64__)
#include "simd/isa/lanes_neon.h"
#define UF_TABLE uf_kernels_neon
#define UF_TABLE_NAME "neon"
#include "simd/kernels/table.h"
#endif
