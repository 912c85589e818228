/*
 * simd/isa/lanes_sse2.h: the vocabulary of lanes (simd/isa/lanes_scalar.h defines it) in SSE2,
 * which every x86-64 has: 16 lanes are four registers. What SSE2 lacks is put together from what it
 * has; a fused multiply-add is made in double, or with UF_FMA by the instruction.
 */
/* clang-format off */
#include <immintrin.h>

#if defined(UF_FMA) && defined(__clang__)
#define LANES static inline __attribute__((target("fma")))
#elif defined(UF_FMA)
#define LANES static inline __attribute__((target("fma,prefer-vector-width=128")))
#else
#define LANES static inline
#endif

typedef struct { __m128 at[4]; } vf;
typedef struct { __m128i at[4]; } vi;

#define EACH_QUARTER UNROLLED for (int q = 0; q < 4; q++)

LANES vf vf_load(const float *x) { vf r; EACH_QUARTER r.at[q] = _mm_loadu_ps(x + 4 * q); return r; }
LANES void vf_store(float *x, vf a) { EACH_QUARTER _mm_storeu_ps(x + 4 * q, a.at[q]); }
LANES vf vf_set(float x) { vf r; EACH_QUARTER r.at[q] = _mm_set1_ps(x); return r; }
LANES vf vf_add(vf a, vf b) { EACH_QUARTER a.at[q] = _mm_add_ps(a.at[q], b.at[q]); return a; }
LANES vf vf_sub(vf a, vf b) { EACH_QUARTER a.at[q] = _mm_sub_ps(a.at[q], b.at[q]); return a; }
LANES vf vf_mul(vf a, vf b) { EACH_QUARTER a.at[q] = _mm_mul_ps(a.at[q], b.at[q]); return a; }
LANES vf vf_div(vf a, vf b) { EACH_QUARTER a.at[q] = _mm_div_ps(a.at[q], b.at[q]); return a; }
LANES vf vf_min(vf a, vf b) { EACH_QUARTER a.at[q] = _mm_min_ps(a.at[q], b.at[q]); return a; }
LANES vf vf_max(vf a, vf b) { EACH_QUARTER a.at[q] = _mm_max_ps(a.at[q], b.at[q]); return a; }
LANES vf vf_sqrt(vf a) { EACH_QUARTER a.at[q] = _mm_sqrt_ps(a.at[q]); return a; }
LANES vf vf_abs(vf a) { EACH_QUARTER a.at[q] = _mm_andnot_ps(_mm_set1_ps(-0.0f), a.at[q]); return a; }

#if defined(UF_FMA)
LANES __m128 fma_of_4(__m128 a, __m128 b, __m128 c) { return _mm_fmadd_ps(a, b, c); }
#else
/* uf_fmaf() on two lanes: the product is exact in double, and the sum rounded to odd. */
LANES __m128 fma_of_2(__m128 a, __m128 b, __m128 c) {
  __m128d product = _mm_mul_pd(_mm_cvtps_pd(a), _mm_cvtps_pd(b)), addend = _mm_cvtps_pd(c), zero = _mm_setzero_pd();
  __m128d sum = _mm_add_pd(product, addend), seen = _mm_sub_pd(sum, product);
  __m128d error = _mm_add_pd(_mm_sub_pd(product, _mm_sub_pd(sum, seen)), _mm_sub_pd(addend, seen));
  __m128i inexact = _mm_castpd_si128(_mm_or_pd(_mm_cmplt_pd(error, zero), _mm_cmpgt_pd(error, zero)));
  __m128i bits = _mm_castpd_si128(sum), one = _mm_set_epi32(0, 1, 0, 1);
  __m128i even = _mm_sub_epi64(_mm_and_si128(bits, one), one); /* all bits where the last place is even */
  __m128i signs = _mm_castpd_si128(_mm_xor_pd(sum, error));
  __m128i unlike = _mm_srai_epi32(_mm_shuffle_epi32(signs, 0xf5), 31); /* all bits where the signs differ */
  __m128i step = _mm_and_si128(_mm_or_si128(unlike, one), _mm_and_si128(inexact, even)); /* +1, -1 or 0 */
  return _mm_cvtpd_ps(_mm_castsi128_pd(_mm_add_epi64(bits, step)));
}
LANES __m128 fma_of_4(__m128 a, __m128 b, __m128 c) {
  return _mm_movelh_ps(fma_of_2(a, b, c), fma_of_2(_mm_movehl_ps(a, a), _mm_movehl_ps(b, b), _mm_movehl_ps(c, c)));
}
#endif
LANES vf vf_fma(vf a, vf b, vf c) { EACH_QUARTER c.at[q] = fma_of_4(a.at[q], b.at[q], c.at[q]); return c; }

