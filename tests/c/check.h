/*
 * check.h: unit tests in a few lines.
 *
 *   TEST(addition) { CHECK(1 + 1 == 2); CHECK_CLOSE(0.1 + 0.2, 0.3, 1e-15); }
 *   int main(void) { RUN(addition); return check_report(); }
 *
 * Silent while all is well. A test goes on after a failed check; of a test's failures the first few
 * are shown. Check on the main thread only: workers leave their results in an array.
 */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdio.h>

enum { CHECK_SHOWN = 5 };

static int check_failures, check_passed, check_failed;

static inline int check_fails(const char *file, int line) {
  if (check_failures++ >= CHECK_SHOWN) return 0;
  return fprintf(stderr, "%s:%d: ", file, line) > 0;
}

static inline void check_that(int holds, const char *what, const char *file, int line) {
  if (!holds && check_fails(file, line)) fprintf(stderr, "%s\n", what);
}

/* NaN is close to nothing; infinity is close to itself. */
static inline void check_close(double a, double b, double tolerance, const char *what,
                               const char *file, int line) {
  if (a == b || fabs(a - b) <= tolerance) return;
  if (check_fails(file, line)) fprintf(stderr, "%s: %.17g and %.17g\n", what, a, b);
}

static inline void check_run(const char *name, void (*test)(void)) {
  check_failures = 0;
  test();
  if (check_failures) fprintf(stderr, "FAILED %s (%d checks)\n", name, check_failures);
  check_failures ? check_failed++ : check_passed++;
}

/* The last line of a test program, and its exit status. */
static inline int check_report(void) {
  fflush(stderr);
  printf("%d passed, %d failed\n", check_passed, check_failed);
  return check_failed > 0;
}

#define CHECK(condition) check_that((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
#define CHECK_CLOSE(a, b, tolerance)                                                               \
  check_close((a), (b), (tolerance), #a " is not near " #b, __FILE__, __LINE__)
#define TEST(name) static void test_##name(void)
#define RUN(name) check_run(#name, test_##name)

#endif
