/* test_linalg.c: eigenvectors of small matrices, orthonormal columns, subspaces and components. */
#include "arith/arith.h"

#include "check.h"
#include "fixtures.h"

#include "linalg/jacobi.h"
#include "linalg/orthonormalize.h"
#include "linalg/pca.h"
#include "linalg/project.h"
#include "linalg/rayleigh_ritz.h"
#include "linalg/subspace.h"

/* ---- small symmetric matrices ---- */

static double dot(const double *x, const double *y, int count, int x_apart, int y_apart) {
  double sum = 0;
  for (int i = 0; i < count; i++) sum += x[i * x_apart] * y[i * y_apart];
  return sum;
}

/* A v = λ v for every pair, the vectors orthonormal, the values falling. `size`: of the elements of
 * a. */
static void check_eigen(int m, const double *a, double size) {
  double *copy = fixture_doubles(m * m), *vectors = fixture_doubles(m * m),
         *values = fixture_doubles(m);
  memcpy(copy, a, sizeof *a * (size_t)(m * m));
  uf_symmetric_eigen(&(uf_context){0}, m, copy, values, vectors);
  for (int j = 0; j < m; j++) {
    for (int i = 0; i < m; i++)
      CHECK_CLOSE(dot(a + i * m, vectors + j, m, 1, m), values[j] * vectors[i * m + j],
                  1e-13 * m * size);
    for (int i = 0; i < m; i++)
      CHECK_CLOSE(dot(vectors + i, vectors + j, m, m, m), i == j, 1e-13 * m);
    if (j) CHECK(values[j] <= values[j - 1]);
  }
  free(copy);
  free(vectors);
  free(values);
}

static double *random_symmetric(int m, int sequence, double size) {
  double *a = fixture_doubles(m * m);
  for (int i = 0; i < m; i++)
    for (int j = 0; j <= i; j++)
      fixture_edge(a, m, i, j, size * (2 * fixture_unit(sequence, i * m + j) - 1));
  return a;
}

TEST(random_matrices) {
  const int sizes[] = {1, 2, 3, 5, 17, 40};
  const double scales[] = {1, 1e-20, 1e20};
  for (int i = 0; i < 6; i++)
    for (int s = 0; s < 3; s++) {
      double *a = random_symmetric(sizes[i], i, scales[s]);
      check_eigen(sizes[i], a, scales[s]);
      free(a);
    }
}

/* Projections, all ones, zero, the identity, a diagonal out of order, and no diagonal at all. */
TEST(repeated_eigenvalues) {
  enum { M = 12 };
  double *ones = fixture_doubles(M * M), *zero = fixture_doubles(M * M),
         *identity = fixture_doubles(M * M);
  double *diagonal = fixture_doubles(M * M), *reflection = fixture_doubles(M * M),
         *swap = fixture_doubles(M * M);
  for (int i = 0; i < M; i++)
    for (int j = 0; j < M; j++) {
      ones[i * M + j] = 1;
      identity[i * M + j] = i == j;
      diagonal[i * M + j] = i == j ? i % 3 : 0;
      reflection[i * M + j] = (i == j) - 2.0 / M;
      swap[i * M + j] = i + j == M - 1;
    }
  double *const all[] = {ones, zero, identity, diagonal, reflection, swap};
  for (int k = 0; k < 6; k++) {
    check_eigen(M, all[k], 1);
    free(all[k]);
  }
}

TEST(known_eigenvalues) {
  double a[] = {2, 1, 1, 2}, values[2], vectors[4];
  uf_symmetric_eigen(&(uf_context){0}, 2, a, values, vectors);
  CHECK_CLOSE(values[0], 3, 1e-14);
  CHECK_CLOSE(values[1], 1, 1e-14);
  CHECK_CLOSE(fabs(vectors[0]), sqrt(0.5), 1e-14);
  CHECK_CLOSE(vectors[0], vectors[2], 1e-14);
  double one = -7, value, vector;
  uf_symmetric_eigen(&(uf_context){0}, 1, &one, &value, &vector);
  CHECK(value == -7 && vector == 1);
}

/* Second differences: 2 - 2 cos(π k / (m + 1)). */
TEST(second_differences) {
  enum { M = 25 };
  const double pi = acos(-1);
  double a[M * M] = {0}, values[M], vectors[M * M];
  for (int i = 0; i < M; i++) {
    a[i * M + i] = 2;
    if (i) fixture_edge(a, M, i, i - 1, -1);
  }
  uf_symmetric_eigen(&(uf_context){0}, M, a, values, vectors);
  for (int k = 0; k < M; k++) CHECK_CLOSE(values[k], 2 - 2 * cos(pi * (M - k) / (M + 1)), 1e-13);
}

