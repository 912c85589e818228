/*
 * glue/preprocess.c: scaling and principal components of the columns of a matrix.
 */
#include "host.h"
#include "entry_points.h"

typedef struct transform_call {
  r_run run;
  SEXP settings, x, given;
  uf_scaling scaling;
  int n_directions;
  uint64_t seed;
  uf_standardization transform; /* from the core */
} transform_call;

static void release_made(void *data) {
  transform_call *c = data;
  uf_standardization_free(&c->transform);
  r_run_close(&c->run);
}

static void release_run(void *data) { r_run_close(&((transform_call *)data)->run); }

/* list(center, factor, rotation, unit); rotation is a matrix or NULL. */
static SEXP make_transform(void *data) {
  static const char *const names[] = {"centre", "factor", "rotation", "unit"};
  transform_call *c = data;
  r_run_open(&c->run, c->settings);
  uf_matrix matrix = r_matrix(c->x);
  r_run_check(&c->run, uf_standardization_make(&c->run.ctx, &matrix, c->scaling, c->n_directions,
                                               c->seed, &c->transform));
  const uf_standardization *t = &c->transform;
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

SEXP unfurl_make_transform(SEXP x, SEXP scaling, SEXP n_directions, SEXP seed, SEXP settings) {
  transform_call call = {.settings = settings,
                         .x = x,
                         .scaling = r_scaling(CHAR(Rf_asChar(scaling))),
                         .n_directions = Rf_asInteger(n_directions),
                         .seed = (uint64_t)Rf_asReal(seed)};
  return r_execute(make_transform, release_made, &call);
}

static SEXP apply_transform(void *data) {
  transform_call *c = data;
  SEXP rotation = r_element(c->given, "rotation");
  r_run_open(&c->run, c->settings);
  uf_matrix matrix = r_matrix(c->x);
  uf_standardization transform = {.d = matrix.d,
                                  .center = REAL(r_element(c->given, "centre")),
                                  .factor = REAL(r_element(c->given, "factor")),
                                  .unit = r_double(c->given, "unit")};
  if (!Rf_isNull(rotation)) {
    transform.rotation = REAL(rotation);
    transform.n_directions = Rf_ncols(rotation);
  }
  SEXP out = PROTECT(Rf_allocMatrix(REALSXP, matrix.n,
                                    transform.n_directions ? transform.n_directions : matrix.d));
  r_run_check(&c->run, uf_standardize(&c->run.ctx, &matrix, &transform, REAL(out)));
  UNPROTECT(1);
  return out;
}

SEXP unfurl_apply_transform(SEXP x, SEXP transform, SEXP settings) {
  transform_call call = {.settings = settings, .x = x, .given = transform};
  return r_execute(apply_transform, release_run, &call);
}
