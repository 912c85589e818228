/*
 * layout_batch.c: the optimiser that is parallel and has one result.
 *
 * All forces of an epoch are taken at its start (Jacobi), from every edge by its weight, and from
 * negatives that a block of vertices shares; then each vertex takes one step of Adam. A vertex
 * writes only itself, so threads have nothing to race for. With D_i the degree Σ_j w_ij, the force
 * on i is what the reference optimiser applies in an epoch on average:
 *
 *   Σ_j 2 w_ij attraction(i, j) + negative_sample_rate D_i · mean_k repulsion(i, k)
 *
 * Vertices are sorted by their number of edges within windows, 16 of them to a group, and a group's
 * edges stored slot by slot, a lane for each vertex (SELL-16: Kreutzer et al. 2014), which is what
 * the kernel eats.
 */
#include "arith.h"

#include "layout.h"
#include "memory.h"
#include "parallel.h"
#include "random.h"

enum {
  WINDOW = 256, /* vertices sorted together: small, so that neighbours in memory stay near */
  GROUPS_PER_BLOCK = 4, /* vertices of a block share their negatives */
  BLOCKS_PER_TASK = 8,
  FEWEST_NEGATIVES = 16, /* a block draws so many in the first epoch, */
  MOST_NEGATIVES = 64    /* and so many in the last, when accuracy matters more */
};

/* Adam. The large epsilon keeps clusters without outer forces from drifting at full speed. */
static const double beta1 = 0.5, beta2 = 0.9, epsilon = 0.5, step_length = 2;

typedef struct batch_job {
  uf_context *ctx;
  const uf_layout_options *options;
  uf_layout_step step;
  int n; /* vertices */
  int64_t n_groups;
  int *order; /* n_groups × 16: the vertex at each place, -1 for none */
  float *position, *next;
  int64_t *slot_start;
  int32_t *neighbor;
  float *weight, *degree;
  int epoch, n_negatives;
  float *scratch; /* per worker */
  size_t scratch_size;
} batch_job;

static int n_edges_of(const uf_graph *graph, int vertex) {
  return (int)(graph->start[vertex + 1] - graph->start[vertex]);
}

/* Sorts each window by falling number of edges; a stable insertion, for windows are short and
 * nearly all alike. */
static void order_vertices(const uf_graph *graph, batch_job *j) {
  for (int64_t place = 0; place < 16 * j->n_groups; place++)
    j->order[place] = place < j->n ? (int)place : -1;
  for (int first = 0; first < j->n; first += WINDOW) {
    int count = j->n - first < WINDOW ? j->n - first : WINDOW;
    int *window = j->order + first;
    for (int i = 1; i < count; i++) {
      int vertex = window[i], at = i;
      for (; at > 0 && n_edges_of(graph, window[at - 1]) < n_edges_of(graph, vertex); at--)
        window[at] = window[at - 1];
      window[at] = vertex;
    }
  }
}

/* Slots of a group: the most edges that any of its vertices has. */
static void count_slots(const uf_graph *graph, batch_job *j) {
  j->slot_start[0] = 0;
  for (int64_t group = 0; group < j->n_groups; group++) {
    int most = 0;
    for (int lane = 0; lane < 16; lane++) {
      int vertex = j->order[16 * group + lane];
      if (vertex >= 0 && n_edges_of(graph, vertex) > most) most = n_edges_of(graph, vertex);
    }
    j->slot_start[group + 1] = j->slot_start[group] + most;
  }
}

/* Fills slots and degrees; weights are taken relative to the largest. An empty slot points at its
 * own vertex. */
static void fill_slots(const uf_graph *graph, const int *place_of, batch_job *j) {
  float most = uf_largest_weight(graph), scale = most > 0 ? 1 / most : 0;
  for (int64_t place = 0; place < 16 * j->n_groups; place++) {
    int64_t group = place / 16, lane = place % 16;
    int vertex = j->order[place];
    int count = vertex < 0 ? 0 : n_edges_of(graph, vertex);
    float degree = 0;
    for (int64_t slot = j->slot_start[group]; slot < j->slot_start[group + 1]; slot++) {
      int64_t edge = slot - j->slot_start[group], at = 16 * slot + lane;
      j->neighbor[at] = (int32_t)place;
      j->weight[at] = 0;
      if (edge >= count) continue;
      j->neighbor[at] = place_of[graph->neighbor[graph->start[vertex] + edge]];
      j->weight[at] = scale * graph->weight[graph->start[vertex] + edge];
      degree += j->weight[at];
    }
    j->degree[place] = degree;
  }
}

static void copy_in(const float *layout, int d, batch_job *j) {
  for (int64_t place = 0; place < 16 * j->n_groups; place++)
    for (int c = 0; c < d; c++)
      j->position[place * d + c] =
          j->order[place] < 0 ? 0 : layout[(size_t)j->order[place] * (size_t)d + (size_t)c];
}

static void copy_out(const batch_job *j, int d, float *layout) {
  for (int64_t place = 0; place < 16 * j->n_groups; place++)
    if (j->order[place] >= 0)
      memcpy(layout + (size_t)j->order[place] * (size_t)d, j->position + place * d,
             sizeof *layout * (size_t)d);
}

