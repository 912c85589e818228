/* test_index_set.c: sets of indices against a plain list. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "base/index_set.h"

static int find(const int *list, int count, int index) {
  for (int i = 0; i < count; i++)
    if (list[i] == index) return i;
  return count;
}

/* Indices that differ by powers of two would collide in a table that takes their lower bits. */
TEST(indices_are_numbered_as_they_are_met) {
  enum { MOST = 100 };
  const int strides[] = {1, 7, 1 << 10, 1 << 24, 0};
  uf_context ctx;
  uf_index_set set;
  fixture_open(&ctx, 1, NULL);
  CHECK(uf_index_set_make(&ctx, MOST, &set) == UF_OK);
  for (int most = MOST; most >= 1; most -= 9)
    for (int s = 0; s < 5; s++) {
      int list[MOST], count = 0;
      uf_index_set_begin(&set, most);
      CHECK(set.count == 0);
      for (int draw = 0; draw < 1000; draw++) {
        int index = (int)(most * fixture_unit(s, draw)) * strides[s];
        int at = find(list, count, index);
        CHECK(uf_index_set_add(&set, index) == at);
        if (at == count) list[count++] = index;
        CHECK(set.count == count && set.index[at] == index);
      }
    }
  uf_index_set_free(&set);
  CHECK(set.index == NULL && set.number == NULL);
  uf_session_close(&ctx);
}

/* Full sets too, in which runs of taken places meet and wrap around. */
TEST(a_cleared_set_is_empty) {
  const int sizes[] = {1, 2, 3, 64, 1000};
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  for (int s = 0; s < 5; s++) {
    uf_index_set set;
    CHECK(uf_index_set_make(&ctx, sizes[s], &set) == UF_OK);
    for (int pass = 0; pass < 50; pass++) {
      for (int i = 0; i < sizes[s]; i++)
        uf_index_set_add(&set, (int)(INT32_MAX * fixture_unit(pass, i)));
      uf_index_set_clear(&set);
      int n_taken = 0;
      for (uint32_t at = 0; at <= UINT32_MAX >> set.shift; at++) n_taken += set.number[at] >= 0;
      CHECK(set.count == 0 && n_taken == 0);
    }
    uf_index_set_free(&set);
  }
  uf_session_close(&ctx);
}

TEST(a_set_may_be_full) {
  const int sizes[] = {1, 2, 3, 4, 1023, 1024, 1025};
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  for (int s = 0; s < 7; s++) {
    uf_index_set set;
    CHECK(uf_index_set_make(&ctx, sizes[s], &set) == UF_OK);
    for (int pass = 0; pass < 2; pass++)
      for (int i = 0; i < sizes[s]; i++) CHECK(uf_index_set_add(&set, INT32_MAX - i) == i);
    CHECK(set.count == sizes[s]);
    uf_index_set_free(&set);
  }
  uf_session_close(&ctx);
}

int main(void) {
  RUN(indices_are_numbered_as_they_are_met);
  RUN(a_cleared_set_is_empty);
  RUN(a_set_may_be_full);
  return check_report();
}
