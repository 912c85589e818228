# Every entry point of the glue while each allocation of R collects garbage: an object that is not
# protected does not survive that. Needs the package installed; tools/sanitize.sh calls it.
#
#   Rscript tools/torture.R [STEP]
#
# Only every STEP-th allocation collects (13 by default; 1 takes minutes).

library(unfurl)

step <- c(as.integer(commandArgs(trailingOnly = TRUE)), 13L)[1]
x <- as.matrix(iris[seq(1, 150, 6), 1:4])
tortured <- function(code) {
  gctorture2(step)
  on.exit(gctorture2(0))
  code
}
quietly <- function(code) tryCatch(code, unfurl_error = identity)

nn <- tortured(nearest_neighbors(x, 6, n_threads = 2))
scale <- tortured(smooth_knn(nn))
graph <- tortured(fuzzy_graph(nn))
curve <- tortured(fit_curve())
start <- tortured(initial_layout(graph, x = x, init = "pca"))
layout <- tortured(optimize_layout(graph, start, 5, snapshots = c(1, 5)))
quality <- tortured(embedding_quality(x, start, rep(1:5, 5), k = 4, k_label = 4))
recall <- tortured(neighbor_recall(nn, x))
model <- tortured(umap_fit(x, n_neighbors = 6, n_epochs = 5, verbose = FALSE))
talking <- tortured(suppressMessages(umap(x, n_neighbors = 6, n_epochs = 2, verbose = TRUE)))
refused <- tortured(quietly(umap(replace(x, 3, NA), n_neighbors = 6)))

stopifnot(
  identical(nn, nearest_neighbors(x, 6)),
  identical(scale, smooth_knn(nn)),
  identical(graph, fuzzy_graph(nn)),
  identical(curve, fit_curve()),
  identical(layout, optimize_layout(graph, start, 5, snapshots = c(1, 5))),
  identical(quality, embedding_quality(x, start, rep(1:5, 5), k = 4, k_label = 4)),
  recall == 1,
  identical(model$layout, umap_fit(x, n_neighbors = 6, n_epochs = 5)$layout),
  inherits(refused, "unfurl_error_input")
)
cat("gctorture: all results are the same\n")
