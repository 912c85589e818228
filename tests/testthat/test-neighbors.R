# Names no neighbor twice, self first, the others by distance and index.
expect_table <- function(nn, n, k) {
  expect_identical(dim(nn$idx), c(as.integer(n), as.integer(k)))
  expect_identical(dim(nn$dist), dim(nn$idx))
  expect_identical(nn$idx[, 1], seq_len(n))
  expect_true(all(nn$dist[, 1] == 0))
  expect_false(anyNA(nn$idx))
  expect_false(any(apply(nn$idx, 1, anyDuplicated) > 0))
  step <- nn$dist[, -1, drop = FALSE] - nn$dist[, -k, drop = FALSE]
  turn <- nn$idx[, -1, drop = FALSE] > nn$idx[, -k, drop = FALSE]
  turn[, 1] <- TRUE # after self
  expect_true(all(step > 0 | (step == 0 & turn)))
}

# ---- Exact --------------------------------------------------------------------------------------

test_that("exact neighbors agree with dist()", {
  x <- some_digits(400)
  for (metric in common_metrics) {
    nn <- nearest_neighbors(x, 12, metric, "exact")
    distance <- distances(x, metric)
    expect_table(nn, 400, 12)
    expect_s3_class(nn, "umap_neighbors")
    expect_identical(nn$metric, metric)
    expect_identical(nn$method, "exact")
    expect_gt(recall(nn$idx, nearest_by(distance, 12)), 0.999)
    expect_equal(nn$dist, matrix(distance[cbind(c(row(nn$idx)), c(nn$idx))], 400), tolerance = 1e-5)
  }
})

test_that("few columns are searched exactly as well, ties by index", {
  grid <- as.matrix(expand.grid(1:12, 1:12))
  for (metric in c("euclidean", "manhattan")) {
    expect_identical(
      nearest_neighbors(grid, 9, metric)$idx, nearest_by(distances(grid, metric), 9)
    )
  }
  line <- matrix(c(5, 1, 3, 3, 9, 2, 3))
  expect_identical(nearest_neighbors(line, 4)$idx, nearest_by(distances(line), 4))
  cloud <- gaussian(3000, 3)
  expect_identical(
    nearest_neighbors(cloud, 10)$idx,
    nearest_neighbors(cbind(cloud, 0, 0), 10, method = "exact")$idx
  )
})

test_that("rows without direction are near their like and far from all others", {
  x <- rbind(0, 0, gaussian(20, 5), 0)
  nn <- nearest_neighbors(x, 5, "cosine")
  expect_identical(nn$idx[c(1, 2, 23), 1:3], rbind(c(1L, 2L, 23L), c(2L, 1L, 23L), c(23L, 1L, 2L)))
  expect_identical(nn$dist[1, 1:3], c(0, 0, 0))
  expect_equal(nn$dist[1, 4:5], c(1, 1), tolerance = 1e-6)
  constant <- nearest_neighbors(x + rep(1:23, 5), 5, "correlation")
  expect_identical(constant$idx[1, 1:3], c(1L, 2L, 23L))
  expect_equal(constant$dist[1, ], c(0, 0, 0, 1, 1), tolerance = 1e-6)
})

test_that("the kind of numbers does not matter", {
  x <- some_digits(100)
  nn <- nearest_neighbors(x)
  expect_identical(nearest_neighbors(x + 0), nn)
  expect_identical(nearest_neighbors(as.data.frame(x)), nn)
  bits <- x > 100
  expect_identical(nearest_neighbors(bits), nearest_neighbors(bits + 0))
  mixed <- data.frame(a = 1:30, b = rep(c(TRUE, FALSE), 15), c = gaussian(30, 1))
  expect_identical(nearest_neighbors(mixed), nearest_neighbors(as.matrix(mixed)))
})

test_that("huge, tiny and far away numbers keep their neighbors", {
  x <- gaussian(200, 6)
  nn <- nearest_neighbors(x, 8)
  for (factor in c(1e-200, 1e-30, 1e30, 1e200)) {
    scaled <- nearest_neighbors(x * factor, 8)
    expect_identical(scaled$idx, nn$idx)
    expect_equal(scaled$dist / factor, nn$dist, tolerance = 1e-5)
  }
  expect_gt(recall(nearest_neighbors(x + 1e8, 8)$idx, nn$idx), 0.99)
})

