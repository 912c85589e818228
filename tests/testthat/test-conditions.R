caught <- function(code) tryCatch(code, condition = identity)

test_that("an error of input has the argument, the value and the hint as fields", {
  error <- caught(umap(iris[1:4], n_neighbors = 1))
  expect_s3_class(error, c("unfurl_error_input", "unfurl_error", "error"), exact = FALSE)
  expect_identical(error$argument, "n_neighbors")
  expect_identical(error$value, 1)
  expect_null(error$hint)
  expect_identical(
    conditionMessage(error), "`n_neighbors` must be a whole number of at least 2, not 1."
  )
  expect_identical(error$call[[1]], quote(umap))
})

test_that("a hint is a field, and the last sentence of the message", {
  error <- caught(umap(iris[1:4], metric = "Cosine"))
  expect_identical(error$hint, "Did you mean \"cosine\"?")
  expect_match(conditionMessage(error), ", not \"Cosine\"\\. Did you mean \"cosine\"\\?$")
  error <- caught(umap(1:10))
  expect_identical(error$hint, "t(x) makes one row of it, as.matrix(x) one column.")
  expect_match(conditionMessage(error), paste0(". ", error$hint), fixed = TRUE)
})

test_that("a warning has its kind as a class, and the arguments as a field", {
  warning <- caught(warn("convergence", "the iteration", " stopped", hint = "Try again."))
  expect_s3_class(warning, c("unfurl_warning_convergence", "unfurl_warning", "warning"))
  expect_identical(conditionMessage(warning), "the iteration stopped. Try again.")
  expect_identical(warning$hint, "Try again.")
  warning <- caught(umap(iris[1:4], target_weight = 0.8))
  expect_s3_class(warning, "unfurl_warning_unused")
  expect_identical(warning$argument, "target_weight")
  expect_identical(
    conditionMessage(warning), "`target_weight` has no effect: there is no target `y`."
  )
  warning <- caught(umap(iris[1:10, 1:4]))
  expect_s3_class(warning, "unfurl_warning_reduced")
  expect_identical(warning$value, 15L)
})

test_that("C gives a warning with its kind, or without", {
  warn <- run_settings(1, FALSE)$warn
  expect_s3_class(caught(warn("recall is low", "recall")), "unfurl_warning_recall")
  expect_identical(class(caught(warn("it rains"))), c("unfurl_warning", "warning", "condition"))
})

test_that("an error about rows names the argument in which the user gave them", {
  model <- umap_fit(iris[1:4], n_epochs = 2)
  error <- caught(summary(model, data = iris[1:3]))
  expect_identical(error$argument, "data")
  expect_match(
    conditionMessage(error), "^`data` must have all columns .*, but lacks Petal.Width\\.$"
  )
  error <- caught(naming_argument("data", abort_input("k", "must be 1, not 2")))
  expect_identical(conditionMessage(error), "`k` must be 1, not 2.")
})

test_that("no message is edited by a regular expression", {
  skip_if_not(dir.exists(test_path("..", "..", "R")))
  code <- unlist(lapply(list.files(test_path("..", "..", "R"), full.names = TRUE), readLines))
  expect_identical(grep("sub\\(.*(conditionMessage|message)", code, value = TRUE), character())
})

test_that("errors about neighbors, distances, graphs and layouts hold what was given", {
  x <- gaussian(30, 3)
  nn <- nearest_neighbors(x, 5)
  graph <- fuzzy_graph(nn)
  distance <- stats::dist(x)
  of <- function(code) tryCatch(code, unfurl_error_input = identity)
  # the argument in question, what is given for it, and the error
  expect_about <- function(argument, value, code) {
    error <- of(code)
    expect_s3_class(error, "unfurl_error_input")
    expect_identical(error$argument, argument)
    expect_identical(error$value, value)
  }
  expect_about("neighbors", nn, nearest_neighbors(x, neighbors = nn))
  expect_about("k", 31L, nearest_neighbors(x, 31, query = x))
  expect_about("query", x[, 1:2], nearest_neighbors(x, 5, query = x[, 1:2]))
  expect_about("neighbors", nn, nearest_neighbors(x[-1, ], 5, query = x, neighbors = nn))
  for (size in list(NULL, "a", 2.5, -1)) {
    damaged <- distance
    attr(damaged, "Size") <- size
    expect_about("x", damaged, umap(damaged))
    expect_about("x", damaged, nearest_neighbors(damaged))
  }
  expect_about("nn", 31, fuzzy_graph(list(idx = replace(nn$idx, 7, 31), dist = nn$dist)))
  expect_about("nn", -1, fuzzy_graph(list(idx = nn$idx, dist = replace(nn$dist, 100, -1))))
  expect_about("nn", nn, neighbor_recall(nn, x[-1, ]))
  expect_about("metric", "precomputed", neighbor_recall(nearest_neighbors(distance, 5), x))
  expect_about("metric_kwds", 0.5, umap(x, metric = "minkowski", metric_kwds = list(p = 0.5)))
  expect_about("metric_kwds", -1, umap(x, metric = "seuclidean", metric_kwds = list(var = -1)))
  expect_about("metric_kwds", 2, umap(x, metric = "mahalanobis", metric_kwds = list(cov = 2)))
  expect_about("optimizer_args", "a", umap(x, optimizer_args = list(beta1 = "a")))
  expect_about("graph", 1:3, optimize_layout(1:3, x))
  expect_about("init", "pca", initial_layout(graph, "pca"))
  expect_about("epoch_callback", 1, optimize_layout(graph, x, epoch_callback = 1))
  expect_about("snapshots", -1, optimize_layout(graph, x, snapshots = -1))
  expect_about("dims", c(1, 9), plot(umap(x, n_epochs = 2), dims = c(1, 9)))
})
