/*
 * data/metric.h: the table of metrics: how a row is prepared, how two prepared rows are compared,
 * and how the result becomes a distance.
 *
 * A comparison gives a proxy distance, which ascends with the distance and is never negative. Most
 * metrics reduce to the squared Euclidean comparison of prepared rows: cosine, for example, to
 * |u - v|² / 2 = 1 - u·v for rows of length 1.
 */
#ifndef UF_METRIC_H
#define UF_METRIC_H

typedef enum uf_metric {
  UF_EUCLIDEAN,
  UF_MANHATTAN,
  UF_COSINE,
  UF_CORRELATION,
  UF_SQEUCLIDEAN,
  UF_CHEBYSHEV,
  UF_MINKOWSKI,
  UF_CANBERRA,
  UF_BRAYCURTIS,
  UF_HELLINGER,
  UF_JENSENSHANNON,
  UF_SYMMETRIC_KL,
  UF_SEUCLIDEAN,
  UF_MAHALANOBIS,
  UF_HAVERSINE,
  UF_SPEARMAN,
  UF_TSSS,
  UF_HAMMING,
  UF_JACCARD,
  UF_DICE,
  UF_MATCHING,
  UF_KULSINSKI,
  UF_ROGERSTANIMOTO,
  UF_RUSSELLRAO,
  UF_SOKALMICHENER,
  UF_SOKALSNEATH,
  UF_YULE,
  UF_FUNCTION, /* the host's own: uf_host.distance */
  UF_N_METRICS
} uf_metric;

/* What a row becomes (data/prepare.h). */
typedef enum uf_row_form {
  UF_ROW_AS_GIVEN,
  UF_ROW_DIRECTION,    /* x / |x|; a row without a direction becomes an additional axis */
  UF_ROW_CENTERED,     /* the same of x - mean(x) */
  UF_ROW_RANKED,       /* the same of the ranks of x; equal values have their mean rank */
  UF_ROW_ROOT_SHARES,  /* sqrt(x / Σ x); a row of zeros becomes an additional axis */
  UF_ROW_SHARES,       /* (x + ε) / Σ (x + ε) */
  UF_ROW_STANDARDIZED, /* each column divided by its standard deviation */
  UF_ROW_WHITENED,     /* L⁻¹ x, where L Lᵀ is the covariance */
  UF_ROW_ON_SPHERE,    /* latitude and longitude as a point of the unit sphere */
  UF_ROW_TRUTH         /* x ≠ 0, as bits */
} uf_row_form;

typedef enum uf_comparison {
  UF_COMPARE_SQUARES, /* Σ (x - y)² */
  UF_COMPARE_MANHATTAN,
  UF_COMPARE_CHEBYSHEV,
  UF_COMPARE_MINKOWSKI,
  UF_COMPARE_CANBERRA,
  UF_COMPARE_BRAYCURTIS,
  UF_COMPARE_JENSENSHANNON,
  UF_COMPARE_SYMMETRIC_KL,
  UF_COMPARE_TSSS,
  UF_COMPARE_HAMMING,
  UF_COMPARE_TRUTH, /* by the numbers of columns that are true in both rows, in one, in none */
  UF_COMPARE_BY_HOST
} uf_comparison;

typedef enum uf_finish {
  UF_PROXY_IS_DISTANCE,
  UF_ROOT_OF_PROXY,
  UF_HALF_OF_PROXY,      /* |u - v|² / 2 = 1 - u·v */
  UF_ROOT_OF_HALF_PROXY, /* hellinger */
  UF_ARC_OF_PROXY        /* the arc above a chord of the unit sphere */
} uf_finish;

/* Which values a metric admits. */
typedef enum uf_domain { UF_ANY_VALUE, UF_NOT_NEGATIVE, UF_RADIANS } uf_domain;

typedef struct uf_metric_traits {
  const char *name;
  uf_row_form form;
  uf_comparison comparison;
  uf_finish finish;
  int degree;     /* multiplying the data by c multiplies distances by c^degree */
  int translates; /* whether the distance depends on x - y only, so that columns may be shifted */
  int is_sparse;  /* whether sparse rows can be compared without filling in their zeros */
  uf_domain domain;
} uf_metric_traits;

const uf_metric_traits *uf_metric_of(uf_metric metric);

/* The metric with that name, or -1. */
int uf_metric_named(const char *name);

/* Whether the metric compares truth values. */
static inline int uf_metric_is_binary(uf_metric metric) {
  return uf_metric_of(metric)->comparison == UF_COMPARE_TRUTH;
}

/* The metric's distance from a proxy. */
float uf_distance_from_proxy(uf_metric metric, float proxy);

/* Returns the distance between two rows of n truth values: a are true in one, b in the other,
 * `both` in both. */
double uf_truth_distance(uf_metric metric, double both, double a, double b, double n);

/* The term of one column in the sum of a comparison (in the maximum of chebyshev, in the numerator
 * of braycurtis); p is the power of minkowski. */
double uf_term(uf_comparison comparison, double x, double y, double p);

#endif
