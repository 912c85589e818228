/* Registers the entry points. Not in glue/, as R CMD check wants a source file in src itself. */
#include "glue/entry_points.h"

#include <R_ext/Rdynload.h>

static const R_CallMethodDef entries[] = {
#define ENTRY(name, n_arguments, arguments)                                                        \
  {#name, (DL_FUNC)(void (*)(void))unfurl_##name, n_arguments},
#include "glue/entry_points.def"
#undef ENTRY
    {NULL, NULL, 0},
};

void R_init_unfurl(DllInfo *dll) {
  R_registerRoutines(dll, NULL, entries, NULL, NULL);
  R_useDynamicSymbols(dll, FALSE);
  R_forceSymbols(dll, TRUE);
}
