# Decides how many threads to use: the argument, else the option, else the environment, else all
# processors.

max_threads <- 1024L

resolve_threads <- function(n_threads) {
  n <- if (!is.null(n_threads)) {
    check_whole(n_threads, "n_threads", min = 1)
  } else if (!is.null(getOption("unfurl.threads"))) {
    check_whole(getOption("unfurl.threads"), "unfurl.threads", min = 1)
  } else if (nzchar(Sys.getenv("UNFURL_THREADS"))) {
    value <- Sys.getenv("UNFURL_THREADS")
    number <- suppressWarnings(as.numeric(value))
    check_whole(if (is.na(number)) value else number, "UNFURL_THREADS", min = 1)
  } else {
    min(.Call(C_processors), omp_threads("OMP_NUM_THREADS"))
  }
  min(n, thread_limit())
}

# CRAN's checks allow two, and OpenMP's limit is one for the process, whoever starts the threads.
thread_limit <- function() {
  as.integer(min(max_threads, if (is_cran_check()) 2, omp_threads("OMP_THREAD_LIMIT")))
}

# A number of threads that is set for OpenMP, or NULL where the variable holds none. It can have a
# number for each level of nested loops, of which the first counts.
omp_threads <- function(variable) {
  first <- strsplit(Sys.getenv(variable), ",", fixed = TRUE)[[1]][1]
  number <- suppressWarnings(as.numeric(first))
  if (isTRUE(number >= 1)) as.integer(min(floor(number), max_threads))
}

is_cran_check <- function() {
  !tolower(Sys.getenv("_R_CHECK_LIMIT_CORES_")) %in% c("", "false")
}
