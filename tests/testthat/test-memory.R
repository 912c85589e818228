with_limit <- function(bytes, code) {
  old <- options(unfurl.max_memory = bytes)
  on.exit(options(old))
  code
}

test_that("a run that needs more memory than there is does not begin", {
  x <- gaussian(200, 5)
  expect_error(with_limit(1e4, umap(x)), "memory are needed for 200 rows.*unfurl.max_memory",
    class = "unfurl_error_memory"
  )
  expect_error(with_limit(1e4, nearest_neighbors(x)), class = "unfurl_error_memory")
  expect_identical(with_limit(Inf, umap(x, n_epochs = 5)), umap(x, n_epochs = 5))
  expect_input_error(with_limit("much", umap(x)), "`unfurl.max_memory` must be a number of bytes")
})

test_that("the pairs of a `dist` need no memory of their own", {
  distance <- stats::dist(gaussian(200, 5))
  bytes <- fit_bytes(200, 0, 15, 2, FALSE) + thread_bytes(resolve_threads(NULL))
  for (use in list(umap, umap_fit)) {
    expect_error(with_limit(bytes / 2, use(distance)), class = "unfurl_error_memory")
  }
  expect_error(with_limit(1e4, nearest_neighbors(distance)), class = "unfurl_error_memory")
  expect_s3_class(with_limit(bytes + 1, umap(distance)), "umap_embedding")
  # More pairs than integers count.
  large <- structure(numeric(1), Size = 100000L, class = "dist")
  expect_input_error(umap(large), "`x` is not a valid `dist`")
})

test_that("predict(), queries and quality do not begin either without memory for them", {
  x <- gaussian(200, 5)
  model <- umap_fit(x, n_epochs = 2)
  uses <- list(
    function() predict(model, x),
    function() nearest_neighbors(x, query = x),
    function() embedding_quality(x, model),
    function() point_quality(x, model)
  )
  for (use in uses) {
    expect_error(
      with_limit(1e4, use()), "memory are needed for 200 rows and 15 neighbors",
      class = "unfurl_error_memory"
    )
  }
})

test_that("predict() from distances or neighbors, and neighbor_recall(), check memory too", {
  x <- gaussian(200, 5)
  model <- umap_fit(stats::dist(x), n_epochs = 2)
  across <- as.matrix(stats::dist(x))
  nn <- nearest_neighbors(x)
  of_rows <- umap_fit(x, n_epochs = 2)
  uses <- list(
    function() predict(model, across),
    function() predict(model, nn),
    function() predict(of_rows, nn),
    function() neighbor_recall(nn, x)
  )
  for (use in uses) {
    expect_error(
      with_limit(1e4, use()), "memory are needed for 200 rows and 15 neighbors",
      class = "unfurl_error_memory"
    )
  }
  expect_identical(with_limit(1e9, neighbor_recall(nn, x)), 1)
})

test_that("an initial layout of too many components is an error that names them", {
  graph <- digits_graph(60)
  error <- tryCatch(
    initial_layout(graph, "random", n_components = .Machine$integer.max),
    unfurl_error_memory = identity
  )
  expect_identical(error$argument, "n_components")
  expect_match(conditionMessage(error), "60 rows and 2,147,483,647 `n_components`, but only")
  expect_identical(layout_bytes(10, 7, 2), 32 * 7 + 26 * 10 * 2)
})

test_that("memory is checked before a data frame becomes a matrix, and before a model's scale", {
  x <- gaussian(200, 5)
  x[3, 2] <- NA # which is found when they are prepared
  frame <- as.data.frame(x)
  frame$text <- "a" # which is found when a matrix is made
  for (use in list(nearest_neighbors, function(x) embedding_quality(x, x))) {
    expect_error(
      with_limit(1e4, use(frame)), "are needed for 200 rows, but only 0.00001 GB",
      class = "unfurl_error_memory"
    )
    expect_input_error(use(frame), "must have numeric columns")
  }
  model <- umap_fit(gaussian(200, 5), scale = "z", n_epochs = 2)
  expect_error(with_limit(1e4, embedding_quality(x, model)), class = "unfurl_error_memory")
  expect_input_error(embedding_quality(x, model), "`x` holds a missing value")
})

