label <- digits$label

# ---- The result ---------------------------------------------------------------------------------

test_that("digits are separated", {
  embedding <- umap(digits$pixels, label)
  quality <- embedding_quality(digits$pixels, embedding, label, sample = 500)
  expect_gt(quality$knn_accuracy, 0.9)
  expect_gt(quality$trustworthiness, 0.95)
  expect_gt(quality$continuity, 0.9)
})

test_that("the embedding is a data frame with coordinates and labels", {
  embedding <- umap(some_digits(100), label[1:100])
  expect_s3_class(embedding, c("umap_embedding", "data.frame"), exact = TRUE)
  expect_identical(dim(embedding), c(100L, 3L))
  expect_named(embedding, c("UMAP1", "UMAP2", "label"))
  expect_identical(embedding$label, label[1:100])
  expect_identical(attr(embedding, "row.names"), 1:100)
  expect_named(umap(some_digits(100)), c("UMAP1", "UMAP2"))
})

test_that("labels are any vector, and stored as given", {
  for (labels in list(150:1, rep(c("a", NA, "b"), 50), iris$Species, iris[[1]] > 6)) {
    expect_identical(umap(iris[1:4], labels)$label, labels)
  }
})

test_that("labels may be arrays of one dimension and matrices of one column", {
  wanted <- umap(iris[1:4], labels = 1:150, n_epochs = 2)
  expect_identical(umap(iris[1:4], labels = array(1:150), n_epochs = 2), wanted)
  expect_identical(umap(iris[1:4], labels = matrix(1:150), n_epochs = 2), wanted)
  expect_input_error(umap(iris[1:4], labels = matrix(1:150, 75)), "`labels` must be a vector")
})

test_that("a model or an embedding serves as initialization", {
  model <- umap_fit(iris[1:4], n_epochs = 5)
  expect_identical(
    umap(iris[1:4], init = model, n_epochs = 0),
    umap(iris[1:4], init = as.data.frame(model), n_epochs = 0)
  )
})

test_that("a spectral initialization that does not converge warns once", {
  x <- as.matrix(iris[1:4])[rep(1:150, 3), ]
  expect_length(suppressWarnings(umap_fit(x, duplicates = "separate"))$warnings, 1)
})

test_that("row names follow the data", {
  expect_identical(rownames(umap(mtcars)), rownames(mtcars))
  expect_identical(rownames(umap(as.matrix(mtcars))), rownames(mtcars))
  nn <- nearest_neighbors(mtcars)
  expect_identical(umap(nn), umap(mtcars))
  twice <- as.matrix(iris[1:4])
  rownames(twice) <- rep(c("a", "b"), 75)
  expect_identical(attr(umap(twice), "row.names"), 1:150)
})

test_that("there may be any number of dimensions", {
  for (d in c(1, 2, 3, 5)) {
    embedding <- umap(iris[1:4], n_components = d, n_epochs = 50)
    expect_named(embedding, paste0("UMAP", seq_len(d)))
    expect_true(all(vapply(embedding, function(column) all(is.finite(column)), NA)))
    expect_gt(min(vapply(embedding, stats::sd, 0)), 0.1)
  }
  start <- gaussian(150, 4)
  expect_named(umap(iris[1:4], n_components = 4, init = start), paste0("UMAP", 1:4))
})

test_that("the model holds every stage, each as its own function returns it", {
  x <- some_digits(400)
  model <- umap_fit(x, label[1:400])
  nn <- nearest_neighbors(x)
  graph <- fuzzy_graph(nn)
  layout <- optimize_layout(graph, initial_layout(graph, x = x))
  expect_s3_class(model, "umap_model")
  expect_identical(model$neighbors, nn)
  expect_identical(data.frame(rho = model$rho, sigma = model$sigma), smooth_knn(nn))
  expect_identical(model$graph, graph)
  expect_identical(model$curve, fit_curve())
  expect_identical(model$layout, layout)
  expect_identical(as.data.frame(model), umap(x, label[1:400]))
  expect_identical(umap_fit(nn)$layout, layout)
  expect_identical(optimize_layout(model, initial_layout(model)), layout)
})

