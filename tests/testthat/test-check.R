test_that("a message says what was given", {
  expect_identical(describe(NULL), "NULL")
  expect_identical(describe("a\n"), "\"a\\n\"")
  expect_identical(describe(NA), "NA")
  expect_identical(describe(0.1), "0.1")
  expect_identical(describe(1:3), "an object of class integer and length 3")
  expect_identical(describe(matrix(0, 2000, 3)), "a double matrix of 2,000 rows and 3 columns")
  expect_identical(describe(factor("a")), "an object of class factor and length 1")
})

test_that("numbers are checked for kind, length and range", {
  expect_identical(check_number(2L, "n", 0, 3), 2)
  expect_identical(check_number(0, "n", 0), 0)
  expect_input_error(check_number(0, "n", 0, open = TRUE), "`n` must be a number greater than 0")
  expect_input_error(check_number(4, "n", 0, 3), "`n` must be a number from 0 to 3, not 4")
  expect_input_error(check_number(NaN, "n"), "`n` must be a number, not NaN")
  expect_input_error(check_number(TRUE, "n"), "not TRUE")
  expect_identical(check_whole(3, "n"), 3L)
  expect_input_error(check_whole(3.5, "n"), "whole number of at least 0, not 3.5")
  expect_input_error(check_whole(2^31, "n"), "not 2147483648")
})

test_that("a choice is one of its words, or the default that lists them", {
  expect_identical(check_choice(c("a", "b"), "x", c("a", "b")), "a")
  expect_identical(check_choice("b", "x", c("a", "b")), "b")
  expect_input_error(check_choice("c", "x", c("a", "b")), "one of \"a\", \"b\", not \"c\"")
  expect_input_error(check_choice(c("b", "a"), "x", c("a", "b")), "length 2")
  expect_input_error(check_choice(NA_character_, "x", c("a", "b")), "`x`")
  expect_input_error(check_choice("Cosine", "x", metrics), "Did you mean \"cosine\"\\?")
})

test_that("a number above the upper limit is refused with the limit", {
  expect_input_error(
    check_whole(1e10, "n", min = 2), "whole number from 2 to 2,147,483,647, not 1e\\+10"
  )
  expect_input_error(umap(iris[1:4], n_epochs = 1e12), "`n_epochs` .* to 2,147,483,647")
})

test_that("functions take two arguments, and their errors do not show the layout", {
  expect_input_error(
    umap(iris[1:4], epoch_callback = function() 1),
    "`epoch_callback` must be a function of two arguments, the epoch and the layout, not of 0"
  )
  expect_input_error(umap(iris[1:4], metric = function(a) 1), "`metric` .* two rows, not of 1")
  expect_identical(check_function_of_two(sum, "f", ""), sum)
  error <- tryCatch(
    umap(iris[1:4], epoch_callback = function(epoch, layout) stop("enough")),
    error = identity
  )
  expect_identical(deparse(conditionCall(error)), "epoch_callback(epoch, layout)")
})

test_that("integer64 is refused wherever its bits would be taken for numbers", {
  x <- as.matrix(iris[1:4])
  near <- nearest_neighbors(x, 5)
  long <- function(m) integer64(m, c("integer64", "matrix"))
  refused <- "not integer64 \\(as.numeric\\(\\) converts it, with the package bit64 loaded"
  expect_refused <- function(object, arg) expect_input_error(object, paste0(arg, ".*", refused))
  expect_refused(umap(x, labels = integer64(1:150)), "`labels`")
  expect_refused(umap_fit(x, snapshots = integer64(0)), "`snapshots`")
  expect_refused(umap_fit(x, trace = integer64(0)), "`trace`")
  expect_refused(umap(x, init = long(matrix(1:300, 150))), "`init`")
  for (part in c("idx", "dist")) {
    strange <- near
    strange[[part]] <- long(near[[part]])
    expect_refused(fuzzy_graph(strange), paste0("`nn`.*`", part, "`"))
    expect_refused(umap(unclass(strange)), paste0("`x`.*`", part, "`"))
  }
  model <- umap_fit(stats::dist(x), n_epochs = 2)
  expect_refused(predict(model, long(matrix(1, 2, 150))), "`newdata`")
  graph <- fuzzy_graph(near)
  graph$similarity <- integer64(graph$similarity)
  expect_refused(initial_layout(graph), "`graph`.*column similarity")
  mixed <- frame_of(list(a = rep(letters[1:2], 10), b = integer64(1:20)), 20)
  expect_input_error(umap(mixed), "some are not: b\\. Convert times and integer64 by as.num")
  expect_input_error(
    umap(x, metric = "seuclidean", metric_kwds = list(var = integer64(1:4))), "metric_kwds\\$var"
  )
})

test_that("bytes that are not text are named like any other value", {
  bad <- "\xff"
  shown <- if (l10n_info()[["UTF-8"]]) "<ff>" else "." # elsewhere every byte is text
  x <- as.matrix(iris[1:4])
  for (arg in c(
    "metric", "init", "scale", "keep", "method", "optimizer", "neighbor_method", "target_metric"
  )) {
    given <- c(list(x), stats::setNames(list(bad), arg))
    expect_input_error(do.call(umap_fit, given), paste0("`", arg, "` must be one of "))
  }
  expect_input_error(umap(x, metric = list(euclidean = bad)), "`metric` must hold names of")
  expect_input_error(umap(x, metric = stats::setNames(list(1), bad)), "`metric` must be one of")
  expect_input_error(
    do.call(umap, c(list(x), stats::setNames(1, bad))), paste0(shown, "` is not an argument")
  )
  colnames(x)[1] <- bad
  expect_input_error(
    umap(x, metric = list(euclidean = "Sepal.Lenght")), "names of columns of `x`, not Sepal.Lenght"
  )
  model <- umap_fit(x, n_epochs = 2)
  expect_input_error(
    embedding_quality(iris[2:5], model), paste0("all columns of the model, but lacks ", shown)
  )
  expect_input_error(mnist("\xff\xfe"), "`dir` (must be the name|must be a directory)")
  expect_input_error(
    read_idx(bad), "`path` (must be the name of one file|must be a file that exists)"
  )
})
