/* test_kernel_exp.c: every instruction set gives the exponentials of the scalar kernels, bit for
 * bit, and these agree with libm. */
#include "arith/arith.h"

#include "check.h"
#include "kernel_fixtures.h"

/* The scalar lanes again, to look into simd/kernels/exp.h. */
#include "simd/isa/lanes_scalar.h"

#include "simd/kernels/exp.h"

static float one_exp2(float x) { return vf_exp2(vf_set(x)).at[0]; }

static float one_log2(float x) { return vf_log2(vf_set(x)).at[0]; }

/* The header's bounds are before rounding, which adds about one place: 2^-23 relative of exp2,
 * 2^-24 of a log2 below ½. */
TEST(powers_of_two_and_logarithms) {
  double exp_error = 0, exp_far = 0, log_error = 0, log_far = 0;
  for (float x = -0.5f; x <= 0.5f; x += 0x1p-19f)
    exp_error = fmax(exp_error, fabs(one_exp2(x) / exp2(x) - 1));
  for (float x = 0.70710678f; x < 1.41421356f; x += 0x1p-19f)
    log_error = fmax(log_error, fabs(one_log2(x) - log2(x)));
  for (int i = 0; i < 200000; i++) {
    float x = next_in(-126, 127), y = ldexpf(next_in(1, 2), next_index(253) - 126);
    exp_far = fmax(exp_far, fabs(one_exp2(x) / exp2(x) - 1));
    log_far = fmax(log_far, fabs(one_log2(y) - log2(y)) / fmax(1, fabs(log2(y))));
  }
  CHECK_CLOSE(exp_error, 0, 0x1p-23);
  CHECK_CLOSE(exp_far, 0, 0x1p-23);
  CHECK_CLOSE(log_error, 0, 1e-7 + 0x1p-24);
  CHECK_CLOSE(log_far, 0, 1e-7 + 0x1p-24);
  CHECK(one_exp2(0) == 1 && one_exp2(-126) == 0x1p-126f && one_exp2(127) == 0x1p127f &&
        one_exp2(-1e30f) == 0x1p-126f);
  CHECK(one_log2(1) == 0 && one_log2(0x1p-126f) == -126 && one_log2(0x1p100f) == 100);
}

static void check_exponentials(int n, float largest, float sigma) {
  float *x = random_floats(n, 0, largest), *wanted = new_floats(n), *got = new_floats(n);
  if (n) x[n / 2] = 0;
  float sum = scalar->exp_sum(x, n, sigma);
  scalar->exp_terms(x, n, sigma, wanted);
  double plain_sum = 0;
  for (int i = 0; i < n; i++) {
    double exponent = (double)x[i] / sigma, plain = exp(-exponent);
    plain_sum += plain;
    /* the exponent is rounded in float; below 2^-126 the term stays there */
    CHECK_CLOSE(wanted[i], plain, (1 + exponent) * 0x1p-22 * plain + 0x1.1p-126);
  }
  CHECK_CLOSE(sum, plain_sum, 1e-5 * plain_sum + n * 0x1.1p-126);
  for (int t = 0; t < n_tables; t++) {
    float other = tables[t]->exp_sum(x, n, sigma);
    tables[t]->exp_terms(x, n, sigma, got);
    CHECK(same_floats(&other, &sum, 1) && same_floats(got, wanted, n));
  }
  uf_free(x);
  uf_free(wanted);
  uf_free(got);
}

TEST(exponentials) {
  for (int n = 0; n <= 208; n += 16)
    for (int e = -30; e <= 30; e += 5) {
      check_exponentials(n, ldexpf(1, e), 1);
      check_exponentials(n, 10, ldexpf(0.7f, e));
    }
}

/* The bandwidth's search may come down to nothing. */
TEST(exponentials_of_extreme_sigma) {
  const float sigma[] = {0, 0x1p-149f, 1e-38f, 1e38f, INFINITY};
  float *x = random_floats(32, 0, 3), wanted[32], got[32];
  x[3] = 0;
  for (int s = 0; s < 5; s++) {
    scalar->exp_terms(x, 32, sigma[s], wanted);
    for (int i = 0; i < 32; i++) CHECK(wanted[i] >= 0 && wanted[i] <= 1);
    for (int t = 0; t < n_tables; t++) {
      tables[t]->exp_terms(x, 32, sigma[s], got);
      CHECK(same_floats(got, wanted, 32));
    }
  }
  uf_free(x);
}

static void all(void) {
  RUN(powers_of_two_and_logarithms);
  RUN(exponentials);
  RUN(exponentials_of_extreme_sigma);
}

int main(void) { return kernel_tests(all); }
