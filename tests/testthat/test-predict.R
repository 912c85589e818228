places <- function(embedding) unname(as.matrix(embedding[grep("^UMAP", names(embedding))]))

# The fraction of rows whose label most of the 10 nearest rows of the model in the layout share.
placed_accuracy <- function(model, placed, label, truth) {
  nearest <- nearest_neighbors(model$layout, 10, query = places(placed))$idx
  vote <- apply(matrix(as.character(label)[nearest], nrow(nearest)), 1, function(votes) {
    names(which.max(table(votes)))
  })
  mean(vote == as.character(truth))
}

known <- rep(c(TRUE, TRUE, FALSE), 50)

# ---- Rows of the model --------------------------------------------------------------------------

test_that("rows of the model land on themselves, exactly", {
  twice <- rbind(iris[1:4], iris[c(5, 9), 1:4])
  first <- match(do.call(paste, twice), do.call(paste, twice))
  x <- as.matrix(twice)
  for (data in list(twice, x, x * 1e9, x > 3)) {
    model <- umap_fit(
      data, n_epochs = 20, metric = if (is.logical(data)) "jaccard" else "manhattan"
    )
    first <- match(do.call(paste, as.data.frame(data)), do.call(paste, as.data.frame(data)))
    expect_identical(places(predict(model, data)), model$layout[first, ])
  }
  model <- umap_fit(digits$pixels, n_epochs = 5)
  expect_identical(places(predict(model, digits$pixels)), model$layout)
})

test_that("so they do by any metric, scale and kind of data", {
  x <- some_digits(200)
  for (metric in setdiff(metrics, c("haversine", "mahalanobis", "seuclidean"))) {
    model <- umap_fit(x, metric = metric, n_epochs = 5)
    expect_identical(places(predict(model, x)), model$layout)
  }
  for (scale in scales) {
    model <- umap_fit(x, scale = scale, n_epochs = 5, pca = 20)
    expect_identical(places(predict(model, x)), model$layout)
  }
  model <- umap_fit(iris, metric = list(euclidean = 1:2, cosine = 3:4, categorical = 5))
  first <- match(do.call(paste, iris), do.call(paste, iris))
  expect_identical(places(predict(model, iris)), model$layout[first, ])
})

# ---- New rows -----------------------------------------------------------------------------------

test_that("new rows land among their like", {
  train <- seq_len(5000) %% 5 != 0
  model <- umap_fit(digits$pixels[train, ])
  placed <- predict(model, digits$pixels[!train, ])
  expect_s3_class(placed, c("umap_embedding", "data.frame"), exact = TRUE)
  expect_named(placed, c("UMAP1", "UMAP2"))
  label <- digits$label
  expect_gt(placed_accuracy(model, placed, label[train], label[!train]), 0.88)
})

test_that("places do not depend on the company, the threads or the instruction set", {
  train <- seq_len(1500)
  model <- umap_fit(digits$pixels[train, ], n_epochs = 30)
  new <- digits$pixels[1501:1700, ]
  placed <- places(predict(model, new))
  expect_identical(places(predict(model, new, n_threads = 1)), placed)
  expect_identical(places(predict(model, new, n_threads = 3)), placed)
  expect_identical(places(predict(model, new[200:1, ])), placed[200:1, ])
  for (i in c(1, 77, 200)) {
    expect_identical(places(predict(model, new[i, , drop = FALSE])), placed[i, , drop = FALSE])
  }
  Sys.setenv(UNFURL_ISA = "scalar")
  on.exit(Sys.unsetenv("UNFURL_ISA"))
  expect_identical(places(predict(model, new)), placed)
})

test_that("a row begins at the neighbor closest to the other neighbors", {
  model <- umap_fit(iris[known, 1:4])
  new <- iris[!known, 1:4]
  placed <- places(predict(model, new, n_epochs = 0))
  found <- nearest_neighbors(iris[known, 1:4], 15, query = new)
  for (i in seq_len(nrow(new))) {
    d <- found$dist[i, ]
    rho <- min(d[d > 0])
    sigma <- stats::uniroot(
      function(s) sum(exp(-pmax(0, d - rho) / s)) - log2(15), c(1e-3, 1e3), tol = 1e-10
    )$root
    weight <- exp(-pmax(0, d - rho) / sigma)
    at <- model$layout[found$idx[i, ], ]
    close <- colSums(weight / (1 + as.matrix(stats::dist(at))^2))
    expected <- if (d[1] == 0) at[1, ] else at[which.max(close), ]
    expect_equal(placed[i, ], expected)
  }
})

