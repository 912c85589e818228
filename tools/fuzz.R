# Random shapes, values and options for the functions of the package: never a crash, never a number
# that is none, never an error that is not the package's own, never without end.
#
#   Rscript tools/fuzz.R [CASES] [SEED]      300 cases by default; needs the package installed
#
# Ends with status 1 at the first case that breaks a rule, and says how to repeat it.

suppressPackageStartupMessages(library(unfurl))

arguments <- as.integer(commandArgs(trailingOnly = TRUE))
n_cases <- c(arguments, 300L)[1]
first_seed <- c(arguments[-1], 1L)[1]
seconds_allowed <- 60

one_of <- function(...) sample(list(...), 1)[[1]]
maybe <- function(p) stats::runif(1) < p

# ---- Data ---------------------------------------------------------------------------------------

random_matrix <- function() {
  n <- one_of(2, 3, 5, 17, 60, sample(2:200, 1))
  d <- one_of(1, 2, 3, 16, 33, sample(1:80, 1))
  x <- switch(sample(7, 1),
    stats::rnorm(n * d),
    stats::rnorm(n * d) * 10^sample(-300:300, 1),
    sample(0:3, n * d, replace = TRUE),
    rep(stats::runif(1), n * d),
    stats::rcauchy(n * d)^3,
    stats::rbinom(n * d, 1, 0.1),
    1e9 + stats::runif(n * d)
  )
  x <- matrix(x, n, d)
  if (maybe(0.3)) x <- x[sample(n, n, replace = TRUE), , drop = FALSE] # repeated rows
  if (maybe(0.1)) x[sample(length(x), 1)] <- one_of(NA, NaN, Inf, -Inf)
  if (maybe(0.1)) x <- as.data.frame(x)
  if (maybe(0.05)) x <- x != 0
  x
}

random_metric <- function() {
  one_of(
    "euclidean", "sqeuclidean", "seuclidean", "mahalanobis", "manhattan", "cosine", "correlation",
    "chebyshev", "canberra", "braycurtis", "hellinger", "jaccard", "dice", "yule", "hamming",
    "spearman", "minkowski", "tsss", "haversine", "symmetric_kl", "nonsense"
  )
}

# A column of one of the kinds that a data frame, a target or labels can have.
random_column <- function(n) {
  column <- switch(sample(8, 1),
    stats::rnorm(n),
    sample(-5:5, n, replace = TRUE),
    stats::runif(n) < 0.5,
    factor(sample(letters[1:4], n, replace = TRUE), levels = letters[1:6]),
    paste("word", sample(n, n, replace = TRUE)),
    as.Date("2020-01-01") + sample(n),
    rep(NA, n),
    as.list(seq_len(n))
  )
  if (maybe(0.2)) column[sample(n, 1)] <- NA
  column
}

random_frame <- function(n) {
  columns <- replicate(sample(5, 1), random_column(n), simplify = FALSE)
  names(columns) <- make.names(letters[seq_along(columns)])
  as.data.frame(columns[!vapply(columns, is.list, NA)])
}

# Zeros left out, or eight columns a byte.
random_compressed <- function() {
  x <- random_matrix()
  if (maybe(0.5) && requireNamespace("Matrix", quietly = TRUE)) {
    return(methods::as(as.matrix(x) * stats::rbinom(length(x), 1, 0.3), "CsparseMatrix"))
  }
  matrix(as.raw(sample(0:255, nrow(x) * 3, replace = TRUE)), nrow(x))
}

# ---- Cases: each returns numbers that have to be finite -----------------------------------------

