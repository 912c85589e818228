/* test_foundations.c: memory, random numbers, parallel loops, the context, and the cut of
 * candidates. */
#include "arith/arith.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "base/random.h"
#include "base/session.h"

/* Sanitizers stop at an allocation that cannot be had, unless asked not to. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__asan_default_options(void) { return "allocator_may_return_null=1"; }
const char *__tsan_default_options(void) { return "allocator_may_return_null=1"; }

static void sleep_milliseconds(int milliseconds) {
  nanosleep(&(struct timespec){0, milliseconds * 1000000L}, NULL);
}

/* ---- memory ---- */

TEST(blocks_are_aligned_and_their_own) {
  enum { N = 40 };
  uf_context ctx;
  unsigned char *block[N];
  CHECK(uf_session_open(&ctx, NULL, 1, NULL) == UF_OK);
  for (int i = 0; i < N; i++) {
    block[i] = uf_alloc(&ctx, i * i, (size_t)i);
    CHECK(block[i] && (uintptr_t)block[i] % 64 == 0);
    memset(block[i], i, (size_t)(i * i * i));
  }
  for (int i = 0; i < N; i++)
    for (int at = 0; at < i * i * i; at++) CHECK(block[i][at] == i);
  for (int i = 0; i < N; i++) uf_free(block[i]);
  uf_free(NULL);
  uf_session_close(&ctx);
}

TEST(zeroed_blocks) {
  uf_context ctx;
  CHECK(uf_session_open(&ctx, NULL, 1, NULL) == UF_OK);
  for (int round = 0; round < 10; round++) {
    unsigned char *block = uf_calloc(&ctx, 1000, 3);
    for (int i = 0; i < 3000; i++) CHECK(block[i] == 0);
    memset(block, 0xff, 3000);
    uf_free(block);
  }
  uf_session_close(&ctx);
}

static void check_refused(uf_context *ctx, int64_t count, size_t size) {
  ctx->message[0] = 0;
  CHECK(uf_alloc(ctx, count, size) == NULL);
  CHECK(strstr(ctx->message, "cannot allocate") != NULL);
  ctx->message[0] = 0;
  CHECK(uf_calloc(ctx, count, size) == NULL);
  CHECK(strstr(ctx->message, "cannot allocate") != NULL);
}

TEST(impossible_sizes_are_refused) {
  uf_context ctx;
  CHECK(uf_session_open(&ctx, NULL, 1, NULL) == UF_OK);
  check_refused(&ctx, INT64_MAX, 2);
  check_refused(&ctx, INT64_MAX / 4 + 1, 8);       /* 2^64: would wrap to 0 */
  check_refused(&ctx, (INT64_MAX / 4 + 1) + 1, 8); /* would wrap to 8 */
  check_refused(&ctx, 3, SIZE_MAX / 2);
  check_refused(&ctx, 1, SIZE_MAX); /* the room for alignment would wrap */
  check_refused(&ctx, 1, SIZE_MAX - 64);
  check_refused(&ctx, -1, 1);
  check_refused(&ctx, INT64_MIN, 8);
  check_refused(&ctx, INT64_C(1) << 57, 8); /* does not wrap, but nobody has it */
  uf_session_close(&ctx);
}

static uf_status use_macros(uf_context *ctx, int64_t count) {
  uf_status status = UF_OK;
  int *first = NULL;
  double *second = NULL;
  UF_NEW(ctx, first, 10);
  UF_NEW_ZERO(ctx, second, count);
  CHECK(second[count - 1] == 0);
  UF_TRY(uf_fail(ctx, UF_BAD_INPUT, "row %d", 7));
  CHECK(0);
done:
  uf_free(first);
  uf_free(second);
  return status;
}

TEST(steps_leave_by_done) {
  uf_context ctx;
  CHECK(uf_session_open(&ctx, NULL, 1, NULL) == UF_OK);
  CHECK(use_macros(&ctx, 5) == UF_BAD_INPUT);
  CHECK(strcmp(ctx.message, "row 7") == 0);
  CHECK(use_macros(&ctx, INT64_MAX) == UF_NO_MEMORY);
  uf_session_close(&ctx);
}

