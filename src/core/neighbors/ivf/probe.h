/*
 * neighbors/ivf/probe.h: rows of one inverted list search the lists near it.
 *
 * Each row collects candidates by code distance: first in its own list, which gives the row a ball
 * that reaches to its kth candidate there; then in other lists, chosen by the row's margins. The
 * margin of a row x with centroid c against a list with centroid c' is
 *
 *     margin = ½ |x - c'|² - ½ |x - c|² = ½ |c - c'|² + (x - c) · (c - c') = |c - c'| h,
 *
 * h the distance of x from the plane midway between the centroids. The lists with
 *
 *     margin < reach × ½ radius²
 *
 * are probed, at most n_probes of them, by ascending margin, among the n_near lists whose centroids
 * are nearest.
 *
 * The geometric bound would be h < radius: a row y of the other list lies beyond the plane (if c'
 * is its nearest centroid), so |x - y| >= h. It excludes next to nothing in many dimensions, where
 * radii exceed nearly all h. The margin test is not a bound. It orders lists by how much nearer the
 * own centroid is, in units of the ball. A list that it leaves out may hold a neighbor; how often
 * that happens is measured, not proved (tune.h). What holds: the own list is always probed; with
 * infinite reach all n_near lists are, if n_probes allows; and no list is probed twice, so that no
 * candidate comes twice.
 *
 * A block of r rows costs O(n_lists m + r n_near m) for margins, and m bytes for each row that is
 * scanned.
 */
#ifndef UF_IVF_PROBE_H
#define UF_IVF_PROBE_H

#include "neighbors/ivf/index.h"

typedef struct uf_probe_options {
  int most_rows;    /* of a block */
  int k;            /* the ball reaches to the kth candidate of the own list */
  int n_near;       /* lists that are considered; at most n_lists - 1 */
  int n_candidates; /* that each row wants */
} uf_probe_options;

/* The state of one block of rows, and its scratch: one for each worker. */
typedef struct uf_probe {
  const uf_context *ctx;
  const uf_ivf_index *index;
  int k;
  int n_near; /* lists that are considered, not counting the own one */
  int n_rows;
  int lanes;     /* n_rows rounded up to whole lanes */
  int *near;     /* n_near: lists, the nearest centroid first */
  float *margin; /* n_near × lanes */
  float *ball;   /* n_rows: ½ radius²; infinite if the own list has fewer than k rows */
  float *limit;  /* n_rows: lists with a smaller margin are probed */
  uf_scan scan;  /* its lists are the candidates of the rows */
  /* scratch */
  float *residual;    /* n_rows × m: rows less their centroid */
  float *shift;       /* n_near × m: the own centroid less the other */
  float *column;      /* m × lanes: the residuals, transposed */
  float *sorted;      /* n_near */
  float *squared;     /* n_lists: distance² between centroids */
  uint64_t *key;      /* n_lists */
  int8_t *query;      /* n_rows × m */
  uf_code_head *head; /* n_rows: of the queries */
  int *row_of;        /* n_rows: the row that a query belongs to */
} uf_probe;

/* Returns the margin of a row against near[j]. */
static inline float *uf_probe_margin(const uf_probe *probe, int j, int row) {
  return probe->margin + (size_t)j * (size_t)probe->lanes + (size_t)row;
}

uf_status uf_probe_open(uf_context *ctx, const uf_ivf_index *index, const uf_probe_options *options,
                        uf_probe *probe);
void uf_probe_close(uf_probe *probe);

/* Rows at n_rows places of a list from first_place on: scans their own list and measures the
 * margins of the others. */
void uf_probe_begin(uf_probe *probe, int list, int first_place, int n_rows);

/* Each row will probe the lists with margin < reach × ball, at most n_probes of them. */
void uf_probe_limit(uf_probe *probe, float reach, int n_probes);

/* Scans near[j] for the rows whose limit exceeds its margin. */
void uf_probe_scan(uf_probe *probe, int j);

/* The candidates of a row, cut to the number wanted: places, and how many there are. */
int uf_probe_candidates(uf_probe *probe, int row, const int32_t **place);

#endif
