#include "arith/arith.h"

#include "linalg/jacobi.h"

enum { MAX_SWEEPS = 30 };

/* Rotates rows and columns p and q so that a[p][q] vanishes. */
static void rotate(int m, double *a, double *vectors, int p, int q) {
  double off = a[p * m + q];
  if (off == 0) return;
  double theta = (a[q * m + q] - a[p * m + p]) / (2 * off);
  double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
  double c = 1 / sqrt(t * t + 1), s = t * c;
  for (int i = 0; i < m; i++) {
    double x = a[i * m + p], y = a[i * m + q];
    a[i * m + p] = c * x - s * y;
    a[i * m + q] = s * x + c * y;
  }
  for (int i = 0; i < m; i++) {
    double x = a[p * m + i], y = a[q * m + i];
    a[p * m + i] = c * x - s * y;
    a[q * m + i] = s * x + c * y;
  }
  for (int i = 0; i < m; i++) {
    double x = vectors[i * m + p], y = vectors[i * m + q];
    vectors[i * m + p] = c * x - s * y;
    vectors[i * m + q] = s * x + c * y;
  }
}

static void swap_columns(int m, double *vectors, int p, int q) {
  for (int i = 0; i < m; i++) {
    double t = vectors[i * m + p];
    vectors[i * m + p] = vectors[i * m + q];
    vectors[i * m + q] = t;
  }
}

uf_status uf_symmetric_eigen(uf_context *ctx, int m, double *a, double *values, double *vectors) {
  for (int i = 0; i < m * m; i++) vectors[i] = i % (m + 1) == 0;
  for (int sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    double off = 0, diagonal = 0;
    for (int p = 0; p < m; p++) {
      diagonal += a[p * m + p] * a[p * m + p];
      for (int q = p + 1; q < m; q++) off += a[p * m + q] * a[p * m + q];
    }
    if (off <= 1e-30 * diagonal) break;
    for (int p = 0; p < m; p++) {
      uf_status status = uf_poll(ctx, 1);
      if (status) return status;
      for (int q = p + 1; q < m; q++) rotate(m, a, vectors, p, q);
    }
  }
  for (int i = 0; i < m; i++) values[i] = a[i * m + i];
  for (int i = 0; i < m; i++) {
    int best = i;
    for (int j = i + 1; j < m; j++)
      if (values[j] > values[best]) best = j;
    if (best == i) continue;
    double t = values[i];
    values[i] = values[best];
    values[best] = t;
    swap_columns(m, vectors, i, best);
  }
  return UF_OK;
}
