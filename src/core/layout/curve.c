/*
 * layout/curve.c: fits a and b by least squares on 300 points x in [0, 3 spread], as umap-learn
 * takes them:
 *
 *   min Σ_x r(x)²        r(x) = 1 / (1 + a x^2b) - y(x)
 *
 * by the method of Levenberg and Marquardt: a step p solves (J'J + λ diag(J'J)) p = -J'r with J the
 * derivatives of r; where it lowers the sum, it is taken and λ falls tenfold, else λ grows tenfold.
 * The unknowns are log a and log b, so that both stay positive. With u = a x^2b,
 *
 *   dr / d log a = - u / (1 + u)²        dr / d log b = - u / (1 + u)² 2b log x
 *
 * x is in units of spread, and a is converted at the end: a (x / spread)^2b.
 */
#include "arith/arith.h"

#include "layout/curve.h"

#include "arith/exp_log.h"

enum { N_POINTS = 300, MAX_STEPS = 500 };

typedef struct curve_problem {
  double x[N_POINTS], y[N_POINTS];
} curve_problem;

/* Normal equations of one step: gradient g and Gauss-Newton matrix h (upper triangle). */
typedef struct normal_equations {
  double h_aa, h_ab, h_bb, g_a, g_b;
} normal_equations;

/* Returns u = a x^2b; the curve is 1 / (1 + u). */
static double power_term(double x, double log_a, double b) {
  return x > 0 ? uf_exp(log_a + 2 * b * uf_log(x)) : 0;
}

static double squared_error(const curve_problem *p, double log_a, double log_b) {
  double sum = 0, b = uf_exp(log_b);
  for (int i = 0; i < N_POINTS; i++) {
    double residual = 1 / (1 + power_term(p->x[i], log_a, b)) - p->y[i];
    sum += residual * residual;
  }
  return sum;
}

static normal_equations linearize(const curve_problem *p, double log_a, double log_b) {
  normal_equations e = {0};
  double b = uf_exp(log_b);
  for (int i = 1; i < N_POINTS; i++) {
    double u = power_term(p->x[i], log_a, b), curve = 1 / (1 + u);
    double residual = curve - p->y[i];
    double by_a = -u * curve * curve, by_b = by_a * 2 * b * uf_log(p->x[i]);
    e.h_aa += by_a * by_a;
    e.h_ab += by_a * by_b;
    e.h_bb += by_b * by_b;
    e.g_a += by_a * residual;
    e.g_b += by_b * residual;
  }
  return e;
}

void uf_fit_curve(double min_dist, double spread, double *a, double *b) {
  curve_problem problem;
  for (int i = 0; i < N_POINTS; i++) {
    double x = 3.0 * i / (N_POINTS - 1); /* in units of spread */
    problem.x[i] = x;
    problem.y[i] = x <= min_dist / spread ? 1 : uf_exp(min_dist / spread - x);
  }
  double log_a = 0, log_b = 0, damping = 1e-3; /* a = b = 1 */
  double error = squared_error(&problem, log_a, log_b);
  for (int step = 0; step < MAX_STEPS; step++) {
    normal_equations e = linearize(&problem, log_a, log_b);
    double h_aa = e.h_aa * (1 + damping), h_bb = e.h_bb * (1 + damping);
    double determinant = h_aa * h_bb - e.h_ab * e.h_ab;
    if (!(determinant > 0)) break;
    double move_a = (e.h_ab * e.g_b - h_bb * e.g_a) / determinant;
    double move_b = (e.h_ab * e.g_a - h_aa * e.g_b) / determinant;
    double new_error = squared_error(&problem, log_a + move_a, log_b + move_b);
    if (new_error <= error) {
      log_a += move_a;
      log_b += move_b;
      error = new_error;
      damping *= 0.1;
      if (fabs(move_a) + fabs(move_b) < 1e-13) break;
    } else {
      damping *= 10;
      if (damping > 1e12) break;
    }
  }
  *b = uf_exp(log_b);
  *a = uf_exp(log_a - 2 * *b * uf_log(spread));
}
