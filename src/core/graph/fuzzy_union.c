/*
 * graph/fuzzy_union.c: directed similarities, joined with their transpose. A row of the result merges two
 * ascending lists: the row's own neighbors, and the points that have it for a neighbor. O(n k log
 * k), entries counted in 64 bits.
 *
 * The transpose goes by way of buckets, each of the edges to a range of rows. Where the edges of a
 * range of sources begin in each bucket is counted beforehand, so that all ranges can be dealt out
 * at once, and then all buckets sorted at once.
 */
#include "arith/arith.h"

#include "graph/fuzzy.h"

#include <stdio.h>

#include "graph/merge.h"
#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 256 };

/* Ranges of 2^shift rows: at least so many rows, and not many more than so many ranges. */
enum { LEAST_SHIFT = 10, MOST_RANGES = 256 };

typedef struct directed_edge {
  int source, target;
  float weight;
} directed_edge;

typedef struct graph_job {
  uf_context *ctx;
  const uf_neighbors *neighbors;
  const float *rho, *sigma;
  const uf_fuzzy_options *options;
  int padded;
  float *terms; /* per worker: padded */
  uf_graph out; /* directed: row i's neighbors, ascending; rows are k apart */
  int *out_count;
  uf_graph in; /* its transpose */
  int shift;
  int64_t n_ranges;
  int64_t *dealt;       /* n_ranges × n_ranges: where a range of sources goes on in each bucket */
  directed_edge *edges; /* bucket by bucket, ascending by source in each */
} graph_job;

uf_status uf_graph_alloc(uf_context *ctx, int n, int64_t n_edges, uf_graph *graph) {
  uf_status status = UF_OK;
  *graph = (uf_graph){.n = n};
  UF_NEW_ZERO(ctx, graph->start, (int64_t)n + 1);
  UF_NEW(ctx, graph->neighbor, n_edges);
  UF_NEW(ctx, graph->weight, n_edges);
done:
  if (status) uf_graph_free(graph);
  return status;
}

void uf_graph_free(uf_graph *graph) {
  uf_free(graph->start);
  uf_free(graph->neighbor);
  uf_free(graph->weight);
  *graph = (uf_graph){0};
}

/* Inserts an edge into an ascending row that has `count` of them. */
static void insert_edge(int *neighbor, float *weight, int count, int new_neighbor,
                        float new_weight) {
  int at = count;
  for (; at > 0 && neighbor[at - 1] > new_neighbor; at--) {
    neighbor[at] = neighbor[at - 1];
    weight[at] = weight[at - 1];
  }
  neighbor[at] = new_neighbor;
  weight[at] = new_weight;
}

/* Similarities of a row to its neighbors: 1 up to rho, then falling with sigma. */
static void direct_row(graph_job *j, int i, float *terms) {
  const uf_neighbors *neighbors = j->neighbors;
  size_t k = (size_t)neighbors->k, row = (size_t)i * k;
  float rho = j->rho[i], sigma = j->sigma[i];
  for (size_t c = 0; c < (size_t)j->padded; c++) {
    float excess = c < k && neighbors->index[row + c] >= 0 ? neighbors->distance[row + c] - rho : 0;
    terms[c] = excess > 0 ? excess : 0;
  }
  if (sigma > 0) j->ctx->kernels->exp_terms(terms, j->padded, sigma, terms);
  int count = 0;
  for (int c = 0; c < neighbors->k; c++) {
    if (!uf_is_neighbor(neighbors, i, c, j->options->max_distance)) continue;
    float similarity = sigma > 0 && neighbors->distance[row + (size_t)c] > rho ? terms[c] : 1;
    insert_edge(j->out.neighbor + row, j->out.weight + row, count++,
                neighbors->index[row + (size_t)c], similarity);
  }
  j->out_count[i] = count;
}

static void direct_rows(void *job, int64_t block, int worker) {
  graph_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->neighbors->n);
  for (int i = (int)range.from; i < range.to; i++)
    direct_row(j, i, j->terms + (size_t)j->padded * (size_t)worker);
}

/* From the length of row i in start[i + 1] to where the rows start. */
static void starts_from_counts(int n, int64_t *start) {
  for (int i = 0; i < n; i++) start[i + 1] += start[i];
}

/* Undoes the advance of every start to the end of its row, that filling the rows has made. */
static void rewind_starts(int n, int64_t *start) {
  for (int i = n; i > 0; i--) start[i] = start[i - 1];
  start[0] = 0;
}