test_that("the stages agree for other settings too", {
  x <- some_digits(300)
  model <- umap_fit(x,
    n_neighbors = 8, n_components = 3, metric = "cosine", min_dist = 0.4, init = "random",
    n_epochs = 30, seed = 5, spread = 1.5, set_op_mix_ratio = 0.7, local_connectivity = 1.5,
    bandwidth = 1.2, learning_rate = 0.8, repulsion_strength = 1.3, negative_sample_rate = 3,
    neighbor_method = "nndescent", method = "full"
  )
  nn <- nearest_neighbors(x, 8, "cosine", "nndescent", seed = 5)
  graph <- fuzzy_graph(nn, 0.7, 1.5, 1.2)
  start <- initial_layout(graph, "random", 3, seed = 5)
  layout <- optimize_layout(graph, start, 30, "full",
    min_dist = 0.4, spread = 1.5, learning_rate = 0.8, repulsion_strength = 1.3,
    negative_sample_rate = 3, seed = 5
  )
  expect_identical(model$graph, graph)
  expect_identical(model$layout, layout)
})

test_that("a model survives being saved", {
  model <- umap_fit(iris[1:4], iris$Species)
  path <- tempfile()
  saveRDS(model, path)
  expect_identical(readRDS(path), model)
  expect_true(all(rapply(unclass(model), is.vector, how = "unlist") |
    rapply(unclass(model), function(x) is.matrix(x) || is.factor(x), how = "unlist")))
  expect_identical(model$format_version, format_version)
})

# ---- Reproducibility ----------------------------------------------------------------------------

test_that("one seed is one picture on any number of threads", {
  for (x in list(some_digits(1000), digits$pixels)) {
    fit <- function(n_threads) timeless(umap_fit(x, n_epochs = 20, n_threads = n_threads))
    one <- fit(1)
    expect_identical(fit(1), one)
    expect_identical(fit(2), one)
    expect_identical(fit(3), one)
  }
})

test_that("one seed is one picture on any instruction set", {
  x <- gaussian(2100, 50)
  fit <- function() timeless(umap_fit(x, n_epochs = 10, neighbor_method = "clusters"))
  best <- fit()
  old <- Sys.getenv("UNFURL_ISA", NA)
  on.exit(if (is.na(old)) Sys.unsetenv("UNFURL_ISA") else Sys.setenv(UNFURL_ISA = old))
  for (isa in c("scalar", "avx2")) {
    Sys.setenv(UNFURL_ISA = isa)
    expect_identical(fit(), best)
  }
})

test_that("another seed is another picture", {
  expect_false(any(umap_fit(iris[1:4])$layout == umap_fit(iris[1:4], seed = 43)$layout))
  expect_identical(umap_fit(iris[1:4], seed = 2^53)$seed, 2^53)
  large <- umap_fit(iris[1:4], seed = 2^40)$layout
  expect_false(identical(umap_fit(iris[1:4], seed = 2^40 + 1)$layout, large))
})

test_that("R's random numbers are left alone", {
  set.seed(1)
  before <- .Random.seed
  umap(iris[1:4], init = "random")
  expect_identical(.Random.seed, before)
})

test_that("without a seed R's random numbers rule", {
  fit <- function(seed) timeless(with_seed(seed, umap_fit(iris[1:4], seed = NULL)))
  expect_identical(fit(1), fit(1))
  expect_false(identical(fit(1)$layout, fit(2)$layout))
  expect_identical(umap_fit(iris[1:4], seed = fit(1)$seed)$layout, fit(1)$layout)
  expect_false(identical(umap(iris[1:4], seed = NULL), umap(iris[1:4], seed = NULL)))
})

# ---- Awkward data -------------------------------------------------------------------------------

test_that("rows that are all the same do no harm", {
  for (n in c(2, 20, 3000)) {
    for (metric in common_metrics) {
      embedding <- umap(matrix(3, n, 5), n_neighbors = 2, metric = metric, n_epochs = 5)
      expect_true(all(is.finite(as.matrix(embedding))))
    }
  }
  expect_true(all(is.finite(as.matrix(umap(matrix(0, 50, 2), init = "pca")))))
})

