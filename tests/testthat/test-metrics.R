# Each metric against a plain formula of two vectors.

truth <- function(f) {
  function(x, y) {
    x <- x != 0
    y <- y != 0
    f(both = sum(x & y), one = sum(x != y), n = length(x), x = sum(x), y = sum(y))
  }
}

or_zero <- function(a, b) if (a == 0) 0 else a / b
shares <- function(x) (x + 1e-11) / sum(x + 1e-11)

one_minus_cor <- function(x, y) {
  flat <- c(max(x) == min(x), max(y) == min(y))
  if (any(flat)) return(if (all(flat)) 0 else 1)
  1 - stats::cor(x, y)
}

formulas <- list(
  euclidean = function(x, y) sqrt(sum((x - y)^2)),
  sqeuclidean = function(x, y) sum((x - y)^2),
  manhattan = function(x, y) sum(abs(x - y)),
  chebyshev = function(x, y) max(abs(x - y)),
  minkowski = function(x, y) sum(abs(x - y)^3)^(1 / 3),
  canberra = function(x, y) sum(ifelse(x == y, 0, abs(x - y) / (abs(x) + abs(y)))),
  braycurtis = function(x, y) or_zero(sum(abs(x - y)), sum(abs(x + y))),
  cosine = function(x, y) {
    zero <- c(all(x == 0), all(y == 0))
    if (any(zero)) return(if (all(zero)) 0 else 1)
    1 - sum(x * y) / sqrt(sum(x^2) * sum(y^2))
  },
  correlation = one_minus_cor,
  spearman = function(x, y) one_minus_cor(rank(x), rank(y)),
  hellinger = function(x, y) {
    zero <- c(all(x == 0), all(y == 0))
    if (any(zero)) return(if (all(zero)) 0 else 1)
    sqrt(max(0, 1 - sum(sqrt(x * y)) / sqrt(sum(x) * sum(y))))
  },
  jensenshannon = function(x, y) {
    x <- shares(x)
    y <- shares(y)
    m <- (x + y) / 2
    (sum(x * log(x / m)) + sum(y * log(y / m))) / 2
  },
  symmetric_kl = function(x, y) {
    x <- shares(x)
    y <- shares(y)
    (sum(x * log(x / y)) + sum(y * log(y / x))) / 2
  },
  tsss = function(x, y) {
    size <- sqrt(c(sum(x^2), sum(y^2)))
    angle <- acos(min(1, sum(x * y) / prod(size))) + pi / 18
    prod(size) * abs(sin(angle)) / 2 * (sqrt(sum((x - y)^2)) + abs(diff(size)))^2 * angle
  },
  hamming = function(x, y) mean(x != y),
  jaccard = truth(function(both, one, ...) or_zero(one, both + one)),
  dice = truth(function(both, one, ...) or_zero(one, 2 * both + one)),
  matching = truth(function(one, n, ...) one / n),
  kulsinski = truth(function(both, one, n, ...) if (one == 0) 0 else (one - both + n) / (one + n)),
  rogerstanimoto = truth(function(one, n, ...) 2 * one / (n + one)),
  russellrao = truth(function(both, one, n, ...) if (one == 0) 0 else (n - both) / n),
  sokalmichener = truth(function(one, n, ...) 2 * one / (n + one)),
  sokalsneath = truth(function(both, one, ...) or_zero(one, both / 2 + one)),
  yule = truth(function(both, one, n, x, y) {
    crossed <- (x - both) * (y - both)
    or_zero(2 * crossed, both * (n - both - one) + crossed)
  })
)
# Numbers, some of which are 0, with awkward rows: zeros, a constant, one value, a row and its
# double.
some_rows <- function(with_zeros = TRUE) {
  x <- with_seed(5, matrix(round(stats::rexp(40 * 21), 2) * stats::rbinom(40 * 21, 1, 0.6), 40))
  x[3, ] <- 2
  x[5, ] <- c(3, rep(0, 20))
  x[7, ] <- x[6, ] * 2
  if (with_zeros) x[c(1, 4), ] <- 0
  x
}

expect_metric <- function(x, metric, f, ..., tolerance = 1e-5) {
  wanted <- all_distances(x, f)
  nn <- nearest_neighbors(x, nrow(x), metric, ...)
  at <- cbind(c(row(nn$idx)), c(nn$idx))
  expect_identical(nn$idx[, 1], seq_len(nrow(x)))
  expect_equal(c(nn$dist), wanted[at], tolerance = tolerance)
  expect_true(all(apply(nn$dist, 1, diff) >= 0))
  expect_true(all(apply(nn$idx, 1, anyDuplicated) == 0))
}

