#include "arith/arith.h"

#include "data/distances.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/parallel.h"

enum { ROWS_PER_BLOCK = 64, VALUES_PER_CHUNK = 1 << 18 };

static int64_t count_values(const uf_distances *d) {
  return d->is_packed ? (int64_t)d->n * (d->n - 1) / 2 : (int64_t)d->n * d->n_points;
}

/* Where a column is: its row i, if the column has that row, is at column_of() + i. */
static int64_t column_of(const uf_distances *d, int64_t column) {
  return d->is_packed ? d->n * column - column * (column + 1) / 2 - column - 1 : d->n * column;
}

/* ---- What is given ---- */

typedef struct check_job {
  const double *value;
  int64_t *odd; /* per chunk: the first value that is negative or missing, or -1 */
} check_job;

static void check_values(void *job, uf_rows values) {
  check_job *j = job;
  int64_t at = values.from;
  while (at < values.to && j->value[at] >= 0) at++;
  j->odd[values.from / VALUES_PER_CHUNK] = at < values.to ? at : -1;
}

/* How far below 0 a distance may be. Needed only where one is. */
static double tolerance(const uf_distances *d) {
  int64_t n = count_values(d);
  double largest = 0;
  for (int64_t i = 0; i < n; i++)
    if (d->value[i] > largest && d->value[i] < INFINITY) largest = d->value[i];
  return uf_distance_rounding * largest;
}

static uf_status fail_value(uf_context *ctx, const uf_distances *d, int64_t at) {
  char what[64] = "a missing distance", remedy[128] = "";
  if (d->value[at] < 0) {
    snprintf(what, sizeof what, "a negative distance, %.3g", d->value[at]);
    snprintf(remedy, sizeof remedy,
             ". Turn similarities into distances, for example by 1 - x, or set it to 0.");
  }
  int column = 0;
  while (column + 1 < d->n_points &&
         column_of(d, column + 1) + (d->is_packed ? column + 2 : 0) <= at)
    column++;
  int row = (int)(at - column_of(d, column));
  if (d->is_packed)
    return uf_fail(ctx, UF_BAD_INPUT, "holds %s, between points %d and %d%s", what, column + 1,
                   row + 1, remedy);
  return uf_fail(ctx, UF_BAD_INPUT, "holds %s, in row %d, column %d%s", what, row + 1, column + 1,
                 remedy);
}

static uf_status check_distances(uf_context *ctx, const uf_distances *d) {
  uf_status status = UF_OK;
  int64_t n = count_values(d), n_chunks = uf_n_blocks(n, VALUES_PER_CHUNK);
  check_job job = {.value = d->value};
  UF_NEW(ctx, job.odd, n_chunks);
  UF_TRY(uf_parallel_rows(ctx, n, VALUES_PER_CHUNK, check_values, &job));
  int64_t at = -1;
  for (int64_t c = 0; c < n_chunks && at < 0; c++) at = job.odd[c];
  if (at < 0) goto done;
  double least = -tolerance(d);
  while (at < n && d->value[at] >= least) at++;
  if (at < n) {
    UF_TRY(fail_value(ctx, d, at));
  }
done:
  uf_free(job.odd);
  return status;
}

/* ---- The nearest of each row ---- */

/* The best so far of one row; a heap once it is full. */
typedef struct nearest_heap {
  int room;
  int *index;       /* room */
  double *distance; /* room */
} nearest_heap;

static int is_nearer(const nearest_heap *h, int i, int j) {
  return h->distance[i] < h->distance[j] ||
         (h->distance[i] == h->distance[j] && h->index[i] < h->index[j]);
}

static void swap(nearest_heap *h, int i, int j) {
  double distance = h->distance[i];
  int index = h->index[i];
  h->distance[i] = h->distance[j];
  h->index[i] = h->index[j];
  h->distance[j] = distance;
  h->index[j] = index;
}

/* Restores the order of the first n elements below a changed one: parents are no nearer than
 * children. */
static void sift_down(nearest_heap *h, int n, int at) {
  for (int child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && is_nearer(h, child, child + 1)) child++;
    if (!is_nearer(h, at, child)) return;
    swap(h, at, child);
  }
}

/* Points come in ascending order, each once, and `met` points have come before this one: so a point
 * at the worst distance so far stays out. */
static inline void offer(nearest_heap *h, int met, int index, double distance) {
  if (met < h->room) {
    h->index[met] = index;
    h->distance[met] = distance;
    if (met == h->room - 1)
      for (int i = h->room / 2 - 1; i >= 0; i--) sift_down(h, h->room, i);
  } else if (h->room > 0 && distance < h->distance[0]) {
    h->index[0] = index;
    h->distance[0] = distance;
    sift_down(h, h->room, 0);
  }
}

/* Sorts a heap into ascending order. */
static void sort_heap(nearest_heap *h) {
  for (int n = h->room - 1; n > 0; n--) {
    swap(h, 0, n);
    sift_down(h, n, 0);
  }
  for (int i = 0; i < h->room; i++)
    if (h->distance[i] == INFINITY) h->index[i] = -1;
}

typedef struct nearest_job {
  const uf_distances *distances;
  int k;
  int *index;       /* n × k */
  double *distance; /* n × k */
} nearest_job;

/* What rounding put below 0 is 0. */
static double distance_at(const uf_distances *d, int64_t at) {
  return d->value[at] > 0 ? d->value[at] : 0;
}

/* Columns are read along the rows of the block, where they are contiguous; in a packed matrix the
 * part of a row behind the diagonal is itself a column. */
static void find_nearest(void *job, uf_rows rows) {
  const nearest_job *j = job;
  const uf_distances *d = j->distances;
  int has_self = d->is_packed, from = (int)rows.from, to = (int)rows.to;
  int n_columns = has_self ? to : d->n_points;
  nearest_heap heap[ROWS_PER_BLOCK];
  for (int i = from; i < to; i++) {
    size_t at = (size_t)i * (size_t)j->k;
    if (has_self) {
      j->index[at] = i;
      j->distance[at++] = 0;
    }
    heap[i - from] = (nearest_heap){j->k - has_self, j->index + at, j->distance + at};
  }
  for (int c = 0; c < n_columns; c++) {
    int64_t column = column_of(d, c);
    for (int i = has_self && c >= from ? c + 1 : from; i < to; i++)
      offer(&heap[i - from], c, c, distance_at(d, column + i));
  }
  for (int i = from; i < to; i++) {
    int64_t column = column_of(d, i);
    for (int c = i + 1; has_self && c < d->n; c++)
      offer(&heap[i - from], c - 1, c, distance_at(d, column + c));
    sort_heap(&heap[i - from]);
  }
}

uf_status uf_distances_nearest(uf_context *ctx, const uf_distances *distances, int k, int *index,
                               double *distance) {
  nearest_job job = {.distances = distances, .k = k, .index = index, .distance = distance};
  uf_status status = check_distances(ctx, distances);
  if (status) return status;
  return uf_parallel_rows(ctx, distances->n, ROWS_PER_BLOCK, find_nearest, &job);
}
