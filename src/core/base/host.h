/*
 * base/host.h: what the core asks of the program that it lives in.
 *
 * All callbacks run on the thread that entered the core, never on a worker, and must return
 * normally: a host whose callbacks can jump away (R's can) catches the jump itself. Any of them may
 * be NULL.
 */
#ifndef UF_HOST_H
#define UF_HOST_H

/* What a warning is about. */
typedef enum uf_warning {
  UF_WARN_RECALL,      /* the neighbors found are clearly fewer than asked for */
  UF_WARN_CONVERGENCE, /* an iteration ended at its limit */
  UF_WARN_ISOLATED,    /* vertices without an edge */
  UF_WARN_PRECISION    /* rows that single precision cannot tell apart */
} uf_warning;

typedef struct uf_host {
  void *data;
  int (*interrupted)(void *data);                                   /* non-zero: stop soon */
  void (*progress)(void *data, const char *phase, double fraction); /* fraction in [0, 1] */
  void (*warn)(void *data, uf_warning kind, const char *message);
  /* A metric of the host's own (UF_FUNCTION), of two rows of the data, or of a row of the queries
   * and one of the data. At least 0; the context has one thread then. */
  double (*distance)(void *data, int is_query, int row, int other);
} uf_host;

#endif
