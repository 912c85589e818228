#include "arith/arith.h"

#include "data/prepare.h"

#include <stdlib.h>

#include "arith/trigonometry.h"
#include "base/memory.h"
#include "data/covariance.h"
#include "data/range_check.h"

/* ---- Offset and scale ---- */

static double larger(double a, double b) { return a > b ? a : b; }

/* What brings the largest value near 1. */
static double normalizing_scale(double largest) {
  int exponent = (int)(uf_double_bits(largest) >> 52) - 1023;
  return uf_scale2(1, exponent > 1000 ? -1000 : exponent < -1000 ? 1000 : -exponent);
}

static int is_within(double largest, double limit) {
  return largest == 0 || (largest > 1 / limit && largest < limit);
}

/* 1 if that will do. Huge values are scaled down no farther than necessary, to about 2^39, so that
 * values 2^100 times smaller still have squares in float. */
double uf_float_scale(double largest) {
  if (is_within(largest, 0x1p40)) return 1;
  return normalizing_scale(largest) * (largest > 1 ? 0x1p39 : 1);
}

/* Powers and products other than squares have less room, the fourth powers of tsss least of all. */
static double scale_of(uf_metric metric, double largest) {
  uf_comparison comparison = uf_metric_of(metric)->comparison;
  if (comparison == UF_COMPARE_SQUARES || comparison == UF_COMPARE_MANHATTAN)
    return uf_float_scale(largest);
  return is_within(largest, metric == UF_TSSS ? 0x1p20 : 0x1p40) ? 1 : normalizing_scale(largest);
}

/* Whether rows are divided by standard deviations, which makes any scale of the data vanish. */
static int is_standardized(uf_row_form form) {
  return form == UF_ROW_STANDARDIZED || form == UF_ROW_WHITENED;
}

/* Floats are finest around 0, so 0 is put where the values are, when the metric depends on
 * differences only. A column, or its bulk, is moved where it spans less than this fraction of its
 * distance from 0: where float would lose 6 of its 24 bits. */
static const double close_together = 0x1p-6;

/* Since low and x are within a factor of 2, x - low is exact in double (Sterbenz). */
static double offset_of(const uf_metric_traits *traits, double low, double high) {
  if (is_standardized(traits->form)) return 0.5 * low + 0.5 * high;
  double largest = larger(fabs(low), fabs(high));
  return traits->translates && high - low < largest * close_together ? low : 0;
}

/* ---- Where most rows are ---- */

enum { SAMPLE = 33 };

/* Rows i = 0 … count - 1 of the sample: the fractional parts of multiples of the golden ratio, so
 * that no period of the rows shows. */
static int sample_size(int n) { return n < SAMPLE ? n : SAMPLE; }

static int sample_row(int i, int n) {
  if (n <= SAMPLE) return i;
  uint64_t fraction = ((uint64_t)i * 0x9e3779b97f4a7c15u) >> 32;
  return (int)(fraction * (uint64_t)n >> 32);
}

/* Sorts; SAMPLE values are few. */
static void sort_sample(double *value, int n) {
  for (int i = 1; i < n; i++) {
    double v = value[i];
    int at = i;
    for (; at > 0 && value[at - 1] > v; at--) value[at] = value[at - 1];
    value[at] = v;
  }
}

/* Returns the offset of a column from a sample of its values: their median, where the middle half
 * of them is close together and far from `offset`, else `offset`. Values far out lose precision
 * relative to themselves, but not to their distance from the rest. */
static double offset_of_bulk(double *value, int n, double offset) {
  sort_sample(value, n);
  double median = value[n / 2], spread = value[n - 1 - n / 4] - value[n / 4];
  double distance = fabs(median - offset);
  return spread > 0 && spread < close_together * distance && distance < 0x1p900 ? median : offset;
}

static void choose_offsets_of_bulks(const uf_matrix *matrix, uf_preparation *preparation) {
  double value[SAMPLE];
  int n = sample_size(matrix->n);
  for (int c = 0; c < matrix->d; c++) {
    for (int i = 0; i < n; i++) value[i] = uf_matrix_at(matrix, sample_row(i, matrix->n), c);
    preparation->offset[c] = offset_of_bulk(value, n, preparation->offset[c]);
  }
}

static void put_on_sphere(double latitude, double longitude, double *point) {
  double sine, cosine, sine_of_longitude, cosine_of_longitude;
  uf_sin_cos(latitude, &sine, &cosine);
  uf_sin_cos(longitude, &sine_of_longitude, &cosine_of_longitude);
  point[0] = cosine * cosine_of_longitude;
  point[1] = cosine * sine_of_longitude;
  point[2] = sine;
}

/* Points of one town are far from the center of the sphere, compared with their distances: so the
 * middle of the town becomes the origin. */
