/*
 * simd/isa/lanes_neon.h: the vocabulary of lanes (simd/isa/lanes_scalar.h defines it) in NEON,
 * which every arm64 has: 16 lanes are four registers.
 */
/* clang-format off */
#include <arm_neon.h>

#define LANES static inline

typedef struct { float32x4_t at[4]; } vf;
typedef struct { int32x4_t at[4]; } vi;

#define EACH_QUARTER UNROLLED for (int q = 0; q < 4; q++)

LANES vf vf_load(const float *x) { vf r; EACH_QUARTER r.at[q] = vld1q_f32(x + 4 * q); return r; }
LANES void vf_store(float *x, vf a) { EACH_QUARTER vst1q_f32(x + 4 * q, a.at[q]); }
LANES vf vf_set(float x) { vf r; EACH_QUARTER r.at[q] = vdupq_n_f32(x); return r; }
LANES vf vf_add(vf a, vf b) { EACH_QUARTER a.at[q] = vaddq_f32(a.at[q], b.at[q]); return a; }
LANES vf vf_sub(vf a, vf b) { EACH_QUARTER a.at[q] = vsubq_f32(a.at[q], b.at[q]); return a; }
LANES vf vf_mul(vf a, vf b) { EACH_QUARTER a.at[q] = vmulq_f32(a.at[q], b.at[q]); return a; }
LANES vf vf_div(vf a, vf b) { EACH_QUARTER a.at[q] = vdivq_f32(a.at[q], b.at[q]); return a; }
/* By comparison, as the other sets do it: vminq differs on zeros of unlike sign. */
LANES vf vf_min(vf a, vf b) { EACH_QUARTER a.at[q] = vbslq_f32(vcltq_f32(a.at[q], b.at[q]), a.at[q], b.at[q]); return a; }
LANES vf vf_max(vf a, vf b) { EACH_QUARTER a.at[q] = vbslq_f32(vcgtq_f32(a.at[q], b.at[q]), a.at[q], b.at[q]); return a; }
LANES vf vf_sqrt(vf a) { EACH_QUARTER a.at[q] = vsqrtq_f32(a.at[q]); return a; }
LANES vf vf_abs(vf a) { EACH_QUARTER a.at[q] = vabsq_f32(a.at[q]); return a; }
LANES vf vf_fma(vf a, vf b, vf c) { EACH_QUARTER c.at[q] = vfmaq_f32(c.at[q], a.at[q], b.at[q]); return c; }
LANES float vf_sum(vf a) {
  float32x4_t four = vaddq_f32(vaddq_f32(a.at[0], a.at[2]), vaddq_f32(a.at[1], a.at[3]));
  float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

LANES vi vi_load(const int32_t *x) { vi r; EACH_QUARTER r.at[q] = vld1q_s32(x + 4 * q); return r; }
LANES void vi_store(int32_t *x, vi a) { EACH_QUARTER vst1q_s32(x + 4 * q, a.at[q]); }
LANES vi vi_set(int32_t x) { vi r; EACH_QUARTER r.at[q] = vdupq_n_s32(x); return r; }
LANES vi vi_add(vi a, vi b) { EACH_QUARTER a.at[q] = vaddq_s32(a.at[q], b.at[q]); return a; }
LANES vi vi_sub(vi a, vi b) { EACH_QUARTER a.at[q] = vsubq_s32(a.at[q], b.at[q]); return a; }
LANES vi vi_mul(vi a, vi b) { EACH_QUARTER a.at[q] = vmulq_s32(a.at[q], b.at[q]); return a; }
LANES vi vi_shift_left23(vi a) { EACH_QUARTER a.at[q] = vshlq_n_s32(a.at[q], 23); return a; }
LANES vi vi_shift_right23(vi a) { EACH_QUARTER a.at[q] = vshrq_n_s32(a.at[q], 23); return a; }
LANES vi vi_max(vi a, vi b) { EACH_QUARTER a.at[q] = vmaxq_s32(a.at[q], b.at[q]); return a; }
LANES uint32_t vi_greater(vi a, vi b) {
  const uint32x4_t bit = {1, 2, 4, 8};
  uint32_t m = 0;
  EACH_QUARTER m |= vaddvq_u32(vandq_u32(vcgtq_s32(a.at[q], b.at[q]), bit)) << (4 * q);
  return m;
}
LANES uint32_t vf_less(vf a, vf b) {
  const uint32x4_t bit = {1, 2, 4, 8};
  uint32_t m = 0;
  EACH_QUARTER m |= vaddvq_u32(vandq_u32(vcltq_f32(a.at[q], b.at[q]), bit)) << (4 * q);
  return m;
}
LANES void vi_compress(int32_t *out, uint32_t m, vi a) {
  int32_t lane[16];
  vi_store(lane, a);
  for (; m; m &= m - 1) *out++ = lane[__builtin_ctz(m)];
}
/* Places are at most 127, so both sides fit signed bytes. */
LANES vi vi_dot4(vi acc, vi place, vi query) {
  EACH_QUARTER {
    int8x16_t a = vreinterpretq_s8_s32(place.at[q]), b = vreinterpretq_s8_s32(query.at[q]);
    int32x4_t lo = vpaddlq_s16(vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    int32x4_t hi = vpaddlq_s16(vmull_high_s8(a, b));
    acc.at[q] = vaddq_s32(acc.at[q], vpaddq_s32(lo, hi));
  }
  return acc;
}

LANES void vi_store_bytes(int8_t *x, vi a) {
  int16x8_t lo = vcombine_s16(vmovn_s32(a.at[0]), vmovn_s32(a.at[1]));
  int16x8_t hi = vcombine_s16(vmovn_s32(a.at[2]), vmovn_s32(a.at[3]));
  vst1q_s8(x, vcombine_s8(vmovn_s16(lo), vmovn_s16(hi)));
}

LANES vf vf_gather(const float *base, vi index) {
  int32_t at[16];
  float values[16];
  vi_store(at, index);
  for (int l = 0; l < 16; l++) values[l] = base[at[l]];
  return vf_load(values);
}
LANES void vf_gather_pairs(const float *base, const int32_t *index, vf *x, vf *y) {
  EACH_QUARTER {
    const int32_t *i = index + 4 * q;
    float32x4_t ab = vcombine_f32(vld1_f32(base + 2 * (ptrdiff_t)i[0]), vld1_f32(base + 2 * (ptrdiff_t)i[1]));
    float32x4_t cd = vcombine_f32(vld1_f32(base + 2 * (ptrdiff_t)i[2]), vld1_f32(base + 2 * (ptrdiff_t)i[3]));
    x->at[q] = vuzp1q_f32(ab, cd);
    y->at[q] = vuzp2q_f32(ab, cd);
  }
}

LANES vi vf_bits(vf a) { vi r; EACH_QUARTER r.at[q] = vreinterpretq_s32_f32(a.at[q]); return r; }
LANES vf vi_bits(vi a) { vf r; EACH_QUARTER r.at[q] = vreinterpretq_f32_s32(a.at[q]); return r; }
LANES vf vi_to_float(vi a) { vf r; EACH_QUARTER r.at[q] = vcvtq_f32_s32(a.at[q]); return r; }
LANES vi vf_round(vf a) { vi r; EACH_QUARTER r.at[q] = vcvtnq_s32_f32(a.at[q]); return r; }

enum { PRODUCT_ROWS = 3, PRODUCT_LANES = 1, SCAN_ROWS = 3, SCAN_PANELS = 1, SCAN_ALONE = 2 };
