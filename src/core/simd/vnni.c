/* vnni.c: the kernels for x86-64 with AVX-512 and its byte products (VNNI). */
#include "../arith.h"
#include "kernels.h"

#if defined(__x86_64__)
#define UF_VNNI
#include "lanes_avx512.h"
#define UF_TABLE uf_kernels_vnni
#define UF_TABLE_NAME "vnni"
#include "table.h"
#endif
