/*
 * neighbors/ivf/tune.h: how far a search by clusters has to go, found out on a few rows.
 *
 * Each sampled row walks through all clusters and compares many candidates, so that it finds nearly
 * all of its true neighbors; how nearly, exact search says of a part of the sample. Then it is
 * known of each neighbor how far the row's ball has to reach for its cluster to be searched, and
 * how many codes are nearer. So the part that any plan would find is known without trying it, and
 * the cheapest plan is taken that finds the part wanted.
 */
#ifndef UF_IVF_TUNE_H
#define UF_IVF_TUNE_H

#include "neighbors/ivf/index.h"

typedef struct uf_sample {
  int n;
  int *rows;            /* n */
  uf_neighbors nearest; /* of these rows: filled by uf_tune() */
  int every;            /* which of them are in `exact`: 0, every, 2 every, … */
  uf_neighbors exact;
} uf_sample;

void uf_sample_free(uf_sample *sample);

typedef struct uf_probe_plan {
  float reach;      /* clusters of excess < reach × ball are searched (neighbors/ivf/probe.h) */
  int n_probes;     /* so many of them at most */
  int n_near;       /* clusters considered */
  int n_candidates; /* compared in the true metric, self among them */
  double ceiling;   /* the part of the true neighbors that a walk through all clusters finds */
  double expected;  /* the part that this plan finds */
  double cost;      /* of a row, in cycles, roughly */
} uf_probe_plan;

/* Where no plan finds the part wanted, the plan is the one that finds most. n_near: clusters that the
 * sample walks through, those with the nearest centers. */
uf_status uf_tune(uf_context *ctx, const uf_points *points, const uf_index *index,
                  uf_sample *sample, double target, int n_near, uf_probe_plan *plan);

#endif
