#include "arith/arith.h"

#include "linalg/subspace.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

enum { ROWS_PER_BLOCK = 96, POWER_ITERATIONS = 3 };

/* Floats of a sample of sparse rows, and rows at least. */
enum { MAX_FILLED = 1 << 24, MIN_FILLED_ROWS = 256 };

/* A column of which less than this is left after the others are taken out carries only rounding
 * errors. */
static const double dependent = 1e-5;

/* Of a squared length whose inverse root is still a float. Data of 1e-12 give columns of 1e-24. */
static const double smallest = 1e-70;

typedef struct product_job {
  uf_context *ctx;
  const float
      *a; /* n × depth, a_stride apart; row i is a + a_stride rows[i] where rows are given */
  size_t a_stride;
  const int *rows;
  int n, depth;
  const float *b; /* depth × m */
  int m;
  const float *offset;
  float *c;      /* n × m */
  float *packed; /* per worker: ROWS_PER_BLOCK × depth, where rows are given */
} product_job;

/* Rows from here and there are brought together first: the kernel takes several at a time. */
static void multiply_block(void *job, int64_t block, int worker) {
  product_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->n);
  size_t depth = (size_t)j->depth, stride = j->rows ? depth : j->a_stride;
  const float *a = j->a + stride * (size_t)range.from;
  if (j->rows) {
    float *packed = j->packed + ROWS_PER_BLOCK * depth * (size_t)worker;
    for (int64_t i = range.from; i < range.to; i++)
      memcpy(packed + depth * (size_t)(i - range.from), j->a + j->a_stride * (size_t)j->rows[i],
             depth * sizeof *packed);
    a = packed;
  }
  j->ctx->kernels->product(a, stride, (int)(range.to - range.from), j->depth, j->b, j->m, j->offset,
                           j->c + (size_t)range.from * (size_t)j->m, (size_t)j->m);
}

static uf_status multiply(uf_context *ctx, product_job job) {
  uf_status status = UF_OK;
  job.ctx = ctx;
  if (job.rows) UF_NEW(ctx, job.packed, (int64_t)ctx->n_threads * ROWS_PER_BLOCK * job.depth);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(job.n, ROWS_PER_BLOCK), multiply_block, &job));
done:
  uf_free(job.packed);
  return status;
}

typedef struct project_job {
  uf_context *ctx;
  const uf_points *points;
  const int *rows;
  int n;
  const float *basis;
  int m;
  const float *offset;
  float *out;
  int *column;  /* per worker: d; for bits */
  float *value; /* d ones */
} project_job;

static int list_bits(const uf_points *points, int row, int *column) {
  const uint64_t *word = points->bits + points->words * (size_t)row;
  int count = 0;
  for (size_t w = 0; w < points->words; w++)
    for (uint64_t bits = word[w]; bits; bits &= bits - 1)
      column[count++] = (int)(64 * w) + __builtin_ctzll(bits);
  return count;
}

static void project_entries(void *job, int64_t block, int worker) {
  project_job *j = job;
  const uf_points *points = j->points;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->n);
  int *listed = j->column + (size_t)points->d * (size_t)worker;
  for (int64_t i = range.from; i < range.to; i++) {
    int row = j->rows ? j->rows[i] : (int)i, is_bits = points->form == UF_BIT_STRINGS;
    int64_t from = is_bits ? 0 : points->start[row];
    int64_t n = is_bits ? list_bits(points, row, listed) : points->start[row + 1] - from;
    j->ctx->kernels->sparse_product(is_bits ? j->value : points->value + from,
                                    is_bits ? listed : points->column + from, n, j->basis, j->m,
                                    j->offset, j->out + (size_t)i * (size_t)j->m);
  }
}

/* Rows that are not floats are multiplied entry by entry. */
static uf_status project_sparse(uf_context *ctx, project_job job) {
  uf_status status = UF_OK;
  int d = job.points->d, is_bits = job.points->form == UF_BIT_STRINGS;
  UF_NEW(ctx, job.column, is_bits ? (int64_t)ctx->n_threads * d : 0);
  UF_NEW(ctx, job.value, is_bits ? d : 0);
  for (int c = 0; is_bits && c < d; c++) job.value[c] = 1;
  UF_TRY(uf_parallel(ctx, uf_n_blocks(job.n, ROWS_PER_BLOCK), project_entries, &job));
done:
  uf_free(job.column);
  uf_free(job.value);
  return status;
}

uf_status uf_project(uf_context *ctx, const uf_points *points, const int *rows, int n_rows,
                     const float *basis, int m, const float *offset, float *out) {
  if (points->form != UF_FLOAT_ROWS)
    return project_sparse(ctx, (project_job){.ctx = ctx,
                                             .points = points,
                                             .rows = rows,
                                             .n = n_rows,
                                             .basis = basis,
                                             .m = m,
                                             .offset = offset,
                                             .out = out});
  return multiply(ctx, (product_job){.a = points->x,
                                     .a_stride = points->stride,
                                     .rows = rows,
                                     .n = n_rows,
                                     .depth = points->d,
                                     .b = basis,
                                     .m = m,
                                     .offset = offset,
                                     .c = out});
}

void uf_project_range(const uf_context *ctx, const uf_points *points, int64_t from, int64_t to,
                      const float *basis, int m, const float *offset, float *out) {
  ctx->kernels->product(uf_point(points, (int)from), points->stride, (int)(to - from), points->d,
                        basis, m, offset, out, (size_t)m);
}

