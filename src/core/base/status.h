/*
 * base/status.h: how a stage says what went wrong.
 *
 * Every fallible function returns a status; UF_OK is zero, so `if ((status = f(...))) goto done;`
 * reads well. The message lives in the context. Only the host (the R glue) turns it into an error
 * of its own.
 */
#ifndef UF_STATUS_H
#define UF_STATUS_H

typedef enum uf_status { UF_OK = 0, UF_NO_MEMORY, UF_INTERRUPTED, UF_BAD_INPUT } uf_status;

struct uf_context;

/* Formats the message into the context and returns `status`, so that `return uf_fail(...)` does
 * both. */
uf_status uf_fail(struct uf_context *ctx, uf_status status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#endif
