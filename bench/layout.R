# Start and layout against uwot and umap-learn, all from the same neighbours: seconds, quality and
# pictures.
#
#   Rscript bench/layout.R [--data digits,letters,shuttle,diamonds] [--methods unfurl,uwot]
#     [--seeds 1] [--threads 2] [--min_dist 0.1] [--mnist DIR] [--out bench/results]
#
# --data     iris, digits (a sample of MNIST), satellite, letters (20,000 rows, 1,332 of them
#            twice), shuttle (58,000) from mlbench, diamonds (53,940) from ggplot2, mnist (70,000 x
#            784; its files in DIR or UNFURL_MNIST), clustered (--rows of them, a million, x 50)
# --methods  unfurl; fast (unfurl with 70 epochs); uwot (umap); umap2 (uwot); umap-learn (python3)
#
# Prints a table in Markdown and writes DATA-layout.png into --out. Seconds are those of graph,
# start and layout together, for unfurl also of start and layout alone; the peers' own are not told
# apart. Neighbours are unfurl's and cost nobody anything here.

library(unfurl)

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(script), "common.R"))

threads <- as.integer(argument("threads", 2))
seeds <- seq_len(as.integer(argument("seeds", 1)))
min_dist <- as.numeric(argument("min_dist", 0.1))
out <- argument("out", "bench/results")

# ---- Data ---------------------------------------------------------------------------------------

from_package <- function(name, package) {
  holder <- new.env()
  utils::data(list = name, package = package, envir = holder)
  holder[[name]]
}

load_data <- function(name) {
  switch(name,
    iris = list(x = as.matrix(iris[1:4]), label = iris$Species),
    digits = list(x = digits$pixels, label = digits$label),
    satellite = {
      all <- from_package("Satellite", "mlbench")
      list(x = as.matrix(all[1:36]), label = all$classes)
    },
    letters = {
      all <- from_package("LetterRecognition", "mlbench")
      list(x = vapply(all[-1], as.numeric, numeric(nrow(all))), label = all$lettr)
    },
    shuttle = {
      all <- from_package("Shuttle", "mlbench")
      list(x = scale(as.matrix(all[1:9])), label = all$Class)
    },
    diamonds = {
      all <- as.data.frame(from_package("diamonds", "ggplot2"))
      all[c("carat", "price")] <- log(all[c("carat", "price")])
      numbers <- setdiff(names(all), "cut")
      list(x = scale(vapply(all[numbers], as.numeric, numeric(nrow(all)))), label = all$cut)
    },
    mnist = {
      all <- mnist(argument("mnist", NULL))
      list(x = all$pixels, label = all$label)
    },
    clustered = clustered(as.integer(argument("rows", 1e6))),
    stop("no such data: ", name)
  )
}

# ---- Methods: each returns list(layout, seconds, core) ------------------------------------------

run_unfurl <- function(x, nn, seed, n_epochs = NULL) {
  model <- umap_fit(x, min_dist = min_dist, n_epochs = n_epochs, seed = seed, n_threads = threads)
  phase <- function(name) sum(model$times[name])
  core <- phase("start") + phase("layout")
  list(layout = model$layout, seconds = core + phase("fuzzy graph"), core = core)
}

run_uwot <- function(x, nn, seed, version) {
  set.seed(seed)
  hogwild <- if (version == "umap") list(n_sgd_threads = threads) else list()
  time <- seconds(layout <- do.call(getExportedValue("uwot", version), c(list(
    x,
    n_neighbors = ncol(nn$idx), min_dist = min_dist, nn_method = nn[c("idx", "dist")],
    n_threads = threads, verbose = FALSE
  ), hogwild)))
  list(layout = layout, seconds = time, core = NA)
}

# umap-learn's own two steps after the search. A run on a few rows comes first, for what Python
# compiles; the last argument says how many.
python <- '
import sys, time, numpy as np
from sklearn.utils import check_random_state
from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding
path, n, d, k, seed, min_dist, few = sys.argv[1:8]
n, d, k, few = int(n), int(d), int(k), int(few)
x = np.fromfile(path + "/x", dtype="f4").reshape(n, d)
idx = np.fromfile(path + "/idx", dtype="i4").reshape(n, k) - 1
dist = np.fromfile(path + "/dist", dtype="f4").reshape(n, k)
a, b = find_ab_params(1.0, float(min_dist))
def embed(x, idx, dist, n_epochs):
    random = check_random_state(int(seed))
    graph, _, _ = fuzzy_simplicial_set(x, k, random, "euclidean", {}, idx, dist)
    return simplicial_set_embedding(x, graph, 2, 1.0, a, b, 1.0, 5, n_epochs, "spectral", random,
                                    "euclidean", {}, False, {}, False)[0]