# The loss of a placed row: attraction to its neighbors, repulsion by all.
test_that("epochs lower the loss", {
  model <- umap_fit(some_digits(1000))
  new <- digits$pixels[1001:1200, ]
  found <- nearest_neighbors(some_digits(1000), 15, query = new)
  weight <- exp(-(found$dist - found$dist[, 1]) / apply(found$dist, 1, stats::sd))
  loss_of <- function(placed) {
    d2 <- outer(rowSums(placed^2), rowSums(model$layout^2), "+") - 2 * placed %*% t(model$layout)
    d2 <- pmax(d2, 1e-4)
    v <- 1 / (1 + model$curve[["a"]] * d2^model$curve[["b"]])
    near <- v[cbind(as.vector(row(found$idx)), as.vector(found$idx))]
    mean(rowSums(-weight * log(near))) - 5 * mean(rowSums(weight) * rowMeans(log(1 - v)))
  }
  start <- loss_of(places(predict(model, new, n_epochs = 0)))
  expect_lt(loss_of(places(predict(model, new))), start)
})

test_that("supervised models place new rows, better than others", {
  train <- seq_len(3000) %% 3 != 0
  x <- digits$pixels[1:3000, ]
  label <- digits$label[1:3000]
  accuracy <- function(model) {
    placed_accuracy(model, predict(model, x[!train, ]), label[train], label[!train])
  }
  plain <- accuracy(umap_fit(x[train, ]))
  supervised <- umap_fit(x[train, ], y = label[train])
  expect_gt(accuracy(supervised), plain)
  expect_identical(places(predict(supervised, x[train, ])), supervised$layout)
})

test_that("categories help to place rows", {
  model <- umap_fit(iris[known, ])
  placed <- predict(model, iris[!known, ])
  expect_identical(
    placed_accuracy(model, placed, iris$Species[known], iris$Species[!known]), 1
  )
  unknown <- iris[!known, ]
  unknown$Species[] <- NA
  expect_gt(
    placed_accuracy(model, predict(model, unknown), iris$Species[known], iris$Species[!known]), 0.9
  )
})

test_that("sparse rows are placed like dense ones", {
  skip_if_not_installed("Matrix")
  words <- with_seed(3, {
    topic <- rep(1:4, 100)
    matrix(
      stats::rpois(400 * 300, ifelse(rep(1:300 %% 4 + 1, each = 400) == topic, 0.4, 0.01)), 400
    )
  })
  topic <- rep(1:4, 100)
  train <- rep(c(TRUE, TRUE, TRUE, TRUE, FALSE), 80)
  sparse <- methods::as(words, "CsparseMatrix")
  for (metric in c("cosine", "hellinger")) {
    model <- umap_fit(sparse[train, ], metric = metric)
    expect_identical(places(predict(model, sparse[train, ])), model$layout)
    placed <- predict(model, sparse[!train, ])
    expect_gt(placed_accuracy(model, placed, topic[train], topic[!train]), 0.95)
  }
  expect_input_error(predict(model, words[!train, ]), "must be a sparse matrix")
  expect_input_error(predict(umap_fit(words[train, ]), sparse[!train, ]), "must be a dense matrix")
})

test_that("a metric that is an R function places rows, too", {
  city <- function(a, b) sum(abs(a - b))
  x <- as.matrix(iris[known, 1:4])
  model <- umap_fit(x, metric = city)
  placed <- predict(model, as.matrix(iris[!known, 1:4]))
  expect_gt(placed_accuracy(model, placed, iris$Species[known], iris$Species[!known]), 0.9)
})

# ---- Distances and neighbors -------------------------------------------------------------------

