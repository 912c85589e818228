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
  double *covariance; /* is_diagonal: d variances; else d × d, the lower triangle */
  int is_diagonal;
} covariance_job;

static void average_column(void *job, int64_t column, int worker) {
  (void)worker;
  covariance_job *j = job;
  double first = uf_matrix_at(j->matrix, 0, (int)column), sum = 0;
  for (int i = 0; i < j->matrix->n; i++) sum += uf_matrix_at(j->matrix, i, (int)column) - first;
  j->mean[column] = first + sum / j->matrix->n;
}

/* Computes the covariances of a column with all columns up to it, or only its variance. */
static void relate_column(void *job, int64_t column, int worker) {
  (void)worker;
  covariance_job *j = job;
  int a = (int)column, d = j->matrix->d;
  for (int b = j->is_diagonal ? a : 0; b <= a; b++)
    j->covariance[j->is_diagonal ? (size_t)a : (size_t)a * (size_t)d + (size_t)b] =
        sum_of_products(j->matrix, a, j->mean[a], b, j->mean[b]) / (j->matrix->n - 1);
}

static uf_status estimate(uf_context *ctx, const uf_matrix *matrix, int is_diagonal,
                          double *covariance) {
  uf_status status = UF_OK;
  covariance_job job = {.matrix = matrix, .covariance = covariance, .is_diagonal = is_diagonal};
  UF_NEW(ctx, job.mean, matrix->d);
  UF_TRY(uf_parallel(ctx, matrix->d, average_column, &job));
  UF_TRY(uf_parallel(ctx, matrix->d, relate_column, &job));
done:
  uf_free(job.mean);
  return status;
}

static uf_status fail_overflow(uf_context *ctx, uf_metric metric) {
  return uf_fail(ctx, UF_BAD_INPUT,
                 "has values so large that the variances of the metric \"%s\" overflow; rescale "
                 "them",
                 uf_metric_of(metric)->name);
}

static uf_status fail_inverse(uf_context *ctx, int column, int is_diagonal) {
  return uf_fail(
      ctx, UF_BAD_INPUT,
      is_diagonal
          ? "has no variance in column %d (or one that underflows), but the metric \"seuclidean\" "
            "divides by it; remove such columns, or give the variances"
          : "has a singular covariance matrix: column %d is constant or depends on the columns "
            "before it; remove such columns, or give the covariances for the metric "
            "\"mahalanobis\"",
      column + 1);
}

static uf_status take_roots(uf_context *ctx, int d, double *variance) {
  for (int c = 0; c < d; c++) {
    if (!(variance[c] > 0)) return fail_inverse(ctx, c, 1);
    variance[c] = sqrt(variance[c]);
  }
  return UF_OK;
}

/* Cholesky's factor in place of the lower triangle of the covariances. A column depends on earlier
 * columns when they leave less than 1e-10 of its variance. */
static uf_status factor(uf_context *ctx, int d, double *l) {
  const double dependent = 1e-10;
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
        if (!(sum > dependent * variance)) return fail_inverse(ctx, i, 0);
        row[i] = sqrt(sum);
      }
    }
    for (int j = i + 1; j < d; j++) row[j] = 0;
  }
  return UF_OK;
}

uf_status uf_covariance_root(uf_context *ctx, const uf_matrix *matrix, uf_metric metric,
                             const double *given, double **root) {
  uf_status status = UF_OK;
  int is_diagonal = metric == UF_SEUCLIDEAN, d = matrix->d;
  int64_t size = is_diagonal ? d : (int64_t)d * d;
  *root = NULL;
  UF_NEW_ZERO(ctx, *root, size);
  if (given) {
    memcpy(*root, given, (size_t)size * sizeof *given);
  } else {
    UF_TRY(estimate(ctx, matrix, is_diagonal, *root));
  }
  for (int64_t i = 0; i < size; i++) {
    if (!isfinite((*root)[i])) {
      UF_TRY(fail_overflow(ctx, metric));
    }
  }
  UF_TRY(is_diagonal ? take_roots(ctx, d, *root) : factor(ctx, d, *root));
done:
  if (status) {
    uf_free(*root);
    *root = NULL;
  }
  return status;
}
