# The formulas of umap-learn on dense matrices.

reconnect <- function(w) {
  w <- w / pmax(apply(w, 1, max), 1e-300)
  w + t(w) - w * t(w)
}

separate <- function(w, category, weight = 0.5) {
  unknown <- is.na(outer(category, category, paste)) |
    outer(is.na(category), is.na(category), "|")
  same <- outer(as.character(category), as.character(category), "==")
  v <- weight / (1 - weight)
  reconnect(w * ifelse(unknown, exp(-min(v, 1)), ifelse(same, 1, exp(-5 * v))))
}

# general_simplicial_set_intersection(). A strict right side is a target, or has ties: a missing
# pair counts at most 1e-4 there, and similarities of the left side count at least exp(5) times as
# much.
product_dense <- function(left, right, weight, is_strict) {
  half <- function(w) min(w[w > 0]) / 2
  known <- left > 0 | right > 0
  left <- pmax(left, half(left), if (is_strict) 1e-4 * exp(5) else 1e-8)
  right <- pmax(right, if (is_strict) min(half(right), 1e-4) else half(right), 1e-8)
  v <- weight / (1 - weight)
  known * if (weight < 0.5) left * right^v else left^(1 / v) * right
}

intersect_dense <- function(left, right, weight, is_strict = TRUE) {
  reconnect(product_dense(left, right, weight, is_strict))
}

iris_graph <- function() fuzzy_graph(nearest_neighbors(iris[1:4]))

test_that("categories separate as the formula says", {
  graph <- iris_graph()
  species <- iris$Species
  some <- replace(species, seq(1, 150, 4), NA)
  for (weight in c(0.2, 0.5, 0.9)) {
    expect_equal(
      dense(supervise_graph(graph, species, target_weight = weight)),
      separate(dense(graph), species, weight),
      tolerance = 1e-6
    )
    expect_equal(
      dense(supervise_graph(graph, some, target_weight = weight)),
      separate(dense(graph), some, weight),
      tolerance = 1e-6
    )
  }
})

test_that("the weight 1 cuts all edges between categories", {
  graph <- supervise_graph(iris_graph(), iris$Species, target_weight = 1)
  expect_true(all(iris$Species[graph$row] == iris$Species[graph$col]))
  expect_gt(nrow(graph), 1000)
})

test_that("characters and logicals are categories, too", {
  graph <- iris_graph()
  by_factor <- supervise_graph(graph, iris$Species)
  expect_identical(supervise_graph(graph, as.character(iris$Species)), by_factor)
  is_setosa <- iris$Species == "setosa"
  expect_identical(supervise_graph(graph, is_setosa), supervise_graph(graph, factor(is_setosa)))
})

test_that("numbers are intersected as the formula says", {
  graph <- fuzzy_graph(nearest_neighbors(as.matrix(mtcars[-1])))
  target <- fuzzy_graph(nearest_neighbors(as.matrix(mtcars[1]), 10))
  for (weight in c(0.3, 0.5, 0.8)) {
    expected <- intersect_dense(dense(graph), dense(target), weight)
    got <- supervise_graph(graph, mtcars$mpg, target_weight = weight, target_n_neighbors = 10)
    expect_equal(dense(got), expected, tolerance = 1e-5)
    expected <- intersect_dense(dense(graph), dense(target), weight, is_strict = FALSE)
    got <- intersect_graphs(graph, target, weight, reset_local = FALSE)
    expect_equal(dense(got), expected, tolerance = 1e-5)
  }
  expect_identical(
    supervise_graph(graph, as.matrix(mtcars["mpg"]), target_n_neighbors = 10),
    supervise_graph(graph, mtcars$mpg, target_n_neighbors = 10)
  )
  expect_identical(
    supervise_graph(graph, nearest_neighbors(as.matrix(mtcars[1]), 10)),
    supervise_graph(graph, mtcars$mpg, target_n_neighbors = 10)
  )
})

