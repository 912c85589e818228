#include "convert.h"

#include <float.h>

SEXP r_element(SEXP list, const char *name) {
  SEXP names = Rf_getAttrib(list, R_NamesSymbol);
  for (R_xlen_t i = 0; i < Rf_xlength(list); i++)
    if (strcmp(CHAR(STRING_ELT(names, i)), name) == 0) return VECTOR_ELT(list, i);
  return R_NilValue;
}

double r_double(SEXP list, const char *name) { return Rf_asReal(r_element(list, name)); }

int r_int(SEXP list, const char *name) { return Rf_asInteger(r_element(list, name)); }

const char *r_string(SEXP list, const char *name) { return CHAR(Rf_asChar(r_element(list, name))); }

/* Returns the place of a word in a table, or the first place. */
static int place_of(const char *word, const char *const *table, int count) {
  for (int i = 0; i < count; i++)
    if (strcmp(word, table[i]) == 0) return i;
  return 0;
}

uf_metric_choice r_metric(SEXP metric) {
  if (Rf_isString(metric))
    return (uf_metric_choice){.metric = (uf_metric)uf_metric_named(CHAR(Rf_asChar(metric)))};
  SEXP p = r_element(metric, "p"), covariance = r_element(metric, "spread");
  return (uf_metric_choice){.metric = (uf_metric)uf_metric_named(r_string(metric, "name")),
                            .p = Rf_isNull(p) ? 0 : Rf_asReal(p),
                            .covariance = TYPEOF(covariance) == REALSXP ? REAL(covariance) : NULL};
}

static const char *const neighbor_methods[] = {"auto", "exact", "clusters", "nndescent", "graph"};

uf_neighbor_method r_neighbor_method(const char *name) {
  return (uf_neighbor_method)place_of(name, neighbor_methods, 4);
}

const char *r_neighbor_method_name(uf_neighbor_method method) { return neighbor_methods[method]; }

uf_scaling r_scaling(const char *name) {
  static const char *const names[] = {"none", "z", "range", "colrange", "maxabs"};
  return (uf_scaling)place_of(name, names, 5);
}

uf_init_method r_init_method(const char *name) {
  static const char *const names[] = {"spectral", "laplacian", "pca", "random"};
  return (uf_init_method)place_of(name, names, 4);
}

static uf_layout_optimizer layout_optimizer(const char *name) {
  static const char *const names[] = {"batch", "sgd", "full"};
  return (uf_layout_optimizer)place_of(name, names, 3);
}

uf_fuzzy_options r_fuzzy_options(double local_connectivity, double bandwidth,
                                 double set_op_mix_ratio, double max_distance) {
  return (uf_fuzzy_options){.local_connectivity = local_connectivity,
                            .bandwidth = bandwidth,
                            .set_op_mix_ratio = set_op_mix_ratio,
                            .max_distance = max_distance};
}

uf_layout_options r_layout_options(SEXP options) {
  return (uf_layout_options){.optimizer = layout_optimizer(r_string(options, "optimizer")),
                             .n_epochs = r_int(options, "n_epochs"),
                             .a = r_double(options, "a"),
                             .b = r_double(options, "b"),
                             .softening = r_double(options, "softening"),
                             .clip = r_double(options, "clip"),
                             .learning_rate = r_double(options, "learning_rate"),
                             .repulsion_strength = r_double(options, "repulsion_strength"),
                             .negative_sample_rate = r_double(options, "negative_sample_rate"),
                             .beta1 = r_double(options, "beta1"),
                             .beta2 = r_double(options, "beta2"),
                             .epsilon = r_double(options, "epsilon")};
}

const int *r_category(SEXP category, R_xlen_t n) {
  return TYPEOF(category) == INTSXP && Rf_xlength(category) == n ? INTEGER(category) : NULL;
}

static const void *values_of(SEXP vector) {
  switch (TYPEOF(vector)) {
  case REALSXP: return REAL(vector);
  case INTSXP: return INTEGER(vector);
  case LGLSXP: return LOGICAL(vector);
  case RAWSXP: return RAW(vector);
  default: return NULL;
  }
}

