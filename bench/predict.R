# Held-out rows of MNIST placed in an embedding of the others, beside the peers:
#   Rscript bench/predict.R [--rows N] [--new M] [--threads T] [--peers]
# N training rows (60,000) and M held-out rows (10,000). --peers: also uwot (umap_transform) and
# umap-learn (transform, by python3), where they are installed. Prints a table for
# bench/results: seconds to fit, to place the rows and to place one; accuracy of a 10-NN classifier in
# the plane on the held-out rows; and the share of a row's 15 nearest training rows in the data that
# are among its 15 nearest in the plane. Needs the files of MNIST, see ?mnist.

library(unfurl)

arguments <- commandArgs(trailingOnly = TRUE)
option <- function(name, default) {
  at <- match(paste0("--", name), arguments)
  if (is.na(at)) default else as.integer(arguments[at + 1])
}
n_threads <- option("threads", 2L)
all <- mnist()
known <- unique(round(seq(1, 60000, length.out = option("rows", 60000L))))
new <- 60000 + unique(round(seq(1, 10000, length.out = option("new", 10000L))))
x <- all$pixels[known, ]
y <- all$pixels[new, ]
truth <- nearest_neighbors(x, 15, query = y, n_threads = n_threads)$idx

majority <- function(idx) {
  votes <- matrix(as.integer(all$label[known])[idx], nrow(idx))
  apply(votes, 1, function(row) which.max(tabulate(row, 10)))
}

measure <- function(layout, placed) {
  near <- nearest_neighbors(layout, 15, query = placed, method = "exact")$idx
  shared <- vapply(seq_len(nrow(near)), function(i) mean(near[i, ] %in% truth[i, ]), 0)
  c(accuracy = mean(majority(near[, 1:10]) == as.integer(all$label[new])), kept = mean(shared))
}

elapsed <- function(code) system.time(code)[["elapsed"]]

bench_unfurl <- function() {
  fit <- elapsed(model <- umap_fit(x, n_threads = n_threads))
  place <- elapsed(placed <- predict(model, y, n_threads = n_threads))
  one <- elapsed(for (i in 1:10) predict(model, y[i, , drop = FALSE], n_threads = n_threads)) / 10
  c(fit = fit, place = place, one = one, measure(model$layout, as.matrix(placed[1:2])))
}

bench_uwot <- function() {
  set.seed(42)
  fit <- elapsed(model <- uwot::umap2(x, ret_model = TRUE, n_threads = n_threads))
  place <- elapsed(placed <- uwot::umap_transform(y, model, n_threads = n_threads))
  one <- elapsed(uwot::umap_transform(y[1, , drop = FALSE], model, n_threads = n_threads))
  c(fit = fit, place = place, one = one, measure(model$embedding, placed))
}

bench_umap_learn <- function() {
  files <- file.path(tempdir(), c("x", "y", "layout", "placed", "times"))
  writeBin(as.vector(t(x)), files[1], size = 4)
  writeBin(as.vector(t(y)), files[2], size = 4)
  script <- c(
    "import sys, time, numpy, umap",
    "f = sys.argv[1:6]; d = int(sys.argv[6])",
    "x = numpy.fromfile(f[0], 'float32').reshape(-1, d)",
    "y = numpy.fromfile(f[1], 'float32').reshape(-1, d)",
    "t = [time.time()]",
    "m = umap.UMAP(n_jobs=int(sys.argv[7])).fit(x); t.append(time.time())",
    "p = m.transform(y); t.append(time.time())",
    "m.transform(y[:1]); t.append(time.time())",
    "m.embedding_.astype('float64').tofile(f[2]); p.astype('float64').tofile(f[3])",
    "numpy.diff(t).tofile(f[4])"
  )
  path <- tempfile(fileext = ".py")
  writeLines(script, path)
  system2("/usr/bin/python3", c(path, files, ncol(x), n_threads))
  read <- function(file, n) matrix(readBin(file, "double", 2 * n), n, byrow = TRUE)
  times <- readBin(files[5], "double", 3)
  c(fit = times[1], place = times[2], one = times[3],
    measure(read(files[3], nrow(x)), read(files[4], nrow(y))))
}

rows <- list(unfurl = bench_unfurl())
if ("--peers" %in% arguments) {
  if (requireNamespace("uwot", quietly = TRUE)) rows$uwot <- bench_uwot()
  has_umap_learn <- system2("/usr/bin/python3", c("-c", shQuote("import umap")), stderr = FALSE) == 0
  if (has_umap_learn) rows$`umap-learn` <- bench_umap_learn()
}
cat(sprintf("%d rows, %d new ones, %d threads\n\n", length(known), length(new), n_threads))
cat("| | fit, s | new rows, s | one row, s | 10-NN accuracy | neighbours kept |\n|---|---|---|---|---|---|\n")
for (name in names(rows)) {
  r <- rows[[name]]
  cat(sprintf("| %s | %.2f | %.2f | %.3f | %.4f | %.4f |\n", name, r[1], r[2], r[3], r[4], r[5]))
}
