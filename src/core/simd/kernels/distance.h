/*
 * simd/kernels/distance.h: proxy distances (data/metric.h) of one row to many, each by the fixed
 * sum of arith/arith.h: 16 lanes, then a tree.
 *
 * Contract: rows are `stride` floats, a multiple of 16, and their padding is 0, which adds nothing
 * to any sum; rows[0 … n_rows - 1] may repeat and come in any order; out has n_rows floats. Two
 * rows have the same proxy, to the last bit, whichever comes first. Values are finite;
 * jensenshannon and symmetric_kl need positive ones.
 */

#include "arith/exp_log.h"
#include "arith/trigonometry.h"

typedef vf distance_term(vf sum, vf x, vf y);

LANES vf squared_difference(vf sum, vf x, vf y) {
  vf difference = vf_sub(x, y);
  return vf_fma(difference, difference, sum);
}

LANES vf absolute_difference(vf sum, vf x, vf y) { return vf_add(sum, vf_abs(vf_sub(x, y))); }

/* Four rows at a time share the loads of the query and hide the latency of the sums. */
LANES void INLINED distances(distance_term *term, const float *query, const float *points,
                             size_t stride, const int *rows, int n_rows, float *out) {
  int r = 0;
  for (; r + 4 <= n_rows; r += 4) {
    const float *p0 = points + stride * (size_t)rows[r],
                *p1 = points + stride * (size_t)rows[r + 1];
    const float *p2 = points + stride * (size_t)rows[r + 2],
                *p3 = points + stride * (size_t)rows[r + 3];
    vf s0 = vf_set(0), s1 = s0, s2 = s0, s3 = s0;
    for (size_t j = 0; j < stride; j += 16) {
      vf q = vf_load(query + j);
      s0 = term(s0, q, vf_load(p0 + j));
      s1 = term(s1, q, vf_load(p1 + j));
      s2 = term(s2, q, vf_load(p2 + j));
      s3 = term(s3, q, vf_load(p3 + j));
    }
    out[r] = vf_sum(s0);
    out[r + 1] = vf_sum(s1);
    out[r + 2] = vf_sum(s2);
    out[r + 3] = vf_sum(s3);
  }
  for (; r < n_rows; r++) {
    const float *p = points + stride * (size_t)rows[r];
    vf s = vf_set(0);
    for (size_t j = 0; j < stride; j += 16) s = term(s, vf_load(query + j), vf_load(p + j));
    out[r] = vf_sum(s);
  }
}

LANES void squared_euclidean(const float *query, const float *points, size_t stride,
                             const int *rows, int n_rows, float *out) {
  distances(squared_difference, query, points, stride, rows, n_rows, out);
}

LANES void manhattan(const float *query, const float *points, size_t stride, const int *rows,
                     int n_rows, float *out) {
  distances(absolute_difference, query, points, stride, rows, n_rows, out);
}

/* The smallest normal float, in place of a denominator that is 0 like its numerator. */
LANES vf not_zero(vf x) { return vf_max(x, vf_set(0x1p-126f)); }

LANES vf canberra_term(vf sum, vf x, vf y) {
  vf below = not_zero(vf_add(vf_abs(x), vf_abs(y)));
  return vf_add(sum, vf_div(vf_abs(vf_sub(x, y)), below));
}

LANES void canberra(const float *query, const float *points, size_t stride, const int *rows,
                    int n_rows, float *out) {
  distances(canberra_term, query, points, stride, rows, n_rows, out);
}

/* x log2(x / m) + y log2(y / m), m being the mean of both */
LANES vf jensenshannon_term(vf sum, vf x, vf y) {
  vf mean = not_zero(vf_mul(vf_add(x, y), vf_set(0.5f)));
  vf of_x = vf_mul(x, vf_log2(vf_div(x, mean))), of_y = vf_mul(y, vf_log2(vf_div(y, mean)));
  return vf_add(sum, vf_add(of_x, of_y));
}

LANES vf symmetric_kl_term(vf sum, vf x, vf y) {
  vf more = vf_max(x, y), less = vf_min(x, y);
  return vf_fma(vf_sub(more, less), vf_log2(vf_div(more, not_zero(less))), sum);
}

/* Returns a sum of logarithms to base 2, halved and made natural; rounding may have left it below
 * 0. */
