/*
 * init/chebyshev.c: subspace iteration with Chebyshev polynomials (Zhou, Saad, Tiago, Chelikowsky
 * 2006).
 *
 * This finds the eigenvectors of S = D^-½ W D^-½ with the largest values λ below the trivial one,
 * where λ = 1 and v = √degree. All values of S lie in [-1, 1]. A block X of m = d + SPARE_VECTORS
 * columns goes through rounds of
 *
 *   filter     X ← T_k(Y) X,  Y = (S - c) / h,  c = (cut - 1) / 2,  h = (cut + 1) / 2
 *   orthonormalize     against √degree and each other                  linalg/orthonormalize.h
 *   turn       X ← X U, the eigenvectors of Xᵀ S X = U Λ Uᵀ             linalg/rayleigh_ritz.h
 *
 * `cut` is the smallest value in the block. Y maps [-1, cut] to [-1, 1], where |T_k| <= 1, so that
 * what is not wanted does not grow; beyond, T_k grows like g^k / 2 with g = y + √(y² - 1). T_k
 * comes from its recurrence, one product of S with the block a degree:
 *
 *   T_1 = Y X,      T_{k+1} = 2 Y T_k - T_{k-1}.
 *
 * The degree is the least at which g^k reaches most_growth at λ = 1: the closer the wanted values
 * lie to the rest, as on long chains, the higher it is. The rounds end when the wanted vectors have
 * small residuals, and after MAX_ROUNDS at the latest: what has been found by then is still a fair
 * initialization.
 *
 * O(k (edges + n) m) a round.
 */
#include "arith/arith.h"

#include "init/chebyshev.h"

#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "linalg/orthonormalize.h"
#include "linalg/rayleigh_ritz.h"

enum { SPARE_VECTORS = 2, MAX_ROUNDS = 12, ROWS_PER_BLOCK = 1024 };

/* Degrees of the polynomial: at least, and at most for graphs small enough to afford more.
 * Compromises, not measured on their own; tests/testthat/test-layout.R has the long chain that
 * needs a high degree. */
enum { LEAST_DEGREE = 30, MOST_DEGREE = 600, EDGES_PER_ROUND = 40000000 };

/* Vectors of a block that differ by more lose each other in rounding: a double has 1e16. */
static const double most_growth = 1e8;

/* The residual of an eigenvector is |S v - λ v| / (1 - λ): by about so much it can be mixed with
 * the trivial one and others. Good ones end the iteration; beyond what is useful, the user is
 * warned. */
static const double good_residual = 0.02, useful_residual = 0.5;

/* Any λ closer to 1 counts as this far from it. */
static const double least_distance = 1e-9;

/* A graph, and a block of m vectors on its n vertices. */
typedef struct filter_job {
  const uf_graph *graph;
  const float *degree; /* n */
  int n, m;
  double *self;     /* n: w_ii / degree_i */
  double *scale;    /* n: 1 / √degree_i */
  double *trivial;  /* n: √degree_i, of length 1 */
  double *x;        /* n × m: T_k, or X */
  double *previous; /* n × m: T_{k-1} */
  double *next;     /* n × m: factor (S - shift) x - last previous */
  double *residual; /* m */
  double factor, shift, last;
  uf_ritz ritz; /* of the block */
} filter_job;

/* ---- products with S ---- */