/* ---- directions ---- */

static double column_dot(const uf_basis *basis, int i, int j) {
  double sum = 0;
  for (int r = 0; r < basis->depth; r++)
    sum += (double)basis->columns[r * basis->m + i] * basis->columns[r * basis->m + j];
  return sum;
}

/* The first n_directions columns are orthonormal, the others zero. */
static void check_orthonormal(const uf_basis *basis, int n_directions) {
  for (int i = 0; i < basis->m; i++)
    for (int j = 0; j <= i; j++)
      CHECK_CLOSE(column_dot(basis, i, j), i == j && i < n_directions, 2e-5);
}

static uf_basis basis_of(uf_context *ctx, int depth, int n_directions) {
  uf_basis basis;
  if (uf_basis_alloc(ctx, depth, n_directions, &basis) != UF_OK) exit(2);
  return basis;
}

TEST(random_directions) {
  const int depth[] = {1, 2, 7, 40, 300};
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  for (int i = 0; i < 5; i++)
    for (int count = 1; count <= depth[i] && count <= 30; count += 7) {
      uf_basis basis = basis_of(&ctx, depth[i], count), again = basis_of(&ctx, depth[i], count);
      CHECK(uf_random_directions(&ctx, 5, &basis) == UF_OK);
      check_orthonormal(&basis, count);
      CHECK(uf_random_directions(&ctx, 5, &again) == UF_OK);
      CHECK(fixture_same(basis.columns, again.columns, depth[i] * basis.m));
      uf_basis_free(&basis);
      uf_basis_free(&again);
    }
  uf_session_close(&ctx);
}

TEST(dependent_columns_vanish) {
  enum { D = 30 };
  uf_context ctx;
  fixture_open(&ctx, 1, NULL);
  uf_basis basis = basis_of(&ctx, D, 5);
  for (int i = 0; i < D; i++) {
    float x = (float)fixture_normal(3, i), y = (float)fixture_normal(4, i);
    const float row[] = {x, y, 2 * x - 3 * y, 0, x + 1e3f * (float)fixture_normal(5, i)};
    memcpy(basis.columns + i * basis.m, row, sizeof row);
  }
  CHECK(uf_orthonormalize(&ctx, &basis) == UF_OK);
  for (int i = 0; i < 5; i++)
    for (int j = 0; j <= i; j++)
      CHECK_CLOSE(column_dot(&basis, i, j), i == j && i != 2 && i != 3, 1e-5);
  uf_basis_free(&basis);
  uf_session_close(&ctx);
}

/* Normal points, column j times scale[j], for columns beyond the scales 0.01 of the last. */
static double *cloud(int n, int d, const double *scale, int n_scales, double unit) {
  double *x = fixture_doubles((int64_t)n * d);
  for (int j = 0; j < d; j++)
    for (int i = 0; i < n; i++)
      x[j * n + i] = unit * fixture_normal(6, i * d + j) *
                     (j < n_scales ? scale[j] : 0.01 * scale[n_scales - 1]);
  return x;
}

/* The part of the square of column c in the first `count` coordinates. */
static double part_within(const uf_basis *basis, int c, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++)
    sum += (double)basis->columns[i * basis->m + c] * basis->columns[i * basis->m + c];
  return sum;
}

static void check_subspace(double unit, int n, int max_rows) {
  enum { D = 20 };
  const double scale[] = {10, 5, 3};
  uf_context ctx;
  uf_points points;
  fixture_open(&ctx, 2, NULL);
  uf_basis basis = basis_of(&ctx, D, 3);
  double *x = cloud(n, D, scale, 3, unit);
  fixture_points(&ctx, x, n, D, UF_EUCLIDEAN, &points);
  CHECK(uf_principal_subspace(&ctx, &points, max_rows, 1, &basis) == UF_OK);
  check_orthonormal(&basis, 3);
  for (int c = 0; c < 3; c++) CHECK_CLOSE(part_within(&basis, c, 3), 1, 1e-3);
  uf_basis_free(&basis);
  uf_points_free(&points);
  uf_session_close(&ctx);
  free(x);
}

