/*
 * arith/trigonometry.h: the few angles that metrics need, in double and by fixed series (no libm),
 * so that they have the same bits everywhere. Errors are a few units in the last place.
 */
#ifndef UF_TRIGONOMETRY_H
#define UF_TRIGONOMETRY_H

#include "arith/arith.h"

#define UF_PI 0x1.921fb54442d18p+1

/* asin(x) for x in [0, 1]: the series up to ½, beyond it asin x = π/2 - 2 asin √((1 - x) / 2). */
static inline double uf_asin(double x) {
  int is_far = x > 0.5;
  double y = is_far ? sqrt(0.5 * (1 - x)) : x, y2 = y * y, sum = 0;
  for (int i = 26; i >= 1; i--) { /* the ratio of a term to the one before it */
    double odd = 2.0 * i - 1;
    sum = odd * odd / (2.0 * i * (odd + 2)) * y2 * (1 + sum);
  }
  double angle = y + y * sum;
  return is_far ? 0.5 * UF_PI - 2 * angle : angle;
}

/* acos(x) for x in [-1, 1] */
static inline double uf_acos(double x) {
  return x < 0 ? UF_PI - 2 * uf_asin(sqrt(0.5 * (1 + x))) : 2 * uf_asin(sqrt(0.5 * (1 - x)));
}

/* Sine and cosine of an angle of a few turns at most: x = q π/2 + r, |r| <= π/4, and their
 * series. */
static inline void uf_sin_cos(double x, double *sine, double *cosine) {
  double q = uf_round(x * (2 / UF_PI));
  double r = (x - q * 0x1.921fb544p+0) - q * 0x1.0b4611a626331p-34, r2 = r * r;
  double s = 0, c = 0;
  for (int i = 18; i >= 2; i -= 2) {
    s = -r2 / ((double)i * (i + 1)) * (1 + s);
    c = -r2 / ((double)i * (i - 1)) * (1 + c);
  }
  s = r + r * s;
  c = 1 + c;
  int quarter = (int)q & 3;
  *sine = quarter == 0 ? s : quarter == 1 ? c : quarter == 2 ? -s : -c;
  *cosine = quarter == 0 ? c : quarter == 1 ? -s : quarter == 2 ? -c : s;
}

/* Similarity of triangle and sector (Heidarian and Dinneen 2016) between two vectors, given their
 * squared distance, squared lengths and product: ½ |x| |y| |sin θ| · (|x - y| + ||x| - |y||)² θ,
 * where θ is their angle and ten degrees more. */
static inline double uf_tsss(double squares, double xx, double yy, double xy) {
  double length_x = sqrt(xx), length_y = sqrt(yy), cosine = xy / (length_x * length_y);
  double sine, unused, angle;
  cosine = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
  angle = uf_acos(cosine) + UF_PI / 18;
  uf_sin_cos(angle, &sine, &unused);
  double reach = sqrt(squares) + fabs(length_x - length_y);
  return 0.5 * length_x * length_y * fabs(sine) * (reach * reach) * angle;
}

#endif
