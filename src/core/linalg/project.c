#include "arith/arith.h"

#include "linalg/project.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 96 };

/* ---- products of dense matrices ---- */

typedef struct product_job {
  uf_context *ctx;
  uf_product product;
  float *packed; /* per worker: ROWS_PER_BLOCK × depth, where rows are given */
} product_job;

/* Rows from here and there are brought together first: the kernel takes several at a time. */
static void multiply_rows(void *job, uf_rows rows) {
  product_job *j = job;
  const uf_product *p = &j->product;
  size_t depth = (size_t)p->depth, stride = p->rows ? depth : p->a_stride;
  const float *a = p->a + stride * (size_t)rows.from;
  if (p->rows) {
    float *packed = j->packed + ROWS_PER_BLOCK * depth * (size_t)rows.worker;
    for (int64_t i = rows.from; i < rows.to; i++)
      memcpy(packed + depth * (size_t)(i - rows.from), p->a + p->a_stride * (size_t)p->rows[i],
             depth * sizeof *packed);
    a = packed;
  }
  j->ctx->kernels->product(a, stride, (int)(rows.to - rows.from), p->depth, p->b, p->m, p->offset,
                           p->c + (size_t)rows.from * (size_t)p->m, (size_t)p->m);
}

uf_status uf_multiply(uf_context *ctx, const uf_product *product) {
  uf_status status = UF_OK;
  product_job job = {.ctx = ctx, .product = *product};
  if (product->rows) {
    UF_NEW(ctx, job.packed, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * product->depth);
  }
  UF_TRY(uf_parallel_rows(ctx, product->n, ROWS_PER_BLOCK, multiply_rows, &job));
done:
  uf_free(job.packed);
  return status;
}

/* ---- points of any form ---- */

typedef struct entries_job {
  uf_context *ctx;
  const uf_points *points;
  const int *rows; /* n_rows, or NULL */
  const uf_basis *basis;
  float *out;   /* n_rows × m */
  int *column;  /* per worker: d; for bits */
  float *value; /* d ones; for bits */
} entries_job;

/* The columns of a row of bits that are true; returns how many. */
static int list_bits(const uf_points *points, int row, int *column) {
  const uint64_t *word = points->bits + points->words * (size_t)row;
  int count = 0;
  for (size_t w = 0; w < points->words; w++)
    for (uint64_t bits = word[w]; bits; bits &= bits - 1)
      column[count++] = (int)(64 * w) + __builtin_ctzll(bits);
  return count;
}

static void project_entries(void *job, uf_rows rows) {
  entries_job *j = job;
  const uf_points *points = j->points;
  int is_bits = points->form == UF_BIT_STRINGS, m = j->basis->m;
  int *listed = j->column + (size_t)points->d * (size_t)rows.worker;
  for (int64_t i = rows.from; i < rows.to; i++) {
    int row = j->rows ? j->rows[i] : (int)i;
    int64_t from = is_bits ? 0 : points->start[row];
    int64_t n = is_bits ? list_bits(points, row, listed) : points->start[row + 1] - from;
    j->ctx->kernels->sparse_product(is_bits ? j->value : points->value + from,
                                    is_bits ? listed : points->column + from, n, j->basis->columns,
                                    m, j->basis->offset, j->out + (size_t)i * (size_t)m);
  }
}

/* Rows that are not floats are multiplied entry by entry. */
static uf_status project_sparse(uf_context *ctx, int n_rows, entries_job job) {
  uf_status status = UF_OK;
  int d = job.points->d, is_bits = job.points->form == UF_BIT_STRINGS;
  UF_NEW(ctx, job.column, is_bits ? (int64_t)ctx->n_threads * d : 0);
  UF_NEW(ctx, job.value, is_bits ? d : 0);
  for (int c = 0; is_bits && c < d; c++) job.value[c] = 1;
  UF_TRY(uf_parallel_rows(ctx, n_rows, ROWS_PER_BLOCK, project_entries, &job));
done:
  uf_free(job.column);
  uf_free(job.value);
  return status;
}

uf_status uf_project(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                     const uf_basis *basis, float *out) {
  if (points->form != UF_FLOAT_ROWS)
    return project_sparse(
        ctx, n_rows,
        (entries_job){.ctx = ctx, .points = points, .rows = rows, .basis = basis, .out = out});
  const uf_product product = {.a = points->x,
                              .a_stride = points->stride,
                              .rows = rows,
                              .n = n_rows,
                              .depth = points->d,
                              .b = basis->columns,
                              .m = basis->m,
                              .offset = basis->offset,
                              .c = out};
  return uf_multiply(ctx, &product);
}

void uf_project_range(const uf_context *ctx, const uf_points *points, int64_t from, int64_t to,
                      const uf_basis *basis, float *out) {
  ctx->kernels->product(uf_point(points, (int)from), points->stride, (int)(to - from), points->d,
                        basis->columns, basis->m, basis->offset, out, (size_t)basis->m);
}
