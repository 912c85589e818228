/*
 * simd/kernels/scan.h: rows as strings of small integers, and a row against clusters of them.
 *
 * A place b holds u = code + 64, unsigned, so that a·b = q·u - 64 Σ q for a query's codes q: exact
 * integers, in one instruction for 64 of them where the processor has it. Scaled, they give
 * ½ |a - b|² = ½ |a|² + ½ |b|² - a·b.
 *
 * Contract: uf_scan in simd/kernels.h gives the shapes. Codes of places are in -63 … 63, codes of
 * queries in -127 … 127, so that no instruction set saturates; strings have at most UF_MOST_CODES
 * codes, so that sums of squares stay exact in float. A scan only appends to the lists of its own
 * queries; a list that fills is cut to its best candidates; among equals, the first met stay.
 */

/* x + shift, as m / 16 lanes, and the largest absolute value among them. */
LANES float shifted(const float *x, const float *shift, int m, float *out) {
  float lane[16], largest;
  vf all = vf_set(0);
  for (int j = 0; j < m; j += 16) {
    vf value = shift ? vf_add(vf_load(x + j), vf_load(shift + j)) : vf_load(x + j);
    all = vf_max(all, vf_abs(value));
    vf_store(out + j, value);
  }
  vf_store(lane, all);
  largest = lane[0];
  for (int l = 1; l < 16; l++) largest = lane[l] > largest ? lane[l] : largest;
  return largest;
}

/* Sums of codes and of their squares stay below 2^24, where floats are exact in any order. */
LANES void encode(const float *x, const float *shift, int m, int limit, int8_t *code,
                  uf_code_head *head) {
  float value[UF_MOST_CODES], largest = shifted(x, shift, m, value);
  float inverse = largest > 1e-30f ? (float)limit / largest : 0;
  vf sum = vf_set(0), squares = vf_set(0);
  for (int j = 0; j < m; j += 16) {
    vi rounded = vf_round(vf_mul(vf_load(value + j), vf_set(inverse)));
    vf whole = vi_to_float(rounded);
    vi_store_bytes(code + j, rounded);
    sum = vf_add(sum, whole);
    squares = vf_fma(whole, whole, squares);
  }
  float scale = largest > 1e-30f ? largest / (float)limit : 0;
  *head = (uf_code_head){scale, 0.5f * scale * scale * vf_sum(squares), (int32_t)vf_sum(sum)};
}

/* Panels that a tile spans: a single query takes more at a time, to keep as many sums going. */
enum { TILE_PANELS = SCAN_ALONE > SCAN_PANELS ? SCAN_ALONE : SCAN_PANELS };

/* ½ |b|² - a·b of up to SCAN_ROWS queries a and `panels` panels of places b. */
LANES void INLINED scores_of_tile(int rows, int panels, const uf_scan *scan, int query, int panel,
                                  vf score[SCAN_ROWS][TILE_PANELS]) {
  const size_t panel_bytes = 64 * (size_t)scan->depth4;
  const uint8_t *places = scan->panels + panel_bytes * (size_t)panel;
  const int8_t *codes = scan->query + scan->query_stride * (size_t)query;
  const uf_code_head *head = scan->head + query;
  vi dot[SCAN_ROWS][TILE_PANELS];
  UNROLLED for (int i = 0; i < rows; i++) UNROLLED for (int p = 0; p < panels; p++) dot[i][p] =
      vi_set(-UF_CODE_BIAS * head[i].sum);
  for (int step = 0; step < scan->depth4; step++) {
    vi place[TILE_PANELS];
    UNROLLED for (int p = 0; p < panels; p++) place[p] = vi_load(
        (const int32_t *)(const void *)(places + panel_bytes * (size_t)p + 64 * (size_t)step));
    UNROLLED for (int i = 0; i < rows; i++) {
      int32_t four;
      memcpy(&four, codes + scan->query_stride * (size_t)i + 4 * step, sizeof four);
      UNROLLED for (int p = 0; p < panels; p++) dot[i][p] =
          vi_dot4(dot[i][p], place[p], vi_set(four));
    }
  }
  UNROLLED for (int p = 0; p < panels; p++) {
    vf scale = vf_load(scan->scale + 16 * (panel + p));
    vf half_norm = vf_load(scan->half_norm + 16 * (panel + p));
    UNROLLED for (int i = 0; i < rows; i++) score[i][p] =
        vf_fma(vi_to_float(dot[i][p]), vf_mul(scale, vf_set(-head[i].scale)), half_norm);
  }
}

/* How many of n scores (padded to whole lanes by scores that never count) exceed x. */
LANES int count_greater(const int32_t *score, int n, int32_t x) {
  int count = 0;
  for (int i = 0; i < n; i += 16)
    count += __builtin_popcount(vi_greater(vi_load(score + i), vi_set(x)));
  return count;
}

LANES int32_t largest_score(const int32_t *score, int n) {
  int32_t lane[16], most;
  vi all = vi_load(score);
  for (int i = 16; i < n; i += 16) all = vi_max(all, vi_load(score + i));
  vi_store(lane, all);
  most = lane[0];
  for (int l = 1; l < 16; l++) most = lane[l] > most ? lane[l] : most;
  return most;
}

