/*
 * table_fixtures.h: tables of neighbors, for the tests of what is made of them. Include it after
 * check.h, in a file that begins with arith/arith.h.
 */
#ifndef TABLE_FIXTURES_H
#define TABLE_FIXTURES_H

#include "fixtures.h"
#include "graph/smooth_knn.h"

static const uf_fuzzy_options plain = {1, 1, 1, INFINITY, 0};

static inline void table_alloc(int n, int k, uf_neighbors *table) {
  *table = (uf_neighbors){n, k, fixture_ints((int64_t)n * k), fixture_floats((int64_t)n * k), -1};
}

static inline void table_free(uf_neighbors *table) {
  free(table->index);
  free(table->distance);
}

/* One row as row 0 of a table; the other rows know themselves only. */
static inline void table_of_row(int k, const float *distance, uf_neighbors *table) {
  table_alloc(k, k, table);
  for (int i = 0; i < k; i++)
    for (int c = 0; c < k; c++) {
      table->index[i * k + c] = i == 0 ? c : c == 0 ? i : -1;
      table->distance[i * k + c] = i == 0 ? distance[c] : c == 0 ? 0 : INFINITY;
    }
}

/* Nearest neighbors of random points, by looking at all of them. digits > 0 rounds the points, for
 * duplicates. */
static inline void table_of_points(int n, int d, int k, double digits, uf_neighbors *table) {
  table_alloc(n, k, table);
  double *x = fixture_doubles((int64_t)n * d);
  for (int i = 0; i < n * d; i++) {
    x[i] = fixture_normal(20, i);
    if (digits > 0) x[i] = floor(x[i] * digits) / digits;
  }
  for (int i = 0; i < n; i++) {
    int *index = table->index + i * k, count = 1;
    float *distance = table->distance + i * k;
    index[0] = i;
    for (int o = 0; o < n; o++) {
      double d2 = 0;
      for (int c = 0; c < d; c++)
        d2 += (x[i * d + c] - x[o * d + c]) * (x[i * d + c] - x[o * d + c]);
      float far = (float)sqrt(d2);
      if (o == i || (count == k && distance[k - 1] <= far)) continue;
      int at = count < k ? count++ : k - 1;
      for (; at > 1 && distance[at - 1] > far; at--) {
        distance[at] = distance[at - 1];
        index[at] = index[at - 1];
      }
      distance[at] = far;
      index[at] = o;
    }
  }
  free(x);
}

static inline int counts(const uf_neighbors *table, const uf_fuzzy_options *options, int i, int c) {
  int at = i * table->k + c;
  return table->index[at] >= 0 && table->index[at] != i &&
         table->distance[at] < options->max_distance;
}

#endif
