/*
 * glue/preprocess.c: scales the columns of a matrix, and reduces them to principal components.
 */
#include "host.h"
#include "entry_points.h"

typedef struct standardize_call {
  r_run run;
  SEXP settings, x, given;
  uf_scaling scaling;
  int n_directions;
  uint64_t seed;
  uf_standardization standardization; /* from the core */
} standardize_call;

static void release_made(void *data) {
  standardize_call *c = data;
  uf_standardization_free(&c->standardization);
  r_run_close(&c->run);
}

static void release_run(void *data) { r_run_close(&((standardize_call *)data)->run); }

/* list(center, factor, rotation, unit); rotation is a matrix or NULL. */
static SEXP make_standardization(void *data) {
  static const char *const names[] = {"centre", "factor", "rotation", "unit"};
  standardize_call *c = data;
  r_run_open(&c->run, c->settings);
  uf_matrix matrix = r_matrix(c->x);
  r_run_check(&c->run, uf_standardization_make(&c->run.ctx, &matrix, c->scaling, c->n_directions,
                                               c->seed, &c->standardization));
  const uf_standardization *t = &c->standardization;
  SEXP result = PROTECT(r_named_list(4, names));
  SET_VECTOR_ELT(result, 0, r_from_doubles(t->center, t->d));
  SET_VECTOR_ELT(result, 1, r_from_doubles(t->factor, t->d));
  if (t->n_directions) {
    SEXP rotation = Rf_allocMatrix(REALSXP, t->d, t->n_directions);
    SET_VECTOR_ELT(result, 2, rotation);
    memcpy(REAL(rotation), t->rotation, (size_t)Rf_xlength(rotation) * sizeof *t->rotation);
  }
  SET_VECTOR_ELT(result, 3, Rf_ScalarReal(t->unit));
  UNPROTECT(1);
  return result;
}

SEXP unfurl_make_standardization(SEXP x, SEXP scaling, SEXP n_directions, SEXP seed,
                                 SEXP settings) {
  standardize_call call = {.settings = settings,
                           .x = x,
                           .scaling = r_scaling(CHAR(Rf_asChar(scaling))),
                           .n_directions = Rf_asInteger(n_directions),
                           .seed = (uint64_t)Rf_asReal(seed)};
  return r_execute(make_standardization, release_made, &call);
}

static SEXP standardize(void *data) {
  standardize_call *c = data;
  SEXP rotation = r_element(c->given, "rotation");
  r_run_open(&c->run, c->settings);
  c->run.argument = "newdata"; /* the values of the data were checked when this was made */
  uf_matrix matrix = r_matrix(c->x);
  uf_standardization standardization = {.d = matrix.d,
                                        .center = REAL(r_element(c->given, "centre")),
                                        .factor = REAL(r_element(c->given, "factor")),
                                        .unit = r_double(c->given, "unit")};
  if (!Rf_isNull(rotation)) {
    standardization.rotation = REAL(rotation);
    standardization.n_directions = Rf_ncols(rotation);
  }
  SEXP out = PROTECT(Rf_allocMatrix(
      REALSXP, matrix.n, standardization.n_directions ? standardization.n_directions : matrix.d));
  r_run_check(&c->run, uf_standardize(&c->run.ctx, &matrix, &standardization, REAL(out)));
  UNPROTECT(1);
  return out;
}

SEXP unfurl_standardize(SEXP x, SEXP standardization, SEXP settings) {
  standardize_call call = {.settings = settings, .x = x, .given = standardization};
  return r_execute(standardize, release_run, &call);
}
