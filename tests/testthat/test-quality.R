# The measures by their definitions, from matrices of ranks.
ranks_of <- function(x) t(apply(replace(distances(x), diag(nrow(x)) == 1, -1), 1, rank)) - 1

excess <- function(here, other, k) sum((here - k)[here > k & other > 0 & other <= k])

expected_quality <- function(x, layout, label, k, k_label) {
  n <- nrow(x)
  in_data <- ranks_of(x)
  in_layout <- ranks_of(layout)
  factor <- 2 / (n * k * (2 * n - 3 * k - 1))
  near <- in_data > 0 & in_data <= k
  votes <- vapply(seq_len(n), function(i) {
    neighbors <- order(in_layout[i, ])[1 + seq_len(k_label)]
    counts <- table(factor(label[neighbors], unique(label[neighbors])))
    names(counts)[which.max(counts)]
  }, "")
  data.frame(
    trustworthiness = 1 - factor * excess(in_data, in_layout, k),
    continuity = 1 - factor * excess(in_layout, in_data, k),
    neighbor_preservation = mean((in_layout > 0 & in_layout <= k)[near]),
    knn_accuracy = mean(votes == label)
  )
}

test_that("the measures are as defined", {
  n <- 200
  x <- some_digits(n)
  label <- digits$label[seq_len(n)]
  for (layout in list(umap(x), gaussian(n, 2), gaussian(n, 3))) {
    expect_equal(
      embedding_quality(x, layout, label, k = 7, k_label = 5),
      expected_quality(x, as.matrix(layout), label, 7, 5),
      tolerance = 1e-6
    )
  }
})

test_that("a layout that is the data is perfect", {
  x <- gaussian(100, 2)
  quality <- embedding_quality(x, 3 * x + 1, rep(1, 100))
  expect_equal(unlist(quality, use.names = FALSE), c(1, 1, 1, 1))
})

test_that("the layout may come in any form, labels too", {
  x <- some_digits(150)
  label <- digits$label[1:150]
  model <- umap_fit(x, label)
  quality <- embedding_quality(x, model, label)
  expect_identical(embedding_quality(x, as.data.frame(model), label), quality)
  expect_identical(embedding_quality(x, model$layout, as.character(label)), quality)
  expect_identical(embedding_quality(x, model)$knn_accuracy, NA_real_)
  expect_identical(embedding_quality(x, model)[-4], quality[-4])
  expect_identical(embedding_quality(x, model, label, sample = Inf), quality)
  expect_identical(embedding_quality(x, model, label, n_threads = 3), quality)
})

test_that("a sample is spread evenly over the rows", {
  expect_identical(sample_rows(4, 100), c(1L, 26L, 51L, 76L))
  expect_identical(sample_rows(1000, 5), 1:5)
  expect_identical(sample_rows(Inf, 3), 1:3)
  expect_identical(anyDuplicated(sample_rows(999, 1000)), 0L)
})

test_that("the metric counts for the data", {
  x <- gaussian(80, 6) * exp(gaussian(80, 1, seed = 2)[, 1])
  layout <- x / sqrt(rowSums(x^2))
  expect_equal(embedding_quality(x, layout, metric = "cosine")$neighbor_preservation, 1)
  expect_lt(embedding_quality(x, layout)$neighbor_preservation, 0.9)
})

test_that("the recall of a model is measured among the rows that it searched", {
  distinct <- gaussian(20, 6)
  x <- distinct[rep(1:20, 15), ]
  model <- umap_fit(x, n_neighbors = 5, n_epochs = 2)
  expect_identical(neighbor_recall(model, x), 1)
  worse <- model
  worse$neighbors[c("idx", "dist")] <- lapply(model$neighbors[c("idx", "dist")], function(table) {
    table[, -2] # the nearest of each row
  })
  expect_equal(neighbor_recall(worse, x), 2 / 3)
  worse$layout <- NULL
  expect_input_error(neighbor_recall(worse, x), "`nn` is damaged: its layout")
})

test_that("a damaged model is named as such, whether or not a metric is given", {
  x <- gaussian(40, 4)
  model <- umap_fit(x, n_epochs = 2)
  renamed <- model
  names(renamed)[names(renamed) == "layout"] <- "layout2"
  bad <- list(renamed, `$<-`(model, "layout", NULL), `$<-`(model, "layout", matrix("a", 40, 2)))
  for (worse in bad) {
    for (metric in list(NULL, "euclidean")) {
      damaged <- "^`layout` is damaged: its layout is not what"
      expect_input_error(embedding_quality(x, worse, metric = metric), damaged)
      expect_input_error(point_quality(x, worse, metric = metric), damaged)
    }
    expect_input_error(layout_loss(model$graph, worse), "^`layout` is damaged: its layout")
  }
  expect_identical(
    embedding_quality(x, model, metric = "cosine"),
    embedding_quality(x, model$layout, metric = "cosine")
  )
})

test_that("what cannot be compared is an error or reduced with a warning", {
  x <- gaussian(20, 4)
  y <- gaussian(20, 2)
  expect_input_error(embedding_quality(x, y[-1, ]), "`layout` must have 20 rows, not 19 rows")
  expect_input_error(embedding_quality(x, replace(y, 2, NA)), "`layout` must not have missing")
  expect_input_error(embedding_quality(x, y, 1:19), "`labels` must have one value per row, 20")
  expect_input_error(embedding_quality(x, y, k = 0), "`k` must be a whole number of at least 1")
  expect_input_error(embedding_quality(x, y, k = 5, sample = 0), "`sample`")
  expect_input_error(embedding_quality(replace(x, 3, NA), y, k = 5), "`x` holds a missing value")
  expect_warning(embedding_quality(x, y, k = 15), "`k` is 15 .* using 9", class = "unfurl_warning")
  expect_warning(
    embedding_quality(x, y, 1:20, k = 5, k_label = 20), "`k_label` is 20 .* using 19",
    class = "unfurl_warning"
  )
  expect_input_error(embedding_quality(x[1:2, ], y[1:2, ]), "too few rows")
  expect_warning(expect_warning(embedding_quality(x[1:3, ], y[1:3, ])))
})

