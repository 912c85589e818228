# ---- initial_layout() ---------------------------------------------------------------------------

# How near an initialization, times the roots of the degrees, comes to the span of the eigenvectors:
# 1 means within it.
cosine_to_eigenvectors <- function(graph, start) {
  n <- nrow(start)
  w <- dense(graph)
  root <- sqrt(rowSums(w))
  eigen <- eigen(diag(n) - w / outer(root, root), symmetric = TRUE)
  expect_gt(eigen$values[n - 1], 1e-6) # connected
  expected <- eigen$vectors[, (n - 1):(n - ncol(start))]
  min(svd(crossprod(qr.Q(qr(expected)), qr.Q(qr(start * root))))$d)
}

test_that("the spectral initializations span the eigenvectors of the normalized Laplacian", {
  graph <- digits_graph(300)
  for (d in c(1, 2, 4)) {
    for (init in c("spectral", "laplacian")) {
      start <- initial_layout(graph, init, n_components = d)
      expect_gt(cosine_to_eigenvectors(graph, start), 0.999)
      expect_equal(max(abs(start)), 10, tolerance = 1e-3)
    }
  }
  graph <- digits_graph(1000) # more points than the coarsest level has: eigenvectors seen from afar
  expect_gt(cosine_to_eigenvectors(graph, initial_layout(graph, "laplacian")), 0.999)
  expect_gt(cosine_to_eigenvectors(graph, initial_layout(graph)), 0.8)
})

test_that("parts that hang together stay together", {
  for (centers in c(2, 3, 9)) {
    x <- blobs(centers, 40)
    graph <- fuzzy_graph(nearest_neighbors(x, 10))
    part <- rep(seq_len(centers), each = 40)
    expect_true(all(part[graph$row] == part[graph$col]))
    for (data in list(NULL, x)) {
      start <- initial_layout(graph, x = data)
      expect_true(all(is.finite(start)))
      middle <- apply(start, 2, function(column) tapply(column, part, mean))
      nearest_part <- apply(start, 1, function(point) which.min(colSums((t(middle) - point)^2)))
      expect_gt(mean(nearest_part == part), 0.95)
      expect_false(any(duplicated(start)))
    }
  }
})

test_that("the spectral initialization copes with tiny graphs and points without edges", {
  for (n in 2:6) {
    pair <- fuzzy_graph(nearest_neighbors(gaussian(n, 3), 2))
    for (d in c(1, 2, 5)) {
      start <- initial_layout(pair, n_components = d)
      expect_identical(dim(start), c(n, as.integer(d)))
      expect_true(all(is.finite(start)))
    }
  }
  loose <- data.frame(row = 1:2, col = 2:1, similarity = 1)
  attr(loose, "n") <- 40
  expect_true(all(is.finite(initial_layout(loose))))
})

test_that("the principal components agree with prcomp()", {
  for (x in list(some_digits(400), as.matrix(iris[1:4]), gaussian(100, 2) %*% diag(c(3, 1)))) {
    graph <- fuzzy_graph(nearest_neighbors(x))
    start <- initial_layout(graph, "pca", x = x)
    expected <- stats::prcomp(x)$x[, 1:2]
    expect_equal(abs(diag(cor(start, expected))), c(1, 1), tolerance = 1e-3)
    expect_equal(
      stats::sd(start[, 2]) / stats::sd(start[, 1]),
      stats::sd(expected[, 2]) / stats::sd(expected[, 1]),
      tolerance = 1e-2
    )
    expect_equal(max(abs(start)), 10, tolerance = 1e-3)
  }
})

test_that("the random initialization is uniform", {
  graph <- digits_graph(1000)
  start <- initial_layout(graph, "random", n_components = 3)
  expect_identical(dim(start), c(1000L, 3L))
  expect_true(all(abs(start) <= 10))
  expect_gt(stats::ks.test(start, "punif", -10, 10)$p.value, 0.001)
  expect_lt(max(abs(cor(start)[upper.tri(diag(3))])), 0.15)
  expect_identical(initial_layout(graph, "random", 3, seed = 42), start)
  expect_false(any(initial_layout(graph, "random", 3, seed = 43) == start))
})