/* Moves the candidates that score above `least`, and the first `equals` candidates that equal it,
 * to the front, in their order. Returns how many there are. */
LANES int keep_best(int32_t *score, int32_t *place, int n, int32_t least, int equals) {
  int kept = 0;
  for (int i = 0; i < n; i += 16) {
    vi scores = vi_load(score + i), places = vi_load(place + i);
    uint32_t above = vi_greater(scores, vi_set(least));
    uint32_t equal = vi_greater(scores, vi_set(least - 1)) & ~above;
    for (; equal && equals > 0; equal &= equal - 1, equals--) above |= equal & -equal;
    vi_compress(score + kept, above, scores);
    vi_compress(place + kept, above, places);
    kept += __builtin_popcount(above);
  }
  return kept;
}

/* A score that `least` or more of n candidates exceed, by bisection from above; it stops at the
 * first that no more than `most` exceed. *above says how many do. All are above `low`. */
LANES int32_t score_above(const int32_t *score, int n, int32_t low, int least, int most,
                          int *above) {
  int32_t high = largest_score(score, n);
  *above = 0;
  while (high - low > 1 && *above < least) {
    int32_t middle = low + (high - low) / 2;
    int count = count_greater(score, n, middle);
    if (count > most) {
      low = middle;
    } else {
      high = middle;
      *above = count;
    }
  }
  return high;
}

LANES void pad_list(int32_t *score, int n) {
  for (int i = n; i % 16; i++) score[i] = UF_SCORE_OF_NOTHING;
}

/* Cuts a list to its best `keep` candidates or up to `slack` more. Where equals stand in the way,
 * the first met stay. */
LANES void cut_to(const uf_scan *scan, int list, int slack) {
  int32_t *score = scan->score + (size_t)scan->capacity * (size_t)list;
  int32_t *place = scan->place + (size_t)scan->capacity * (size_t)list;
  int n = scan->count[list], keep = scan->keep, above;
  if (n <= keep + slack) return;
  pad_list(score, n);
  /* Candidates that equal the threshold may be left from the last cut. */
  int32_t low = scan->threshold[list] - 1;
  int32_t high = score_above(score, n, low, keep, keep + slack, &above);
  scan->count[list] = keep_best(score, place, n, high, keep - above);
  scan->threshold[list] = high;
}

LANES void cut_list(const uf_scan *scan, int list) { cut_to(scan, list, 0); }

LANES int32_t nth_score(const uf_scan *scan, int list, int n) {
  int32_t *score = scan->score + (size_t)scan->capacity * (size_t)list;
  int above, count = scan->count[list];
  if (count < n) return UF_SCORE_OF_NOTHING;
  pad_list(score, count);
  return score_above(score, count, scan->threshold[list] - 1, n, n, &above);
}

/* Appends the places that are nearer than the list's threshold; a full list is cut. */
LANES void collect_hits(const uf_scan *scan, vf score, int query, vi places) {
  int list = scan->list[query];
  float half_norm = scan->head[query].half_norm;
  float limit = uf_distance_of_score(scan->threshold[list]) - half_norm;
  uint32_t hits = vf_less(score, vf_set(limit));
  if (!hits) return;
  int n = scan->count[list];
  size_t at = (size_t)scan->capacity * (size_t)list + (size_t)n;
  vf distance = vf_max(vf_add(score, vf_set(half_norm)), vf_set(0));
  vi exact = vi_sub(vi_set(0), vf_bits(distance));
  hits &= vi_greater(exact, vi_set(scan->threshold[list])); /* the limit was rounded */
  vi_compress(scan->score + at, hits, exact);
  vi_compress(scan->place + at, hits, places);
  n += __builtin_popcount(hits);
  scan->count[list] = n;
  if (n + 16 > scan->capacity) cut_to(scan, list, scan->keep / 4);
}

LANES void INLINED scan_tile(int rows, int panels, const uf_scan *scan, int query, int panel) {
  vf score[SCAN_ROWS][TILE_PANELS];
  scores_of_tile(rows, panels, scan, query, panel, score);
  static const int32_t lane[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  UNROLLED for (int p = 0; p < panels; p++) {
    vi places = vi_add(vi_load(lane), vi_set(16 * (panel + p)));
    UNROLLED for (int i = 0; i < rows; i++) collect_hits(scan, score[i][p], query + i, places);
  }
}

LANES void scan_panels(const uf_scan *scan, int n_queries, int from, int to) {
  int i = 0, panel;
  for (; i + SCAN_ROWS <= n_queries; i += SCAN_ROWS) {
    for (panel = from; panel + SCAN_PANELS <= to; panel += SCAN_PANELS)
      scan_tile(SCAN_ROWS, SCAN_PANELS, scan, i, panel);
    for (; panel < to; panel++) scan_tile(SCAN_ROWS, 1, scan, i, panel);
  }
  for (; i < n_queries; i++) {
    for (panel = from; panel + SCAN_ALONE <= to; panel += SCAN_ALONE)
      scan_tile(1, SCAN_ALONE, scan, i, panel);
    for (; panel < to; panel++) scan_tile(1, 1, scan, i, panel);
  }
}
