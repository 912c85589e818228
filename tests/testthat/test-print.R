test_that("objects introduce themselves in few lines", {
  model <- umap_fit(iris[1:4], iris$Species)
  expect_output(print(model), "UMAP model of 150 rows in 2 dimensions")
  expect_output(print(model), "15, euclidean, exact.*500 epochs, method umap.*3 values.*42")
  expect_output(print(as.data.frame(model)), "150 rows in 2 dimensions.*UMAP1.*and 144 more rows")
  expect_output(print(model$graph), "Fuzzy graph of 150 points: [0-9,]+ entries.*more rows")
  expect_output(print(model$neighbors), "150 points, 15 each: euclidean, exact")
  expect_output(print(umap_control()), "negative_sample_rate +5")
  expect_output(print(umap(iris[1:4], n_components = 1)), "1 dimension\n")
  for (object in list(model, as.data.frame(model), model$graph, model$neighbors, umap_control())) {
    expect_lt(length(capture.output(print(object))), 25)
    capture.output(printed <- withVisible(print(object)))
    expect_identical(printed, list(value = object, visible = FALSE))
  }
})

test_that("numbers of rows to print can be chosen", {
  embedding <- umap(iris[1:4])
  expect_length(capture.output(print(embedding, n = 20)), 24)
  expect_length(capture.output(print(embedding[1:3, ])), 6)
})

test_that("an embedding tells its settings", {
  embedding <- umap(iris[1:4], n_neighbors = 20, seed = 7)
  lines <- capture.output(print(embedding))
  expect_identical(lines[1:2], c(
    "UMAP embedding of 150 rows in 2 dimensions",
    "20 neighbors, euclidean, min_dist 0.1, 500 epochs, spectral initialization, seed 7"
  ))
  expect_identical(capture.output(print(embedding[1:9, ]))[2], lines[2])
  attr(embedding, "settings") <- NULL
  expect_match(capture.output(print(embedding))[2], "UMAP1")
})

test_that("a summary tells stages, settings and scales", {
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

test_that("a summary measures approximate neighbours, given the data", {
  x <- some_digits(600)
  model <- umap_fit(x, n_epochs = 5, neighbor_method = "nndescent")
  model$neighbors$recall <- NULL # as in a model of another origin
  expect_output(print(summary(model)), "nndescent, recall not measured")
  summary <- summary(model, x)
  expect_gt(summary$recall, 0.9)
  expect_output(print(summary), "nndescent, recall [01]")
})

test_that("a summary tells the recall that searches have told", {
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

test_that("a summary tells the pieces of the graph and the warnings", {
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
  expect_match(lines, "Neighbours, local scale, graph and data are not kept", all = FALSE)
  expect_no_match(lines, "NA|Local scale")
  model <- umap_fit(iris[1:4], n_epochs = 5)
  expect_input_error(summary(model, datum = iris), "`...` must be empty, .* datum")
})

test_that("a graph that has lost its attributes is printed without its number of points", {
  graph <- as.data.frame(digits_graph(50))
  attr(graph, "n") <- NULL
  class(graph) <- c("umap_graph", "data.frame")
  expect_output(print(graph), "^Fuzzy graph: [0-9,]+ entries")
})

test_that("a summary refuses other data than those of the model, by their name", {
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
  expect_error(summary(model, x), "`data` cannot tell", class = "unfurl_error_input")
})
