/*
 * graph/transpose.c: transposes by a parallel counting sort on the target.
 *
 * Rows are cut into ranges. Each edge goes to the bucket of its target's range. Where the edges of
 * a range of sources begin in each bucket is counted beforehand, so that all ranges are dealt out
 * at once, and then all buckets are sorted at once. Every range writes to its own places, so the
 * result equals that of a serial sort.
 */
#include "arith/arith.h"

#include "graph/transpose.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "graph/graph.h"

/* Ranges of 2^shift rows: at least 2^LEAST_SHIFT rows, and about MOST_RANGES ranges at the most, so
 * that the table of places (ranges²) stays in cache. */
enum { LEAST_SHIFT = 10, MOST_RANGES = 256 };

typedef struct directed_edge {
  int source, target;
  float weight;
} directed_edge;

typedef struct transpose_job {
  const uf_membership *out;
  uf_graph *in;
  int shift;
  int64_t n_ranges;
  int64_t *dealt;       /* n_ranges × n_ranges: where a range of sources goes on in each bucket */
  directed_edge *edges; /* bucket by bucket, ascending by source in each */
} transpose_job;

static void count_dealt(void *job, uf_rows rows) {
  const transpose_job *j = job;
  int64_t *count = j->dealt + (rows.from >> j->shift) * j->n_ranges;
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int c = 0; c < j->out->count[i]; c++)
      count[j->out->neighbor[i * j->out->k + c] >> j->shift]++;
}

/* Turns counts into where ranges begin, bucket by bucket; returns the number of all edges. */
static int64_t places_from_counts(transpose_job *j) {
  int64_t total = 0;
  for (int64_t bucket = 0; bucket < j->n_ranges; bucket++)
    for (int64_t range = 0; range < j->n_ranges; range++) {
      int64_t *place = &j->dealt[range * j->n_ranges + bucket], count = *place;
      *place = total;
      total += count;
    }
  return total;
}

static void deal_edges(void *job, uf_rows rows) {
  const transpose_job *j = job;
  int64_t *place = j->dealt + (rows.from >> j->shift) * j->n_ranges;
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int c = 0; c < j->out->count[i]; c++) {
      int64_t from = i * j->out->k + c;
      int target = j->out->neighbor[from];
      j->edges[place[target >> j->shift]++] =
          (directed_edge){(int)i, target, j->out->strength[from]};
    }
}

/* Sorts the edges of one bucket into the rows that they go to. Edges are put down from the last to
 * the first, so that sources come out ascending and start[i] ends at the first edge of row i. */
static void sort_bucket(void *job, uf_rows rows) {
  const transpose_job *j = job;
  const int64_t *end = j->dealt + (j->n_ranges - 1) * j->n_ranges; /* all ranges are dealt */
  int64_t bucket = rows.from >> j->shift, from = bucket > 0 ? end[bucket - 1] : 0;
  int64_t *start = j->in->start, sum = from;
  for (int64_t e = from; e < end[bucket]; e++) start[j->edges[e].target]++;
  for (int64_t i = rows.from; i < rows.to; i++) start[i] = sum += start[i];
  for (int64_t e = end[bucket] - 1; e >= from; e--) {
    int64_t at = --start[j->edges[e].target];
    j->in->neighbor[at] = j->edges[e].source;
    j->in->weight[at] = j->edges[e].weight;
  }
}

uf_status uf_transpose(uf_context *ctx, const uf_membership *out, uf_graph *in) {
  uf_status status = UF_OK;
  int n = out->n;
  transpose_job job = {.out = out, .in = in, .shift = LEAST_SHIFT};
  *in = (uf_graph){0};
  while (n >> job.shift >= MOST_RANGES) job.shift++;
  int64_t range_size = (int64_t)1 << job.shift;
  job.n_ranges = uf_n_blocks(n, range_size);
  UF_NEW_ZERO(ctx, job.dealt, job.n_ranges * job.n_ranges);
  UF_TRY(uf_parallel_rows(ctx, n, range_size, count_dealt, &job));
  int64_t total = places_from_counts(&job);
  UF_NEW(ctx, job.edges, total);
  UF_TRY(uf_parallel_rows(ctx, n, range_size, deal_edges, &job));
  UF_TRY(uf_graph_alloc(ctx, n, total, in));
  UF_TRY(uf_parallel_rows(ctx, n, range_size, sort_bucket, &job));
  in->start[n] = total;
done:
  uf_free(job.dealt);
  uf_free(job.edges);
  if (status) uf_graph_free(in);
  return status;
}
