/*
 * model/place_copies.c: the copies of a row on a disc around it, whose area grows with their
 * number, and which touches no other disc.
 *
 *   nearest_g = distance of group g to the nearest other group in the layout,  δ = their median
 *   R_g       = min(spacing √count_g δ, reach nearest_g)
 *   copy j    = y_g + R_g √(j / (count_g - 1)) (cos, sin) 2π (turn_g + j golden),   j from 0
 *
 * which is Vogel's spiral (1979): each copy gets the same area, whatever their number. As R_g + R_h
 * <= 2 reach |y_g - y_h| and reach < ½, discs do not touch. On a line copies lie at equal
 * distances, by turns on either side; in more than two dimensions at random in the ball.
 * O(m log m + n).
 */
#include "arith/arith.h"

#include "model/place_copies.h"

#include "arith/exp_log.h"
#include "arith/trigonometry.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/select.h"
#include "neighbors/exact.h"
#include "neighbors/kdtree.h"
#include "neighbors/table.h"

/* With 16 copies a disc reaches as far as it may where groups lie evenly: chosen by eye. */
static const double spacing = 0.1, reach = 0.4;

/* 1 - 1 / φ, the fraction of a turn from copy to copy. */
static const double golden = 0.38196601125010515;

/* ---- Radii ---- */

static int is_finite_layout(const float *place, int64_t count) {
  for (int64_t i = 0; i < count; i++)
    if (!isfinite(place[i])) return 0;
  return 1;
}

/* The groups' places as points. */
static uf_status take_places(uf_context *ctx, const float *place, int m, int d, uf_points *points) {
  uf_status status = UF_OK;
  size_t stride = (size_t)uf_whole_lanes(d);
  *points = (uf_points){
      .form = UF_FLOAT_ROWS, .metric = UF_EUCLIDEAN, .n = m, .d = d, .unit = 1, .stride = stride};
  UF_NEW_ZERO(ctx, points->x, (int64_t)m * (int64_t)stride);
  for (size_t g = 0; g < (size_t)m; g++)
    memcpy(points->x + stride * g, place + (size_t)d * g, (size_t)d * sizeof *place);
done:
  return status;
}

static uf_status distances_to_nearest(uf_context *ctx, const float *place, int m, int d,
                                      float *nearest) {
  uf_status status = UF_OK;
  uf_points points = {0};
  uf_neighbors neighbors = {0};
  UF_TRY(take_places(ctx, place, m, d, &points));
  if (uf_can_use_kdtree(&points)) {
    UF_TRY(uf_neighbors_kdtree(ctx, &points, 2, &neighbors));
  } else {
    UF_TRY(uf_neighbors_exact(ctx, &points, NULL, m, 2, &neighbors));
  }
  for (size_t g = 0; g < (size_t)m; g++) nearest[g] = neighbors.distance[2 * g + 1];
done:
  uf_points_free(&points);
  uf_neighbors_free(&neighbors);
  return status;
}

/* Distances are not negative, so that their bits ascend as they do; the index makes keys differ. */
static uf_status median_of(uf_context *ctx, const float *values, int count, float *median) {
  uf_status status = UF_OK;
  uint64_t *keys = NULL;
  int half = count / 2;
  UF_NEW(ctx, keys, count);
  for (int i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &values[i], sizeof bits);
    keys[i] = (uint64_t)bits << 32 | (uint32_t)i;
  }
  uf_select_smallest(keys, count, half);
  uint64_t least = UINT64_MAX;
  for (int i = half; i < count; i++) least = keys[i] < least ? keys[i] : least;
  *median = values[(uint32_t)least];
done:
  uf_free(keys);
  return status;
}

/* A single group has all the plane; its disc has the unit of the curve. Places that are not known
 * have no discs. */
static uf_status find_radii(uf_context *ctx, const uf_row_groups *distinct, int d,
                            const float *place, double *radius) {
  uf_status status = UF_OK;
  float *nearest = NULL, median = 1;
  int m = distinct->m, is_finite = is_finite_layout(place, (int64_t)m * d);
  UF_NEW_ZERO(ctx, nearest, m);
  if (m > 1 && is_finite) {
    UF_TRY(distances_to_nearest(ctx, place, m, d, nearest));
    UF_TRY(median_of(ctx, nearest, m, &median));
  }
  for (int g = 0; g < m; g++) {
    double count = (double)(distinct->start[g + 1] - distinct->start[g]);
    double wanted = spacing * sqrt(count) * median, most = reach * nearest[g];
    radius[g] = !is_finite ? 0 : m > 1 && most < wanted ? most : wanted;
  }
done:
  uf_free(nearest);
  return status;
}

/* ---- Places ---- */

/* Copy j of `last` + 1 in a ball of radius 1, j >= 1. */
static void place_in_ball(uint64_t key, int d, int64_t j, int64_t last, double *at) {
  double part = (double)j / (double)last;
  if (d == 1) {
    double steps = (double)((j + 1) / 2) / (double)((last + 1) / 2);
    at[0] = j % 2 ? steps : -steps;
  } else if (d == 2) {
    double turns = (double)j * golden + uf_draw_unit(key, 0), sine, cosine;
    turns -= (double)(int64_t)turns;
    uf_sin_cos(2 * UF_PI * turns, &sine, &cosine);
    at[0] = sqrt(part) * cosine;
    at[1] = sqrt(part) * sine;
  } else {
    double squares = 0;
    for (int c = 0; c < d; c++) {
      at[c] = uf_draw_normal(key, (uint64_t)j * (uint64_t)d + (uint64_t)c);
      squares += at[c] * at[c];
    }
    double length = squares > 0 ? uf_pow(part, 1.0 / d) / sqrt(squares) : 0;
    for (int c = 0; c < d; c++) at[c] *= length;
  }
}

static void place_group(const uf_row_groups *distinct, const uf_copy_options *options, int group,
                        const float *centre, double radius, double *at, float *layout) {
  int64_t from = distinct->start[group], last = distinct->start[group + 1] - from - 1;
  int d = options->d;
  uint64_t key = uf_key(options->seed, UF_STAGE_COPIES, (uint64_t)group, 0);
  for (int64_t j = 0; j <= last; j++) {
    float *to = layout + (size_t)distinct->member[from + j] * (size_t)d;
    memcpy(to, centre, (size_t)d * sizeof *to);
    if (j == 0 || !(radius > 0)) continue;
    place_in_ball(key, d, j, last, at);
    for (int c = 0; c < d; c++) to[c] = (float)(centre[c] + radius * at[c]);
  }
}

uf_status uf_place_copies(uf_context *ctx, const uf_row_groups *distinct,
                          const uf_copy_options *options, const float *place, float *layout) {
  uf_status status = UF_OK;
  double *radius = NULL, *at = NULL;
  UF_NEW_ZERO(ctx, radius, distinct->m);
  UF_NEW(ctx, at, options->d);
  if (options->duplicates == UF_DUPLICATES_SPREAD) {
    UF_TRY(find_radii(ctx, distinct, options->d, place, radius));
  }
  for (int g = 0; g < distinct->m; g++)
    place_group(distinct, options, g, place + (size_t)g * (size_t)options->d, radius[g], at,
                layout);
done:
  uf_free(radius);
  uf_free(at);
  return status;
}