void uf_even_rows(int n, int count, int *rows) {
  for (int i = 0; i < count; i++) rows[i] = (int)((int64_t)i * n / count);
}

static double squared_length(int d, int m, const float *column) {
  double sum = 0;
  for (int i = 0; i < d; i++)
    sum += (double)column[(size_t)i * (size_t)m] * column[(size_t)i * (size_t)m];
  return sum;
}

/* Takes column j (of length 1) out of the columns behind it: two sweeps over the rows, a row being
 * contiguous. */
static void remove_direction(int d, int n_directions, int m, float *basis, int j, float *dots) {
  for (int c = j + 1; c < n_directions; c++) dots[c] = 0;
  for (int i = 0; i < d; i++) {
    const float *row = basis + (size_t)i * (size_t)m;
    for (int c = j + 1; c < n_directions; c++) dots[c] += row[j] * row[c];
  }
  for (int i = 0; i < d; i++) {
    float *row = basis + (size_t)i * (size_t)m;
    for (int c = j + 1; c < n_directions; c++) row[c] -= row[j] * dots[c];
  }
}

uf_status uf_orthonormalize(uf_context *ctx, int d, int n_directions, int m, float *basis) {
  uf_status status = UF_OK;
  float *dots = NULL;
  double *before = NULL;
  UF_NEW(ctx, dots, n_directions);
  UF_NEW(ctx, before, n_directions);
  for (int c = 0; c < n_directions; c++) before[c] = squared_length(d, m, basis + c);
  for (int j = 0; j < n_directions; j++) {
    double left = squared_length(d, m, basis + j);
    int kept = left > dependent * dependent * before[j] && left > smallest;
    float scale = kept ? (float)(1 / sqrt(left)) : 0;
    for (int i = 0; i < d; i++) basis[(size_t)i * (size_t)m + (size_t)j] *= scale;
    if (kept) remove_direction(d, n_directions, m, basis, j, dots);
  }
done:
  uf_free(dots);
  uf_free(before);
  return status;
}

uf_status uf_random_directions(uf_context *ctx, int d, int n_directions, int m, uint64_t key,
                               float *basis) {
  memset(basis, 0, sizeof *basis * (size_t)d * (size_t)m);
  for (int i = 0; i < d; i++)
    for (int c = 0; c < n_directions; c++)
      basis[(size_t)i * (size_t)m + (size_t)c] =
          uf_draw_normal(key, (uint64_t)i * (uint64_t)n_directions + (uint64_t)c);
  return uf_orthonormalize(ctx, d, n_directions, m, basis);
}

/* The sampled rows less their mean, and their transpose. */
static void centered_sample(const uf_points *points, const int *rows, int n_rows, double *mean,
                            float *sample, float *transposed) {
  size_t d = (size_t)points->d, n = (size_t)n_rows;
  for (size_t i = 0; i < n; i++) uf_point_values(points, rows[i], sample + d * i);
  for (size_t j = 0; j < d; j++) mean[j] = 0;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) mean[j] += sample[i * d + j];
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < d; j++) sample[i * d + j] -= (float)(mean[j] / n_rows);
  for (size_t from = 0; from < n; from += UF_LANES) /* a cache line at a time */
    for (size_t j = 0; j < d; j++)
      for (size_t i = from; i < from + UF_LANES && i < n; i++)
        transposed[j * n + i] = sample[i * d + j];
}

/* Sparse rows are filled in the sample, which is smaller for that when they are long. */
static int sample_size(const uf_points *points, int max_rows) {
  int room = points->form == UF_FLOAT_ROWS ? max_rows : MAX_FILLED / points->d + MIN_FILLED_ROWS;
  int limit = room < max_rows ? room : max_rows;
  return points->n < limit ? points->n : limit;
}

uf_status uf_principal_subspace(uf_context *ctx, const uf_points *points, int max_rows,
                                int n_directions, int m, uint64_t seed, float *basis) {
  uf_status status = UF_OK;
  int d = points->d, n = sample_size(points, max_rows);
  int *rows = NULL;
  float *sample = NULL, *transposed = NULL, *image = NULL;
  double *mean = NULL;
  UF_NEW(ctx, rows, n);
  UF_NEW(ctx, mean, d);
  UF_NEW(ctx, sample, (int64_t)n * d);
  UF_NEW(ctx, transposed, (int64_t)n * d);
  UF_NEW(ctx, image, (int64_t)n * m);
  uf_even_rows(points->n, n, rows);
  centered_sample(points, rows, n, mean, sample, transposed);
  UF_TRY(uf_random_directions(ctx, d, n_directions, m, uf_key(seed, UF_STAGE_BASIS, 0, 0), basis));
  for (int iteration = 0; iteration < POWER_ITERATIONS; iteration++) {
    UF_TRY(multiply(ctx, (product_job){.a = sample,
                                       .a_stride = (size_t)d,
                                       .n = n,
                                       .depth = d,
                                       .b = basis,
                                       .m = m,
                                       .c = image}));
    UF_TRY(multiply(ctx, (product_job){.a = transposed,
                                       .a_stride = (size_t)n,
                                       .n = d,
                                       .depth = n,
                                       .b = image,
                                       .m = m,
                                       .c = basis}));
    UF_TRY(uf_orthonormalize(ctx, d, n_directions, m, basis));
  }
done:
  uf_free(rows);
  uf_free(mean);
  uf_free(sample);
  uf_free(transposed);
  uf_free(image);
  return status;
}
