/*
 * neighbors/recall.h: measures the fraction of the true neighbors that a table has.
 *
 *   recall = Σ over rows of |{j : distance_j ≤ the true k-th distance}| / (rows × k)
 *
 * It counts by distance, so that any of several equally near points will do. The row itself does
 * not count: in a table of the points' own neighbors, which begins with it, there are k - 1 others.
 */
#ifndef UF_RECALL_H
#define UF_RECALL_H

#include "data/points.h"

/* Compares the given rows of the table with an exact search for them. */
uf_status uf_neighbor_recall(uf_context *ctx, const uf_points *points,
                             const uf_neighbors *neighbors, const int *rows, int n_rows,
                             double *recall);

/* Compares with a known truth, whose row r belongs to row rows[r] of the table. */
double uf_recall_of_rows(const uf_neighbors *neighbors, const uf_neighbors *truth, const int *rows);

/* The recall of a table of queries, on a sample of n_rows of them, spread evenly. */
uf_status uf_query_recall(uf_context *ctx, const uf_points *points, const uf_points *queries,
                          const uf_neighbors *found, int n_rows, double *recall);

#endif
