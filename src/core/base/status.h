/*
 * base/status.h: how a stage says what went wrong.
 *
 * Every fallible function returns a status; UF_OK is zero, so `if ((status = f(...))) goto done;`
 * reads well. uf_fail() writes the message into the context; only the host turns it into an error.
 */
#ifndef UF_STATUS_H
#define UF_STATUS_H

typedef enum uf_status { UF_OK = 0, UF_NO_MEMORY, UF_INTERRUPTED, UF_BAD_INPUT } uf_status;

#endif
