# Ctrl-C at random moments of each stage: R is back within a second in the median (a loaded machine
# may be slower once in a while), no thread is left, and the next call works. Then a fork, and calls
# of two processes at once. Linux.
#
#   Rscript tools/interrupt.R [TIMES]      200 by default; needs the package installed
#
# Ends with status 1 when a rule is broken.

suppressPackageStartupMessages(library(unfurl))

times <- c(as.integer(commandArgs(trailingOnly = TRUE)), 200L)[1]
set.seed(1)
median_allowed <- 1 # seconds
most_allowed <- 10

x <- matrix(stats::rnorm(20000 * 60), 20000)
small <- x[1:300, 1:10]
nn <- nearest_neighbors(x, 15)
graph <- fuzzy_graph(nn)
start <- initial_layout(graph, "random")
model <- umap_fit(x[1:5000, ], n_epochs = 20, verbose = FALSE)
expected <- umap(small, n_epochs = 20, verbose = FALSE)

# Each for longer than the longest wait before the interrupt.
again <- function(code) {
  code <- substitute(code)
  frame <- parent.frame()
  repeat eval(code, frame)
}
stages <- list(
  exact = function(n) again(nearest_neighbors(x, 15, method = "exact", n_threads = n)),
  clusters = function(n) again(nearest_neighbors(x, 15, method = "clusters", n_threads = n)),
  nndescent = function(n) again(nearest_neighbors(x, 15, method = "nndescent", n_threads = n)),
  scale = function(n) again(smooth_knn(nn, n_threads = n)),
  graph = function(n) again(fuzzy_graph(nn, n_threads = n)),
  start = function(n) again(initial_layout(graph, n_threads = n)),
  batch = function(n) optimize_layout(graph, start, 1e6, n_threads = n, verbose = FALSE),
  sgd = function(n) {
    optimize_layout(graph, start, 1e6, optimizer = "sgd", n_threads = n, verbose = FALSE)
  },
  full = function(n) optimize_layout(graph, start, 1e6, "full", n_threads = n, verbose = FALSE),
  quality = function(n) again(embedding_quality(x, start, sample = Inf, n_threads = n)),
  umap = function(n) again(umap(x, n_threads = n, verbose = FALSE)),
  predict = function(n) again(predict(model, x, n_threads = n, verbose = FALSE))
)

n_tasks <- function() length(list.files("/proc/self/task"))

now <- function() as.numeric(Sys.time())

# Seconds from the signal to the prompt.
interrupt <- function(stage, n_threads) {
  stamp <- tempfile()
  on.exit(unlink(stamp))
  wait <- stats::runif(1, 0.02, 0.4)
  system(sprintf(
    "(sleep %f; date +%%s.%%N > %s; kill -INT %d) &", wait, shQuote(stamp), Sys.getpid()
  ))
  caught <- tryCatch(stages[[stage]](n_threads), interrupt = function(condition) "interrupted")
  end <- now()
  if (!identical(caught, "interrupted")) stop(stage, " was not interrupted")
  end - as.numeric(readLines(stamp))
}

tasks <- n_tasks()
seconds <- numeric()
for (i in seq_len(times)) {
  stage <- names(stages)[(i - 1) %% length(stages) + 1]
  n_threads <- c(1, 4)[(i - 1) %/% length(stages) %% 2 + 1]
  seconds[i] <- interrupt(stage, n_threads)
  names(seconds)[i] <- paste0(stage, ", ", n_threads, " threads")
  if (n_tasks() != tasks) stop(stage, " left ", n_tasks() - tasks, " threads")
  if (!identical(umap(small, n_epochs = 20, verbose = FALSE), expected)) {
    stop("the next call differs")
  }
}
cat(sprintf(
  "%d interrupts: R was back after %.3f s in the median, %.3f s at most (%s); no thread was left\n",
  times, stats::median(seconds), max(seconds), names(which.max(seconds))
))

# A child of a process that has used threads can use them too.
run <- function(i) umap(small, n_epochs = 20, verbose = FALSE)
forked <- parallel::mclapply(1:4, run, mc.cores = 2)
stopifnot(vapply(forked, identical, NA, expected))

# Two processes at once.
script <- tempfile(fileext = ".R")
writeLines(c(
  "suppressPackageStartupMessages(library(unfurl)); set.seed(1)",
  "x <- matrix(stats::rnorm(20000 * 60), 20000)[1:300, 1:10]",
  "for (i in 1:20) e <- umap(x, n_epochs = 20, verbose = FALSE)",
  "saveRDS(e, commandArgs(TRUE)[1])"
), script)
results <- c(tempfile(), tempfile())
command <- paste(shQuote(file.path(R.home("bin"), "Rscript")), shQuote(script), shQuote(results))
system(paste(command[1], "& ", command[2], "; wait"))
stopifnot(vapply(results, function(file) identical(readRDS(file), expected), NA))
cat("a fork, and two processes at once, give the same\n")

quit(status = as.integer(
  stats::median(seconds) > median_allowed || max(seconds) > most_allowed
))
