# How many threads to use: the argument, else the option, else the environment, else all processors.

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
    .Call(C_processors)
  }
  min(n, thread_limit())
}

# CRAN's checks allow two, and OpenMP's limit is one for the process, whoever starts the threads.
thread_limit <- function() {
  limit <- suppressWarnings(as.numeric(Sys.getenv("OMP_THREAD_LIMIT")))
  as.integer(min(max_threads, if (is_cran_check()) 2, if (isTRUE(limit >= 1)) floor(limit)))
}

is_cran_check <- function() {
  !tolower(Sys.getenv("_R_CHECK_LIMIT_CORES_")) %in% c("", "false")
}
