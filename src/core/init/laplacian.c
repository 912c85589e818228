/*
 * init/laplacian.c: the smoothest functions on a graph as coordinates (Belkin and Niyogi 2003).
 *
 * They are y = D^-½ v with the eigenvectors v of I - S, S = D^-½ W D^-½, of the smallest values: those
 * of S with the largest values below the trivial 1, whose vector √degree is known and taken out. They
 * are found by subspace iteration with Chebyshev polynomials (Zhou, Saad, Tiago, Chelikowsky 2006): a
 * polynomial in S that stays within ±1 up to the smallest value in the block, and grows steeply
 * beyond, is applied to the block of vectors; these are made orthonormal and turned to eigenvectors
 * by a small eigenproblem. The degree is chosen so that the growth stays within most_growth: the
 * closer the wanted values lie to the rest, as on long chains, the higher it is. A round costs so
 * many products of S with the block.
 * On coarse levels an aggregate has an edge to itself, for all that is inside.
 *
 * The rounds are capped: what has been found by then is a good start, if not the eigenvectors to
 * the last digit.
 */
#include "arith/arith.h"

#include "linalg/jacobi.h"
#include "graph/graph.h"
#include "init/init.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"

enum { SPARE_VECTORS = 2, MAX_ROUNDS = 12, ROWS_PER_BLOCK = 1024 };

/* Degrees of the polynomial: at least, and at most for graphs small enough to afford more. */
enum { LEAST_DEGREE = 30, MOST_DEGREE = 600, EDGES_PER_ROUND = 40000000 };
static const double most_growth = 1e8;

/* An eigenvector is good when |S v - λ v| is so small a part of the distance to the trivial value,
 * 1 - λ; and still of use when below the other. */
static const double good_residual = 0.02, useful_residual = 0.5;

/* A connected graph, and a block of m vectors on its n vertices (n × m by rows). */
typedef struct spectral_job {
  const uf_graph *graph;
  const float *degree; /* n */
  int n, m;
  double *self;    /* w_ii / degree_i */
  double *scale;   /* 1 / √degree */
  double *trivial; /* √degree, of length 1 */
  double *x, *previous, *next;
  double factor, shift, last; /* next = factor (S - shift) x - last previous */
} spectral_job;

static void apply_rows(void *job, int64_t block, int worker) {
  (void)worker;
  spectral_job *j = job;
  size_t m = (size_t)j->m;
  uf_range range = uf_block_range(block, ROWS_PER_BLOCK, j->n);
  for (int64_t i = range.from; i < range.to; i++) {
    double *out = j->next + (size_t)i * m;
    const double *x = j->x + (size_t)i * m, *previous = j->previous + (size_t)i * m;
    double held[4], *sum = m <= 4 ? held : out; /* few enough for registers, mostly */
    for (size_t c = 0; c < m; c++) sum[c] = 0;
    for (int64_t e = j->graph->start[i]; e < j->graph->start[i + 1]; e++) {
      size_t neighbor = (size_t)j->graph->neighbor[e];
      double weight = j->graph->weight[e] * j->scale[neighbor];
      for (size_t c = 0; c < m; c++) sum[c] += weight * j->x[neighbor * m + c];
    }
    for (size_t c = 0; c < m; c++)
      out[c] = j->factor * (j->scale[i] * sum[c] + (j->self[i] - j->shift) * x[c]) -
               j->last * previous[c];
  }
}

static uf_status apply(uf_context *ctx, spectral_job *j, double factor, double shift, double last) {
  j->factor = factor;
  j->shift = shift;
  j->last = last;
  return uf_parallel(ctx, uf_n_blocks(j->n, ROWS_PER_BLOCK), apply_rows, j);
}

/* previous ← x ← next ← the old previous, to be written over. */
static void shift_blocks(spectral_job *j) {
  double *spare = j->previous;
  j->previous = j->x;
  j->x = j->next;
  j->next = spare;
}