test_that("row names are kept", {
  x <- as.matrix(mtcars)
  expect_identical(rownames(nearest_neighbors(x, 5)$idx), rownames(mtcars))
  expect_null(rownames(nearest_neighbors(unname(x), 5)$idx))
})

# ---- Approximate --------------------------------------------------------------------------------

shapes <- function() {
  angle <- seq(0, 20, length.out = 3000)
  list(
    digits = some_digits(3000),
    noise = gaussian(2500, 12),
    blobs = blobs(5, 500),
    curve = cbind(cos(angle), sin(angle), angle) %*% gaussian(3, 30),
    duplicates = gaussian(600, 8)[rep(1:600, 5), ]
  )
}

test_that("approximate methods find nearly all neighbors", {
  for (shape in shapes()) {
    exact <- nearest_neighbors(shape, 15, method = "exact")
    for (method in c("auto", "nndescent")) {
      nn <- nearest_neighbors(shape, 15, method = method)
      expect_table(nn, nrow(shape), 15)
      # By distance, since equally near neighbors are equally good.
      expect_gt(mean(nn$dist[, -1] <= exact$dist[, 15] * (1 + 1e-5)), 0.95)
    }
  }
})

test_that("clusters find the part wanted on any shape of data, and say so truly", {
  shapes <- list(
    noise = gaussian(3000, 10), "far apart" = blobs(5, 600),
    outlier = rbind(gaussian(2999, 10), 1e6), duplicates = gaussian(1000, 10)[rep(1:1000, 3), ]
  )
  for (x in shapes) {
    nn <- nearest_neighbors(x, 15)
    expect_identical(nn$method, "clusters")
    expect_gt(neighbor_recall(nn, x, sample = 1000), 0.98)
    expect_lt(abs(neighbor_recall(nn, x, sample = 1000) - nn$recall), 0.01)
  }
})

test_that("outliers do not change the neighbors of other rows", {
  x <- gaussian(3000, 10)
  spoilt <- list(outlier = x, lognormal = x)
  spoilt$outlier[1, 1] <- 1e12
  spoilt$lognormal[, 1] <- exp(10 * x[, 1])
  for (x in spoilt) {
    for (target in c(0.99, 1)) {
      nn <- nearest_neighbors(x, 15, target_recall = target)
      expect_gte(nn$recall, 0.95)
      expect_gt(neighbor_recall(nn, x, sample = 1000), 0.95)
    }
  }
  expect_warning(nn <- nearest_neighbors(spoilt$outlier, 15, method = "clusters"), "`recall`")
  expect_identical(nn$method, "clusters")

  x <- gaussian(500, 3)
  nn <- nearest_neighbors(x[-1, ], 8)
  x[1, ] <- 1e25
  with_outlier <- nearest_neighbors(x, 8)
  expect_identical(with_outlier$idx[-1, ] - 1L, nn$idx)
  expect_equal(with_outlier$dist[-1, ], nn$dist, tolerance = 1e-6)
})

test_that("target_recall is reached, by umap() too, and the result reports the recall", {
  x <- gaussian(4000, 20)
  few <- nearest_neighbors(x, 15, target_recall = 0.6)
  most <- nearest_neighbors(x, 15, target_recall = 1)
  expect_lt(neighbor_recall(few, x, sample = 1000), 0.8)
  expect_gt(neighbor_recall(most, x, sample = 1000), 0.9999)
  model <- umap_fit(x, n_epochs = 1, init = "random", target_recall = 0.6)
  expect_identical(model$neighbors$recall, few$recall)
  expect_identical(nearest_neighbors(x[1:50, ])$recall, 1)
  expect_input_error(nearest_neighbors(x, target_recall = 2), "`target_recall`.*from 0 to 1")
  expect_input_error(umap_control(target_recall = NA), "`target_recall`")
})

test_that("noise of many columns is compared whole, and descent says what it misses", {
  x <- gaussian(2100, 300)
  for (metric in c("euclidean", "canberra")) {
    expect_identical(nearest_neighbors(x, 15, metric)[c("method", "recall")], list(
      method = "exact", recall = 1
    ))
    expect_unfurl_warning(
      nn <- nearest_neighbors(x, 15, metric, "nndescent"), "fewer of the true neighbors"
    )
    expect_lt(nn$recall, 0.94)
    expect_lt(abs(neighbor_recall(nn, x) - nn$recall), 0.05)
  }
  structured <- nearest_neighbors(some_digits(2500), 15, "canberra")
  expect_identical(structured$method, "nndescent")
  expect_gt(structured$recall, 0.94)
})

