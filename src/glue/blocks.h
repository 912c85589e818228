/*
 * glue/blocks.h: makes blocks of the points from the lists that R/blocks.R makes.
 */
#ifndef UNFURL_R_BLOCKS_H
#define UNFURL_R_BLOCKS_H

#include "host.h"

typedef struct r_blocks {
  int count;
  uf_data_block *block; /* count */
  uf_matrix *columns;   /* count; blocks[i].columns points to its own */
} r_blocks;

/* Makes blocks of n rows each. The arrays are R's, until the end of the call; the blocks are freed
 * by r_blocks_free(). */
uf_status r_to_blocks(r_run *run, SEXP list, int n, r_blocks *blocks);
void r_blocks_free(r_blocks *blocks);

/* Returns a list(neighbors, rho, sigma, points, preparation) for each block, NULL where it has
 * categories; the last two with keep_points, where they can be kept. */
SEXP r_from_blocks(const r_blocks *blocks, int keep_points);

#endif