test_that("thousands of duplicates do no harm", {
  x <- rbind(matrix(0, 2500, 20), gaussian(500, 20), matrix(1, 1000, 20))
  for (method in c("auto", "exact", "nndescent")) {
    embedding <- umap(x, neighbor_method = method, n_epochs = 10)
    expect_true(all(is.finite(as.matrix(embedding))))
  }
})

test_that("constant columns and single columns do no harm", {
  x <- cbind(1, gaussian(50, 3), 7)
  embedding <- umap(x, init = "pca")
  expect_true(all(is.finite(as.matrix(embedding))))
  expect_identical(nearest_neighbors(x)$idx, nearest_neighbors(x[, 2:4])$idx)
  expect_true(all(is.finite(as.matrix(umap(matrix(1:50))))))
})

test_that("two, three and four rows are enough", {
  for (n in 2:4) {
    for (init in c("spectral", "random", "pca")) {
      for (d in 1:3) {
        embedding <- umap(gaussian(n, 3), n_neighbors = n, n_components = d, init = init)
        expect_identical(dim(embedding), c(n, d))
        expect_true(all(is.finite(as.matrix(embedding))))
      }
    }
  }
})

test_that("huge and tiny numbers do no harm", {
  x <- as.matrix(iris[1:4])
  for (factor in c(2^-600, 2^-100, 2^100, 2^600)) {
    expect_equal(umap(x * factor), umap(x))
  }
})

test_that("groups that have nothing in common stay finite and apart", {
  x <- blobs(6, 30)
  layout <- umap_fit(x, n_neighbors = 10)$layout
  group <- rep(1:6, each = 30)
  expect_gt(embedding_quality(x, layout, group)$knn_accuracy, 0.95)
})

# ---- Bad input ----------------------------------------------------------------------------------

test_that("bad input is an error that names the argument", {
  x <- iris[1:4]
  expect_input_error(umap(data.frame(a = 1:20, when = Sys.time() + 1:20)), "some are not: when\\.")
  expect_input_error(umap("a"), "`x` must be")
  expect_input_error(umap(list(1, 2)), "`x` must be a list with the matrices")
  expect_input_error(umap(matrix(0, 1, 4)), "`x` must have at least 2 rows")
  expect_input_error(umap(matrix(0, 0, 4)), "`x` must have rows")
  expect_input_error(umap(matrix(0, 4, 0)), "`x` must have columns")
  expect_input_error(umap(replace(as.matrix(x), 151, NA)), "`x` holds .* row 1, column 2")
  expect_input_error(umap(replace(as.matrix(x), 151, -Inf)), "`x` holds .* row 1, column 2")
  expect_input_error(umap(x, 1:149), "`labels` must have one value per row, 150, not 149")
  expect_input_error(umap(x, list(1)), "`labels` must be a vector or a factor")
  expect_input_error(umap(x, n_neighbors = 1), "`n_neighbors` must be a whole number of at least 2")
  expect_input_error(umap(x, n_neighbors = 5.5), "`n_neighbors`")
  expect_input_error(umap(x, n_neighbors = -5), "`n_neighbors`")
  expect_input_error(umap(x, n_components = 0), "`n_components`")
  expect_input_error(umap(x, n_components = 1.5), "`n_components`")
  expect_input_error(umap(x, metric = "eucl"), "`metric` must be one of")
  expect_input_error(umap(x, min_dist = 1.5), "`min_dist` must be at most `spread`, 1, not 1.5")
  expect_input_error(umap(x, min_dist = -1), "`min_dist`")
  expect_input_error(umap(x, n_epochs = -1), "`n_epochs`")
  expect_input_error(umap(x, n_epochs = 0.5), "`n_epochs`")
  expect_input_error(umap(x, init = "pac"), "`init` must be one of")
  expect_input_error(umap(x, init = matrix(0, 150, 3)), "`init` must have 150 rows and 2 columns")
  expect_input_error(umap(x, init = matrix(NA_real_, 150, 2)), "`init` must not have missing")
  expect_input_error(umap(x, n_components = 5, init = "pca"), "`init` can be \"pca\"")
  expect_input_error(umap(nearest_neighbors(x), init = "pca"), "`init` can be \"pca\"")
  expect_input_error(umap(x, seed = -1), "`seed` must be a whole number")
  expect_input_error(umap(x, seed = 1.5), "`seed`")
  expect_input_error(umap(x, seed = 2^54), "`seed`")
  expect_input_error(umap(x, seed = NA), "`seed`")
  expect_input_error(umap(x, n_threads = 1.5), "`n_threads`")
  expect_input_error(umap(x, verbose = "yes"), "`verbose`")
})