static void choose_middle(const uf_ranges *r, double *offset) {
  put_on_sphere(0.5 * (r->low[0] + r->high[0]), 0.5 * (r->low[1] + r->high[1]), offset);
}

static void choose_offset_and_scale(const uf_ranges *r, uf_preparation *preparation) {
  const uf_metric_traits *traits = uf_metric_of(preparation->metric);
  int is_dense = r->matrix->form == UF_DENSE_COLUMNS;
  double largest = 0;
  if (traits->form == UF_ROW_ON_SPHERE) {
    choose_middle(r, preparation->offset);
    return;
  }
  if (is_dense && traits->translates) {
    for (int c = 0; c < r->matrix->d; c++)
      preparation->offset[c] = offset_of(traits, r->low[c], r->high[c]);
    if (traits->comparison != UF_COMPARE_HAMMING) /* where equality is all, no value may round */
      choose_offsets_of_bulks(r->matrix, preparation);
  }
  for (int64_t chunk = 0; chunk < r->n_chunks; chunk++) {
    double offset = is_dense ? preparation->offset[chunk] : 0;
    largest = larger(largest, fabs(r->low[chunk] - offset));
    largest = larger(largest, fabs(r->high[chunk] - offset));
  }
  if (!is_standardized(traits->form)) preparation->scale = scale_of(preparation->metric, largest);
}

/* ---- A row ---- */

/* Whether rows get a length of 1, and an additional column for those without a direction. They are
 * shifted last. */
static int has_length(uf_row_form form) {
  switch (form) {
  case UF_ROW_DIRECTION:
  case UF_ROW_CENTERED:
  case UF_ROW_RANKED:
  case UF_ROW_ROOT_SHARES:
  case UF_ROW_ON_SPHERE: return 1;
  default: return 0;
  }
}

int uf_prepared_columns(uf_metric metric, int d) {
  return d + has_length(uf_metric_of(metric)->form);
}

typedef struct ranked {
  double value;
  int column;
} ranked;

size_t uf_preparation_scratch(const uf_preparation *preparation) {
  return 2 * (size_t)preparation->d; /* a `ranked` is no larger than two doubles */
}

/* The deviations of a constant row are rounding errors of its mean, not a direction. */
static int has_direction(double mean, double length) { return length > 1e-12 * fabs(mean); }

