#include "arith/arith.h"

#include "base/index_set.h"

#include "base/memory.h"

/* Returns 32 - log2 of the number of slots: the smallest power of two that is at least 2 and at
 * least 2 most. */
static int shift_for(int most) {
  int shift = 31;
  while ((UINT64_C(1) << (32 - shift)) < 2 * (uint64_t)most) shift--;
  return shift;
}

uf_status uf_index_set_make(uf_context *ctx, int most, uf_index_set *set) {
  uf_status status = UF_OK;
  *set = (uf_index_set){0};
  UF_NEW(ctx, set->index, most);
  UF_NEW(ctx, set->number, (int64_t)1 << (32 - shift_for(most)));
  uf_index_set_begin(set, most);
done:
  if (status) uf_index_set_free(set);
  return status;
}

void uf_index_set_free(uf_index_set *set) {
  uf_free(set->index);
  uf_free(set->number);
  *set = (uf_index_set){0};
}

void uf_index_set_begin(uf_index_set *set, int most) {
  set->count = 0;
  set->shift = shift_for(most);
  memset(set->number, -1, sizeof *set->number << (32 - set->shift));
}

void uf_index_set_clear(uf_index_set *set) {
  const uint32_t last = UINT32_MAX >> set->shift;
  for (int i = 0; i < set->count; i++) {
    uint32_t at = (uint32_t)set->index[i] * UINT32_C(0x9e3779b1) >> set->shift;
    for (; set->number[at] >= 0; at = (at + 1) & last) set->number[at] = -1;
  }
  set->count = 0;
}
