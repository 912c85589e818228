/*
 * data/precision.h: finds rows that single precision cannot compare with the others. Either a
 * metric's squares (or other powers) of their values underflow or overflow; metrics that compare
 * directions, ranks, fractions or truth values have no such rows. Or dense rows that differ have
 * the same floats: they differ by less than 2^-24 of their distance from the preparation's offset.
 *
 * Floats have full precision from 2^-126 to 2^128. So values whose squares are taken need to be at
 * least 2^-63; and a new row x needs |x| <= 2^63, since old ones have been scaled to values of at
 * most 2^40: their distance² is then about 2^126 at most. The metric tsss takes fourth powers:
 * 2^-31 and 2^31.
 *
 * One pass over the rows, O(n d), which ends at the first value of most rows; and a hash of each
 * row. Rows are read once more where they have the floats of other rows.
 */
#ifndef UF_PRECISION_H
#define UF_PRECISION_H

#include "data/points.h"
#include "data/prepare.h"

/* Finds out, of dense points, whether some are equal (points->copies).
 *
 * Warns about rows that differ from zero but whose powers underflow next to other rows'; if there
 * are none, about rows that differ but have the same floats. The metric tsss, which has no angle
 * for the former, refuses them. */
uf_status uf_check_precision(uf_context *ctx, const uf_matrix *matrix,
                             const uf_preparation *preparation, uf_points *points);

/* Refuses new rows whose distances overflow, given the preparation of the other rows. */
uf_status uf_check_overflow(uf_context *ctx, const uf_points *points);

#endif
