/*
 * r_view.h: views of the points, from the lists that R/views.R makes.
 */
#ifndef UNFURL_R_VIEW_H
#define UNFURL_R_VIEW_H

#include "host.h"

typedef struct r_views {
  int count;
  uf_view *view;
  uf_matrix *columns; /* count, of which views[i].columns points to its own */
} r_views;

/* Views of n rows each. The arrays are R's, until the end of the call; the views are freed by
 * r_views_free(). */
uf_status r_to_views(r_run *run, SEXP list, int n, r_views *views);
void r_views_free(r_views *views);

/* A list(neighbors, rho, sigma, points, preparation) for each view, NULL where it has categories; the
 * last two with keep_points, where they can be kept. */
SEXP r_from_views(const r_views *views, int keep_points);

#endif
