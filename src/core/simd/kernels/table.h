/*
 * simd/kernels/table.h: every template, over the vocabulary of lanes included before it, and the
 * table of them. The last include of each source of simd/isa.
 *
 * Contract: simd/isa/lanes_*.h has defined LANES, vf, vi and their functions as
 * simd/isa/lanes_scalar.h defines them, and the sizes of tiles PRODUCT_ROWS, PRODUCT_LANES,
 * SCAN_ROWS, SCAN_PANELS and SCAN_ALONE; UF_TABLE and UF_TABLE_NAME name the table.
 */
#include "simd/kernels/exp.h"
#include "simd/kernels/distance.h"
#include "simd/kernels/layout.h"
#include "simd/kernels/product.h"
#include "simd/kernels/scan.h"
#include "simd/kernels/sparse.h"

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