test_that("a data frame supervises by all of its columns", {
  graph <- fuzzy_graph(nearest_neighbors(as.matrix(mtcars[-(1:2)])))
  y <- data.frame(cyl = factor(mtcars$cyl), mpg = mtcars$mpg, hp = mtcars$hp)
  by_numbers <- supervise_graph(graph, as.matrix(y[2:3]), target_weight = 0.7)
  expect_identical(
    supervise_graph(graph, y, target_weight = 0.7),
    supervise_graph(by_numbers, y$cyl, target_weight = 0.7)
  )
})

# Random rows, of which the target tells four groups.
noise <- with_seed(1, matrix(rnorm(1000), 200))
groups <- rep(1:4, each = 50)

# The accuracy of the groups in a layout of the noise.
accuracy <- function(...) {
  layout <- as.matrix(umap(noise, ..., verbose = FALSE))
  embedding_quality(noise, layout, groups)$knn_accuracy
}

# Pairs by chance that both the data and the target have get rare as n grows.
test_that("a target of ties separates however many rows there are", {
  for (n in c(1000, 3000)) {
    x <- with_seed(1, matrix(rnorm(5 * n), n))
    group <- rep(1:4, n / 4)
    graph <- supervise_graph(fuzzy_graph(nearest_neighbors(x)), cbind(group))
    agrees <- group[graph$row] == group[graph$col]
    expect_gt(sum(graph$similarity[agrees]) / sum(graph$similarity), 0.99)
  }
})

test_that("a target of ties separates as categories do", {
  expect_lt(accuracy(), 0.3)
  expect_gt(accuracy(y = cbind(groups)), 0.99)
  expect_gt(accuracy(y = factor(groups)), 0.99)
})

test_that("a view of ties separates, in whatever order the views come", {
  x <- data.frame(noise, a = groups > 2, b = groups %% 2)
  bits <- function(metric) {
    layout <- as.matrix(umap(x, metric = metric, verbose = FALSE))
    embedding_quality(noise, layout, groups)$knn_accuracy
  }
  expect_gt(bits(list(euclidean = 1:5, hamming = 6:7)), 0.99)
  expect_gt(bits(list(hamming = 6:7, euclidean = 1:5)), 0.99)
})

test_that("a new row goes to the rows that are tied with it in a view", {
  group <- rep(1:4, 50)
  x <- data.frame(noise, a = group > 2, b = group %% 2)
  old <- 1:150
  one <- list(euclidean = 1:5, hamming = 6:7)
  for (metric in list(one, rev(one))) {
    model <- umap_fit(x[old, ], metric = metric, verbose = FALSE)
    placed <- as.matrix(predict(model, x[-old, ]))
    nearest <- apply(placed, 1, function(place) which.min(colSums((t(model$layout) - place)^2)))
    expect_gt(mean(group[old][nearest] == group[-old]), 0.95)
  }
})

test_that("the weight 0 ignores the target, bit for bit", {
  graph <- iris_graph()
  some <- replace(iris[[1]], 1:30, NA)
  for (y in list(iris$Species, iris[[1]], some, nearest_neighbors(iris[1]), iris[c(1, 5)])) {
    expect_identical(supervise_graph(graph, y, target_weight = 0), graph)
    expect_identical(
      as.matrix(umap(iris[1:4], y = y, target_weight = 0, n_epochs = 20)),
      as.matrix(umap(iris[1:4], n_epochs = 20))
    )
  }
})

test_that("the weight 1 is the target alone", {
  target <- fuzzy_graph(nearest_neighbors(iris[1]))
  alone <- supervise_graph(iris_graph(), iris[[1]], target_weight = 1)
  expect_equal(dense(alone), reconnect(dense(target)), tolerance = 1e-6)
  first <- intersect_graphs(iris_graph(), target, 0, reset_local = FALSE)
  expect_equal(dense(first), reconnect(dense(iris_graph())), tolerance = 1e-6)
})

