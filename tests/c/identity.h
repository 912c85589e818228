/*
 * identity.h: what the two files of the identity program share: the context, the hash of the stage
 * at hand, the data, and the words for variants. Include it after arith/arith.h.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "fixtures.h"
#include "umap.h"

/* Small, for emulated processors; odd, for blocks and groups of 16 that are not full. WIDE columns
 * are more than the clusters keep, so that principal directions are taken. */
enum { N = 421, NARROW = 12, WIDE = 83, NOISY = 301, TALL = 1203, FEW = 3, K = 15, SEED = 42 };

extern uf_context ctx;

/* A stage: begin(), what it returns, end(). */
void begin(void);
void take(const void *block, size_t size);
void take_floats(const float *x, int64_t count);
void take_double(double x);
void take_ints(const int *x, int64_t count);
void end(const char *stage, const char *variant);

/* Ends the program with the message of the context unless the status is UF_OK. */
void must(uf_status status);

/* n × d by columns: correlated columns around a few centers, some rows twice; NOISY columns are
 * noise alone, in which an approximation is bound to miss some: what it misses has to agree too. */
double *make_data(int n, int d, double size);
uf_points points_of(int n, int d, double size, uf_metric metric);
void take_neighbors(const uf_neighbors *neighbors);

/* The stages as far as the neighbors, each on its own data. */
void stages_of_data(void);

typedef struct word {
  const char *name;
  int value;
} word;

#define EACH(word_, words)                                                                         \
  for (const word *word_ = (words); word_ < (words) + sizeof(words) / sizeof *(words); word_++)

#endif
