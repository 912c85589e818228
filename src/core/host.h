/*
 * host.h: what the core asks of the program that it lives in.
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
} uf_host;

#endif
