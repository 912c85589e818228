#include "arith/arith.h"

#include "linalg/basis.h"

#include "base/memory.h"

uf_status uf_basis_alloc(uf_context *ctx, int depth, int n_directions, uf_basis *basis) {
  uf_status status = UF_OK;
  *basis =
      (uf_basis){.depth = depth, .n_directions = n_directions, .m = uf_whole_lanes(n_directions)};
  UF_NEW(ctx, basis->columns, (int64_t)depth * basis->m);
done:
  return status;
}

void uf_basis_free(uf_basis *basis) {
  uf_free(basis->columns);
  uf_free(basis->offset);
  *basis = (uf_basis){0};
}
