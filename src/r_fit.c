/*
 * r_fit.c: UMAP as a whole, in one call, so that data, neighbours and graph stay in the core from
 * stage to stage.
 */
#include "r_host.h"
#include "r_stages.h"

typedef struct fit_call {
  r_run run;
  SEXP settings, x, neighbors, init, options;
  uf_umap_result result;
} fit_call;

static void release_fit(void *data) {
  fit_call *c = data;
  uf_umap_free(&c->result);
  r_run_close(&c->run);
}

static uf_umap_options decode_options(SEXP options, SEXP init) {
  return (uf_umap_options){
      .n_neighbors = r_int(options, "n_neighbors"),
      .n_components = r_int(options, "n_components"),
      .metric = r_metric(r_string(options, "metric")),
      .neighbor_method = r_neighbor_method(r_string(options, "neighbor_method")),
      .fuzzy =
          r_fuzzy_options(r_double(options, "local_connectivity"), r_double(options, "bandwidth"),
                          r_double(options, "set_op_mix_ratio"), r_double(options, "max_distance")),
      .init = Rf_isString(init) ? r_init_method(CHAR(Rf_asChar(init))) : UF_INIT_GIVEN,
      .layout = r_layout_options(options),
      .seed = (uint64_t)r_double(options, "seed")};
}

/* What the caller brings along: neighbours, a start. */
static uf_status take_given(fit_call *c) {
  uf_status status = UF_OK;
  uf_context *ctx = &c->run.ctx;
  if (!Rf_isNull(c->neighbors)) {
    SEXP dist = r_element(c->neighbors, "dist");
    c->result.unit = r_distance_unit(dist);
    UF_TRY(r_to_neighbors(ctx, r_element(c->neighbors, "idx"), dist, c->result.unit,
                          &c->result.neighbors));
  }
  if (!Rf_isString(c->init)) {
    UF_NEW(ctx, c->result.layout, Rf_xlength(c->init));
    r_to_layout(c->init, c->result.layout);
  }
done:
  return status;
}

static SEXP fit(void *data) {
  static const char *const names[] = {"layout", "neighbors", "rho", "sigma", "graph"};
  fit_call *c = data;
  uf_umap_result *r = &c->result;
  int has_data = !Rf_isNull(c->x);
  r_run_open(&c->run, c->settings);
  uf_umap_options options = decode_options(c->options, c->init);
  uf_columns columns = {0};
  if (has_data) columns = r_columns(c->x);
  r_run_check(&c->run, take_given(c));
  if (c->result.unit > 0) options.fuzzy.max_distance /= c->result.unit;
  r_run_check(&c->run, uf_umap(&c->run.ctx, has_data ? &columns : NULL, &options, r));
  int n = r->neighbors.n;
  SEXP result = PROTECT(r_named_list(5, names));
  SET_VECTOR_ELT(result, 0, r_from_layout(r->layout, n, options.n_components));
  SET_VECTOR_ELT(result, 1, r_from_neighbors(&r->neighbors, r->unit, r->neighbor_method));
  SET_VECTOR_ELT(result, 2, r_from_floats(r->rho, n, r->unit));
  SET_VECTOR_ELT(result, 3, r_from_floats(r->sigma, n, r->unit));
  SET_VECTOR_ELT(result, 4, r_from_graph(&r->graph));
  UNPROTECT(1);
  return result;
}

SEXP unfurl_umap(SEXP x, SEXP neighbors, SEXP init, SEXP options, SEXP settings) {
  fit_call call = {
      .settings = settings, .x = x, .neighbors = neighbors, .init = init, .options = options};
  return r_execute(fit, release_fit, &call);
}
