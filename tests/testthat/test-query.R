# New rows against old.

# By distance, since equally near points are equally good.
query_recall <- function(found, exact) {
  mean(found$dist <= exact$dist[, ncol(exact$dist)] * (1 + 1e-5))
}

test_that("queries find what a comparison with all rows finds", {
  x <- some_digits(300)
  query <- digits$pixels[301:320, ]
  rownames(query) <- letters[1:20]
  for (metric in common_metrics) {
    found <- nearest_neighbors(x, 7, metric, query = query)
    distance <- distances(rbind(query, x), metric)[1:20, -(1:20)]
    expect_identical(dim(found$idx), c(20L, 7L))
    expect_identical(rownames(found$idx), letters[1:20])
    expect_identical(unname(found$idx), unname(t(apply(distance, 1, order)))[, 1:7])
    expect_equal(
      c(found$dist), distance[cbind(c(row(found$idx)), c(found$idx))],
      tolerance = 1e-5
    )
    expect_identical(found$method, "exact")
  }
})

test_that("a row that is there finds itself, and one row is enough", {
  x <- some_digits(300)
  found <- nearest_neighbors(x, 3, query = x[17, , drop = FALSE])
  expect_identical(found$idx[1, 1], 17L)
  expect_identical(found$dist[1, 1], 0)
  expect_identical(dim(nearest_neighbors(x, 1, query = x[1:2, ])$idx), c(2L, 1L))
})

test_that("new rows are prepared like the old ones", {
  x <- as.matrix(iris[1:100, 1:4])
  query <- as.matrix(iris[101:104, 1:4])
  both <- function(f) all_distances(rbind(query, x), f)[1:4, -(1:4)]
  near <- function(d) unname(t(apply(d, 1, order))[, 1:5])
  expect_identical(
    unname(nearest_neighbors(x, 5, "seuclidean", query = query)$idx),
    near(both(function(a, b) sum((a - b)^2 / apply(x, 2, stats::var))))
  )
  covariance <- stats::cov(x)
  expect_identical(
    unname(nearest_neighbors(x, 5, "mahalanobis", query = query)$idx),
    near(both(function(a, b) stats::mahalanobis(a, b, covariance)))
  )
  far <- function(x) sweep(x, 2, c(1e9, -1e8, 0, 5), "+")
  expect_identical(
    nearest_neighbors(far(x), 5, query = far(query))$idx,
    nearest_neighbors(x, 5, query = query)$idx
  )
})

test_that("the graph leads to nearly all neighbors, on any number of threads", {
  shapes <- list(digits = digits$pixels, noise = gaussian(5000, 10), islands = blobs(40, 125, 20))
  for (shape in shapes) {
    query <- shape[4701:5000, ]
    x <- shape[1:4700, ]
    exact <- nearest_neighbors(x, 10, query = query, method = "exact")
    table <- nearest_neighbors(x, 15)
    found <- nearest_neighbors(x, 10, query = query, neighbors = table, method = "nndescent")
    expect_identical(found$method, "graph")
    expect_gt(query_recall(found, exact), 0.97)
    expect_identical(found, nearest_neighbors(x, 10,
      query = query, neighbors = table, method = "nndescent", n_threads = 3
    ))
    alone <- nearest_neighbors(x, 10, query = query, method = "clusters")
    expect_gt(query_recall(alone, exact), 0.97)
  }
})

test_that("pieces too small for k are searched exactly", {
  x <- blobs(300, 10, 5, apart = 1000)
  table <- nearest_neighbors(x, 5)
  query <- x[1:20, ] + 0.01
  exact <- nearest_neighbors(x, 12, query = query, method = "exact")
  found <- nearest_neighbors(x, 12, query = query, neighbors = table, method = "nndescent")
  expect_false(anyNA(found$idx))
  expect_gt(query_recall(found, exact), 0.9)
})

test_that("queries that do not fit are errors", {
  x <- some_digits(50)
  expect_input_error(nearest_neighbors(x, 5, query = x[, 1:3]), "`query` must have as many columns")
  expect_input_error(nearest_neighbors(x, 51, query = x), "`k` must be at most")
  expect_input_error(nearest_neighbors(x, 5, query = "a"), "`query` must be a matrix")
  expect_input_error(nearest_neighbors(x, 5, query = x[0, ]), "`query` must have rows")
  bad <- x + 0
  bad[2, 5] <- NA
  expect_input_error(nearest_neighbors(x, 5, query = bad), "`query` holds .*row 2, column 5")
  bad[2, 5] <- -1
  expect_input_error(nearest_neighbors(x, 5, "hellinger", query = bad), "`query` holds a negative")
  few <- nearest_neighbors(some_digits(20), 5)
  expect_input_error(nearest_neighbors(x, 5, query = x, neighbors = few), "`neighbors` must have")
})

# 4,600 places of 16 rows each: the graph of the old rows falls apart into as many parts.
test_that("rows are found where each has many copies, and new ones go to their group", {
  set.seed(1)
  group <- rep(1:46, length.out = 4600)
  center <- matrix(rnorm(46 * 6, sd = 8), 46)
  draw <- function(group) center[group, ] + rnorm(6 * length(group))
  x <- draw(group)[rep(1:4600, 16), ]
  new_group <- rep(1:46, length.out = 230)
  new <- draw(new_group)
  model <- umap_fit(x, n_epochs = 0, init = "pca")
  found <- nearest_neighbors(x, 15, query = new, neighbors = model)
  exact <- nearest_neighbors(x, 15, query = new, method = "exact")
  expect_identical(found$method, "graph")
  expect_identical(exact$recall, 1)
  expect_gt(found$recall, 0.99)
  expect_gt(mean(found$idx == exact$idx), 0.99)

  placed <- predict(model, new, n_epochs = 0) # at the place of a neighbor
  key <- function(layout) paste(layout$UMAP1, layout$UMAP2)
  expect_gt(mean(group[match(key(placed), key(as.data.frame(model))) %% 4600] == new_group), 0.99)
})

test_that("a search that fails is made again with every pair", {
  x <- matrix(rnorm(9000 * 8), 9000)
  nowhere <- list(idx = cbind(1:9000, matrix(sample(9000, 9000 * 9, TRUE), 9000)))
  nowhere$idx[, -1] <- nowhere$idx[, 2] # one neighbor alone, the others are missing
  nowhere$idx[, 3:10] <- NA
  nowhere$dist <- replace(cbind(0, nowhere$idx[, -1] * 0 + 1), is.na(nowhere$idx), Inf)
  query <- matrix(rnorm(300 * 8), 300)
  found <- nearest_neighbors(x, 10, query = query, neighbors = nowhere)
  expect_identical(found$method, "exact")
  expect_identical(found$recall, 1)
})
