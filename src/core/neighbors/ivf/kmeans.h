/*
 * neighbors/ivf/kmeans.h: two levels of cluster centres, by k-means (Lloyd 1982) on a sample of rows:
 * groups, and in each group clusters of their own, about in proportion to its rows.
 *
 * Three of four starting centres are drawn by the distance from those before, so that groups far
 * apart each get one; not by its square (as Arthur and Vassilvitskii 2007 do), lest outliers take
 * them all. The others are evenly spaced rows. Sums run in the order of rows.
 * O(sample · √n_clusters · m) a round.
 */
#ifndef UF_NEIGHBOR_CENTRES_H
#define UF_NEIGHBOR_CENTRES_H

#include "base/context.h"

/* Centres for the product kernel: x · columns + offset is largest for the nearest. */
typedef struct uf_centre_set {
  int n;
  int padded;     /* n rounded up to whole lanes */
  float *rows;    /* n × m */
  float *columns; /* m × padded */
  float *offset;  /* padded: -½ |centre|²; far below any where there is no centre */
} uf_centre_set;

typedef struct uf_centres {
  int m, n_groups, n_clusters;
  uf_centre_set groups;
  uf_centre_set *members; /* n_groups: the clusters of a group, relative to its centre */
  int *first;             /* n_groups + 1: the number of a group's first cluster */
  float *centre;          /* n_clusters × m */
} uf_centres;

/* From n rows of m floats (a multiple of 16). */
uf_status uf_centres_make(uf_context *ctx, const float *sample, int n, int m, int n_clusters,
                          uint64_t seed, uf_centres *centres);
void uf_centres_free(uf_centres *centres);

/* Rows that are labelled together. */
enum { UF_CENTRES_ROWS = 384 };

/* label[i]: the cluster whose centre is nearest to row i of x (n <= UF_CENTRES_ROWS rows of m
 * floats), among those of the nearest groups. scratch: uf_centres_scratch() floats. */
void uf_centres_label(const uf_context *ctx, const uf_centres *centres, const float *x, int n,
                      int *label, float *scratch);
int64_t uf_centres_scratch(const uf_centres *centres);

#endif
