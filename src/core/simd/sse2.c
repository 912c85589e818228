/* sse2.c: the kernels for any x86-64. */
#include "../arith.h"
#include "kernels.h"

#if defined(__x86_64__)
#include "lanes_sse2.h"
#define UF_TABLE uf_kernels_sse2
#define UF_TABLE_NAME "sse2"
#include "table.h"
#endif
