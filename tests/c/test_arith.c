/*
 * test_arith.c: the arithmetic of arith/ and of the lanes against libm in long double.
 *
 * `test_arith --table` prints the measured errors, which arith/exp_log.h quotes.
 */

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* uf_fmaf() is the compiler's own where the machine has the instruction. Here it is always the one
 * written out, so that it is tested on every machine; test_kernel_*.c test the machine's own. */
#undef __FMA__
#undef __aarch64__
#undef __FP_FAST_FMAF
#include "arith/arith.h"
#include "arith/exp_log.h"

#include "check.h"
#include "base/random.h"
#include "simd/kernels.h"

/* Lanes that have no such instruction either; all others equal them (test_kernel_*.c). */
#if defined(__x86_64__)
#include "simd/isa/lanes_sse2.h"
#else
#include "simd/isa/lanes_scalar.h"
#endif

#include "simd/kernels/exp.h"

static uint64_t draws;

static uint64_t next_bits(void) { return uf_draw(uf_key(1, UF_STAGE_SAMPLE, 0, 0), draws++); }

/* Uniform in [low, high). */
static double next_in(double low, double high) {
  return low + (high - low) * ((double)(next_bits() >> 11) * 0x1p-53);
}

static uint32_t float_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static float bits_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static int same_float(float x, float y) { return x != x ? y != y : float_bits(x) == float_bits(y); }

static int fma_differs(float a, float b, float c) {
  float got = uf_fmaf(a, b, c), wanted = fmaf(a, b, c), lane[16];
  vf_store(lane, vf_fma(vf_set(a), vf_set(b), vf_set(c)));
  if (same_float(got, wanted) && same_float(lane[1], wanted)) return 0;
  static int shown;
  if (shown++ < 5)
    fprintf(stderr, "fma(%a, %a, %a) is %a or %a, not %a\n", a, b, c, got, lane[1], wanted);
  return 1;
}

static float scaled(float x, int exponent) { return ldexpf(x, exponent); }

/* Any bits: subnormals, infinities and NaN too. */
static int fma_of_any_bits(void) {
  int differ = 0;
  for (int i = 0; i < 1000000; i++) {
    uint64_t bits = next_bits();
    differ += fma_differs(bits_float((uint32_t)bits), bits_float((uint32_t)(bits >> 32)),
                          bits_float((uint32_t)next_bits()));
  }
  return differ;
}

/* The addend near minus the product: the bits that the product's rounding would lose are all that
 * is left. */
static int fma_of_canceling(void) {
  int differ = 0;
  for (int i = 0; i < 500000; i++) {
    float a = (float)next_in(-2, 2), b = (float)next_in(-2, 2);
    uint32_t nudge = (uint32_t)(next_bits() % 5);
    float c = bits_float(float_bits(-a * b) + nudge - 2);
    differ += fma_differs(a, b, c);
  }
  return differ;
}

/* The sum on or near the middle of two floats, where rounding twice goes wrong: c is a float, a b
 * half a last place of it, and a little (down to far below a double's last place) more or less. */
static int fma_of_halfway(void) {
  int differ = 0;
  for (int i = 0; i < 500000; i++) {
    uint64_t bits = next_bits();
    float c =
        bits_float((uint32_t)(0x3f800000 | (bits & 0x7fffff)));  /* in [1, 2): last place 2^-23 */
    float a = 1 + (float)((int)(bits >> 23 & 3) - 1) * 0x1p-23f; /* 1 and its neighbors */
    float b =
        (float)(1 + (int)(bits >> 25 & 1) * 2) * 0x1p-24f; /* half a last place, or three halves */
    b = bits_float(float_bits(b) + (uint32_t)(bits >> 26 & 3) - 1);
    int shift = (int)(bits >> 30 & 0x7f) - 64;
    if (bits >> 40 & 1) c = -c;
    if (bits >> 41 & 1) a = -a;
    differ += fma_differs(a, b, c);
    differ += fma_differs(scaled(a, shift), b, scaled(c, shift));
  }
  return differ;
}

/* c far above or below the product, so that only the sticky bit of one shows in the other. */
static int fma_of_unlike(void) {
  int differ = 0;
  for (int i = 0; i < 500000; i++) {
    uint64_t bits = next_bits();
    float a = scaled((float)(int32_t)(bits & 0xffffff), (int)(bits >> 24 & 63) - 40);
    float b = scaled((float)(1 + (bits >> 30 & 7)), (int)(bits >> 33 & 63) - 40);
    float c = scaled((float)((int32_t)(bits >> 40) - 0x800000), (int)(next_bits() % 160) - 80);
    differ += fma_differs(a, b, c);
  }
  return differ;
}

/* Results around the smallest floats: the double sum is exact to the last place there, the float
 * has fewer bits. */
