/*
 * neighbors/ivf/tune.h: measures on a sample of rows how far a search has to go to find the wanted
 * fraction of the true neighbors.
 *
 * Each sampled row scans all lists that are considered and compares many candidates, so that it
 * finds nearly all of its true neighbors. For a neighbor y in list l this gives
 *
 *     reach    margin(l) / ball, the reach that probes l
 *     probe    lists with a smaller margin than l
 *     near     lists with a nearer centroid than l
 *     rank     candidates with a nearer code than y
 *
 * Any parameters find y if and only if reach(y) < reach, probe(y) < n_probes, near(y) < n_near and
 * rank(y) < n_candidates (up to ranks, which can only be smaller when fewer lists are scanned). So
 * the fraction that any parameters would find is a count, without a search; and a cost model says
 * what they would take. The cheapest parameters that find enough are chosen.
 *
 *     expected recall = ceiling × found / (rows × (k - 1))
 *
 * where `ceiling` is the fraction of the exact neighbors of some of the sampled rows that the
 * widest search found. O(sample · (n m + candidates d)), and a sort of the sample's neighbors.
 */
#ifndef UF_IVF_TUNE_H
#define UF_IVF_TUNE_H

#include "neighbors/ivf/index.h"

typedef struct uf_sample {
  int n;
  int *rows;            /* n */
  uf_neighbors nearest; /* of these rows: filled by uf_tune() */
  int n_near;           /* lists that each of these rows scans, besides its own */
  int every;            /* rows 0, every, 2 every, … of the sample have exact neighbors */
  uf_neighbors exact;
} uf_sample;

void uf_sample_free(uf_sample *sample);

typedef struct uf_ivf_parameters {
  float reach;      /* lists with margin < reach × ball are probed (probe.h) */
  int n_probes;     /* at most so many of them */
  int n_near;       /* lists considered */
  int n_candidates; /* compared in the true metric, the row itself counted */
  double ceiling;   /* fraction of the true neighbors that the widest search finds */
  double expected;  /* fraction that these parameters find */
  double cost;      /* of a row, in cycles, roughly */
} uf_ivf_parameters;

/* Chooses parameters that find the fraction `target`, or else the parameters that find most. */
uf_status uf_tune(uf_context *ctx, const uf_points *points, const uf_ivf_index *index,
                  uf_sample *sample, double target, uf_ivf_parameters *parameters);

#endif