static void move_blocks(void *job, int64_t task, int worker) {
  batch_job *j = job;
  int d = j->step.d;
  float *kernel_scratch = j->scratch + j->scratch_size * (size_t)worker,
        *negatives = kernel_scratch + 48 * (size_t)d;
  int64_t n_blocks = uf_n_blocks(j->n_groups, GROUPS_PER_BLOCK);
  uf_range blocks = uf_block_range(task, BLOCKS_PER_TASK, n_blocks);
  for (int64_t block = blocks.from; block < blocks.to; block++) {
    uint64_t key =
        uf_key(j->options->seed, UF_STAGE_NEGATIVES, (uint64_t)j->epoch, (uint64_t)block);
    for (int k = 0; k < j->n_negatives; k++) {
      size_t place = (size_t)uf_draw_index(key, (uint64_t)k, j->n);
      memcpy(negatives + k * d, j->position + place * (size_t)d, sizeof *negatives * (size_t)d);
    }
    uf_range groups = uf_block_range(block, GROUPS_PER_BLOCK, j->n_groups);
    j->ctx->kernels->layout_step(&j->step, groups.from, groups.to, negatives, j->n_negatives,
                                 kernel_scratch);
  }
}

/* The constants of an epoch. */
static void begin_epoch(batch_job *j, int epoch, double *power1, double *power2) {
  const uf_layout_options *options = j->options;
  double done = (double)epoch / options->n_epochs;
  *power1 *= beta1;
  *power2 *= beta2;
  j->epoch = epoch;
  j->n_negatives = FEWEST_NEGATIVES + (int)((MOST_NEGATIVES - FEWEST_NEGATIVES) * done);
  j->step.position = j->position;
  j->step.next = j->next;
  j->step.negative_weight = (float)(options->negative_sample_rate / j->n_negatives);
  j->step.correction1 = (float)(1 / (1 - *power1));
  j->step.correction2 = (float)(1 / (1 - *power2));
  j->step.learning_rate = (float)(step_length * options->learning_rate * (1 - done) * (1 - done));
}

static uf_status run_epochs(uf_context *ctx, batch_job *j, const uf_snapshots *snapshots,
                            float *layout) {
  uf_status status = UF_OK;
  int n_epochs = j->options->n_epochs, d = j->step.d;
  int64_t n_tasks = uf_n_blocks(j->n_groups, GROUPS_PER_BLOCK * BLOCKS_PER_TASK);
  double power1 = 1, power2 = 1;
  for (int epoch = 0; epoch < n_epochs && !status; epoch++) {
    begin_epoch(j, epoch, &power1, &power2);
    uf_span(ctx, (double)epoch / n_epochs, (double)(epoch + 1) / n_epochs);
    status = uf_parallel(ctx, n_tasks, move_blocks, j);
    float *old = j->position;
    j->position = j->next;
    j->next = old;
    if (snapshots && !status) {
      copy_out(j, d, layout);
      uf_snapshot(snapshots, epoch + 1, j->n, d, layout);
    }
  }
  return status;
}

uf_status uf_layout_batch(uf_context *ctx, const uf_graph *graph, int d,
                          const uf_layout_options *options, const uf_snapshots *snapshots,
                          float *layout) {
  uf_status status = UF_OK;
  batch_job j = {
      .ctx = ctx, .options = options, .n = graph->n, .n_groups = uf_n_blocks(graph->n, 16)};
  int64_t places = 16 * j.n_groups;
  int *place_of = NULL;
  float *moments = NULL;
  if (places * d > INT32_MAX)
    return uf_fail(ctx, UF_BAD_INPUT,
                   "has too many coordinates: rows x n_components must stay below 2^31");
  j.scratch_size = (size_t)(48 + MOST_NEGATIVES) * (size_t)d;
  UF_NEW(ctx, j.order, places);
  UF_NEW(ctx, place_of, graph->n);
  UF_NEW(ctx, j.slot_start, j.n_groups + 1);
  UF_NEW(ctx, j.degree, places);
  UF_NEW(ctx, j.position, places * d);
  UF_NEW(ctx, j.next, places * d);
  UF_NEW_ZERO(ctx, moments, 2 * places * d);
  UF_NEW(ctx, j.scratch, ctx->n_threads * (int64_t)j.scratch_size);
  order_vertices(graph, &j);
  for (int64_t place = 0; place < places; place++)
    if (j.order[place] >= 0) place_of[j.order[place]] = (int)place;
  count_slots(graph, &j);
  UF_NEW(ctx, j.neighbor, 16 * j.slot_start[j.n_groups]);
  UF_NEW(ctx, j.weight, 16 * j.slot_start[j.n_groups]);
  fill_slots(graph, place_of, &j);
  copy_in(layout, d, &j);
  j.step = (uf_layout_step){.d = d,
                            .slot_start = j.slot_start,
                            .neighbor = j.neighbor,
                            .weight = j.weight,
                            .degree = j.degree,
                            .moment1 = moments,
                            .moment2 = moments + places * d,
                            .a = (float)options->a,
                            .b = (float)options->b,
                            .attraction = (float)(4 * options->a * options->b),
                            .repulsion = (float)(2 * options->b * options->repulsion_strength),
                            .beta1 = (float)beta1,
                            .beta2 = (float)beta2,
                            .epsilon = (float)epsilon};
  UF_TRY(run_epochs(ctx, &j, snapshots, layout));
  copy_out(&j, d, layout);
done:
  uf_free(j.order);
  uf_free(place_of);
  uf_free(j.slot_start);
  uf_free(j.degree);
  uf_free(j.position);
  uf_free(j.next);
  uf_free(moments);
  uf_free(j.scratch);
  uf_free(j.neighbor);
  uf_free(j.weight);
  return status;
}
