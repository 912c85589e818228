/*
 * arith/float_mode.h: sets the processor's mode of rounding.
 *
 * It belongs to the thread, and a library linked with -ffast-math changes it for the whole process
 * when it is loaded, so that tiny numbers become zero: results would depend on what else the user
 * has loaded. So a context sets the mode that IEEE 754 starts with, and puts back the one it met.
 */
#ifndef UF_FLOAT_MODE_H
#define UF_FLOAT_MODE_H

#include <stdint.h>

#if defined(__x86_64__)

#include <xmmintrin.h>

enum { UF_FLOAT_MODE_IEEE = 0x1f80 }; /* to the nearest, with subnormals, all exceptions masked */

static inline uint64_t uf_float_mode(void) { return _mm_getcsr(); }
static inline void uf_float_mode_set(uint64_t mode) { _mm_setcsr((unsigned int)mode); }

#elif defined(__aarch64__)

enum { UF_FLOAT_MODE_IEEE = 0 };

static inline uint64_t uf_float_mode(void) {
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}
static inline void uf_float_mode_set(uint64_t mode) {
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}

#else

enum { UF_FLOAT_MODE_IEEE = 0 };

static inline uint64_t uf_float_mode(void) { return UF_FLOAT_MODE_IEEE; }
static inline void uf_float_mode_set(uint64_t mode) { (void)mode; }

#endif
#endif
