# Sparse matrices and packed bits give what the filled matrix gives.

sparse_metrics <- setdiff(metrics, c(
  "seuclidean", "mahalanobis", "spearman", "jensenshannon", "symmetric_kl", "haversine"
))

# About one value in ten is not zero; some rows and columns are empty.
sparse_values <- function(n = 150, d = 40) {
  x <- with_seed(3, matrix(round(stats::rexp(n * d), 2) * stats::rbinom(n * d, 1, 0.1), n))
  x[c(5, 9), ] <- 0
  x[, 3] <- 0
  x
}

# The slots of a sparse matrix, without the package.
as_sparse <- function(x, class = "dgCMatrix") {
  by_rows <- class %in% c("dgRMatrix", "lgRMatrix", "ngRMatrix")
  by_major <- if (by_rows) t(x) else x
  at <- which(is.na(by_major) | by_major != 0, arr.ind = TRUE)
  n_major <- if (by_rows) nrow(x) else ncol(x)
  slots <- list(
    p = as.integer(c(0, cumsum(tabulate(at[, 2], n_major)))), Dim = dim(x),
    Dimnames = list(rownames(x), colnames(x))
  )
  slots[[if (by_rows) "j" else "i"]] <- as.integer(at[, 1] - 1L)
  values <- by_major[at]
  if (substr(class, 1, 1) == "d") slots$x <- as.double(values)
  if (substr(class, 1, 1) == "l") slots$x <- as.logical(values)
  s4_object(class, slots)
}

s4_object <- function(class, slots) {
  object <- asS4(structure(NA, class = structure(class, package = "Matrix")))
  for (name in names(slots)) attr(object, name) <- slots[[name]]
  object
}

expect_same_neighbors <- function(got, wanted, tolerance = 1e-5) {
  expect_equal(got$dist, wanted$dist, tolerance = tolerance)
  # Ties may fall otherwise by a rounding, and among bits there are many.
  expect_gt(mean(got$idx == wanted$idx), 0.85)
}

test_that("sparse matrices give the neighbors of filled ones in every metric that admits them", {
  x <- sparse_values()
  rownames(x) <- paste("row", seq_len(nrow(x)))
  for (metric in setdiff(sparse_metrics, "tsss")) {
    filled <- nearest_neighbors(x, 8, metric)
    for (class in c("dgCMatrix", "dgRMatrix")) {
      sparse <- nearest_neighbors(as_sparse(x, class), 8, metric)
      expect_same_neighbors(sparse, filled)
      expect_identical(rownames(sparse$idx), rownames(x))
    }
  }
  some <- x[rowSums(x) > 0, ]
  expect_same_neighbors(
    nearest_neighbors(as_sparse(some), 8, "tsss"), nearest_neighbors(some, 8, "tsss"), 1e-4
  )
})

test_that("rows of a sparse matrix are rows of the filled one", {
  x <- sparse_values()
  dimnames(x) <- list(paste("row", seq_len(nrow(x))), NULL)
  rows <- c(1L, 5L, 7:9, 150L)
  for (class in c("dgCMatrix", "dgRMatrix")) {
    expect_true(identical(matrix_rows(as_sparse(x, class), rows), as_sparse(x[rows, ], class)))
  }
  for (class in c("lgCMatrix", "ngCMatrix", "lgRMatrix", "ngRMatrix")) {
    taken <- matrix_rows(as_sparse(x != 0, class), rows)
    expect_true(identical(taken, as_sparse(x[rows, ] != 0, class)))
  }
  expect_identical(matrix_rows(x, rows), x[rows, ])
})

test_that("the recall of a model of sparse rows that repeat is measured", {
  x <- sparse_values(40, 12)[rep(1:40, 6), ]
  model <- umap_fit(as_sparse(x), n_neighbors = 5, n_epochs = 2)
  expect_identical(summary(model, data = as_sparse(x))$recall, 1)
})

test_that("values that are only TRUE or only there are read", {
  x <- sparse_values() != 0
  for (metric in c("euclidean", "cosine", "jaccard", "hamming")) {
    filled <- nearest_neighbors(x + 0, 8, metric)
    for (class in c("lgCMatrix", "ngCMatrix", "lgRMatrix", "ngRMatrix")) {
      expect_same_neighbors(nearest_neighbors(as_sparse(x, class), 8, metric), filled)
    }
  }
})

