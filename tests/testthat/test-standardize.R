# As the peers scale, in plain R.
scaled_by <- function(x, scale) {
  centered <- sweep(x, 2, colMeans(x))
  switch(scale,
    none = x,
    z = sweep(centered, 2, apply(x, 2, stats::sd), "/"),
    range = (x - min(x)) / diff(range(x)),
    colrange = apply(x, 2, function(column) (column - min(column)) / diff(range(column))),
    maxabs = centered / max(abs(centered))
  )
}

standardized <- function(x, scale = "none", pca = NULL) {
  run <- run_settings(NULL, FALSE)
  standardize(x, find_standardization(x, scale, pca, 42, run), run)
}

test_that("columns are scaled as the formulas say", {
  x <- cbind(gaussian(50, 4), 1e9 + 1e-3 * seq_len(50))
  for (scale in scales) expect_equal(standardized(x, scale), scaled_by(x, scale), tolerance = 1e-7)
  expect_equal(standardized(1e200 * x[, 1:4], "z"), scaled_by(x[, 1:4], "z"), tolerance = 1e-6)
  count <- matrix(1:60, 20)
  expect_equal(standardized(count, "z"), scaled_by(count, "z"))
})

test_that("constant columns become 0", {
  x <- cbind(a = gaussian(20, 1)[, 1], b = 7, c = 0)
  for (scale in c("z", "colrange", "maxabs")) {
    expect_identical(unname(standardized(x, scale)[, 2:3]), matrix(0, 20, 2))
  }
  expect_identical(unname(standardized(x[, 2:3], "range")[, 2]), rep(0, 20))
  expect_true(all(is.finite(standardized(x, "z", 2))))
})

test_that("principal components agree with prcomp()", {
  wide <- gaussian(300, 60) %*% diag(0.9^(1:60)) %*% gaussian(60, 60, 2) + 5
  for (x in list(as.matrix(iris[1:4]), wide, 1e-30 * wide, 1e200 * wide)) {
    for (k in c(1, 3)) {
      expected <- stats::prcomp(x)$x[, seq_len(k), drop = FALSE]
      got <- standardized(x, pca = k)
      expect_identical(dim(got), c(nrow(x), as.integer(k)))
      signs <- sign(colSums(got / max(got) * (expected / max(expected))))
      expect_equal(
        unname(got) / stats::sd(expected),
        unname(expected %*% diag(signs, k)) / stats::sd(expected),
        tolerance = 1e-4
      )
    }
  }
  pixels <- some_digits(1000)
  expected <- stats::prcomp(pixels, rank. = 40)$x
  got <- standardized(pixels, pca = 40)
  expect_equal(sum(got^2), sum(expected^2), tolerance = 1e-5)
  expect_equal(
    as.vector(stats::dist(got[1:50, ])), as.vector(stats::dist(expected[1:50, ])),
    tolerance = 1e-3
  )
})

test_that("scale comes before the components", {
  x <- sweep(gaussian(100, 6), 2, 10^(0:5), "*")
  expected <- stats::prcomp(x, scale. = TRUE)$x[, 1:2]
  expect_equal(abs(standardized(x, "z", 2)), abs(unname(expected)), tolerance = 1e-3)
})

test_that("the same bits on any number of threads and instruction set", {
  skip_if_quick("plain C takes seconds for the eigenvectors of 784 columns")
  x <- some_digits(500)
  fit <- function(n_threads) {
    run <- run_settings(n_threads, FALSE)
    found <- find_standardization(x, "z", 30, 42, run)
    list(found, standardize(x, found, run))
  }
  one <- fit(1)
  expect_identical(fit(3), one)
  Sys.setenv(UNFURL_ISA = "scalar")
  on.exit(Sys.unsetenv("UNFURL_ISA"))
  expect_identical(fit(2), one)
})

test_that("rows do not depend on each other", {
  x <- some_digits(200)
  run <- run_settings(NULL, FALSE)
  found <- find_standardization(x, "maxabs", 10, 42, run)
  whole <- standardize(x, found, run)
  expect_identical(standardize(x[77, , drop = FALSE], found, run), whole[77, , drop = FALSE])
})

test_that("umap() scales and reduces", {
  x <- as.matrix(iris[1:4])
  for (scale in scales) {
    expect_identical(
      umap_fit(x, scale = scale)$layout,
      umap_fit(standardized(x, scale))$layout
    )
  }
  expect_identical(umap(x, scale = TRUE), umap(x, scale = "z"))
  expect_identical(umap(x, scale = "Scale"), umap(x, scale = "z"))
  expect_identical(umap_fit(x, scale = FALSE)$layout, umap_fit(x)$layout)
  expect_identical(
    umap_fit(some_digits(200), pca = 20)$layout,
    umap_fit(standardized(some_digits(200), pca = 20))$layout
  )
  expect_identical(umap_fit(x, pca = 4)$layout, umap_fit(x)$layout)
})

test_that("bad settings are errors", {
  expect_input_error(umap(iris[1:4], scale = "zscore"), "`scale` must be one of \"none\", \"z\"")
  expect_input_error(umap(iris[1:4], scale = 2), "`scale`")
  expect_input_error(umap(iris[1:4], pca = 0), "`pca`")
  expect_input_error(umap(iris[1:4], pca = "all"), "`pca`")
  x <- replace(some_digits(30) + 0, 65, NA)
  expect_input_error(umap(x, n_neighbors = 5, scale = "z"), "row 5, column 3")
})

test_that("scale and components that mean nothing to a metric are errors", {
  share <- abs(gaussian(40, 4))
  fit <- function(metric, x = share, ...) {
    umap_fit(x, metric = metric, n_neighbors = 5, n_epochs = 5, ...)
  }
  bound <- c(metrics_of_truth, metrics_of_shares, "hamming")
  for (metric in bound) expect_input_error(fit(metric, pca = 2), "`pca` cannot be combined")
  for (metric in metrics_of_truth) {
    for (scale in scales[-1]) expect_input_error(fit(metric, scale = scale), "asks what is 0")
  }
  for (metric in metrics_of_shares) {
    for (scale in c("z", "maxabs")) {
      expect_input_error(fit(metric, scale = scale), "`scale` cannot .*no negative values")
    }
    for (scale in c("range", "colrange")) expect_s3_class(fit(metric, scale = scale), "umap_model")
  }
  expect_input_error(fit("haversine", share[, 1:2] / 4, scale = "z"), "`scale` .*takes angles")
  expect_input_error(fit("haversine", share[, 1:2] / 4, pca = 1), "`pca` .*takes angles")
  expect_input_error(umap(iris[c(5, 5)], pca = 1), "`pca` .*hamming")
  expect_input_error(fit(list(dice = 1:2, jaccard = 3:4), scale = "z"), "`scale` .*dice")
  mixed <- fit(list(euclidean = 1:2, jaccard = 3:4), scale = "z")
  expect_identical(lengths(lapply(mixed$blocks, `[[`, "standardization")) > 0, c(TRUE, FALSE))
})

test_that("as many components as columns or more change nothing", {
  x <- gaussian(40, 4) > 0
  fit <- function(...) umap_fit(x, metric = "jaccard", n_neighbors = 5, n_epochs = 5, ...)$layout
  expect_identical(fit(pca = 4), fit())
})

test_that("numbers next to categories keep their scale where the metric needs it", {
  x <- data.frame(abs(gaussian(40, 4)), kind = rep(c("a", "b"), 20))
  fit <- function(...) umap_fit(x, metric = "hellinger", n_neighbors = 5, n_epochs = 5, ...)
  expect_identical(fit()$layout, fit(scale = "none")$layout)
})