test_that("the more a target weighs, the more of the similarity agrees with it", {
  graph <- fuzzy_graph(nearest_neighbors(noise))
  agreement <- function(y, weight) {
    w <- supervise_graph(graph, y, target_weight = weight)
    sum(w$similarity[groups[w$row] == groups[w$col]]) / sum(w$similarity)
  }
  weights <- c(0, 0.25, 0.5, 0.75, 1)
  for (y in list(factor(groups), cbind(groups))) {
    agreements <- vapply(weights, function(weight) agreement(y, weight), 0)
    expect_true(all(diff(agreements) > -1e-4))
    expect_gt(agreements[2], agreements[1] + 0.01)
    expect_gt(agreements[3], agreements[2] + 0.1)
    expect_equal(agreements[5], 1)
  }
})

test_that("rows without a number keep what the data say", {
  graph <- iris_graph()
  y <- replace(iris[[1]], c(seq(1, 150, 4), 2), NA)
  is_known <- !is.na(y)
  target <- matrix(0, 150, 150)
  own <- fuzzy_graph(nearest_neighbors(iris[is_known, 1, drop = FALSE]))
  target[is_known, is_known] <- dense(own)
  unknown <- outer(!is_known, !is_known, "|")
  for (weight in c(0.2, 0.5, 0.9)) {
    left <- dense(graph)
    known <- product_dense(left, target, weight, is_strict = TRUE)
    of_unknown <- left * exp(-min(weight / (1 - weight), 1))
    expected <- reconnect(ifelse(unknown, of_unknown, known))
    expect_equal(
      dense(supervise_graph(graph, y, target_weight = weight)), expected,
      tolerance = 1e-5
    )
  }
  two <- cbind(y, replace(iris[[2]], 2:3, NaN))
  expect_identical(
    supervise_graph(graph, two), supervise_graph(graph, replace(two, c(3, 150 + 1), NA))
  )
  alone <- supervise_graph(graph, y, target_weight = 1)
  expect_setequal(alone$col[alone$row == 2], graph$col[graph$row == 2])
})

test_that("unknown numbers supervise as unknown categories do", {
  some <- replace(groups, seq(1, 200, 4), NA)
  is_known <- !is.na(some)
  share <- function(y) {
    layout <- as.matrix(umap(noise, y = y, verbose = FALSE))[is_known, ]
    embedding_quality(noise[is_known, ], layout, groups[is_known])$knn_accuracy
  }
  plain <- share(NULL)
  expect_gt(share(factor(some)), plain + 0.15)
  expect_gt(share(cbind(some)), plain + 0.15)
  fit <- function(n_threads) {
    umap_fit(noise, y = cbind(some), n_epochs = 5, n_threads = n_threads)[c("graph", "layout")]
  }
  expect_identical(fit(1), fit(2))
})

test_that("numbers that look like codes of categories give a warning", {
  graph <- fuzzy_graph(nearest_neighbors(noise))
  warning <- tryCatch(supervise_graph(graph, groups), warning = identity)
  expect_s3_class(warning, "unfurl_warning_codes")
  expect_identical(warning$argument, "y")
  expect_identical(warning$value, 1:4)
  expect_match(
    conditionMessage(warning),
    "^`y` has 4 different whole numbers in 200 rows, .* Use factor\\(y\\)"
  )
  expect_no_match(conditionMessage(warning), "-1")
  some <- replace(groups, 1:20, -1)
  warning <- tryCatch(supervise_graph(graph, some), warning = identity)
  expect_match(warning$hint, "Use NA, not -1, where `y` is unknown.", fixed = TRUE)
  expect_warning(supervise_graph(graph, data.frame(some)), class = "unfurl_warning_codes")
  expect_no_warning(supervise_graph(graph, cbind(groups)))
  expect_no_warning(supervise_graph(graph, groups + 0.5))
  expect_no_warning(supervise_graph(graph, as.Date(groups, origin = "2020-01-01")))
  expect_no_warning(supervise_graph(graph, rep(1:50, 4)))
})