static uf_range rows_of_range(const graph_job *j, int64_t range) {
  return uf_block_range(range, (int64_t)1 << j->shift, j->neighbors->n);
}

static void count_dealt(void *job, int64_t range, int worker) {
  (void)worker;
  graph_job *j = job;
  int64_t *count = j->dealt + range * j->n_ranges;
  uf_range rows = rows_of_range(j, range);
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int c = 0; c < j->out_count[i]; c++)
      count[j->out.neighbor[i * j->neighbors->k + c] >> j->shift]++;
}

/* From counts to where they begin, bucket by bucket; returns the number of all edges. */
static int64_t places_from_counts(graph_job *j) {
  int64_t total = 0;
  for (int64_t bucket = 0; bucket < j->n_ranges; bucket++)
    for (int64_t range = 0; range < j->n_ranges; range++) {
      int64_t *place = &j->dealt[range * j->n_ranges + bucket], count = *place;
      *place = total;
      total += count;
    }
  return total;
}

static void deal_edges(void *job, int64_t range, int worker) {
  (void)worker;
  graph_job *j = job;
  int64_t *place = j->dealt + range * j->n_ranges;
  uf_range rows = rows_of_range(j, range);
  for (int64_t i = rows.from; i < rows.to; i++)
    for (int c = 0; c < j->out_count[i]; c++) {
      int64_t from = i * j->neighbors->k + c;
      int target = j->out.neighbor[from];
      j->edges[place[target >> j->shift]++] = (directed_edge){(int)i, target, j->out.weight[from]};
    }
}

/* The rows that a bucket's edges go to. Edges are put down from the last to the first, so that rows
 * come out ascending and each start ends up at the first edge of its row. */
static void sort_bucket(void *job, int64_t bucket, int worker) {
  (void)worker;
  graph_job *j = job;
  const int64_t *end = j->dealt + (j->n_ranges - 1) * j->n_ranges; /* all ranges are dealt */
  int64_t from = bucket > 0 ? end[bucket - 1] : 0, *start = j->in.start, sum = from;
  uf_range rows = rows_of_range(j, bucket);
  for (int64_t e = from; e < end[bucket]; e++) start[j->edges[e].target]++;
  for (int64_t i = rows.from; i < rows.to; i++) start[i] = sum += start[i];
  for (int64_t e = end[bucket] - 1; e >= from; e--) {
    int64_t at = --start[j->edges[e].target];
    j->in.neighbor[at] = j->edges[e].source;
    j->in.weight[at] = j->edges[e].weight;
  }
}

static uf_status transpose(uf_context *ctx, graph_job *j) {
  uf_status status = UF_OK;
  int n = j->neighbors->n;
  j->shift = LEAST_SHIFT;
  while (n >> j->shift >= MOST_RANGES) j->shift++;
  j->n_ranges = uf_n_blocks(n, (int64_t)1 << j->shift);
  UF_NEW_ZERO(ctx, j->dealt, j->n_ranges * j->n_ranges);
  UF_TRY(uf_parallel(ctx, j->n_ranges, count_dealt, j));
  int64_t total = places_from_counts(j);
  UF_NEW(ctx, j->edges, total);
  UF_TRY(uf_parallel(ctx, j->n_ranges, deal_edges, j));
  UF_TRY(uf_graph_alloc(ctx, n, total, &j->in));
  UF_TRY(uf_parallel(ctx, j->n_ranges, sort_bucket, j));
  j->in.start[n] = total;
done:
  uf_free(j->dealt);
  uf_free(j->edges);
  return status;
}

/* What a row says of its neighbors, and what they say of it. */
static void both_opinions(const void *job, int i, uf_fuzzy_row *own, uf_fuzzy_row *others) {
  const graph_job *j = job;
  size_t at = (size_t)i * (size_t)j->neighbors->k;
  int64_t from = j->in.start[i];
  *own = (uf_fuzzy_row){j->out.neighbor + at, j->out.weight + at, j->out_count[i], 0};
  *others =
      (uf_fuzzy_row){j->in.neighbor + from, j->in.weight + from, j->in.start[i + 1] - from, 0};
}

/* Union and intersection, mixed. */
static float combine(const void *job, float one, float other) {
  float mix = (float)((const graph_job *)job)->options->set_op_mix_ratio;
  float both = one * other;
  float either = (one + other) - both;
  return mix * either + (1 - mix) * both;
}