test_that("approximate methods know every metric", {
  x <- some_digits(2500)
  for (metric in common_metrics[-1]) {
    exact <- nearest_neighbors(x, 10, metric, "exact")
    for (method in c("clusters", "nndescent")) {
      nn <- nearest_neighbors(x, 10, metric, method)
      expect_gt(recall(nn$idx, exact$idx), 0.93)
    }
  }
})

test_that("approximate methods work where there is hardly anything to search", {
  for (method in c("clusters", "nndescent")) {
    for (n in c(2, 3, 20)) {
      x <- gaussian(n, 6)
      nn <- nearest_neighbors(x, min(n, 5), method = method)
      expect_table(nn, n, min(n, 5))
      expect_identical(nn$idx, nearest_by(distances(x), min(n, 5)))
    }
    same <- matrix(7, 3000, 10)
    nn <- nearest_neighbors(same, 10, method = method)
    expect_identical(nn$idx[, 1], 1:3000)
    expect_true(all(nn$dist == 0))
    expect_false(anyNA(nn$idx))
  }
})

test_that("threads do not change neighbors, whatever the method", {
  x <- some_digits(2500)
  for (method in c("exact", "clusters", "nndescent")) {
    one <- nearest_neighbors(x, 10, method = method, n_threads = 1)
    expect_identical(nearest_neighbors(x, 10, method = method, n_threads = 2), one)
    expect_identical(nearest_neighbors(x, 10, method = method, n_threads = 3), one)
  }
})

test_that("the choice is exact for little data", {
  expect_identical(nearest_neighbors(some_digits(100))$method, "exact")
  expect_identical(nearest_neighbors(digits$pixels)$method, "clusters")
})

# ---- Bad input ----------------------------------------------------------------------------------

test_that("data that cannot be compared are errors", {
  expect_input_error(nearest_neighbors("a"), "`x` must be a matrix or a data frame.*\"a\"")
  expect_input_error(nearest_neighbors(NULL), "`x`.*NULL")
  expect_input_error(nearest_neighbors(1:10), "`x`.*class integer and length 10")
  expect_input_error(nearest_neighbors(matrix(letters, 2)), "a character matrix of 2 rows")
  expect_input_error(nearest_neighbors(matrix(1i, 2, 2)), "complex")
  expect_input_error(nearest_neighbors(array(1, c(3, 3, 3))), "`x` must be")
  expect_input_error(nearest_neighbors(iris), "some are not: Species\\.")
  wide <- as.data.frame(matrix("a", 3, 20))
  expect_input_error(nearest_neighbors(wide), "V1, .*V8, and 12 more")
  expect_input_error(nearest_neighbors(matrix(0, 0, 3)), "`x` must have rows")
  expect_input_error(nearest_neighbors(matrix(0, 3, 0)), "`x` must have columns")
  expect_input_error(nearest_neighbors(iris[0, 1:4]), "`x` must have rows")
  expect_input_error(nearest_neighbors(matrix(0, 1, 3)), "`x` must have at least 2 rows")
})

test_that("missing and infinite values are errors that name their place", {
  for (bad in list(NA, NaN, Inf, -Inf)) {
    x <- some_digits(30) + 0
    x[3, 2] <- bad
    expect_input_error(nearest_neighbors(x), "`x` holds .* in row 3, column 2")
  }
  whole <- some_digits(30)
  whole[30, 784] <- NA
  expect_input_error(nearest_neighbors(whole), "row 30, column 784")
  expect_input_error(nearest_neighbors(matrix(c(TRUE, NA), 4, 1), 2), "row 2, column 1")
})

test_that("counts and choices are checked", {
  x <- gaussian(10, 3)
  expect_input_error(nearest_neighbors(x, 1), "`k` must be a whole number of at least 2, not 1")
  expect_input_error(nearest_neighbors(x, -3), "`k`")
  expect_input_error(nearest_neighbors(x, 2.5), "`k`.*not 2.5")
  expect_input_error(nearest_neighbors(x, NA), "`k`.*not NA")
  expect_input_error(nearest_neighbors(x, "3"), "`k`")
  expect_input_error(nearest_neighbors(x, c(3, 4)), "`k`")
  expect_input_error(nearest_neighbors(x, 5, "hemming"), "`metric`.*\"manhattan\".*not \"hemming\"")
  expect_input_error(nearest_neighbors(x, 5, method = "annoy"), "`method`.*\"clusters\"")
  expect_input_error(nearest_neighbors(x, 5, seed = -1), "`seed`")
  expect_input_error(nearest_neighbors(x, 5, seed = 0.5), "`seed`")
  expect_input_error(nearest_neighbors(x, 5, n_threads = 0), "`n_threads`")
  expect_input_error(nearest_neighbors(x, 5, verbose = NA), "`verbose`")
})

