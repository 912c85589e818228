/*
 * linalg/subspace.c: subspace iteration (Halko, Martinsson, Tropp 2011, algorithm 4.4) on a sample
 * A of evenly spaced rows, less their mean:
 *
 *   Q ← random orthonormal columns;      Q ← orth(Aᵀ (A Q)), POWER_ITERATIONS times.
 *
 * A direction whose singular value is σ_j gains (σ_j / σ_m)² over the last one in each iteration.
 * O(rows · d · m) an iteration for the products, in parallel, and O(d m²) for orth().
 */
#include "arith/arith.h"

#include "linalg/subspace.h"

#include "base/memory.h"
#include "base/random.h"
#include "linalg/orthonormalize.h"
#include "linalg/project.h"

/* Halko, Martinsson and Tropp find one or two sufficient mostly; not measured on its own. */
enum { POWER_ITERATIONS = 3 };

/* Floats of a sample of sparse rows, which are filled up, and rows that it has at least: 64 MB, a
 * compromise; not measured on its own. */
enum { MAX_FILLED = 1 << 24, MIN_FILLED_ROWS = 256 };

void uf_even_rows(int n, int count, int *rows) {
  for (int i = 0; i < count; i++) rows[i] = (int)((int64_t)i * n / count);
}

uf_status uf_random_directions(uf_context *ctx, uint64_t key, uf_basis *basis) {
  size_t m = (size_t)basis->m;
  memset(basis->columns, 0, sizeof *basis->columns * (size_t)basis->depth * m);
  for (int i = 0; i < basis->depth; i++)
    for (int c = 0; c < basis->n_directions; c++)
      basis->columns[(size_t)i * m + (size_t)c] =
          uf_draw_normal(key, (uint64_t)i * (uint64_t)basis->n_directions + (uint64_t)c);
  return uf_orthonormalize(ctx, basis);
}

/* ---- the sample ---- */

typedef struct sample {
  int n, d;
  float *rows;       /* n × d: A */
  float *transposed; /* d × n: Aᵀ */
} sample;

static int choose_size(const uf_points *points, int max_rows) {
  int room = points->form == UF_FLOAT_ROWS ? max_rows : MAX_FILLED / points->d + MIN_FILLED_ROWS;
  int limit = room < max_rows ? room : max_rows;
  return points->n < limit ? points->n : limit;
}

static void subtract_mean(const sample *a, double *mean) {
  size_t n = (size_t)a->n, d = (size_t)a->d;
  for (size_t j = 0; j < d; j++) mean[j] = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) mean[j] += a->rows[i * d + j];
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) a->rows[i * d + j] -= (float)(mean[j] / a->n);
}

/* A cache line at a time. */
static void transpose(const sample *a) {
  size_t n = (size_t)a->n, d = (size_t)a->d;
  for (size_t from = 0; from < n; from += UF_LANES)
    for (size_t j = 0; j < d; j++)
      for (size_t i = from; i < from + UF_LANES && i < n; i++)
        a->transposed[j * n + i] = a->rows[i * d + j];
}

static void sample_free(sample *a) {
  uf_free(a->rows);
  uf_free(a->transposed);
  *a = (sample){0};
}

static uf_status sample_make(uf_context *ctx, const uf_points *points, int max_rows, sample *a) {
  uf_status status = UF_OK;
  int *rows = NULL;
  double *mean = NULL;
  *a = (sample){.n = choose_size(points, max_rows), .d = points->d};
  UF_NEW(ctx, rows, a->n);
  UF_NEW(ctx, mean, a->d);
  UF_NEW(ctx, a->rows, (int64_t)a->n * a->d);
  UF_NEW(ctx, a->transposed, (int64_t)a->n * a->d);
  uf_even_rows(points->n, a->n, rows);
  for (int i = 0; i < a->n; i++)
    uf_point_values(points, rows[i], a->rows + (size_t)i * (size_t)a->d);
  subtract_mean(a, mean);
  transpose(a);
done:
  uf_free(rows);
  uf_free(mean);
  if (status) sample_free(a);
  return status;
}

/* ---- the iteration ---- */

uf_status uf_principal_subspace(uf_context *ctx, const uf_points *points, int max_rows,
                                uint64_t seed, uf_basis *basis) {
  uf_status status = UF_OK;
  sample a;
  float *image = NULL; /* n × m: A Q */
  UF_TRY(sample_make(ctx, points, max_rows, &a));
  UF_NEW(ctx, image, (int64_t)a.n * basis->m);
  UF_TRY(uf_random_directions(ctx, uf_key(seed, UF_STAGE_BASIS, 0, 0), basis));
  const uf_product forward = {.a = a.rows,
                              .a_stride = (size_t)a.d,
                              .n = a.n,
                              .depth = a.d,
                              .b = basis->columns,
                              .m = basis->m,
                              .c = image};
  const uf_product back = {.a = a.transposed,
                           .a_stride = (size_t)a.n,
                           .n = a.d,
                           .depth = a.n,
                           .b = image,
                           .m = basis->m,
                           .c = basis->columns};
  for (int iteration = 0; iteration < POWER_ITERATIONS; iteration++) {
    UF_TRY(uf_multiply(ctx, &forward));
    UF_TRY(uf_multiply(ctx, &back));
    UF_TRY(uf_orthonormalize(ctx, basis));
  }
done:
  sample_free(&a);
  uf_free(image);
  return status;
}