static void normalize(double *row, int d, int is_centered) {
  double mean = 0, squares = 0;
  for (int round = 0; round < (is_centered ? 2 : 0); round++) {
    double sum = 0; /* the second round removes the rounding error from the mean of a long row */
    for (int c = 0; c < d; c++) sum += row[c] - mean;
    mean += sum / d;
  }
  for (int c = 0; c < d; c++) {
    row[c] -= mean;
    squares += row[c] * row[c];
  }
  double length = sqrt(squares);
  int is_direction = has_direction(mean, length);
  for (int c = 0; c < d; c++) row[c] = is_direction ? row[c] / length : 0;
  row[d] = !is_direction;
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

/* umap-learn's ε: zeros get a logarithm, and a row of zeros equal shares. */
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

int uf_is_relative(uf_metric metric) {
  uf_row_form form = uf_metric_of(metric)->form;
  return form == UF_ROW_DIRECTION || form == UF_ROW_CENTERED || form == UF_ROW_RANKED ||
         form == UF_ROW_ROOT_SHARES || form == UF_ROW_SHARES;
}

double uf_scale_of_row(const uf_preparation *preparation, double largest) {
  double scaled = largest * preparation->scale;
  int is_safe = largest == 0 || (scaled > 0 && is_within(scaled, 0x1p100));
  int has_own = !is_safe && uf_is_relative(preparation->metric);
  return has_own ? normalizing_scale(largest) : preparation->scale;
}

static double largest_of(const double *row, int d) {
  double largest = 0;
  for (int c = 0; c < d; c++) largest = larger(largest, fabs(row[c]));
  return largest;
}

static void take_form(const uf_preparation *preparation, double *row, double scale,
                      double *scratch) {
  int d = preparation->d;
  double point[3];
  switch (uf_metric_of(preparation->metric)->form) {
  case UF_ROW_ON_SPHERE:
    put_on_sphere(row[0], row[1], point);
    memcpy(row, point, sizeof point);
    return;
  case UF_ROW_RANKED: take_ranks(row, d, (ranked *)(void *)scratch); /* fall through */
  case UF_ROW_CENTERED: normalize(row, d, 1); return;
  case UF_ROW_DIRECTION: normalize(row, d, 0); return;
  case UF_ROW_ROOT_SHARES: take_root_shares(row, d); return;
  case UF_ROW_SHARES: take_shares(row, d, scale); return;
  case UF_ROW_WHITENED: whiten(row, d, preparation->covariance_root); return;
  case UF_ROW_STANDARDIZED:
    for (int c = 0; c < d; c++) row[c] /= preparation->covariance_root[c];
    return;
  default: return;
  }
}

void uf_prepare_row(const uf_preparation *preparation, double *row, double *scratch) {
  int d = preparation->d;
  const double *offset = preparation->offset;
  uf_row_form form = uf_metric_of(preparation->metric)->form;
  int is_last = has_length(form);
  double scale =
      uf_scale_of_row(preparation, uf_is_relative(preparation->metric) ? largest_of(row, d) : 0);
  for (int c = 0; c < d; c++) row[c] = (row[c] - (is_last ? 0 : offset[c])) * scale;
  take_form(preparation, row, scale, scratch);
  for (int c = 0; is_last && c <= d; c++) row[c] -= offset[c];
}

/* ---- A common direction ---- */

/* The median of each column of a sample of rows. */
static void take_medians(const double *rows, int n, int columns, double *median) {
  double value[SAMPLE];
  for (int c = 0; c < columns; c++) {
    for (int i = 0; i < n; i++) value[i] = rows[(size_t)i * (size_t)columns + (size_t)c];
    sort_sample(value, n);
    median[c] = value[n / 2];
  }
}

/* The median of |row - common|. */
static double typical_distance(const double *rows, int n, int columns, const double *common) {
  double distance[SAMPLE];
  for (int i = 0; i < n; i++, rows += columns) {
    double squares = 0;
    for (int c = 0; c < columns; c++) squares += (rows[c] - common[c]) * (rows[c] - common[c]);
    distance[i] = sqrt(squares);
  }
  sort_sample(distance, n);
  return distance[n / 2];
}

static int can_have_common_direction(const uf_matrix *matrix, uf_row_form form) {
  return matrix->form == UF_DENSE_COLUMNS && has_length(form) && form != UF_ROW_ON_SPHERE;
}

/* Rows of length 1 are compared by |u - v|² = |(u - c) - (v - c)|², and floats are finer where c is
 * near to most rows: the offset is their median in a sample, column by column. It stays 0 where
 * rows are not close together, where most of them have no direction, or where most have the same
 * one: what is left of these are rounding errors, which must not become distances. */
static const double rounding_of_directions = 0x1p-40;

static uf_status choose_common_direction(uf_context *ctx, const uf_matrix *matrix,
                                         uf_preparation *preparation) {
  uf_status status = UF_OK;
  int n = sample_size(matrix->n), columns = uf_prepared_columns(preparation->metric, matrix->d);
  double *rows = NULL, *scratch = NULL, *offset = preparation->offset;
  UF_NEW(ctx, rows, (int64_t)n * columns);
  UF_NEW(ctx, scratch, (int64_t)uf_preparation_scratch(preparation));
  for (int i = 0; i < n; i++) {
    double *row = rows + (size_t)i * (size_t)columns;
    for (int c = 0; c < matrix->d; c++) row[c] = uf_matrix_at(matrix, sample_row(i, matrix->n), c);
    uf_prepare_row(preparation, row, scratch);
  }
  take_medians(rows, n, columns, offset);
  double distance = typical_distance(rows, n, columns, offset);
  if (!(distance > rounding_of_directions && distance < close_together) || offset[matrix->d] != 0)
    memset(offset, 0, (size_t)columns * sizeof *offset);
done:
  uf_free(rows);
  uf_free(scratch);
  return status;
}

/* ---- All rows ---- */

uf_status uf_preparation_make(uf_context *ctx, const uf_matrix *matrix,
                              const uf_metric_choice *choice, uf_preparation *preparation) {
  uf_status status = UF_OK;
  uf_ranges ranges = {0};
  *preparation =
      (uf_preparation){.metric = choice->metric, .p = choice->p, .d = matrix->d, .scale = 1};
  UF_NEW_ZERO(ctx, preparation->offset, matrix->d + 1);
  UF_TRY(uf_ranges_measure(ctx, matrix, &ranges));
  UF_TRY(uf_ranges_check(ctx, &ranges, choice->metric));
  choose_offset_and_scale(&ranges, preparation);
  if (is_standardized(uf_metric_of(choice->metric)->form)) {
    UF_TRY(uf_covariance_root(ctx, matrix, choice->metric, choice->covariance,
                              &preparation->covariance_root));
  }
  if (can_have_common_direction(matrix, uf_metric_of(choice->metric)->form)) {
    UF_TRY(choose_common_direction(ctx, matrix, preparation));
  }
done:
  uf_ranges_free(&ranges);
  if (status) uf_preparation_free(preparation);
  return status;
}

void uf_preparation_free(uf_preparation *preparation) {
  uf_free(preparation->offset);
  uf_free(preparation->covariance_root);
  *preparation = (uf_preparation){0};
}
