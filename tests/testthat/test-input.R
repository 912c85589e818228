# What is a graph or a distance, and not data.

# A model of its own graph, and that graph as a sparse matrix.
graph_of_digits <- function(n = 200) {
  model <- umap_fit(some_digits(n), n_epochs = 20)
  edges <- model$graph
  list(model = model, matrix = Matrix::sparseMatrix(
    edges$row, edges$col, x = edges$similarity, dims = c(n, n)
  ))
}

# ---- Graphs -------------------------------------------------------------------------------------

test_that("a graph gives the layout of the data that it was made of", {
  skip_if_not_installed("Matrix")
  given <- graph_of_digits()
  layout <- given$model$layout
  m <- given$matrix
  forms <- list(
    m, Matrix::forceSymmetric(m, "L"), Matrix::forceSymmetric(m, "U"), m + Matrix::Diagonal(200),
    as(m, "RsparseMatrix"), given$model
  )
  for (form in forms) {
    expect_identical(umap_fit(form, n_epochs = 20, input = "graph")$layout, layout)
    expect_identical(
      optimize_layout(form, initial_layout(form), n_epochs = 20),
      optimize_layout(given$model, initial_layout(given$model), n_epochs = 20)
    )
  }
  expect_no_warning(by_class <- umap_fit(given$model$graph, n_epochs = 20))
  expect_identical(by_class$layout, layout)
  expect_identical(layout_loss(m, layout), layout_loss(given$model, layout))
})

test_that("a graph of Seurat is known by its class, whether its package is there or not", {
  skip_if_not_installed("Matrix")
  given <- graph_of_digits()
  graph <- given$matrix
  attr(graph, "class") <- structure("Graph", package = "SeuratObject")
  dimnames <- list(paste0("cell", 1:200), paste0("cell", 1:200))
  attr(graph, "Dimnames") <- dimnames
  expect_no_warning(embedding <- umap(graph, n_epochs = 20))
  expect_identical(unname(as.matrix(embedding)), given$model$layout)
  expect_identical(rownames(embedding), dimnames[[1]])
  expect_identical(initial_layout(graph), initial_layout(given$model))
})

test_that("a model of a graph is printed, summarized and drawn, and says why it cannot predict", {
  graph <- digits_graph(100)
  model <- umap_fit(graph, n_epochs = 5, labels = digits$label[1:100])
  expect_identical(model$graph, graph)
  expect_null(model$neighbors)
  expect_output(print(model), "neighbors  graph, given")
  expect_output(print(summary(model)), "The graph was given")
  expect_identical(dim(as.data.frame(model)), c(100L, 3L))
  expect_output(print(as.data.frame(model)), "graph, min_dist 0.1, 5 epochs")
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_silent(plot(model, connectivity = TRUE))
  expect_silent(plot(model, diagnostic = "trustworthiness", data = some_digits(100)))
  expect_input_error(plot(model, diagnostic = "local_dimension"), "this one keeps none")
  expect_input_error(predict(model, some_digits(3)), "not of a graph, as new rows cannot be")
  expect_identical(predict(model), as.data.frame(model))
  expect_gt(embedding_quality(some_digits(100), model, k = 5)$trustworthiness, 0.7)
  expect_input_error(summary(model, some_digits(100)), "`data` must be left out")
})

test_that("a target supervises a graph", {
  graph <- digits_graph(150)
  label <- factor(digits$label[1:150])
  expect_identical(umap_fit(graph, y = label, n_epochs = 2)$graph, supervise_graph(graph, label))
})

test_that("a warning names what has no effect on a graph", {
  graph <- digits_graph(50)
  expect_unfurl_warning(umap(graph, n_neighbors = 5, n_epochs = 2), "`n_neighbors` has no effect")
  expect_unfurl_warning(
    umap(graph, metric = "cosine", scale = "z", n_epochs = 2), "`metric`, `scale` have no effect"
  )
  expect_unfurl_warning(
    umap(graph, bandwidth = 2, duplicates = "merge", n_epochs = 2),
    "`duplicates`, `bandwidth` have no effect"
  )
  expect_no_warning(umap(graph, y = gaussian(50, 1), bandwidth = 2, n_epochs = 2))
  expect_input_error(umap(graph, init = "pca"), "`init` can be \"pca\" only when")
})

test_that("what cannot be a graph is an error", {
  skip_if_not_installed("Matrix")
  m <- graph_of_digits(50)$matrix
  expect_refused <- function(x, regexp) expect_input_error(umap(x, input = "graph"), regexp)
  expect_refused(m[, 1:40], "`x` must be a square matrix .*50 rows and 40 columns")
  expect_refused(3 * m, "at most 1. Divide them by their maximum")
  expect_refused(-m, "greater than 0 \\(at least 2\\^-149\\) and at most 1.$")
  uneven <- m
  uneven@x[5] <- uneven@x[5] / 2
  expect_refused(uneven, "must be symmetric to be a graph. The fuzzy union .*x \\+ t\\(x\\) - x")
  union <- uneven + Matrix::t(uneven) - uneven * Matrix::t(uneven)
  expect_no_error(umap(union, input = "graph", n_epochs = 2))
  expect_refused(as(Matrix::triu(m), "generalMatrix"), "must be symmetric")
  expect_refused(Matrix::triu(m), "not an object of class dtCMatrix. A sparse matrix must be a dgC")
  expect_refused(as.matrix(m), "A symmetric matrix must be sparse")
  broken <- m
  attr(broken, "i") <- broken@i + 100L
  expect_refused(broken, "must be a valid dgCMatrix")
  expect_refused(stats::dist(1:9), "columns row, col and similarity, not")
})

# ---- Distances ----------------------------------------------------------------------------------

