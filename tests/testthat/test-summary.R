test_that("a summary reports stages, settings and scales", {
  model <- umap_fit(iris[1:4], iris$Species, min_dist = 0.25)
  summary <- summary(model)
  expect_identical(summary$n, 150L)
  expect_identical(summary$recall, 1)
  expect_identical(sum(summary$components), 150L)
  expect_identical(dim(summary$scale), c(150L, 2L))
  expect_identical(dimnames(summary$range), list(c("UMAP1", "UMAP2"), c("min", "max")))
  expect_output(print(summary), "Stages.*min_dist 0.25,.*sigma.*UMAP2.*setosa")
  lines <- capture.output(print(summary))
  expect_match(lines, "^  nearest neighbors +[0-9.]+ s  15 each, euclidean, exact$", all = FALSE)
  expect_match(lines, "^  fuzzy graph +[0-9.]+ s  [0-9,]+ entries, [0-9]+ component", all = FALSE)
  expect_match(lines, "^  layout +[0-9.]+ s  500 epochs, method umap$", all = FALSE)
  expect_no_match(lines, "Warnings")
  model$times <- NULL # as in a model of another origin
  expect_output(print(summary(model)), "nearest neighbors +15 each")
})

test_that("a summary measures approximate neighbors, given the data", {
  x <- some_digits(600)
  model <- umap_fit(x, n_epochs = 5, neighbor_method = "nndescent")
  model$neighbors$recall <- NULL # as in a model of another origin
  expect_output(print(summary(model)), "nndescent, recall not measured")
  summary <- summary(model, x)
  expect_gt(summary$recall, 0.9)
  expect_output(print(summary), "nndescent, recall [01]")
})

test_that("a summary reports the recall that searches returned", {
  model <- umap_fit(some_digits(600), n_epochs = 5, neighbor_method = "clusters")
  expect_identical(summary(model)$recall, model$neighbors$recall)
  expect_output(print(summary(model)), "clusters, recall [01]")
  mixed <- umap_fit(iris, metric = list(euclidean = 1:2, manhattan = 3:4), n_epochs = 2)
  expect_identical(summary(mixed)$recall, 1)
  mixed$neighbors[[2]]$method <- "nndescent"
  mixed$neighbors[[2]]$recall <- NULL
  expect_identical(summary(mixed)$recall, NA_real_)
  mixed$neighbors[[2]]$recall <- 0.9
  expect_identical(summary(mixed)$recall, 0.9)
  expect_identical(summary(umap_fit(iris[1:4], n_epochs = 2, keep = "minimal"))$recall, NA_real_)
})

test_that("a summary reports the components of the graph and the warnings", {
  expect_warning(model <- umap_fit(blobs(3, 8)[1:20, ], n_neighbors = 25))
  expect_output(print(summary(model)), "Warnings\n  `n_neighbors` is 25")
  model <- umap_fit(blobs(3, 30), n_neighbors = 5)
  expect_identical(summary(model)$components, c(30L, 30L, 30L))
  expect_output(print(summary(model)), "3 components, the largest of 30 points")
})

test_that("a summary says what is not kept", {
  summary <- summary(umap_fit(iris[1:4], keep = "minimal", n_epochs = 5))
  expect_null(summary$scale)
  lines <- capture.output(print(summary))
  expect_match(lines, "Neighbors, local scale, graph and data are not kept", all = FALSE)
  expect_no_match(lines, "NA|Local scale")
  model <- umap_fit(iris[1:4], n_epochs = 5)
  expect_input_error(summary(model, datum = iris), "`...` must be empty, .* datum")
})

test_that("a summary refuses data that are not the model's, by their name", {
  model <- umap_fit(iris[1:4], n_epochs = 2)
  expect_input_error(summary(model, iris[1:9, 1:4]), "`data` must have the 150 rows of the model")
  holed <- as.matrix(iris[1:4])
  holed[3, 2] <- NA
  expect_input_error(summary(model, holed), "`data` holds a missing value .* row 3, column 2")
})

test_that("rows of data cannot tell the recall of distances", {
  x <- as.matrix(iris[1:60, 1:4])
  model <- umap_fit(dist(x), n_neighbors = 5, n_epochs = 5)
  expect_identical(summary(model)$recall, 1)
  expect_input_error(summary(model, x), "`data` must be left out: the model was made of distances")
})

test_that("a summary of a graph has its size, components, degrees and similarities", {
  graph <- fuzzy_graph(nearest_neighbors(blobs(2, 20), 5))
  summary <- summary(graph)
  expect_identical(summary[c("n", "n_entries")], list(n = 40L, n_entries = nrow(graph)))
  expect_identical(summary$components, c(20L, 20L))
  expect_equal(summary$degree[["50%"]], stats::median(table(graph$row)))
  expect_equal(summary$similarity[["100%"]], max(graph$similarity))
  expect_output(print(summary), paste0(
    "^Fuzzy graph of 40 points: [0-9]+ entries, 2 components, the largest of 20 points\n",
    " +0% +25% +50% +75% +100%\ndegree .*\nsimilarity "
  ))
})

test_that("a summary of neighbors has their recall and distances", {
  nn <- nearest_neighbors(some_digits(60), 5)
  summary <- summary(nn)
  expect_identical(
    summary[c("n", "k", "metric", "method", "recall", "n_missing")],
    list(n = 60L, k = 5L, metric = "euclidean", method = "exact", recall = 1, n_missing = 0L)
  )
  expect_equal(summary$distance["last", "100%"], max(nn$dist[, 5]))
  expect_equal(summary$distance["first", "0%"], min(nn$dist[, 2]))
  expect_output(print(summary), "Neighbors of 60 points, 5 each: euclidean, exact, recall 1\n")
  far <- dist(1:4)
  far[] <- c(1, Inf, Inf, Inf, Inf, 1)
  expect_output(print(summary(nearest_neighbors(far, 3))), "recall 1, 4 missing")
})