test_that("more neighbors than rows are reduced with a warning", {
  x <- gaussian(10, 3)
  expect_warning(nn <- nearest_neighbors(x, 11), "`k` is 11 but there are only 10 rows",
    class = "unfurl_warning"
  )
  expect_identical(nn, nearest_neighbors(x, 10))
  expect_warning(nearest_neighbors(x, 10), NA)
})

# ---- From distances, and given ------------------------------------------------------------------

# The plain formula: each row of the square sorted, equal distances by index, the point itself
# first.
sorted_square <- function(d, k) {
  square <- as.matrix(d)
  idx <- t(apply(square - 2 * diag(nrow(square)), 1, order))[, seq_len(k), drop = FALSE]
  dist <- matrix(square[cbind(c(row(idx)), c(idx))], nrow(idx))
  list(idx = unname(replace(idx, is.infinite(dist), NA)), dist = dist)
}

test_that("distances give exact neighbors", {
  x <- iris[1:4]
  nn <- nearest_neighbors(dist(x), 15)
  expect_table(nn, 150, 15)
  expect_identical(nn$idx, nearest_by(distances(x), 15))
  expect_equal(nn$dist, nearest_neighbors(x)$dist, tolerance = 1e-6)
  expect_identical(umap(dist(x)), umap(nn))
  expect_identical(rownames(umap(dist(mtcars), n_neighbors = 5)), rownames(mtcars))
  expect_input_error(umap(dist(1)), "only 1 point")
  expect_warning(umap(dist(1:5)), "only 5 rows", class = "unfurl_warning")
})

test_that("distances are sorted as doubles, by index where they are equal", {
  rounded <- round(dist(gaussian(300, 3)), 1)
  whole <- round(10 * rounded)
  storage.mode(whole) <- "integer"
  holed <- replace(rounded, rounded > 2, Inf)
  tiny <- 1 + rounded * 2^-40 # not told apart by floats
  for (d in list(rounded, whole, holed, tiny)) {
    for (k in c(2, 15, 300)) {
      nn <- nearest_neighbors(d, k)
      expect_identical(unclass(nn)[c("idx", "dist")], sorted_square(d, k))
    }
    expect_identical(nearest_neighbors(d, 15, n_threads = 1), nearest_neighbors(d, 15))
  }
})

test_that("a bad distance is an error that names the pair", {
  bad <- function(value) replace(dist(iris[1:4]), 5, value)
  expect_input_error(umap(bad(NA)), "`x` holds a missing distance, between points 1 and 6")
  expect_input_error(
    umap(bad(-1)), "`x` holds a negative distance, -1, between points 1 and 6\\. .* by 1 - x"
  )
  expect_input_error(nearest_neighbors(bad(NaN), 5), "`x` holds a missing distance")
})

test_that("points at an infinite distance are not neighbors", {
  d <- as.matrix(dist(c(1:5, 101:105)))
  d[d > 50] <- Inf
  nn <- nearest_neighbors(as.dist(d), 8)
  expect_identical(unname(nn$idx[, 1:5]), nearest_neighbors(dist(c(1:5, 101:105)), 5)$idx)
  expect_true(all(is.na(nn$idx[, 6:8]) & is.infinite(nn$dist[, 6:8])))
  graph <- umap_fit(as.dist(d), n_neighbors = 8, n_epochs = 2)$graph
  expect_identical(graph$row <= 5, graph$col <= 5)
})