embed(x[:few], np.minimum(idx[:few], few - 1), dist[:few], 5)
start = time.time()
y = embed(x, idx, dist, 500 if n <= 10000 else 200)
print("seconds", time.time() - start)
y.astype("f4").tofile(path + "/y")
'

run_umap_learn <- function(x, nn, seed) {
  path <- tempfile("umap-learn")
  dir.create(path)
  on.exit(unlink(path, recursive = TRUE))
  writeLines(python, file.path(path, "run.py"))
  put <- function(values, name) writeBin(as.vector(t(values)), file.path(path, name), size = 4)
  put(x, "x")
  put(nn$idx, "idx")
  put(nn$dist, "dist")
  said <- system2("/usr/bin/python3", c(
    file.path(path, "run.py"), path, nrow(x), ncol(x), ncol(nn$idx), seed, min_dist,
    min(nrow(x), 500)
  ), stdout = TRUE, stderr = FALSE)
  time <- as.numeric(sub("seconds ", "", grep("^seconds", said, value = TRUE)))
  layout <- readBin(file.path(path, "y"), 0, 2 * nrow(x), size = 4)
  list(layout = matrix(layout, ncol = 2, byrow = TRUE), seconds = time, core = NA)
}

methods <- list(
  unfurl = function(x, nn, seed) run_unfurl(x, nn, seed),
  fast = function(x, nn, seed) run_unfurl(x, nn, seed, 70),
  uwot = function(x, nn, seed) run_uwot(x, nn, seed, "umap"),
  umap2 = function(x, nn, seed) run_uwot(x, nn, seed, "umap2"),
  "umap-learn" = run_umap_learn
)

# ---- Measures and pictures ----------------------------------------------------------------------

# How far the farthest point is from the middle, for the 99.5 % nearest: what has flown away shows.
reach <- function(layout) {
  radius <- sqrt(rowSums(t(t(layout) - colMeans(layout))^2))
  max(radius) / stats::quantile(radius, 0.995, names = FALSE)
}

draw <- function(file, layouts, label) {
  grDevices::png(file, 320 * length(layouts), 340)
  on.exit(grDevices::dev.off())
  graphics::par(mfrow = c(1, length(layouts)), mar = c(0.5, 0.5, 2, 0.5))
  label <- as.integer(factor(label))
  colour <- grDevices::hcl.colors(max(label), "Dark 3")[label]
  shown <- even_rows(length(label), 50000)
  for (name in names(layouts)) {
    graphics::plot(
      layouts[[name]][shown, ],
      col = colour[shown], pch = ".", asp = 1, axes = FALSE, main = name, xlab = "", ylab = ""
    )
    graphics::box(col = "grey")
  }
}

cells <- function(values, digits) formatC(values, digits = digits, format = "f")

compare <- function(name) {
  data <- load_data(name)
  nn <- nearest_neighbors(data$x, 15, n_threads = threads)
  layouts <- list()
  for (method in words("methods", "unfurl,uwot")) {
    runs <- lapply(seeds, function(seed) methods[[method]](data$x, nn, seed))
    quality <- do.call(rbind, lapply(runs, function(run) {
      embedding_quality(data$x, run$layout, data$label, k = 15, k_label = 10)
    }))
    quality <- colMeans(quality[c(
      "neighbor_preservation", "knn_accuracy", "trustworthiness", "continuity"
    )])
    mean_of <- function(element) mean(vapply(runs, function(run) run[[element]], 0))
    cat(
      "|", paste(c(
        name, nrow(data$x), method, cells(mean_of("seconds"), 2), cells(mean_of("core"), 2),
        cells(quality, 4), cells(max(vapply(runs, function(run) reach(run$layout), 0)), 2)
      ), collapse = " | "), "|\n"
    )
    layouts[[method]] <- runs[[1]]$layout
  }
  draw(file.path(out, paste0(name, "-layout.png")), layouts, data$label)
}

cat(
  describe_machine("unfurl", "uwot"), paste0(", ", threads, " threads, seeds: ", length(seeds)),
  paste0(", min_dist ", min_dist), "\n\n",
  sep = ""
)
cat("| data | rows | method | graph, start, layout (s) | start, layout (s) |",
  "preservation@15 | 10-NN accuracy | trustworthiness | continuity | reach |\n")
cat("|---|---|---|---|---|---|---|---|---|---|\n")
for (name in words("data", "digits,letters,shuttle,diamonds")) compare(name)
