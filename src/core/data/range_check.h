/*
 * data/range_check.h: rows that float cannot hold beside each other, by the squares (or other powers)
 * that their metric takes. Metrics that compare directions, proxies, shares or what is true have none.
 */
#ifndef UF_POINTS_SIZES_H
#define UF_POINTS_SIZES_H

#include "data/points.h"

/* Warns of rows that are not zero and yet as good as zero beside others; tsss, which has no angle
 * for them, refuses them. */
uf_status uf_look_for_lost_rows(uf_context *ctx, const uf_matrix *matrix,
                                const uf_preparation *preparation, const uf_points *points);

/* Refuses rows that were made ready as others were and are too large beside them. */
uf_status uf_check_sizes(uf_context *ctx, const uf_points *points);

#endif
