# rho by its definition: the local_connectivity-th nonzero distance, interpolated.
expected_rho <- function(distance, local_connectivity) {
  nonzero <- sort(distance[distance > 0])
  if (length(nonzero) == 0) return(0)
  steps <- c(0, nonzero)
  stats::approx(seq_along(steps) - 1, steps, local_connectivity, rule = 2)$y
}

# rho as defined, and sigma either solves its equation, or the sum is too large even for a sigma so
# small that only the points within rho count, or sigma is the floor.
expect_scale <- function(nn, local_connectivity = 1, bandwidth = 1) {
  scale <- smooth_knn(nn, local_connectivity, bandwidth)
  target <- log2(ncol(nn$idx)) * bandwidth
  expect_named(scale, c("rho", "sigma"))
  rho <- apply(nn$dist[, -1], 1, expected_rho, local_connectivity)
  expect_equal(scale$rho, rho, tolerance = 1e-6)
  sum <- rowSums(exp(-pmax(nn$dist[, -1] - rho, 0) / scale$sigma))
  floor <- 1e-3 * ifelse(rho > 0, rowMeans(nn$dist), mean(nn$dist))
  within <- rowSums(nn$dist[, -1] <= rho)
  is_solved <- abs(sum - target) < 1e-3
  is_floor <- abs(scale$sigma / floor - 1) < 1e-5
  expect_true(all(sum[!is_solved] > target))
  expect_true(all(is_solved | is_floor | abs(sum - within) < 1e-3))
  expect_true(all(scale$sigma >= floor * (1 - 1e-5)))
  mean(is_solved)
}

test_that("rho and sigma solve their equation", {
  nn <- nearest_neighbors(some_digits(300), 15)
  expect_equal(expect_scale(nn), 1)
  expect_equal(expect_scale(nn, local_connectivity = 1.5), 1)
  expect_equal(expect_scale(nn, local_connectivity = 0.5), 1)
  expect_equal(expect_scale(nn, local_connectivity = 0), 1)
  expect_equal(expect_scale(nn, bandwidth = 2), 1)
  expect_equal(expect_scale(nn, local_connectivity = 3, bandwidth = 0.5), 0)
  expect_equal(expect_scale(nn, local_connectivity = 100), 0)
  expect_equal(expect_scale(nearest_neighbors(some_digits(300), 40)), 1)
})

test_that("rho skips duplicates, and sigma has a floor", {
  x <- gaussian(60, 4)[rep(1:60, rep(c(1, 3, 12), 20)), ]
  expect_lt(expect_scale(nearest_neighbors(x, 10)), 1)
  expect_lt(expect_scale(nearest_neighbors(x, 10), 1.5), 1)
  same <- nearest_neighbors(matrix(3, 20, 2), 5)
  expect_identical(smooth_knn(same)$rho, rep(0, 20))
  expect_true(all(smooth_knn(same)$sigma >= 0))
})

test_that("scales follow the unit of the distances", {
  nn <- nearest_neighbors(some_digits(100), 10)
  scale <- smooth_knn(nn)
  small <- smooth_knn(list(idx = nn$idx, dist = nn$dist / 1024))
  expect_equal(small * 1024, scale, tolerance = 1e-5)
})

test_that("sums out of reach give finite scales, and full similarity, whatever the unit", {
  x <- gaussian(5, 16)
  for (unit in c(1, 1e290, 1e300)) {
    model <- umap_fit(x * unit, n_neighbors = 5, metric = "manhattan", bandwidth = 3, n_epochs = 2)
    expect_true(all(is.finite(model$sigma)))
    expect_equal(model$graph$similarity, rep(1, 20), tolerance = 1e-4)
  }
})

# ---- fuzzy_graph() ------------------------------------------------------------------------------

directed <- function(nn, ...) {
  scale <- smooth_knn(nn, ...)
  a <- matrix(0, nrow(nn$idx), nrow(nn$idx))
  for (j in seq_len(ncol(nn$idx))[-1]) {
    a[cbind(nn$idx[, 1], nn$idx[, j])] <- exp(-pmax(nn$dist[, j] - scale$rho, 0) / scale$sigma)
  }
  a
}

test_that("the graph is the mixture of union and intersection", {
  for (nn in list(
    nearest_neighbors(some_digits(200), 10),
    nearest_neighbors(gaussian(50, 4)[rep(1:50, 4), ], 7)
  )) {
    a <- directed(nn)
    for (r in c(0, 0.5, 1)) {
      graph <- suppressWarnings(fuzzy_graph(nn, set_op_mix_ratio = r)) # about isolated vertices
      expected <- r * (a + t(a) - a * t(a)) + (1 - r) * a * t(a)
      expect_equal(dense(graph), expected, tolerance = 1e-5)
      expect_false(any(dense(graph) == 0 & expected > 1e-30))
    }
  }
  expect_equal(
    dense(fuzzy_graph(nn, 1, 2, 0.7)),
    {
      a <- directed(nn, 2, 0.7)
      a + t(a) - a * t(a)
    },
    tolerance = 1e-5
  )
})

test_that("the graph is a sorted, symmetric table of proper weights", {
  graph <- digits_graph(300)
  expect_s3_class(graph, c("umap_graph", "data.frame"), exact = TRUE)
  expect_named(graph, c("row", "col", "similarity"))
  expect_identical(attr(graph, "n"), 300L)
  expect_identical(order(graph$row, graph$col), seq_len(nrow(graph)))
  expect_identical(dense(graph), t(dense(graph)))
  expect_false(any(graph$row == graph$col))
  expect_true(all(graph$similarity > 0 & graph$similarity <= 1))
  expect_identical(nrow(unique(graph[c("row", "col")])), nrow(graph))
})

