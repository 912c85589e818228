# Plain R versions of what C computes, and small data.

# Skips a test that takes seconds, and says why it does, where only quick ones are wanted: in
# `Rscript tools/test.R` without --all.
skip_if_quick <- function(reason) {
  skip_if(identical(Sys.getenv("UNFURL_TESTS"), "quick"), paste("slow:", reason))
}

expect_input_error <- function(object, regexp) {
  expect_error(object, regexp, class = "unfurl_error_input")
}

common_metrics <- c("euclidean", "manhattan", "cosine", "correlation")

some_digits <- function(n) digits$pixels[seq_len(n), ]

with_seed <- function(seed, code) {
  set.seed(seed)
  code
}

gaussian <- function(n, d, seed = 1) with_seed(seed, matrix(stats::rnorm(n * d), n))

# `n` points around each of `centers` far corners.
blobs <- function(centers, n, d = 10, apart = 100, seed = 1) {
  gaussian(centers * n, d, seed) + apart * diag(centers)[rep(seq_len(centers), each = n), rep_len(
    seq_len(centers), d
  )]
}

distances <- function(x, metric = "euclidean") {
  unit <- function(x) x / sqrt(rowSums(x^2))
  switch(metric,
    cosine = 1 - tcrossprod(unit(x)),
    correlation = 1 - tcrossprod(unit(x - rowMeans(x))),
    as.matrix(stats::dist(x, metric))
  )
}

# By a function of two rows.
all_distances <- function(x, f) {
  n <- nrow(x)
  matrix(vapply(seq_len(n * n), function(p) {
    f(x[(p - 1) %% n + 1, ], x[(p - 1) %/% n + 1, ])
  }, 0), n)
}

# The k nearest by a matrix of distances: self first, ties by index.
nearest_by <- function(distance, k) {
  diag(distance) <- -Inf
  unname(t(apply(distance, 1, order))[, seq_len(k), drop = FALSE])
}

recall <- function(idx, exact) {
  mean(vapply(seq_len(nrow(idx)), function(i) mean(exact[i, -1] %in% idx[i, -1]), 0))
}

# A symmetric matrix from triplets.
dense <- function(graph, n = attr(graph, "n")) {
  w <- matrix(0, n, n)
  w[cbind(graph$row, graph$col)] <- graph$similarity
  w
}

digits_graph <- function(n = 300) fuzzy_graph(nearest_neighbors(some_digits(n)))

# Cross entropy between graph and layout, the loss of UMAP: `edges` is what attraction lowers, `all`
# has the part of repulsion too.
loss <- function(graph, layout, curve = fit_curve()) {
  w <- dense(graph)
  d2 <- as.matrix(stats::dist(layout))^2
  v <- pmin(pmax(1 / (1 + curve[["a"]] * d2^curve[["b"]]), 1e-6), 1 - 1e-6)
  off <- row(w) != col(w)
  edges <- -sum((w * log(v))[off])
  c(edges = edges, all = edges - sum(((1 - w) * log(1 - v))[off]))
}

# A model as the seed makes it: without the time that it took.
timeless <- function(model) {
  model$times <- NULL
  model
}

expect_unfurl_warning <- function(object, regexp) {
  expect_warning(object, regexp, class = "unfurl_warning")
}

# Columns in a data frame as they are, of whatever length.
frame_of <- function(columns, n) {
  structure(columns, row.names = .set_row_names(n), class = "data.frame")
}

# The doubles of integers of 64 bits, without the package bit64.
integer64 <- function(x, class = "integer64") {
  x[] <- x * 2^-1074
  structure(x, class = class)
}
