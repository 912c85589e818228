# Runs `code` with option, environment variable and limits as given, unset by default.
with_threads <- function(code, option = NULL, variable = "", limit = "", omp_limit = "",
                         omp_threads = "") {
  old_option <- options(unfurl.threads = option)
  names <- c("UNFURL_THREADS", "_R_CHECK_LIMIT_CORES_", "OMP_THREAD_LIMIT", "OMP_NUM_THREADS")
  old <- Sys.getenv(names)
  on.exit({
    options(old_option)
    do.call(Sys.setenv, as.list(old))
  })
  do.call(Sys.setenv, stats::setNames(list(variable, limit, omp_limit, omp_threads), names))
  code
}

test_that("argument, option and environment rule in this order", {
  processors <- .Call(C_processors)
  expect_gte(processors, 1L)
  expect_identical(with_threads(resolve_threads(NULL)), processors)
  expect_identical(with_threads(resolve_threads(NULL), variable = "3"), 3L)
  expect_identical(with_threads(resolve_threads(NULL), option = 4, variable = "3"), 4L)
  expect_identical(with_threads(resolve_threads(5), option = 4, variable = "3"), 5L)
  expect_identical(with_threads(resolve_threads(1e6)), 1024L)
})

test_that("CRAN's checks get two", {
  for (limit in c("TRUE", "true", "warn")) {
    expect_identical(with_threads(resolve_threads(8), limit = limit), 2L)
    expect_identical(with_threads(resolve_threads(1), limit = limit), 1L)
  }
  for (limit in c("", "false", "FALSE")) {
    expect_identical(with_threads(resolve_threads(8), limit = limit), 8L)
  }
})

test_that("OpenMP's limit of threads is a limit", {
  expect_identical(with_threads(resolve_threads(8), omp_limit = "3"), 3L)
  expect_identical(with_threads(resolve_threads(2), omp_limit = "3"), 2L)
  expect_identical(with_threads(resolve_threads(8), limit = "TRUE", omp_limit = "3"), 2L)
  for (omp_limit in c("", "0", "-1", "many", "1e99")) {
    expect_identical(with_threads(resolve_threads(8), omp_limit = omp_limit), 8L)
  }
})

test_that("OMP_NUM_THREADS counts after the option and the package's own variable", {
  processors <- .Call(C_processors)
  resolve <- function(n, ...) with_threads(resolve_threads(n), ..., omp_threads = "1")
  expect_identical(resolve(NULL), 1L)
  expect_identical(resolve(NULL, variable = "3"), 3L)
  expect_identical(resolve(NULL, option = 4), 4L)
  expect_identical(resolve(5), 5L)
  with_omp <- function(value, ...) with_threads(resolve_threads(NULL), ..., omp_threads = value)
  expect_identical(with_omp("1,8"), 1L)
  expect_identical(with_omp("512"), processors) # never more than there are
  expect_identical(with_omp("2", omp_limit = "1"), 1L)
  for (value in c("", "0", "-1", "many", ",2", "NaN")) expect_identical(with_omp(value), processors)
})

test_that("what is not a number of threads is an error", {
  for (bad in list(0, -1, 1.5, NA, "2", c(1, 2), Inf)) {
    expect_input_error(
      resolve_threads(bad), "`n_threads` must be a whole number (of at least 1|from 1 to .*), not"
    )
  }
  expect_input_error(with_threads(resolve_threads(NULL), option = "many"), "`unfurl.threads`")
  expect_input_error(
    with_threads(resolve_threads(NULL), variable = "many"), "`UNFURL_THREADS` .*not \"many\""
  )
  expect_input_error(with_threads(resolve_threads(NULL), variable = "0"), "`UNFURL_THREADS`")
})
