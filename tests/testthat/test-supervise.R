# The formulas of umap-learn on dense matrices.

reconnect <- function(w) {
  w <- w / pmax(apply(w, 1, max), 1e-300)
  w + t(w) - w * t(w)
}

separate <- function(w, category, weight = 0.5) {
  unknown <- is.na(outer(category, category, paste)) |
    outer(is.na(category), is.na(category), "|")
  same <- outer(as.character(category), as.character(category), "==")
  reconnect(w * ifelse(unknown, exp(-1), ifelse(same, 1, exp(-2.5 / (1 - weight)))))
}

intersect_dense <- function(left, right, weight) {
  missing <- function(w) max(min(w[w > 0]) / 2, 1e-8)
  known <- left > 0 | right > 0
  left[left == 0] <- missing(left)
  right[right == 0] <- missing(right)
  value <- if (weight < 0.5) {
    left * right^(weight / (1 - weight))
  } else {
    left^((1 - weight) / weight) * right
  }
  reconnect(value * known)
}

iris_graph <- function() fuzzy_graph(nearest_neighbors(iris[1:4]))

test_that("categories separate as the formula says", {
  graph <- iris_graph()
  species <- iris$Species
  some <- replace(species, seq(1, 150, 4), NA)
  for (weight in c(0, 0.5, 0.9)) {
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
  for (weight in c(0, 0.3, 0.5, 0.8, 1)) {
    expected <- intersect_dense(dense(graph), dense(target), weight)
    got <- supervise_graph(graph, mtcars$mpg, target_weight = weight, target_n_neighbors = 10)
    expect_equal(dense(got), expected, tolerance = 1e-5)
    expect_identical(intersect_graphs(graph, target, weight), got)
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
  numeric <- umap_fit(x, y = as.numeric(digits$label[1:300]), n_neighbors = 8)
  expect_identical(
    numeric$graph,
    supervise_graph(
      fuzzy_graph(nearest_neighbors(x, 8)), as.numeric(digits$label[1:300]),
      target_n_neighbors = 8
    )
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
  y <- data.frame(label = digits$label[1:500], number = as.integer(digits$label[1:500]))
  fit <- function(n_threads) umap_fit(some_digits(500), y = y, n_epochs = 5, n_threads = n_threads)
  expect_identical(fit(1)[c("graph", "layout")], fit(3)[c("graph", "layout")])
})

test_that("bad targets are errors", {
  graph <- iris_graph()
  expect_input_error(umap(iris[1:4], y = iris$Species[-1]), "`y` must have one value per row, 150")
  expect_input_error(supervise_graph(graph, iris$Species, verbose = "zz"), "`verbose` must be TRUE")
  expect_input_error(supervise_graph(graph, NULL), "`y` must be a target, not NULL")
  expect_input_error(supervise_graph(graph, replace(iris[[1]], 3, NA)), "`y` must not have missing")
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
