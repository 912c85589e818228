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

test_that("an embedding prints its settings", {
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

test_that("a graph that has lost its attributes is printed without its number of points", {
  graph <- as.data.frame(digits_graph(50))
  attr(graph, "n") <- NULL
  class(graph) <- c("umap_graph", "data.frame")
  expect_output(print(graph), "^Fuzzy graph: [0-9,]+ entries")
})