static int fma_of_subnormal(void) {
  int differ = 0;
  for (int i = 0; i < 500000; i++) {
    uint64_t bits = next_bits();
    float a = scaled((float)(bits & 0xffffff), -24 - (int)(bits >> 24 & 63));
    float b = scaled((float)(bits >> 40), -24 - 149 + 32 + (int)(bits >> 30 & 31));
    float c = bits_float((uint32_t)(next_bits() & 0x81ffffff));
    differ += fma_differs(a, b, c);
    differ += fma_differs(-a, b, c);
  }
  return differ;
}

TEST(fma) {
  draws = 0;
  CHECK(fma_of_any_bits() == 0);
  CHECK(fma_of_canceling() == 0);
  CHECK(fma_of_halfway() == 0);
  CHECK(fma_of_unlike() == 0);
  CHECK(fma_of_subnormal() == 0);
}

TEST(fma_of_special_values) {
  const float special[] = {0.0f,    -0.0f,     1.0f,       -1.0f,    FLT_MAX,   -FLT_MAX,
                           FLT_MIN, 0x1p-149f, -0x1p-149f, INFINITY, -INFINITY, NAN};
  enum { N = sizeof special / sizeof *special };
  for (int i = 0; i < N * N * N; i++)
    CHECK(!fma_differs(special[i % N], special[i / N % N], special[i / N / N]));
}

TEST(rounding) {
  for (int i = 0; i < 200000; i++) {
    double x = next_in(-1, 1) * ldexp(1, (int)(next_bits() % 51));
    if (i % 4 == 0) x = floor(x) + 0.5;
    CHECK(uf_round(x) == nearbyint(x));
  }
  CHECK(uf_round(0.5) == 0 && uf_round(1.5) == 2 && uf_round(-0.5) == 0 && uf_round(-1.5) == -2);
  CHECK(uf_scale2(3, -1022) == ldexp(3, -1022) && uf_scale2(-1.5, 1023) == ldexp(-1.5, 1023));
}

/* ---- accuracy ---- */

static double one_of(vf lanes) {
  float lane[16];
  vf_store(lane, lanes);
  return lane[15];
}
static double lanes_exp2(double x) { return one_of(vf_exp2(vf_set((float)x))); }
static double lanes_log2(double x) { return one_of(vf_log2(vf_set((float)x))); }
static double lanes_power(double x) {
  return one_of(vf_exp2(vf_mul(vf_set(0.895f), vf_log2(vf_set((float)x)))));
}
static long double true_power(long double x) { return powl(x, 0.895f); }
static double power_3(double x) { return uf_pow(x, 3.7); }
static long double true_power_3(long double x) { return powl(x, 3.7); }

/* A function on an interval, and the errors that it may have there: in units in the last place of
 * the result, or absolute where a result near 0 has no last place to speak of. */
typedef struct accuracy {
  const char *name;
  double (*function)(double);
  long double (*truth)(long double);
  double low, high;
  int digits; /* of the result: 53 for double, 24 for float */
  int is_absolute;
  double worst; /* allowed */
} accuracy;

static const accuracy accuracies[] = {
    {"uf_exp, near 0", uf_exp, expl, -1, 1, 53, 0, 1.1},
    {"uf_exp", uf_exp, expl, -708, 709, 53, 0, 1.4},
    {"uf_log, near 1", uf_log, logl, 0.5, 2, 53, 0, 3},
    {"uf_log", uf_log, logl, 2, 1e9, 53, 0, 1.7},
    {"uf_log, tiny", uf_log, logl, 0x1p-1022, 1e-9, 53, 0, 0.7},
    {"uf_log2", uf_log2, log2l, 2, 1e9, 53, 0, 2.5},
    {"uf_pow(x, 3.7)", power_3, true_power_3, 1e-3, 1e3, 53, 0, 35},
    {"vf_exp2, near 0", lanes_exp2, exp2l, -0.5, 0.5, 24, 0, 1.2},
    {"vf_exp2", lanes_exp2, exp2l, -126, 127, 24, 0, 1.2},
    {"vf_log2, near 1", lanes_log2, log2l, 0.7072, 1.4142, 24, 1, 1.6e-7},
    {"vf_log2", lanes_log2, log2l, 2, 1e9, 24, 0, 1.5},
    {"vf_log2, tiny", lanes_log2, log2l, 1e-30, 0.5, 24, 0, 1.5},
    {"d^2b of the layout", lanes_power, true_power, 1e-6, 1e4, 24, 0, 24},
};
enum { N_ACCURACIES = sizeof accuracies / sizeof *accuracies, N_SAMPLES = 200000 };

/* Evenly in x, or in log x where the interval spans orders of magnitude. */
static double sample_of(const accuracy *a, int i) {
  double part = (i + 0.5) / N_SAMPLES;
  double x = a->low > 0 && a->high / a->low > 4 ? a->low * pow(a->high / a->low, part)
                                                : a->low + part * (a->high - a->low);
  return a->digits == 24 ? (float)x : x;
}