test_that("a square matrix of distances is that of a `dist`", {
  d <- stats::dist(some_digits(100))
  square <- as.matrix(d)
  expect_identical(nearest_neighbors(square, 10, input = "distance"), nearest_neighbors(d, 10))
  expect_identical(umap(square, input = "distance", n_epochs = 5), umap(d, n_epochs = 5))
  expect_identical(umap(d, input = "distance", n_epochs = 5), umap(d, n_epochs = 5))
  larger <- as.matrix(stats::dist(gaussian(600, 2)))
  expect_identical(c(given_distances(larger, 5, "k")), c(stats::as.dist(larger)))
  expect_input_error(
    umap(replace(larger, 300 * 600 + 350, 99), input = "distance"), "has 99 .* points 301 and 350"
  )
  cars <- umap(as.matrix(dist(mtcars)), input = "distance", n_epochs = 5)
  expect_identical(cars, umap(dist(mtcars), n_epochs = 5))
  model <- umap_fit(square, input = "distance", n_epochs = 5)
  expect_identical(predict(model, square[1:5, ]), predict(umap_fit(d, n_epochs = 5), square[1:5, ]))
})

test_that("a sparse matrix of distances lists the neighbors of each row", {
  skip_if_not_installed("Matrix")
  x <- some_digits(150)
  known <- nearest_neighbors(x, 20)
  m <- Matrix::sparseMatrix(
    rep(1:150, 19), c(known$idx[, -1]), x = c(known$dist[, -1]), dims = c(150, 150)
  )
  few <- nearest_neighbors(x, 10)
  for (form in list(m, as(m, "RsparseMatrix"))) {
    found <- nearest_neighbors(form, 10, input = "distance")
    expect_identical(unclass(found)[c("idx", "dist")], unclass(few)[c("idx", "dist")])
    model <- umap_fit(form, n_neighbors = 10, input = "distance", n_epochs = 5)
    expect_identical(model$graph, fuzzy_graph(few))
  }
  expect_warning(most <- nearest_neighbors(m, 40, input = "distance"), "`k` is 40 .*: using 20",
    class = "unfurl_warning_reduced"
  )
  expect_identical(most$idx, known$idx)
  m[3, ] <- 0 # missing
  expect_identical(
    nearest_neighbors(m, 5, input = "distance")$idx[3, ], c(3L, NA, NA, NA, NA)
  )
})

test_that("what cannot be distances is an error", {
  d <- as.matrix(dist(1:20))
  for (f in list(umap, nearest_neighbors)) {
    refused <- function(x, regexp) expect_input_error(f(x, input = "distance"), regexp)
    refused(d + 1, "`x` must have a diagonal of zeros .* has 1 in row 1. .*similarities")
    refused(replace(d, 3, 9), "must be symmetric to be distances, but has 9 and 2 for points 1 and")
    refused(replace(d, 3, NA), "must be symmetric to be distances, but has NA and 2 for points")
    refused(d[, 1:9], "must be a square matrix of distances")
    refused(list(1), "must be a square matrix of distances")
    refused(-d, "`x` holds a negative distance, -1, between points 1 and 2")
    refused(replace(d, c(3, 41), NA), "`x` holds a missing distance, between points 1 and 3")
  }
  expect_input_error(nearest_neighbors(d, query = d, input = "distance"), "`query` must be NULL")
  skip_if_not_installed("Matrix")
  m <- as(as(d, "CsparseMatrix"), "generalMatrix")
  expect_input_error(umap(-m, input = "distance"), "a negative distance, -1, in row 2, column 1")
  expect_input_error(umap(exp(-d), input = "distance"), "diagonal of zeros")
})

# ---- What looks like them -----------------------------------------------------------------------

expect_pairs_warning <- function(code) {
  expect_warning(code, "looks like", class = "unfurl_warning_input")
}

test_that("a matrix that looks like one of pairs is data, with a warning", {
  d <- as.matrix(dist(some_digits(100)))
  expect_pairs_warning(embedding <- umap(d, n_epochs = 2))
  expect_no_warning(as_data <- umap(d, n_epochs = 2, input = "data"))
  expect_identical(embedding, as_data)
  warning <- tryCatch(nearest_neighbors(d), unfurl_warning_input = identity)
  expect_match(warning$hint, "input = \"distance\" if it holds distances")
  expect_no_match(warning$hint, "graph")
  skip_if_not_installed("Matrix")
  m <- graph_of_digits(100)$matrix
  names <- list(letters[1:10], letters[1:10])
  named <- Matrix::sparseMatrix(1:10, 10:1, x = 1:10, dimnames = names)
  for (like in list(m, m + Matrix::Diagonal(100), as(m, "RsparseMatrix"), m != 0, named)) {
    expect_true(looks_like_pairs(like))
  }
  expect_pairs_warning(umap(m, n_epochs = 2))
  expect_no_warning(umap(m, n_epochs = 2, input = "data"))
  expect_input_error(umap(Matrix::forceSymmetric(m)), "input = \"graph\" if it holds similarities")
})

test_that("other square matrices are data without a word", {
  square <- gaussian(50, 50)
  covariance <- stats::cov(square)
  others <- list(square, covariance, diag(50), matrix(0, 50, 50), some_digits(784), -dist(1:9))
  for (x in others) expect_false(looks_like_pairs(x))
  skip_if_not_installed("Matrix")
  sparse <- function(x) as(as(x, "CsparseMatrix"), "generalMatrix")
  binary <- with_seed(1, sparse(matrix(stats::rbinom(2500, 1, 0.1), 50)))
  for (x in list(binary, sparse(square), sparse(matrix(0, 50, 50)), sparse(diag(50)))) {
    expect_false(looks_like_pairs(x))
  }
  expect_no_warning(umap(square, n_epochs = 2))
})
