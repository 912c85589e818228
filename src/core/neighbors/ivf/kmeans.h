/*
 * neighbors/ivf/kmeans.h: two levels of centroids, by k-means (Lloyd 1982) on a sample of rows.
 *
 * K centroids of n rows in m coordinates: about √K groups, and in each group centroids of their
 * own, in proportion to its rows, relative to the group's centroid. A round labels each row with
 * the centroid
 *
 *     argmin ½ |x - c|² = argmax x · c - ½ |c|²
 *
 * and moves each centroid to the mean of its rows, summed in the order of rows. Four rounds of
 * O(n √K m) at either level.
 *
 * Three of four initial centroids are drawn with a probability in proportion to the distance from
 * earlier ones, so that groups far apart each get one. Arthur and Vassilvitskii (2007) take its
 * square, which would put all of them on outliers. The others are evenly spaced rows.
 */
#ifndef UF_IVF_KMEANS_H
#define UF_IVF_KMEANS_H

#include "base/context.h"

/* Rows to find the centroids of. */
typedef struct uf_kmeans_rows {
  const float *x; /* n × m */
  int n, m;       /* m is a multiple of 16 */
} uf_kmeans_rows;

/* Centroids in the layout of the product kernel: x · columns + offset is largest for the
 * nearest. */
typedef struct uf_centroids {
  int n, m;
  int padded;     /* n rounded up to whole lanes */
  float *rows;    /* n × m */
  float *columns; /* m × padded */
  float *offset;  /* padded: -½ |centroid|²; -∞ where a centroid is missing */
} uf_centroids;

typedef struct uf_kmeans {
  int m;
  int n_groups;
  int n_centroids;       /* of all groups */
  uf_centroids groups;   /* n_groups centroids */
  uf_centroids *members; /* n_groups: the centroids of a group, less the group's own */
  int *first;            /* n_groups + 1: the number of a group's first centroid */
  float *centroid;       /* n_centroids × m: group + member */
} uf_kmeans;

uf_status uf_kmeans_make(uf_context *ctx, const uf_kmeans_rows *sample, int n_centroids,
                         uint64_t seed, uf_kmeans *kmeans);
void uf_kmeans_free(uf_kmeans *kmeans);

/* Rows that are labeled in one call. */
enum { UF_KMEANS_ROWS = 384 };

/* label[i]: the centroid nearest to row i of x (n <= UF_KMEANS_ROWS rows of m floats) among those
 * of the three nearest groups; which need not be the nearest of all. O(n √K m).
 * scratch: uf_kmeans_scratch() floats. */
void uf_kmeans_assign(const uf_context *ctx, const uf_kmeans *kmeans, const float *x, int n,
                      int *label, float *scratch);
int64_t uf_kmeans_scratch(const uf_kmeans *kmeans);

#endif
