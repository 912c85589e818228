/*
 * glue/entry_points.h: the functions that R calls.
 */
#ifndef UNFURL_R_ENTRY_POINTS_H
#define UNFURL_R_ENTRY_POINTS_H

#define R_NO_REMAP
#include <Rinternals.h>

#define ENTRY(name, n_arguments, arguments) SEXP unfurl_##name arguments;
#include "entry_points.def"
#undef ENTRY

#endif
