#include "arith/arith.h"

#include "data/range_check.h"

#include "arith/trigonometry.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { SPARSE_CHUNK = 1 << 16, RANGE_LANES = 8 };

/* ---- Ranges ---- */

/* Packed bits have no range. */
static int64_t count_values(const uf_matrix *matrix) {
  switch (matrix->form) {
  case UF_DENSE_COLUMNS: return (int64_t)matrix->n * matrix->d;
  case UF_SPARSE_COLUMNS: return matrix->start[matrix->d];
  case UF_SPARSE_ROWS: return matrix->start[matrix->n];
  default: return 0;
  }
}

/* Lanes hide the latency of each comparison. Σ (x - x) is 0, or NaN once a value is not finite. */
static void measure_doubles(const double *x, int64_t n, double *low, double *high) {
  double least[RANGE_LANES], most[RANGE_LANES], finite[RANGE_LANES] = {0};
  int64_t i = 0;
  for (int l = 0; l < RANGE_LANES; l++) least[l] = most[l] = x[0];
  for (; i + RANGE_LANES <= n; i += RANGE_LANES) {
    for (int l = 0; l < RANGE_LANES; l++) {
      double value = x[i + l];
      least[l] = value < least[l] ? value : least[l];
      most[l] = value > most[l] ? value : most[l];
      finite[l] += value - value;
    }
  }
  for (; i < n; i++) {
    least[0] = x[i] < least[0] ? x[i] : least[0];
    most[0] = x[i] > most[0] ? x[i] : most[0];
    finite[0] += x[i] - x[i];
  }
  for (int l = 1; l < RANGE_LANES; l++) {
    least[0] = least[l] < least[0] ? least[l] : least[0];
    most[0] = most[l] > most[0] ? most[l] : most[0];
    finite[0] += finite[l];
  }
  *low = finite[0] == 0 ? least[0] : NAN;
  *high = most[0];
}

static void measure_chunk(void *job, int64_t chunk, int worker) {
  (void)worker;
  uf_ranges *r = job;
  uf_range at = uf_block_range(chunk, r->chunk_size, r->n_values);
  if (r->matrix->values && !r->matrix->is_integer) {
    measure_doubles((const double *)r->matrix->values + at.from, at.to - at.from, &r->low[chunk],
                    &r->high[chunk]);
    return;
  }
  double low = uf_matrix_value(r->matrix, at.from), high = low, finite = 0;
  for (int64_t i = at.from; i < at.to; i++) {
    double x = uf_matrix_value(r->matrix, i);
    low = x < low ? x : low;
    high = x > high ? x : high;
    finite += x - x;
  }
  r->low[chunk] = finite == 0 ? low : NAN;
  r->high[chunk] = high;
}

uf_status uf_ranges_measure(uf_context *ctx, const uf_matrix *matrix, uf_ranges *ranges) {
  uf_status status = UF_OK;
  int64_t n_values = count_values(matrix);
  int64_t size = matrix->form == UF_DENSE_COLUMNS ? matrix->n : SPARSE_CHUNK;
  *ranges = (uf_ranges){.matrix = matrix,
                        .n_values = n_values,
                        .chunk_size = size,
                        .n_chunks = uf_n_blocks(n_values, size)};
  UF_NEW(ctx, ranges->low, ranges->n_chunks);
  UF_NEW(ctx, ranges->high, ranges->n_chunks);
  UF_TRY(uf_parallel(ctx, ranges->n_chunks, measure_chunk, ranges));
done:
  if (status) uf_ranges_free(ranges);
  return status;
}

void uf_ranges_free(uf_ranges *ranges) {
  uf_free(ranges->low);
  uf_free(ranges->high);
  *ranges = (uf_ranges){0};
}

/* ---- What the metric admits ---- */

/* Values beyond these are degrees, not radians; a little is left to rounding. */
static const double right_angle = UF_PI / 2 * (1 + 1e-6), full_turn = 2 * UF_PI * (1 + 1e-6);

typedef enum value_error { ADMITTED, NOT_FINITE, NEGATIVE, NO_LATITUDE, NO_LONGITUDE } value_error;

