/*
 * model/distinct.h: rows that are equal in all blocks, so that each is embedded once, and what is
 * found out about the distinct rows, told of all rows.
 */
#ifndef UF_DISTINCT_H
#define UF_DISTINCT_H

#include "data/duplicates.h"
#include "model/data_block.h"

/*
 * The groups, of blocks whose points are prepared (uf_data_block_prepare()): the same bits in each
 * block of columns, the same category in each block of categories. Left zero where all rows differ,
 * and where a block shows its rows by numbers alone: given neighbors, and metrics of the host.
 * Blocks keep the hashes of their points; a single block is told that its rows are distinct.
 * O(n d).
 */
uf_status uf_distinct_find(uf_context *ctx, uf_data_block *blocks, int n_blocks,
                           uf_row_groups *distinct);

/* Reduces a block to the first rows of the groups, before its neighbors are searched. */
uf_status uf_distinct_reduce(uf_context *ctx, const uf_row_groups *distinct, uf_data_block *block);

/* The reverse, of neighbors, rho and sigma; points stay reduced. Row numbers in the table are those
 * of first rows; a copy has the neighbors of its first row, with itself in the first place. */
uf_status uf_distinct_expand(uf_context *ctx, const uf_row_groups *distinct, uf_data_block *block);

/* A graph of the groups becomes one of all rows: first rows have its edges, and each copy hangs on
 * its first row by an edge of weight 1. */
uf_status uf_distinct_expand_graph(uf_context *ctx, const uf_row_groups *distinct, uf_graph *graph);

#endif