static SEXP slot(SEXP object, const char *name) { return R_do_slot(object, Rf_install(name)); }

/* Classes whose name begins with n have no values, only places. */
static uf_matrix sparse_matrix(SEXP x) {
  int by_rows = R_has_slot(x, Rf_install("j")), has_values = R_has_slot(x, Rf_install("x"));
  const int *dim = INTEGER(slot(x, "Dim"));
  SEXP values = has_values ? slot(x, "x") : R_NilValue;
  return (uf_matrix){.values = values_of(values),
                     .is_integer = TYPEOF(values) != REALSXP,
                     .n = dim[0],
                     .d = dim[1],
                     .form = by_rows ? UF_SPARSE_ROWS : UF_SPARSE_COLUMNS,
                     .start = INTEGER(slot(x, "p")),
                     .index = INTEGER(slot(x, by_rows ? "j" : "i"))};
}

uf_matrix r_matrix(SEXP x) {
  if (Rf_isS4(x)) return sparse_matrix(x);
  int is_packed = TYPEOF(x) == RAWSXP;
  return (uf_matrix){.values = values_of(x),
                     .is_integer = TYPEOF(x) != REALSXP,
                     .n = Rf_nrows(x),
                     .d = Rf_ncols(x) * (is_packed ? 8 : 1),
                     .form = is_packed ? UF_BIT_ROWS : UF_DENSE_COLUMNS};
}

double r_distance_unit(SEXP dist) {
  const double *distance = REAL(dist);
  double largest = 0;
  for (R_xlen_t i = 0; i < Rf_xlength(dist); i++)
    if (distance[i] > largest && R_FINITE(distance[i])) largest = distance[i];
  return 1 / uf_float_scale(largest);
}

uf_status r_to_neighbors(uf_context *ctx, SEXP idx, SEXP dist, double unit,
                         uf_neighbors *neighbors) {
  int n = Rf_nrows(idx), k = Rf_ncols(idx);
  uf_status status = uf_neighbors_alloc(ctx, n, k, neighbors);
  if (status) return status;
  const int *from_index = INTEGER(idx);
  const double *from_distance = REAL(dist);
  for (int j = 0; j < k; j++)
    for (int i = 0; i < n; i++) {
      size_t from = (size_t)j * (size_t)n + (size_t)i, to = (size_t)i * (size_t)k + (size_t)j;
      neighbors->index[to] = from_index[from] == NA_INTEGER ? -1 : from_index[from] - 1;
      neighbors->distance[to] = (float)(from_distance[from] / unit);
    }
  return UF_OK;
}

uf_status r_to_search_graph(uf_context *ctx, SEXP idx, uf_neighbors *graph) {
  int n = Rf_nrows(idx), k = Rf_ncols(idx);
  uf_status status = uf_neighbors_alloc(ctx, n, k, graph);
  if (status) return status;
  for (int j = 0; j < k; j++)
    for (int i = 0; i < n; i++) {
      int index = INTEGER(idx)[(size_t)j * (size_t)n + (size_t)i];
      if (index != NA_INTEGER && (index < 1 || index > n))
        return uf_fail(ctx, UF_BAD_INPUT, "is damaged: it names a neighbor that does not exist");
      graph->index[(size_t)i * (size_t)k + (size_t)j] = index == NA_INTEGER ? -1 : index - 1;
    }
  return UF_OK;
}

SEXP r_from_neighbors(const uf_neighbors *neighbors, double unit, uf_neighbor_method method) {
  static const char *const names[] = {"idx", "dist", "method", "recall"};
  int n = neighbors->n, k = neighbors->k;
  SEXP result = PROTECT(r_named_list(4, names));
  SET_VECTOR_ELT(result, 0, Rf_allocMatrix(INTSXP, n, k));
  SET_VECTOR_ELT(result, 1, Rf_allocMatrix(REALSXP, n, k));
  SET_VECTOR_ELT(result, 2, Rf_mkString(r_neighbor_method_name(method)));
  SET_VECTOR_ELT(result, 3, Rf_ScalarReal(neighbors->recall < 0 ? NA_REAL : neighbors->recall));
  int *idx = INTEGER(VECTOR_ELT(result, 0));
  double *dist = REAL(VECTOR_ELT(result, 1));
  for (int j = 0; j < k; j++)
    for (int i = 0; i < n; i++) {
      size_t from = (size_t)i * (size_t)k + (size_t)j, to = (size_t)j * (size_t)n + (size_t)i;
      idx[to] = neighbors->index[from] < 0 ? NA_INTEGER : neighbors->index[from] + 1;
      dist[to] = neighbors->distance[from] * unit;
    }
  UNPROTECT(1);
  return result;
}

