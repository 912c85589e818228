/*
 * glue/fit.c: runs UMAP as a whole in one call, so that data, neighbors and graph stay in the core
 * from stage to stage.
 */
#include "host.h"
#include "entry_points.h"
#include "blocks.h"
#include "observe.h"

typedef struct fit_call {
  r_run run;
  SEXP settings, given_blocks, init, options, observer_list;
  r_blocks blocks;
  r_observer observer;
  uf_umap_result result;
} fit_call;

static void release_fit(void *data) {
  fit_call *c = data;
  r_blocks_free(&c->blocks);
  uf_umap_free(&c->result);
  r_observer_free(&c->observer);
  r_run_close(&c->run);
}

static uf_duplicates decode_duplicates(const char *name) {
  return strcmp(name, "merge") == 0      ? UF_DUPLICATES_MERGE
         : strcmp(name, "separate") == 0 ? UF_DUPLICATES_SEPARATE
                                         : UF_DUPLICATES_SPREAD;
}

static uf_umap_options decode_options(SEXP options, SEXP init) {
  return (uf_umap_options){
      .n_components = r_int(options, "n_components"),
      .fuzzy =
          r_fuzzy_options(r_double(options, "local_connectivity"), r_double(options, "bandwidth"),
                          r_double(options, "set_op_mix_ratio"), R_PosInf),
      .drop_isolated = strcmp(r_string(options, "disconnected"), "drop") == 0,
      .init = Rf_isString(init) ? r_init_method(CHAR(Rf_asChar(init))) : UF_INIT_GIVEN,
      .layout = r_layout_options(options),
      .seed = (uint64_t)r_double(options, "seed"),
      .duplicates = decode_duplicates(r_string(options, "duplicates")),
      .keep_points = strcmp(r_string(options, "keep"), "predict") == 0};
}

static uf_status take_start(fit_call *c) {
  uf_status status = UF_OK;
  if (Rf_isString(c->init)) return UF_OK;
  UF_NEW(&c->run.ctx, c->result.layout, Rf_xlength(c->init));
  r_to_layout(c->init, c->result.layout);
done:
  return status;
}

/* The first row that equals each row, counted from 1; NULL where all rows differ. */
static SEXP from_distinct(const uf_row_groups *distinct) {
  if (distinct->m == 0) return R_NilValue;
  SEXP first = PROTECT(Rf_allocVector(INTSXP, distinct->n));
  for (int i = 0; i < distinct->n; i++)
    INTEGER(first)[i] = uf_first_of_group(distinct, distinct->group[i]) + 1;
  UNPROTECT(1);
  return first;
}

/* The layout, in which points that were dropped are NA: any other NaN comes from divergence. */
static SEXP from_places(const uf_umap_result *result, const uf_umap_options *options) {
  const uf_graph *graph = &result->graph;
  int n = graph->n, d = options->n_components;
  SEXP layout = r_from_layout(result->layout, n, d);
  if (!options->drop_isolated || graph->start[n] == 0) return layout;
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d && graph->start[i] == graph->start[i + 1]; c++)
      REAL(layout)[(size_t)c * (size_t)n + (size_t)i] = NA_REAL;
  return layout;
}

static SEXP fit(void *data) {
  static const char *const names[] = {"layout", "graph", "blocks", "observed", "first_row"};
  fit_call *c = data;
  r_run_open(&c->run, c->settings);
  uf_umap_options options = decode_options(c->options, c->init);
  int n = r_int(c->observer_list, "n");
  r_run_check(&c->run, r_to_blocks(&c->run, c->given_blocks, n, &c->blocks));
  r_run_check(&c->run, take_start(c));
  r_observer_open(&c->observer, &c->run, c->observer_list, n, options.n_components);
  r_run_check(&c->run, uf_umap(&c->run.ctx, c->blocks.block, c->blocks.count, &options,
                               &c->observer.observer, &c->result));
  SEXP result = PROTECT(r_named_list(5, names));
  SET_VECTOR_ELT(result, 0, from_places(&c->result, &options));
  if (strcmp(r_string(c->options, "keep"), "minimal") != 0) {
    SET_VECTOR_ELT(result, 1, r_from_graph(&c->result.graph));
    SET_VECTOR_ELT(result, 2, r_from_blocks(&c->blocks, options.keep_points));
  }
  SET_VECTOR_ELT(result, 3, r_from_observer(&c->observer));
  SET_VECTOR_ELT(result, 4, from_distinct(&c->result.distinct));
  UNPROTECT(1);
  return result;
}

SEXP unfurl_umap(SEXP blocks, SEXP init, SEXP options, SEXP observer, SEXP settings) {
  fit_call call = {.settings = settings,
                   .given_blocks = blocks,
                   .init = init,
                   .options = options,
                   .observer_list = observer};
  return r_execute(fit, release_fit, &call);
}
