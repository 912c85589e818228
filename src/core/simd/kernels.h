/*
 * simd/kernels.h: the inner loops, one table for each instruction set.
 *
 * Each loop is written once, over 16 float lanes (simd/kernels/distance.h, simd/kernels/product.h,
 * …), and compiled for each instruction set against its own vocabulary of lanes
 * (simd/isa/lanes_scalar.h, simd/isa/lanes_sse2.h, simd/isa/lanes_avx2.h, simd/isa/lanes_avx512.h,
 * simd/isa/lanes_neon.h). All tables give the same bits.
 */
#ifndef UF_KERNELS_H
#define UF_KERNELS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINED __attribute__((always_inline))

/* gcc -O2 leaves short loops standing, and their arrays in memory; clang unrolls them by itself. */
#if defined(__GNUC__) && !defined(__clang__)
#define UNROLLED _Pragma("GCC unroll 8")
#else
#define UNROLLED
#endif

/* out[i] = distance of `query` to row rows[i] of `points`; rows are `stride` floats, a multiple of
 * 16, padded by zeros. */
typedef void uf_distance_kernel(const float *query, const float *points, size_t stride,
                                const int *rows, int n_rows, float *out);

/* A string of codes stands for scale × code in each coordinate. */
typedef struct uf_code_head {
  float scale;
  float half_norm; /* ½ |scale × code|² */
  int32_t sum;     /* of the codes */
} uf_code_head;

/*
 * What scan_panels() reads, and the candidate lists that it fills. Queries and places are coded
 * relative to the same origin. A list holds places and their scores, in the order in which they
 * were met. A score is minus the bits of ½ distance², a float that is not negative: it is an
 * integer, and the higher the nearer.
 */
typedef struct uf_scan {
  int depth4;             /* codes of a row / 4 */
  const uint8_t *panels;  /* 16 places a panel, [depth4][16][4] codes + 64, in 1 … 127 */
  const float *scale;     /* per place */
  const float *half_norm; /* per place: ½ |scale × code|²; UF_HALF_NORM_OF_NOTHING if empty */
  const int8_t *query;    /* query_stride bytes a query, in -127 … 127 */
  size_t query_stride;
  const uf_code_head *head; /* per query */
  const int *list;          /* per query: the list that it fills */
  int keep;                 /* candidates wanted in a list */
  int capacity;             /* room in a list: at least keep + keep / 4 + 16, a multiple of 16 */
  int32_t *score;           /* per list: capacity */
  int32_t *place;           /* per list: capacity */
  int *count;               /* per list */
  int32_t *threshold;       /* per list: scores at or below it are of no use */
} uf_scan;

/* Farther than any place; and the threshold of an empty list, which an empty place does not
 * reach: minus the bits of 2^120. */
#define UF_HALF_NORM_OF_NOTHING 0x1p122f
enum {
  UF_SCORE_OF_NOTHING = -0x7b800000,
  UF_CODE_BIAS = 64,
  UF_LARGEST_PLACE = 63,
  UF_LARGEST_QUERY = 127,
  UF_MOST_CODES = 1024
};

/* Half the squared distance that a score stands for. */
static inline float uf_distance_of_score(int32_t score) {
  int32_t bits = -score;
  float distance;
  memcpy(&distance, &bits, sizeof distance);
  return distance;
}

/*
 * One epoch of the layout, as the lanes see it: 16 vertices are a group, and lane l of a group is
 * its vertex l. A group's edges lie in slots of 16, one edge a lane; an empty lane has weight 0.
 * Positions are interleaved (vertex × d); the rest is by group.
 */