test_that("every metric gives its formula's distances, awkward rows included", {
  for (metric in names(formulas)) {
    x <- some_rows(metric != "tsss")
    kwds <- if (metric == "minkowski") list(p = 3)
    expect_metric(x, metric, formulas[[metric]], metric_kwds = kwds)
  }
  signed <- some_rows() * rep(c(1, -1, 1), 280)
  for (metric in c("minkowski", "chebyshev", "canberra", "cosine", "spearman", "correlation")) {
    kwds <- if (metric == "minkowski") list(p = 3)
    expect_metric(signed, metric, formulas[[metric]], metric_kwds = kwds)
  }
  expect_setequal(c(names(formulas), "mahalanobis", "seuclidean", "haversine"), metrics)
})

test_that("minkowski takes any power of at least 1", {
  x <- some_rows()
  expect_identical(
    nearest_neighbors(x, 9, "minkowski")$dist, nearest_neighbors(x, 9, "minkowski",
      metric_kwds = list(p = 2)
    )$dist
  )
  for (p in c(1, 1.5, 40)) {
    formula <- function(x, y) {
      largest <- max(abs(x - y))
      if (largest == 0) 0 else largest * sum((abs(x - y) / largest)^p)^(1 / p)
    }
    expect_metric(x, "minkowski", formula, metric_kwds = list(p = p))
  }
})

test_that("seuclidean and mahalanobis take their spread from the data or are given it", {
  x <- as.matrix(iris[seq(1, 150, 3), 1:4])
  dimnames(x) <- NULL
  variances <- apply(x, 2, stats::var)
  by_variance <- function(v) function(x, y) sqrt(sum((x - y)^2 / v))
  by_covariance <- function(v) function(x, y) sqrt(drop((x - y) %*% solve(v, x - y)))
  expect_metric(x, "seuclidean", by_variance(variances))
  expect_metric(x, "seuclidean", by_variance(1:4), metric_kwds = list(var = 1:4))
  expect_metric(x, "mahalanobis", by_covariance(stats::cov(x)))
  expect_metric(x, "mahalanobis", by_covariance(diag(4) + 1), metric_kwds = list(cov = diag(4) + 1))
  far <- sweep(x, 2, 1e7, "+")
  expect_metric(far, "mahalanobis", by_covariance(stats::cov(x)), tolerance = 1e-4)
})

test_that("haversine measures arcs of the unit sphere", {
  arc <- function(x, y) {
    h <- sin((x[1] - y[1]) / 2)^2 + cos(x[1]) * cos(y[1]) * sin((x[2] - y[2]) / 2)^2
    2 * asin(min(1, sqrt(h)))
  }
  globe <- with_seed(1, cbind(stats::runif(60, -pi / 2, pi / 2), stats::runif(60, -pi, pi)))
  globe[1:3, ] <- rbind(c(pi / 2, 0), c(-pi / 2, 1), c(pi / 2, 2))
  expect_metric(globe, "haversine", arc)
  town <- with_seed(1, cbind(0.9 + stats::runif(60) * 1e-5, 0.1 + stats::runif(60) * 1e-5))
  expect_metric(town, "haversine", arc, tolerance = 1e-4)
  expect_identical(
    nearest_neighbors(globe + 0, 9, "haversine")$idx[, 1:2], nearest_neighbors(
      sweep(globe, 2, c(0, 2 * pi), function(x, turn) ifelse(x + turn > 2 * pi, x, x + turn)), 9,
      "haversine"
    )$idx[, 1:2]
  )
})

# Ten groups of rows, in turn, whose differences are about 1, and which group a row is of.
ten_groups <- function(n = 1000, d = 6) {
  group <- rep_len(1:10, n)
  list(x = gaussian(n, d) / 4 + (3 * gaussian(10, d, 2))[group, ], group = group)
}

# `distance`: in double precision.
expect_right_distances <- function(nn, distance, tolerance = 1e-5, rows = seq_len(nrow(distance))) {
  nn <- lapply(nn[c("idx", "dist")], `[`, rows, )
  wanted <- distance[cbind(rows[row(nn$idx)], c(nn$idx))]
  wrong <- abs(c(nn$dist) - wanted) / wanted
  expect_lt(max(wrong[wanted > 0]), tolerance)
  expect_equal(recall(nn$idx, nearest_by(distance, ncol(nn$idx))[rows, ]), 1)
}

