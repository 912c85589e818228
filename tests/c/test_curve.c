/* test_curve.c: a and b of the curve against the least squares that they are to minimize. */
#include "arith/arith.h"

#include "check.h"
#include "layout/curve.h"

typedef struct fitted {
  double min_dist, spread, a, b;
} fitted;

static fitted fit(double min_dist, double spread) {
  fitted f = {min_dist, spread, NAN, NAN};
  uf_fit_curve(min_dist, spread, &f.a, &f.b);
  return f;
}

/* What umap-learn minimizes: 300 points from 0 to 3 spread. */
static double squared_error(const fitted *f, double a, double b) {
  double sum = 0;
  for (int i = 0; i < 300; i++) {
    double x = 3 * f->spread * i / 299;
    double y = x <= f->min_dist ? 1 : exp(-(x - f->min_dist) / f->spread);
    double residual = 1 / (1 + a * pow(x, 2 * b)) - y;
    sum += residual * residual;
  }
  return sum;
}

TEST(published_values) {
  fitted usual = fit(0.1, 1), tight = fit(0.01, 1);
  CHECK_CLOSE(usual.a, 1.57694361, 1e-7);
  CHECK_CLOSE(usual.b, 0.89506072, 1e-7);
  CHECK_CLOSE(tight.a, 1.89560637, 1e-7);
  CHECK_CLOSE(tight.b, 0.80063763, 1e-7);
}

/* By central differences in log a and log b, relative to the curvature: how far off the minimum is.
 */
static void check_minimum(double min_dist, double spread) {
  const double h = 1e-4;
  fitted f = fit(min_dist, spread);
  double here = squared_error(&f, f.a, f.b);
  double a_up = squared_error(&f, f.a * exp(h), f.b),
         a_down = squared_error(&f, f.a * exp(-h), f.b);
  double b_up = squared_error(&f, f.a, f.b * exp(h)),
         b_down = squared_error(&f, f.a, f.b * exp(-h));
  CHECK(a_up > here && a_down > here && b_up > here && b_down > here);
  double a_curvature = (a_up + a_down - 2 * here) / (h * h);
  double b_curvature = (b_up + b_down - 2 * here) / (h * h);
  CHECK_CLOSE((a_up - a_down) / (2 * h * a_curvature), 0, 1e-6);
  CHECK_CLOSE((b_up - b_down) / (2 * h * b_curvature), 0, 1e-6);
}

TEST(gradient_vanishes) {
  const double min_dist[] = {0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.8, 0.99, 1};
  const double spread[] = {0.5, 1, 1.5, 3};
  for (int i = 0; i < 9; i++)
    for (int j = 0; j < 4; j++) check_minimum(min_dist[i] * spread[j], spread[j]);
}

TEST(extremes_are_finite) {
  const double spread[] = {1e-3, 0.1, 1, 10, 1e3}, part[] = {0, 1e-9, 0.5, 1};
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < 4; j++) {
      fitted f = fit(part[j] * spread[i], spread[i]);
      CHECK(isfinite(f.a) && isfinite(f.b) && f.a > 0 && f.b > 0);
    }
}

/* Stretching the plane by s leaves b and divides a by s^2b. */
TEST(scale_law) {
  const double spread[] = {1e-3, 0.02, 0.5, 7, 1e3}, part[] = {0, 0.1, 0.6, 1};
  for (int i = 0; i < 5; i++)
    for (int j = 0; j < 4; j++) {
      fitted one = fit(part[j], 1), other = fit(part[j] * spread[i], spread[i]);
      CHECK_CLOSE(other.b, one.b, 1e-6 * one.b);
      CHECK_CLOSE(other.a * pow(spread[i], 2 * one.b), one.a, 1e-4 * one.a);
    }
}

int main(void) {
  RUN(published_values);
  RUN(gradient_vanishes);
  RUN(extremes_are_finite);
  RUN(scale_law);
  return check_report();
}