typedef struct uf_layout_step {
  int d;
  const float *position;     /* n_groups × 16 × d: where the epoch begins */
  float *next;               /* the same shape: where it ends */
  const int64_t *slot_start; /* n_groups + 1 */
  const int32_t *neighbor;   /* slots × 16 */
  const float *weight;       /* slots × 16 */
  const float *degree;       /* n_groups × 16: sum of the weights of a vertex */
  float *moment1,
      *moment2;     /* n_groups × d × 16: Adam's running means of the force and of its square */
  float a, b;       /* the curve 1 / (1 + a d^2b) */
  float attraction; /* 2ab, twice: an edge pulls at both ends */
  float repulsion;  /* 2b γ */
  float softening, clip;          /* of the repulsion, see layout/options.h */
  float nearest, farthest;        /* bounds of squared distances */
  float negative_weight;          /* negatives an edge is due / negatives drawn */
  float beta1, beta2;             /* Adam */
  float correction1, correction2; /* 1 / (1 - beta^epoch) */
  float learning_rate, epsilon;
} uf_layout_step;

typedef struct uf_kernels {
  const char *name;

  uf_distance_kernel *squared_euclidean; /* Σ (x - y)² */
  uf_distance_kernel *manhattan;         /* Σ |x - y| */
  uf_distance_kernel *chebyshev;         /* max |x - y| */
  uf_distance_kernel *canberra;          /* Σ |x - y| / (|x| + |y|) */
  uf_distance_kernel *braycurtis;        /* Σ |x - y| / Σ |x + y| */
  uf_distance_kernel *jensenshannon;     /* ½ Σ x log(x / m) + y log(y / m), m = (x + y) / 2 */
  uf_distance_kernel *symmetric_kl;      /* ½ Σ (x - y) log(x / y) */
  uf_distance_kernel *tsss;              /* see uf_tsss() */
  uf_distance_kernel *unequal;           /* how many x ≠ y */

  /* (Σ |x - y|^p)^(1/p) */
  void (*minkowski)(const float *query, const float *points, size_t stride, const int *rows,
                    int n_rows, float p, float *out);

  /* Bits in common, see simd/kernels/sparse.h. */
  void (*count_common)(const uint64_t *query, const uint64_t *strings, size_t words,
                       const int *rows, int n_rows, int *out);

  /* A sparse row times a matrix, see simd/kernels/sparse.h. */
  void (*sparse_product)(const float *value, const int *column, int64_t n, const float *b, int m,
                         const float *offset, float *c);

  /* c (n × m) = offset (m, or NULL for 0) + a (n × depth) b (depth × m), summed in index order; m a
   * multiple of 16. */
  void (*product)(const float *a, size_t a_stride, int n, int depth, const float *b, int m,
                  const float *offset, float *c, size_t c_stride);

  /* Codes in -limit … limit of x + shift (m floats, m a multiple of 16 and at most UF_MOST_CODES;
   * shift may be NULL). */
  void (*encode)(const float *x, const float *shift, int m, int limit, int8_t *code,
                 uf_code_head *head);

  /* Scores queries 0 … n_queries - 1 against panels from … to - 1. */
  void (*scan_panels)(const uf_scan *scan, int n_queries, int from, int to);

  /* Cuts a list back to its `keep` best candidates; among equals the first met stay. */
  void (*cut_list)(const uf_scan *scan, int list);

  /* About the score of the nth best candidate of a list: at least n reach it, and no more exceed
   * it. UF_SCORE_OF_NOTHING if there are fewer. */
  int32_t (*nth_score)(const uf_scan *scan, int list, int n);

  /* Σ exp(-x / sigma) over n values, n a multiple of 16; and the terms themselves. */
  float (*exp_sum)(const float *x, int n, float sigma);
  void (*exp_terms)(const float *x, int n, float sigma, float *out);

  /* Moves the vertices of groups from … to - 1, all pushed by the same negatives (n_negatives × d).
   * scratch: 48 d floats on a cache line. */
  void (*layout_step)(const uf_layout_step *step, int64_t from, int64_t to, const float *negatives,
                      int n_negatives, float *scratch);
} uf_kernels;

extern const uf_kernels uf_kernels_scalar, uf_kernels_sse2, uf_kernels_fma, uf_kernels_avx2,
    uf_kernels_avx512, uf_kernels_vnni, uf_kernels_neon;

/* The names of the levels, for messages. */
extern const char *const uf_kernel_names;

/* The best table for this processor that does not exceed the level `name` (NULL or "": no limit);
 * NULL if no such level. */
const uf_kernels *uf_kernels_choose(const char *name);

#endif