expect_ten_groups <- function(x, group, metric) {
  expect_silent(model <- umap_fit(x, metric = metric, verbose = FALSE))
  expect_length(summary(model)$components, 10)
  expect_identical(embedding_quality(x, model$layout, group, metric = metric)$knn_accuracy, 1)
  expect_lt(max(abs(stats::cor(model$layout, seq_along(group)))), 0.15)
  some <- c(1:10, 501:510)
  placed <- as.matrix(predict(model, x[some, ]))
  centers <- rowsum(model$layout, group) / c(table(group))
  nearest <- apply(distances(rbind(placed, centers))[1:20, 21:30], 1, which.min)
  expect_identical(unname(nearest), group[some])
}

test_that("what rows have in common is taken out in double precision", {
  rows <- ten_groups()
  x <- 1 + 1e-9 * rows$x
  for (metric in c("euclidean", "manhattan", "chebyshev")) {
    name <- sub("chebyshev", "maximum", metric)
    expect_right_distances(nearest_neighbors(x, 15, metric), as.matrix(stats::dist(x, name)))
    expect_ten_groups(x, rows$group, metric)
  }
  far <- rbind(x, 0, 1e4)
  expect_right_distances(nearest_neighbors(far, 15), distances(far), rows = 1:1000)
  mixed <- cbind(x, 1e6 * (rows$group %% 2))
  expect_right_distances(nearest_neighbors(mixed, 15), distances(mixed))
})

test_that("directions that are close together keep their distances", {
  rows <- ten_groups()
  x <- rep(c(3, 1, 4, 1, 5, 9), each = 1000) / 12 + 1e-10 * rows$x
  unit <- function(x) x / sqrt(rowSums(x^2))
  wanted <- list(
    cosine = distances(unit(x))^2 / 2,
    correlation = distances(unit(x - rowMeans(x)))^2 / 2,
    hellinger = distances(sqrt(x / rowSums(x))) / sqrt(2)
  )
  for (metric in names(wanted)) { # doubles round such differences to 1e-5 of the nearest
    expect_right_distances(nearest_neighbors(x, 15, metric), wanted[[metric]], 1e-4)
  }
  expect_ten_groups(x, rows$group, "cosine")
})

test_that("rows that single precision cannot tell apart are counted", {
  rows <- ten_groups()
  corners <- gaussian(10, 6, 3)[rows$group, ]
  expect_warning(
    nearest_neighbors(corners * (1 + 1e-12 * seq_len(1000)), 15),
    "^1000 rows, the first of them 1, cannot be told apart",
    class = "unfurl_warning_precision"
  )
  some <- corners
  some[rows$group == 4, 1] <- some[rows$group == 4, 1] + 1e-10 * seq_len(100)
  expect_warning(nearest_neighbors(some, 15), "^100 rows, the first of them 4,")
  expect_warning(nearest_neighbors(some, 15, "cosine"), "^100 rows, the first of them 4,")
  expect_silent(nearest_neighbors(corners, 15))
  expect_silent(nearest_neighbors(corners * rep(1:4, 250), 15, "cosine"))
})

test_that("any R function of two rows will do", {
  x <- some_rows()
  canberra <- nearest_neighbors(x, 9, "canberra")
  nn <- nearest_neighbors(x, 9, formulas$canberra)
  expect_identical(nn$metric, "function")
  expect_equal(nn$dist, canberra$dist, tolerance = 1e-6)
  expect_equal(neighbor_recall(canberra, x, metric = formulas$canberra), 1)
  expect_error(neighbor_recall(nn, x), class = "unfurl_error_input")
  by_search <- nearest_neighbors(x, 5, formulas$manhattan, "nndescent")
  expect_equal(by_search$dist, nearest_neighbors(x, 5, "manhattan")$dist, tolerance = 1e-6)
  expect_unfurl_warning(
    lopsided <- nearest_neighbors(x, 5, function(a, b) sum(abs(a - b)) + a[1], "nndescent"),
    "fewer of the true neighbors"
  )
  expect_false(any(apply(lopsided$idx, 1, anyDuplicated) > 0))
  embedding <- umap(x, metric = formulas$manhattan, n_neighbors = 5, n_epochs = 5)
  expect_identical(dim(embedding), c(40L, 2L))
  expect_equal(
    nearest_neighbors(x[1:30, ], 4, formulas$manhattan, query = x[31:40, ])$dist,
    nearest_neighbors(x[1:30, ], 4, "manhattan", query = x[31:40, ])$dist,
    tolerance = 1e-6
  )
})

