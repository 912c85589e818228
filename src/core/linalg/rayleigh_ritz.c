#include "arith/arith.h"

#include "linalg/rayleigh_ritz.h"

#include "base/memory.h"
#include "linalg/jacobi.h"

uf_status uf_ritz_alloc(uf_context *ctx, int m, uf_ritz *ritz) {
  uf_status status = UF_OK;
  *ritz = (uf_ritz){.m = m};
  UF_NEW(ctx, ritz->matrix, (int64_t)m * m);
  UF_NEW(ctx, ritz->values, m);
  UF_NEW(ctx, ritz->vectors, (int64_t)m * m);
  UF_NEW(ctx, ritz->row, m);
done:
  if (status) uf_ritz_free(ritz);
  return status;
}

void uf_ritz_free(uf_ritz *ritz) {
  uf_free(ritz->matrix);
  uf_free(ritz->values);
  uf_free(ritz->vectors);
  uf_free(ritz->row);
  *ritz = (uf_ritz){0};
}

void uf_ritz_fill(uf_ritz *ritz, int n, const double *q, const double *image) {
  size_t m = (size_t)ritz->m;
  memset(ritz->matrix, 0, sizeof *ritz->matrix * m * m);
  for (int i = 0; i < n; i++, q += m, image += m)
    for (size_t a = 0; a < m; a++)
      for (size_t b = 0; b < m; b++) ritz->matrix[a * m + b] += q[a] * image[b];
}

uf_status uf_ritz_solve(uf_context *ctx, uf_ritz *ritz) {
  return uf_symmetric_eigen(ctx, ritz->m, ritz->matrix, ritz->values, ritz->vectors);
}

void uf_ritz_turn(uf_ritz *ritz, int n, double *block) {
  size_t m = (size_t)ritz->m;
  for (int i = 0; i < n; i++, block += m) {
    for (size_t c = 0; c < m; c++) {
      ritz->row[c] = 0;
      for (size_t a = 0; a < m; a++) ritz->row[c] += block[a] * ritz->vectors[a * m + c];
    }
    memcpy(block, ritz->row, sizeof *block * m);
  }
}

double uf_ritz_element(const uf_ritz *ritz, const float *x, const double *mean, int c) {
  double sum = 0;
  for (int a = 0; a < ritz->m; a++) sum += (x[a] - mean[a]) * ritz->vectors[a * ritz->m + c];
  return sum;
}
