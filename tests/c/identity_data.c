/* identity_data.c: the stages of identity.c from arithmetic to the nearest neighbors. */
#include "arith/arith.h"

#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "identity.h"

#include "arith/exp_log.h"
#include "linalg/jacobi.h"
#include "linalg/project.h"
#include "linalg/subspace.h"

static const word metrics[] = {{"euclidean", UF_EUCLIDEAN},
                               {"manhattan", UF_MANHATTAN},
                               {"cosine", UF_COSINE},
                               {"correlation", UF_CORRELATION}};
static const word scalings[] = {{"none", UF_SCALING_NONE},
                                {"z", UF_SCALING_Z},
                                {"range", UF_SCALING_RANGE},
                                {"column range", UF_SCALING_COLUMN_RANGE},
                                {"maxabs", UF_SCALING_MAXABS}};
static const word searches[] = {{"exact", UF_NEIGHBORS_EXACT},
                                {"clusters", UF_NEIGHBORS_CLUSTERS},
                                {"nndescent", UF_NEIGHBORS_DESCENT}};

/* ---- foundations ---- */

static void arithmetic(void) {
  begin();
  for (int i = 0; i < 20000; i++) {
    double x = 700 * fixture_normal(21, i), y = 1e-3 + 1e3 * fixture_unit(22, i);
    take_double(uf_exp(x / 6));
    take_double(uf_log(y));
    take_double(uf_pow(y, x / 700));
    float sum = uf_fmaf((float)x, (float)y, (float)fixture_normal(23, i));
    take_floats(&sum, 1);
  }
  end("arithmetic", "");
}

static void kernels(void) {
  enum { COUNT = 4096 };
  float *x = fixture_floats(COUNT), *y = fixture_floats(COUNT);
  for (int i = 0; i < COUNT; i++) x[i] = (float)(40 * fixture_unit(24, i));
  begin();
  for (float sigma = 0.01f; sigma < 100; sigma *= 3) {
    float sum = ctx.kernels->exp_sum(x, COUNT, sigma);
    ctx.kernels->exp_terms(x, COUNT, sigma, y);
    take_floats(&sum, 1);
    take_floats(y, COUNT);
  }
  end("kernels", "exponentials");
  free(x);
  free(y);
}

static void eigenvectors(void) {
  enum { M = 9 };
  double a[M * M], values[M], vectors[M * M];
  for (int i = 0; i < M; i++)
    for (int j = 0; j <= i; j++) a[i * M + j] = a[j * M + i] = fixture_normal(25, i * M + j);
  uf_symmetric_eigen(&(uf_context){0}, M, a, values, vectors);
  begin();
  take(values, sizeof values);
  take(vectors, sizeof vectors);
  end("eigenvectors", "");
}

/* ---- points ---- */

double *make_data(int n, int d, double size) {
  double *x = fixture_doubles((int64_t)n * d);
  for (int j = 0; j < d; j++)
    for (int i = 0; i < n; i++) {
      int row = i % 50 == 49 ? i - 1 : i;
      double value = fixture_normal(26, (int64_t)row * d + j);
      for (int f = 0; f < FEW && d != NOISY; f++)
        value += fixture_normal(27, j * FEW + f) *
                 (fixture_normal(28, row * FEW + f) + 2 * fixture_normal(29, row % FEW * FEW + f));
      x[(size_t)j * (size_t)n + (size_t)i] = size * value;
    }
  return x;
}

uf_points points_of(int n, int d, double size, uf_metric metric) {
  double *x = make_data(n, d, size);
  uf_points points;
  fixture_points(&ctx, x, n, d, metric, &points);
  free(x);
  return points;
}

static void take_points(const uf_points *points) {
  take_floats(points->x, (int64_t)points->n * (int64_t)points->stride);
  take_double(points->unit);
}

static void all_points(void) {
  EACH(metric, metrics) {
    uf_points points = points_of(N, WIDE, 1, (uf_metric)metric->value);
    begin();
    take_points(&points);
    end("points", metric->name);
    uf_points_free(&points);
  }
  uf_points points = points_of(N, NARROW, 0x1p300, UF_EUCLIDEAN);
  begin();
  take_points(&points);
  end("points", "huge");
  uf_points_free(&points);
}

static void directions(void) {
  enum { M = 16 };
  uf_points points = points_of(N, WIDE, 1, UF_EUCLIDEAN);
  float *projected = fixture_floats(N * M);
  uf_basis basis;
  must(uf_basis_alloc(&ctx, WIDE, 10, &basis));
  must(uf_principal_subspace(&ctx, &points, N, SEED, &basis));
  must(uf_project(&ctx, &points, NULL, N, &basis, projected));
  begin();
  take_floats(basis.columns, WIDE * M);
  take_floats(projected, N * M);
  end("directions", "");
  uf_basis_free(&basis);
  free(projected);
  uf_points_free(&points);
}

static void take_doubles(const double *x, int64_t count) { take(x, (size_t)count * sizeof *x); }

static void transforms(void) {
  double *x = make_data(N, WIDE, 1), *out = fixture_doubles(N * WIDE);
  uf_matrix matrix = {.values = x, .n = N, .d = WIDE};
  EACH(scaling, scalings) {
    begin();
    for (int n_directions = 0; n_directions <= FEW; n_directions += FEW) {
      uf_standardization made;
      must(uf_standardization_make(&ctx, &matrix, (uf_scaling)scaling->value, n_directions, SEED,
                                   &made));
      must(uf_standardize(&ctx, &matrix, &made, out));
      take_doubles(made.center, WIDE);
      take_doubles(made.factor, WIDE);
      take_doubles(made.rotation, WIDE * n_directions);
      take_double(made.unit);
      take_doubles(out, N * (n_directions ? n_directions : WIDE));
      uf_standardization_free(&made);
    }
    end("transform", scaling->name);
  }
  free(x);
  free(out);
}