test_that("a neighbor list is taken in any order, with or without self", {
  nn <- nearest_neighbors(some_digits(200), 10)
  scale <- smooth_knn(nn)
  shuffled <- with_seed(1, t(apply(nn$idx, 1, function(row) sample(10))))
  at <- cbind(rep(1:200, 10), c(shuffled))
  mixed <- list(idx = matrix(nn$idx[at], 200), dist = matrix(nn$dist[at], 200))
  expect_identical(smooth_knn(mixed), scale)
  expect_identical(smooth_knn(list(idx = nn$idx[, -1], dist = nn$dist[, -1])), scale)
  double_idx <- nn$idx + 0
  expect_identical(smooth_knn(list(idx = double_idx, dist = nn$dist)), scale)
})

test_that("self is put first in rows that forgot it", {
  nn <- list(
    idx = rbind(1:3, c(1L, 3L, 2L), c(1L, 2L, 4L), c(4L, 3L, 1L)),
    dist = rbind(c(0, 1, 2), c(1, 2, 0), 1:3, c(0, 1, 2))
  )
  checked <- check_neighbors(nn, "nn")
  expect_identical(checked$idx, rbind(1:3, c(2L, 1L, 3L), c(3L, 1L, 2L), c(4L, 3L, 1L)))
  expect_identical(checked$dist, rbind(c(0, 1, 2), c(0, 1, 2), c(0, 1, 2), c(0, 1, 2)))
})

test_that("missing neighbors count as none", {
  nn <- nearest_neighbors(some_digits(50), 10)
  fewer <- list(idx = nn$idx, dist = nn$dist)
  fewer$idx[7, 9:10] <- c(NA, -1L)
  fewer$dist[7, 9:10] <- NA
  graph <- fuzzy_graph(fewer)
  expect_unfurl_warning(mutual <- fuzzy_graph(fewer, 0), "2 of 50 points have no neighbor")
  alone <- dense(mutual)[7, ]
  expect_true(all(which(alone > 0) %in% nn$idx[7, 2:8]))
  expect_true(all(is.finite(unlist(smooth_knn(fewer)))))
  infinite <- list(idx = nn$idx, dist = nn$dist)
  infinite$dist[7, 9:10] <- Inf
  expect_identical(fuzzy_graph(infinite), graph)
})

test_that("an invalid neighbor list is an error", {
  good <- nearest_neighbors(gaussian(20, 3), 4)
  broken <- function(...) utils::modifyList(unclass(good), list(...))
  at <- function(field, i, j, value) {
    good[[field]][i, j] <- value
    unclass(good)
  }
  expect_input_error(smooth_knn(1), "`nn` must be a list with the matrices `idx` and `dist`")
  expect_input_error(smooth_knn(list()), "`nn` must be a list")
  expect_input_error(umap(list(idx = good$idx)), "`x` must be a list")
  others <- setNames(unclass(good)[1:2], c("rows", "some_dist"))
  expect_input_error(umap(others), "list\\(idx = others\\$rows, dist = others\\$some_dist\\)?")
  expect_input_error(smooth_knn(broken(dist = good$dist[, 1:3])), "one shape.*4 columns.*3 columns")
  expect_input_error(smooth_knn(broken(idx = good$idx > 1)), "numbers")
  expect_input_error(smooth_knn(at("idx", 3, 2, 21)), "1 to 20: 21 in row 3")
  expect_input_error(smooth_knn(at("idx", 3, 2, 0L)), "1 to 20: 0 in row 3.*add 1 to `idx`")
  expect_input_error(smooth_knn(at("idx", 3, 2, 1.5)), "1.5 in row 3")
  expect_input_error(smooth_knn(at("idx", 5, 2, good$idx[5, 3])), "twice in row 5")
  expect_input_error(smooth_knn(at("dist", 6, 2, NA)), "a missing distance in row 6, column 2")
  expect_input_error(
    smooth_knn(at("dist", 6, 2, -1)), "a negative distance, -1, in row 6, column 2 .*by 1 - x"
  )
  expect_input_error(
    smooth_knn(list(idx = matrix(1:5), dist = matrix(0, 5, 1))), "no neighbors but the points"
  )
})

# A neighbor list by the names of other packages.
renamed <- function(nn, names, columns = TRUE) {
  setNames(list(nn$idx[, columns], nn$dist[, columns]), names)
}