/* The error of a chunk with this range. */
static value_error find_error(double low, double high, uf_domain domain, int64_t column) {
  if (!isfinite(low) || !isfinite(high)) return NOT_FINITE;
  if (domain == UF_NOT_NEGATIVE && low < 0) return NEGATIVE;
  if (domain == UF_RADIANS && column == 0 && (low < -right_angle || high > right_angle))
    return NO_LATITUDE;
  if (domain == UF_RADIANS && column == 1 && (low < -full_turn || high > full_turn))
    return NO_LONGITUDE;
  return ADMITTED;
}

/* Row and column of a value, from 1. */
static void find_place(const uf_matrix *matrix, int64_t at, int *row, int *column) {
  int major = 0;
  if (matrix->form == UF_DENSE_COLUMNS) {
    *row = (int)(at % matrix->n) + 1;
    *column = (int)(at / matrix->n) + 1;
    return;
  }
  while (matrix->start[major + 1] <= at) major++;
  *row = (matrix->form == UF_SPARSE_ROWS ? major : matrix->index[at]) + 1;
  *column = (matrix->form == UF_SPARSE_ROWS ? matrix->index[at] : major) + 1;
}

/* Names the first value of the chunk that the metric does not admit. */
static uf_status fail_value(uf_context *ctx, const uf_ranges *r, int64_t chunk, uf_metric metric) {
  const uf_metric_traits *traits = uf_metric_of(metric);
  int64_t at = chunk * r->chunk_size, column = chunk;
  double x = uf_matrix_value(r->matrix, at);
  while (!find_error(x, x, traits->domain, column)) x = uf_matrix_value(r->matrix, ++at);
  int place[2];
  find_place(r->matrix, at, &place[0], &place[1]);
  switch (find_error(x, x, traits->domain, column)) {
  case NEGATIVE:
    return uf_fail(ctx, UF_BAD_INPUT,
                   "holds a negative value in row %d, column %d: the metric \"%s\" compares "
                   "fractions, which must be at least 0",
                   place[0], place[1], traits->name);
  case NO_LATITUDE:
  case NO_LONGITUDE:
    return uf_fail(ctx, UF_BAD_INPUT,
                   "holds %.6g in row %d, column %d, which cannot be a %s in radians; "
                   "multiply degrees by pi / 180",
                   x, place[0], place[1], column == 0 ? "latitude" : "longitude");
  default:
    return uf_fail(ctx, UF_BAD_INPUT, "holds %s in row %d, column %d; remove or impute such values",
                   x != x ? "a missing value (NA or NaN)" : "an infinite value", place[0],
                   place[1]);
  }
}

uf_status uf_ranges_check(uf_context *ctx, const uf_ranges *ranges, uf_metric metric) {
  const uf_metric_traits *traits = uf_metric_of(metric);
  const uf_matrix *matrix = ranges->matrix;
  if (matrix->form != UF_DENSE_COLUMNS && !traits->is_sparse)
    return uf_fail(
        ctx, UF_BAD_INPUT,
        "is a sparse matrix, but the metric \"%s\" needs a dense one; use as.matrix() or "
        "choose another metric",
        traits->name);
  if (matrix->form == UF_BIT_ROWS && !uf_metric_is_binary(metric) && metric != UF_HAMMING)
    return uf_fail(ctx, UF_BAD_INPUT,
                   "has bits packed in bytes, which the metric \"%s\" cannot compare; choose "
                   "\"hamming\", \"jaccard\" or another binary metric",
                   traits->name);
  if (traits->domain == UF_RADIANS && matrix->d != 2)
    return uf_fail(ctx, UF_BAD_INPUT,
                   "has %d columns, but the metric \"haversine\" needs two: latitude and longitude "
                   "in radians",
                   matrix->d);
  for (int64_t chunk = 0; chunk < ranges->n_chunks; chunk++)
    if (find_error(ranges->low[chunk], ranges->high[chunk], traits->domain, chunk))
      return fail_value(ctx, ranges, chunk, metric);
  return UF_OK;
}

uf_status uf_matrix_check(uf_context *ctx, const uf_matrix *matrix, uf_metric metric) {
  uf_ranges ranges;
  uf_status status = uf_ranges_measure(ctx, matrix, &ranges);
  if (status) return status;
  status = uf_ranges_check(ctx, &ranges, metric);
  uf_ranges_free(&ranges);
  return status;
}
