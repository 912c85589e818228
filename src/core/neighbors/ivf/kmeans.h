/*
 * neighbors/ivf/kmeans.h: two levels of cluster centers, by k-means (Lloyd 1982) on a sample of rows:
 * groups, and in each group clusters of their own, about in proportion to its rows.
 *
 * Three of four starting centers are drawn by the distance from those before, so that groups far
 * apart each get one; not by its square (as Arthur and Vassilvitskii 2007 do), lest outliers take
 * them all. The others are evenly spaced rows. Sums run in the order of rows.
 * O(sample · √n_clusters · m) a round.
 */
#ifndef UF_IVF_KMEANS_H
#define UF_IVF_KMEANS_H

#include "base/context.h"

/* Centers for the product kernel: x · columns + offset is largest for the nearest. */
typedef struct uf_centroids {
  int n;
  int padded;     /* n rounded up to whole lanes */
  float *rows;    /* n × m */
  float *columns; /* m × padded */
  float *offset;  /* padded: -½ |center|²; far below any where there is no center */
} uf_centroids;

typedef struct uf_kmeans {
  int m, n_groups, n_clusters;
  uf_centroids groups;
  uf_centroids *members; /* n_groups: the clusters of a group, relative to its center */
  int *first;            /* n_groups + 1: the number of a group's first cluster */
  float *center;         /* n_clusters × m */
} uf_kmeans;

/* From n rows of m floats (a multiple of 16). */
uf_status uf_kmeans_make(uf_context *ctx, const float *sample, int n, int m, int n_clusters,
                         uint64_t seed, uf_kmeans *centers);
void uf_kmeans_free(uf_kmeans *centers);

/* Rows that are labelled together. */
enum { UF_KMEANS_ROWS = 384 };

/* label[i]: the cluster whose center is nearest to row i of x (n <= UF_KMEANS_ROWS rows of m
 * floats), among those of the nearest groups. scratch: uf_kmeans_scratch() floats. */
void uf_kmeans_assign(const uf_context *ctx, const uf_kmeans *centers, const float *x, int n,
                      int *label, float *scratch);
int64_t uf_kmeans_scratch(const uf_kmeans *centers);

#endif
