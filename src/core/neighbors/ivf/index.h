/*
 * neighbors/ivf/index.h: an inverted file: quantized rows in the order of their inverted lists.
 *
 *     z(x) = offset + x columns        projection on m coordinates   (quantize.h)
 *     c(x)                             the centroid nearest to z(x)  (kmeans.h)
 *     code(x) = round((z(x) - c(x)) / scale)                         (quantize.h)
 *
 * An inverted list holds the rows with one centroid; a very large list, for example of duplicates,
 * is cut into several lists with the same centroid. O(n d m) to make; n (m + 16) bytes, about.
 */
#ifndef UF_IVF_INDEX_H
#define UF_IVF_INDEX_H

#include "neighbors/ivf/kmeans.h"
#include "neighbors/ivf/quantize.h"

typedef struct uf_ivf_list {
  int first_panel; /* its rows begin a new panel */
  int size;        /* rows */
} uf_ivf_list;

typedef struct uf_ivf_index {
  int n;
  int n_lists;
  uf_basis basis; /* of the projection */
  uf_kmeans kmeans;
  uf_panels panels;   /* codes, relative to the centroid of the list */
  uf_ivf_list *lists; /* n_lists, in the order of their panels */
  int *centroid_of;   /* n_lists: the number of a list's centroid */
  int *row_at;        /* panels.n_panels × 16: the row at a place, or -1 */
  int *list_of;       /* n: the list of a row */
} uf_ivf_index;

/* n_directions: coordinates that rows with more columns are projected on; rows_per_list: on
 * average. */
uf_status uf_ivf_index_make(uf_context *ctx, const uf_points *points, int n_directions,
                            int rows_per_list, uint64_t seed, uf_ivf_index *index);
void uf_ivf_index_free(uf_ivf_index *index);

static inline const float *uf_ivf_centroid(const uf_ivf_index *index, int list) {
  return index->kmeans.centroid + (size_t)index->centroid_of[list] * (size_t)index->kmeans.m;
}

static inline int uf_ivf_first_place(const uf_ivf_list *list) { return 16 * list->first_panel; }

/* The panel after its last one. */
static inline int uf_ivf_list_end(const uf_ivf_list *list) {
  return list->first_panel + (list->size + 15) / 16;
}

#endif