test_that("an intersection does not depend on the order of its graphs", {
  one <- fuzzy_graph(nearest_neighbors(iris[1:2]))
  other <- fuzzy_graph(nearest_neighbors(iris[3:4]))
  expect_equal(dense(intersect_graphs(one, other)), dense(intersect_graphs(other, one)))
  expect_equal(
    dense(intersect_graphs(one, other, 0.3)), dense(intersect_graphs(other, one, 0.7)),
    tolerance = 1e-4
  )
})

# reset_local_connectivity() with reset_local_metric of umap-learn.
reset_metric <- function(w) {
  w <- w / apply(w, 1, max)
  for (i in seq_len(nrow(w))) {
    known <- w[i, ] > 0
    excess <- function(power) sum(w[i, known]^power) - log2(15)
    power <- if (excess(0) <= 0) {
      0
    } else if (excess(64) >= 0) {
      64 # too many ties
    } else {
      stats::uniroot(excess, c(0, 64), tol = 1e-9)$root
    }
    w[i, known] <- w[i, known]^power
  }
  w + t(w) - w * t(w)
}

test_that("reset_local restores how fast the similarities of a row fall off", {
  one <- fuzzy_graph(nearest_neighbors(noise[, 1:2]))
  other <- fuzzy_graph(nearest_neighbors(cbind(groups)))
  expected <- reset_metric(product_dense(dense(one), dense(other), 0.5, is_strict = TRUE))
  expect_equal(dense(intersect_graphs(one, other)), expected, tolerance = 1e-5)
  steep <- dense(intersect_graphs(one, other, reset_local = FALSE))
  expect_gt(stats::median(rowSums(expected)), 3.5)
  expect_lt(stats::median(rowSums(steep)), stats::median(rowSums(expected)))
})

test_that("intersections are graphs: symmetric, with one full neighbor each", {
  graph <- intersect_graphs(
    fuzzy_graph(nearest_neighbors(some_digits(200))),
    fuzzy_graph(nearest_neighbors(some_digits(200), metric = "cosine"))
  )
  w <- dense(graph)
  expect_identical(w, t(w))
  expect_identical(range(apply(w, 1, max)), c(1, 1))
  expect_silent(optimize_layout(graph, initial_layout(graph), n_epochs = 5))
})

test_that("umap() takes the target, and its stages agree", {
  x <- some_digits(300)
  y <- replace(digits$label[1:300], 1:50, NA)
  model <- umap_fit(x, y = y, target_weight = 0.6)
  graph <- supervise_graph(fuzzy_graph(nearest_neighbors(x)), y, target_weight = 0.6)
  expect_identical(model$graph, graph)
  expect_identical(model$neighbors, nearest_neighbors(x))
  expect_identical(as.data.frame(model), umap(x, y = y, target_weight = 0.6))
  by_neighbors <- umap_fit(x, y = 1:300, target_n_neighbors = 4, n_neighbors = 8)$graph
  expect_identical(
    by_neighbors,
    supervise_graph(fuzzy_graph(nearest_neighbors(x, 8)), 1:300, target_n_neighbors = 4)
  )
  label <- cbind(as.numeric(digits$label[1:300]))
  expect_identical(
    umap_fit(x, y = label, n_neighbors = 8)$graph,
    supervise_graph(fuzzy_graph(nearest_neighbors(x, 8)), label, target_n_neighbors = 8)
  )
})

test_that("supervision separates", {
  x <- digits$pixels[1:2000, ]
  label <- digits$label[1:2000]
  accuracy <- function(...) {
    embedding_quality(x, umap(x, n_epochs = 100, ...), label, sample = 200)$knn_accuracy
  }
  expect_gt(accuracy(y = label), accuracy() + 0.02)
})

test_that("one seed is one supervised picture on any number of threads", {
  y <- data.frame(label = digits$label[1:500], number = as.integer(digits$label[1:500]) + 0.5)
  fit <- function(n_threads) umap_fit(some_digits(500), y = y, n_epochs = 5, n_threads = n_threads)
  expect_identical(fit(1)[c("graph", "layout")], fit(3)[c("graph", "layout")])
})

