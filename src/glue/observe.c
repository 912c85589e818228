#include "observe.h"

typedef struct epoch_call {
  r_observer *observer;
  int epoch;
  const float *layout;
} epoch_call;

static SEXP call_back(void *data) {
  epoch_call *c = data;
  SEXP epoch = PROTECT(Rf_ScalarInteger(c->epoch));
  SEXP layout = PROTECT(r_from_layout(c->layout, c->observer->n, c->observer->d));
  SEXP call = PROTECT(Rf_lang3(c->observer->callback, epoch, layout));
  Rf_eval(call, R_GlobalEnv);
  UNPROTECT(3);
  return R_NilValue;
}

static int on_epoch(void *data, int epoch, const float *layout) {
  epoch_call call = {data, epoch, layout};
  r_call(call.observer->run, call_back, &call);
  return call.observer->run->jumped;
}

void r_observer_open(r_observer *w, r_run *run, SEXP observer, int n, int d) {
  uf_status status = UF_OK;
  SEXP snapshots = r_element(observer, "snapshots"), trace = r_element(observer, "trace");
  w->run = run;
  w->n = n;
  w->d = d;
  w->callback = r_element(observer, "callback");
  w->observer = (uf_observer){.n_snapshots = Rf_length(snapshots),
                              .n_traced = Rf_length(trace),
                              .snapshot_epoch = INTEGER(snapshots),
                              .traced_epoch = INTEGER(trace),
                              .n_partners = r_int(observer, "n_partners"),
                              .on_epoch = Rf_isNull(w->callback) ? NULL : on_epoch,
                              .data = w};
  UF_NEW(&run->ctx, w->observer.snapshots, (int64_t)w->observer.n_snapshots * n * d);
  UF_NEW(&run->ctx, w->observer.losses, w->observer.n_traced);
done:
  r_run_check(run, status);
}

SEXP r_from_observer(const r_observer *w) {
  static const char *const names[] = {"snapshots", "trace"};
  int n_snapshots = w->observer.n_snapshots, n_traced = w->observer.n_traced;
  size_t size = (size_t)w->n * (size_t)w->d;
  SEXP result = PROTECT(r_named_list(2, names));
  SET_VECTOR_ELT(result, 0, Rf_allocVector(VECSXP, n_snapshots));
  SET_VECTOR_ELT(result, 1, Rf_allocMatrix(REALSXP, n_traced, 2));
  for (int s = 0; s < n_snapshots; s++)
    SET_VECTOR_ELT(VECTOR_ELT(result, 0), s,
                   r_from_layout(w->observer.snapshots + size * (size_t)s, w->n, w->d));
  for (int t = 0; t < n_traced; t++) {
    REAL(VECTOR_ELT(result, 1))[t] = w->observer.losses[t].attraction;
    REAL(VECTOR_ELT(result, 1))[n_traced + t] = w->observer.losses[t].repulsion;
  }
  UNPROTECT(1);
  return result;
}

void r_observer_free(r_observer *w) {
  uf_free(w->observer.snapshots);
  uf_free(w->observer.losses);
}