test_that("errors are shown with the user's call", {
  condition <- tryCatch(umap(letters), error = identity)
  expect_identical(conditionCall(condition), quote(umap(letters)))
  expect_s3_class(condition, c("unfurl_error_input", "unfurl_error", "error", "condition"),
    exact = TRUE
  )
})

test_that("too many neighbors are reduced with a warning", {
  x <- gaussian(6, 3)
  expect_warning(model <- umap_fit(x), "`n_neighbors` is 15 but there are only 6 rows",
    class = "unfurl_warning"
  )
  expect_identical(model$settings$n_neighbors, 6L)
  expect_match(model$warnings, "only 6 rows")
  model$warnings <- character()
  expect_identical(timeless(model), timeless(umap_fit(x, n_neighbors = 6)))
})

test_that("a broken dist is refused, and a and b leave min_dist out of play", {
  broken <- structure(dist(iris[1:4]), Size = 5L)
  expect_input_error(umap(broken), "`x` is not a valid `dist`")
  expect_unfurl_warning(
    embedding <- umap(iris[1:4], a = 1, b = 1, min_dist = 5, n_epochs = 5), "`min_dist` has no eff"
  )
  expect_s3_class(embedding, "umap_embedding")
})

# ---- Nothing for nothing ------------------------------------------------------------------------

test_that("given neighbors contradicted are an error", {
  nn <- nearest_neighbors(iris[1:4], 12)
  expect_no_warning(umap(nn, n_neighbors = 12, metric = "euclidean", n_epochs = 2))
  expect_no_warning(
    umap(list(idx = nn$idx[, -1], dist = nn$dist[, -1]), n_neighbors = 12, n_epochs = 2)
  )
  for (k in c(5, 15)) {
    expect_input_error(umap(nn, n_neighbors = k), "`n_neighbors` must be 12, the number of given")
  }
  expect_input_error(umap(nn, n_neighbors = "a"), "`n_neighbors` must be a whole number")
  expect_input_error(umap_fit(nn, metric = "cosine"), "`metric` must be \"euclidean\", by which")
})

test_that("the metric of distances may be given, as may what umap() has anyway", {
  d <- dist(iris[1:4], "manhattan")
  for (metric in c("euclidean", "manhattan", "precomputed")) {
    expect_no_warning(model <- umap_fit(d, metric = metric, metric_kwds = list(), n_epochs = 2))
    expect_identical(model$settings$metric, "precomputed")
    expect_no_warning(nearest_neighbors(d, metric = metric))
  }
  bare <- unclass(nearest_neighbors(iris[1:4], metric = "cosine"))[c("idx", "dist")]
  expect_no_warning(umap(bare, metric = "euclidean", n_epochs = 2))
  expect_input_error(umap(d, metric = "miles"), "`metric` must be one of")
  expect_input_error(
    umap(as.matrix(d), metric = "precomputed", input = "data"), "not be \"precomputed\"\\. Give"
  )
})

test_that("a warning names arguments of data that have no effect on distances", {
  nn <- unclass(nearest_neighbors(iris[1:4], 12))[c("idx", "dist")]
  expect_unfurl_warning(
    model <- umap_fit(nn, metric = "cosine", scale = "z", pca = 2, n_epochs = 2),
    "`metric`, `scale`, `pca` have no effect: distances are given"
  )
  expect_match(model$warnings, "`pca` have no effect")
  d <- dist(iris[1:4])
  expect_no_warning(umap(d, metric = "euclidean", scale = FALSE, neighbor_method = "exact"))
  expect_unfurl_warning(umap(d, neighbor_method = "clusters"), "`neighbor_method` has no effect")
  expect_unfurl_warning(
    umap(d, metric = "minkowski", metric_kwds = list(p = 3)), "`metric`, `metric_kwds` have no eff"
  )
})

