/*
 * arith/exp_log.h: exp, log and pow in double, by series with a fixed order of operations (no
 * libm), so that they have the same bits everywhere.
 *
 * Worst errors, in units in the last place of the result, measured against long double by
 * tests/c/test_arith.c; vf_exp2 and vf_log2 are the lanes' versions, in float (simd/kernels/exp.h):
 *
 *     uf_exp       1.1        vf_exp2                  1.0
 *     uf_log       1.7        vf_log2                  1.4
 *       in ½ … 2   2.7          in √½ … √2             1.2e-7 absolute
 *     uf_pow       about 4 (1 + |y log x|)
 */
#ifndef UF_EXP_LOG_H
#define UF_EXP_LOG_H

#include "arith/arith.h"

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