uf_status r_to_graph(uf_context *ctx, SEXP row, SEXP col, SEXP similarity, int n, uf_graph *graph) {
  return uf_graph_from_triplets(ctx, n, Rf_xlength(row), INTEGER(row), INTEGER(col),
                                REAL(similarity), graph);
}

SEXP r_from_graph(const uf_graph *graph) {
  static const char *const names[] = {"row", "col", "similarity"};
  R_xlen_t count = (R_xlen_t)graph->start[graph->n];
  SEXP result = PROTECT(r_named_list(3, names));
  SET_VECTOR_ELT(result, 0, Rf_allocVector(INTSXP, count));
  SET_VECTOR_ELT(result, 1, Rf_allocVector(INTSXP, count));
  SET_VECTOR_ELT(result, 2, Rf_allocVector(REALSXP, count));
  int *row = INTEGER(VECTOR_ELT(result, 0)), *col = INTEGER(VECTOR_ELT(result, 1));
  double *similarity = REAL(VECTOR_ELT(result, 2));
  for (int i = 0; i < graph->n; i++)
    for (int64_t e = graph->start[i]; e < graph->start[i + 1]; e++) {
      row[e] = i + 1;
      col[e] = graph->neighbor[e] + 1;
      similarity[e] = graph->weight[e];
    }
  UNPROTECT(1);
  return result;
}

void r_to_layout(SEXP matrix, float *layout) {
  size_t n = (size_t)Rf_nrows(matrix), d = (size_t)Rf_ncols(matrix);
  const double *values = REAL(matrix);
  for (size_t c = 0; c < d; c++)
    for (size_t i = 0; i < n; i++) layout[i * d + c] = (float)values[c * n + i];
}

SEXP r_from_layout(const float *layout, int n, int d) {
  SEXP matrix = Rf_allocMatrix(REALSXP, n, d);
  double *values = REAL(matrix);
  for (size_t c = 0; c < (size_t)d; c++)
    for (size_t i = 0; i < (size_t)n; i++) values[c * (size_t)n + i] = layout[i * (size_t)d + c];
  return matrix;
}

void r_to_floats(SEXP vector, double unit, float *values) {
  for (R_xlen_t i = 0; i < Rf_xlength(vector); i++) values[i] = (float)(REAL(vector)[i] / unit);
}

SEXP r_from_doubles(const double *values, int64_t count) {
  SEXP vector = Rf_allocVector(REALSXP, (R_xlen_t)count);
  memcpy(REAL(vector), values, (size_t)count * sizeof *values);
  return vector;
}

SEXP r_from_floats(const float *values, int n, double unit) {
  SEXP result = Rf_allocVector(REALSXP, n);
  for (int i = 0; i < n; i++) REAL(result)[i] = fmin(values[i] * unit, DBL_MAX);
  return result;
}

/* Rows counted from 1 as an array counted from 0, which R frees after the call. */
int *r_rows_from_zero(SEXP rows) {
  int n = Rf_length(rows);
  int *result = (int *)R_alloc((size_t)n, sizeof *result);
  for (int i = 0; i < n; i++) result[i] = INTEGER(rows)[i] - 1;
  return result;
}

SEXP r_named_list(int count, const char *const *names) {
  SEXP list = PROTECT(Rf_allocVector(VECSXP, count));
  SEXP list_names = PROTECT(Rf_allocVector(STRSXP, count));
  for (int i = 0; i < count; i++) SET_STRING_ELT(list_names, i, Rf_mkChar(names[i]));
  Rf_setAttrib(list, R_NamesSymbol, list_names);
  UNPROTECT(2);
  return list;
}
