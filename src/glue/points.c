#include "points.h"

static SEXP from_bits(const void *values, int64_t n_words) {
  SEXP vector = Rf_allocVector(INTSXP, (R_xlen_t)n_words);
  memcpy(INTEGER(vector), values, (size_t)n_words * sizeof(int));
  return vector;
}

static SEXP from_starts(const int64_t *start, int n) {
  SEXP vector = Rf_allocVector(REALSXP, (R_xlen_t)n + 1);
  for (int i = 0; i <= n; i++) REAL(vector)[i] = (double)start[i];
  return vector;
}

static SEXP from_float_rows(const uf_points *points) {
  static const char *const names[] = {"form", "n", "d", "unit", "hash", "x"};
  SEXP list = PROTECT(r_named_list(6, names));
  SET_VECTOR_ELT(list, 0, Rf_mkString("floats"));
  SET_VECTOR_ELT(list, 5, from_bits(points->x, (int64_t)points->n * (int64_t)points->stride));
  UNPROTECT(1);
  return list;
}

static SEXP from_compressed_rows(const uf_points *points) {
  static const char *const names[] = {"form",  "n",      "d",     "unit",    "hash",
                                      "start", "column", "value", "squares", "mean"};
  int64_t count = points->start[points->n];
  SEXP list = PROTECT(r_named_list(10, names));
  SET_VECTOR_ELT(list, 0, Rf_mkString("compressed"));
  SET_VECTOR_ELT(list, 5, from_starts(points->start, points->n));
  SET_VECTOR_ELT(list, 6, from_bits(points->column, count));
  SET_VECTOR_ELT(list, 7, from_bits(points->value, count));
  SET_VECTOR_ELT(list, 8, r_from_doubles(points->squares, points->n));
  SET_VECTOR_ELT(list, 9, r_from_doubles(points->mean, points->n));
  UNPROTECT(1);
  return list;
}

static SEXP from_bit_strings(const uf_points *points) {
  static const char *const names[] = {"form", "n", "d", "unit", "hash", "bits", "count"};
  SEXP list = PROTECT(r_named_list(7, names));
  SET_VECTOR_ELT(list, 0, Rf_mkString("bits"));
  SET_VECTOR_ELT(list, 5, from_bits(points->bits, 2 * (int64_t)points->n * (int64_t)points->words));
  SET_VECTOR_ELT(list, 6, from_bits(points->count, points->n));
  UNPROTECT(1);
  return list;
}

SEXP r_from_points(const uf_points *points, const int *hash) {
  SEXP list = PROTECT(points->form == UF_COMPRESSED_ROWS ? from_compressed_rows(points)
                      : points->form == UF_BIT_STRINGS   ? from_bit_strings(points)
                                                         : from_float_rows(points));
  SET_VECTOR_ELT(list, 1, Rf_ScalarInteger(points->n));
  SET_VECTOR_ELT(list, 2, Rf_ScalarInteger(points->d));
  SET_VECTOR_ELT(list, 3, Rf_ScalarReal(points->unit));
  SET_VECTOR_ELT(list, 4, from_bits(hash, points->n));
  UNPROTECT(1);
  return list;
}

/* ---- and back ---- */

static uf_status fail_damaged(uf_context *ctx) {
  return uf_fail(ctx, UF_BAD_INPUT,
                 "is damaged: what it keeps of its data does not fit together. Make it anew");
}

/* The integers of an element that has so many of them; NULL otherwise. */
static int *ints_of(SEXP list, const char *name, int64_t count) {
  SEXP vector = r_element(list, name);
  return TYPEOF(vector) == INTSXP && Rf_xlength(vector) == count ? INTEGER(vector) : NULL;
}

static double *doubles_of(SEXP list, const char *name, int64_t count) {
  SEXP vector = r_element(list, name);
  return TYPEOF(vector) == REALSXP && Rf_xlength(vector) == count ? REAL(vector) : NULL;
}

static uf_status to_starts(uf_context *ctx, SEXP list, uf_points *points) {
  uf_status status = UF_OK;
  const double *start = doubles_of(list, "start", (int64_t)points->n + 1);
  double most = (double)Rf_xlength(r_element(list, "column"));
  if (!start || start[0] != 0 || start[points->n] != most) return fail_damaged(ctx);
  UF_NEW(ctx, points->start, (int64_t)points->n + 1);
  points->start[0] = 0;
  for (int i = 0; i < points->n; i++) {
    if (!(start[i + 1] >= start[i] && start[i + 1] <= most)) return fail_damaged(ctx);
    points->start[i + 1] = (int64_t)start[i + 1];
  }
done:
  return status;
}

