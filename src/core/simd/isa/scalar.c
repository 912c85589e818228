/* simd/isa/scalar.c: the kernels in plain C. */
#include "arith/arith.h"
#include "simd/kernels.h"

#include "simd/isa/lanes_scalar.h"
#define UF_TABLE uf_kernels_scalar
#define UF_TABLE_NAME "scalar"
#include "simd/kernels/table.h"