LANES float vf_sum(vf a) {
  __m128 four = _mm_add_ps(_mm_add_ps(a.at[0], a.at[2]), _mm_add_ps(a.at[1], a.at[3]));
  __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

LANES vi vi_load(const int32_t *x) { vi r; EACH_QUARTER r.at[q] = _mm_loadu_si128((const __m128i *)(x + 4 * q)); return r; }
LANES void vi_store(int32_t *x, vi a) { EACH_QUARTER _mm_storeu_si128((__m128i *)(x + 4 * q), a.at[q]); }
LANES vi vi_set(int32_t x) { vi r; EACH_QUARTER r.at[q] = _mm_set1_epi32(x); return r; }
LANES vi vi_add(vi a, vi b) { EACH_QUARTER a.at[q] = _mm_add_epi32(a.at[q], b.at[q]); return a; }
LANES vi vi_sub(vi a, vi b) { EACH_QUARTER a.at[q] = _mm_sub_epi32(a.at[q], b.at[q]); return a; }
LANES __m128i product_of_4(__m128i a, __m128i b) {
  __m128i even = _mm_mul_epu32(a, b), odd = _mm_mul_epu32(_mm_srli_epi64(a, 32), _mm_srli_epi64(b, 32));
  return _mm_unpacklo_epi32(_mm_shuffle_epi32(even, 0x08), _mm_shuffle_epi32(odd, 0x08));
}
LANES vi vi_mul(vi a, vi b) { EACH_QUARTER a.at[q] = product_of_4(a.at[q], b.at[q]); return a; }
LANES vi vi_shift_left23(vi a) { EACH_QUARTER a.at[q] = _mm_slli_epi32(a.at[q], 23); return a; }
LANES vi vi_shift_right23(vi a) { EACH_QUARTER a.at[q] = _mm_srai_epi32(a.at[q], 23); return a; }
LANES __m128i max_of_4(__m128i a, __m128i b) {
  __m128i greater = _mm_cmpgt_epi32(a, b);
  return _mm_or_si128(_mm_and_si128(greater, a), _mm_andnot_si128(greater, b));
}
LANES vi vi_max(vi a, vi b) { EACH_QUARTER a.at[q] = max_of_4(a.at[q], b.at[q]); return a; }
LANES uint32_t vi_greater(vi a, vi b) {
  uint32_t m = 0;
  EACH_QUARTER m |= (uint32_t)_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(a.at[q], b.at[q]))) << (4 * q);
  return m;
}
LANES uint32_t vf_less(vf a, vf b) {
  uint32_t m = 0;
  EACH_QUARTER m |= (uint32_t)_mm_movemask_ps(_mm_cmplt_ps(a.at[q], b.at[q])) << (4 * q);
  return m;
}
LANES void vi_compress(int32_t *out, uint32_t m, vi a) {
  int32_t lane[16];
  vi_store(lane, a);
  for (; m; m &= m - 1) *out++ = lane[__builtin_ctz(m)];
}
/* Bytes 0 and 2 of each lane, then 1 and 3, as halves of 16 bits. */
LANES __m128i dot4_of_4(__m128i acc, __m128i place, __m128i query) {
  __m128i even = _mm_madd_epi16(_mm_and_si128(place, _mm_set1_epi16(0xff)), _mm_srai_epi16(_mm_slli_epi16(query, 8), 8));
  __m128i odd = _mm_madd_epi16(_mm_srli_epi16(place, 8), _mm_srai_epi16(query, 8));
  return _mm_add_epi32(acc, _mm_add_epi32(even, odd));
}
LANES vi vi_dot4(vi acc, vi place, vi query) { EACH_QUARTER acc.at[q] = dot4_of_4(acc.at[q], place.at[q], query.at[q]); return acc; }
LANES void vi_store_bytes(int8_t *x, vi a) {
  __m128i lo = _mm_packs_epi32(a.at[0], a.at[1]), hi = _mm_packs_epi32(a.at[2], a.at[3]);
  _mm_storeu_si128((__m128i *)(void *)x, _mm_packs_epi16(lo, hi));
}

LANES vf vf_gather(const float *base, vi index) {
  int32_t at[16];
  float values[16];
  vi_store(at, index);
  for (int l = 0; l < 16; l++) values[l] = base[at[l]];
  return vf_load(values);
}
LANES __m128 pair_at(const float *base, int32_t index) {
  return _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)(base + 2 * (ptrdiff_t)index)));
}
LANES void vf_gather_pairs(const float *base, const int32_t *index, vf *x, vf *y) {
  EACH_QUARTER {
    const int32_t *i = index + 4 * q;
    __m128 ab = _mm_movelh_ps(pair_at(base, i[0]), pair_at(base, i[1]));
    __m128 cd = _mm_movelh_ps(pair_at(base, i[2]), pair_at(base, i[3]));
    x->at[q] = _mm_shuffle_ps(ab, cd, 0x88);
    y->at[q] = _mm_shuffle_ps(ab, cd, 0xdd);
  }
}

LANES vi vf_bits(vf a) { vi r; EACH_QUARTER r.at[q] = _mm_castps_si128(a.at[q]); return r; }
LANES vf vi_bits(vi a) { vf r; EACH_QUARTER r.at[q] = _mm_castsi128_ps(a.at[q]); return r; }
LANES vf vi_to_float(vi a) { vf r; EACH_QUARTER r.at[q] = _mm_cvtepi32_ps(a.at[q]); return r; }
LANES vi vf_round(vf a) { vi r; EACH_QUARTER r.at[q] = _mm_cvtps_epi32(a.at[q]); return r; }

enum { PRODUCT_ROWS = 2, PRODUCT_LANES = 1, SCAN_ROWS = 2, SCAN_PANELS = 1, SCAN_ALONE = 2 };
