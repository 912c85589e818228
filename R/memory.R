# Estimates how much memory a run will take, before it begins: a system that runs out of memory ends
# R without a message.

# ---- What runs take ------------------------------------------------------------------------------
# Bytes in addition to the data, for n rows, k neighbors and n_components columns of the layout. The
# factors are what bench/memory.R measured on 100,000 and 200,000 rows, rounded up.

# Neighbors, the graph (each edge in both directions) with its hierarchy, and the layout; for a
# model that is kept, also R's copies of them and the rows that predict() needs.
fit_bytes <- function(n, rows, k, n_components, keeps_model) {
  if (keeps_model) {
    2 * rows + n * (60 * k + 26 * n_components)
  } else {
    rows + n * (55 * k + 26 * n_components)
  }
}

search_bytes <- function(n, rows, k) rows + n * 21 * k

# Rows of both kinds, a search graph of the old ones, for which their neighbors are found first, and
# the neighbors of the new ones.
query_bytes <- function(n, n_query, rows, k) rows + n * (21 * 15 + 120) + n_query * 20 * k

# A search among the rows of a model, which are read where they are, and the new rows' graph.
predict_bytes <- function(n, n_new, rows, k, n_components) {
  rows + n * (4 * k + 120 + 12 * n_components) + n_new * (60 * k + 26 * n_components)
}

# Compares `sample` rows with all. The layout has its own rows; accuracy of labels takes neighbors
# in it.
quality_bytes <- function(n, sample, rows, k_label) {
  rows + n * (4 * 16 + 4 + 21 * (k_label + 1)) + 20 * sample
}

# Compares `sample` rows with all, of which k are kept.
recall_bytes <- function(sample, rows, k) rows + 20 * sample * k

# Each edge in both directions, and the layout.
layout_bytes <- function(n, n_edges, n_components) 32 * n_edges + 26 * n * n_components

# Each thread has scratch and a stack, whose sizes do not depend on the number of rows.
thread_bytes <- function(n_threads) 1e6 * n_threads

# Rows in the core take floats in whole lanes, sparse rows their entries, by rows and by columns,
# bits whole words. Given distances take nothing. Wide rows are projected on directions that are
# found in a sample.
row_bytes <- function(x, n_columns = NULL) {
  if (is.null(x)) return(0)
  if (is.null(n_columns)) n_columns <- n_columns(x)
  n <- as.double(n_rows(x))
  switch(matrix_form(x),
    dense = 4 * 16 * ceiling(n_columns / 16) * n + 8 * n_columns * min(n, 4096),
    sparse = 24 * length(sparse_index(x)) + 24 * n,
    raw = 8 * ceiling(n_columns(x) / 8) * n
  )
}

# Matrices of doubles that R makes of columns of a data frame, and of scaled or reduced columns.
prepared_bytes <- function(x, scale, pca) {
  is_changed <- !is.null(pca) || !(is.null(scale) || identical(scale, "none"))
  n_doubles <- n_columns(x) * is_frame(x) + min(n_columns(x), pca) * is_changed
  8 * as.double(n_rows(x)) * n_doubles
}

# ---- What there is ------------------------------------------------------------------------------

# Returns the bytes that this process may still have; Inf where the system does not say.
available_memory <- function() {
  limit <- getOption("unfurl.max_memory")
  if (!is.null(limit)) {
    if (is.numeric(limit) && length(limit) == 1 && !is.na(limit) && limit > 0) return(limit)
    abort_input(
      "unfurl.max_memory", "must be a number of bytes or NULL, not ", describe(limit),
      value = limit
    )
  }
  min(machine_memory("/proc/meminfo"), container_memory("/sys/fs/cgroup"))
}

machine_memory <- function(path) {
  line <- grep("^MemAvailable:", read_lines_of(path), value = TRUE)
  if (length(line) == 0) Inf else 1024 * as.numeric(gsub("[^0-9]", "", line[1]))
}

container_memory <- function(directory) {
  number <- function(name) {
    suppressWarnings(as.numeric(read_lines_of(file.path(directory, name))[1]))
  }
  left <- number("memory.max") - number("memory.current")
  # The cache of files that nobody reads any more is counted as used, and given up when needed.
  stat <- grep("^inactive_file ", read_lines_of(file.path(directory, "memory.stat")), value = TRUE)
  cache <- as.numeric(sub(".* ", "", stat))
  if (is.na(left)) Inf else left + sum(cache)
}

read_lines_of <- function(path) {
  if (!file.exists(path)) return(character())
  tryCatch(readLines(path, warn = FALSE), error = function(e) character())
}

# Stops before a run that needs more than the available memory. n, and what else is given, are for
# the message.
check_memory <- function(needed, n_threads, n, k = NULL, n_components = NULL) {
  needed <- needed + thread_bytes(n_threads)
  available <- available_memory()
  if (needed <= available) return(invisible())
  abort(
    "unfurl_error_memory",
    paste0(
      "about ", gigabytes(needed), " of memory are needed for ", count(n), " rows",
      if (!is.null(k)) paste(" and", count(k), "neighbors"),
      if (!is.null(n_components)) paste(" and", count(n_components), "`n_components`"),
      ", but only ", gigabytes(available), " are free"
    ),
    argument = if (!is.null(n_components)) "n_components", value = needed,
    hint = paste(
      "Take fewer rows, columns (see `pca` of umap_control()) or neighbors, or set",
      "options(unfurl.max_memory = Inf) to try all the same."
    )
  )
}

gigabytes <- function(bytes) paste(format(bytes / 1e9, digits = 2, scientific = FALSE), "GB")