/* Directed similarities, rows of the table apart. */
static uf_status direct(uf_context *ctx, graph_job *j) {
  uf_status status = UF_OK;
  int n = j->neighbors->n, k = j->neighbors->k;
  j->ctx = ctx;
  j->padded = uf_whole_lanes(k);
  UF_NEW(ctx, j->terms, (int64_t)ctx->n_threads * j->padded);
  UF_NEW(ctx, j->out_count, n);
  UF_NEW(ctx, j->out.neighbor, (int64_t)n * k);
  UF_NEW(ctx, j->out.weight, (int64_t)n * k);
  UF_TRY(uf_parallel(ctx, uf_n_blocks(n, ROWS_PER_BLOCK), direct_rows, j));
done:
  return status; /* the caller frees */
}

static void free_job(graph_job *j) {
  uf_free(j->terms);
  uf_free(j->out_count);
  uf_graph_free(&j->out);
  uf_graph_free(&j->in);
}

uf_status uf_fuzzy_graph(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                         const float *sigma, const uf_fuzzy_options *options, uf_graph *graph) {
  uf_status status = UF_OK;
  graph_job job = {.neighbors = neighbors, .rho = rho, .sigma = sigma, .options = options};
  *graph = (uf_graph){0};
  UF_TRY(direct(ctx, &job));
  UF_TRY(transpose(ctx, &job));
  UF_TRY(uf_fuzzy_merge_rows(ctx, neighbors->n, &(uf_fuzzy_merge){&job, both_opinions, combine},
                             graph));
done:
  free_job(&job);
  if (status) uf_graph_free(graph);
  return status;
}

uf_status uf_fuzzy_directed(uf_context *ctx, const uf_neighbors *neighbors, const float *rho,
                            const float *sigma, const uf_fuzzy_options *options, uf_graph *graph) {
  uf_status status = UF_OK;
  size_t k = (size_t)neighbors->k;
  graph_job job = {.neighbors = neighbors, .rho = rho, .sigma = sigma, .options = options};
  *graph = (uf_graph){.n = neighbors->n};
  UF_TRY(direct(ctx, &job));
  UF_NEW_ZERO(ctx, graph->start, (int64_t)graph->n + 1);
  for (int i = 0; i < graph->n; i++) graph->start[i + 1] = graph->start[i] + job.out_count[i];
  UF_NEW(ctx, graph->neighbor, graph->start[graph->n]);
  UF_NEW(ctx, graph->weight, graph->start[graph->n]);
  for (int i = 0; i < graph->n; i++) {
    size_t from = k * (size_t)i, count = (size_t)job.out_count[i];
    memcpy(graph->neighbor + graph->start[i], job.out.neighbor + from, count * sizeof(int));
    memcpy(graph->weight + graph->start[i], job.out.weight + from, count * sizeof(float));
  }
done:
  free_job(&job);
  if (status) uf_graph_free(graph);
  return status;
}

void uf_warn_of_isolated_vertices(uf_context *ctx, const uf_graph *graph) {
  char text[128];
  int count = 0;
  for (int i = 0; i < graph->n; i++) count += graph->start[i] == graph->start[i + 1];
  if (count == 0) return;
  snprintf(text, sizeof text,
           "%d of %d points have no neighbor at all: only chance says where they are put", count,
           graph->n);
  uf_warn(ctx, UF_WARN_ISOLATED, text);
}

/* By column first, then by row, so that rows ascend. */
uf_status uf_graph_from_triplets(uf_context *ctx, int n, int64_t n_edges, const int *row,
                                 const int *column, const double *weight, uf_graph *graph) {
  uf_graph by_column = {0};
  uf_status status = uf_graph_alloc(ctx, n, n_edges, graph);
  if (!status) status = uf_graph_alloc(ctx, n, n_edges, &by_column);
  if (status) goto done;
  for (int64_t e = 0; e < n_edges; e++) {
    by_column.start[column[e]]++;
    graph->start[row[e]]++;
  }
  starts_from_counts(n, by_column.start);
  starts_from_counts(n, graph->start);
  for (int64_t e = 0; e < n_edges; e++) {
    int64_t at = by_column.start[column[e] - 1]++;
    by_column.neighbor[at] = row[e] - 1;
    by_column.weight[at] = (float)weight[e];
  }
  rewind_starts(n, by_column.start);
  for (int c = 0; c < n; c++)
    for (int64_t e = by_column.start[c]; e < by_column.start[c + 1]; e++) {
      int64_t at = graph->start[by_column.neighbor[e]]++;
      graph->neighbor[at] = c;
      graph->weight[at] = by_column.weight[e];
    }
  rewind_starts(n, graph->start);
done:
  uf_graph_free(&by_column);
  if (status) uf_graph_free(graph);
  return status;
}
