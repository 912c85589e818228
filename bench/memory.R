# Peak memory of each stage, each in a process of its own, against the estimate that is checked
# before a run begins. Linux.
#
#   Rscript bench/memory.R [ROWS] [COLUMNS] [THREADS]      20,000 x 100 on 2 threads by default
#
# Prints a table in Markdown: MB besides the data and what is given.

arguments <- as.integer(commandArgs(trailingOnly = TRUE))
n <- c(arguments, 20000L)[1]
d <- c(arguments[-1], 100L)[1]
n_threads <- c(arguments[-(1:2)], 2L)[1]

stages <- c(
  "nearest_neighbors()" = "nearest_neighbors(x)",
  "smooth_knn()" = "smooth_knn(nn)",
  "fuzzy_graph()" = "fuzzy_graph(nn)",
  "initial_layout()" = "initial_layout(graph)",
  "optimize_layout()" = "optimize_layout(graph, init)",
  "umap()" = "umap(x)",
  "umap_fit()" = "umap_fit(x)",
  "nearest_neighbors(query = )" = "nearest_neighbors(x, query = query)",
  "predict()" = "predict(model, query)",
  "embedding_quality()" = "embedding_quality(x, layout)"
)

peak_of <- function(code) {
  script <- tempfile(fileext = ".R")
  on.exit(unlink(script))
  writeLines(c(
    "suppressPackageStartupMessages(library(unfurl)); set.seed(1)",
    sprintf("options(unfurl.threads = %d)", n_threads),
    sprintf("x <- matrix(stats::rnorm(%d * %d), %d)", n, d, n),
    "resident <- function(what) {",
    "  line <- grep(what, readLines('/proc/self/status'), value = TRUE)",
    "  as.numeric(gsub('[^0-9]', '', line)) / 1000",
    "}",
    if (grepl("nn|graph", code)) "nn <- nearest_neighbors(x)",
    if (grepl("graph", code)) "graph <- fuzzy_graph(nn)",
    if (grepl(", init", code)) "init <- initial_layout(graph, 'random')",
    if (grepl("query", code)) "query <- x[seq(1, nrow(x), 4), ] + 0.1",
    if (grepl("model", code)) "model <- umap_fit(x)",
    if (grepl("layout)", code)) "layout <- matrix(stats::rnorm(2 * nrow(x)), ncol = 2)",
    "invisible(gc()); writeLines('5', '/proc/self/clear_refs') # the peak begins here",
    "before <- resident('^VmRSS')",
    paste0("result <- ", code),
    "cat(resident('^VmHWM') - before)"
  ), script)
  as.numeric(system2(file.path(R.home("bin"), "Rscript"), shQuote(script), stdout = TRUE))
}

cat(
  "| stage |", format(n, big.mark = ","), "rows,", d, "columns,", n_threads,
  "threads: MB |\n|---|---|\n"
)
for (stage in names(stages)) cat("|", stage, "|", round(peak_of(stages[[stage]]), 1), "|\n")

rows <- unfurl:::row_bytes(matrix(0, n, d))
estimates <- c(
  "nearest_neighbors()" = unfurl:::search_bytes(n, rows, 15),
  "umap()" = unfurl:::fit_bytes(n, rows, 15, 2, FALSE),
  "umap_fit()" = unfurl:::fit_bytes(n, rows, 15, 2, TRUE),
  "nearest_neighbors(query = )" = unfurl:::query_bytes(n, n / 4, 1.25 * rows, 15),
  "predict()" = unfurl:::predict_bytes(n, n / 4, rows / 4, 15, 2),
  "embedding_quality()" = unfurl:::quality_bytes(n, n, rows, 0)
) + unfurl:::thread_bytes(n_threads)
for (stage in names(estimates)) {
  cat("| estimate of", stage, "|", round(estimates[[stage]] / 1e6, 1), "|\n")
}
