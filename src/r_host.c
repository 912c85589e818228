#include "r_host.h"

#include <setjmp.h>

static void catch_jump(void *caught, Rboolean jumped) {
  if (jumped) longjmp(*(jmp_buf *)caught, 1);
}

/* Runs code that R may leave by a jump: an interrupt, a time limit, an error, a handler of a message.
 * The jump is held until the core has stopped; r_run_check() lets it go on. */
static void call_r(r_run *run, SEXP (*code)(void *), void *data) {
  jmp_buf caught;
  if (run->jumped) return;
  if (setjmp(caught) == 0)
    R_UnwindProtect(code, data, catch_jump, &caught, run->unwinding);
  else
    run->jumped = 1;
}

static SEXP check_interrupt(void *unused) {
  (void)unused;
  R_CheckUserInterrupt();
  return R_NilValue;
}

static int host_interrupted(void *data) {
  r_run *run = data;
  call_r(run, check_interrupt, NULL);
  return run->jumped;
}

typedef struct progress_call {
  SEXP callback;
  const char *phase;
  double fraction;
} progress_call;

static SEXP call_progress(void *data) {
  progress_call *p = data;
  SEXP phase = PROTECT(Rf_mkString(p->phase)), fraction = PROTECT(Rf_ScalarReal(p->fraction));
  SEXP call = PROTECT(Rf_lang3(p->callback, phase, fraction));
  Rf_eval(call, R_BaseEnv);
  UNPROTECT(3);
  return R_NilValue;
}

static void host_progress(void *data, const char *phase, double fraction) {
  r_run *run = data;
  progress_call call = {r_element(run->settings, "progress"), phase, fraction};
  call_r(run, call_progress, &call);
}

static void host_warn(void *data, const char *message) {
  r_run *run = data;
  if (run->n_warnings == R_MAX_WARNINGS) return;
  snprintf(run->warning[run->n_warnings++], sizeof run->warning[0], "%s", message);
}

/* Calls a function of the settings, fn(text) or fn(status, text). */
static void call_setting(const r_run *run, const char *name, const char *status, const char *text) {
  SEXP callback = r_element(run->settings, name);
  SEXP message = PROTECT(Rf_mkString(text)),
       first = PROTECT(status ? Rf_mkString(status) : R_NilValue);
  SEXP call = PROTECT(status ? Rf_lang3(callback, first, message) : Rf_lang2(callback, message));
  Rf_eval(call, R_BaseEnv);
  UNPROTECT(3);
}

static const char *status_name(uf_status status) {
  switch (status) {
  case UF_NO_MEMORY: return "memory";
  default: return "input";
  }
}

void r_run_open(r_run *run, SEXP settings) {
  run->settings = settings;
  run->unwinding = R_MakeUnwindCont();
  R_PreserveObject(run->unwinding);
  uf_host host = {.data = run,
                  .interrupted = host_interrupted,
                  .progress = host_progress,
                  .warn = host_warn};
  r_run_check(run, uf_context_open(&run->ctx, &host, r_int(settings, "n_threads"),
                                   r_string(settings, "isa")));
}

/* Tells R that the last phase is over: it takes the time. */
static void end_phase(r_run *run) {
  if (!*run->ctx.phase) return;
  run->ctx.phase = "";
  host_progress(run, "", 1);
}

void r_run_check(r_run *run, uf_status status) {
  if (!status) end_phase(run);
  if (run->jumped) R_ContinueUnwind(run->unwinding);
  if (status) call_setting(run, "fail", status_name(status), run->ctx.message);
  for (int w = 0; w < run->n_warnings; w++) call_setting(run, "warn", NULL, run->warning[w]);
  run->n_warnings = 0;
}

void r_run_close(r_run *run) {
  if (run->unwinding) R_ReleaseObject(run->unwinding);
  uf_context_close(&run->ctx);
}

SEXP r_execute(SEXP (*body)(void *call), void (*release)(void *call), void *call) {
  return R_ExecWithCleanup(body, call, release, call);
}
