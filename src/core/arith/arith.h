/*
 * arith/arith.h: the rules of arithmetic that give the same bits on every machine, and the few functions
 * that the core needs.
 *
 * 1. A compiler may fuse a * b + c or not, as it likes, and the two differ in the last bit. Here it
 * may not: the pragma below forbids it, and where fusing is wanted it is written out, as uf_fmaf()
 * or the fma of the lanes (simd/lanes_*.h). So every file that computes results includes this
 * header before any other (tools/check_layers.R looks), and -ffast-math is refused.
 * 2. Sums of floats have a fixed shape: 16 lanes, lane l taking elements l, l + 16, …, then a fixed
 * tree; or index order. Sums over rows are made block by block, the blocks being fixed, and the
 * partial sums added in block order.
 * 3. + - * / and sqrt are exact by IEEE 754, in the mode that arith/float_mode.h sets; 1 / sqrt(x) is two
 * of them. Where a NaN or a zero of either sign could be told apart, values are compared, not
 * passed to fmin() and its like.
 * 4. No libm beyond sqrt and fabs, which are instructions: exp, log and pow are polynomials with a
 * fixed order of operations, these below for double and those of simd/kernels/exp.h for the lanes;
 * arith/trigonometry.h has the angles, and simd/kernels/layout.h a power of its own, exact to 2e-4, as much
 * as forces that are sampled need. There are no others. Worst errors, in units in the last place of
 * the result, measured against long double by tests/c/test_arith.c:
 *
 *     uf_exp       1.1        vf_exp2                  1.0
 *     uf_log       1.7        vf_log2                  1.4
 *       in ½ … 2   2.7          in √½ … √2             1.2e-7 absolute
 *     uf_pow       about 4 (1 + |y log x|)
 *
 * 5. Random numbers are counted (base/random.h), threads own what they write (base/parallel.h), and equal
 * values are ordered by index. Integers are exact anyway.
 *
 * tools/identity.sh proves it: compilers, flags, instruction sets, threads and processors.
 */
#ifndef UF_ARITH_H
#define UF_ARITH_H

#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "unfurl needs the arithmetic of IEEE 754: compile it without -ffast-math and -Ofast"
#endif

#include <float.h>
#if FLT_EVAL_METHOD != 0
#error                                                                                             \
    "unfurl needs float arithmetic in float (FLT_EVAL_METHOD 0): on 32-bit x86, compile with -msse2 -mfpmath=sse"
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t uf_double_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double uf_bits_double(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* a * b + c, rounded once. Without the instruction: the product of two floats is exact in double;
 * the sum is rounded to odd, so that the second rounding, to float, is right (Boldo and Melquiond
 * 2008). */
static inline float uf_fmaf(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__) || defined(__FP_FAST_FMAF)
  return __builtin_fmaf(a, b, c);
#else
  double product = (double)a * b;
  double sum = product + c;
  double c_seen = sum - product;
  double error = (product - (sum - c_seen)) + (c - c_seen);
  uint64_t bits = uf_double_bits(sum);
  if ((error > 0 || error < 0) && !(bits & 1)) bits += (error > 0) == (sum > 0) ? 1 : -(uint64_t)1;
  return (float)uf_bits_double(bits);
#endif
}

/* The integer nearest to x, ties to even, for |x| < 2^51. */
static inline double uf_round(double x) {
  const double shift = 0x1.8p52;
  volatile double shifted = x + shift; /* volatile: not to be simplified away */
  return shifted - shift;
}

/* x * 2^n for n in -1022 … 1023. */
static inline double uf_scale2(double x, int n) {
  return x * uf_bits_double((uint64_t)(n + 1023) << 52);
}

/* exp(x): x = n ln 2 + r, |r| <= ln 2 / 2, and the Taylor series of exp(r) to r^13. */
static inline double uf_exp(double x) {
  if (x != x) return x;
  if (x > 709) return 0x1p1023 * 2; /* infinity */
  if (x < -708) return 0;
  double n = uf_round(x * 0x1.71547652b82fep+0);
  double r = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
  static const double inverse_factorial[] = {1.0,
                                             1.0,
                                             1.0 / 2,
                                             1.0 / 6,
                                             1.0 / 24,
                                             1.0 / 120,
                                             1.0 / 720,
                                             1.0 / 5040,
                                             1.0 / 40320,
                                             1.0 / 362880,
                                             1.0 / 3628800,
                                             1.0 / 39916800,
                                             1.0 / 479001600,
                                             1.0 / 6227020800.0};
  double sum = inverse_factorial[13];
  for (int i = 12; i >= 0; i--) sum = sum * r + inverse_factorial[i];
  return uf_scale2(sum, (int)n);
}

/* log(x) for normal x > 0: x = 2^e m, m in [sqrt 1/2, sqrt 2), and log m = 2 atanh((m - 1) / (m +
 * 1)) by its series. */
static inline double uf_log(double x) {
  uint64_t bits = uf_double_bits(x);
  int e = (int)((bits - UINT64_C(0x3fe6a09e667f3bcd)) >> 52);
  if (e >= 1 << 11) e -= 1 << 12;
  double m = uf_bits_double(bits - ((uint64_t)e << 52));
  double s = (m - 1) / (m + 1), s2 = s * s, sum = 0;
  for (int i = 21; i >= 1; i -= 2) sum = sum * s2 + 1.0 / i;
  return e * 0x1.62e42fefa38p-1 + (2 * s * sum + e * 0x1.ef35793c7673p-45);
}

/* x^y for x >= 0; 0^y is 0 for y > 0. */
static inline double uf_pow(double x, double y) {
  if (x != x) return x;
  if (y == 0) return 1;
  if (x < 0x1p-1022) return y > 0 ? 0 : 0x1p1023 * 2;
  return uf_exp(y * uf_log(x));
}

static inline double uf_log2(double x) { return uf_log(x) * 0x1.71547652b82fep+0; }

#endif