static void apply_rows(void *job, uf_rows rows) {
  filter_job *j = job;
  size_t m = (size_t)j->m;
  for (int64_t i = rows.from; i < rows.to; i++) {
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

/* next ← factor (S - shift) x - last previous. */
static uf_status apply(uf_context *ctx, filter_job *j, double factor, double shift, double last) {
  j->factor = factor;
  j->shift = shift;
  j->last = last;
  return uf_parallel_rows(ctx, j->n, ROWS_PER_BLOCK, apply_rows, j);
}

/* previous ← x ← next ← the old previous, to be written over. */
static void rotate_blocks(filter_job *j) {
  double *spare = j->previous;
  j->previous = j->x;
  j->x = j->next;
  j->next = spare;
}

/* The degree at which the polynomial grows to most_growth at 1, within its bounds. */
static int choose_degree(const filter_job *j, double cut) {
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

/* x ← T_k(Y) x. */
static uf_status filter(uf_context *ctx, filter_job *j, double cut) {
  double center = 0.5 * (cut - 1), half = 0.5 * (cut + 1);
  int degree = choose_degree(j, cut);
  uf_status status = apply(ctx, j, 1 / half, center, 0);
  for (int k = 1; k < degree && !status; k++) {
    rotate_blocks(j);
    status = apply(ctx, j, 2 / half, center, 1);
  }
  rotate_blocks(j);
  return status;
}

/* ---- rounds ---- */

/* Returns the residual of column c; `next` holds S v. */
static double measure_residual(const filter_job *j, int c) {
  size_t m = (size_t)j->m;
  double value = j->ritz.values[c], distance = 1 - value, sum = 0;
  for (size_t at = (size_t)c; at < (size_t)j->n * m; at += m) {
    double error = j->next[at] - value * j->x[at];
    sum += error * error;
  }
  return sqrt(sum) / (distance > least_distance ? distance : least_distance);
}

/* Turns the block to approximate eigenvectors, and measures them. */
static uf_status turn_to_eigenvectors(uf_context *ctx, filter_job *j) {
  uf_status status = UF_OK;
  UF_TRY(apply(ctx, j, 1, 0, 0));
  uf_ritz_fill(&j->ritz, j->n, j->x, j->next);
  UF_TRY(uf_ritz_solve(ctx, &j->ritz));
  uf_ritz_turn(&j->ritz, j->n, j->x);
  uf_ritz_turn(&j->ritz, j->n, j->next);
  for (int c = 0; c < j->m; c++) j->residual[c] = measure_residual(j, c);
done:
  return status;
}

static double largest(const double *x, int n) {
  double most = 0;
  for (int i = 0; i < n; i++) most = x[i] > most ? x[i] : most;
  return most;
}

/* Rounds until the first d vectors are good, or the last round. */
static uf_status iterate(uf_context *ctx, filter_job *j, int d) {
  uf_status status = UF_OK;
  uf_orthonormalize_block(j->n, j->m, j->trivial, j->x);
  UF_TRY(turn_to_eigenvectors(ctx, j));
  for (int round = 0; round < MAX_ROUNDS && largest(j->residual, d) > good_residual; round++) {
    uf_span(ctx, (double)round / MAX_ROUNDS, (double)(round + 1) / MAX_ROUNDS);
    double cut = j->ritz.values[j->m - 1];
    UF_TRY(filter(ctx, j, cut > -0.5 ? cut : -0.5));
    uf_orthonormalize_block(j->n, j->m, j->trivial, j->x);
    UF_TRY(turn_to_eigenvectors(ctx, j));
  }
  if (!(largest(j->residual, d) < useful_residual))
    uf_warn(ctx, UF_WARN_CONVERGENCE,
            "the spectral initialization did not converge (duplicated rows or nearly disconnected "
            "groups?); using the last iterate");
done:
  return status;
}

/* ---- the beginning and the end ---- */

static void measure_degrees(filter_job *j) {
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

static void draw_block(filter_job *j, uint64_t seed) {
  for (int i = 0; i < j->n; i++) {
    uint64_t key = uf_key(seed, UF_STAGE_SPECTRAL, (uint64_t)i, 0);
    for (int c = 0; c < j->m; c++)
      j->x[(size_t)i * (size_t)j->m + (size_t)c] = uf_draw_normal(key, (uint64_t)c);
  }
  memset(j->previous, 0, sizeof *j->previous * (size_t)j->n * (size_t)j->m);
}

static void filter_free(filter_job *j) {
  uf_free(j->self);
  uf_free(j->scale);
  uf_free(j->trivial);
  uf_free(j->x);
  uf_free(j->previous);
  uf_free(j->next);
  uf_free(j->residual);
  uf_ritz_free(&j->ritz);
  *j = (filter_job){0};
}

static uf_status filter_make(uf_context *ctx, const uf_graph *graph, const float *degree, int m,
                             filter_job *j) {
  uf_status status = UF_OK;
  int n = graph->n;
  int64_t size = (int64_t)n * m;
  *j = (filter_job){.graph = graph, .degree = degree, .n = n, .m = m};
  UF_NEW(ctx, j->self, n);
  UF_NEW(ctx, j->scale, n);
  UF_NEW(ctx, j->trivial, n);
  UF_NEW(ctx, j->x, size);
  UF_NEW(ctx, j->previous, size);
  UF_NEW(ctx, j->next, size);
  UF_NEW(ctx, j->residual, m);
  UF_TRY(uf_ritz_alloc(ctx, m, &j->ritz));
  measure_degrees(j);
done:
  if (status) filter_free(j);
  return status;
}

uf_status uf_smoothest_functions(uf_context *ctx, const uf_graph *graph, const float *degree, int d,
                                 uint64_t seed, float *layout) {
  uf_status status = UF_OK;
  int n = graph->n, m = d + SPARE_VECTORS < n - 1 ? d + SPARE_VECTORS : n - 1;
  filter_job job;
  UF_TRY(filter_make(ctx, graph, degree, m, &job));
  draw_block(&job, seed);
  UF_TRY(iterate(ctx, &job, d));
  for (int i = 0; i < n; i++)
    for (int c = 0; c < d; c++)
      layout[(size_t)i * (size_t)d + (size_t)c] =
          (float)(job.x[(size_t)i * (size_t)m + (size_t)c] * job.scale[i]);
done:
  filter_free(&job);
  return status;
}
