/*
 * glue/graph.c: runs each stage that makes a graph by itself. An entry point fills a struct with
 * its arguments; its body runs the core and converts the result; its release frees what the core
 * gave.
 */
#include "entry_points.h"

#include "host.h"

typedef struct stage_call {
  r_run run;
  SEXP settings;
  SEXP idx, dist, rho, sigma;
  uf_fuzzy_options fuzzy;
  /* from the core */
  uf_neighbors neighbors;
  uf_graph graph;
  float *floats, *more_floats;
} stage_call;

static void release_stage(void *data) {
  stage_call *c = data;
  uf_neighbors_free(&c->neighbors);
  uf_graph_free(&c->graph);
  uf_free(c->floats);
  uf_free(c->more_floats);
  r_run_close(&c->run);
}

static void check(stage_call *c, uf_status status) { r_run_check(&c->run, status); }

/* Brings the given neighbors, and the distance that limits them, to units of their own, which it
 * returns. */
static double take_neighbors(stage_call *c) {
  double unit = r_distance_unit(c->dist);
  check(c, r_to_neighbors(&c->run.ctx, c->idx, c->dist, unit, &c->neighbors));
  c->fuzzy.max_distance /= unit;
  return unit;
}

static SEXP smooth_knn(void *data) {
  static const char *const names[] = {"rho", "sigma"};
  stage_call *c = data;
  r_run_open(&c->run, c->settings);
  double unit = take_neighbors(c);
  int n = c->neighbors.n;
  c->floats = r_new_floats(&c->run, n);
  c->more_floats = r_new_floats(&c->run, n);
  check(c, uf_smooth_knn(&c->run.ctx, &c->neighbors, &c->fuzzy, c->floats, c->more_floats));
  SEXP result = PROTECT(r_named_list(2, names));
  SET_VECTOR_ELT(result, 0, r_from_floats(c->floats, n, unit));
  SET_VECTOR_ELT(result, 1, r_from_floats(c->more_floats, n, unit));
  UNPROTECT(1);
  return result;
}

SEXP unfurl_smooth_knn(SEXP idx, SEXP dist, SEXP local_connectivity, SEXP bandwidth,
                       SEXP max_distance, SEXP settings) {
  stage_call call = {.settings = settings,
                     .idx = idx,
                     .dist = dist,
                     .fuzzy = r_fuzzy_options(Rf_asReal(local_connectivity), Rf_asReal(bandwidth),
                                              1, Rf_asReal(max_distance))};
  return r_execute(smooth_knn, release_stage, &call);
}

static SEXP fuzzy_graph(void *data) {
  stage_call *c = data;
  r_run_open(&c->run, c->settings);
  double unit = take_neighbors(c);
  int n = c->neighbors.n;
  c->floats = r_new_floats(&c->run, n);
  c->more_floats = r_new_floats(&c->run, n);
  r_to_floats(c->rho, unit, c->floats);
  r_to_floats(c->sigma, unit, c->more_floats);
  check(c, uf_fuzzy_graph(&c->run.ctx, &c->neighbors, c->floats, c->more_floats, &c->fuzzy,
                          &c->graph));
  uf_warn_of_isolated_vertices(&c->run.ctx, &c->graph, 0);
  check(c, UF_OK);
  return r_from_graph(&c->graph);
}

SEXP unfurl_fuzzy_graph(SEXP idx, SEXP dist, SEXP rho, SEXP sigma, SEXP set_op_mix_ratio,
                        SEXP max_distance, SEXP settings) {
  stage_call call = {
      .settings = settings,
      .idx = idx,
      .dist = dist,
      .rho = rho,
      .sigma = sigma,
      .fuzzy = r_fuzzy_options(1, 1, Rf_asReal(set_op_mix_ratio), Rf_asReal(max_distance))};
  return r_execute(fuzzy_graph, release_stage, &call);
}

SEXP unfurl_fit_curve(SEXP min_dist, SEXP spread) {
  double a, b;
  uf_fit_curve(Rf_asReal(min_dist), Rf_asReal(spread), &a, &b);
  SEXP curve = Rf_allocVector(REALSXP, 2);
  REAL(curve)[0] = a;
  REAL(curve)[1] = b;
  return curve;
}

SEXP unfurl_processors(void) { return Rf_ScalarInteger(uf_available_processors()); }