test_that("a warning names settings that have no effect", {
  fit <- function(...) umap(iris[1:4], n_epochs = 2, ...)
  expect_unfurl_warning(fit(target_weight = 0.3), "`target_weight` has no effect: there is no")
  expect_unfurl_warning(
    fit(y = iris$Species, target_metric = "manhattan", target_n_neighbors = 5),
    "`target_metric`, `target_n_neighbors` have no effect: the target has categories only"
  )
  expect_no_warning(fit(y = iris$Sepal.Width, target_metric = "manhattan", target_weight = 0.3))
  expect_unfurl_warning(fit(method = "full", optimizer = "sgd"), "`optimizer` has no effect")
  expect_unfurl_warning(
    fit(optimizer = "sgd", optimizer_args = list(beta1 = 0.1)), "`optimizer_args` has no effect"
  )
  expect_unfurl_warning(fit(method = "tumap", min_dist = 0.2), "`min_dist` has no effect")
  expect_unfurl_warning(fit(a = 1, b = 1, spread = 2), "`spread` has no effect: `a` and `b`")
  expect_unfurl_warning(
    fit(keep = "graph", snapshots = 1, trace = 2),
    "`keep`, `snapshots`, `trace` have no effect: umap\\(\\) returns the embedding alone"
  )
  expect_unfurl_warning(fit(neighbor_method = "nndescent", target_recall = 0.5), "`target_recall`")
  expect_no_warning(fit(
    target_weight = 0.5, min_dist = 1 - 0.9, spread = 1L, scale = "none", keep = "predict",
    method = "largevis"
  ))
  expect_no_warning(fit(method = "tumap", min_dist = 1 - 0.9))
  expect_input_error(fit(a = 1, b = 1, spread = "wide"), "`spread` must be a number")
})

# ---- Points without neighbors ------------------------------------------------------------------

test_that("a warning counts points without neighbors", {
  none <- list(idx = matrix(NA, 10, 3) + 0L, dist = matrix(NA_real_, 10, 3))
  expect_unfurl_warning(model <- umap_fit(none), "10 of 10 points have no neighbor at all")
  expect_true(all(is.finite(model$layout)))
  expect_unfurl_warning(umap(none), "10 of 10 points")
  expect_unfurl_warning(graph <- fuzzy_graph(none), "10 of 10 points")
  expect_identical(nrow(graph), 0L)
  expect_unfurl_warning(initial_layout(graph), "`graph` has no edges")
  expect_unfurl_warning(optimize_layout(graph, gaussian(10, 2), 5), "`graph` has no edges")
  x <- rbind(diag(3), diag(3)[c(1, 1, 2, 2), ]) > 0
  expect_unfurl_warning(umap(x, metric = "jaccard", n_neighbors = 3), "1 of 7 points")
})

# A `dist` in which `lone` points are infinitely far from all others.
distances_with_lone <- function(x, lone) {
  d <- as.matrix(stats::dist(x))
  d[lone, ] <- d[, lone] <- Inf
  stats::as.dist(d)
}

# From each of `lone` to the nearest other point, in units of the extent of the others.
distance_of_lone <- function(layout, lone) {
  d <- as.matrix(stats::dist(layout))
  diag(d) <- Inf
  extent <- apply(layout[-lone, ], 2, function(y) diff(range(y)))
  apply(d[lone, , drop = FALSE], 1, min) / max(extent)
}

test_that("points without neighbors are placed around the others", {
  lone <- c(3, 50, 51, 300)
  d <- distances_with_lone(some_digits(300), lone)
  for (method in list("umap", "tumap", "full")) {
    expect_unfurl_warning(
      model <- umap_fit(d, method = method, n_epochs = 100, snapshots = 100),
      "4 of 300 points have no neighbor at all: they are placed around the others"
    )
    layout <- model$layout
    expect_true(all(distance_of_lone(layout, lone) > 0.05))
    expect_identical(unname(model$snapshots[["100"]]), layout)
    middle <- colMeans(apply(layout[-lone, ], 2, range))
    reach <- sqrt(colSums((t(layout) - middle)^2))
    expect_true(min(reach[lone]) > max(reach[-lone]))
  }
  start <- gaussian(300, 2)
  as_given <- suppressWarnings(umap_fit(d, init = start, n_epochs = 0)$layout)
  expect_equal(as_given, start, tolerance = 1e-6)
  suppressWarnings(expect_true(
    all(distance_of_lone(optimize_layout(model$graph, start, n_epochs = 50), lone) > 0.05)
  ))
})