test_that("matrices of the package Matrix are taken", {
  skip_if_not_installed("Matrix")
  x <- sparse_values()
  expect_identical(
    nearest_neighbors(Matrix::Matrix(x, sparse = TRUE), 8, "cosine"),
    nearest_neighbors(as_sparse(x), 8, "cosine")
  )
})

test_that("packed bits are the rows that they pack", {
  x <- sparse_values(100, 75) != 0
  packed <- t(apply(cbind(x, matrix(FALSE, 100, 5)), 1, packBits))
  wide <- cbind(x, matrix(FALSE, 100, 5))
  for (metric in c("hamming", "jaccard", "dice", "yule", "russellrao")) {
    expect_identical(nearest_neighbors(packed, 8, metric), nearest_neighbors(wide, 8, metric))
  }
})

test_that("sparse data are searched by approximation, queried and embedded", {
  x <- rbind(sparse_values(2000, 60), sparse_values(1000, 60) * 2)
  sparse <- as_sparse(x)
  for (metric in c("cosine", "manhattan", "jaccard")) {
    nn <- nearest_neighbors(sparse, 10, metric, "nndescent")
    expect_identical(nn$method, "nndescent")
    expect_gt(neighbor_recall(nn, sparse), 0.9)
    expect_identical(nearest_neighbors(sparse, 10, metric, "nndescent", n_threads = 3), nn)
  }
  query <- sparse_values(20, 60)
  expect_equal(
    nearest_neighbors(sparse, 5, "cosine", query = as_sparse(query))$dist,
    nearest_neighbors(x, 5, "cosine", query = query)$dist,
    tolerance = 1e-5
  )
  some <- as_sparse(sparse_values())
  expect_identical(dim(umap(some, metric = "cosine", init = "pca", n_epochs = 10)), c(150L, 2L))
  expect_identical(
    dim(umap(sparse_values() != 0, metric = "jaccard", n_neighbors = 5, n_epochs = 10)), c(150L, 2L)
  )
  expect_equal(
    embedding_quality(some, umap(sparse_values(), n_epochs = 10)),
    embedding_quality(sparse_values(), umap(sparse_values(), n_epochs = 10))
  )
})

test_that("what sparse matrices cannot be is an error", {
  x <- sparse_values()
  for (metric in setdiff(metrics, c(sparse_metrics, "haversine"))) {
    expect_input_error(nearest_neighbors(as_sparse(x), 5, metric), "`x` is a sparse matrix")
  }
  bad <- x
  bad[7, 11] <- NA
  expect_input_error(nearest_neighbors(as_sparse(bad), 5), "missing value.*row 7, column 11")
  expect_input_error(nearest_neighbors(as_sparse(bad, "dgRMatrix"), 5), "row 7, column 11")
  bad[7, 11] <- -1
  expect_input_error(nearest_neighbors(as_sparse(bad), 5, "hellinger"), "row 7, column 11")
  broken <- as_sparse(x)
  attr(broken, "i")[3] <- 1000L
  expect_input_error(nearest_neighbors(broken, 5), "must be a valid dgCMatrix, but its slots")
  attr(broken, "i") <- 3L
  expect_input_error(nearest_neighbors(broken, 5), "must be a valid dgCMatrix, but its slots")
  for (class in c("dgCMatrix", "ngCMatrix", "dgRMatrix")) {
    duplicated <- as_sparse(x, class)
    slot <- if (class == "dgRMatrix") "j" else "i"
    attr(duplicated, slot)[2] <- attr(duplicated, slot)[1]
    expect_input_error(
      nearest_neighbors(duplicated, 5), paste0(class, ", not one with two entries")
    )
    attr(duplicated, slot)[1:2] <- rev(attr(as_sparse(x, class), slot)[1:2])
    attr(duplicated, slot)[3] <- attr(duplicated, slot)[1] # not side by side
    expect_input_error(nearest_neighbors(duplicated, 5), "two entries for the same place")
  }
  turned <- as_sparse(x)
  attr(turned, "i")[1:2] <- attr(turned, "i")[2:1]
  attr(turned, "x")[1:2] <- attr(turned, "x")[2:1]
  expect_identical(nearest_neighbors(turned, 5), nearest_neighbors(as_sparse(x), 5))
  packed <- t(apply(x[, 1:40] != 0, 1, packBits))
  expect_input_error(nearest_neighbors(packed, 5), "packed.*\"euclidean\" cannot compare")
  expect_input_error(nearest_neighbors(x, 5, query = as_sparse(x)), "must be a dense matrix")
})

