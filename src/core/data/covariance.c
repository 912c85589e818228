/*
 * data/covariance.c: variances and covariances of the columns, O(n d) and O(n d²), and the factor of
 * the latter.
 */
#include "arith/arith.h"

#include "data/covariance.h"

#include "base/memory.h"
#include "base/parallel.h"

enum { SUM_LANES = 8 };

/* Σ (x - x0) (y - y0), element i in lane i mod 8. */
static double sum_of_products(const uf_matrix *matrix, int column_x, double x0, int column_y,
                              double y0) {
  double sum[SUM_LANES] = {0};
  int n = matrix->n, i = 0;
  for (; i + SUM_LANES <= n; i += SUM_LANES)
    for (int l = 0; l < SUM_LANES; l++)
      sum[l] += (uf_matrix_at(matrix, i + l, column_x) - x0) *
                (uf_matrix_at(matrix, i + l, column_y) - y0);
  for (int l = 0; i < n; i++, l++)
    sum[l] += (uf_matrix_at(matrix, i, column_x) - x0) * (uf_matrix_at(matrix, i, column_y) - y0);
  for (int half = SUM_LANES / 2; half; half /= 2)
    for (int l = 0; l < half; l++) sum[l] += sum[l + half];
  return sum[0];
}

typedef struct covariance_job {
  const uf_matrix *matrix;
  double *mean;       /* d */
  double *covariance; /* d × d, the lower triangle */
  int is_diagonal;    /* d variances only */
} covariance_job;

static void average_column(void *job, int64_t column, int worker) {
  (void)worker;
  covariance_job *j = job;
  double middle = uf_matrix_at(j->matrix, 0, (int)column), sum = 0;
  for (int i = 0; i < j->matrix->n; i++) sum += uf_matrix_at(j->matrix, i, (int)column) - middle;
  j->mean[column] = middle + sum / j->matrix->n;
}

static void relate_column(void *job, int64_t column, int worker) {
  (void)worker;
  covariance_job *j = job;
  int a = (int)column, d = j->matrix->d;
  for (int b = j->is_diagonal ? a : 0; b <= a; b++)
    j->covariance[j->is_diagonal ? (size_t)a : (size_t)a * (size_t)d + (size_t)b] =
        sum_of_products(j->matrix, a, j->mean[a], b, j->mean[b]) / (j->matrix->n - 1);
}

/* Variances, or the lower triangle of the covariances, of a dense matrix. */
static uf_status estimate_spread(uf_context *ctx, const uf_matrix *matrix, int is_diagonal,
                                 double *spread) {
  uf_status status = UF_OK;
  covariance_job job = {.matrix = matrix, .covariance = spread, .is_diagonal = is_diagonal};
  UF_NEW(ctx, job.mean, matrix->d);
  UF_TRY(uf_parallel(ctx, matrix->d, average_column, &job));
  UF_TRY(uf_parallel(ctx, matrix->d, relate_column, &job));
done:
  uf_free(job.mean);
  return status;
}

static uf_status fail_spread(uf_context *ctx, int column, int is_diagonal) {
  return uf_fail(ctx, UF_BAD_INPUT,
                 is_diagonal
                     ? "has no variance in column %d (or one too small for a number), by which the "
                       "metric \"seuclidean\" divides: remove such columns, or give variances of "
                       "your own"
                     : "has covariances of which no inverse exists, as column %d is constant "
                       "or depends on those before it: remove such columns, or give "
                       "covariances of your own for the metric \"mahalanobis\"",
                 column + 1);
}

static uf_status check_spread(uf_context *ctx, const uf_preparation *preparation, int64_t size) {
  for (int64_t i = 0; i < size; i++)
    if (!isfinite(preparation->spread[i]))
      return uf_fail(ctx, UF_BAD_INPUT,
                     "has values so large that the variances of the metric \"%s\" exceed all "
                     "numbers: divide them first",
                     uf_metric_of(preparation->metric)->name);
  return UF_OK;
}

static uf_status roots_of_variances(uf_context *ctx, int d, double *spread) {
  for (int c = 0; c < d; c++) {
    if (!(spread[c] > 0)) return fail_spread(ctx, c, 1);
    spread[c] = sqrt(spread[c]);
  }
  return UF_OK;
}

/* Cholesky's factor in place of the lower triangle of covariances. */
static uf_status factor_covariances(uf_context *ctx, int d, double *l) {
  const double dependent = 1e-10; /* of a variance, what the columns before must leave */
  for (int i = 0; i < d; i++) {
    double *row = l + (size_t)i * (size_t)d, variance = row[i];
    uf_status status = uf_poll(ctx, 1);
    if (status) return status;
    for (int j = 0; j <= i; j++) {
      const double *other = l + (size_t)j * (size_t)d;
      double sum = row[j];
      for (int k = 0; k < j; k++) sum -= row[k] * other[k];
      if (j < i) {
        row[j] = sum / other[j];
      } else {
        if (!(sum > dependent * variance)) return fail_spread(ctx, i, 0);
        row[i] = sqrt(sum);
      }
    }
    for (int j = i + 1; j < d; j++) row[j] = 0;
  }
  return UF_OK;
}

uf_status uf_choose_covariance(uf_context *ctx, const uf_matrix *matrix, const double *given,
                               uf_preparation *preparation) {
  uf_status status = UF_OK;
  int is_diagonal = preparation->metric == UF_SEUCLIDEAN, d = matrix->d;
  int64_t size = is_diagonal ? d : (int64_t)d * d;
  UF_NEW_ZERO(ctx, preparation->spread, size);
  if (given)
    memcpy(preparation->spread, given, (size_t)size * sizeof *given);
  else
    UF_TRY(estimate_spread(ctx, matrix, is_diagonal, preparation->spread));
  UF_TRY(check_spread(ctx, preparation, size));
  UF_TRY(is_diagonal ? roots_of_variances(ctx, d, preparation->spread)
                     : factor_covariances(ctx, d, preparation->spread));
done:
  return status;
}