test_that("distances and neighbors stand in for rows", {
  x <- as.matrix(iris[1:4])
  all <- as.matrix(stats::dist(x))
  model <- umap_fit(x[known, ])
  by_rows <- predict(model, x[!known, ])
  cross <- all[!known, known]
  found <- nearest_neighbors(x[known, ], 15, query = x[!known, ])
  expect_equal(places(predict(model, found)), places(by_rows), tolerance = 1e-4)
  by_dist <- umap_fit(stats::as.dist(all[known, known]))
  expect_equal(places(predict(by_dist, cross)), places(predict(by_dist, found)), tolerance = 0.02)
  expect_identical(
    predict(by_dist, cross[3, , drop = FALSE])$UMAP1, predict(by_dist, cross)$UMAP1[3]
  )
  shuffled <- list(idx = found$idx[, 15:1], dist = found$dist[, 15:1])
  expect_identical(places(predict(model, shuffled)), places(predict(model, found)))
  expect_identical(
    places(predict(by_dist, all[known, known]))[1:3, ], by_dist$layout[1:3, ]
  )
})

test_that("distances to the rows of a model are sorted by index where they are equal", {
  cross <- round(as.matrix(stats::dist(iris[1:4])), 1)[!known, known]
  idx <- t(apply(cross, 1, order))[, 1:15]
  nearest <- list(idx = idx, dist = matrix(cross[cbind(c(row(idx)), c(idx))], nrow(idx)))
  model <- umap_fit(stats::dist(iris[known, 1:4]), n_epochs = 20)
  expect_identical(places(predict(model, cross)), places(predict(model, nearest)))
  far <- replace(cross, cross > 1, Inf)
  nearest$dist[nearest$dist > 1] <- Inf
  expect_identical(places(predict(model, far)), places(predict(model, nearest)))
})

# ---- Columns ------------------------------------------------------------------------------------

test_that("columns are found by name", {
  model <- umap_fit(iris[known, 1:4])
  placed <- predict(model, iris[!known, 1:4])
  expect_identical(predict(model, iris[!known, 5:1]), placed)
  expect_identical(places(predict(model, as.matrix(iris[!known, 4:1]))), places(placed))
  expect_identical(places(predict(model, unname(as.matrix(iris[!known, 1:4])))), places(placed))
  expect_input_error(
    predict(model, iris[!known, 2:4]), "all columns of the model, but lacks Sepal.Length"
  )
  expect_input_error(predict(model, unname(as.matrix(iris[1:3]))), "must have 4 columns")
  wrong <- transform(iris, Sepal.Width = as.character(Sepal.Width))
  expect_input_error(predict(model, wrong), "`newdata` must have numeric .* not: Sepal.Width\\.")
  expect_input_error(
    predict(model, replace(iris, cbind(2, 3), NA)), "`newdata` must not .* one in row 2,"
  )
  expect_input_error(predict(model, unlist(iris[1, 1:4])), "`newdata` must be a matrix")
  expect_input_error(predict(model, iris[0, ]), "`newdata` must have rows")
})

test_that("row names follow the new data", {
  model <- umap_fit(mtcars[1:20, ], n_neighbors = 5)
  expect_identical(rownames(predict(model, mtcars[21:32, ])), rownames(mtcars)[21:32])
  expect_identical(rownames(predict(model, as.matrix(mtcars[21:32, ]))), rownames(mtcars)[21:32])
  bare <- predict(model, unname(as.matrix(mtcars[21:32, ])))
  expect_identical(attr(bare, "row.names"), 1:12)
})

test_that("categories are matched", {
  model <- umap_fit(iris[known, ])
  other <- transform(iris[!known, ], Species = as.character(Species))
  expect_identical(predict(model, other), predict(model, iris[!known, ]))
  other$Species[1:2] <- "magnifica"
  expect_warning(placed <- predict(model, other), "not know, and that count as .*: magnifica\\.",
    class = "unfurl_warning"
  )
  other$Species[1:2] <- NA
  expect_identical(predict(model, other), placed)
  expect_input_error(predict(model, transform(iris, Species = 1)), "categories in column Species")
  expect_input_error(predict(model, iris[1:4]), "all columns of the model, but lacks Species")
})

