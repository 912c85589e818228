/*
 * simd/isa/lanes_avx512.h: the vocabulary of lanes (simd/isa/lanes_scalar.h defines it) in AVX-512:
 * 16 lanes are one register. With UF_VNNI the four-byte products are one instruction.
 */
/* clang-format off */
#include <immintrin.h>

#if defined(UF_VNNI)
#define LANES static inline __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma")))
#else
#define LANES static inline __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#endif

typedef __m512 vf;
typedef __m512i vi;

LANES vf vf_load(const float *x) { return _mm512_loadu_ps(x); }
LANES void vf_store(float *x, vf a) { _mm512_storeu_ps(x, a); }
LANES vf vf_set(float x) { return _mm512_set1_ps(x); }
LANES vf vf_add(vf a, vf b) { return _mm512_add_ps(a, b); }
LANES vf vf_sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
LANES vf vf_mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
LANES vf vf_div(vf a, vf b) { return _mm512_div_ps(a, b); }
LANES vf vf_min(vf a, vf b) { return _mm512_min_ps(a, b); }
LANES vf vf_max(vf a, vf b) { return _mm512_max_ps(a, b); }
LANES vf vf_sqrt(vf a) { return _mm512_sqrt_ps(a); }
LANES vf vf_abs(vf a) { return _mm512_abs_ps(a); }
LANES vf vf_fma(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
LANES float vf_sum(vf a) {
  __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(a), _mm512_extractf32x8_ps(a, 1));
  __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
LANES vf vf_gather(const float *base, vi index) { return _mm512_i32gather_ps(index, base, 4); }
/* Loads and shuffles, which are faster than the gather instruction. */
LANES __m256 four_pairs(const float *base, const int32_t *at) {
  __m128 ab = _mm_castpd_ps(_mm_loadh_pd(_mm_load_sd((const double *)(const void *)(base + 2 * (ptrdiff_t)at[0])), (const double *)(const void *)(base + 2 * (ptrdiff_t)at[1])));
  __m128 cd = _mm_castpd_ps(_mm_loadh_pd(_mm_load_sd((const double *)(const void *)(base + 2 * (ptrdiff_t)at[2])), (const double *)(const void *)(base + 2 * (ptrdiff_t)at[3])));
  return _mm256_insertf128_ps(_mm256_castps128_ps256(ab), cd, 1);
}
LANES void vf_gather_pairs(const float *base, const int32_t *index, vf *x, vf *y) {
  __m512 lo = _mm512_insertf32x8(_mm512_castps256_ps512(four_pairs(base, index)), four_pairs(base, index + 4), 1);
  __m512 hi = _mm512_insertf32x8(_mm512_castps256_ps512(four_pairs(base, index + 8)), four_pairs(base, index + 12), 1);
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  *x = _mm512_permutex2var_ps(lo, even, hi);
  *y = _mm512_permutex2var_ps(lo, _mm512_add_epi32(even, _mm512_set1_epi32(1)), hi);
}

LANES vi vi_load(const int32_t *x) { return _mm512_loadu_si512(x); }
LANES void vi_store(int32_t *x, vi a) { _mm512_storeu_si512(x, a); }
LANES vi vi_set(int32_t x) { return _mm512_set1_epi32(x); }
LANES vi vi_add(vi a, vi b) { return _mm512_add_epi32(a, b); }
LANES vi vi_sub(vi a, vi b) { return _mm512_sub_epi32(a, b); }
LANES vi vi_mul(vi a, vi b) { return _mm512_mullo_epi32(a, b); }
LANES vi vi_shift_left23(vi a) { return _mm512_slli_epi32(a, 23); }
LANES vi vi_shift_right23(vi a) { return _mm512_srai_epi32(a, 23); }
LANES vi vi_max(vi a, vi b) { return _mm512_max_epi32(a, b); }
/* Unless the mask is made to leave its register, gcc 12 may store it as 16 bits and read back 32
 * (it does with -fsanitize=thread). */
LANES uint32_t vi_greater(vi a, vi b) {
  uint32_t bits = _mm512_cmpgt_epi32_mask(a, b);
  __asm__("" : "+r"(bits));
  return bits;
}
LANES uint32_t vf_less(vf a, vf b) {
  uint32_t bits = _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ);
  __asm__("" : "+r"(bits));
  return bits;
}
LANES void vi_compress(int32_t *out, uint32_t m, vi a) { vi_store(out, _mm512_maskz_compress_epi32((__mmask16)m, a)); }
LANES vi vi_dot4(vi acc, vi place, vi query) {
#if defined(UF_VNNI)
  return _mm512_dpbusd_epi32(acc, place, query);
#else
  /* Places of 7 bits keep the sums of two products within 16 bits. */
  return _mm512_add_epi32(acc, _mm512_madd_epi16(_mm512_maddubs_epi16(place, query), _mm512_set1_epi16(1)));
#endif
}
LANES void vi_store_bytes(int8_t *x, vi a) { _mm_storeu_si128((__m128i *)(void *)x, _mm512_cvtsepi32_epi8(a)); }

LANES vi vf_bits(vf a) { return _mm512_castps_si512(a); }
LANES vf vi_bits(vi a) { return _mm512_castsi512_ps(a); }
LANES vf vi_to_float(vi a) { return _mm512_cvtepi32_ps(a); }
LANES vi vf_round(vf a) { return _mm512_cvtps_epi32(a); }

enum { PRODUCT_ROWS = 6, PRODUCT_LANES = 4, SCAN_ROWS = 6, SCAN_PANELS = 2, SCAN_ALONE = 8 };