TEST(principal_subspace) {
  check_subspace(1, 500, 500);
  check_subspace(1, 2000, 300);
  check_subspace(1e-200, 300, 300); /* scaled by uf_points_make() */
}

/* Sizes that uf_points_make() leaves as they are. */
TEST(principal_subspace_of_small_and_large_values) {
  check_subspace(1e-6, 300, 300);
  check_subspace(1e-12, 300, 300);
  check_subspace(1e10, 300, 300);
}

/* Points on a plane through the space, askew: two directions, and no third. */
TEST(rank_deficient_data) {
  enum { N = 200, D = 10 };
  uf_context ctx;
  uf_points points;
  double *x = fixture_doubles(N * D);
  fixture_open(&ctx, 1, NULL);
  uf_basis basis = basis_of(&ctx, D, 5);
  for (int j = 0; j < D; j++)
    for (int i = 0; i < N; i++)
      x[j * N + i] = fixture_normal(7, i) * (j + 1) + fixture_normal(8, i) * (j % 3 - 1);
  fixture_points(&ctx, x, N, D, UF_EUCLIDEAN, &points);
  CHECK(uf_principal_subspace(&ctx, &points, N, 1, &basis) == UF_OK);
  check_orthonormal(&basis, 2);
  uf_points_free(&points);
  memset(x, 0, sizeof *x * N * D);
  fixture_points(&ctx, x, N, D, UF_EUCLIDEAN, &points);
  CHECK(uf_principal_subspace(&ctx, &points, N, 1, &basis) == UF_OK);
  check_orthonormal(&basis, 0);
  uf_basis_free(&basis);
  uf_points_free(&points);
  uf_session_close(&ctx);
  free(x);
}

/* offset + points × basis, in plain double; and the same bits whoever computes it. */
TEST(projection) {
  enum { N = 250, D = 21, M = 32 };
  const double scale[] = {1};
  double *x = cloud(N, D, scale, 1, 1);
  float columns[D * M], offset[M], *wanted = fixture_floats(N * M), *got = fixture_floats(N * M);
  const uf_basis basis = {
      .depth = D, .n_directions = M, .m = M, .columns = columns, .offset = offset};
  int rows[N];
  for (int i = 0; i < D * M; i++) columns[i] = (float)fixture_normal(9, i);
  for (int c = 0; c < M; c++) offset[c] = (float)c;
  for (int i = 0; i < N; i++) rows[i] = N - 1 - i;
  for (int t = 0; t < FIXTURE_THREADS; t++)
    for (int isa = 0; isa < FIXTURE_ISAS; isa++) {
      uf_context ctx;
      uf_points points;
      fixture_open(&ctx, fixture_threads[t], fixture_isa[isa]);
      fixture_points(&ctx, x, N, D, UF_EUCLIDEAN, &points);
      CHECK(uf_project(&ctx, &points, NULL, N, &basis, got) == UF_OK);
      if (t + isa == 0) memcpy(wanted, got, sizeof *got * N * M);
      CHECK(fixture_same(got, wanted, N * M));
      CHECK(uf_project(&ctx, &points, rows, N, &basis, got) == UF_OK);
      for (int i = 0; i < N; i++) CHECK(fixture_same(got + i * M, wanted + rows[i] * M, M));
      uf_points_free(&points);
      uf_session_close(&ctx);
    }
  for (int i = 0; i < N; i++)
    for (int c = 0; c < M; c++) {
      double sum = offset[c];
      for (int j = 0; j < D; j++) sum += (double)(float)x[j * N + i] * columns[j * M + c];
      CHECK_CLOSE(wanted[i * M + c], sum, 2e-5);
    }
  free(x);
  free(wanted);
  free(got);
}

TEST(even_rows) {
  int rows[7];
  uf_even_rows(7, 7, rows);
  for (int i = 0; i < 7; i++) CHECK(rows[i] == i);
  uf_even_rows(2147483647, 7, rows);
  for (int i = 1; i < 7; i++) CHECK(rows[i] > rows[i - 1]);
  CHECK(rows[0] == 0 && rows[6] > 1800000000);
}

/* ---- blocks of doubles ---- */