static int are_within(const int *values, int64_t count, int limit) {
  int within = 1;
  for (int64_t i = 0; i < count; i++) within &= values[i] >= 0 && values[i] < limit;
  return within;
}

static uf_status to_compressed_rows(uf_context *ctx, SEXP list, uf_points *points) {
  uf_status status = UF_OK;
  UF_TRY(to_starts(ctx, list, points));
  int64_t count = points->start[points->n];
  points->form = UF_COMPRESSED_ROWS;
  points->column = ints_of(list, "column", count);
  points->value = (float *)(void *)ints_of(list, "value", count);
  points->squares = doubles_of(list, "squares", points->n);
  points->mean = doubles_of(list, "mean", points->n);
  if (!points->column || !points->value || !points->squares || !points->mean ||
      !are_within(points->column, count, points->d))
    return fail_damaged(ctx);
done:
  return status;
}

uf_status r_to_points(uf_context *ctx, SEXP list, const uf_preparation *preparation,
                      uf_points *points) {
  const char *form = r_string(list, "form");
  *points = (uf_points){.metric = preparation->metric,
                        .n = r_int(list, "n"),
                        .d = r_int(list, "d"),
                        .unit = r_double(list, "unit"),
                        .p = preparation->p};
  if (!ints_of(list, "hash", points->n)) return fail_damaged(ctx);
  int is_sized = points->n > 0 && points->d == uf_prepared_columns(points->metric, preparation->d);
  if (!is_sized) return fail_damaged(ctx);
  if (strcmp(form, "compressed") == 0) return to_compressed_rows(ctx, list, points);
  if (strcmp(form, "bits") == 0) {
    points->form = UF_BIT_STRINGS;
    points->words = (size_t)(points->d + 63) / 64;
    points->bits =
        (uint64_t *)(void *)ints_of(list, "bits", 2 * (int64_t)points->n * (int64_t)points->words);
    points->count = ints_of(list, "count", points->n);
    return points->bits && points->count ? UF_OK : fail_damaged(ctx);
  }
  points->stride = (size_t)uf_whole_lanes(points->d);
  points->x = (float *)(void *)ints_of(list, "x", points->n * (int64_t)points->stride);
  return points->x ? UF_OK : fail_damaged(ctx);
}

const int *r_hash(SEXP list) { return INTEGER(r_element(list, "hash")); }

void r_points_free(uf_points *points) { uf_free(points->start); }

/* ---- preparation ---- */

static int64_t root_size(const uf_preparation *preparation) {
  return preparation->metric == UF_MAHALANOBIS ? (int64_t)preparation->d * preparation->d
                                               : preparation->d;
}

SEXP r_from_preparation(const uf_preparation *preparation) {
  static const char *const names[] = {"d", "p", "scale", "offset", "spread"};
  SEXP list = PROTECT(r_named_list(5, names));
  SET_VECTOR_ELT(list, 0, Rf_ScalarInteger(preparation->d));
  SET_VECTOR_ELT(list, 1, Rf_ScalarReal(preparation->p));
  SET_VECTOR_ELT(list, 2, Rf_ScalarReal(preparation->scale));
  SET_VECTOR_ELT(list, 3, r_from_doubles(preparation->offset, (int64_t)preparation->d + 1));
  if (preparation->covariance_root)
    SET_VECTOR_ELT(list, 4, r_from_doubles(preparation->covariance_root, root_size(preparation)));
  UNPROTECT(1);
  return list;
}

uf_status r_to_preparation(uf_context *ctx, SEXP list, uf_preparation *preparation) {
  int has_root = preparation->metric == UF_MAHALANOBIS || preparation->metric == UF_SEUCLIDEAN;
  preparation->d = r_int(list, "d");
  preparation->p = r_double(list, "p");
  preparation->scale = r_double(list, "scale");
  if (preparation->d < 1 || preparation->d == NA_INTEGER) return fail_damaged(ctx);
  preparation->offset = doubles_of(list, "offset", (int64_t)preparation->d + 1);
  preparation->covariance_root =
      has_root ? doubles_of(list, "spread", root_size(preparation)) : NULL;
  if (!preparation->offset || (has_root && !preparation->covariance_root)) return fail_damaged(ctx);
  return UF_OK;
}
