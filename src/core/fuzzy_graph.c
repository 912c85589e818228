/*
 * fuzzy_graph.c: directed similarities, joined with their transpose. A row of the result merges two
 * ascending lists: the row's own neighbours, and the points that have it for a neighbour. O(n k log
 * k), entries counted in 64 bits.
 */
#include "arith.h"

#include "fuzzy.h"
#include "memory.h"
#include "parallel.h"

enum { ROWS_PER_BLOCK = 256 };

typedef struct graph_job {
  uf_context *ctx;
  const uf_neighbors *neighbors;
  const float *rho, *sigma;
  const uf_fuzzy_options *options;
  int padded;
  float *terms; /* per worker: padded */
  uf_graph out; /* directed: row i's neighbours, ascending; rows are k apart */
  int *out_count;
  uf_graph in; /* its transpose */
  uf_graph *graph;
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

/* Similarities of a row to its neighbours: 1 up to rho, then falling with sigma. */
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

/* Rows are taken in order, so each row of the transpose comes out ascending. */
static uf_status transpose(uf_context *ctx, graph_job *j) {
  int n = j->neighbors->n, k = j->neighbors->k;
  int64_t total = 0;
  for (int i = 0; i < n; i++) total += j->out_count[i];
  uf_status status = uf_graph_alloc(ctx, n, total, &j->in);
  if (status) return status;
  int64_t *start = j->in.start;
  for (int i = 0; i < n; i++)
    for (int c = 0; c < j->out_count[i]; c++)
      start[j->out.neighbor[(size_t)i * (size_t)k + (size_t)c] + 1]++;
  starts_from_counts(n, start);
  for (int i = 0; i < n; i++) {
    if (i % 65536 == 0 && (status = uf_poll(ctx, (double)i / n))) return status;
    for (int c = 0; c < j->out_count[i]; c++) {
      size_t from = (size_t)i * (size_t)k + (size_t)c;
      int64_t at = start[j->out.neighbor[from]]++;
      j->in.neighbor[at] = i;
      j->in.weight[at] = j->out.weight[from];
    }
  }
  rewind_starts(n, start);
  return UF_OK;
}

static float combine(float one, float other, float mix) {
  float both = one * other;
  float either = (one + other) - both;
  return mix * either + (1 - mix) * both;
}

/* Merges both lists of a row. Counts the entries, and writes them where `neighbor` is given. */
static int64_t merge_row(const graph_job *j, int i, int *neighbor, float *weight) {
  const int *out = j->out.neighbor + (size_t)i * (size_t)j->neighbors->k;
  const float *out_weight = j->out.weight + (size_t)i * (size_t)j->neighbors->k;
  const int *in = j->in.neighbor + j->in.start[i];
  const float *in_weight = j->in.weight + j->in.start[i];
  int64_t n_out = j->out_count[i], n_in = j->in.start[i + 1] - j->in.start[i], count = 0;
  float mix = (float)j->options->set_op_mix_ratio;
  for (int64_t o = 0, t = 0; o < n_out || t < n_in;) {
    int from_out = t == n_in || (o < n_out && out[o] <= in[t]);
    int from_in = o == n_out || (t < n_in && in[t] <= out[o]);
    int other = from_out ? out[o] : in[t];
    float value = combine(from_out ? out_weight[o] : 0, from_in ? in_weight[t] : 0, mix);
    o += from_out;
    t += from_in;
    if (!(value > 0)) continue;
    if (neighbor) {
      neighbor[count] = other;
      weight[count] = value;
    }
    count++;
  }
  return count;
}

static void count_rows(void *job, int64_t block, int worker) {
  (void)worker;
  graph_job *j = job;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->neighbors->n);
  for (int i = (int)range.from; i < range.to; i++)
    j->graph->start[i + 1] = merge_row(j, i, NULL, NULL);
}

static void fill_rows(void *job, int64_t block, int worker) {
  (void)worker;
  graph_job *j = job;
  uf_graph *graph = j->graph;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->neighbors->n);
  for (int i = (int)range.from; i < range.to; i++)
    merge_row(j, i, graph->neighbor + graph->start[i], graph->weight + graph->start[i]);
}

/* Directed similarities, rows of the table apart. */
static uf_status direct(uf_context *ctx, graph_job *j) {
  uf_status status = UF_OK;
  int n = j->neighbors->n, k = j->neighbors->k;
  j->ctx = ctx;
  j->padded = (k + UF_LANES - 1) / UF_LANES * UF_LANES;
  *j->graph = (uf_graph){.n = n};
  UF_NEW(ctx, j->terms, (int64_t)ctx->n_threads * j->padded);
  UF_NEW(ctx, j->out_count, n);
  UF_NEW(ctx, j->out.neighbor, (int64_t)n * k);
  UF_NEW(ctx, j->out.weight, (int64_t)n * k);
  UF_NEW_ZERO(ctx, j->graph->start, (int64_t)n + 1);
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
  int n = neighbors->n;
  int64_t n_blocks = uf_n_blocks(n, ROWS_PER_BLOCK);
  graph_job job = {.neighbors = neighbors, .rho = rho, .sigma = sigma, .options = options};
  job.graph = graph;
  UF_TRY(direct(ctx, &job));
  UF_TRY(transpose(ctx, &job));
  UF_TRY(uf_parallel(ctx, n_blocks, count_rows, &job));
  starts_from_counts(n, graph->start);
  UF_NEW(ctx, graph->neighbor, graph->start[n]);
  UF_NEW(ctx, graph->weight, graph->start[n]);
  UF_TRY(uf_parallel(ctx, n_blocks, fill_rows, &job));
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
  job.graph = graph;
  UF_TRY(direct(ctx, &job));
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
