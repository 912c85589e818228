# Nearest neighbors: unfurl compared with its peers, time and recall in one table, and a plot of
# both.
#
#   Rscript bench/neighbors.R [--work mnist,clustered,small,sparse,query]
#                             [--peers rnndescent,hnsw,annoy,pynndescent]
#                             [--threads 1,2] [--n ROWS] [--k 15] [--mnist DIR] [--out DIR]
#
# Works and peers are run as they are named, so that slow ones can be left out (`--peers none`);
# peers have the last of the numbers of threads. --n scales the clustered and the sparse data down.
# Every measurement has a process of its own, with the same data, k and threads, so that its peak
# memory is its own; the data are made before the clock starts. Recall is by distance, over 2,000
# rows (or queries) against exact search. pynndescent needs a Python that has it (--python, by
# default /usr/bin/python3); it is timed on its second run, when it is compiled. Writes neighbors.md
# and neighbors.png to DIR (bench/results), if ggplot2 is there.

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(script), "common.R"))

k <- as.integer(argument("k", 15))
mnist_path <- argument("mnist", Sys.getenv("UNFURL_MNIST"))

# ---- Data ---------------------------------------------------------------------------------------

# Documents of 40 topics, 1 % filled.
sparse <- function(n, d = 30000, filled = d / 100) {
  set.seed(2)
  topic <- sample(40, n, replace = TRUE)
  column <- as.vector(vapply(topic, function(t) {
    sample.int(d, filled, prob = 1 / (1 + (seq_len(d) + 700 * t) %% d))
  }, numeric(filled)))
  Matrix::sparseMatrix(
    i = rep(seq_len(n), each = filled), j = column, x = rexp(n * filled), dims = c(n, d)
  )
}

make_data <- function(work) {
  n <- function(default) as.integer(argument("n", default))
  switch(work,
    mnist = list(x = unfurl::mnist(mnist_path)$pixels, metric = "euclidean"),
    clustered = list(x = clustered(n(1e6))$x, metric = "euclidean"),
    small = list(x = clustered(20000, 16)$x, metric = "euclidean"),
    sparse = list(x = sparse(min(n(20000), 20000)), metric = "cosine"),
    query = {
      x <- unfurl::mnist(mnist_path)$pixels
      list(x = x[1:60000, ], query = x[60001:70000, ], metric = "euclidean")
    },
    stop("no such work: ", work)
  )
}

# ---- Methods: data and threads to list(idx, dist) -----------------------------------------------

unfurl_with <- function(...) {
  function(data, threads) {
    unfurl::nearest_neighbors(
      data$x, k, data$metric, query = data$query, n_threads = threads, verbose = FALSE, ...
    )
  }
}

by_rnndescent <- function(data, threads) {
  if (is.null(data$query)) {
    return(rnndescent::rnnd_knn(data$x, k, metric = data$metric, n_threads = threads))
  }
  index <- rnndescent::rnnd_build(data$x, k = 30, metric = data$metric, n_threads = threads)
  rnndescent::rnnd_query(index, data$query, k, n_threads = threads)
}

by_hnsw <- function(data, threads) {
  RcppHNSW::hnsw_knn(data$x, k, distance = data$metric, n_threads = threads)
}

by_annoy <- function(data, threads) {
  found <- uwot::umap(
    data$x, n_neighbors = k, metric = data$metric, nn_method = "annoy", n_epochs = 0,
    init = matrix(0, nrow(data$x), 2), ret_extra = "nn", n_threads = threads
  )
  found$nn[[1]]
}

pynndescent <- '
import sys, time, numpy as np, pynndescent
path, d, k, metric, threads = sys.argv[1:]
x = np.fromfile(path + "/x", dtype="f4").reshape(-1, int(d))
def search(x):
    index = pynndescent.NNDescent(
        x, n_neighbors=int(k), metric=metric, random_state=1, n_jobs=int(threads))
    return index.neighbor_graph
search(x[:5000])
start = time.time()
idx, dist = search(x)
print("seconds", time.time() - start)
(idx + 1).astype("f4").tofile(path + "/idx")
dist.astype("f4").tofile(path + "/dist")
'

by_pynndescent <- function(data, threads) {
  run_python(
    pynndescent, list(x = data$x), ncol(data$x), k, data$metric, threads,
    columns = list(idx = k, dist = k), threads = threads
  )
}

unfurl_methods <- list(
  "unfurl, recall 0.9" = unfurl_with(target_recall = 0.9),
  "unfurl" = unfurl_with(),
  "unfurl, recall 0.998" = unfurl_with(target_recall = 0.998),
  "unfurl, AVX2" = unfurl_with()
)
peers <- list(
  rnndescent = by_rnndescent, hnsw = by_hnsw, annoy = by_annoy, pynndescent = by_pynndescent
)
can_do <- function(work, peer) {
  switch(work, sparse = , query = peer == "rnndescent", TRUE) && is_there(peer)
}
is_there <- function(peer) {
  switch(peer,
    rnndescent = requireNamespace("rnndescent", quietly = TRUE),
    hnsw = requireNamespace("RcppHNSW", quietly = TRUE),
    annoy = requireNamespace("uwot", quietly = TRUE),
    pynndescent = has_python("pynndescent"),
    FALSE
  )
}

