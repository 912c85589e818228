#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { CACHE_LINE = 64, MARGIN = 2 * CACHE_LINE, PAGE = 4096, MANY_PAGES = 1 << 24 };

/* The first touch of small pages can take longer than what is then done with them: the system is
 * asked for large ones, and may or may not give them. */
static void ask_for_large_pages(char *block, size_t size) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if (size < MANY_PAGES) return;
  size_t skip = (PAGE - (uintptr_t)block % PAGE) % PAGE;
  (void)madvise(block + skip, (size - skip) / PAGE * PAGE, MADV_HUGEPAGE);
#else
  (void)block, (void)size;
#endif
}

/* malloc aligns to 16 bytes only, and aligned_alloc is not everywhere: the true start is kept just
 * before the block. */
void *uf_alloc(uf_context *ctx, int64_t count, size_t size) {
  if (count < 0 || (size && (uint64_t)count > (SIZE_MAX - MARGIN) / size)) {
    uf_fail(ctx, UF_NO_MEMORY, "cannot allocate %lld elements of %lld bytes", (long long)count,
            (long long)size);
    return NULL;
  }
  char *raw = malloc((size_t)count * size + MARGIN);
  if (!raw) {
    uf_fail(ctx, UF_NO_MEMORY, "cannot allocate %.1f MB of memory",
            1e-6 * (double)count * (double)size);
    return NULL;
  }
  char *block = raw + CACHE_LINE + (CACHE_LINE - (uintptr_t)raw % CACHE_LINE) % CACHE_LINE;
  memcpy(block - sizeof raw, &raw, sizeof raw);
  ask_for_large_pages(block, (size_t)count * size);
  return block;
}

void *uf_calloc(uf_context *ctx, int64_t count, size_t size) {
  void *block = uf_alloc(ctx, count, size);
  if (block) memset(block, 0, (size_t)count * size);
  return block;
}

void uf_free(void *block) {
  if (!block) return;
  char *raw;
  memcpy(&raw, (char *)block - sizeof raw, sizeof raw);
  free(raw);
}