/* ---- random numbers ---- */

enum { SAMPLE = 400000 };

/* Within five standard errors of the truth. */
static void check_moments(float (*draw)(uint64_t, uint64_t), double mean, double variance,
                          double fourth) {
  uint64_t key = uf_key(42, UF_STAGE_SAMPLE, 0, 0);
  double sum = 0, squares = 0;
  for (int i = 0; i < SAMPLE; i++) {
    double deviation = draw(key, (uint64_t)i) - mean;
    sum += deviation;
    squares += deviation * deviation;
  }
  CHECK_CLOSE(sum / SAMPLE, 0, 5 * sqrt(variance / SAMPLE));
  CHECK_CLOSE(squares / SAMPLE, variance, 5 * sqrt((fourth - variance * variance) / SAMPLE));
}

TEST(moments_of_draws) {
  check_moments(uf_draw_unit, 0.5, 1.0 / 12, 1.0 / 80);
  check_moments(uf_draw_normal, 0, 1, 3 - 1.2 / 12);
  uint64_t key = uf_key(1, UF_STAGE_SAMPLE, 2, 3);
  for (uint64_t i = 0; i < SAMPLE; i++) {
    float unit = uf_draw_unit(key, i), normal = uf_draw_normal(key, i);
    CHECK(unit >= 0 && unit < 1 && normal >= -6 && normal <= 6);
  }
}

/* Pearson's statistic of the counts: mean n - 1, variance 2 (n - 1). */
static void check_uniform_index(int n) {
  int count[64] = {0};
  uint64_t key = uf_key(7, UF_STAGE_SAMPLE, (uint64_t)n, 0);
  for (uint64_t i = 0; i < SAMPLE; i++) {
    int index = uf_draw_index(key, i, n);
    CHECK(index >= 0 && index < n);
    count[index & 63]++;
  }
  double expected = (double)SAMPLE / n, statistic = 0;
  for (int i = 0; i < n; i++) statistic += (count[i] - expected) * (count[i] - expected) / expected;
  CHECK_CLOSE(statistic, n - 1, 5 * sqrt(2.0 * (n - 1)));
}

TEST(indices_of_draws) {
  for (int n = 1; n <= 64; n += n < 4 ? 1 : 15) check_uniform_index(n);
  uint64_t key = uf_key(7, UF_STAGE_SAMPLE, 0, 0);
  double sum = 0;
  for (uint64_t i = 0; i < SAMPLE; i++) {
    int index = uf_draw_index(key, i, INT32_MAX);
    CHECK(index >= 0 && index < INT32_MAX);
    sum += index / (double)INT32_MAX;
  }
  CHECK_CLOSE(sum / SAMPLE, 0.5, 5 * sqrt(1.0 / 12 / SAMPLE));
}

/* Draws at neighboring places are not alike, whatever it is that counts on. */
TEST(neighboring_draws_are_independent) {
  double product[5] = {0};
  for (uint64_t i = 0; i < SAMPLE; i++) {
    double here = uf_draw_unit(uf_key(i, UF_STAGE_JITTER, i, i), i) - 0.5;
    product[0] += here * (uf_draw_unit(uf_key(i + 1, UF_STAGE_JITTER, i, i), i) - 0.5);
    product[1] += here * (uf_draw_unit(uf_key(i, UF_STAGE_NEGATIVES, i, i), i) - 0.5);
    product[2] += here * (uf_draw_unit(uf_key(i, UF_STAGE_JITTER, i + 1, i), i) - 0.5);
    product[3] += here * (uf_draw_unit(uf_key(i, UF_STAGE_JITTER, i, i + 1), i) - 0.5);
    product[4] += here * (uf_draw_unit(uf_key(i, UF_STAGE_JITTER, i, i), i + 1) - 0.5);
  }
  for (int k = 0; k < 5; k++) CHECK_CLOSE(product[k] / SAMPLE, 0, 5.0 / 12 / sqrt(SAMPLE));
  CHECK(uf_key(1, UF_STAGE_JITTER, 2, 3) != uf_key(1, UF_STAGE_JITTER, 3, 2));
  CHECK(uf_key(0, UF_STAGE_BASIS, 0, 0) != 0);
}