/* The degree at which the polynomial grows to most_growth from cut to 1, within its bounds. */
static int choose_degree(const spectral_job *j, double cut) {
  double affordable = (double)EDGES_PER_ROUND / ((double)j->graph->start[j->n] + 1);
  double y = (3 - cut) / (1 + cut), growth = y + sqrt(y * y - 1), reached = 1;
  int degree = 1;
  while (degree < MOST_DEGREE && reached < most_growth &&
         (degree < LEAST_DEGREE || degree < affordable)) {
    reached *= growth;
    degree++;
  }
  return degree;
}

/* x ← T(x), the Chebyshev polynomial on [-1, cut]: T_1 = y x, T_{k + 1} = 2 y T_k - T_{k - 1}, y =
 * (S - center) / half. */
static uf_status filter(uf_context *ctx, spectral_job *j, double cut) {
  double center = 0.5 * (cut - 1), half = 0.5 * (cut + 1);
  int degree = choose_degree(j, cut);
  uf_status status = apply(ctx, j, 1 / half, center, 0);
  for (int k = 1; k < degree && !status; k++) {
    shift_blocks(j);
    status = apply(ctx, j, 2 / half, center, 1);
  }
  shift_blocks(j);
  return status;
}

/* Takes `direction` (of length 1, `apart` from one vertex to the next) out of column c. */
static void remove_from_column(spectral_job *j, const double *direction, size_t apart, int c) {
  size_t m = (size_t)j->m;
  double dot = 0;
  for (size_t i = 0; i < (size_t)j->n; i++) dot += direction[i * apart] * j->x[i * m + (size_t)c];
  for (size_t i = 0; i < (size_t)j->n; i++) j->x[i * m + (size_t)c] -= dot * direction[i * apart];
}

/* Scales column c to length 1; returns the length that it had. */
static double normalize_column(spectral_job *j, int c) {
  size_t m = (size_t)j->m;
  double sum = 0;
  for (size_t i = 0; i < (size_t)j->n; i++)
    sum += j->x[i * m + (size_t)c] * j->x[i * m + (size_t)c];
  double length = sqrt(sum);
  if (length > 0)
    for (size_t i = 0; i < (size_t)j->n; i++) j->x[i * m + (size_t)c] /= length;
  return length;
}

/* Gram and Schmidt, twice where the first pass leaves little of a column. */
static void orthonormalize(spectral_job *j) {
  for (int c = 0; c < j->m; c++) {
    normalize_column(j, c);
    for (int pass = 0; pass < 2; pass++) {
      remove_from_column(j, j->trivial, 1, c);
      for (int p = 0; p < c; p++) remove_from_column(j, j->x + p, (size_t)j->m, c);
      if (normalize_column(j, c) > 0.5) break;
    }
  }
}

/* block ← block × turn, a row at a time. */
static void turn_block(double *block, int n, int m, const double *turn, double *row) {
  for (int i = 0; i < n; i++, block += m) {
    for (int c = 0; c < m; c++) {
      row[c] = 0;
      for (int a = 0; a < m; a++) row[c] += block[a] * turn[a * m + c];
    }
    memcpy(block, row, sizeof *row * (size_t)m);
  }
}

/* Room for the small eigenproblem, m × m, m × m, m, m. */
typedef struct small_problem {
  double *matrix, *vectors, *values, *residual;
} small_problem;

/* Rayleigh and Ritz: turns the block to approximate eigenvectors, and measures |S v - λ v| / (1 -
 * λ) of each. */
static uf_status turn_to_eigenvectors(uf_context *ctx, spectral_job *j, small_problem *small) {
  int n = j->n, m = j->m;
  uf_status status = apply(ctx, j, 1, 0, 0);
  if (status) return status;
  for (int e = 0; e < m * m; e++) small->matrix[e] = 0;
  for (int i = 0; i < n; i++)
    for (int a = 0; a < m; a++)
      for (int b = 0; b < m; b++)
        small->matrix[a * m + b] +=
            j->x[(size_t)i * (size_t)m + (size_t)a] * j->next[(size_t)i * (size_t)m + (size_t)b];
  status = uf_symmetric_eigen(ctx, m, small->matrix, small->values, small->vectors);
  if (status) return status;
  turn_block(j->x, n, m, small->vectors, small->residual);
  turn_block(j->next, n, m, small->vectors, small->residual);
  for (int c = 0; c < m; c++) {
    double sum = 0;
    for (size_t at = (size_t)c; at < (size_t)n * (size_t)m; at += (size_t)m) {
      double error = j->next[at] - small->values[c] * j->x[at];
      sum += error * error;
    }
    double distance = 1 - small->values[c];
    small->residual[c] = sqrt(sum) / (distance > 1e-9 ? distance : 1e-9);
  }
  return UF_OK;
}

