/*
 * arith/arith.h: the rules of arithmetic that give the same bits on every machine, and how floats
 * are taken apart, rounded and fused.
 *
 * 1. A compiler may fuse a * b + c or not, as it likes, and the two differ in the last bit. Here it
 *    may not: the pragma below forbids it, and where fusing is wanted it is written out, as
 *    uf_fmaf() or the fma of the lanes (simd/lanes_*.h). So every file that computes results
 *    includes this header before any other (tools/check_layers.R looks), and -ffast-math is
 *    refused.
 * 2. Sums of floats have a fixed shape: 16 lanes, lane l taking elements l, l + 16, …, then a fixed
 *    tree; or index order. Sums over rows are made block by block, the blocks being fixed, and the
 *    partial sums added in block order.
 * 3. + - * / and sqrt are exact by IEEE 754, in the mode that arith/float_mode.h sets; 1 / sqrt(x)
 *    is two of them. Where a NaN or a zero of either sign could be told apart, values are compared,
 *    not passed to fmin() and its like.
 * 4. No libm beyond sqrt and fabs, which are instructions: exp, log and pow are polynomials with a
 *    fixed order of operations: arith/exp_log.h for double, simd/kernels/exp.h for the lanes.
 *    arith/trigonometry.h has the angles, and simd/kernels/layout.h has a power of its own, exact
 *    to 2e-4, which is as much as sampled forces need. There are no others. Each file states its
 *    error.
 *
 * 5. Random numbers are counted (base/random.h), threads own what they write (base/parallel.h), and
 *    equal values are ordered by index. Integers are exact anyway.
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
#error "unfurl needs float arithmetic in float: compile it with -msse2 -mfpmath=sse"
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

#endif
