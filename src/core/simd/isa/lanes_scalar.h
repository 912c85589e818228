/*
 * simd/isa/lanes_scalar.h: the vocabulary of lanes in plain C, for processors without a vector set
 * of their own here. It is also the definition: what these functions give, every other lanes_*.h
 * gives, bit for bit.
 */
/* clang-format off */
#define LANES static inline

typedef struct { float at[16]; } vf;      /* 16 floats */
typedef struct { int32_t at[16]; } vi;    /* 16 integers */

#define EACH_LANE for (int l = 0; l < 16; l++)

LANES vf vf_load(const float *x) { vf r; EACH_LANE r.at[l] = x[l]; return r; }
LANES void vf_store(float *x, vf a) { EACH_LANE x[l] = a.at[l]; }
LANES vf vf_set(float x) { vf r; EACH_LANE r.at[l] = x; return r; }
LANES vf vf_add(vf a, vf b) { EACH_LANE a.at[l] += b.at[l]; return a; }
LANES vf vf_sub(vf a, vf b) { EACH_LANE a.at[l] -= b.at[l]; return a; }
LANES vf vf_mul(vf a, vf b) { EACH_LANE a.at[l] *= b.at[l]; return a; }
LANES vf vf_div(vf a, vf b) { EACH_LANE a.at[l] /= b.at[l]; return a; }
LANES vf vf_min(vf a, vf b) { EACH_LANE a.at[l] = a.at[l] < b.at[l] ? a.at[l] : b.at[l]; return a; }
LANES vf vf_max(vf a, vf b) { EACH_LANE a.at[l] = a.at[l] > b.at[l] ? a.at[l] : b.at[l]; return a; }
LANES vf vf_sqrt(vf a) { EACH_LANE a.at[l] = sqrtf(a.at[l]); return a; }
LANES vf vf_abs(vf a) { EACH_LANE a.at[l] = fabsf(a.at[l]); return a; }
/* a * b + c, rounded once */
LANES vf vf_fma(vf a, vf b, vf c) { EACH_LANE c.at[l] = uf_fmaf(a.at[l], b.at[l], c.at[l]); return c; }
/* halves are added until one is left: lanes l and l + 8, then l and l + 4, … */
LANES float vf_sum(vf a) {
  for (int half = 8; half; half /= 2)
    for (int l = 0; l < half; l++) a.at[l] += a.at[l + half];
  return a.at[0];
}
/* base[index] */
LANES vf vf_gather(const float *base, vi index) { vf r; EACH_LANE r.at[l] = base[index.at[l]]; return r; }
/* x = base[2 index], y = base[2 index + 1], of 16 indices in memory */
LANES void vf_gather_pairs(const float *base, const int32_t *index, vf *x, vf *y) {
  EACH_LANE {
    x->at[l] = base[2 * (ptrdiff_t)index[l]];
    y->at[l] = base[2 * (ptrdiff_t)index[l] + 1];
  }
}

LANES vi vi_load(const int32_t *x) { vi r; EACH_LANE r.at[l] = x[l]; return r; }
LANES void vi_store(int32_t *x, vi a) { EACH_LANE x[l] = a.at[l]; }
LANES vi vi_set(int32_t x) { vi r; EACH_LANE r.at[l] = x; return r; }
LANES vi vi_add(vi a, vi b) { EACH_LANE a.at[l] += b.at[l]; return a; }
LANES vi vi_sub(vi a, vi b) { EACH_LANE a.at[l] -= b.at[l]; return a; }
LANES vi vi_mul(vi a, vi b) { EACH_LANE a.at[l] *= b.at[l]; return a; }
LANES vi vi_shift_left23(vi a) { EACH_LANE a.at[l] = (int32_t)((uint32_t)a.at[l] << 23); return a; }
LANES vi vi_shift_right23(vi a) { EACH_LANE a.at[l] >>= 23; return a; }
LANES vi vi_max(vi a, vi b) { EACH_LANE a.at[l] = a.at[l] > b.at[l] ? a.at[l] : b.at[l]; return a; }
/* bit l says whether lane l of a is greater */
LANES uint32_t vi_greater(vi a, vi b) { uint32_t m = 0; EACH_LANE m |= (uint32_t)(a.at[l] > b.at[l]) << l; return m; }
/* bit l says whether lane l of a is less */
LANES uint32_t vf_less(vf a, vf b) { uint32_t m = 0; EACH_LANE m |= (uint32_t)(a.at[l] < b.at[l]) << l; return m; }
/* the lanes of a that m names, packed, to out, which has room for 16 */
LANES void vi_compress(int32_t *out, uint32_t m, vi a) { for (; m; m &= m - 1) *out++ = a.at[__builtin_ctz(m)]; }
/* acc + the product of four unsigned bytes of `place` (at most 127) and four signed of `query`, in
 * each lane */
LANES vi vi_dot4(vi acc, vi place, vi query) {
  EACH_LANE for (int byte = 0; byte < 32; byte += 8)
    acc.at[l] += (int32_t)((uint32_t)place.at[l] >> byte & 0xff) * (int8_t)((uint32_t)query.at[l] >> byte & 0xff);
  return acc;
}
/* the lanes, all in -128 … 127, as bytes */
LANES void vi_store_bytes(int8_t *x, vi a) { EACH_LANE x[l] = (int8_t)a.at[l]; }

/* Reinterpretation of bits, and conversion of values (to the nearest integer, ties to even). */
LANES vi vf_bits(vf a) { vi r; memcpy(&r, &a, sizeof r); return r; }
LANES vf vi_bits(vi a) { vf r; memcpy(&r, &a, sizeof r); return r; }
LANES vf vi_to_float(vi a) { vf r; EACH_LANE r.at[l] = (float)a.at[l]; return r; }
LANES vi vf_round(vf a) { vi r; EACH_LANE r.at[l] = (int32_t)uf_round(a.at[l]); return r; }

enum { PRODUCT_ROWS = 2, PRODUCT_LANES = 1, SCAN_ROWS = 2, SCAN_PANELS = 1, SCAN_ALONE = 1 };