test_that("bad targets are errors", {
  graph <- iris_graph()
  expect_input_error(umap(iris[1:4], y = iris$Species[-1]), "`y` must have one value per row, 150")
  expect_input_error(supervise_graph(graph, iris$Species, verbose = "zz"), "`verbose` must be TRUE")
  expect_input_error(supervise_graph(graph, NULL), "`y` must be a target, not NULL")
  expect_input_error(
    supervise_graph(graph, replace(iris[[1]], 3, Inf)), "`y` must not have infinite"
  )
  expect_input_error(
    supervise_graph(graph, replace(iris[[1]], 2:150, NA)), "`y` must have at least 2 rows .*, not 1"
  )
  expect_input_error(supervise_graph(graph, rep(NA, 150)), "must have known categories")
  expect_input_error(supervise_graph(graph, complex(150)), "`y` must be numbers or categories")
  expect_input_error(supervise_graph(graph, sum), "`y` must be")
  expect_input_error(supervise_graph(graph, iris[0]), "`y` must have columns")
  expect_input_error(umap(iris[1:4], y = iris[[1]], target_weight = 2), "`target_weight`")
  expect_input_error(umap(iris[1:4], y = iris[[1]], target_metric = "miles"), "`target_metric`")
  expect_input_error(
    umap(iris[1:4], y = iris[[5]], target_metric = "categorical"), "not \"categorical\""
  )
  expect_input_error(umap(iris[1:4], y = iris[[1]], target_n_neighbors = 1), "`target_n_neighbors`")
  expect_warning(
    umap(iris[1:10, 1:4], n_neighbors = 5, y = 1:10, target_n_neighbors = 20, n_epochs = 2),
    "`target_n_neighbors` is 20", class = "unfurl_warning"
  )
  small <- fuzzy_graph(nearest_neighbors(iris[1:50, 1:4]))
  expect_input_error(intersect_graphs(graph, small), "`y` must have as many points")
  expect_input_error(intersect_graphs(graph, iris), "`y` must be a data frame with the columns row")
  expect_input_error(intersect_graphs(graph, graph, 2), "`weight`")
  expect_input_error(intersect_graphs(graph, graph, reset_local = NA), "`reset_local` must be TRUE")
})

test_that("arguments for numeric targets have no effect on categories", {
  graph <- fuzzy_graph(nearest_neighbors(iris[1:4]))
  expect_unfurl_warning(
    supervise_graph(graph, iris$Species, target_metric = "cosine"), "`target_metric` has no effect"
  )
  expect_unfurl_warning(
    supervise_graph(graph, iris$Species, bandwidth = 2), "`bandwidth` has no effect: the target"
  )
  expect_no_warning(supervise_graph(graph, iris[[1]], target_n_neighbors = 9, bandwidth = 2))
})

test_that("the default neighborhood of a target is not an unused argument", {
  x <- as.matrix(iris[1:60, 1:4])
  expect_silent(umap(x, target_n_neighbors = 15, n_epochs = 5, verbose = FALSE))
  settings <- umap_fit(x, n_epochs = 5)$settings
  expect_silent(do.call(umap, c(list(x), settings)))
  expect_warning(umap(x, target_n_neighbors = 9, n_epochs = 5), "no target `y`")
  expect_input_error(umap(x, y = dist(x)), "`y` must be numbers or categories")
})

test_that("a target is taken whatever its class, its names and its connections", {
  numbers <- structure(as.double(1:150), class = "of_some_package")
  fit <- function(y) umap_fit(iris[1:4], y = y, n_epochs = 2)$layout
  expect_identical(fit(numbers), fit(as.double(1:150)))
  expect_identical(fit(unname(iris["Species"])), fit(iris$Species))
  two <- list(iris$Species, iris$Sepal.Length > 5)
  expect_identical(fit(frame_of(list(s = two[[1]], s = two[[2]]), 150)), fit(data.frame(two)))
  con <- file(tempfile(), "w")
  on.exit(close(con))
  expect_input_error(umap(iris[1:4], y = con), "`y` must be numbers or categories, not .* file")
})