test_that("a given initialization is checked and returned", {
  graph <- digits_graph(60)
  own <- gaussian(60, 2)
  expect_identical(initial_layout(graph, own), own)
  expect_identical(initial_layout(graph, as.data.frame(own)), own)
  expect_input_error(initial_layout(graph, own[-1, ]), "`init` must have 60 rows and 2 columns")
  expect_input_error(initial_layout(graph, own, 3), "60 rows and 3 columns, not 60 rows and 2 col")
  expect_input_error(initial_layout(graph, replace(own, 3, NA)), "`init` must not have missing")
  expect_input_error(initial_layout(graph, replace(own, 3, Inf)), "`init` must not have missing")
  expect_input_error(initial_layout(graph, 1:120), "`init` must be a matrix of numbers")
  expect_input_error(initial_layout(graph, "tsne"), "`init` must be one of \"spectral\"")
})

test_that("principal components need data with enough columns", {
  graph <- fuzzy_graph(nearest_neighbors(iris[1:4]))
  expect_input_error(initial_layout(graph, "pca"), "`init` can be \"pca\" only when `x`")
  expect_input_error(initial_layout(graph, "pca", 5, iris[1:4]), "5 > 4")
  expect_input_error(initial_layout(graph, "pca", 2, iris[-1, 1:4]), "`x` must have one row per")
  expect_input_error(initial_layout(graph, n_components = 0), "`n_components`")
  expect_input_error(initial_layout(graph, n_components = 1.5), "`n_components`")
})

# ---- optimize_layout() --------------------------------------------------------------------------

test_that("every optimizer lowers the loss and separates digits", {
  n <- 600
  graph <- digits_graph(n)
  start <- initial_layout(graph, "random")
  settings <- list(
    list(method = "umap", optimizer = "batch", n_epochs = 300),
    list(method = "umap", optimizer = "sgd", n_epochs = 200),
    list(method = "full", learning_rate = 0.25, n_epochs = 200)
  )
  for (setting in settings) {
    layout <- do.call(optimize_layout, c(list(graph, start, verbose = FALSE), setting))
    expect_identical(dim(layout), c(600L, 2L))
    expect_true(all(is.finite(layout)))
    expect_lt(loss(graph, layout)["edges"], 0.6 * loss(graph, start)["edges"])
    quality <- embedding_quality(some_digits(n), layout, digits$label[seq_len(n)])
    expect_gt(quality$knn_accuracy, 0.7)
    expect_gt(quality$trustworthiness, 0.8)
  }
  # Only this one looks at all edges, and repels by what they lack.
  expect_lt(loss(graph, layout)["all"], 0.7 * loss(graph, start)["all"])
})

test_that("snapshots are the layouts on the way", {
  graph <- digits_graph(200)
  start <- initial_layout(graph)
  full <- optimize_layout(graph, start, 50, "full", snapshots = c(50, 20, 0, 20))
  expect_named(full, c("0", "20", "50"))
  expect_equal(full[["0"]], start, tolerance = 1e-6)
  expect_identical(full[["20"]], optimize_layout(graph, start, 20, "full"))
  expect_identical(full[["50"]], optimize_layout(graph, start, 50, "full"))
  for (optimizer in c("batch", "sgd")) {
    some <- optimize_layout(graph, start, 50, optimizer = optimizer, snapshots = c(10, 50))
    expect_identical(some[["50"]], optimize_layout(graph, start, 50, optimizer = optimizer))
    expect_gt(max(abs(some[["50"]] - some[["10"]])), 0.01)
  }
})

