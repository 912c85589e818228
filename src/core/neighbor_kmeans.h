/*
 * neighbor_kmeans.h: clusters of quantised rows, by Lloyd's algorithm on an evenly spaced sample.
 * Sums are of integers, so they are exact in any order.
 */
#ifndef UF_NEIGHBOR_KMEANS_H
#define UF_NEIGHBOR_KMEANS_H

#include "neighbor_codes.h"

/* Centroids as panels, for n_clusters clusters; the places beyond are empty. */
uf_status uf_kmeans(uf_context *ctx, const uf_codes *codes, int n_clusters, uf_panels *centroids);

/* The n_probes nearest clusters of each row (codes->n × n_probes, nearest first; ties to the lower
 * cluster). */
uf_status uf_nearest_clusters(uf_context *ctx, const uf_codes *codes, const int *rows, int n_rows,
                              const uf_panels *centroids, int n_probes, uint16_t *probes);

#endif