/* ---- neighbors ---- */

void take_neighbors(const uf_neighbors *neighbors) {
  int64_t count = (int64_t)neighbors->n * neighbors->k;
  take_ints(neighbors->index, count);
  take_floats(neighbors->distance, count);
}

static void search_in(const char *stage, const word *search, const word *metric, int n, int d) {
  char variant[64];
  uf_points points = points_of(n, d, 1, (uf_metric)metric->value);
  uf_neighbors neighbors = {0};
  uf_neighbor_method used;
  must(uf_nearest_neighbors(
      &ctx, &points, &(uf_search_options){K, (uf_neighbor_method)search->value, 0.99, SEED, 0},
      &neighbors, &used));
  begin();
  take_neighbors(&neighbors);
  snprintf(variant, sizeof variant, "%s/%s", search->name, metric->name);
  end(stage, variant);
  uf_neighbors_free(&neighbors);
  uf_points_free(&points);
}

static void searches_of_all(void) {
  EACH(search, searches) {
    EACH(metric, metrics) search_in("neighbors", search, metric, N, WIDE);
    search_in("neighbors of few columns", search, &metrics[0], TALL, FEW);
  }
  EACH(search, searches) search_in("neighbors in noise", search, &metrics[0], TALL / 2, NOISY);
}

/* ---- all metrics, and data of all forms ---- */

/* Values that every metric of the domain admits, many of them 0; half of a row's columns at least
 * are not. */
static double *admitted_data(uf_domain domain, int n, int d) {
  double *x = make_data(n, d, 1);
  for (int i = 0; i < n * d; i++) {
    if (domain == UF_RADIANS) x[i] = 1.5 * fixture_unit(30, i);
    if (domain == UF_NOT_NEGATIVE) x[i] = fabs(x[i]);
    if (domain != UF_RADIANS && fixture_unit(31, i) < 0.3) x[i] = 0;
  }
  return x;
}

static void search_both_ways(const char *stage, const char *name, const uf_matrix *matrix,
                             uf_metric metric) {
  const uf_neighbor_method methods[] = {UF_NEIGHBORS_EXACT, UF_NEIGHBORS_DESCENT};
  uf_points points;
  must(uf_points_make(&ctx, matrix, &(uf_metric_choice){.metric = metric, .p = 3}, &points));
  begin();
  for (int m = 0; m < 2; m++) {
    uf_neighbors neighbors = {0};
    uf_neighbor_method used;
    must(uf_nearest_neighbors(&ctx, &points, &(uf_search_options){K, methods[m], 0.99, SEED, 0},
                              &neighbors, &used));
    take_neighbors(&neighbors);
    uf_neighbors_free(&neighbors);
  }
  end(stage, name);
  uf_points_free(&points);
}

/* Keeps only the numbers that are not 0. */
static void search_sparse(const uf_metric_traits *traits, const double *x, int n, int d,
                          uf_metric metric) {
  double *values = fixture_doubles(n * d);
  int *start = fixture_ints(n + 1), *index = fixture_ints(n * d), count = 0;
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < d; j++)
      if (x[j * n + i] != 0) {
        values[count] = x[j * n + i];
        index[count++] = j;
      }
    start[i + 1] = count;
  }
  uf_matrix matrix = {
      .values = values, .n = n, .d = d, .form = UF_SPARSE_ROWS, .start = start, .index = index};
  search_both_ways("sparse", traits->name, &matrix, metric);
  free(values);
  free(start);
  free(index);
}

static void all_metrics(void) {
  for (int m = 0; m < UF_N_METRICS; m++) {
    const uf_metric_traits *traits = uf_metric_of((uf_metric)m);
    if (m == UF_FUNCTION) continue;
    int d = m == UF_HAVERSINE ? 2 : NARROW;
    double *x = admitted_data(traits->domain, N, d);
    uf_matrix matrix = {.values = x, .n = N, .d = d};
    search_both_ways("metric", traits->name, &matrix, (uf_metric)m);
    if (traits->is_sparse) search_sparse(traits, x, N, d, (uf_metric)m);
    free(x);
  }
}

/* Rows that come later, sought among those that were there. */
static void queries(void) {
  const uf_metric_choice choice = {.metric = UF_EUCLIDEAN};
  double *x = make_data(N, NARROW, 1), *later = make_data(N / 3, NARROW, 1.1);
  uf_matrix matrix = {.values = x, .n = N, .d = NARROW};
  uf_matrix new_matrix = {.values = later, .n = N / 3, .d = NARROW};
  uf_preparation preparation;
  uf_points points, new_points;
  must(uf_preparation_make(&ctx, &matrix, &choice, &preparation));
  must(uf_points_prepare(&ctx, &matrix, &preparation, &points));
  must(uf_points_prepare_new(&ctx, &new_matrix, &preparation, &new_points));
  EACH(search, searches) {
    uf_neighbors found = {0};
    uf_neighbor_method used;
    must(uf_neighbors_query(&ctx, &points, &new_points,
                            &(uf_query_options){NULL, K, (uf_neighbor_method)search->value, SEED},
                            &found, &used));
    begin();
    take_neighbors(&found);
    end("query", search->name);
    uf_neighbors_free(&found);
  }
  uf_points_free(&points);
  uf_points_free(&new_points);
  uf_preparation_free(&preparation);
  free(x);
  free(later);
}

void stages_of_data(void) {
  arithmetic();
  kernels();
  eigenvectors();
  all_points();
  directions();
  transforms();
  searches_of_all();
  all_metrics();
  queries();
}
