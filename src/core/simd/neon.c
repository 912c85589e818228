/* neon.c: the kernels for arm64. */
#include "../arith.h"
#include "kernels.h"

#if defined(__aarch64__)
#include "lanes_neon.h"
#define UF_TABLE uf_kernels_neon
#define UF_TABLE_NAME "neon"
#include "table.h"
#endif
