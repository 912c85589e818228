/*
 * neighbors/ivf/index.h: what the search by clusters goes through: rows as codes, in the order of their
 * clusters.
 */
#ifndef UF_IVF_INDEX_H
#define UF_IVF_INDEX_H

#include "neighbors/ivf/kmeans.h"
#include "neighbors/ivf/quantize.h"

/* Rows with one center. Those of a very large cluster are several of these. */
typedef struct uf_cluster {
  int first_panel; /* its rows begin a new panel */
  int size;        /* rows */
} uf_cluster;

typedef struct uf_index {
  int n, n_clusters;
  uf_basis basis;
  uf_kmeans centers;
  uf_panels panels;     /* codes relative to the center of the cluster */
  uf_cluster *clusters; /* n_clusters, in the order of their panels */
  int *center_of;       /* n_clusters: the number of a cluster's center */
  int *row_at;          /* panels.n_panels × 16: the row at a place; -1 where there is none */
  int *cluster_of;      /* n: the cluster of a row */
} uf_index;

/* n_directions: how many coordinates wide rows are projected on; rows_per_cluster: on average.
 * O(n · d · n_directions). */
uf_status uf_index_make(uf_context *ctx, const uf_points *points, int n_directions,
                        int rows_per_cluster, uint64_t seed, uf_index *index);
void uf_index_free(uf_index *index);

static inline const float *uf_cluster_center(const uf_index *index, int cluster) {
  return index->centers.center + (size_t)index->center_of[cluster] * (size_t)index->centers.m;
}

static inline int uf_cluster_end(const uf_cluster *cluster) {
  return cluster->first_panel + (cluster->size + 15) / 16;
}

#endif