static double largest(const double *x, int n) {
  double most = 0;
  for (int i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
  return most;
}

/* Rounds of filtering until the d wanted vectors are good, or the cap. */
static uf_status iterate(uf_context *ctx, spectral_job *j, int d, small_problem *small) {
  uf_status status = UF_OK;
  orthonormalize(j);
  UF_TRY(turn_to_eigenvectors(ctx, j, small));
  for (int round = 0; round < MAX_ROUNDS && largest(small->residual, d) > good_residual; round++) {
    uf_span(ctx, (double)round / MAX_ROUNDS, (double)(round + 1) / MAX_ROUNDS);
    double cut = small->values[j->m - 1];
    UF_TRY(filter(ctx, j, cut > -0.5 ? cut : -0.5));
    orthonormalize(j);
    UF_TRY(turn_to_eigenvectors(ctx, j, small));
  }
  if (!(largest(small->residual, d) < useful_residual))
    uf_warn(ctx, UF_WARN_CONVERGENCE,
            "the spectral start did not settle within its cap of iterations, as where rows come "
            "many times or groups hardly touch: it is used as far as it came");
done:
  return status;
}

static void start_block(spectral_job *j, uint64_t seed) {
  for (int i = 0; i < j->n; i++) {
    uint64_t key = uf_key(seed, UF_STAGE_SPECTRAL, (uint64_t)i, 0);
    for (int c = 0; c < j->m; c++)
      j->x[(size_t)i * (size_t)j->m + (size_t)c] = uf_draw_normal(key, (uint64_t)c);
  }
  memset(j->previous, 0, sizeof *j->previous * (size_t)j->n * (size_t)j->m);
}

static void measure_degrees(spectral_job *j) {
  double sum = 0;
  for (int i = 0; i < j->n; i++) {
    double degree = j->degree[i], inside = degree;
    for (int64_t e = j->graph->start[i]; e < j->graph->start[i + 1]; e++)
      inside -= j->graph->weight[e];
    j->self[i] = inside > 0 ? inside / degree : 0;
    j->scale[i] = 1 / sqrt(degree);
    j->trivial[i] = sqrt(degree);
    sum += degree;
  }
  for (int i = 0; i < j->n; i++) j->trivial[i] /= sqrt(sum);
}

/* One connected graph of more than d + 1 vertices. layout: n × d, scaled to the cube. */
static uf_status embed_connected(uf_context *ctx, const uf_graph *graph, const float *degree, int d,
                                 uint64_t seed, float *layout) {
  uf_status status = UF_OK;
  int n = graph->n, m = d + SPARE_VECTORS < n - 1 ? d + SPARE_VECTORS : n - 1;
  int64_t size = (int64_t)n * m;
  spectral_job job = {.graph = graph, .degree = degree, .n = n, .m = m};
  small_problem small = {0};
  UF_NEW(ctx, job.self, n);
  UF_NEW(ctx, job.scale, n);
  UF_NEW(ctx, job.trivial, n);
  UF_NEW(ctx, job.x, size);
  UF_NEW(ctx, job.previous, size);
  UF_NEW(ctx, job.next, size);
  UF_NEW(ctx, small.matrix, m * m);
  UF_NEW(ctx, small.vectors, m * m);
  UF_NEW(ctx, small.values, m);
  UF_NEW(ctx, small.residual, m);
  measure_degrees(&job);
  start_block(&job, seed);
  UF_TRY(iterate(ctx, &job, d, &small));
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d; c++)
      layout[(size_t)i * (size_t)d + (size_t)c] =
          (float)(job.x[(size_t)i * (size_t)m + (size_t)c] * job.scale[i]);
  uf_init_scale(n, d, seed, layout);
done:
  uf_free(job.self);
  uf_free(job.scale);
  uf_free(job.trivial);
  uf_free(job.x);
  uf_free(job.previous);
  uf_free(job.next);
  uf_free(small.matrix);
  uf_free(small.vectors);
  uf_free(small.values);
  uf_free(small.residual);
  return status;
}

