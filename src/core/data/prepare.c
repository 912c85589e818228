/*
 * data/prepare.c: from the user's doubles to rows whose comparison gives the metric.
 *
 * Deciding takes one pass over the values, which finds the range of each column, and, for mahalanobis
 * without a given covariance, O(n d²): see data/covariance.c.
 */
#include "arith/arith.h"

#include "data/prepare.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "data/covariance.h"
#include "arith/trigonometry.h"

/* Range of each chunk of the values: a column, or where sparse so many entries. */
enum { SPARSE_CHUNK = 1 << 16 };

typedef struct ranges {
  const uf_matrix *matrix;
  int64_t n_values;
  int64_t chunk;
  double *low, *high; /* per chunk; low is NaN where a value is not finite */
} ranges;

static int64_t count_values(const uf_matrix *matrix) {
  switch (matrix->form) {
  case UF_DENSE_COLUMNS: return (int64_t)matrix->n * matrix->d;
  case UF_SPARSE_COLUMNS: return matrix->start[matrix->d];
  case UF_SPARSE_ROWS: return matrix->start[matrix->n];
  default: return 0;
  }
}

enum { RANGE_LANES = 8 };

/* Lanes hide the latency of each comparison. */
static void measure_doubles(const double *x, int64_t n, double *low, double *high) {
  double least[RANGE_LANES], most[RANGE_LANES], finite[RANGE_LANES] = {0};
  int64_t i = 0;
  for (int l = 0; l < RANGE_LANES; l++) least[l] = most[l] = x[0];
  for (; i + RANGE_LANES <= n; i += RANGE_LANES) {
    for (int l = 0; l < RANGE_LANES; l++) {
      double value = x[i + l];
      least[l] = value < least[l] ? value : least[l];
      most[l] = value > most[l] ? value : most[l];
      finite[l] += value - value; /* 0, or NaN once and for all */
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
  ranges *r = job;
  uf_range at = uf_block_range(chunk, r->chunk, r->n_values);
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

static int64_t n_chunks(const ranges *r) { return uf_n_blocks(r->n_values, r->chunk); }

static uf_status ranges_measure(uf_context *ctx, const uf_matrix *matrix, ranges *r) {
  uf_status status = UF_OK;
  *r = (ranges){.matrix = matrix, .n_values = count_values(matrix)};
  r->chunk = matrix->form == UF_DENSE_COLUMNS ? matrix->n : SPARSE_CHUNK;
  UF_NEW(ctx, r->low, n_chunks(r));
  UF_NEW(ctx, r->high, n_chunks(r));
  UF_TRY(uf_parallel(ctx, n_chunks(r), measure_chunk, r));
done:
  return status; /* the caller frees, in any case */
}

static void ranges_free(ranges *r) {
  uf_free(r->low);
  uf_free(r->high);
}

/* What the metric admits */

/* Degrees are no radians; a little is left to rounding. */
static const double right_angle = UF_PI / 2 * (1 + 1e-6), full_turn = 2 * UF_PI * (1 + 1e-6);

typedef enum trouble { NO_TROUBLE, NOT_FINITE, NEGATIVE, NO_LATITUDE, NO_LONGITUDE } trouble;

static trouble trouble_of(double low, double high, uf_domain domain, int64_t column) {
  if (!isfinite(low) || !isfinite(high)) return NOT_FINITE;
  if (domain == UF_NOT_NEGATIVE && low < 0) return NEGATIVE;
  if (domain == UF_RADIANS && column == 0 && (low < -right_angle || high > right_angle))
    return NO_LATITUDE;
  if (domain == UF_RADIANS && column == 1 && (low < -full_turn || high > full_turn))
    return NO_LONGITUDE;
  return NO_TROUBLE;
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

static uf_status fail_value(uf_context *ctx, const ranges *r, int64_t chunk, uf_metric metric) {
  const uf_metric_traits *traits = uf_metric_of(metric);
  int64_t at = chunk * r->chunk, column = chunk;
  double x = uf_matrix_value(r->matrix, at);
  while (!trouble_of(x, x, traits->domain, column)) x = uf_matrix_value(r->matrix, ++at);
  int place[2];
  find_place(r->matrix, at, &place[0], &place[1]);
  switch (trouble_of(x, x, traits->domain, column)) {
  case NEGATIVE:
    return uf_fail(
        ctx, UF_BAD_INPUT,
        "holds a negative value in row %d, column %d: the metric \"%s\" compares shares, "
        "which are at least 0",
        place[0], place[1], traits->name);
  case NO_LATITUDE:
  case NO_LONGITUDE:
    return uf_fail(
        ctx, UF_BAD_INPUT,
        "holds %.6g in row %d, column %d, which is no %s in radians: multiply degrees by "
        "pi / 180",
        x, place[0], place[1], column == 0 ? "latitude" : "longitude");
  default:
    return uf_fail(
        ctx, UF_BAD_INPUT, "holds %s in row %d, column %d: remove or impute such values first",
        x != x ? "a missing value (NA or NaN)" : "an infinite value", place[0], place[1]);
  }
}

static uf_status ranges_check(uf_context *ctx, const ranges *r, uf_metric metric) {
  const uf_metric_traits *traits = uf_metric_of(metric);
  const uf_matrix *matrix = r->matrix;
  if (matrix->form != UF_DENSE_COLUMNS && !traits->is_sparse)
    return uf_fail(ctx, UF_BAD_INPUT,
                   "is a sparse matrix, whose zeros the metric \"%s\" cannot leave out: make it an "
                   "ordinary one with as.matrix(), or choose another metric",
                   traits->name);
  if (matrix->form == UF_BIT_ROWS && !uf_metric_is_binary(metric) && metric != UF_HAMMING)
    return uf_fail(ctx, UF_BAD_INPUT,
                   "has bits packed in bytes, which the metric \"%s\" cannot compare: choose "
                   "\"hamming\", \"jaccard\" or the like",
                   traits->name);
  if (traits->domain == UF_RADIANS && matrix->d != 2)
    return uf_fail(ctx, UF_BAD_INPUT,
                   "has %d columns: the metric \"haversine\" needs two, latitude and longitude in "
                   "radians",
                   matrix->d);
  for (int64_t chunk = 0; chunk < n_chunks(r); chunk++)
    if (trouble_of(r->low[chunk], r->high[chunk], traits->domain, chunk))
      return fail_value(ctx, r, chunk, metric);
  return UF_OK;
}

uf_status uf_matrix_check(uf_context *ctx, const uf_matrix *matrix, uf_metric metric) {
  uf_status status = UF_OK;
  ranges r = {0};
  UF_TRY(ranges_measure(ctx, matrix, &r));
  UF_TRY(ranges_check(ctx, &r, metric));
done:
  ranges_free(&r);
  return status;
}

/* Offsets and scale */

static double larger(double a, double b) { return a > b ? a : b; }

/* What brings the largest value near 1. */
static double normalizing_scale(double largest) {
  int exponent = (int)(uf_double_bits(largest) >> 52) - 1023;
  return uf_scale2(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

static int is_within(double largest, double limit) {
  return largest == 0 || (largest > 1 / limit && largest < limit);
}

/* 1 while that will do. Huge values come down no farther than they must, near 2^39, so that those
 * 2^100 times smaller still have squares in float. */
double uf_float_scale(double largest) {
  if (is_within(largest, 0x1p40)) return 1;
  return normalizing_scale(largest) * (largest > 1 ? 0x1p39 : 1);
}

/* Powers and products other than squares have less room, the fourth powers of tsss least. */
static double scale_of(uf_metric metric, double largest) {
  uf_comparison comparison = uf_metric_of(metric)->comparison;
  if (comparison == UF_COMPARE_SQUARES || comparison == UF_COMPARE_MANHATTAN)
    return uf_float_scale(largest);
  return is_within(largest, metric == UF_TSSS ? 0x1p20 : 0x1p40) ? 1 : normalizing_scale(largest);
}

/* A column far from zero loses its small differences in float; differences need no such offset. */
static double offset_of(const uf_metric_traits *traits, double low, double high) {
  int is_rebased = traits->form == UF_ROW_STANDARDIZED || traits->form == UF_ROW_WHITENED;
  if (is_rebased) return 0.5 * low + 0.5 * high;
  double largest = larger(fabs(low), fabs(high));
  return traits->translates && high - low < largest * 0x1p-10 ? low : 0;
}

static void put_on_sphere(double latitude, double longitude, double *point) {
  double sine, cosine, sine_of_longitude, cosine_of_longitude;
  uf_sin_cos(latitude, &sine, &cosine);
  uf_sin_cos(longitude, &sine_of_longitude, &cosine_of_longitude);
  point[0] = cosine * cosine_of_longitude;
  point[1] = cosine * sine_of_longitude;
  point[2] = sine;
}

/* Points of a town are far from the center of the earth, and near to the middle of the town. */
static void choose_middle(const ranges *r, double *offset) {
  put_on_sphere(0.5 * (r->low[0] + r->high[0]), 0.5 * (r->low[1] + r->high[1]), offset);
}

static void choose_offset_and_scale(const ranges *r, uf_preparation *preparation) {
  const uf_metric_traits *traits = uf_metric_of(preparation->metric);
  int is_dense = r->matrix->form == UF_DENSE_COLUMNS;
  double largest = 0;
  if (traits->form == UF_ROW_ON_SPHERE) {
    choose_middle(r, preparation->offset);
    return;
  }
  for (int64_t chunk = 0; chunk < n_chunks(r); chunk++) {
    double offset = is_dense ? offset_of(traits, r->low[chunk], r->high[chunk]) : 0;
    if (is_dense) preparation->offset[chunk] = offset;
    largest = larger(largest, fabs(r->low[chunk] - offset));
    largest = larger(largest, fabs(r->high[chunk] - offset));
  }
  int has_scale = traits->form != UF_ROW_STANDARDIZED && traits->form != UF_ROW_WHITENED;
  if (has_scale) preparation->scale = scale_of(preparation->metric, largest);
}

/* The whole */

uf_status uf_preparation_make(uf_context *ctx, const uf_matrix *matrix,
                              const uf_metric_choice *choice, uf_preparation *preparation) {
  uf_status status = UF_OK;
  ranges r = {0};
  uf_row_form form = uf_metric_of(choice->metric)->form;
  *preparation =
      (uf_preparation){.metric = choice->metric, .p = choice->p, .d = matrix->d, .scale = 1};
  UF_NEW_ZERO(ctx, preparation->offset, matrix->d + 1); /* a point of the sphere has 3 */
  UF_TRY(ranges_measure(ctx, matrix, &r));
  UF_TRY(ranges_check(ctx, &r, choice->metric));
  choose_offset_and_scale(&r, preparation);
  if (form == UF_ROW_STANDARDIZED || form == UF_ROW_WHITENED)
    UF_TRY(uf_choose_covariance(ctx, matrix, choice->spread, preparation));
done:
  ranges_free(&r);
  if (status) uf_preparation_free(preparation);
  return status;
}

void uf_preparation_free(uf_preparation *preparation) {
  uf_free(preparation->offset);
  uf_free(preparation->spread);
  *preparation = (uf_preparation){0};
}

/* A row */

int uf_prepared_columns(uf_metric metric, int d) {
  switch (uf_metric_of(metric)->form) {
  case UF_ROW_DIRECTION:
  case UF_ROW_CENTERED:
  case UF_ROW_RANKED:
  case UF_ROW_ROOT_SHARES:
  case UF_ROW_ON_SPHERE: return d + 1;
  default: return d;
  }
}

typedef struct ranked {
  double value;
  int column;
} ranked;

size_t uf_preparation_scratch(const uf_preparation *preparation) {
  return 2 * (size_t)preparation->d; /* a `ranked` is no larger than two doubles */
}

/* A constant row's deviations are rounding errors of its mean, not a direction. */
static int has_direction(double mean, double length) { return length > 1e-12 * fabs(mean); }

static void take_direction(double *row, int d, int is_centered) {
  double mean = 0, squares = 0;
  for (int round = 0; round < (is_centered ? 2 : 0); round++) {
    double sum = 0; /* the second round takes the rounding out of a long row's mean */
    for (int c = 0; c < d; c++) sum += row[c] - mean;
    mean += sum / d;
  }
  for (int c = 0; c < d; c++) {
    row[c] -= mean;
    squares += row[c] * row[c];
  }
  double length = sqrt(squares);
  int has = has_direction(mean, length);
  for (int c = 0; c < d; c++) row[c] = has ? row[c] / length : 0;
  row[d] = !has;
}

static int compare_ranked(const void *x, const void *y) {
  double a = ((const ranked *)x)->value, b = ((const ranked *)y)->value;
  return (a > b) - (a < b);
}

static void take_ranks(double *row, int d, ranked *sorted) {
  for (int c = 0; c < d; c++) sorted[c] = (ranked){row[c], c};
  qsort(sorted, (size_t)d, sizeof *sorted, compare_ranked);
  for (int from = 0, to; from < d; from = to) {
    for (to = from + 1; to < d && sorted[to].value == sorted[from].value;) to++;
    for (int i = from; i < to; i++) row[sorted[i].column] = 0.5 * (from + to - 1);
  }
}

static void take_root_shares(double *row, int d) {
  double sum = 0;
  for (int c = 0; c < d; c++) sum += row[c];
  for (int c = 0; c < d; c++) row[c] = sum > 0 ? sqrt(row[c] / sum) : 0;
  row[d] = !(sum > 0);
}

/* umap-learn's ε, which gives zeros a logarithm and a row of zeros equal shares. */
static void take_shares(double *row, int d, double scale) {
  const double epsilon = 1e-11 * scale;
  double sum = 0;
  for (int c = 0; c < d; c++) sum += row[c] += epsilon;
  for (int c = 0; c < d; c++) row[c] /= sum;
}

/* Solves L y = x. */
static void whiten(double *row, int d, const double *l) {
  for (int i = 0; i < d; i++, l += d) {
    double sum = row[i];
    for (int j = 0; j < i; j++) sum -= l[j] * row[j];
    row[i] = sum / l[i];
  }
}

/* Rows that are divided by their own size, or ranked. */
static int is_relative(uf_row_form form) {
  return form == UF_ROW_DIRECTION || form == UF_ROW_CENTERED || form == UF_ROW_RANKED ||
         form == UF_ROW_ROOT_SHARES || form == UF_ROW_SHARES;
}

double uf_scale_of_row(const uf_preparation *preparation, double largest) {
  double scaled = largest * preparation->scale;
  int will_do = largest == 0 || (scaled > 0 && is_within(scaled, 0x1p100));
  int has_own = !will_do && is_relative(uf_metric_of(preparation->metric)->form);
  return has_own ? normalizing_scale(largest) : preparation->scale;
}

static double largest_of(const double *row, int d) {
  double largest = 0;
  for (int c = 0; c < d; c++) largest = larger(largest, fabs(row[c]));
  return largest;
}

void uf_prepare_row(const uf_preparation *preparation, double *row, double *scratch) {
  int d = preparation->d;
  const double *offset = preparation->offset;
  uf_row_form form = uf_metric_of(preparation->metric)->form;
  if (form == UF_ROW_ON_SPHERE) {
    double point[3];
    put_on_sphere(row[0], row[1], point);
    for (int c = 0; c < 3; c++) row[c] = point[c] - offset[c];
    return;
  }
  double scale = uf_scale_of_row(preparation, is_relative(form) ? largest_of(row, d) : 0);
  for (int c = 0; c < d; c++) row[c] = (row[c] - offset[c]) * scale;
  switch (form) {
  case UF_ROW_RANKED: take_ranks(row, d, (ranked *)(void *)scratch); /* fall through */
  case UF_ROW_CENTERED: take_direction(row, d, 1); return;
  case UF_ROW_DIRECTION: take_direction(row, d, 0); return;
  case UF_ROW_ROOT_SHARES: take_root_shares(row, d); return;
  case UF_ROW_SHARES: take_shares(row, d, scale); return;
  case UF_ROW_WHITENED: whiten(row, d, preparation->spread); return;
  case UF_ROW_STANDARDIZED:
    for (int c = 0; c < d; c++) row[c] /= preparation->spread[c];
    return;
  default: return;
  }
}