test_that("points without neighbors can be dropped", {
  lone <- c(3, 50, 51, 200)
  x <- some_digits(200)
  d <- distances_with_lone(x, lone)
  fit <- function(...) umap_fit(d, n_epochs = 50, disconnected = "drop", ...)
  expect_unfurl_warning(model <- fit(), "4 of 200 points .*: their coordinates are NA")
  placed <- suppressWarnings(umap_fit(d, n_epochs = 50))
  expect_true(all(is.na(model$layout[lone, ])) && !any(is.nan(model$layout)))
  expect_identical(model$layout[-lone, ], placed$layout[-lone, ])
  suppressWarnings({
    expect_identical(fit(keep = "minimal")$layout, model$layout)
    expect_identical(umap(d, n_epochs = 50, disconnected = "drop"), as.data.frame(model))
  })
  expect_output(print(model), "UMAP model of 200 rows")
  expect_true(all(is.finite(summary(model)$range)))
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  for (use in list(layout_loss, function(model, ...) embedding_quality(x, model))) {
    expect_input_error(use(model, model), "infinite values. Points without neighbors .*NA")
  }
  expect_input_error(
    plot(model, diagnostic = "neighbor_preservation"), "disconnected = \"place\", or leave them out"
  )
  expect_warning(plot(model), "4 rows without coordinates", class = "unfurl_warning_missing")
})

test_that("new rows are not compared with rows that were dropped", {
  x <- with_seed(2, matrix(stats::runif(200 * 100) < 0.05, 200))
  x[cbind(1:200, rep_len(1:98, 200))] <- TRUE
  x[, 99:100] <- FALSE
  x[7, ] <- rep(c(FALSE, TRUE), c(98, 2)) # nothing in common with any other row
  fit <- function(...) suppressWarnings(umap_fit(x, metric = "jaccard", n_epochs = 30, ...))
  model <- fit(disconnected = "drop")
  expect_identical(which(is.na(model$layout[, 1])), 7L)
  new <- x[c(20, 30, 7, 7), ]
  new[1, 98] <- !new[1, 98]
  new[2, 100] <- TRUE # near to row 7 as well
  new[4, 100] <- FALSE # near to row 7 alone
  expect_warning(placed <- predict(model, new), "2 rows without any neighbor",
    class = "unfurl_warning_missing"
  )
  expect_identical(is.na(placed$UMAP1), c(FALSE, FALSE, TRUE, TRUE))
  near <- as.matrix(predict(fit(), new))[1:2, ]
  expect_lt(max(abs(as.matrix(placed)[1:2, ] - near)), 1)
})

test_that("equal points without neighbors lie together, and apart from the others", {
  x <- with_seed(2, matrix(stats::runif(300 * 200) < 0.03, 300))
  x[1:40, ] <- FALSE
  x[cbind(41:300, rep_len(1:200, 260))] <- TRUE
  layout <- suppressWarnings(umap_fit(x, metric = "jaccard", n_epochs = 100)$layout)
  apart <- as.matrix(stats::dist(layout))[1:40, 41:300]
  expect_gt(min(apart), max(stats::dist(layout[1:40, ])))
})

# ---- Other kinds of input -----------------------------------------------------------------------

test_that("times are labels, numeric targets, and no columns", {
  when <- as.POSIXct("2024-05-01", tz = "UTC") + 3600 * 1:150
  fit <- function(...) umap(iris[1:4], n_epochs = 5, ...)
  expect_identical(fit(labels = as.POSIXlt(when))$label, when)
  expect_identical(fit(labels = as.Date(when))$label, as.Date(when))
  expect_identical(fit(labels = diff(c(when[1], when)))$label, diff(c(when[1], when)))
  expected <- fit(y = as.numeric(when))
  expect_identical(fit(y = when), expected)
  expect_identical(fit(y = as.POSIXlt(when)), expected)
  expect_identical(fit(y = data.frame(when)), expected)
  days <- as.Date("2024-05-01") + 1:150
  expect_identical(fit(y = days), fit(y = as.numeric(days)))
  expect_identical(fit(y = as.difftime(1:150, units = "mins")), fit(y = 1:150))
  expect_identical(fit(y = replace(when, 3, NA)), fit(y = replace(as.numeric(when), 3, NA)))
  expect_input_error(
    umap(data.frame(iris, when)), "some are not: when\\. Convert times and integer64 by as.numeric"
  )
})