test_that("memory is checked before columns are scaled or reduced", {
  x <- gaussian(200, 5)
  x[3, 2] <- NA # which is found when they are scaled
  expect_error(with_limit(1e4, umap(x, scale = "z")), class = "unfurl_error_memory")
  expect_input_error(with_limit(Inf, umap(x, scale = "z")), "`x` holds a missing value")
})

test_that("the estimates grow with all that needs memory", {
  expect_equal(fit_bytes(2000, 4e5, 15, 2, FALSE), 2 * fit_bytes(1000, 2e5, 15, 2, FALSE))
  expect_equal(fit_bytes(1000, 2e6, 15, 2, FALSE) - fit_bytes(1000, 2e5, 15, 2, FALSE), 1.8e6)
  expect_gt(fit_bytes(1000, 2e5, 30, 2, FALSE), fit_bytes(1000, 2e5, 15, 2, FALSE))
  expect_gt(fit_bytes(1000, 2e5, 15, 10, FALSE), fit_bytes(1000, 2e5, 15, 2, FALSE))
  expect_gt(fit_bytes(1000, 2e5, 15, 2, TRUE), fit_bytes(1000, 2e5, 15, 2, FALSE))
  expect_gt(quality_bytes(1000, 100, 2e5, 10), quality_bytes(1000, 100, 2e5, 0))
  expect_gt(thread_bytes(64), thread_bytes(2))
  # counts beyond the integers of R
  expect_gt(fit_bytes(2^31 - 1, 2^31 * 4000, 100, 2, TRUE), 2^31 * 8000)
})

test_that("scaled and reduced columns, and columns of a data frame, are counted as R copies them", {
  x <- gaussian(100, 20)
  expect_identical(prepared_bytes(x, NULL, NULL), 0)
  expect_identical(prepared_bytes(x, "none", NULL), 0)
  expect_identical(prepared_bytes(x, "z", NULL), 8 * 100 * 20)
  expect_identical(prepared_bytes(x, NULL, 5), 8 * 100 * 5)
  expect_identical(prepared_bytes(as.data.frame(x), "z", 5), 8 * 100 * (20 + 5))
})

test_that("rows take what they are made of", {
  expect_identical(row_bytes(matrix(0, 10, 17)), 10 * 32 * 4 + 10 * 17 * 8)
  expect_identical(row_bytes(matrix(0, 5000, 17), 3), 5000 * 16 * 4 + 4096 * 3 * 8)
  expect_identical(row_bytes(iris[1:4]), 150 * 16 * 4 + 150 * 4 * 8)
  expect_identical(row_bytes(matrix(as.raw(1), 10, 9)), 10 * 2 * 8)
  expect_identical(row_bytes(NULL), 0)
  # A matrix as wide as words or genes are many, filled only here and there.
  skip_if_not_installed("Matrix")
  wide <- Matrix::sparseMatrix(i = 1:3000, j = 1:3000 * 1000, x = 1, dims = c(3000, 3e6))
  expect_lt(row_bytes(wide), 1e6)
  expect_s3_class(with_limit(1e7, nearest_neighbors(wide[1:300, ], 5)), "umap_neighbors")
})

test_that("what the system says of memory is understood, and its silence too", {
  directory <- tempfile()
  dir.create(directory)
  path <- file.path(directory, "meminfo")
  writeLines(c("MemTotal: 100 kB", "MemAvailable:   2048 kB"), path)
  expect_identical(machine_memory(path), 2048 * 1024)
  expect_identical(machine_memory(file.path(directory, "none")), Inf)
  expect_identical(container_memory(directory), Inf)
  writeLines("5000", file.path(directory, "memory.max"))
  writeLines("1000", file.path(directory, "memory.current"))
  expect_identical(container_memory(directory), 4000)
  writeLines(c("file 700", "inactive_file 300", "slab 9"), file.path(directory, "memory.stat"))
  expect_identical(container_memory(directory), 4300)
  writeLines("max", file.path(directory, "memory.max"))
  expect_identical(container_memory(directory), Inf)
})
