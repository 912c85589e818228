#include "arith/arith.h"

#include "data/metric.h"

#include <string.h>

#include "arith/exp_log.h"
#include "arith/trigonometry.h"

/* clang-format off */
#define METRIC(metric, name, form, comparison, finish, degree, translates, is_sparse, domain) \
  [UF_##metric] = {name, UF_ROW_##form, UF_COMPARE_##comparison, UF_##finish, degree, translates, is_sparse, UF_##domain},
static const uf_metric_traits metrics[UF_N_METRICS] = {
  METRIC(EUCLIDEAN,      "euclidean",      AS_GIVEN,     SQUARES,       ROOT_OF_PROXY,      1, 1, 1, ANY_VALUE)
  METRIC(SQEUCLIDEAN,    "sqeuclidean",    AS_GIVEN,     SQUARES,       PROXY_IS_DISTANCE,  2, 1, 1, ANY_VALUE)
  METRIC(SEUCLIDEAN,     "seuclidean",     STANDARDIZED, SQUARES,       ROOT_OF_PROXY,      0, 1, 0, ANY_VALUE)
  METRIC(MAHALANOBIS,    "mahalanobis",    WHITENED,     SQUARES,       ROOT_OF_PROXY,      0, 1, 0, ANY_VALUE)
  METRIC(COSINE,         "cosine",         DIRECTION,    SQUARES,       HALF_OF_PROXY,      0, 0, 1, ANY_VALUE)
  METRIC(CORRELATION,    "correlation",    CENTERED,      SQUARES,       HALF_OF_PROXY,      0, 0, 1, ANY_VALUE)
  METRIC(SPEARMAN,       "spearman",       RANKED,       SQUARES,       HALF_OF_PROXY,      0, 0, 0, ANY_VALUE)
  METRIC(HELLINGER,      "hellinger",      ROOT_SHARES,  SQUARES,       ROOT_OF_HALF_PROXY, 0, 0, 1, NOT_NEGATIVE)
  METRIC(HAVERSINE,      "haversine",      ON_SPHERE,    SQUARES,       ARC_OF_PROXY,       0, 0, 0, RADIANS)
  METRIC(MANHATTAN,      "manhattan",      AS_GIVEN,     MANHATTAN,     PROXY_IS_DISTANCE,  1, 1, 1, ANY_VALUE)
  METRIC(CHEBYSHEV,      "chebyshev",      AS_GIVEN,     CHEBYSHEV,     PROXY_IS_DISTANCE,  1, 1, 1, ANY_VALUE)
  METRIC(MINKOWSKI,      "minkowski",      AS_GIVEN,     MINKOWSKI,     PROXY_IS_DISTANCE,  1, 1, 1, ANY_VALUE)
  METRIC(CANBERRA,       "canberra",       AS_GIVEN,     CANBERRA,      PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(BRAYCURTIS,     "braycurtis",     AS_GIVEN,     BRAYCURTIS,    PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(TSSS,           "tsss",           AS_GIVEN,     TSSS,          PROXY_IS_DISTANCE,  4, 0, 1, ANY_VALUE)
  METRIC(JENSENSHANNON,  "jensenshannon",  SHARES,       JENSENSHANNON, PROXY_IS_DISTANCE,  0, 0, 0, NOT_NEGATIVE)
  METRIC(SYMMETRIC_KL,   "symmetric_kl",   SHARES,       SYMMETRIC_KL,  PROXY_IS_DISTANCE,  0, 0, 0, NOT_NEGATIVE)
  METRIC(HAMMING,        "hamming",        AS_GIVEN,     HAMMING,       PROXY_IS_DISTANCE,  0, 1, 1, ANY_VALUE)
  METRIC(JACCARD,        "jaccard",        TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(DICE,           "dice",           TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(MATCHING,       "matching",       TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(KULSINSKI,      "kulsinski",      TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(ROGERSTANIMOTO, "rogerstanimoto", TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(RUSSELLRAO,     "russellrao",     TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(SOKALMICHENER,  "sokalmichener",  TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(SOKALSNEATH,    "sokalsneath",    TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(YULE,           "yule",           TRUTH,        TRUTH,         PROXY_IS_DISTANCE,  0, 0, 1, ANY_VALUE)
  METRIC(FUNCTION,       "function",       AS_GIVEN,     BY_HOST,       PROXY_IS_DISTANCE,  0, 0, 0, ANY_VALUE)
};
#undef METRIC
/* clang-format on */

const uf_metric_traits *uf_metric_of(uf_metric metric) { return &metrics[metric]; }

int uf_metric_named(const char *name) {
  for (int m = 0; m < UF_N_METRICS; m++)
    if (strcmp(metrics[m].name, name) == 0) return m;
  return -1;
}

float uf_distance_from_proxy(uf_metric metric, float proxy) {
  switch (metrics[metric].finish) {
  case UF_ROOT_OF_PROXY: return sqrtf(proxy);
  case UF_HALF_OF_PROXY: return proxy < 4 ? 0.5f * proxy : 2; /* rounding can exceed the limit */
  case UF_ROOT_OF_HALF_PROXY: return proxy < 2 ? sqrtf(0.5f * proxy) : 1;
  case UF_ARC_OF_PROXY: return (float)(2 * uf_asin(proxy < 4 ? 0.5 * sqrt((double)proxy) : 1));
  default: return proxy;
  }
}

/* 0 when nothing differs, whatever the denominator. */
static double ratio(double numerator, double denominator) {
  return numerator > 0 ? numerator / denominator : 0;
}

double uf_truth_distance(uf_metric metric, double both, double a, double b, double n) {
  double one = a + b - 2 * both; /* columns true in one row alone */
  switch (metric) {
  case UF_JACCARD: return ratio(one, both + one);
  case UF_DICE: return ratio(one, 2 * both + one);
  case UF_KULSINSKI: return one > 0 ? (one - both + n) / (one + n) : 0;
  case UF_ROGERSTANIMOTO:
  case UF_SOKALMICHENER: return ratio(2 * one, n + one);
  case UF_RUSSELLRAO: return one > 0 ? (n - both) / n : 0;
  case UF_SOKALSNEATH: return ratio(one, 0.5 * both + one);
  case UF_YULE: {
    double crossed = (a - both) * (b - both), alike = both * (n - both - one);
    return ratio(2 * crossed, alike + crossed);
  }
  default: return one / n; /* hamming and matching */
  }
}

double uf_term(uf_comparison comparison, double x, double y, double p) {
  double difference = fabs(x - y);
  switch (comparison) {
  case UF_COMPARE_SQUARES: return difference * difference;
  case UF_COMPARE_CANBERRA: return ratio(difference, fabs(x) + fabs(y));
  case UF_COMPARE_MINKOWSKI: return uf_pow(difference, p);
  case UF_COMPARE_HAMMING: return difference > 0;
  default: return difference;
  }
}