test_that("opposite rows are not neighbors by cosine and correlation", {
  x <- rbind(gaussian(6, 4), -gaussian(6, 4))
  nn <- nearest_neighbors(x, 12, "cosine")
  expect_equal(max(nn$dist), 2, tolerance = 1e-6)
  w <- dense(fuzzy_graph(nn))
  expect_true(all(w[cbind(1:6, 7:12)] == 0))
  expect_gt(min(w[1, 2:6]), 0)
})

test_that("threads do not change the graph", {
  nn <- nearest_neighbors(some_digits(1000))
  for (n_threads in 2:3) {
    expect_identical(smooth_knn(nn, n_threads = n_threads), smooth_knn(nn, n_threads = 1))
    expect_identical(fuzzy_graph(nn, n_threads = n_threads), fuzzy_graph(nn, n_threads = 1))
  }
})

test_that("settings out of range are errors", {
  nn <- nearest_neighbors(gaussian(20, 3), 4)
  expect_input_error(fuzzy_graph(nn, 1.1), "`set_op_mix_ratio` must be a number from 0 to 1")
  expect_input_error(fuzzy_graph(nn, -0.1), "`set_op_mix_ratio`")
  expect_input_error(fuzzy_graph(nn, local_connectivity = -1), "`local_connectivity`")
  expect_input_error(smooth_knn(nn, bandwidth = 0), "`bandwidth` must be a number greater than 0")
  expect_input_error(smooth_knn(nn, NA), "`local_connectivity`")
})

# ---- A graph that was edited --------------------------------------------------------------------

test_that("a graph is checked before use", {
  graph <- digits_graph(50)
  use <- function(graph) initial_layout(graph, "random")
  edited <- function(column, at, value) {
    graph[[column]][at] <- value
    graph
  }
  expect_input_error(use(1), "`graph` must be a data frame with the columns")
  expect_input_error(use(graph[c("row", "col")]), "columns row, col and similarity")
  expect_input_error(use(edited("row", 3, 51L)), "1 to 50 in column row")
  expect_input_error(use(edited("col", 3, 0L)), "1 to 50 in column col")
  expect_input_error(use(edited("col", 3, NA)), "column col")
  expect_input_error(use(edited("similarity", 3, 1.5)), "at most 1")
  expect_input_error(use(edited("similarity", 3, 0)), "greater than 0")
  expect_input_error(use(edited("similarity", 3, 1e-60)), "at least 2\\^-149")
  expect_input_error(use(edited("similarity", 3, NA)), "similarities")
  expect_input_error(use(edited("similarity", 3, 0.123)), "both directions")
  expect_input_error(use(graph[-3, ]), "both directions")
  expect_input_error(use(rbind(graph, graph[3, ])), "names an edge twice")
  expect_input_error(use(as.data.frame(as.list(graph))[0, ]), "no edges")
})

test_that("a pruned or shuffled graph is fine", {
  graph <- digits_graph(100)
  strong <- as.data.frame(graph)[graph$similarity > 0.1, ]
  attr(strong, "n") <- 100
  expect_identical(dim(initial_layout(strong)), c(100L, 2L))
  shuffled <- graph[with_seed(1, sample(nrow(graph))), ]
  attr(shuffled, "n") <- 100
  expect_identical(initial_layout(shuffled), initial_layout(graph))
})

test_that("a size far beyond the edges is refused before memory is asked for", {
  graph <- fuzzy_graph(nearest_neighbors(gaussian(60, 3), 5))
  attr(graph, "n") <- 1e9
  expect_input_error(initial_layout(graph), "`graph` has only")
  attr(graph, "n") <- NA
  expect_input_error(initial_layout(graph), "`graph` must have as attribute `n`")
})

test_that("a graph whose number of points is invalid is refused by the attribute's name", {
  graph <- fuzzy_graph(nearest_neighbors(iris[1:4], 5))
  attr(graph, "n") <- "a"
  expect_input_error(optimize_layout(graph, matrix(0, 150, 2)), "attribute `n`")
})

test_that("a graph of columns of different length or kind is an error", {
  graph <- digits_graph(50)
  model <- umap_fit(some_digits(50), n_epochs = 2)
  for (column in c("row", "col", "similarity")) {
    short <- unclass(graph)
    short[[column]] <- short[[column]][1:10]
    class(short) <- class(graph)
    why <- paste0("`graph` must have as many values in each column .*, not 10 in column ", column)
    expect_input_error(initial_layout(short), why)
    expect_input_error(supervise_graph(short, digits$label[1:50]), why)
    expect_input_error(print(short), "`x` must have as many values in each column .*, not 10 in")
    model$graph <- short
    expect_input_error(summary(model), "is damaged: its graph")
    wide <- graph
    wide[[column]] <- cbind(graph[[column]], graph[[column]])
    expect_input_error(initial_layout(wide), paste("must have numbers in column", column))
    words <- as.data.frame(graph)
    words[[column]] <- factor(words[[column]])
    expect_input_error(initial_layout(words), paste("must have numbers in column", column))
  }
})

test_that("edges taken from a graph are a graph of the same points", {
  graph <- digits_graph(50)
  strong <- subset(graph, similarity > 0.5)
  expect_s3_class(strong, "umap_graph")
  expect_identical(attr(strong, "n"), 50L)
  expect_identical(attr(rbind(graph[1:3, ], graph[9, ]), "n"), 50L)
  for (part in list(graph["row"], graph[1:3, 2:3], rbind(graph, digits_graph(60)))) {
    expect_identical(class(part), "data.frame")
    expect_null(attr(part, "n", exact = TRUE))
  }
})