test_that("every method and optimizer keeps digits apart", {
  n <- 600
  graph <- digits_graph(n)
  start <- initial_layout(graph)
  for (method in c("tumap", "largevis")) {
    for (optimizer in c("batch", "sgd")) {
      layout <- optimize_layout(graph, start, 200, method, optimizer)
      quality <- embedding_quality(some_digits(n), layout, digits$label[seq_len(n)])
      expect_gt(quality$knn_accuracy, 0.7)
      expect_gt(quality$trustworthiness, 0.85)
    }
  }
  one <- optimize_layout(graph, start, 20, "tumap")
  expect_identical(optimize_layout(graph, start, 20, "umap", a = 1, b = 1), one)
  expect_false(
    identical(optimize_layout(graph, start, 20, "largevis", repulsion_strength = 1), one)
  )
})

test_that("the constants of the batch optimizer have their effect", {
  graph <- digits_graph(200)
  start <- initial_layout(graph)
  usual <- optimize_layout(graph, start, 20)
  for (constants in list(list(beta1 = 0.6), list(beta2 = 0.8), list(epsilon = 1))) {
    expect_false(identical(optimize_layout(graph, start, 20, optimizer_args = constants), usual))
  }
  given <- list(epsilon = 0.5, beta1 = 0.5)
  expect_identical(optimize_layout(graph, start, 20, optimizer_args = given), usual)
})

test_that("stages make of a graph what umap_fit() makes of it", {
  x <- some_digits(1500) # enough for coarser levels
  model <- umap_fit(x, n_epochs = 30)
  graph <- fuzzy_graph(nearest_neighbors(x))
  layout <- optimize_layout(graph, initial_layout(graph, x = x), 30)
  expect_identical(model$layout, layout)
})

test_that("a layout can be looked at after every epoch", {
  graph <- digits_graph(200)
  start <- initial_layout(graph)
  for (settings in list(list("umap", "batch"), list("umap", "sgd"), list("full"))) {
    run <- function(...) do.call(optimize_layout, c(list(graph, start, 6), settings, list(...)))
    seen <- list()
    layout <- run(epoch_callback = function(epoch, layout) seen[[epoch + 1]] <<- layout)
    expect_length(seen, 7)
    expect_equal(seen[[1]], start, tolerance = 1e-6)
    expect_identical(seen[[7]], layout)
    expect_identical(run(snapshots = 4)[["4"]], seen[[5]])
    expect_identical(run(), layout) # looking on changes nothing
  }
})

test_that("a callback may end the optimization and jump out of it", {
  graph <- digits_graph(200)
  start <- initial_layout(graph)
  fail <- function(epoch, layout) if (epoch == 2) stop("enough")
  expect_error(optimize_layout(graph, start, 6, epoch_callback = fail), "enough")
  jump <- function(epoch, layout) invokeRestart("out", epoch)
  epoch <- withRestarts(optimize_layout(graph, start, 6, epoch_callback = jump), out = identity)
  expect_identical(epoch, 0L)
  expect_identical(
    optimize_layout(graph, start, 3, epoch_callback = function(epoch, layout) NULL),
    optimize_layout(graph, start, 3)
  )
  model <- umap_fit(some_digits(100), n_epochs = 5, snapshots = c(0, 5), trace = 5)
  expect_identical(model$snapshots[["5"]], model$layout)
  expect_identical(model$trace$epoch, 5L)
})

test_that("a callback that calls what computes is refused, and the next call is not", {
  x <- some_digits(100)
  model <- umap_fit(x, n_epochs = 2)
  run <- function(callback, ...) umap(x, n_epochs = 3, epoch_callback = callback, ...)
  nested <- list(
    function(epoch, layout) umap(x, n_epochs = 2),
    function(epoch, layout) predict(model, x[1:3, ]),
    function(epoch, layout) layout_loss(model$graph, layout),
    function(epoch, layout) nearest_neighbors(layout, 5),
    function(epoch, layout) lapply(1, function(i) embedding_quality(x, layout, k = 5))
  )
  expected <- run(NULL)
  for (callback in nested) {
    for (optimizer in c("batch", "sgd")) {
      expect_input_error(run(callback, optimizer = optimizer), "`epoch_callback` must not call")
    }
    expect_identical(run(NULL), expected)
  }
  # The callback may catch the error itself.
  caught <- 0
  tries <- function(epoch, layout) {
    tryCatch(nested[[1]](epoch, layout), unfurl_error_input = function(e) caught <<- caught + 1)
  }
  expect_identical(run(tries), expected)
  expect_identical(caught, 4)
  # Nothing stays of a callback that ends by an error or a jump.
  expect_error(run(function(epoch, layout) stop("enough")), "enough")
  withRestarts(run(function(epoch, layout) invokeRestart("out")), out = function() NULL)
  expect_identical(run(NULL), expected)
  shows <- function(epoch, layout) capture.output(print(model), print(as.data.frame(model)))
  expect_identical(run(shows), expected)
})