test_that("other classes of Matrix are refused with a remedy that works", {
  skip_if_not_installed("Matrix")
  x <- Matrix::forceSymmetric(Matrix::Matrix(diag(20) + 1, sparse = TRUE))
  expect_input_error(umap(x), "as\\(as\\(x, \"CsparseMatrix\"\\), \"generalMatrix\"\\)")
  converted <- methods::as(methods::as(x, "CsparseMatrix"), "generalMatrix")
  expect_identical(check_data(converted), converted)
})

test_that("a sparse matrix is not a target", {
  expect_input_error(umap(iris[1:4], y = as_sparse(diag(150))), "`y` must be numbers or categories")
})

test_that("sparse rows of any size keep their directions", {
  x <- sparse_values(60)[-(1:9), ]
  huge <- x * c(1, 2^700, 2^-700)
  for (metric in c("cosine", "correlation", "hellinger")) {
    known <- nearest_neighbors(as_sparse(x), 5, metric)
    expect_identical(nearest_neighbors(as_sparse(huge), 5, metric), known)
    found <- nearest_neighbors(as_sparse(x), 5, metric, query = as_sparse(huge))
    same <- nearest_neighbors(as_sparse(x), 5, metric, query = as_sparse(x))
    expect_identical(found$idx, same$idx)
  }
  for (query in list(x * 1e25, x * 1e300)) {
    expect_input_error(
      nearest_neighbors(as_sparse(x), 5, query = as_sparse(query)),
      "`query` has values in row 1 that are too large"
    )
  }
  x[7, 8] <- 1e60
  expect_unfurl_warning(nearest_neighbors(as_sparse(x), 5), "other rows, the first of them 1,")
})

test_that("rows that share few columns are compared with all, however many", {
  rare <- with_seed(5, matrix(stats::rbinom(2100 * 300, 1, 0.02), 2100))
  nn <- nearest_neighbors(as_sparse(rare), 5, "cosine")
  expect_identical(nn[c("method", "recall")], list(method = "exact", recall = 1))
  usual <- with_seed(5, matrix(stats::rexp(2100 * 60), 2100))
  nn <- nearest_neighbors(as_sparse(usual), 5, "cosine")
  expect_identical(nn$method, "nndescent")
  expect_gt(nn$recall, 0.94)
})

# ---- Without the package Matrix -----------------------------------------------------------------

# Runs `code` in a fresh process, where `x` is a sparse matrix, and warnings are errors. The lines
# that it prints.
in_fresh_process <- function(code) {
  file <- tempfile(fileext = ".R")
  data <- tempfile(fileext = ".rds")
  on.exit(unlink(c(file, data)))
  saveRDS(as_sparse(sparse_values(60, 70)[-9, ]), data)
  setup <- sprintf("x <- readRDS(\"%s\")", normalizePath(data, "/"))
  writeLines(c("options(warn = 2)", "library(unfurl)", setup, code), file)
  rscript <- file.path(R.home("bin"), "Rscript")
  libraries <- paste0("R_LIBS=", paste(.libPaths(), collapse = .Platform$path.sep))
  out <- suppressWarnings(
    system2(rscript, c("--vanilla", shQuote(file)), TRUE, TRUE, env = libraries)
  )
  expect_null(attr(out, "status"), info = paste(out, collapse = "\n"))
  out
}