LANES void halve_logs(int n_rows, float *out) {
  const float half_ln2 = 0.34657359f;
  for (int r = 0; r < n_rows; r++) out[r] = out[r] > 0 ? out[r] * half_ln2 : 0;
}

LANES void jensenshannon(const float *query, const float *points, size_t stride, const int *rows,
                         int n_rows, float *out) {
  distances(jensenshannon_term, query, points, stride, rows, n_rows, out);
  halve_logs(n_rows, out);
}

LANES void symmetric_kl(const float *query, const float *points, size_t stride, const int *rows,
                        int n_rows, float *out) {
  distances(symmetric_kl_term, query, points, stride, rows, n_rows, out);
  halve_logs(n_rows, out);
}

/* Comparisons that are more than one sum, a pair of rows at a time. */

LANES float largest_difference(const float *x, const float *y, size_t stride) {
  float lane[16], largest = 0;
  vf most = vf_set(0);
  for (size_t j = 0; j < stride; j += 16)
    most = vf_max(most, vf_abs(vf_sub(vf_load(x + j), vf_load(y + j))));
  vf_store(lane, most);
  for (int l = 0; l < 16; l++) largest = lane[l] > largest ? lane[l] : largest;
  return largest;
}

LANES void chebyshev(const float *query, const float *points, size_t stride, const int *rows,
                     int n_rows, float *out) {
  for (int r = 0; r < n_rows; r++)
    out[r] = largest_difference(query, points + stride * (size_t)rows[r], stride);
}

/* Relative to the largest difference, so that no power overflows: max (Σ (|x - y| / max)^p)^(1/p).
 */
LANES void minkowski(const float *query, const float *points, size_t stride, const int *rows,
                     int n_rows, float p, float *out) {
  vf power = vf_set(p);
  for (int r = 0; r < n_rows; r++) {
    const float *y = points + stride * (size_t)rows[r];
    float largest = largest_difference(query, y, stride);
    vf sum = vf_set(0), scale = not_zero(vf_set(largest));
    for (size_t j = 0; j < stride; j += 16) {
      vf part = vf_div(vf_abs(vf_sub(vf_load(query + j), vf_load(y + j))), scale);
      sum = vf_add(sum, vf_exp2(vf_mul(power, vf_log2(not_zero(part)))));
    }
    out[r] = (float)(largest * uf_pow(vf_sum(sum), 1.0 / p));
  }
}

LANES void braycurtis(const float *query, const float *points, size_t stride, const int *rows,
                      int n_rows, float *out) {
  for (int r = 0; r < n_rows; r++) {
    const float *p = points + stride * (size_t)rows[r];
    vf apart = vf_set(0), together = apart;
    for (size_t j = 0; j < stride; j += 16) {
      vf x = vf_load(query + j), y = vf_load(p + j);
      apart = vf_add(apart, vf_abs(vf_sub(x, y)));
      together = vf_add(together, vf_abs(vf_add(x, y)));
    }
    float below = vf_sum(together);
    out[r] = below > 0 ? vf_sum(apart) / below : 0;
  }
}

LANES void tsss(const float *query, const float *points, size_t stride, const int *rows, int n_rows,
                float *out) {
  for (int r = 0; r < n_rows; r++) {
    const float *p = points + stride * (size_t)rows[r];
    vf xx = vf_set(0), yy = xx, xy = xx, squares = xx;
    for (size_t j = 0; j < stride; j += 16) {
      vf x = vf_load(query + j), y = vf_load(p + j);
      xx = vf_fma(x, x, xx);
      yy = vf_fma(y, y, yy);
      xy = vf_fma(x, y, xy);
      squares = squared_difference(squares, x, y);
    }
    out[r] = (float)uf_tsss(vf_sum(squares), vf_sum(xx), vf_sum(yy), vf_sum(xy));
  }
}

/* How many columns differ. Adding 0 leaves zeros one sign. */
LANES void unequal(const float *query, const float *points, size_t stride, const int *rows,
                   int n_rows, float *out) {
  for (int r = 0; r < n_rows; r++) {
    const float *p = points + stride * (size_t)rows[r];
    int count = 0;
    for (size_t j = 0; j < stride; j += 16) {
      vi x = vf_bits(vf_add(vf_load(query + j), vf_set(0)));
      vi y = vf_bits(vf_add(vf_load(p + j), vf_set(0)));
      count += __builtin_popcount(vi_greater(x, y) | vi_greater(y, x));
    }
    out[r] = (float)count;
  }
}