cases <- list(
  umap = function() {
    x <- random_matrix()
    model <- umap_fit(x,
      n_neighbors = one_of(2, 5, 15, 300), n_components = one_of(1, 2, 3, 7),
      metric = random_metric(), min_dist = stats::runif(1), n_epochs = sample(0:30, 1),
      init = one_of("spectral", "pca", "random"), seed = sample(1e6, 1), n_threads = sample(3, 1),
      spread = stats::runif(1, 0.5, 3), set_op_mix_ratio = stats::runif(1),
      local_connectivity = stats::runif(1, 0, 4), bandwidth = stats::runif(1, 0.1, 3),
      repulsion_strength = stats::runif(1, 0, 4), negative_sample_rate = sample(0:10, 1),
      neighbor_method = one_of("auto", "exact", "clusters", "nndescent"),
      method = one_of("umap", "full"), optimizer = one_of("batch", "sgd"), verbose = FALSE
    )
    c(model$layout, model$rho, model$sigma, model$graph$similarity, model$neighbors$dist)
  },
  neighbors = function() {
    x <- random_matrix()
    nn <- nearest_neighbors(x, one_of(2, 4, 30), random_metric(), n_threads = sample(3, 1))
    stopifnot(nn$idx[, 1] == seq_len(nrow(nn$idx)), nn$idx >= 1, nn$idx <= nrow(nn$idx))
    c(nn$dist, as.matrix(smooth_knn(nn, stats::runif(1, 0, 3))))
  },
  given_neighbors = function() {
    n <- sample(2:50, 1)
    k <- sample(1:8, 1)
    odds <- c(1, 1, rep(3, n + 2))
    idx <- matrix(sample(c(NA, -1:(n + 1)), n * k, replace = TRUE, prob = odds), n)
    if (maybe(0.7)) idx <- t(replicate(n, sample(n, min(k, n))))
    dist <- one_of(stats::runif(length(idx)), stats::rexp(length(idx)) * 1e200, 0)
    dist <- matrix(dist, nrow(idx))
    layout <- umap(list(idx = matrix(idx, n), dist = dist), n_epochs = 5, verbose = FALSE)
    as.matrix(layout)
  },
  layout = function() {
    n <- sample(2:40, 1)
    pairs <- unique(t(apply(matrix(sample(n, 60, replace = TRUE), ncol = 2), 1, sort)))
    pairs <- pairs[pairs[, 1] != pairs[, 2], , drop = FALSE]
    w <- stats::runif(nrow(pairs))
    graph <- data.frame(
      row = c(pairs[, 1], pairs[, 2]), col = c(pairs[, 2], pairs[, 1]), similarity = c(w, w)
    )
    if (maybe(0.1)) graph$similarity[1] <- one_of(0, -1, 2, NA, Inf)
    start <- initial_layout(graph, one_of("spectral", "random"), sample(4, 1))
    optimize_layout(graph, start, sample(0:20, 1),
      method = one_of("umap", "full"), a = stats::runif(1, 0.01, 5), b = stats::runif(1, 0.2, 2),
      learning_rate = stats::runif(1, 0.01, 5), verbose = FALSE
    )
  },
  distances = function() {
    method <- one_of("euclidean", "canberra", "binary")
    x <- suppressWarnings(stats::dist(as.matrix(random_matrix()), method)) # R warns of NaN
    as.matrix(umap(x, n_epochs = 5, n_neighbors = one_of(2, 7), verbose = FALSE))
  },
  quality = function() {
    x <- random_matrix()
    n <- nrow(x)
    labels <- one_of(NULL, sample(c("a", "b", NA), n, replace = TRUE))
    quality <- embedding_quality(x, matrix(stats::rnorm(2 * n), n), labels,
      k = one_of(1, 5, 40), k_label = one_of(1, 10), sample = one_of(5, Inf)
    )
    unlist(quality)[!is.na(unlist(quality))]
  },
  compressed = function() {
    x <- random_compressed()
    model <- umap_fit(x, metric = random_metric(), n_epochs = 3, verbose = FALSE)
    c(model$layout, model$graph$similarity)
  },
  columns = function() {
    n <- sample(2:80, 1)
    model <- umap_fit(random_frame(n),
      labels = one_of(NULL, random_column(n)), y = one_of(NULL, random_column(n), random_frame(n)),
      metric = one_of("euclidean", "hamming", list(cosine = 1:2, categorical = 3)),
      scale = one_of(NULL, "z", "maxabs", "colrange"), pca = one_of(NULL, 1, 2),
      target_weight = stats::runif(1), keep = one_of("predict", "graph", "minimal"),
      n_epochs = 3, verbose = FALSE
    )
    c(model$layout, model$graph$similarity)
  },
  new_rows = function() {
    x <- random_matrix()
    model <- umap_fit(x,
      metric = random_metric(), n_epochs = 3, scale = one_of("none", "z"), pca = one_of(NULL, 2),
      verbose = FALSE
    )
    of_model <- x[sample(nrow(x), 5, replace = TRUE), , drop = FALSE]
    new <- one_of(random_matrix(), of_model, of_model * 10^sample(-40:40, 1), x[0, ])
    placed <- as.matrix(predict(model, new, n_epochs = sample(0:9, 1), verbose = FALSE))
    placed[!is.na(placed)] # rows without a neighbor have no place
  },
  queries = function() {
    x <- random_matrix()
    query <- x[sample(nrow(x), 3, replace = TRUE), , drop = FALSE]
    found <- nearest_neighbors(x, one_of(1, 3, 50), random_metric(), query = query)
    stopifnot(found$idx >= 1, found$idx <= nrow(x))
    found$dist
  },
  pictures = function() {
    n <- sample(2:60, 1)
    has_ggplot2 <- requireNamespace("ggplot2", quietly = TRUE)
    model <- umap_fit(stats::runif(n) %o% 1:3, n_components = sample(3, 1), n_epochs = 1)
    grDevices::pdf(NULL)
    on.exit(grDevices::dev.off())
    draw <- if (has_ggplot2 && maybe(0.3)) function(...) print(ggplot2::autoplot(...)) else plot
    draw(as.data.frame(model),
      label = one_of(NULL, random_column(n)), dims = one_of(1:2, 2:1, c(1, 3)),
      label_medians = maybe(0.3), title = one_of(NULL, "a title"), limits = one_of(NULL, c(0, 1)),
      raster = one_of(NULL, TRUE), edges = one_of(NULL, model$graph)
    )
    0
  },
  curve = function() fit_curve(stats::runif(1, 0, 2), 10^stats::runif(1, -3, 3)),
  idx_file = function() {
    bytes <- as.raw(c(0, 0, one_of(8, 9, 11, 12, 13, 14, 200), one_of(1, 2, 3, 255)))
    bytes <- c(bytes, as.raw(sample(c(0, 0, 0, 0:5, 255), sample(0:60, 1), replace = TRUE)))
    path <- tempfile()
    on.exit(unlink(path))
    writeBin(bytes, path)
    length(read_idx(path))
  },
  # A file that was damaged, or is not what it claims to be.
  damaged_model = function() {
    model <- small_model
    field <- sample(names(model), 1)
    model[field] <- list(one_of(
      NULL, NA, -1, "a", list(), matrix(0, 0, 0), data.frame(), 1:1000, model[[field]][0],
      function() 1
    ))
    class(model) <- "umap_model"
    use <- one_of(
      function() as.data.frame(model), function() initial_layout(model, "random"),
      function() optimize_layout(model, small_model$layout, 3),
      function() predict(model, iris[1:4]),
      function() utils::capture.output(print(model)), function() umap(model$neighbors, n_epochs = 3)
    )
    use()
    0
  }
)