test_that("neighbor lists of other packages are taken as they are", {
  x <- gaussian(200, 3)
  nn <- nearest_neighbors(x, 10)
  scale <- smooth_knn(nn)
  plain <- umap(unclass(nn)[c("idx", "dist")], n_epochs = 2)
  for (names in neighbor_names) {
    for (columns in list(1:10, 2:10)) {
      given <- renamed(nn, names, columns)
      expect_identical(smooth_knn(given), scale)
      expect_identical(fuzzy_graph(given), fuzzy_graph(nn))
      expect_identical(umap(given, n_epochs = 2), plain)
    }
  }
  expect_identical(check_neighbors(list(cosine = unclass(nn)[1:2]), "nn")$metric, "cosine")
  expect_identical(smooth_knn(list(manhattan = unclass(nn)[1:2])), scale)
  expect_input_error(
    smooth_knn(list(index = nn$idx, distance = nn$dist[1:9, ])), "one shape.*not 200 rows.*9 rows"
  )
  expect_input_error(smooth_knn(list(id = as.list(1:3), dist = as.list(1:3))), "the matrices `idx`")
})

# Packages that are not among the suggested ones: looked up by name where they are installed.
test_that("neighbor lists of other packages are taken like the package's own", {
  x <- gaussian(200, 3)
  copies <- replace(x, cbind(rep(5:6, 3), rep(1:3, each = 2)), x[7, ][rep(1:3, each = 2)])
  searches <- list(
    FNN = list("get.knn", k = 9), RANN = list("nn2", k = 10), dbscan = list("kNN", k = 9),
    BiocNeighbors = list("findKNN", k = 9)
  )
  installed <- Filter(function(package) requireNamespace(package, quietly = TRUE), names(searches))
  if (length(installed) == 0) skip("none of the packages is installed")
  for (package in installed) {
    search <- searches[[package]]
    find <- function(x) {
      nn <- do.call(getExportedValue(package, search[[1]]), c(list(x), search[2]))
      check_neighbors(nn, "nn")
    }
    expect_equal(smooth_knn(find(x)), smooth_knn(nearest_neighbors(x, 10)), tolerance = 1e-5)
    of_copies <- suppressWarnings(find(copies)) # BiocNeighbors warns of ties
    expect_identical(dim(of_copies$idx), c(200L, 10L))
    expect_equal(of_copies$dist[5:7, 2], numeric(3))
  }
})

test_that("0 in place of a neighbor is a missing one", {
  nn <- nearest_neighbors(gaussian(50, 3), 6)
  with <- function(index, distance) {
    given <- unclass(nn)[c("idx", "dist")]
    given$idx[3:4, 5:6] <- index
    given$dist[3:4, 5:6] <- distance
    given
  }
  expected <- fuzzy_graph(with(NA, NA))
  for (distance in c(0, NA, 1.3e154, Inf)) {
    expect_identical(fuzzy_graph(with(0L, distance)), expected)
  }
  expect_input_error(fuzzy_graph(list(idx = nn$idx - 1L, dist = nn$dist)), "add 1 to `idx`")
})

test_that("a row that is listed twice counts once", {
  nn <- nearest_neighbors(gaussian(50, 3), 6)
  twice <- unclass(nn)[c("idx", "dist")]
  missing <- twice
  twice$idx[5, 2] <- 5L # as uwot has it
  twice$idx[9, 6] <- twice$idx[9, 5]
  twice$dist[9, 6] <- twice$dist[9, 5]
  missing$idx[cbind(c(5, 9), c(2, 6))] <- NA
  expect_identical(fuzzy_graph(twice), fuzzy_graph(missing))
})

test_that("a few rows that list themselves do not make a table with self", {
  nn <- nearest_neighbors(gaussian(50, 3), 6)
  given <- list(nn.index = nn$idx[, -1], nn.dist = nn$dist[, -1])
  given$nn.index[5, 1] <- 5L # as FNN has it, of copies
  expect_identical(ncol(check_neighbors(given, "nn")$idx), 6L)
})

test_that("distances that rounding made negative are 0", {
  d <- dist(gaussian(30, 3))
  rounded <- replace(d, c(3, 40), c(-1e-16, -5e-7) * max(d))
  zero <- replace(d, c(3, 40), 0)
  expect_identical(nearest_neighbors(rounded, 5), nearest_neighbors(zero, 5))
  expect_input_error(nearest_neighbors(replace(d, 3, -2e-6 * max(d)), 5), "negative distance, -")
  nn <- nearest_neighbors(gaussian(30, 3), 5)
  nn$dist[2, 2] <- -1e-16
  at_0 <- nn
  at_0$dist[2, 2] <- 0
  expect_identical(smooth_knn(nn), smooth_knn(at_0))
  expect_input_error(smooth_knn(replace(nn, "dist", list(nn$dist - 0.1))), "-0.1, in row 1, column")
})

