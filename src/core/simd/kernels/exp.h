/*
 * simd/kernels/exp.h: powers of two and logarithms of 16 lanes, and sums of exponentials.
 *
 *   exp_sum    Σ exp(-x_i / sigma)          exp_terms    exp(-x_i / sigma)
 *
 * Contract: x, out: n floats, n a multiple of 16; x >= 0, sigma > 0. FLT_MAX in x counts as
 * infinity: its term is below 2^-125.
 *
 * vf_exp2 and vf_log2 serve the other templates, so this one is included first. Their coefficients
 * interpolate at Chebyshev nodes: the relative error of exp2 is below 2e-8 on [-½, ½] before
 * rounding, the absolute error of log2 below 1e-7 on [√½, √2) (tests/c/test_kernel_exp.c).
 */

/* 2^x; x counts as the nearest end of [-126, 127] beyond it. */
LANES vf vf_exp2(vf x) {
  x = vf_min(vf_max(x, vf_set(-126.0f)), vf_set(127.0f));
  vi whole = vf_round(x);
  vf f = vf_sub(x, vi_to_float(whole));
  vf p = vf_set(1.546144470e-04f);
  p = vf_fma(p, f, vf_set(1.340042818e-03f));
  p = vf_fma(p, f, vf_set(9.618056679e-03f));
  p = vf_fma(p, f, vf_set(5.550327227e-02f));
  p = vf_fma(p, f, vf_set(2.402265092e-01f));
  p = vf_fma(p, f, vf_set(6.931472067e-01f));
  p = vf_fma(p, f, vf_set(1.0f));
  return vi_bits(vi_add(vf_bits(p), vi_shift_left23(whole)));
}

/* log2 x for normal x > 0: the exponent, and a polynomial in the mantissa less 1. */
LANES vf vf_log2(vf x) {
  const int32_t sqrt_half = 0x3f3504f3;
  vi whole = vi_shift_right23(vi_sub(vf_bits(x), vi_set(sqrt_half)));
  vf t = vf_sub(vi_bits(vi_sub(vf_bits(x), vi_shift_left23(whole))), vf_set(1.0f));
  vf p = vf_set(-1.427597344e-01f);
  p = vf_fma(p, t, vf_set(2.326525788e-01f));
  p = vf_fma(p, t, vf_set(-2.492718221e-01f));
  p = vf_fma(p, t, vf_set(2.872888824e-01f));
  p = vf_fma(p, t, vf_set(-3.602251825e-01f));
  p = vf_fma(p, t, vf_set(4.809167080e-01f));
  p = vf_fma(p, t, vf_set(-7.213529314e-01f));
  p = vf_fma(p, t, vf_set(1.442694995e+00f));
  return vf_fma(p, t, vi_to_float(whole));
}

/* exp(-x / sigma); the caller passes -log2(e) / sigma. */
LANES vf exp_term(const float *x, vf minus_log2e_by_sigma) {
  return vf_exp2(vf_mul(vf_load(x), minus_log2e_by_sigma));
}

LANES float exp_sum(const float *x, int n, float sigma) {
  vf scale = vf_set(-1.44269504f / sigma), sum = vf_set(0);
  for (int i = 0; i < n; i += 16) sum = vf_add(sum, exp_term(x + i, scale));
  return vf_sum(sum);
}

LANES void exp_terms(const float *x, int n, float sigma, float *out) {
  vf scale = vf_set(-1.44269504f / sigma);
  for (int i = 0; i < n; i += 16) vf_store(out + i, exp_term(x + i, scale));
}
