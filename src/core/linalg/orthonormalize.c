/*
 * linalg/orthonormalize.c: for each column j in turn,
 *
 *   q_j = x_j / |x_j|,      x_c ← x_c - q_j (q_jᵀ x_c)   for all c > j.
 *
 * The block of doubles does the same from the left: x_j ← x_j - q_p (q_pᵀ x_j) for all p < j, then
 * q_j = x_j / |x_j|.
 */
#include "arith/arith.h"

#include "linalg/orthonormalize.h"

#include "base/memory.h"

/* ---- directions ---- */

/* A column carries only rounding errors when less than this is left after the others are taken out:
 * a float has 6e-8, and a column sums up many of them. */
static const double dependent = 1e-5;

/* The smallest squared length whose inverse root is still a float. Data of size 1e-12 give columns
 * of size 1e-24. */
static const double smallest = 1e-70;

static double squared_length(const uf_basis *basis, int column) {
  const float *x = basis->columns + column;
  size_t m = (size_t)basis->m;
  double sum = 0;
  for (size_t i = 0; i < (size_t)basis->depth; i++) sum += (double)x[i * m] * x[i * m];
  return sum;
}

static void scale_direction(uf_basis *basis, int column, float scale) {
  for (size_t i = 0; i < (size_t)basis->depth; i++)
    basis->columns[i * (size_t)basis->m + (size_t)column] *= scale;
}

/* Takes direction j, of length 1, out of the directions behind it: two sweeps over the rows, a row
 * being contiguous. */
static void remove_direction(uf_basis *basis, int j, float *dots) {
  int n_directions = basis->n_directions;
  for (int c = j + 1; c < n_directions; c++) dots[c] = 0;
  for (int i = 0; i < basis->depth; i++) {
    const float *row = basis->columns + (size_t)i * (size_t)basis->m;
    for (int c = j + 1; c < n_directions; c++) dots[c] += row[j] * row[c];
  }
  for (int i = 0; i < basis->depth; i++) {
    float *row = basis->columns + (size_t)i * (size_t)basis->m;
    for (int c = j + 1; c < n_directions; c++) row[c] -= row[j] * dots[c];
  }
}

uf_status uf_orthonormalize(uf_context *ctx, uf_basis *basis) {
  uf_status status = UF_OK;
  float *dots = NULL;    /* n_directions */
  double *before = NULL; /* n_directions: squared lengths */
  UF_NEW(ctx, dots, basis->n_directions);
  UF_NEW(ctx, before, basis->n_directions);
  for (int c = 0; c < basis->n_directions; c++) before[c] = squared_length(basis, c);
  for (int j = 0; j < basis->n_directions; j++) {
    double left = squared_length(basis, j);
    int is_kept = left > dependent * dependent * before[j] && left > smallest;
    scale_direction(basis, j, is_kept ? (float)(1 / sqrt(left)) : 0);
    if (is_kept) remove_direction(basis, j, dots);
  }
done:
  uf_free(dots);
  uf_free(before);
  return status;
}

/* ---- blocks of doubles ---- */

typedef struct block {
  int n, m;
  double *x; /* n × m by rows */
} block;

/* Takes `direction` (n elements, `apart` from one to the next) out of column c. */
static void remove_from_column(block b, const double *direction, size_t apart, int c) {
  size_t m = (size_t)b.m;
  double dot = 0;
  for (size_t i = 0; i < (size_t)b.n; i++) dot += direction[i * apart] * b.x[i * m + (size_t)c];
  for (size_t i = 0; i < (size_t)b.n; i++) b.x[i * m + (size_t)c] -= dot * direction[i * apart];
}

/* Scales column c to length 1; returns the length that it had. */
static double normalize_column(block b, int c) {
  size_t m = (size_t)b.m;
  double sum = 0;
  for (size_t i = 0; i < (size_t)b.n; i++) sum += b.x[i * m + (size_t)c] * b.x[i * m + (size_t)c];
  double length = sqrt(sum);
  if (length > 0)
    for (size_t i = 0; i < (size_t)b.n; i++) b.x[i * m + (size_t)c] /= length;
  return length;
}

void uf_orthonormalize_block(int n, int m, const double *known, double *x) {
  block b = {n, m, x};
  for (int c = 0; c < m; c++) {
    normalize_column(b, c);
    for (int pass = 0; pass < 2; pass++) {
      remove_from_column(b, known, 1, c);
      for (int p = 0; p < c; p++) remove_from_column(b, x + p, (size_t)m, c);
      if (normalize_column(b, c) > 0.5) break;
    }
  }
}
