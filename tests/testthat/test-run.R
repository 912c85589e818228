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

test_that("a fallback is a warning of the package", {
  expect_warning(warn("the start", " did not settle"), "the start did not settle",
    class = "unfurl_warning"
  )
})

test_that("progress is silent unless wanted", {
  expect_null(run_settings(1, FALSE)$progress)
  expect_type(run_settings(1, TRUE)$progress, "closure")
  expect_silent(umap(iris[1:4], n_epochs = 5, verbose = FALSE))
})

test_that("progress names phases, and tells of long ones now and then", {
  report <- progress_messages(interval = 60)
  expect_message(report("layout", 0.25), "layout: 25 %")
  expect_silent(report("layout", 0.5))
  expect_message(report("quality", 0), "quality: 0 %")
  chatty <- progress_messages(interval = 0)
  expect_message(chatty("layout", 0.25), "25 %")
  expect_message(chatty("layout", 0.5), "50 %")
})

test_that("progress of a run names its stages and changes nothing", {
  lines <- capture.output(
    talking <- umap(iris[1:4], n_epochs = 5, verbose = TRUE),
    type = "message"
  )
  expect_match(paste(lines, collapse = "\n"), "neighbors.*spectral.*layout")
  expect_identical(talking, umap(iris[1:4], n_epochs = 5, verbose = FALSE))
})

test_that("the bar is closed when its function ends, even by an error", {
  skip_if_not_installed("cli")
  use_bar <- function(end) {
    report <- progress_bar(environment())
    report("neighbors", 0)
    report("neighbors", 0.5)
    report("layout", 0.1)
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
