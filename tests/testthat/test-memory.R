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
  without <- estimate_memory(200, 0, 15)
  for (use in list(umap, umap_fit, nearest_neighbors)) {
    expect_error(with_limit(without / 2, use(distance)), class = "unfurl_error_memory")
  }
  expect_s3_class(with_limit(without + 1, umap(distance)), "umap_embedding")
  # More pairs than integers count.
  large <- structure(numeric(1), Size = 100000L, class = "dist")
  expect_input_error(umap(large), "`x` is no proper `dist`")
})

test_that("the estimate grows with all that needs memory", {
  base <- estimate_memory(1000, 2e5, 15)
  expect_equal(estimate_memory(2000, 4e5, 15), 2 * base)
  expect_equal(estimate_memory(1000, 2e6, 15), base + 1.8e6)
  expect_gt(estimate_memory(1000, 2e5, 30), base)
  expect_gt(estimate_memory(1000, 2e5, 15, 10), base)
  # counts beyond the integers of R
  expect_gt(estimate_memory(2^31 - 1, 2^31 * 4000, 100), 2^31 * 4000)
})

test_that("rows take what they are made of", {
  expect_identical(row_bytes(matrix(0, 10, 17)), 10 * 32 * 4)
  expect_identical(row_bytes(iris[1:4]), 150 * 16 * 4)
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
