/*
 * glue/convert.h: converts between R's objects and the core's structs. Arguments have been checked
 * in R (R/check.R); what remains is their shape in C.
 */
#ifndef UNFURL_R_CONVERT_H
#define UNFURL_R_CONVERT_H

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>

#include "core/umap.h"

/* Elements of a named list. */
SEXP r_element(SEXP list, const char *name);
double r_double(SEXP list, const char *name);
int r_int(SEXP list, const char *name);
const char *r_string(SEXP list, const char *name);

/* Words to enums. */
/* A metric's name, or its description by resolve_metric() of R: list(name, p, spread, fn). */
uf_metric_choice r_metric(SEXP metric);
uf_neighbor_method r_neighbor_method(const char *name);
const char *r_neighbor_method_name(uf_neighbor_method method);
uf_init_method r_init_method(const char *name);
uf_scaling r_scaling(const char *name);
uf_fuzzy_options r_fuzzy_options(double local_connectivity, double bandwidth,
                                 double set_op_mix_ratio, double max_distance);
uf_layout_options r_layout_options(SEXP options);

/* The n integers of categories; NULL where they are anything else. */
const int *r_category(SEXP category, R_xlen_t n);

/* Reads the data without copying them: a matrix, a sparse matrix of the package Matrix (its slots
 * are read), or raw bytes of packed bits. */
uf_matrix r_matrix(SEXP matrix);

/* Returns a unit that brings given distances into the range of float. */
double r_distance_unit(SEXP dist);

/* idx (1-based, NA for a missing neighbor) and dist, both n × k, into the core's table; distances
 * are divided by `unit`. */
uf_status r_to_neighbors(uf_context *ctx, SEXP idx, SEXP dist, double unit,
                         uf_neighbors *neighbors);

/* Converts only idx, for a search along neighbors. */
uf_status r_to_search_graph(uf_context *ctx, SEXP idx, uf_neighbors *graph);

/* list(idx, dist, method); distances are multiplied by `unit`. */
SEXP r_from_neighbors(const uf_neighbors *neighbors, double unit, uf_neighbor_method method);

/* Triplets (1-based). */
uf_status r_to_graph(uf_context *ctx, SEXP row, SEXP col, SEXP similarity, int n, uf_graph *graph);
SEXP r_from_graph(const uf_graph *graph);

/* A numeric R matrix into n × d floats by rows, and back. */
void r_to_layout(SEXP matrix, float *layout);
SEXP r_from_layout(const float *layout, int n, int d);

/* A numeric vector, divided by `unit`, and back: the largest number for what is beyond it. */
void r_to_floats(SEXP vector, double unit, float *values);
SEXP r_from_floats(const float *values, int n, double unit);

SEXP r_from_doubles(const double *values, int64_t count);

/* Rows counted from 1 as an array counted from 0, which R frees after the call. */
int *r_rows_from_zero(SEXP rows);

/* A named list of `count` elements, to be filled with SET_VECTOR_ELT and protected by the caller.
 */
SEXP r_named_list(int count, const char *const *names);

#endif
