/*
 * data/points_bits.h: makes strings of bits, bit c saying whether column c is not zero, from a
 * dense matrix or a matrix of packed bits. O(n d).
 */
#ifndef UF_POINTS_BITS_H
#define UF_POINTS_BITS_H

#include "data/points.h"
#include "data/prepare.h"

/* Sets all of the points but their unit. */
uf_status uf_points_from_bits(uf_context *ctx, const uf_matrix *matrix,
                              const uf_preparation *preparation, uf_points *points);

#endif
