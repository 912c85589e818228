test_that("an ended run becomes the condition of its kind", {
  expect_input_error(fail("input", "holds a missing value"), "`x` holds a missing value")
  expect_error(fail("memory", "no memory"), "no memory", class = "unfurl_error_memory")
})

test_that("a time limit is the error that R makes of it", {
  x <- matrix(rnorm(4e5), 20000)
  limited <- function() {
    setTimeLimit(elapsed = 0.3, transient = TRUE)
    on.exit(setTimeLimit())
    umap(x, n_epochs = 100000)
  }
  expect_error(limited(), "time limit")
})

test_that("a handler of messages may leave a run", {
  caught <- tryCatch(umap(iris[1:4], verbose = TRUE), message = function(m) "left")
  expect_identical(caught, "left")
  expect_silent(suppressMessages(umap(iris[1:4], verbose = TRUE)))
})

test_that("progress is silent unless wanted", {
  expect_silent(umap(iris[1:4], n_epochs = 5, verbose = FALSE))
  expect_silent(umap(iris[1:4], n_epochs = 5))
})

test_that("verbose = NULL follows the option, else the session", {
  old <- options(unfurl.verbose = NULL, knitr.in.progress = TRUE)
  on.exit(options(old))
  expect_false(resolve_verbose(NULL))
  options(unfurl.verbose = TRUE)
  expect_true(resolve_verbose(NULL))
  expect_false(resolve_verbose(FALSE))
  suppressMessages(
    expect_message(umap(iris[1:4], n_epochs = 5), "^layout: ", class = "unfurl_message")
  )
  options(unfurl.verbose = "yes")
  expect_input_error(resolve_verbose(NULL), "`unfurl.verbose` must be TRUE or FALSE, not \"yes\"")
})

test_that("messages tell the time of each phase, and of long ones now and then how much is left", {
  reporter <- progress_messages(interval = 5)
  expect_silent(reporter$update("layout", 0.01, 1))
  expect_message(reporter$update("layout", 0.25, 6), "^layout: 25 %, about 18 s left\n$")
  expect_silent(reporter$update("layout", 0.3, 7))
  expect_message(reporter$done("layout", 20), "^layout: 20 s\n$", class = "unfurl_message")
  expect_silent(reporter$update("quality", 0, 0))
  expect_message(reporter$update("quality", 0, 5), "^quality: 0 %\n$")
})

test_that("durations are written as they are said", {
  said <- vapply(c(0, 0.0123, 0.5, 9.96, 59.4, 59.6, 3599, 3601, 9000), duration, "")
  expect_identical(said, c(
    "0.000 s", "0.012 s", "0.5 s", "10 s", "59 s", "1 min 00 s", "59 min 59 s", "1 h 00 min",
    "2 h 30 min"
  ))
})

test_that("the clock adds up each phase, the last too", {
  clock <- phase_clock()
  for (phase in c("data", "layout", "data", "")) clock$progress(phase, 0)
  expect_named(clock$times(), c("data", "layout"))
  expect_true(all(clock$times() >= 0))
})

test_that("progress of a run names its phases, changes nothing and can be muffled", {
  lines <- capture.output(
    talking <- umap(iris[1:4], n_epochs = 5, verbose = TRUE),
    type = "message"
  )
  expect_match(lines, "^[a-z ]+: [0-9.]+ s$")
  expect_identical(
    sub(":.*", "", lines), c("data", "nearest neighbors", "fuzzy graph", "initialization", "layout")
  )
  expect_identical(talking, umap(iris[1:4], n_epochs = 5, verbose = FALSE))
  expect_silent(suppressMessages(umap(iris[1:4], verbose = TRUE), classes = "unfurl_message"))
  expect_silent(suppressMessages(
    nearest_neighbors(iris[1:4], verbose = TRUE),
    classes = "unfurl_message"
  ))
})

test_that("the bar is closed when its function ends, even by an error", {
  skip_if_not_installed("cli")
  use_bar <- function(end) {
    reporter <- progress_bar(environment())
    reporter$update("neighbors", 0, 0)
    reporter$update("neighbors", 0.5, 1)
    reporter$done("neighbors", 2)
    reporter$update("layout", 0.1, 0)
    end()
  }
  n_bars <- function() length(cli::cli_progress_cleanup())
  invisible(capture.output(type = "message", {
    try(use_bar(function() stop("early")), silent = TRUE)
    expect_identical(n_bars(), 0L)
    use_bar(function() NULL)
    expect_identical(n_bars(), 0L)
  }))
})

test_that("Ctrl-C stops a run and leaves R healthy", {
  skip_on_cran()
  skip_on_os("windows")
  graph <- digits_graph(500)
  start <- initial_layout(graph)
  for (method in c("umap", "full")) {
    system(paste("(sleep 0.5; kill -INT", Sys.getpid(), ") &"))
    caught <- tryCatch(
      optimize_layout(graph, start, 1e7, method, verbose = FALSE),
      interrupt = function(condition) "interrupted"
    )
    expect_identical(caught, "interrupted")
  }
  expect_identical(initial_layout(graph), start)
})
