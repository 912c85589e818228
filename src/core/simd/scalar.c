/* scalar.c: the kernels in plain C. */
#include "../arith.h"
#include "kernels.h"

#include "lanes_scalar.h"
#define UF_TABLE uf_kernels_scalar
#define UF_TABLE_NAME "scalar"
#include "table.h"
