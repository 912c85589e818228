/*
 * base/types.h: the nouns of the pipeline.
 *
 * Rows are counted by int (R's own limit), edges by int64_t. All indices in the core are 0-based.
 */
#ifndef UF_TYPES_H
#define UF_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* Floats that a kernel handles at once on every machine; rows of points are padded to it. */
enum { UF_LANES = 16 };

static inline int uf_whole_lanes(int n) { return (n + UF_LANES - 1) / UF_LANES * UF_LANES; }

/* The k nearest neighbors of n points, each row sorted by (distance, index), the point itself
 * first. */
typedef struct uf_neighbors {
  int n;
  int k;
  int *index;      /* n × k by rows; -1 where a neighbor is missing */
  float *distance; /* n × k by rows, in the units of the metric */
  double recall;   /* part of the true neighbors that is here: 1 of exact search, an estimate of
                      search by clusters, negative where not measured */
} uf_neighbors;

/* A symmetric weighted graph in compressed rows; within a row, neighbors ascend. */
typedef struct uf_graph {
  int n;
  int64_t *start; /* n + 1; row i is entries start[i] to start[i + 1] - 1 */
  int *neighbor;  /* start[n] */
  float *weight;  /* start[n], in (0, 1] */
} uf_graph;

#endif
