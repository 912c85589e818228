/*
 * scan_kernels.h: quantised rows against clusters of quantised points, in exact integers.
 *
 * With u = code_a + 64 and s = code_b: u·s - half_norm_b = a·b - ½|b|² (to half a unit), which
 * ranks b by its distance from a.
 */

/* Scores of up to SCAN_ROWS rows against `panels` (at most SCAN_PANELS) panels of 16 points. */
LANES void INLINED scores_of_tile(int rows, int panels, const uf_scan *scan, const int *row,
                                  int panel, vi score[SCAN_ROWS][SCAN_PANELS]) {
  const size_t row_bytes = 4 * (size_t)scan->depth4, panel_bytes = 16 * row_bytes;
  const int8_t *points = scan->panels + panel_bytes * (size_t)panel;
  const uint8_t *codes[SCAN_ROWS];
  UNROLLED for (int i = 0; i < rows; i++) {
    codes[i] = scan->codes + row_bytes * (size_t)row[i];
    UNROLLED for (int p = 0; p < panels; p++) score[i][p] =
        vi_sub(vi_set(0), vi_load(scan->half_norm + 16 * (panel + p)));
  }
  for (int step = 0; step < scan->depth4; step++) {
    vi point[SCAN_PANELS];
    UNROLLED for (int p = 0; p < panels; p++) point[p] = vi_load(
        (const int32_t *)(const void *)(points + panel_bytes * (size_t)p + 64 * (size_t)step));
    UNROLLED for (int i = 0; i < rows; i++) {
      int32_t four;
      memcpy(&four, codes[i] + 4 * step, sizeof four);
      UNROLLED for (int p = 0; p < panels; p++) score[i][p] =
          vi_dot4(score[i][p], vi_set(four), point[p]);
    }
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

/* Moves the candidates that score above `least`, and the first `equals` of those that equal it, to
 * the front, in their order. Returns how many there are. */
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

/* Cuts a list to its best `keep` candidates or up to `slack` more, by bisection for the score that
 * so many exceed. Where equals stand in the way, those met first stay. */
LANES void cut_to(const uf_scan *scan, int list, int slack) {
  int32_t *score = scan->score + (size_t)scan->capacity * (size_t)list;
  int32_t *place = scan->place + (size_t)scan->capacity * (size_t)list;
  int n = scan->count[list], keep = scan->keep, above = 0;
  if (n <= keep + slack) return;
  for (int i = n; i % 16; i++) score[i] = UF_SCORE_OF_NOTHING;
  /* Candidates that equal the threshold may be left from the last cut. */
  int32_t low = scan->threshold[list] - 1, high = largest_score(score, n);
  while (high - low > 1 && above < keep) {
    int32_t middle = low + (high - low) / 2;
    int count = count_greater(score, n, middle);
    if (count > keep + slack) {
      low = middle;
    } else {
      high = middle;
      above = count;
    }
  }
  scan->count[list] = keep_best(score, place, n, high, keep - above);
  scan->threshold[list] = high;
}

LANES void cut_list(const uf_scan *scan, int list) { cut_to(scan, list, 0); }

/* Appends the points that score above the list's threshold; a full list is cut. */
LANES void collect_hits(const uf_scan *scan, vi score, int list, vi places) {
  uint32_t hits = vi_greater(score, vi_set(scan->threshold[list]));
  if (!hits) return;
  int n = scan->count[list];
  size_t at = (size_t)scan->capacity * (size_t)list + (size_t)n;
  vi_compress(scan->score + at, hits, score);
  vi_compress(scan->place + at, hits, places);
  n += __builtin_popcount(hits);
  scan->count[list] = n;
  if (n + 16 > scan->capacity) cut_to(scan, list, scan->keep / 4);
}

LANES void INLINED scan_tile(int rows, int panels, const uf_scan *scan, const int *row,
                             const int *list, int panel) {
  vi score[SCAN_ROWS][SCAN_PANELS];
  scores_of_tile(rows, panels, scan, row, panel, score);
  static const int32_t lane[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  UNROLLED for (int p = 0; p < panels; p++) {
    vi places = vi_add(vi_load(lane), vi_set(16 * (panel + p)));
    UNROLLED for (int i = 0; i < rows; i++) collect_hits(scan, score[i][p], list[i], places);
  }
}

LANES void scan_panels(const uf_scan *scan, const int *rows, const int *lists, int n_rows, int from,
                       int to) {
  for (int i = 0; i < n_rows;) {
    int full = n_rows - i >= SCAN_ROWS;
    for (int panel = from; panel < to;) {
      int wide = to - panel >= SCAN_PANELS;
      if (full && wide)
        scan_tile(SCAN_ROWS, SCAN_PANELS, scan, rows + i, lists + i, panel);
      else if (full)
        scan_tile(SCAN_ROWS, 1, scan, rows + i, lists + i, panel);
      else if (wide)
        scan_tile(1, SCAN_PANELS, scan, rows + i, lists + i, panel);
      else
        scan_tile(1, 1, scan, rows + i, lists + i, panel);
      panel += wide ? SCAN_PANELS : 1;
    }
    i += full ? SCAN_ROWS : 1;
  }
}
