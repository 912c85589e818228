# How much memory a run will take, said before it begins: a system that runs out of it ends R
# without a word.

# Bytes that the core and the result take in addition to the data, as bench/memory.R measured them:
# the rows as the core has them, what the search keeps of each row, the neighbors, the graph (each
# edge in both directions, in C and in R), and the layout. A `dist` is read where it is.
estimate_memory <- function(n, rows, k, n_components = 2) {
  search <- 250 + 20 * k
  graph <- 1.6 * k * (12 + 16 + 24)
  layout <- 80 * n_components
  rows + n * (search + graph + layout)
}

# Bytes of the rows in the core: floats in whole lanes; of sparse ones their entries, by rows and by
# columns; of bits whole words. Nothing where distances are given.
row_bytes <- function(x) {
  if (is.null(x)) return(0)
  n <- as.double(n_rows(x))
  switch(matrix_form(x),
    dense = 4 * 16 * ceiling(n_columns(x) / 16) * n,
    sparse = 24 * length(sparse_index(x)) + 24 * n,
    raw = 8 * ceiling(n_columns(x) / 8) * n
  )
}

# Bytes that this process may still have; Inf where the system does not say.
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

# x: the data; NULL where distances are given.
check_memory <- function(n, x, k, n_components = 2) {
  needed <- estimate_memory(n, row_bytes(x), k, n_components)
  available <- available_memory()
  if (needed <= available) return(invisible())
  abort(
    "unfurl_error_memory",
    paste0(
      "about ", gigabytes(needed), " of memory are needed for ", count(n), " rows and ", count(k),
      " neighbors, but only ", gigabytes(available), " are free"
    ),
    value = needed,
    hint = paste(
      "Take fewer rows, columns (see `pca` of umap_control()) or neighbors, or set",
      "options(unfurl.max_memory = Inf) to try all the same."
    )
  )
}

gigabytes <- function(bytes) paste(format(bytes / 1e9, digits = 2, scientific = FALSE), "GB")
