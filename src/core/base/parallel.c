#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif
#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

typedef struct uf_pool {
  pthread_mutex_t lock;
  pthread_cond_t work_ready, work_done;
  pthread_t *threads;
  struct worker *workers;
  int n_helpers; /* threads in addition to the calling one */
  int busy;      /* helpers that still work on the current loop */
  uint64_t loop; /* counts loops: a helper wakes when it changes */
  int closing;
  uf_context *ctx;
  uf_task *task;
  void *job;
  int64_t n_blocks;
  atomic_llong next;
} uf_pool;

struct worker {
  uf_pool *pool;
  int index;
};

/* Takes blocks until none is left or the host asked to stop. */
static void run_blocks(uf_pool *pool, int worker) {
  uf_context *ctx = pool->ctx;
  for (;;) {
    int64_t block = atomic_fetch_add_explicit(&pool->next, 1, memory_order_relaxed);
    if (block >= pool->n_blocks || atomic_load_explicit(&ctx->stop, memory_order_relaxed)) return;
    pool->task(pool->job, block, worker);
    if (worker == 0 && uf_poll(ctx, (double)block / (double)pool->n_blocks)) return;
  }
}

static void *helper_main(void *argument) {
  struct worker *self = argument;
  uf_pool *pool = self->pool;
  uint64_t seen = 0;
  pthread_mutex_lock(&pool->lock);
  for (;;) {
    while (pool->loop == seen && !pool->closing) pthread_cond_wait(&pool->work_ready, &pool->lock);
    if (pool->closing) break;
    seen = pool->loop;
    pthread_mutex_unlock(&pool->lock);
    run_blocks(pool, self->index);
    pthread_mutex_lock(&pool->lock);
    if (--pool->busy == 0) pthread_cond_signal(&pool->work_done);
  }
  pthread_mutex_unlock(&pool->lock);
  return NULL;
}

/* Only the host's thread handles signals: helpers inherit a mask that blocks them. */
static int create_helper(pthread_t *thread, struct worker *worker) {
#if defined(_WIN32)
  return pthread_create(thread, NULL, helper_main, worker);
#else
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(thread, NULL, helper_main, worker);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return failed;
#endif
}

/* Starts the helpers; where the system grants fewer threads than wanted, the pool is smaller. */
static uf_status pool_open(uf_context *ctx) {
  uf_status status = UF_OK;
  uf_pool *pool = NULL;
  UF_NEW_ZERO(ctx, pool, 1);
  UF_NEW(ctx, pool->threads, ctx->n_threads);
  UF_NEW(ctx, pool->workers, ctx->n_threads);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->work_ready, NULL);
  pthread_cond_init(&pool->work_done, NULL);
  pool->ctx = ctx;
  for (int i = 0; i + 1 < ctx->n_threads; i++) {
    pool->workers[i] = (struct worker){pool, i + 1};
    if (create_helper(&pool->threads[i], &pool->workers[i])) break;
    pool->n_helpers++;
  }
  ctx->pool = pool;
  return UF_OK;
done:
  if (pool) {
    uf_free(pool->workers);
    uf_free(pool->threads);
  }
  uf_free(pool);
  return status;
}

void uf_pool_close(uf_context *ctx) {
  uf_pool *pool = ctx->pool;
  if (!pool) return;
  pthread_mutex_lock(&pool->lock);
  pool->closing = 1;
  pthread_cond_broadcast(&pool->work_ready);
  pthread_mutex_unlock(&pool->lock);
  for (int i = 0; i < pool->n_helpers; i++) pthread_join(pool->threads[i], NULL);
  pthread_cond_destroy(&pool->work_done);
  pthread_cond_destroy(&pool->work_ready);
  pthread_mutex_destroy(&pool->lock);
  uf_free(pool->workers);
  uf_free(pool->threads);
  uf_free(pool);
  ctx->pool = NULL;
}

/* Waits until no helper works, asking the host every now and then whether to stop. Called with the
 * lock held. */
