/*
 * base/host.h: what the core asks of the program that it lives in.
 *
 * All callbacks run on the thread that entered the core, never on a worker, and must return
 * normally: a host whose callbacks can jump away (R's can) catches the jump itself. Any of them may
 * be NULL.
 */
#ifndef UF_HOST_H
#define UF_HOST_H

typedef struct uf_host {
  void *data;
  int (*interrupted)(void *data);                                   /* non-zero: stop soon */
  void (*progress)(void *data, const char *phase, double fraction); /* fraction in [0, 1] */
  void (*warn)(void *data, const char *message);                    /* a fallback, said aloud */
  /* A metric of the host's own (UF_FUNCTION), of two rows of the data, or of a row of the queries
   * and one of the data. At least 0; the context has one thread then. */
  double (*distance)(void *data, int is_query, int row, int other);
} uf_host;

#endif
