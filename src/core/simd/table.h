/*
 * table.h: every kernel, over the vocabulary of lanes included before it, and the table of them.
 * The last include of scalar.c, avx2.c, …
 */
#include "exp_kernels.h"
#include "distance_kernels.h"
#include "layout_kernels.h"
#include "product_kernels.h"
#include "scan_kernels.h"
#include "sparse_kernels.h"

const uf_kernels UF_TABLE = {
    .name = UF_TABLE_NAME,
    .squared_euclidean = squared_euclidean,
    .manhattan = manhattan,
    .chebyshev = chebyshev,
    .canberra = canberra,
    .braycurtis = braycurtis,
    .jensenshannon = jensenshannon,
    .symmetric_kl = symmetric_kl,
    .tsss = tsss,
    .unequal = unequal,
    .minkowski = minkowski,
    .count_common = count_common,
    .sparse_product = sparse_product,
    .product = product,
    .encode = encode,
    .scan_panels = scan_panels,
    .cut_list = cut_list,
    .nth_score = nth_score,
    .exp_sum = exp_sum,
    .exp_terms = exp_terms,
    .layout_step = layout_step,
};