static void await_helpers(uf_context *ctx, uf_pool *pool) {
  while (pool->busy > 0) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 50000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&pool->work_done, &pool->lock, &until);
    pthread_mutex_unlock(&pool->lock);
    int64_t taken = atomic_load_explicit(&pool->next, memory_order_relaxed);
    (void)uf_poll(ctx, taken < pool->n_blocks ? (double)taken / (double)pool->n_blocks : 1);
    pthread_mutex_lock(&pool->lock);
  }
}

static uf_status run_alone(uf_context *ctx, int64_t n_blocks, uf_task *task, void *job) {
  for (int64_t block = 0; block < n_blocks; block++) {
    task(job, block, 0);
    uf_status status = uf_poll(ctx, (double)block / (double)n_blocks);
    if (status) return status;
  }
  return UF_OK;
}

uf_status uf_parallel(uf_context *ctx, int64_t n_blocks, uf_task *task, void *job) {
  if (ctx->n_threads == 1 || n_blocks < 2) return run_alone(ctx, n_blocks, task, job);
  if (!ctx->pool) {
    uf_status status = pool_open(ctx);
    if (status) return status;
  }
  uf_pool *pool = ctx->pool;
  pthread_mutex_lock(&pool->lock);
  pool->task = task;
  pool->job = job;
  pool->n_blocks = n_blocks;
  atomic_store(&pool->next, 0);
  pool->busy = pool->n_helpers;
  pool->loop++;
  pthread_cond_broadcast(&pool->work_ready);
  pthread_mutex_unlock(&pool->lock);
  run_blocks(pool, 0);
  pthread_mutex_lock(&pool->lock);
  await_helpers(ctx, pool);
  pthread_mutex_unlock(&pool->lock);
  return atomic_load(&ctx->stop) ? UF_INTERRUPTED : UF_OK;
}

/* Only the calling thread may ask the host. */
int uf_is_stopped(uf_context *ctx, int worker) {
  if (worker == 0) return uf_poll(ctx, ctx->done) != UF_OK;
  return atomic_load_explicit(&ctx->stop, memory_order_relaxed);
}

typedef struct rows_job {
  uf_rows_task *task;
  void *job;
  int64_t n, block_size;
} rows_job;

static void run_rows(void *job, int64_t block, int worker) {
  const rows_job *j = job;
  uf_range range = uf_block_range(block, j->block_size, j->n);
  j->task(j->job, (uf_rows){range.from, range.to, worker});
}

uf_status uf_parallel_rows(uf_context *ctx, int64_t n, int64_t block_size, uf_rows_task *task,
                           void *job) {
  rows_job rows = {task, job, n, block_size};
  return uf_parallel(ctx, uf_n_blocks(n, block_size), run_rows, &rows);
}

/* Returns the number of processors of the machine. */
static int online_processors(void) {
#if defined(_SC_NPROCESSORS_ONLN)
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return processors < 1 ? 1 : processors > 1024 ? 1024 : (int)processors;
#else
  const char *processors = getenv("NUMBER_OF_PROCESSORS"); /* Windows */
  int n = processors ? atoi(processors) : 1;
  return n < 1 ? 1 : n;
#endif
}

#if defined(__linux__)
/* A container may be given less than a processor's time: cgroup v2 says "quota period" in cpu.max.
 */
static int container_limit(int processors) {
  FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
  if (!file) return processors;
  long long quota, period;
  if (fscanf(file, "%lld %lld", &quota, &period) == 2 && quota > 0 && period > 0) {
    long long limit = (quota + period - 1) / period;
    if (limit < processors) processors = (int)limit;
  }
  fclose(file);
  return processors;
}

/* A machine may have more processors than a set of them holds. */
int uf_available_processors(void) {
  cpu_set_t set;
  int is_known = sched_getaffinity(0, sizeof set, &set) == 0;
  int processors = container_limit(is_known ? CPU_COUNT(&set) : online_processors());
  return processors < 1 ? 1 : processors;
}
#else
int uf_available_processors(void) { return online_processors(); }
#endif
