# Results whose every bit is recorded, as hashes, in golden.csv: `Rscript tools/golden.R` renews it.

# The rows are integers, so that no library has a part in them. Everything is written to be run with
# any number of threads.
golden_cases <- function() {
  x <- some_digits(600)
  label <- digits$label[1:600]
  fit <- function(...) umap_fit(x, n_epochs = 60, ...)
  graph <- function(...) fuzzy_graph(nearest_neighbors(x, ...))
  per <- function(prefix, values, run) {
    stats::setNames(lapply(values, function(value) function() run(value)), paste(prefix, values))
  }
  # A way to place new rows comes with predict().
  place <- if (!is.null(utils::getS3method("predict", "umap_model", optional = TRUE))) {
    list(predict = function() {
      stats::predict(fit(), digits$pixels[601:700, ])
    })
  }
  c(
    list(
      "defaults" = function() umap_fit(digits$pixels),
      "three dimensions" = function() fit(n_components = 3),
      "curve" = function() matrix(c(fit_curve(), fit_curve(0.5, 2)))
    ),
    per("init", c("spectral", "pca", "random"), function(init) fit(init = init)),
    per("optimizer", c("batch", "sgd"), function(optimizer) fit(optimizer = optimizer)),
    list("method full" = function() fit(method = "full")),
    per("search", c("exact", "clusters", "nndescent"), function(method) graph(method = method)),
    per(
      "metric", c("euclidean", "manhattan", "cosine", "correlation"),
      function(metric) graph(metric = metric)
    ),
    list(supervised = function() fit(y = label)),
    place
  )
}

# The numbers that are recorded of a result.
golden_numbers <- function(result) {
  if (inherits(result, "umap_model")) return(result$layout)
  if (inherits(result, "umap_graph")) return(as.matrix(as.data.frame(unclass(result))))
  as.matrix(as.data.frame(result))
}

golden_hash <- function(numbers) {
  file <- tempfile()
  on.exit(unlink(file))
  writeBin(as.double(numbers), file, endian = "little")
  unname(tools::md5sum(file))
}

golden_hashes <- function(cases = golden_cases()) {
  vapply(cases, function(run) golden_hash(golden_numbers(run())), "")
}

read_golden <- function(path = test_path("golden.csv")) {
  if (!file.exists(path)) return(character())
  table <- utils::read.csv(path, colClasses = "character")
  stats::setNames(table$md5, table$case)
}