test_that("models of a formula compute their columns", {
  model <- umap_fit(~ log(Petal.Width) + poly(Sepal.Length, 2) + Species, iris[known, ])
  placed <- predict(model, iris[known, ])
  first <- match(
    do.call(paste, iris[known, c(1, 4, 5)]), do.call(paste, iris[known, c(1, 4, 5)])
  )
  expect_identical(places(placed), model$layout[first, ])
  expect_input_error(
    predict(model, iris[!known, 2:5]), "variables of the formula, but lacks Sepal.Len"
  )
  expect_input_error(predict(model, as.matrix(iris[1:4])), "must be a data frame")

  without <- umap_fit(~ . - Sepal.Width, iris[known, 1:4])
  plain <- umap_fit(iris[known, c(1, 3, 4)])
  expect_identical(predict(without, iris[!known, -2])$UMAP1, predict(plain, iris[!known, ])$UMAP1)
  odd <- setNames(iris[1:2], c("a b", "c d"))
  model <- umap_fit(~ log(`a b`) + `c d`, odd[known, ])
  plain <- umap_fit(transform(iris[known, 1:2], Sepal.Length = log(Sepal.Length)))
  new <- transform(iris[!known, 1:2], Sepal.Length = log(Sepal.Length))
  expect_identical(predict(model, odd[!known, ])$UMAP1, predict(plain, new)$UMAP1)
})

test_that("variables of a formula are not found outside newdata", {
  model <- umap_fit(~ mpg + hp + letters, transform(mtcars, letters = cyl), n_epochs = 5)
  expect_input_error(predict(model, mtcars), "variables of the formula, but lacks letters")
})

test_that("numbers can be categories, and names that come twice are refused", {
  model <- umap_fit(iris, metric = list(euclidean = 1:2, categorical = "Petal.Width"))
  expect_silent(placed <- predict(model, iris[1:3, ]))
  expect_false(anyNA(placed))
  twice <- setNames(iris, names(iris)[c(1, 1, 3:5)])
  numbers <- setNames(iris[1:4], names(twice)[1:4])
  model <- umap_fit(numbers, n_epochs = 5)
  expect_false(anyNA(predict(model, numbers)))
  expect_input_error(predict(model, twice[1:3, ]), "of its own, not \"Sepal.Length\" twice")
})

# ---- Misuse -------------------------------------------------------------------------------------

test_that("misuse is an error", {
  model <- umap_fit(iris[known, 1:4], n_epochs = 10)
  expect_identical(predict(model), as.data.frame(model))
  expect_input_error(predict(model, iris, neighbours = 3), "must be empty")
  expect_input_error(predict(model, iris, n_epochs = -1), "`n_epochs`")
  expect_input_error(predict(model, iris, n_threads = 0), "`n_threads`")
  expect_input_error(
    predict(model, list(idx = matrix(101), dist = matrix(1))), "a whole number from 1 to 100: 101"
  )
  expect_input_error(predict(model, list(1)), "must be a list with the matrices")
  by_dist <- umap_fit(stats::dist(iris[known, 1:4]), n_epochs = 5)
  expect_input_error(predict(by_dist, iris[1:4]), "matrix of distances with a column for each")
  bad <- function(value) replace(matrix(1, 2, 100), 4, value)
  expect_input_error(predict(by_dist, bad(-1)), "a negative distance, -1, in row 2, column 2")
  expect_input_error(predict(by_dist, bad(NA)), "a missing distance, in row 2, column 2")
  mixed <- umap_fit(iris[known, ], n_epochs = 5)
  expect_input_error(predict(mixed, list(idx = matrix(1), dist = matrix(1))), "must be rows")
})

test_that("neighbor lists of other packages are taken for new rows", {
  x <- gaussian(100, 3)
  new <- gaussian(5, 3, seed = 2)
  model <- umap_fit(x, n_epochs = 5)
  found <- nearest_neighbors(x, 15, query = new)
  placed <- predict(model, found[c("idx", "dist")])
  for (names in neighbor_names) {
    expect_identical(predict(model, setNames(found[c("idx", "dist")], names)), placed)
  }
  holed <- function(index, distance) { # RANN's way is 0 and 1.3e154
    list(idx = cbind(found$idx, index), dist = cbind(found$dist, distance))
  }
  expect_identical(predict(model, holed(0L, 1.3e154)), predict(model, holed(NA, NA)))
})

