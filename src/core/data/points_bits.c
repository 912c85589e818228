#include "arith/arith.h"

#include "data/points_bits.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 64 };

typedef struct bits_job {
  const uf_matrix *matrix;
  uf_points *points;
} bits_job;

static void pack_row(const uf_matrix *matrix, int row, uint64_t *word) {
  if (matrix->form == UF_BIT_ROWS) {
    const uint8_t *bytes = matrix->values;
    for (int byte = 0; byte < matrix->d / 8; byte++)
      word[byte / 8] |= (uint64_t)bytes[(size_t)matrix->n * (size_t)byte + (size_t)row]
                        << 8 * (byte % 8);
  } else {
    for (int c = 0; c < matrix->d; c++)
      word[c / 64] |= (uint64_t)(uf_matrix_at(matrix, row, c) != 0) << c % 64;
  }
}

static void pack_rows(void *job, uf_rows rows) {
  bits_job *j = job;
  uf_points *points = j->points;
  for (int i = (int)rows.from; i < rows.to; i++) {
    uint64_t *word = points->bits + points->words * (size_t)i;
    pack_row(j->matrix, i, word);
    points->count[i] = 0;
    for (size_t w = 0; w < points->words; w++) points->count[i] += __builtin_popcountll(word[w]);
  }
}

uf_status uf_points_from_bits(uf_context *ctx, const uf_matrix *matrix,
                              const uf_preparation *preparation, uf_points *points) {
  uf_status status = UF_OK;
  bits_job job = {matrix, points};
  *points = (uf_points){.form = UF_BIT_STRINGS,
                        .metric = preparation->metric,
                        .p = preparation->p,
                        .n = matrix->n,
                        .d = matrix->d,
                        .words = (size_t)(matrix->d + 63) / 64};
  UF_NEW_ZERO(ctx, points->bits, (int64_t)points->n * (int64_t)points->words);
  UF_NEW(ctx, points->count, points->n);
  UF_TRY(uf_parallel_rows(ctx, points->n, ROWS_PER_BLOCK, pack_rows, &job));
done:
  if (status) uf_points_free(points);
  return status;
}