# ---- One measurement, in a process of its own ---------------------------------------------------

# The part of the k nearest that is there, by distance. Squares of distances are rounded by some.
recall_of <- function(found, data) {
  if (is.null(data$query)) {
    nn <- found[c("idx", "dist")]
    if (all(nn$dist[, 1] != 0)) nn$dist[nn$idx == row(nn$idx)] <- 0
    return(unfurl::neighbor_recall(nn, data$x, metric = data$metric, sample = 2000))
  }
  rows <- seq_len(min(2000, nrow(data$query)))
  exact <- unfurl::nearest_neighbors(
    data$x, k, data$metric, "exact", query = data$query[rows, ], verbose = FALSE
  )
  mean(found$dist[rows, ] <= exact$dist[, k] * (1 + 1e-5))
}

measure <- function(work, method, threads) {
  data <- make_data(work)
  invisible(gc())
  forget_peak()
  before <- memory("VmRSS")
  time <- seconds(found <- c(unfurl_methods, peers)[[method]](data, threads))
  if (!is.null(found$seconds)) time <- found$seconds
  peak <- memory("VmHWM")
  cat("RESULT", time, recall_of(found, data), peak - before, "\n")
}

if ("--measure" %in% arguments) {
  measure(argument("measure", ""), argument("method", ""), as.integer(argument("with", 1)))
  quit(status = 0)
}

# ---- All measurements ---------------------------------------------------------------------------

run <- function(work, method, threads) {
  environment <- if (grepl("AVX2", method)) "UNFURL_ISA=avx2" else character()
  lines <- system2(
    file.path(R.home("bin"), "Rscript"),
    c(
      shQuote(script), "--measure", work, "--method", shQuote(method), "--with", threads, arguments
    ),
    stdout = TRUE, env = environment
  )
  numbers <- as.numeric(strsplit(grep("^RESULT", lines, value = TRUE), " ")[[1]][2:4])
  message(sprintf(
    "%-10s %-22s %d threads %8.3f s  recall %.4f", work, method, threads, numbers[1], numbers[2]
  ))
  data.frame(
    work = work, method = method, threads = threads, seconds = numbers[1], recall = numbers[2],
    memory = numbers[3]
  )
}

results <- NULL
for (work in words("work", "mnist,clustered,small,sparse,query")) {
  wanted <- words("peers", paste(names(peers), collapse = ","))
  chosen <- Filter(function(peer) can_do(work, peer), wanted)
  ours <- if (work %in% c("sparse", "query")) "unfurl" else names(unfurl_methods)
  thread_counts <- as.integer(words("threads", "1,2"))
  for (threads in thread_counts) {
    chosen_peers <- if (threads == thread_counts[length(thread_counts)]) chosen
    for (method in c(ours, chosen_peers)) results <- rbind(results, run(work, method, threads))
  }
}

# ---- Text and plot ------------------------------------------------------------------------------

# Compare times of unfurl with times of rnndescent in the same work with as many threads.
ratio_to_rnndescent <- function(i) {
  same <- results$work == results$work[i] & results$threads == results$threads[i]
  theirs <- results$seconds[same & results$method == "rnndescent"]
  if (length(theirs) == 0) "" else paste0(signif(theirs / results$seconds[i], 3), " x")
}

write_table <- function(path) {
  cells <- data.frame(
    results$work, results$method, results$threads, sprintf("%.3f", results$seconds),
    vapply(seq_len(nrow(results)), ratio_to_rnndescent, ""), sprintf("%.4f", results$recall),
    round(results$memory)
  )
  writeLines(c(
    paste0(
      "Nearest neighbors, k = ", k, ". ",
      describe_machine("unfurl", "rnndescent", "RcppHNSW", "uwot"), "."
    ), "",
    "Memory is what the search added to the peak of the process, in MiB.", "",
    "| work | method | threads | s | faster than rnndescent | recall | memory |",
    "|---|---|---|---|---|---|---|",
    do.call(paste, c("|", unname(cells), "|", sep = " | "))
  ), path)
  text <- readLines(path)
  writeLines(gsub("\\| \\|( |$)", "|\\1", text), path)
}

draw <- function(path) {
  plot <- ggplot2::ggplot(results, ggplot2::aes(
    seconds, recall, colour = sub(",.*", "", method), shape = factor(threads)
  )) +
    ggplot2::geom_point(size = 2) +
    ggplot2::scale_x_log10() +
    ggplot2::facet_wrap(ggplot2::vars(work), scales = "free") +
    ggplot2::labs(x = "seconds", y = "recall", colour = NULL, shape = "threads") +
    ggplot2::theme_minimal()
  ggplot2::ggsave(path, plot, width = 9, height = 5, dpi = 100, bg = "white")
}

out <- argument("out", file.path(dirname(script), "results"))
dir.create(out, showWarnings = FALSE, recursive = TRUE)
write_table(file.path(out, "neighbors.md"))
if (is_installed("ggplot2")) draw(file.path(out, "neighbors.png"))
