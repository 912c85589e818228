/*
 * neighbors/ivf/probe.h: rows of one cluster on their way through the clusters near it.
 *
 * Each row collects candidates in a list of its own, by code distance: first in its own cluster,
 * which gives the row a ball, out to its kth candidate there; then in the clusters that the ball
 * touches, or those of them whose centers are nearest. What counts is by how much a row x is
 * nearer to its own center c than to another, c':
 *
 *     excess = ½ |x - c'|² - ½ |x - c|² = ½ |c - c'|² + (x - c) · (c - c')
 *
 * which is |c - c'| times the distance of x from the plane midway between the two.
 */
#ifndef UF_IVF_PROBE_H
#define UF_IVF_PROBE_H

#include "neighbors/ivf/index.h"

/* The state of one block of rows, and its scratch: one for each worker. */
typedef struct uf_probe {
  const uf_context *ctx;
  const uf_index *index;
  int k;
  int n_near; /* clusters that are considered beside the own one */
  int n_rows;
  int lanes;     /* n_rows rounded up to whole lanes */
  int *near;     /* n_near: clusters, nearest first */
  float *excess; /* n_near × lanes, see above */
  float *ball;   /* n_rows: ½ radius²; infinite where the own cluster has fewer than k rows */
  float *limit;  /* n_rows: clusters of a smaller excess are searched */
  uf_scan scan;  /* its lists are the rows' candidates */
  /* scratch */
  float *residual; /* n_rows × m: rows less their center */
  float *shift;    /* n_near × m: the own center less the other */
  float *column;   /* m × lanes: the residuals, transposed */
  float *sorted;   /* n_near */
  float *squared;  /* n_clusters */
  uint64_t *key;   /* n_clusters */
  int8_t *query;   /* n_rows × m */
  uf_code_head *head;
  int *list;
} uf_probe;

static inline float *uf_probe_excess(const uf_probe *walk, int j, int row) {
  return walk->excess + (size_t)j * (size_t)walk->lanes + (size_t)row;
}

/* For blocks of up to most_rows rows, that want n_candidates each. */
uf_status uf_probe_open(uf_context *ctx, const uf_index *index, int most_rows, int k, int n_near,
                        int n_candidates, uf_probe *walk);
void uf_probe_close(uf_probe *walk);

/* Rows at n_rows places from first_place on: searches their own cluster, and says how far the
 * others are. */
void uf_probe_begin(uf_probe *walk, int cluster, int first_place, int n_rows);

/* Each row will search the clusters of excess < reach × ball, n_probes of them at most. */
void uf_probe_limit(uf_probe *walk, float reach, int n_probes);

/* Searches near[j] for the rows whose limit it is within. */
void uf_probe_visit(uf_probe *walk, int j);

/* The candidates of a row, cut to the number wanted: places, and how many there are. */
int uf_probe_candidates(uf_probe *walk, int row, const int32_t **place);

#endif
