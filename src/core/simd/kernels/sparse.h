/*
 * simd/kernels/sparse.h: computes with strings of bits, and with rows that give only some columns.
 *
 * Contract: strings of bits have `words` words each, the unused bits 0; of a sparse row, value and
 * column hold n entries, and every column is a row of b; m is a multiple of 16.
 */

/* out[i] = bits that are set both in `query` and in string rows[i] of `strings`. */
LANES void count_common(const uint64_t *query, const uint64_t *strings, size_t words,
                        const int *rows, int n_rows, int *out) {
  for (int r = 0; r < n_rows; r++) {
    const uint64_t *string = strings + words * (size_t)rows[r];
    int count = 0;
    for (size_t w = 0; w < words; w++) count += __builtin_popcountll(query[w] & string[w]);
    out[r] = count;
  }
}

/* c (m, a multiple of 16) = offset (m, or NULL for 0) + Σ value[e] b[column[e]], in the order of
 * the entries; b has rows of m. */
LANES void sparse_product(const float *value, const int *column, int64_t n, const float *b, int m,
                          const float *offset, float *c) {
  for (int j = 0; j < m; j += 16) {
    vf sum = offset ? vf_load(offset + j) : vf_set(0);
    for (int64_t e = 0; e < n; e++)
      sum = vf_fma(vf_set(value[e]), vf_load(b + (size_t)m * (size_t)column[e] + j), sum);
    vf_store(c + j, sum);
  }
}