static double error_of(const accuracy *a, double x) {
  long double truth = a->truth(x), error = fabsl((long double)a->function(x) - truth);
  if (a->is_absolute || truth == 0) return (double)error;
  int exponent;
  frexpl(truth, &exponent);
  return (double)ldexpl(error, a->digits - exponent);
}

typedef struct errors {
  double worst, mean;
} errors;

static errors measure(const accuracy *a) {
  errors e = {0, 0};
  for (int i = 0; i < N_SAMPLES; i++) {
    double error = error_of(a, sample_of(a, i));
    e.worst = error > e.worst || error != error ? error : e.worst;
    e.mean += error / N_SAMPLES;
  }
  return e;
}

static void print_accuracies(void) {
  printf("%-20s %21s %10s %10s\n", "function", "interval", "worst", "mean");
  for (const accuracy *a = accuracies; a < accuracies + N_ACCURACIES; a++) {
    errors e = measure(a);
    printf("%-20s %10.3g %10.3g %10.3g %10.3g %s\n", a->name, a->low, a->high, e.worst, e.mean,
           a->is_absolute ? "" : "ulp");
  }
}

/* Long doubles cannot serve as reference where they are doubles, as under valgrind. */
static int is_truth_finer(void) {
  volatile long double one = 1, little = 0x1p-60L;
  return one + little != one;
}

/* Not too far below the bound either: the table is to say what is. */
TEST(accuracies_are_as_stated) {
  if (!is_truth_finer()) return;
  for (const accuracy *a = accuracies; a < accuracies + N_ACCURACIES; a++) {
    errors e = measure(a);
    CHECK_CLOSE(e.worst, 0, a->worst);
    CHECK(e.worst > a->worst / 2);
    if (!(e.worst <= a->worst && e.worst > a->worst / 2)) fprintf(stderr, "of %s\n", a->name);
  }
}

/* ---- special values ---- */

TEST(exponential) {
  CHECK(uf_exp(0) == 1 && uf_exp(-0.0) == 1);
  CHECK(uf_exp(1e-300) == 1 && uf_exp(-1e-300) == 1);
  CHECK(uf_exp(709) < INFINITY && uf_exp(-708) > 0);
  CHECK(uf_exp(710) == INFINITY && uf_exp(1e300) == INFINITY && uf_exp(INFINITY) == INFINITY);
  CHECK(uf_exp(-750) == 0 && uf_exp(-1e300) == 0 && uf_exp(-INFINITY) == 0);
  CHECK(isnan(uf_exp(NAN)));
}

/* Nearer to 1 than the samples of the table come, and at powers of two. */
TEST(logarithm) {
  const accuracy any = {"", uf_log, logl, 0, 0, 53, 0, 0};
  double error = 0;
  for (int i = 0; i < 500000; i++)
    error = fmax(error, error_of(&any, 1 + next_in(-0.5, 1) * ldexp(1, -(int)(next_bits() % 50))));
  CHECK_CLOSE(error, 0, 4);
  for (int e = -1022; e <= 1023; e++) CHECK(error_of(&any, ldexp(1, e)) <= 1);
  CHECK(uf_log(1) == 0 && uf_log2(1) == 0);
  CHECK_CLOSE(uf_log(DBL_MIN), log(DBL_MIN), 1e-12);
  CHECK_CLOSE(uf_log(DBL_MAX), log(DBL_MAX), 1e-12);
}

/* A rounding of y log x by half a place is |y log x| places of the power: the error grows with the
 * exponent. */
TEST(power) {
  double error = 0;
  for (int i = 0; i < 500000; i++) {
    double x = exp(next_in(-20, 20)), y = next_in(-30, 30), exponent = fabs(y * log(x));
    long double truth = powl(x, y);
    error = fmax(error, (double)fabsl(uf_pow(x, y) / truth - 1) * 0x1p53 / (1 + exponent));
  }
  if (is_truth_finer()) CHECK_CLOSE(error, 0, 4);
  CHECK(uf_pow(0, 2) == 0 && uf_pow(0, 0.5) == 0 && uf_pow(0, 0) == 1 && uf_pow(0, -1) == INFINITY);
  CHECK(uf_pow(1, 123.4) == 1 && uf_pow(7, 0) == 1);
  CHECK_CLOSE(uf_pow(2, 10), 1024, 1e-10);
  CHECK(uf_pow(10, 400) == INFINITY && uf_pow(10, -400) == 0);
  CHECK(uf_pow(1e-310, 2) == 0);
  CHECK(isnan(uf_pow(2, NAN)));
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--table") == 0) {
    print_accuracies();
    return 0;
  }
  RUN(fma);
  RUN(fma_of_special_values);
  RUN(rounding);
  RUN(accuracies_are_as_stated);
  RUN(exponential);
  RUN(logarithm);
  RUN(power);
  return check_report();
}
