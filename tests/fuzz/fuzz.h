/*
 * fuzz.h: what the fuzz targets make of arbitrary bytes. Each target is a program of libFuzzer (see
 * tools/fuzz.sh): whatever it is given, a stage returns a status, and what it returns with UF_OK is
 * well-formed.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "umap.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Takes from the front of the bytes; zeros when they are at their end. */
typedef struct fuzz_input {
  const uint8_t *bytes;
  size_t left;
} fuzz_input;

static inline void fuzz_take(fuzz_input *input, void *to, size_t size) {
  size_t have = input->left < size ? input->left : size;
  memset(to, 0, size);
  memcpy(to, input->bytes, have);
  input->bytes += have;
  input->left -= have;
}

static inline int fuzz_whole(fuzz_input *input, int low, int high) {
  uint16_t bits;
  fuzz_take(input, &bits, sizeof bits);
  return low + bits % (high - low + 1);
}

static inline double fuzz_double(fuzz_input *input) {
  double x;
  fuzz_take(input, &x, sizeof x);
  return x;
}

static inline void fuzz_must(int holds) {
  if (!holds) abort();
}

#endif