test_that("a list that holds the data is an error that names them", {
  expect_input_error(umap(digits), "Did you mean digits\\$pixels\\?")
  expect_input_error(nearest_neighbors(digits), "Did you mean digits\\$pixels\\?")
  odd <- list(1, `my data` = iris)
  expect_input_error(umap_fit(x = odd), "Did you mean odd\\$`my data`\\?")
  expect_input_error(umap(list(a = 1, b = diag(3))), "Did you mean x\\$b\\?")
  components <- stats::prcomp(iris[1:4])
  expect_input_error(umap(components), "Did you mean components\\$x\\?")
  expect_input_error(umap(stats::princomp(iris[1:4])), "Did you mean x\\$scores\\?")
  expect_input_error(nearest_neighbors(array(0, c(2, 2, 2))), "object of class array.* 8\\.$")
  expect_no_match(conditionMessage(tryCatch(umap(list(1, 2)), error = identity)), "Did you mean")
})

test_that("a matrix may be a column", {
  x <- data.frame(label = iris$Species)
  x$numbers <- as.matrix(iris[1:4])
  expect_identical(umap(x["numbers"])$UMAP1, umap(iris[1:4])$UMAP1)
  model <- umap_fit(x, n_epochs = 5)
  expect_identical(model$layout, umap_fit(iris, n_epochs = 5)$layout)
  expect_identical(predict(model, x[3:4, ])$UMAP1, model$layout[3:4, 1])
})

test_that("arguments that change nothing give no warning", {
  nn <- nearest_neighbors(iris[1:4], 10, "manhattan")
  expect_no_warning(expect_identical(umap(nn, metric = "euclidean"), umap(nn)))
  expect_input_error(umap(nn, metric = "cosine"), "`metric` must be \"manhattan\", by which")
  expect_no_warning(umap(iris[1:4], keep = "minimal", n_epochs = 2))
  expect_unfurl_warning(umap(iris[1:4], keep = "graph", n_epochs = 2), "`keep` has no effect")
  distances <- stats::dist(iris[1:4], "manhattan")
  expect_no_warning(umap(distances, metric = "euclidean", metric_kwds = list(), n_epochs = 2))
  expect_no_warning(umap(iris[1:4], method = "tumap", min_dist = 1 - 0.9, n_epochs = 2))
})

test_that("names that begin like the package's names are not taken for them", {
  x <- data.frame(label_source = iris$Petal.Width, iris[1:3])
  embedding <- umap(x, n_epochs = 2)
  expect_named(embedding, c("UMAP1", "UMAP2"))
  expect_named(umap(~., x, n_epochs = 2), c("UMAP1", "UMAP2"))
  model <- umap_fit(x, keep = "minimal", n_epochs = 2)
  model[c("labels_old", "blocks_old", "row_names_old", "snapshots_old")] <- list("a", 1, "b", 2)
  expect_identical(as.data.frame(model), embedding)
  expect_input_error(predict(model, x), "`object` must keep its data")
  expect_identical(predict(model), embedding)
  kept <- umap_fit(x, n_epochs = 2)
  kept$variables_old <- "log(a)"
  expect_identical(predict(kept, x[1:9, ])$UMAP1, kept$layout[1:9, 1])
  expect_input_error(
    umap(x, metric = "minkowski", metric_kwds = list(p_old = 3)), "list with the element `p`"
  )
  distances <- structure(stats::dist(iris[1:4]), method = NULL, method_old = "cosine")
  expect_unfurl_warning(umap(distances, metric = "cosine", n_epochs = 2), "`metric` has no effect")
  expect_input_error(umap(list(idx_old = diag(9), dist_old = diag(9))), "matrices `idx` and `dist`")
})