# ---- layout_loss() ------------------------------------------------------------------------------

test_that("the loss is the cross entropy of graph and layout", {
  graph <- digits_graph(300)
  layout <- optimize_layout(graph, initial_layout(graph), 50, trace = c(0, 50))
  measured <- layout_loss(graph, layout)
  expect_named(measured, c("attraction", "repulsion", "loss"))
  expected <- loss(graph, layout) # counts pairs twice
  expect_equal(measured$attraction, expected[["edges"]] / 2, tolerance = 1e-3)
  expect_equal(measured$loss, expected[["all"]] / 2, tolerance = 1e-3)
  trace <- attr(layout, "trace")
  expect_equal(trace[2, -1], measured, ignore_attr = TRUE)
  expect_lt(trace$attraction[2], trace$attraction[1])
  expect_identical(
    layout_loss(graph, layout, n_threads = 3), layout_loss(graph, layout, n_threads = 1)
  )
  expect_input_error(layout_loss(graph, layout[-1, ]), "`layout` must have 300 rows")
})

# ---- optimize_layout(), continued ---------------------------------------------------------------

test_that("zero epochs return the initialization", {
  graph <- digits_graph(60)
  start <- initial_layout(graph)
  for (method in c("umap", "full")) {
    expect_equal(optimize_layout(graph, start, 0, method), start, tolerance = 1e-6)
  }
})

test_that("two points with an edge come together, two without drift apart", {
  pair <- data.frame(row = 1:2, col = 2:1, similarity = 1)
  gap <- function(layout) abs(diff(layout[1:2, 1]))
  for (settings in list(
    list("umap", "batch"), list("umap", "sgd"), list("full", learning_rate = 0.1)
  )) {
    near <- do.call(optimize_layout, c(
      list(pair, matrix(c(-3, 3)), 100), settings, list(negative_sample_rate = 0)
    ))
    expect_lt(gap(near), 0.1)
  }
  four <- data.frame(row = 1:4, col = c(2:1, 4:3), similarity = 1)
  apart <- optimize_layout(four, matrix(c(0, 0.1, 0.2, 0.3)), 200)
  expect_gt(abs(mean(apart[1:2]) - mean(apart[3:4])), 1)
})

test_that("repulsion, curve and rate have their effect", {
  graph <- digits_graph(200)
  start <- initial_layout(graph)
  size <- function(...) stats::sd(optimize_layout(graph, start, 100, ...))
  expect_gt(size(repulsion_strength = 4), size())
  expect_gt(size(spread = 3), size())
  expect_gt(size(negative_sample_rate = 20), size(negative_sample_rate = 1))
  expect_lt(
    stats::sd(optimize_layout(graph, start, 5, learning_rate = 1e-3) - start),
    stats::sd(optimize_layout(graph, start, 5) - start)
  )
})

test_that("one seed is one layout on any number of threads", {
  graph <- digits_graph(1000)
  start <- initial_layout(graph)
  for (settings in list(list("umap", "batch"), list("umap", "sgd"), list("full"))) {
    run <- function(...) do.call(optimize_layout, c(list(graph, start, 10), settings, list(...)))
    one <- run(n_threads = 1)
    expect_identical(run(n_threads = 2), one)
    expect_identical(run(n_threads = 3), one)
    expect_false(any(run(seed = 1) == one))
  }
})

