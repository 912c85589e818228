/* test_kernel_tables.c: every processor has the scalar kernels, and the best that it has is
 * chosen. */
#include "arith/arith.h"

#include "check.h"
#include "kernel_fixtures.h"

TEST(tables_are_found) {
  CHECK(strcmp(scalar->name, "scalar") == 0);
  CHECK(uf_kernels_choose("sse9") == NULL);
  CHECK(uf_kernels_choose(NULL) == uf_kernels_choose(""));
  CHECK(n_tables == 0 || uf_kernels_choose(NULL) == tables[n_tables - 1]);
}

static void all(void) { RUN(tables_are_found); }

int main(void) { return kernel_tests(all); }