/* A component as a graph of its own. */
typedef struct part {
  uf_graph graph;
  float *degree;
} part;

/* The part of a level on the members of one component, its vertices numbered by their place in
 * `member`. place: n of the whole level. */
static uf_status extract(uf_context *ctx, const uf_level *level, const int *member, int size,
                         int *place, part *part) {
  uf_status status = UF_OK;
  const uf_graph *graph = &level->graph;
  int64_t n_edges = 0, at = 0;
  UF_NEW(ctx, part->degree, size);
  for (int m = 0; m < size; m++) {
    place[member[m]] = m;
    part->degree[m] = level->degree[member[m]];
    n_edges += graph->start[member[m] + 1] - graph->start[member[m]];
  }
  UF_TRY(uf_graph_alloc(ctx, size, n_edges, &part->graph));
  for (int m = 0; m < size; m++) {
    for (int64_t e = graph->start[member[m]]; e < graph->start[member[m] + 1]; e++, at++) {
      part->graph.neighbor[at] = place[graph->neighbor[e]];
      part->graph.weight[at] = graph->weight[e];
    }
    part->graph.start[m + 1] = at;
  }
done:
  return status;
}

/* Embeds one component by itself, and puts its rows where they belong. */
static uf_status embed_component(uf_context *ctx, const uf_level *level,
                                 const uf_components *components, int component, int d,
                                 uint64_t seed, int *place, float *layout) {
  uf_status status = UF_OK;
  const int *member = components->member + components->start[component];
  int size = components->start[component + 1] - components->start[component];
  size_t row = sizeof *layout * (size_t)d;
  part part = {0};
  float *own = NULL;
  UF_NEW(ctx, own, (int64_t)size * d);
  if (size > d + 1) {
    UF_TRY(extract(ctx, level, member, size, place, &part));
    UF_TRY(embed_connected(ctx, &part.graph, part.degree, d, seed, own));
  } else if (size > 1) {
    UF_TRY(
        uf_init_random(ctx, size, d, uf_key(seed, UF_STAGE_SPECTRAL, (uint64_t)component, 1), own));
  } else {
    memset(own, 0, row);
  }
  for (int m = 0; m < size; m++)
    memcpy(layout + (size_t)member[m] * (size_t)d, own + (size_t)m * (size_t)d, row);
done:
  uf_graph_free(&part.graph);
  uf_free(part.degree);
  uf_free(own);
  return status;
}

uf_status uf_init_laplacian(uf_context *ctx, const uf_hierarchy *hierarchy, int level,
                            const uf_points *points, int d, uint64_t seed, float *layout) {
  uf_status status = UF_OK;
  const uf_level *here = &hierarchy->level[level];
  int n = here->graph.n, *place = NULL;
  uf_components components = {0};
  UF_TRY(uf_components_find(ctx, &here->graph, &components));
  if (components.count == 1 && n > d + 1) {
    UF_TRY(embed_connected(ctx, &here->graph, here->degree, d, seed, layout));
    goto done;
  }
  UF_NEW(ctx, place, n);
  for (int c = 0; c < components.count; c++)
    UF_TRY(embed_component(ctx, here, &components, c, d, seed, place, layout));
  if (components.count > 1)
    UF_TRY(uf_place_components(ctx, hierarchy, level, &components, points, d, seed, layout));
  uf_init_scale(n, d, seed, layout);
done:
  uf_components_free(&components);
  uf_free(place);
  return status;
}
