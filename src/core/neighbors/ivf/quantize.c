#include "arith/arith.h"

#include "neighbors/ivf/quantize.h"

#include "base/memory.h"
#include "base/random.h"
#include "linalg/project.h"
#include "linalg/subspace.h"

enum {
  BASIS_ROWS = 4096, /* rows that the principal subspace is taken from */
  MEAN_ROWS = 2048   /* rows that the offset is taken from */
};

/* columns = rotation, or principal subspace × rotation. */
static uf_status choose_directions(uf_context *ctx, const uf_points *points, uint64_t seed,
                                   uf_basis *b) {
  uf_status status = UF_OK;
  int m = b->m;
  uf_basis subspace = {0}, rotation = {0};
  uint64_t key = uf_key(seed, UF_STAGE_ROTATION, 0, 0);
  if (points->d <= b->n_directions) return uf_random_directions(ctx, key, b);
  UF_TRY(uf_basis_alloc(ctx, points->d, b->n_directions, &subspace));
  UF_TRY(uf_basis_alloc(ctx, m, b->n_directions, &rotation));
  UF_TRY(uf_principal_subspace(ctx, points, BASIS_ROWS, seed, &subspace));
  UF_TRY(uf_random_directions(ctx, key, &rotation));
  ctx->kernels->product(subspace.columns, (size_t)m, points->d, m, rotation.columns, m, NULL,
                        b->columns, (size_t)m);
done:
  uf_basis_free(&subspace);
  uf_basis_free(&rotation);
  return status;
}

/* The offset that brings the mean of a sample to 0, where floats are finest. */
static uf_status choose_offset(uf_context *ctx, const uf_points *points, uf_basis *b) {
  uf_status status = UF_OK;
  int n = points->n < MEAN_ROWS ? points->n : MEAN_ROWS, *rows = NULL;
  float *sample = NULL;
  UF_NEW(ctx, rows, n);
  UF_NEW(ctx, sample, (int64_t)n * b->m);
  uf_even_rows(points->n, n, rows);
  for (int c = 0; c < b->m; c++) b->offset[c] = 0;
  UF_TRY(uf_project(ctx, points, rows, n, b, sample));
  for (int c = 0; c < b->m; c++) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += sample[(size_t)i * (size_t)b->m + (size_t)c];
    b->offset[c] = (float)(-sum / n);
  }
done:
  uf_free(rows);
  uf_free(sample);
  return status;
}

/* The principal subspace is made orthonormal in every round, on one thread and column by column,
 * which is about ten times as slow as a product. */
double uf_basis_cost(const uf_points *points, int n_directions) {
  const double rounds = 4, slowness = 10;
  double d = points->d, m = n_directions, n = points->n < BASIS_ROWS ? points->n : BASIS_ROWS;
  double projecting = (double)points->n * d * m;
  return d <= m ? projecting : projecting + rounds * (2 * n * d * m + slowness * d * m * m);
}

uf_status uf_basis_make(uf_context *ctx, const uf_points *points, int n_directions, uint64_t seed,
                        uf_basis *basis) {
  uf_status status = UF_OK;
  int used = points->d < n_directions ? points->d : n_directions;
  UF_TRY(uf_basis_alloc(ctx, points->d, used, basis));
  UF_NEW(ctx, basis->offset, basis->m);
  UF_TRY(choose_directions(ctx, points, seed, basis));
  UF_TRY(choose_offset(ctx, points, basis));
done:
  if (status) uf_basis_free(basis);
  return status;
}

uf_status uf_panels_make(uf_context *ctx, int n_panels, int n_bytes, uf_panels *panels) {
  uf_status status = UF_OK;
  int64_t n_places = 16 * (int64_t)n_panels;
  *panels = (uf_panels){.n_panels = n_panels, .n_bytes = n_bytes};
  UF_NEW(ctx, panels->bytes, n_places * n_bytes);
  UF_NEW(ctx, panels->scale, n_places);
  UF_NEW(ctx, panels->half_norm, n_places);
  memset(panels->bytes, UF_CODE_BIAS, (size_t)n_places * (size_t)n_bytes);
  for (int64_t place = 0; place < n_places; place++) {
    panels->scale[place] = 0;
    panels->half_norm[place] = UF_HALF_NORM_OF_NOTHING;
  }
done:
  if (status) uf_panels_free(panels);
  return status;
}

void uf_panels_free(uf_panels *panels) {
  uf_free(panels->bytes);
  uf_free(panels->scale);
  uf_free(panels->half_norm);
  *panels = (uf_panels){0};
}

/* The first four codes of a place; the next four are 64 bytes farther. */
static uint8_t *codes_at(const uf_panels *panels, int place) {
  return panels->bytes + (size_t)(place / 16) * 16 * (size_t)panels->n_bytes +
         (size_t)(4 * (place % 16));
}

void uf_panels_put(uf_panels *panels, int place, const int8_t *code, float scale) {
  uint8_t *to = codes_at(panels, place);
  int32_t squares = 0;
  for (int c = 0; c < panels->n_bytes; c += 4, to += 64)
    for (int i = 0; i < 4; i++) {
      int value = code[c + i];
      to[i] = (uint8_t)(value + UF_CODE_BIAS);
      squares += value * value;
    }
  panels->scale[place] = scale;
  panels->half_norm[place] = 0.5f * scale * scale * (float)squares;
}

void uf_panels_take(const uf_panels *panels, int place, int m, float *x) {
  const uint8_t *from = codes_at(panels, place);
  float scale = panels->scale[place];
  for (int c = 0; c < panels->n_bytes; c += 4, from += 64)
    for (int i = 0; i < 4; i++) x[c + i] = scale * (float)(from[i] - UF_CODE_BIAS);
  for (int c = panels->n_bytes; c < m; c++) x[c] = 0;
}