small_model <- umap_fit(iris[1:4], n_epochs = 10, verbose = FALSE)

# ---- The rules ----------------------------------------------------------------------------------

run_case <- function(name) {
  setTimeLimit(elapsed = seconds_allowed, transient = TRUE)
  on.exit(setTimeLimit())
  withCallingHandlers(
    tryCatch(
      {
        result <- cases[[name]]()
        if (!all(is.finite(as.double(unlist(result))))) stop("a result is not finite")
        "a result"
      },
      unfurl_error = function(e) "an error of the package"
    ),
    warning = function(w) {
      if (!inherits(w, "unfurl_warning")) stop("a warning that is not ours: ", conditionMessage(w))
      invokeRestart("muffleWarning")
    }
  )
}

counts <- c()
for (case in seq_len(n_cases)) {
  set.seed(first_seed + case)
  name <- sample(names(cases), 1)
  ended <- tryCatch(run_case(name), error = function(e) {
    message("case ", name, ": ", conditionMessage(e), "\nRepeat it by: Rscript tools/fuzz.R 1 ",
      first_seed + case - 1
    )
    quit(status = 1)
  })
  counts[ended] <- sum(counts[ended], 1, na.rm = TRUE)
}
cat(n_cases, "cases:", paste(counts, "ended with", names(counts), collapse = ", "), "\n")