/* A change of the hash changes every embedding: it must not happen unseen. */
TEST(golden_draws) {
  uint64_t key = uf_key(42, UF_STAGE_NEGATIVES, 3, 5);
  CHECK(uf_mix(1) == UINT64_C(0x5692161d100b05e5));
  CHECK(key == UINT64_C(0xedc0eb5dd8e32bcd));
  CHECK(uf_draw(key, 0) == UINT64_C(0x591a47f8fb55007b) &&
        uf_draw(key, 1) == UINT64_C(0x9be2f905fa8185fc));
  CHECK(uf_draw_index(key, 0, 1000000) == 348057);
  CHECK(uf_draw_unit(key, 0) == 0x1.64691cp-2f);
  CHECK(uf_draw_normal(key, 0) == 0x1.df8ap-1f);
}

/* ---- parallel loops ---- */

enum { MAX_BLOCKS = 1000, MAX_WORKERS = 8 };

typedef struct counting_job {
  int n_threads, milliseconds;
  int runs[MAX_BLOCKS];     /* written by the block's owner alone */
  int running[MAX_WORKERS]; /* scratch of the worker: TSan sees two blocks that share it */
  int bad[MAX_BLOCKS];
  pthread_t caller;
  atomic_int done;
} counting_job;

static void count_block(void *job, int64_t block, int worker) {
  counting_job *j = job;
  if (worker < 0 || worker >= j->n_threads) {
    j->bad[block] = 1;
    return;
  }
  j->bad[block] |= j->running[worker]++ != 0;
  j->bad[block] |= (worker == 0) != (pthread_equal(pthread_self(), j->caller) != 0);
  j->runs[block]++;
  if (j->milliseconds) sleep_milliseconds(j->milliseconds);
  j->running[worker]--;
  atomic_fetch_add(&j->done, 1);
}

static void check_counts(const counting_job *job, int64_t n_blocks) {
  for (int64_t block = 0; block < MAX_BLOCKS; block++) {
    CHECK(job->runs[block] == (block < n_blocks));
    CHECK(!job->bad[block]);
  }
}

/* Many loops by one pool, some of them empty. */
TEST(every_block_runs_once) {
  const int n_threads[] = {1, 2, 3, 8}, n_blocks[] = {0, 1, 2, 1000, 0, 7, 1000};
  for (int t = 0; t < 4; t++) {
    uf_context ctx;
    CHECK(uf_session_open(&ctx, NULL, n_threads[t], NULL) == UF_OK);
    for (int round = 0; round < 70; round++) {
      counting_job job = {.n_threads = n_threads[t], .caller = pthread_self()};
      CHECK(uf_parallel(&ctx, n_blocks[round % 7], count_block, &job) == UF_OK);
      check_counts(&job, n_blocks[round % 7]);
    }
    uf_session_close(&ctx);
    uf_session_close(&ctx);
  }
}

TEST(pools_come_and_go) {
  for (int round = 0; round < 50; round++) {
    uf_context ctx, other;
    counting_job job = {.n_threads = 3, .caller = pthread_self()}, other_job = job;
    CHECK(uf_session_open(&ctx, NULL, 3, NULL) == UF_OK &&
          uf_session_open(&other, NULL, 3, NULL) == UF_OK);
    CHECK(uf_parallel(&ctx, 20, count_block, &job) == UF_OK &&
          uf_parallel(&other, 30, count_block, &other_job) == UF_OK);
    check_counts(&job, 20);
    check_counts(&other_job, 30);
    uf_session_close(&ctx);
    uf_session_close(&other);
  }
}