# ---- Far-out values -----------------------------------------------------------------------------

test_that("a warning counts rows that cannot be told apart next to larger ones", {
  x <- as.matrix(iris[1:4])
  far <- function(value) replace(x, cbind(c(7, 9), 2), value)
  for (metric in c("euclidean", "manhattan")) {
    expect_no_warning(nearest_neighbors(far(1e29), 5, metric))
    expect_unfurl_warning(
      nearest_neighbors(far(1e60), 5, metric), "148 other rows, the first of them 1,"
    )
  }
  expect_unfurl_warning(nearest_neighbors(far(1e32), 5), "cannot be told apart")
  expect_unfurl_warning(model <- umap_fit(far(1e300), n_epochs = 2), "148 other rows")
  expect_match(model$warnings, "148 other rows")
  expect_no_warning(nearest_neighbors(rbind(0, 0, x), 5))
  expect_input_error(nearest_neighbors(far(1e32), 5, "tsss"), "148 other rows")
})

test_that("rows compared by direction or shares stay distinct next to any others", {
  x <- as.matrix(iris[1:4])
  for (metric in c("cosine", "correlation", "hellinger")) {
    far <- function(value) nearest_neighbors(replace(x, cbind(7, 2), value), 5, metric)
    expect_identical(far(1e300), far(1e20))
    expect_identical(
      nearest_neighbors(x * c(1, 2^600, 2^-600), 5, metric)$idx, nearest_neighbors(x, 5, metric)$idx
    )
  }
})

test_that("distances beyond all numbers are errors", {
  x <- replace(as.matrix(iris[1:4]), 7, 1e300)
  expect_input_error(nearest_neighbors(x, 5, "sqeuclidean"), "distances .*\"sqeuclidean\" overflow")
  expect_input_error(nearest_neighbors(x, 5, "mahalanobis"), "variances of .* overflow")
  expect_input_error(nearest_neighbors(x, 5, "seuclidean"), "variances of .* overflow")
})

# ---- Nothing for nothing ------------------------------------------------------------------------

test_that("a warning names arguments that have no effect on distances", {
  d <- dist(iris[1:4])
  expect_no_warning(nearest_neighbors(d, 5, "euclidean", method = "exact"))
  expect_unfurl_warning(nearest_neighbors(d, 5, "cosine"), "`metric` has no effect: the distances")
  expect_unfurl_warning(
    nearest_neighbors(d, 5, method = "clusters", target_recall = 0.5),
    "`method`, `target_recall` have no effect"
  )
  expect_input_error(nearest_neighbors(d, 5, target_recall = "all"), "`target_recall`")
  expect_input_error(nearest_neighbors(d, 5, neighbors = 1), "of use only with `query`")
})

test_that("a warning names arguments that have no effect in a search", {
  x <- some_digits(300)
  nn <- nearest_neighbors(x, 5)
  expect_unfurl_warning(
    nearest_neighbors(x, 5, method = "nndescent", target_recall = 0.5),
    "`target_recall` has no effect"
  )
  expect_unfurl_warning(nearest_neighbors(x, 5, query = x, target_recall = 0.5), "`target_recall`")
  expect_unfurl_warning(
    nearest_neighbors(x, 5, query = x, neighbors = nn, method = "exact"), "`neighbors` has no eff"
  )
})

test_that("names of distances are as many as the points", {
  d <- stats::dist(iris[1:4])
  for (labels in list(letters[1:3], as.list(1:150))) {
    attr(d, "Labels") <- labels
    expect_input_error(umap(d), "`x` is not a valid `dist`: its attribute Labels must be 150 names")
  }
})

test_that("elements of a neighbor list are found by their whole names", {
  nn <- nearest_neighbors(some_digits(30), 5)
  for (element in c("idx", "dist")) {
    longer <- unclass(nn)
    names(longer)[names(longer) == element] <- paste0(element, "_all")
    expect_input_error(smooth_knn(longer), "`nn` must be a list with the matrices `idx` and `dist`")
  }
  other <- list(idx = nn$idx, dist = nn$dist, metric_used = "cosine", methods = "none")
  checked <- check_neighbors(other, "nn")
  expect_identical(checked[c("metric", "method")], list(metric = "precomputed", method = "given"))
})
