/*
 * glue/blocks.h: views of the points, from the lists that R/views.R makes.
 */
#ifndef UNFURL_R_VIEW_H
#define UNFURL_R_VIEW_H

#include "host.h"

typedef struct r_blocks {
  int count;
  uf_data_block *view;
  uf_matrix *columns; /* count, of which views[i].columns points to its own */
} r_blocks;

/* Views of n rows each. The arrays are R's, until the end of the call; the views are freed by
 * r_blocks_free(). */
uf_status r_to_blocks(r_run *run, SEXP list, int n, r_blocks *views);
void r_blocks_free(r_blocks *views);

/* A list(neighbors, rho, sigma, points, preparation) for each view, NULL where it has categories; the
 * last two with keep_points, where they can be kept. */
SEXP r_from_blocks(const r_blocks *views, int keep_points);

#endif