TEST(blocks_cover_their_items) {
  for (int64_t n = 0; n < 40; n++)
    for (int64_t size = 1; size < 12; size++) {
      int64_t at = 0;
      for (int64_t block = 0; block < uf_n_blocks(n, size); block++) {
        uf_range range = uf_block_range(block, size, n);
        CHECK(range.from == at && range.to > range.from && range.to - range.from <= size);
        at = range.to;
      }
      CHECK(at == n);
    }
}

typedef struct listener {
  int polls, stop_at; /* the poll that says stop; 0 for none */
  int reports;
  double fraction[200];
  const char *phase;
  pthread_t caller;
  int elsewhere; /* calls from a thread other than the caller's */
  uf_warning kind;
  char warning[64];
} listener;

static int on_poll(void *data) {
  listener *l = data;
  l->elsewhere += !pthread_equal(pthread_self(), l->caller);
  return ++l->polls == l->stop_at;
}

static void on_progress(void *data, const char *phase, double fraction) {
  listener *l = data;
  l->elsewhere += !pthread_equal(pthread_self(), l->caller);
  l->phase = phase;
  if (l->reports < 200) l->fraction[l->reports++] = fraction;
}

static void on_warning(void *data, uf_warning kind, const char *message) {
  listener *l = data;
  l->kind = kind;
  snprintf(l->warning, sizeof l->warning, "%s", message);
}

static uf_host host_of(listener *l) {
  l->caller = pthread_self();
  return (uf_host){.data = l, .interrupted = on_poll, .progress = on_progress, .warn = on_warning};
}

/* A thousand blocks of 5 ms, which the interrupt ends before the last. */
static void check_interrupt(int n_threads) {
  listener l = {.stop_at = 2};
  uf_host host = host_of(&l);
  uf_context ctx;
  CHECK(uf_session_open(&ctx, &host, n_threads, NULL) == UF_OK);
  counting_job job = {.n_threads = n_threads, .milliseconds = 5, .caller = pthread_self()};
  CHECK(uf_parallel(&ctx, MAX_BLOCKS, count_block, &job) == UF_INTERRUPTED);
  CHECK(atomic_load(&job.done) < MAX_BLOCKS);
  CHECK(strcmp(ctx.message, "interrupted") == 0);
  for (int i = 0; i < MAX_BLOCKS; i++) CHECK(job.runs[i] <= 1 && !job.bad[i]);
  CHECK(uf_poll(&ctx, 0) == UF_INTERRUPTED);
  CHECK(uf_parallel(&ctx, MAX_BLOCKS, count_block, &job) ==
        UF_INTERRUPTED); /* what was asked for stays asked for */
  CHECK(l.polls == 2 && l.elsewhere == 0);
  uf_session_close(&ctx);
}

TEST(interrupts_are_heard) {
  check_interrupt(1);
  check_interrupt(2);
  check_interrupt(8);
}

typedef struct waiting_job {
  uf_context *ctx;
  atomic_int started; /* the helper has taken a block */
  int stopped;        /* and was asked to stop in the middle of it */
} waiting_job;

enum { PATIENCE = 6000 }; /* times 5 ms, for machines under load */

/* One long block on a helper: the caller, out of work, waits and still listens. */
static void one_long_block(void *job, int64_t block, int worker) {
  waiting_job *j = job;
  (void)block;
  if (!worker) { /* so that a helper takes the other block */
    for (int i = 0; i < PATIENCE && !atomic_load(&j->started); i++) sleep_milliseconds(5);
    return;
  }
  atomic_store(&j->started, 1);
  for (int i = 0; i < PATIENCE && !j->stopped; i++) {
    sleep_milliseconds(5);
    j->stopped = atomic_load(&j->ctx->stop) != 0;
  }
}

TEST(interrupts_are_heard_while_waiting) {
  listener l = {.stop_at = 3};
  uf_host host = host_of(&l);
  uf_context ctx;
  CHECK(uf_session_open(&ctx, &host, 2, NULL) == UF_OK);
  waiting_job job = {.ctx = &ctx};
  CHECK(uf_parallel(&ctx, 2, one_long_block, &job) == UF_INTERRUPTED);
  CHECK(job.stopped);
  uf_session_close(&ctx);
}

