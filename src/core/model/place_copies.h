/*
 * model/place_copies.h: places for copies of a row, around or at the place of the row.
 */
#ifndef UF_PLACE_COPIES_H
#define UF_PLACE_COPIES_H

#include "model/distinct.h"

typedef enum uf_duplicates {
  UF_DUPLICATES_SPREAD,  /* on a small disc around their row */
  UF_DUPLICATES_MERGE,   /* at the place of their row */
  UF_DUPLICATES_SEPARATE /* rows are not grouped */
} uf_duplicates;

typedef struct uf_copy_options {
  uf_duplicates duplicates; /* SPREAD or MERGE */
  int d;
  uint64_t seed;
} uf_copy_options;

/* place: m × d, of the groups. layout: n × d, of all rows; the first row of a group lies at the
 * group's place, exactly. */
uf_status uf_place_copies(uf_context *ctx, const uf_row_groups *distinct,
                          const uf_copy_options *options, const float *place, float *layout);

#endif