# ---- neighbor_recall() --------------------------------------------------------------------------

test_that("recall is the fraction of true neighbors", {
  x <- some_digits(200)
  for (metric in common_metrics) {
    expect_identical(neighbor_recall(nearest_neighbors(x, 9, metric), x), 1)
  }
  nn <- nearest_neighbors(x, 9)
  wider <- nearest_neighbors(x, 17)
  later <- list(idx = wider$idx[, c(1:5, 14:17)], dist = wider$dist[, c(1:5, 14:17)])
  expect_equal(neighbor_recall(later, x, metric = "euclidean"), 0.5)
  spoilt <- nn
  spoilt$idx[1, 9] <- NA
  expect_equal(neighbor_recall(spoilt, x), 1 - 1 / (200 * 8))
  expect_equal(neighbor_recall(spoilt, x, sample = 1), 1 - 1 / 8)
  expect_input_error(neighbor_recall(later, x), "`metric` must be given")
  expect_input_error(neighbor_recall(nn, x[-1, ]), "`nn` must have one row per row of `x`, 199")
})

test_that("the quality of the points averages to the quality of the whole", {
  x <- some_digits(200)
  layout <- umap(x, n_epochs = 50)
  points <- point_quality(x, layout)
  overall <- embedding_quality(x, layout, sample = Inf)
  expect_equal(colMeans(points), unlist(overall[names(points)]))
  expect_identical(dim(points), c(200L, 3L))
  nn <- nearest_neighbors(x, 16, method = "exact")$idx[7, -1]
  shown <- nearest_neighbors(as.matrix(as.data.frame(layout)), 16, method = "exact")$idx[7, -1]
  expect_equal(points$neighbor_preservation[7], mean(nn %in% shown))
})

test_that("the local dimension is the dimension of the surface on which the data lie", {
  for (d in c(1, 2, 4)) {
    x <- matrix(with_seed(1, stats::runif(1500 * d)), ncol = d) %*% gaussian(d, 10)
    estimate <- stats::median(local_dimension(nearest_neighbors(x, 30)))
    expect_lt(abs(estimate - d), 0.15 * d)
  }
  nn <- list(idx = matrix(c(1:4, 2, 1, 1, 1, 3, 3, 2, 2, 4, 4, 4, 3), 4), dist = matrix(0, 4, 4))
  expect_identical(local_dimension(nn), rep(NA_real_, 4))
  nn$dist[] <- rep(0:3, each = 4)
  expect_equal(local_dimension(nn), rep(1 / log(3 * 1.5), 4))
})

test_that("a model's data are compared by its metric, after its transform", {
  x <- iris[1:4]
  cosine <- umap_fit(x, metric = "cosine", n_epochs = 20)
  expect_identical(
    embedding_quality(x, cosine), embedding_quality(x, cosine$layout, metric = "cosine")
  )
  expect_identical(point_quality(x, cosine), point_quality(x, cosine$layout, metric = "cosine"))
  scaled <- umap_fit(x, scale = "z", n_epochs = 20)
  expect_equal(embedding_quality(x, scaled), embedding_quality(scale(x), scaled$layout))
  expect_identical(summary(scaled, data = x)$recall, 1)
  minimal <- umap_fit(x, metric = "cosine", n_epochs = 20, keep = "minimal")
  expect_identical(embedding_quality(x, minimal), embedding_quality(x, cosine))
  given <- umap_fit(nearest_neighbors(x, metric = "cosine"), n_epochs = 20)
  expect_identical(
    embedding_quality(x, given), embedding_quality(x, given$layout, metric = "cosine")
  )
  formula <- umap_fit(~ log(Sepal.Length) + Petal.Width, data = iris, n_epochs = 20)
  expect_identical(summary(formula, data = iris)$recall, 1)
  expect_input_error(embedding_quality(x, cosine, metric_kwds = list(p = 3)), "needs `metric`")
  expect_input_error(
    embedding_quality(iris[1:3], scaled), "`x` must have all columns of the model, but"
  )
})

test_that("a model of several metrics says that it cannot be measured by one", {
  mixed <- umap_fit(
    iris, metric = list(euclidean = 1:2, cosine = 3:4, categorical = 5), n_epochs = 20
  )
  expect_input_error(embedding_quality(iris, mixed), "model of one metric")
  expect_input_error(summary(mixed, data = iris), "`data` cannot be compared by one metric")
  expect_input_error(summary(umap_fit(iris, n_epochs = 20), data = iris), "one metric")
  for (diagnostic in c("neighbor_preservation", "local_dimension")) {
    expect_input_error(plot(mixed, diagnostic = diagnostic), "not one of several metrics")
  }
  expect_input_error(plot(mixed, diagnostic = "trustworthiness", data = iris), "`data` cannot")
})

test_that("rows that are not the model's are said to be so", {
  model <- umap_fit(iris[1:4], n_epochs = 2)
  expect_input_error(
    embedding_quality(iris[1:100, 1:4], model), "`x` must have the 150 rows of the model, not 100"
  )
  expect_input_error(
    point_quality(iris[1:100, 1:4], as.data.frame(model)), "`layout` must have 100 rows, not 150"
  )
})