/* Nearly dependent columns too: what two passes are for. */
TEST(blocks_become_orthonormal) {
  enum { N = 40, M = 5 };
  double x[N * M], known[N];
  for (int i = 0; i < N; i++) {
    known[i] = sqrt(1.0 / N);
    for (int c = 0; c < M; c++) x[i * M + c] = 1 + pow(10, -3 * c) * fixture_normal(10, i * M + c);
  }
  uf_orthonormalize_block(N, M, known, x);
  for (int a = 0; a < M; a++) {
    CHECK_CLOSE(dot(x + a, known, N, M, 1), 0, 1e-13);
    for (int b = 0; b <= a; b++) CHECK_CLOSE(dot(x + a, x + b, N, M, M), a == b, 1e-13);
  }
}

/* A subspace that eigenvectors span: Rayleigh and Ritz find them in it. */
TEST(ritz_vectors_of_an_invariant_subspace) {
  enum { N = 20, M = 3 };
  double *a = random_symmetric(N, 13, 1), *copy = fixture_doubles(N * N);
  double values[N], vectors[N * N], q[N * M], image[N * M];
  const double mixed[M][M] = {{0.6, 0.8, 0}, {0.8, -0.6, 0}, {0, 0, 1}};
  uf_context ctx;
  uf_ritz ritz;
  fixture_open(&ctx, 1, NULL);
  memcpy(copy, a, sizeof *a * N * N);
  uf_symmetric_eigen(&ctx, N, copy, values, vectors);
  for (int i = 0; i < N; i++)
    for (int c = 0; c < M; c++) q[i * M + c] = dot(vectors + i * N, mixed[c], M, 1, 1);
  for (int i = 0; i < N; i++)
    for (int c = 0; c < M; c++) image[i * M + c] = dot(a + i * N, q + c, N, 1, M);
  CHECK(uf_ritz_alloc(&ctx, M, &ritz) == UF_OK);
  uf_ritz_fill(&ritz, N, q, image);
  CHECK(uf_ritz_solve(&ctx, &ritz) == UF_OK);
  uf_ritz_turn(&ritz, N, q);
  for (int c = 0; c < M; c++) {
    CHECK_CLOSE(ritz.values[c], values[c], 1e-13);
    CHECK_CLOSE(fabs(dot(q + c, vectors + c, N, M, N)), 1, 1e-13);
  }
  uf_ritz_free(&ritz);
  uf_session_close(&ctx);
  free(a);
  free(copy);
}

/* ---- principal components ---- */

/* Both ways agree, up to the sign of a column, on centered data: directions refined on all rows,
 * and scores by one projection. */
TEST(directions_and_scores_agree) {
  enum { N = 300, D = 12, COUNT = 3 };
  const double scale[] = {10, 5, 3};
  double *x = cloud(N, D, scale, 3, 1), directions[COUNT * D];
  float *scores = fixture_floats(N * COUNT);
  uf_context ctx;
  uf_points points;
  fixture_open(&ctx, 2, NULL);
  for (int j = 0; j < D; j++) {
    double mean = dot(x + j * N, (const double[]){1}, N, 1, 0) / N;
    for (int i = 0; i < N; i++) x[j * N + i] -= mean;
  }
  fixture_points(&ctx, x, N, D, UF_EUCLIDEAN, &points);
  CHECK(uf_principal_directions(&ctx, &points, COUNT, 1, directions) == UF_OK);
  CHECK(uf_principal_scores(&ctx, &points, COUNT, 1, scores) == UF_OK);
  for (int c = 0; c < COUNT; c++) {
    CHECK_CLOSE(dot(directions + c * D, directions + c * D, D, 1, 1), 1, 1e-6);
    CHECK(directions[c * D + c] > 0.9);
    double sign = 0;
    for (int i = 0; i < N; i++) {
      double score = dot(x + i, directions + c * D, D, N, 1);
      if (i == 0) sign = score * scores[c] > 0 ? 1 : -1;
      CHECK_CLOSE(scores[i * COUNT + c], sign * score, 1e-3);
    }
  }
  uf_points_free(&points);
  uf_session_close(&ctx);
  free(x);
  free(scores);
}

int main(void) {
  RUN(random_matrices);
  RUN(repeated_eigenvalues);
  RUN(known_eigenvalues);
  RUN(second_differences);
  RUN(random_directions);
  RUN(dependent_columns_vanish);
  RUN(principal_subspace);
  RUN(principal_subspace_of_small_and_large_values);
  RUN(rank_deficient_data);
  RUN(projection);
  RUN(even_rows);
  RUN(blocks_become_orthonormal);
  RUN(ritz_vectors_of_an_invariant_subspace);
  RUN(directions_and_scores_agree);
  return check_report();
}
