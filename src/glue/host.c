#include "host.h"

#include <setjmp.h>

static void catch_jump(void *caught, Rboolean jumped) {
  if (jumped) longjmp(*(jmp_buf *)caught, 1);
}

/* Runs code that R may leave by a jump: an interrupt, a time limit, an error, a handler of a
 * message. The jump is held until the core has stopped; r_run_check() lets it go on. */
void r_call(r_run *run, SEXP (*code)(void *), void *data) {
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
  r_call(run, check_interrupt, NULL);
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
  r_call(run, call_progress, &call);
}

/* Returns the word that makes the class of R's warning. */
static const char *warning_name(uf_warning kind) {
  switch (kind) {
  case UF_WARN_RECALL: return "recall";
  case UF_WARN_CONVERGENCE: return "convergence";
  case UF_WARN_ISOLATED: return "isolated";
  default: return "precision";
  }
}

static void signal_warning(const r_run *run, const r_warning *warning) {
  SEXP text = PROTECT(Rf_mkString(warning->text));
  SEXP kind = PROTECT(Rf_mkString(warning_name(warning->kind)));
  Rf_eval(PROTECT(Rf_lang3(r_element(run->settings, "warn"), text, kind)), R_BaseEnv);
  UNPROTECT(3);
}

/* Raises R's error by a jump. `argument`: the name of the bad argument. */
static void signal_error(const r_run *run, const char *status, const char *argument,
                         const char *text) {
  SEXP first = PROTECT(Rf_mkString(status)), message = PROTECT(Rf_mkString(text));
  SEXP name = PROTECT(Rf_mkString(argument));
  Rf_eval(PROTECT(Rf_lang4(r_element(run->settings, "fail"), first, message, name)), R_BaseEnv);
  UNPROTECT(4);
}

/* ---- A metric that is an R function ----
 *
 * It is called as metric(x, y) where these names are defined, so that an error in it shows its call
 * without the numbers of two rows. */

typedef struct distance_call {
  r_run *run;
  SEXP from; /* the matrix that holds the first row */
  int row, other;
  double result;
} distance_call;

static SEXP row_of(SEXP matrix, int row) {
  uf_matrix values = r_matrix(matrix);
  SEXP vector = Rf_allocVector(REALSXP, values.d);
  double *out = REAL(vector);
  for (int c = 0; c < values.d; c++) out[c] = uf_matrix_at(&values, row, c);
  return vector;
}

static SEXP call_distance(void *data) {
  distance_call *d = data;
  SEXP a = PROTECT(row_of(d->from, d->row)), b = PROTECT(row_of(d->run->data, d->other));
  SEXP x = Rf_install("x"), y = Rf_install("y"), frame = d->run->frame;
  Rf_defineVar(x, a, frame);
  Rf_defineVar(y, b, frame);
  SEXP call = PROTECT(Rf_lang3(Rf_install("metric"), x, y));
  SEXP value = PROTECT(Rf_eval(call, frame));
  double result = Rf_isNumeric(value) && Rf_length(value) == 1 ? Rf_asReal(value) : NA_REAL;
  if (!(result >= 0))
    signal_error(d->run, "input", "metric",
                 "is a function that must return a number of at least 0");
  d->result = result;
  UNPROTECT(4);
  return R_NilValue;
}

static double host_distance(void *data, int is_query, int row, int other) {
  r_run *run = data;
  distance_call call = {run, is_query ? run->queries : run->data, row, other, 0};
  r_call(run, call_distance, &call);
  return call.result;
}

static void host_warn(void *data, uf_warning kind, const char *message) {
  r_run *run = data;
  for (int w = 0; w < run->n_warnings; w++)
    if (strcmp(run->warning[w].text, message) == 0) return; /* once for all components */
  if (run->n_warnings == R_MAX_WARNINGS) return;
  r_warning *warning = &run->warning[run->n_warnings++];
  warning->kind = kind;
  snprintf(warning->text, sizeof warning->text, "%s", message);
}

static const char *status_name(uf_status status) {
  switch (status) {
  case UF_NO_MEMORY: return "memory";
  default: return "input";
  }
}

void r_run_open(r_run *run, SEXP settings) {
  run->settings = settings;
  run->argument = "x";
  run->unwinding = R_MakeUnwindCont();
  R_PreserveObject(run->unwinding);
  uf_host host = {.data = run,
                  .interrupted = host_interrupted,
                  .progress = host_progress,
                  .warn = host_warn,
                  .distance = host_distance};
  r_run_check(run, uf_session_open(&run->ctx, &host, r_int(settings, "n_threads"),
                                   r_string(settings, "isa")));
}

/* Reports to R that the last phase is over: R takes the time. */
static void end_phase(r_run *run) {
  if (!*run->ctx.phase) return;
  run->ctx.phase = "";
  host_progress(run, "", 1);
}

void r_run_check(r_run *run, uf_status status) {
  if (!status) end_phase(run);
  if (run->jumped) R_ContinueUnwind(run->unwinding);
  if (status) signal_error(run, status_name(status), run->argument, run->ctx.message);
  for (int w = 0; w < run->n_warnings; w++) signal_warning(run, &run->warning[w]);
  run->n_warnings = 0;
}

float *r_new_floats(r_run *run, int64_t count) {
  float *floats = uf_alloc(&run->ctx, count, sizeof *floats);
  if (!floats) r_run_check(run, UF_NO_MEMORY);
  return floats;
}

void r_run_close(r_run *run) {
  if (run->unwinding) R_ReleaseObject(run->unwinding);
  uf_session_close(&run->ctx);
}

void r_take_function(r_run *run, SEXP x) {
  run->frame = r_element(run->settings, "frame");
  run->data = x;
}

void r_prepare_points(r_run *run, SEXP x, SEXP metric, uf_preparation *preparation,
                      uf_points *points) {
  uf_matrix matrix = r_matrix(x);
  uf_metric_choice choice = r_metric(metric);
  if (choice.metric == UF_FUNCTION) r_take_function(run, x);
  r_run_check(run, uf_preparation_make(&run->ctx, &matrix, &choice, preparation));
  r_run_check(run, uf_points_prepare(&run->ctx, &matrix, preparation, points));
}

void r_make_points(r_run *run, SEXP x, SEXP metric, uf_points *points) {
  uf_matrix matrix = r_matrix(x);
  uf_metric_choice choice = r_metric(metric);
  if (choice.metric == UF_FUNCTION) r_take_function(run, x);
  r_run_check(run, uf_points_make(&run->ctx, &matrix, &choice, points));
}

void r_prepare_queries(r_run *run, SEXP x, const uf_preparation *preparation, uf_points *points) {
  uf_matrix matrix = r_matrix(x);
  run->queries = x;
  run->argument = "query";
  r_run_check(run, uf_points_prepare_new(&run->ctx, &matrix, preparation, points));
  run->argument = "x";
}

SEXP r_execute(SEXP (*body)(void *call), void (*release)(void *call), void *call) {
  return R_ExecWithCleanup(body, call, release, call);
}
