/*
 * distance_kernels.h: distances of one row to many, by the fixed sum of arith.h: 16 lanes, then a
 * tree.
 */

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