static void check_ascending(const listener *l, double low, double high) {
  for (int i = 0; i < l->reports; i++) {
    CHECK(l->fraction[i] >= low && l->fraction[i] <= high);
    if (i) CHECK(l->fraction[i] >= l->fraction[i - 1]);
  }
}

static void check_progress(int n_threads) {
  listener l = {0};
  uf_host host = host_of(&l);
  uf_context ctx;
  counting_job job = {.n_threads = n_threads, .milliseconds = 5, .caller = pthread_self()};
  CHECK(uf_session_open(&ctx, &host, n_threads, NULL) == UF_OK);
  uf_phase(&ctx, "neighbors");
  CHECK(l.reports == 1 && l.fraction[0] == 0 && strcmp(l.phase, "neighbors") == 0);
  uf_span(&ctx, 0.2, 0.6);
  CHECK(uf_parallel(&ctx, 40 * n_threads, count_block, &job) == UF_OK);
  CHECK(l.reports >= 3);
  check_ascending(&l, 0, 0.6);
  CHECK(l.fraction[1] >= 0.2);
  uf_span(&ctx, 0.6, 1);
  for (int i = 0; i < 100; i++) {
    CHECK(uf_poll(&ctx, i / 100.0) == UF_OK);
    sleep_milliseconds(2);
  }
  check_ascending(&l, 0, 1);
  CHECK(l.fraction[l.reports - 1] > 0.6 && l.elsewhere == 0 && l.polls > 0);
  uf_phase(&ctx, "layout");
  CHECK(l.fraction[l.reports - 1] == 0 && strcmp(l.phase, "layout") == 0);
  uf_session_close(&ctx);
}

TEST(progress_ascends) {
  check_progress(1);
  check_progress(3);
}

/* ---- the context ---- */

TEST(contexts) {
  uf_context ctx;
  CHECK(uf_session_open(&ctx, NULL, 1, "sse9") == UF_BAD_INPUT);
  CHECK(strstr(ctx.message, "sse9") && strstr(ctx.message, "avx2"));
  uf_session_close(&ctx);
  CHECK(uf_session_open(&ctx, NULL, 0, "scalar") == UF_OK);
  CHECK(ctx.n_threads == 1 && strcmp(ctx.kernels->name, "scalar") == 0);
  uf_phase(&ctx, "alone"); /* without a host nothing is called */
  uf_warn(&ctx, UF_WARN_RECALL, "unheard");
  CHECK(uf_poll(&ctx, 0.5) == UF_OK);
  uf_session_close(&ctx);
  listener l = {0};
  uf_host host = host_of(&l);
  CHECK(uf_session_open(&ctx, &host, 1, "") == UF_OK);
  uf_warn(&ctx, UF_WARN_RECALL, "heard");
  CHECK(l.kind == UF_WARN_RECALL && strcmp(l.warning, "heard") == 0);
  uf_session_close(&ctx);
  CHECK(uf_available_processors() >= 1);
}

TEST(long_messages_are_cut) {
  uf_context ctx;
  char text[2000];
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = 0;
  CHECK(uf_session_open(&ctx, NULL, 1, NULL) == UF_OK);
  CHECK(uf_fail(&ctx, UF_NO_MEMORY, "%s", text) == UF_NO_MEMORY);
  CHECK(strlen(ctx.message) == sizeof ctx.message - 1);
  uf_session_close(&ctx);
}

int main(void) {
  RUN(blocks_are_aligned_and_their_own);
  RUN(zeroed_blocks);
  RUN(impossible_sizes_are_refused);
  RUN(steps_leave_by_done);
  RUN(moments_of_draws);
  RUN(indices_of_draws);
  RUN(neighboring_draws_are_independent);
  RUN(golden_draws);
  RUN(every_block_runs_once);
  RUN(pools_come_and_go);
  RUN(blocks_cover_their_items);
  RUN(interrupts_are_heard);
  RUN(interrupts_are_heard_while_waiting);
  RUN(progress_ascends);
  RUN(contexts);
  RUN(long_messages_are_cut);
  return check_report();
}
