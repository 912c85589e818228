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
    expect_lt(length(capture.output(print(object))), 15)
    capture.output(printed <- withVisible(print(object)))
    expect_identical(printed, list(value = object, visible = FALSE))
  }
})

test_that("numbers of rows to print can be chosen", {
  embedding <- umap(iris[1:4])
  expect_length(capture.output(print(embedding, n = 20)), 23)
  expect_length(capture.output(print(embedding[1:3, ])), 5)
})

test_that("a summary tells the settings and the scales", {
  summary <- summary(umap_fit(iris[1:4], iris$Species, min_dist = 0.25))
  expect_identical(summary$n, 150L)
  expect_identical(dim(summary$scale), c(150L, 2L))
  expect_identical(dimnames(summary$range), list(c("UMAP1", "UMAP2"), c("min", "max")))
  expect_output(print(summary), "min_dist +0.25.*sigma.*UMAP2.*setosa")
})
