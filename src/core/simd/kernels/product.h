/*
 * simd/kernels/product.h: matrix products, c (n × m) = offset + a (n × depth) b (depth × m).
 *
 * Every element of the result is summed in the order of the depth by fused multiply-adds, one lane
 * a column, so that the shape of the register tile (PRODUCT_ROWS × PRODUCT_LANES, which differs
 * between instruction sets) does not show.
 *
 * Contract: m is a multiple of 16; rows of b are m apart, rows of a and c have strides of their
 * own, at least depth and m floats; offset: m floats, or NULL for 0; c overlaps neither a nor b. No
 * alignment is needed.
 */

/* One tile: `rows` (at most PRODUCT_ROWS) rows × `lanes` (at most PRODUCT_LANES) × 16 columns. */
LANES void INLINED product_tile(int rows, int lanes, const float *a, size_t a_stride, int depth,
                                const float *b, size_t m, const float *offset, float *c,
                                size_t c_stride) {
  vf sum[PRODUCT_ROWS][PRODUCT_LANES];
  UNROLLED for (int i = 0; i < rows; i++) UNROLLED for (int v = 0; v < lanes; v++) sum[i][v] =
      offset ? vf_load(offset + 16 * v) : vf_set(0);
  for (int j = 0; j < depth; j++) {
    vf column[PRODUCT_LANES];
    UNROLLED for (int v = 0; v < lanes; v++) column[v] = vf_load(b + m * (size_t)j + 16 * v);
    UNROLLED for (int i = 0; i < rows; i++) {
      vf value = vf_set(a[a_stride * (size_t)i + (size_t)j]);
      UNROLLED for (int v = 0; v < lanes; v++) sum[i][v] = vf_fma(value, column[v], sum[i][v]);
    }
  }
  UNROLLED for (int i = 0; i < rows; i++) UNROLLED for (int v = 0; v < lanes; v++)
      vf_store(c + c_stride * (size_t)i + 16 * v, sum[i][v]);
}

LANES void product(const float *a, size_t a_stride, int n, int depth, const float *b, int m,
                   const float *offset, float *c, size_t c_stride) {
  for (int column = 0; column < m;) {
    int wide = m - column >= 16 * PRODUCT_LANES;
    const float *b_at = b + column, *offset_at = offset ? offset + column : NULL;
    float *c_at = c + column;
    for (int i = 0; i < n;) {
      const float *a_i = a + a_stride * (size_t)i;
      float *c_i = c_at + c_stride * (size_t)i;
      int full = n - i >= PRODUCT_ROWS;
      if (wide && full)
        product_tile(PRODUCT_ROWS, PRODUCT_LANES, a_i, a_stride, depth, b_at, (size_t)m, offset_at,
                     c_i, c_stride);
      else if (wide)
        product_tile(1, PRODUCT_LANES, a_i, a_stride, depth, b_at, (size_t)m, offset_at, c_i,
                     c_stride);
      else if (full)
        product_tile(PRODUCT_ROWS, 1, a_i, a_stride, depth, b_at, (size_t)m, offset_at, c_i,
                     c_stride);
      else
        product_tile(1, 1, a_i, a_stride, depth, b_at, (size_t)m, offset_at, c_i, c_stride);
      i += full ? PRODUCT_ROWS : 1;
    }
    column += 16 * (wide ? PRODUCT_LANES : 1);
  }
}
