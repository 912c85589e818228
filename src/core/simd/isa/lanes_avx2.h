/*
 * simd/isa/lanes_avx2.h: the vocabulary of lanes (simd/isa/lanes_scalar.h defines it) in AVX2 and
 * FMA: 16 lanes are two registers.
 */
/* clang-format off */
#include <immintrin.h>

#define LANES static inline __attribute__((target("avx2,fma")))

typedef struct { __m256 lo, hi; } vf;
typedef struct { __m256i lo, hi; } vi;

#define BOTH(type, call_lo, call_hi) \
  type r = {call_lo, call_hi};       \
  return r

LANES vf vf_load(const float *x) { BOTH(vf, _mm256_loadu_ps(x), _mm256_loadu_ps(x + 8)); }
LANES void vf_store(float *x, vf a) { _mm256_storeu_ps(x, a.lo); _mm256_storeu_ps(x + 8, a.hi); }
LANES vf vf_set(float x) { BOTH(vf, _mm256_set1_ps(x), _mm256_set1_ps(x)); }
LANES vf vf_add(vf a, vf b) { BOTH(vf, _mm256_add_ps(a.lo, b.lo), _mm256_add_ps(a.hi, b.hi)); }
LANES vf vf_sub(vf a, vf b) { BOTH(vf, _mm256_sub_ps(a.lo, b.lo), _mm256_sub_ps(a.hi, b.hi)); }
LANES vf vf_mul(vf a, vf b) { BOTH(vf, _mm256_mul_ps(a.lo, b.lo), _mm256_mul_ps(a.hi, b.hi)); }
LANES vf vf_div(vf a, vf b) { BOTH(vf, _mm256_div_ps(a.lo, b.lo), _mm256_div_ps(a.hi, b.hi)); }
LANES vf vf_min(vf a, vf b) { BOTH(vf, _mm256_min_ps(a.lo, b.lo), _mm256_min_ps(a.hi, b.hi)); }
LANES vf vf_max(vf a, vf b) { BOTH(vf, _mm256_max_ps(a.lo, b.lo), _mm256_max_ps(a.hi, b.hi)); }
LANES vf vf_sqrt(vf a) { BOTH(vf, _mm256_sqrt_ps(a.lo), _mm256_sqrt_ps(a.hi)); }
LANES vf vf_abs(vf a) {
  __m256 sign = _mm256_set1_ps(-0.0f);
  BOTH(vf, _mm256_andnot_ps(sign, a.lo), _mm256_andnot_ps(sign, a.hi));
}
LANES vf vf_fma(vf a, vf b, vf c) {
  BOTH(vf, _mm256_fmadd_ps(a.lo, b.lo, c.lo), _mm256_fmadd_ps(a.hi, b.hi, c.hi));
}
LANES float vf_sum(vf a) {
  __m256 eight = _mm256_add_ps(a.lo, a.hi);
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
LANES vf vf_gather(const float *base, vi index) {
  BOTH(vf, _mm256_i32gather_ps(base, index.lo, 4), _mm256_i32gather_ps(base, index.hi, 4));
}

/* Eight pairs: loads and shuffles, which are faster than the gather instruction. */
LANES void gather_8_pairs(const float *base, const int32_t *at, __m256 *x, __m256 *y) {
  __m128 pair[8];
  for (int l = 0; l < 8; l++) pair[l] = _mm_castsi128_ps(_mm_loadl_epi64((const __m128i *)(const void *)(base + 2 * (ptrdiff_t)at[l])));
  __m128 ab = _mm_movelh_ps(pair[0], pair[1]), cd = _mm_movelh_ps(pair[2], pair[3]);
  __m128 ef = _mm_movelh_ps(pair[4], pair[5]), gh = _mm_movelh_ps(pair[6], pair[7]);
  *x = _mm256_set_m128(_mm_shuffle_ps(ef, gh, 0x88), _mm_shuffle_ps(ab, cd, 0x88));
  *y = _mm256_set_m128(_mm_shuffle_ps(ef, gh, 0xdd), _mm_shuffle_ps(ab, cd, 0xdd));
}
LANES void vf_gather_pairs(const float *base, const int32_t *index, vf *x, vf *y) {
  gather_8_pairs(base, index, &x->lo, &y->lo);
  gather_8_pairs(base, index + 8, &x->hi, &y->hi);
}

LANES vi vi_load(const int32_t *x) {
  BOTH(vi, _mm256_loadu_si256((const __m256i *)x), _mm256_loadu_si256((const __m256i *)(x + 8)));
}
LANES void vi_store(int32_t *x, vi a) {
  _mm256_storeu_si256((__m256i *)x, a.lo);
  _mm256_storeu_si256((__m256i *)(x + 8), a.hi);
}
LANES vi vi_set(int32_t x) { BOTH(vi, _mm256_set1_epi32(x), _mm256_set1_epi32(x)); }
LANES vi vi_add(vi a, vi b) { BOTH(vi, _mm256_add_epi32(a.lo, b.lo), _mm256_add_epi32(a.hi, b.hi)); }
LANES vi vi_sub(vi a, vi b) { BOTH(vi, _mm256_sub_epi32(a.lo, b.lo), _mm256_sub_epi32(a.hi, b.hi)); }
LANES vi vi_mul(vi a, vi b) { BOTH(vi, _mm256_mullo_epi32(a.lo, b.lo), _mm256_mullo_epi32(a.hi, b.hi)); }
LANES vi vi_shift_left23(vi a) { BOTH(vi, _mm256_slli_epi32(a.lo, 23), _mm256_slli_epi32(a.hi, 23)); }
LANES vi vi_shift_right23(vi a) { BOTH(vi, _mm256_srai_epi32(a.lo, 23), _mm256_srai_epi32(a.hi, 23)); }
LANES vi vi_max(vi a, vi b) { BOTH(vi, _mm256_max_epi32(a.lo, b.lo), _mm256_max_epi32(a.hi, b.hi)); }
LANES uint32_t vi_greater(vi a, vi b) {
  int lo = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(a.lo, b.lo)));
  int hi = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(a.hi, b.hi)));
  return (uint32_t)lo | (uint32_t)hi << 8;
}
LANES uint32_t vf_less(vf a, vf b) {
  int lo = _mm256_movemask_ps(_mm256_cmp_ps(a.lo, b.lo, _CMP_LT_OQ));
  int hi = _mm256_movemask_ps(_mm256_cmp_ps(a.hi, b.hi, _CMP_LT_OQ));
  return (uint32_t)lo | (uint32_t)hi << 8;
}
LANES void vi_compress(int32_t *out, uint32_t m, vi a) {
  int32_t lane[16];
  vi_store(lane, a);
  for (; m; m &= m - 1) *out++ = lane[__builtin_ctz(m)];
}
/* maddubs adds two products in 16 bits; places of 7 bits keep that from saturating. */
LANES __m256i dot4_of_8(__m256i acc, __m256i place, __m256i query) {
  return _mm256_add_epi32(acc, _mm256_madd_epi16(_mm256_maddubs_epi16(place, query), _mm256_set1_epi16(1)));
}
LANES vi vi_dot4(vi acc, vi place, vi query) {
  BOTH(vi, dot4_of_8(acc.lo, place.lo, query.lo), dot4_of_8(acc.hi, place.hi, query.hi));
}
LANES void vi_store_bytes(int8_t *x, vi a) {
  __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a.lo, a.hi), 0xd8);
  __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  _mm_storeu_si128((__m128i *)(void *)x, bytes);
}

LANES vi vf_bits(vf a) { BOTH(vi, _mm256_castps_si256(a.lo), _mm256_castps_si256(a.hi)); }
LANES vf vi_bits(vi a) { BOTH(vf, _mm256_castsi256_ps(a.lo), _mm256_castsi256_ps(a.hi)); }
LANES vf vi_to_float(vi a) { BOTH(vf, _mm256_cvtepi32_ps(a.lo), _mm256_cvtepi32_ps(a.hi)); }
LANES vi vf_round(vf a) { BOTH(vi, _mm256_cvtps_epi32(a.lo), _mm256_cvtps_epi32(a.hi)); }

enum { PRODUCT_ROWS = 3, PRODUCT_LANES = 2, SCAN_ROWS = 3, SCAN_PANELS = 2, SCAN_ALONE = 4 };
