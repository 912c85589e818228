/*
 * umap.h: the public face of the core, and UMAP as a whole.
 *
 * A host includes this header alone. It opens a context, calls stages or uf_umap(), and frees what
 * it got.
 */
#ifndef UF_UMAP_H
#define UF_UMAP_H

#include "context.h"
#include "curve.h"
#include "fuzzy.h"
#include "init.h"
#include "layout.h"
#include "memory.h"
#include "neighbors.h"
#include "parallel.h"
#include "points.h"
#include "quality.h"
#include "types.h"

typedef enum uf_init_method {
  UF_INIT_SPECTRAL,
  UF_INIT_PCA,
  UF_INIT_RANDOM,
  UF_INIT_GIVEN
} uf_init_method;

typedef struct uf_umap_options {
  int n_neighbors; /* the point itself counted */
  int n_components;
  uf_metric metric;
  uf_neighbor_method neighbor_method;
  uf_fuzzy_options fuzzy;
  uf_init_method init;
  uf_layout_options layout;
  uint64_t seed;
} uf_umap_options;

/* What UMAP makes of the data, stage by stage. uf_umap_free() frees it. */
typedef struct uf_umap_result {
  uf_neighbors neighbors;
  uf_neighbor_method neighbor_method; /* the one used */
  double unit;                        /* distances, rho and sigma × unit are in the user's units */
  float *rho, *sigma;                 /* n */
  uf_graph graph;
  float *layout; /* n × n_components */
} uf_umap_result;

/*
 * Embeds the rows of `data`. Neighbours that are known already, and their unit, stand in result
 * when called (then data may be NULL); a start of the caller's own stands in result->layout (with
 * UF_INIT_GIVEN). The result is to be zero otherwise, and to be freed in any case.
 */
uf_status uf_umap(uf_context *ctx, const uf_columns *data, const uf_umap_options *options,
                  uf_umap_result *result);
void uf_umap_free(uf_umap_result *result);

/* The start alone. points may be NULL but for UF_INIT_PCA. */
uf_status uf_initial_layout(uf_context *ctx, const uf_graph *graph, const uf_points *points,
                            uf_init_method method, int d, uint64_t seed, float *layout);

#endif