test_that("a layout that leaves the range of numbers is an error", {
  graph <- digits_graph(50)
  start <- initial_layout(graph)
  diverged <- function(object) expect_error(object, class = "unfurl_error_diverged")
  diverged(optimize_layout(graph, start, learning_rate = 1e300))
  diverged(optimize_layout(graph, start * 1e300))
  diverged(umap(iris[1:4], a = 1e300, b = 1e300))
})

test_that("settings that make no sense are errors", {
  graph <- digits_graph(50)
  start <- initial_layout(graph)
  use <- function(...) optimize_layout(graph, start, ...)
  expect_input_error(optimize_layout(graph, start[-1, ]), "`init` must have 50 rows, not 49 rows")
  expect_input_error(optimize_layout(graph, "random"), "`init` must be a matrix")
  expect_input_error(use(n_epochs = -1), "`n_epochs` must be a whole number of at least 0")
  expect_input_error(use(n_epochs = 1.5), "`n_epochs`")
  expect_input_error(use(method = "tsne"), "`method` must be one of \"umap\", \"tumap\"")
  expect_input_error(use(optimizer = "lbfgs"), "`optimizer`")
  expect_input_error(use(optimizer_args = list(beta3 = 1)), "`optimizer_args` must be a list of")
  expect_input_error(use(optimizer_args = list(0.5)), "`optimizer_args` must be a list of")
  expect_input_error(use(optimizer_args = list(beta1 = 1)), "`optimizer_args\\$beta1` must be")
  expect_input_error(use(optimizer_args = list(epsilon = 0)), "`optimizer_args\\$epsilon` must")
  expect_input_error(use(epoch_callback = 1), "`epoch_callback` must be a function or NULL")
  expect_input_error(use(10, trace = 11), "`trace` must be whole numbers from 0 to 10")
  expect_input_error(use(learning_rate = 0), "`learning_rate`")
  expect_input_error(use(repulsion_strength = -1), "`repulsion_strength`")
  expect_input_error(use(negative_sample_rate = -1), "`negative_sample_rate`")
  expect_input_error(use(negative_sample_rate = 2.5), "`negative_sample_rate`")
  expect_input_error(use(10, snapshots = 11), "`snapshots` must be whole numbers from 0 to 10")
  expect_input_error(use(10, snapshots = -1), "`snapshots`")
  expect_input_error(use(10, snapshots = NA), "`snapshots`")
  expect_input_error(use(10, snapshots = "5"), "`snapshots`")
  expect_input_error(use(min_dist = 2), "`min_dist` must be at most `spread`, 1, not 2")
})

test_that("the spectral initialization converges on a long chain, and the chain is not torn", {
  chain <- cbind(seq(0, 1, length.out = 2000))
  expect_silent(initial_layout(fuzzy_graph(nearest_neighbors(chain))))
  for (seed in c(42, 2, 3, 4)) {
    step <- sqrt(rowSums(diff(as.matrix(umap(chain, seed = seed)))^2))
    expect_lt(max(step) / median(step), 20)
  }
})

test_that("stages warn about arguments that have no effect", {
  graph <- digits_graph(60)
  x <- some_digits(60)
  expect_unfurl_warning(initial_layout(graph, "random", x = x), "`x` has no effect")
  expect_unfurl_warning(initial_layout(graph, metric = "cosine"), "`metric` has no effect")
  expect_no_warning(start <- initial_layout(graph, x = x, metric = "cosine"))
  expect_unfurl_warning(optimize_layout(graph, start, 2, "full", "sgd"), "`optimizer` has no eff")
  expect_unfurl_warning(
    optimize_layout(graph, start, 2, "largevis", spread = 2, a = 1, b = 1),
    "`spread`, `a`, `b` have no effect"
  )
  expect_unfurl_warning(
    layout_loss(graph, start, min_dist = 0.2, a = 1, b = 1), "`min_dist` has no effect"
  )
  expect_unfurl_warning(embedding_quality(x, start, k_label = 5), "`k_label` has no effect")
})