test_that("rows that have nothing in common with the model have no place", {
  x <- with_seed(1, matrix(stats::runif(50 * 40) < 0.3, 50))
  x <- cbind(x, matrix(FALSE, 50, 3))
  model <- umap_fit(x, metric = "jaccard", n_neighbors = 5, n_epochs = 5)
  alien <- rbind(x[1, ], c(rep(FALSE, 40), TRUE, TRUE, TRUE))
  expect_warning(placed <- predict(model, alien), "1 row without any neighbor in the model: its co",
    class = "unfurl_warning"
  )
  expect_identical(is.na(placed$UMAP1), c(FALSE, TRUE))
})

test_that("a missing value is an error where the model scales or reduces the rows", {
  x <- as.matrix(iris[known, 1:4])
  new <- unname(as.matrix(iris[1:5, 1:4]))
  for (args in list(list(), list(scale = "z"), list(scale = "colrange"), list(pca = 2))) {
    model <- do.call(umap_fit, c(list(x, n_epochs = 2), args))
    expect_input_error(
      predict(model, replace(new, 7, NA)),
      "`newdata` holds a missing value \\(NA or NaN\\) in row 2, column 2"
    )
    expect_input_error(
      predict(model, replace(new, 8, Inf)), "`newdata` holds an infinite value in row 3, column 2"
    )
    expect_input_error(
      embedding_quality(replace(x, 5, NA), model), "`x` holds a missing value .* in row 5, column 1"
    )
  }
})

# ---- Far out ------------------------------------------------------------------------------------

# A row of iris with one value that is far out.
far_row <- function(value) replace(as.matrix(iris[77, 1:4]), 3, value)

test_that("rows too far out for single precision are an error that names them", {
  model <- umap_fit(iris[known, 1:4], n_epochs = 5)
  expect_true(all(is.finite(as.matrix(predict(model, far_row(1e18))))))
  for (value in c(1e25, -1e25, 1e150, 1e300, .Machine$double.xmax)) {
    new <- rbind(as.matrix(iris[1:2, 1:4]), far_row(value))
    expect_input_error(predict(model, new), "`newdata` has values in row 3 that are too large")
    expect_input_error(
      nearest_neighbors(iris[1:4], 5, query = new), "`query` has values in row 3 that are too large"
    )
  }
  for (args in list(list(scale = "z"), list(pca = 2), list(scale = "range", pca = 2))) {
    model <- do.call(umap_fit, c(list(iris[known, 1:4], n_epochs = 5), args))
    for (value in c(1e25, 1e300, -.Machine$double.xmax)) {
      expect_input_error(
        predict(model, far_row(value)), "`newdata` has values in row 1 that are too large"
      )
    }
  }
})

test_that("rows that count by directions, ranks or shares may be of any size", {
  for (metric in c("cosine", "correlation", "spearman", "hellinger", "jensenshannon")) {
    model <- umap_fit(iris[known, 1:4], metric = metric, n_epochs = 5)
    place <- predict(model, far_row(1e20))
    expect_true(all(is.finite(as.matrix(place))))
    for (value in c(1e150, 1e300, .Machine$double.xmax)) {
      expect_identical(predict(model, far_row(value)), place)
    }
  }
  by_sum <- umap_fit(iris[known, 1:4], metric = "manhattan", n_epochs = 5)
  expect_true(all(is.finite(as.matrix(predict(by_sum, far_row(1e25))))))
})

test_that("a function that only the fit saw is an error that names the remedy", {
  model <- local({
    only_here <- function(x) x^2
    umap_fit(~ only_here(mpg) + hp, mtcars, n_epochs = 5)
  })
  expect_input_error(
    predict(model, mtcars),
    "must give the columns .* only_here\\(mpg\\) fails: .*define only_here\\(\\)"
  )
})

test_that("n_epochs without newdata is an error", {
  model <- umap_fit(iris[known, 1:4], n_epochs = 5)
  expect_input_error(
    predict(model, n_epochs = 3), "`n_epochs` must be NULL without `newdata`, not 3"
  )
})

test_that("columns chosen by name are not taken by place", {
  x <- as.matrix(iris[1:4])
  model <- umap_fit(x, metric = list(euclidean = 1:2, manhattan = 3:4), n_epochs = 5)
  expect_input_error(predict(model, unname(x)), "`newdata` must have column names")
  expect_identical(as.matrix(predict(model, x)), as.matrix(predict(model, x[, 4:1])))
})