uses_of_sparse <- c(
  "set <- function(...) list(n_neighbors = 5, n_epochs = 2, ...)",
  "one <- do.call(umap, c(list(x), set()))",
  "model <- do.call(umap_fit, c(list(x), set()))",
  "same <- identical(predict(model, x)$UMAP1, one$UMAP1)",
  "nn <- nearest_neighbors(x, 5, \"cosine\")",
  "near <- nearest_neighbors(x, 5, query = x)",
  "quality <- embedding_quality(x, model, k = 3)",
  "wrong <- vapply(list(",
  "  quote(umap(x, init = \"pca\", n_components = 80)), quote(umap(x, scale = \"z\")),",
  "  quote(umap(x, metric = list(euclidean = 1))), quote(umap(iris[1:4], labels = x)),",
  "  quote(umap(iris[1:4], init = x)), quote(umap(iris[1:4], y = x))",
  "), function(call) inherits(tryCatch(eval(call), error = identity), \"unfurl_error_input\"), NA)",
  "cat(same, all(wrong), \"package:Matrix\" %in% search(), isNamespaceLoaded(\"Matrix\"))"
)

test_that("a sparse matrix neither attaches nor loads the package Matrix", {
  skip_on_cran()
  expect_identical(in_fresh_process(uses_of_sparse), "TRUE TRUE FALSE FALSE")
})

test_that("a sparse matrix where none belongs is an error of the package, and attaches nothing", {
  skip_on_cran()
  calls <- c(
    "fuzzy_graph(x)", "smooth_knn(x)", "local_dimension(x)", "neighbor_recall(x, x)",
    "nearest_neighbors(x, query = x, neighbors = x)", "umap(~., x)", "umap(list(x, x))",
    "umap(list(idx = x, dist = x))", "umap(x, y = list(x, x))", "umap(x, y = x)",
    "umap(x, optimizer_args = x)", "umap(iris[1:4], metric = list(euclidean = x))",
    "umap(iris[1:4], metric = \"mahalanobis\", metric_kwds = list(cov = x))",
    "predict(model, list(x, x))", "as.data.frame(model, row.names = x)",
    "embedding_quality(iris[1:4], x)", "supervise_graph(graph, x)",
    "initial_layout(graph, x)", "optimize_layout(graph, x)", "layout_loss(graph, x)",
    "plot(embedding, x)", "plot(embedding, limits = x)", "mnist(\".\", x)"
  )
  out <- in_fresh_process(c(
    "model <- umap_fit(iris[1:4], n_epochs = 2); embedding <- as.data.frame(model)",
    "graph <- model$graph; grDevices::pdf(NULL)",
    sprintf("calls <- expression(%s)", toString(calls)),
    "is_refused <- vapply(calls, function(call) {",
    "  inherits(tryCatch(eval(call), error = identity), \"unfurl_error_input\")",
    "}, NA)",
    "cat(sum(!is_refused), isNamespaceLoaded(\"Matrix\"))"
  ))
  expect_identical(out, "0 FALSE")
})

test_that("a sparse matrix needs no package Matrix, and none is looked for", {
  skip_on_cran()
  # The same object, of a package that is not there.
  rename <- c(
    "class <- attr(x, \"class\")", "attr(class, \"package\") <- \"package.that.is.nowhere\"",
    "attr(x, \"class\") <- class"
  )
  expect_identical(in_fresh_process(c(rename, uses_of_sparse)), "TRUE TRUE FALSE FALSE")
})

test_that("another class of the package Matrix is an error with a remedy, and nothing is loaded", {
  skip_on_cran()
  out <- in_fresh_process(c(
    "class <- attr(x, \"class\")", "class[1] <- \"dgTMatrix\"", "attr(x, \"class\") <- class",
    "for (f in list(umap, umap_fit, nearest_neighbors)) cat(tryCatch(f(x), error = function(e) {",
    "  paste(inherits(e, \"unfurl_error_input\"), e$argument, e$hint)",
    "}), \"\\n\")",
    "cat(isNamespaceLoaded(\"Matrix\"))"
  ))
  remedy <- paste(
    "TRUE x Convert it: as(as(x, \"CsparseMatrix\"), \"generalMatrix\"),",
    "or as.matrix(x) when it is dense. "
  )
  expect_identical(out, c(rep(remedy, 3), "FALSE"))
})