test_that("errors and jumps of an R function leave R healthy", {
  x <- some_rows()
  expect_error(nearest_neighbors(x, 5, function(a, b) stop("no way")), "no way")
  expect_error(nearest_neighbors(x, 5, function(a, b) stop("no way"), "nndescent"), "no way")
  expect_identical(withCallingHandlers(
    withRestarts(nearest_neighbors(x, 5, function(a, b) invokeRestart("out", 7)), out = identity)
  ), 7)
  for (bad in list(-1, NA, NaN, "a", c(1, 2), NULL)) {
    expect_input_error(nearest_neighbors(x, 5, function(a, b) bad), "`metric` is a function that")
  }
  expect_input_error(nearest_neighbors(x, 5, sum, metric_kwds = list(p = 1)), "`metric_kwds`")
})

test_that("approximate search serves every metric of rows of floats", {
  x <- abs(blobs(4, 600, apart = 5)) + 0.1
  for (metric in setdiff(metrics, c("haversine", "seuclidean", "mahalanobis"))) {
    some <- if (metric %in% c("hamming", metrics[19:27])) round(x) %% 3 * (round(x) %% 2) else x
    nn <- nearest_neighbors(some, 10, metric)
    expect_identical(nearest_neighbors(some, 10, metric, n_threads = 1), nn)
    expect_gt(neighbor_recall(nn, some, 200), 0.85)
  }
})

test_that("what a metric does not admit is an error that says where and why", {
  x <- some_rows()
  x[4, 3] <- -1
  for (metric in c("hellinger", "jensenshannon", "symmetric_kl")) {
    expect_input_error(
      nearest_neighbors(x, 5, metric), "negative value in row 4, column 3: .*fractions"
    )
  }
  expect_input_error(nearest_neighbors(some_rows(), 5, "tsss"), "only zeros in row 1: .*tsss")
  expect_input_error(nearest_neighbors(x, 5, "haversine"), "21 columns.*latitude and longitude")
  expect_input_error(nearest_neighbors(cbind(c(0, 45), 1), 2, "haversine"), "45 in row 2, column 1")
  expect_input_error(nearest_neighbors(cbind(0, c(1, 181)), 2, "haversine"), "a longitude in rad")
  expect_input_error(nearest_neighbors(cbind(x, 1), 5, "seuclidean"), "no variance in column 22")
  expect_input_error(nearest_neighbors(cbind(x, x[, 1]), 5, "mahalanobis"), "column 22 is constant")
})

test_that("arguments of a metric are checked", {
  x <- some_rows()
  with_kwds <- function(metric, ...) nearest_neighbors(x, 5, metric, metric_kwds = list(...))
  expect_input_error(with_kwds("minkowski", p = 0.5), "`metric_kwds\\$p`.*at least 1")
  expect_input_error(with_kwds("minkowski", q = 1), "`metric_kwds`.*element `p`")
  expect_input_error(with_kwds("minkowski", 3), "`metric_kwds`.*element `p`")
  expect_input_error(with_kwds("euclidean", p = 2), "`metric_kwds` must be NULL")
  expect_input_error(with_kwds("seuclidean", var = 1:3), "`metric_kwds\\$var`")
  expect_input_error(with_kwds("seuclidean", var = numeric(21)), "greater than 0")
  expect_input_error(with_kwds("mahalanobis", cov = diag(3)), "`metric_kwds\\$cov`")
  expect_input_error(with_kwds("mahalanobis", cov = matrix(1, 21, 21)), "singular covariance")
  expect_input_error(umap(x, metric = "minkowski", metric_kwds = list(p = "a")), "metric_kwds")
})

test_that("an error in a function shows its call without two rows of numbers", {
  error <- tryCatch(umap(iris[1:4], metric = function(a, b) stop("enough")), error = identity)
  expect_identical(conditionMessage(error), "enough")
  expect_identical(deparse(conditionCall(error)), "metric(x, y)")
})
