# Initialization and layout against uwot and umap-learn, all from the same neighbors: seconds,
# quality and pictures.
#
#   Rscript bench/layout.R [--data digits,letters,shuttle,diamonds] [--methods unfurl,uwot]
#                          [--seeds 1] [--threads 2] [--min_dist 0.1] [--mnist DIR]
#                          [--out bench/results]
#
# --data     iris, digits (a sample of MNIST), satellite, letters (20,000 rows, 1,332 of them
#            twice), shuttle (58,000) from mlbench, diamonds (53,940) from ggplot2, mnist (70,000 x
#            784; its files in DIR or UNFURL_MNIST), clustered (--rows of them, a million, x 50)
# --methods  unfurl; fast (unfurl with 70 epochs); laplacian (unfurl from the eigenvectors of the
#            graph itself); uwot (umap()); umap2 (uwot's umap2()); umap-learn (--python)
#
# Prints a table for each of the data and writes it to layout-DATA.md in --out, with the pictures
# of the first seed, layout-DATA.png (layout-DATA-MIN_DIST, where it is not 0.1). Neighbors are
# unfurl's and cost nobody anything here.

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

# ---- Methods: each returns list(layout, seconds, initialization, optimizer) ---------------------

by_unfurl <- function(...) {
  function(x, nn, seed) {
    model <- umap_fit(x, min_dist = min_dist, seed = seed, n_threads = threads, ...)
    times <- as.list(model$times)
    list(
      layout = model$layout,
      seconds = times$`fuzzy graph` + times$initialization + times$layout,
      initialization = times$initialization, optimizer = times$layout
    )
  }
}

by_uwot <- function(version) {
  function(x, nn, seed) {
    set.seed(seed)
    hogwild <- if (version == "umap") list(n_sgd_threads = threads)
    time <- seconds(layout <- do.call(getExportedValue("uwot", version), c(list(
      x,
      n_neighbors = ncol(nn$idx), min_dist = min_dist, nn_method = nn[c("idx", "dist")],
      n_threads = threads, verbose = FALSE
    ), hogwild)))
    list(layout = layout, seconds = time, initialization = NA, optimizer = NA)
  }
}

# umap-learn's own two steps after the search. A run on a few rows comes first, for what Python
# compiles.
umap_learn <- '
import sys, time, numpy as np
from sklearn.utils import check_random_state
from umap.umap_ import find_ab_params, fuzzy_simplicial_set, simplicial_set_embedding
path, d, k, seed, min_dist = sys.argv[1:]
d, k = int(d), int(k)
x = np.fromfile(path + "/x", dtype="f4").reshape(-1, d)
idx = np.fromfile(path + "/idx", dtype="i4").reshape(-1, k) - 1
dist = np.fromfile(path + "/dist", dtype="f4").reshape(-1, k)
a, b = find_ab_params(1.0, float(min_dist))
def embed(x, idx, dist, n_epochs):
    random = check_random_state(int(seed))
    graph, _, _ = fuzzy_simplicial_set(x, k, random, "euclidean", {}, idx, dist)
    return simplicial_set_embedding(x, graph, 2, 1.0, a, b, 1.0, 5, n_epochs, "spectral", random,
                                    "euclidean", {}, False, {}, False)[0]
few = min(len(x), 500)
embed(x[:few], np.minimum(idx[:few], few - 1), dist[:few], 5)
start = time.time()
y = embed(x, idx, dist, 500 if len(x) <= 10000 else 200)
print("seconds", time.time() - start)
y.astype("f4").tofile(path + "/layout")
'

by_umap_learn <- function(x, nn, seed) {
  run <- run_python(
    umap_learn, list(x = x, idx = nn$idx, dist = nn$dist), ncol(x), ncol(nn$idx), seed, min_dist,
    columns = list(layout = 2), threads = threads
  )
  c(run, initialization = NA, optimizer = NA)
}

methods <- list(
  unfurl = by_unfurl(), fast = by_unfurl(n_epochs = 70), laplacian = by_unfurl(init = "laplacian"),
  uwot = by_uwot("umap"), umap2 = by_uwot("umap2"), "umap-learn" = by_umap_learn
)

# ---- Measures and pictures ----------------------------------------------------------------------

# How far the farthest point is from the middle, for the 99.5 % nearest: what has flown away shows.
reach <- function(layout) {
  radius <- sqrt(rowSums(t(t(layout) - colMeans(layout))^2))
  max(radius) / stats::quantile(radius, 0.995, names = FALSE)
}

cells <- function(values, digits) formatC(values, digits = digits, format = "f")

table_row <- function(method, runs, data) {
  mean_of <- function(element) mean(vapply(runs, function(run) run[[element]], 0))
  quality <- do.call(rbind, lapply(runs, function(run) {
    embedding_quality(data$x, run$layout, data$label, k = 15, k_label = 10)
  }))
  quality <- colMeans(quality[c(
    "neighbor_preservation", "knn_accuracy", "trustworthiness", "continuity"
  )])
  reached <- max(vapply(runs, function(run) reach(run$layout), 0))
  paste("|", paste(c(
    method, cells(vapply(c("seconds", "initialization", "optimizer"), mean_of, 0), 2),
    cells(quality, 4), cells(reached, 2)
  ), collapse = " | "), "|")
}

compare <- function(name) {
  data <- load_data(name)
  nn <- nearest_neighbors(data$x, 15, n_threads = threads)
  path <- file.path(out, paste0("layout-", name, if (min_dist != 0.1) paste0("-", min_dist)))
  report <- file(paste0(path, ".md"), "w")
  on.exit(close(report))
  tell <- function(...) for (to in list(stdout(), report)) writeLines(c(...), to)
  tell(
    paste0(
      "Initialization and layout: ", name, ", ", nrow(data$x), " rows, ", threads,
      " threads, min_dist ", min_dist, ", seeds: ", length(seeds), ". ",
      describe_machine("unfurl", "uwot"), "."
    ), "",
    paste(
      "`all` is graph, initialization and layout, in seconds; the peers do not report these",
      "stages separately. `reach` is the radius of the picture divided by the radius of its",
      "99.5 % nearest points."
    ), "",
    paste(
      "| method | all | initialization | layout | preservation@15 | 10-NN accuracy |",
      "trustworthiness | continuity | reach |"
    ),
    "|---|---|---|---|---|---|---|---|---|"
  )
  layouts <- list()
  for (method in words("methods", "unfurl,uwot")) {
    runs <- lapply(seeds, function(seed) methods[[method]](data$x, nn, seed))
    tell(table_row(method, runs, data))
    layouts[[method]] <- runs[[1]]$layout
  }
  draw_layouts(paste0(path, ".png"), layouts, data$label)
}

for (name in words("data", "digits,letters,shuttle,diamonds")) compare(name)
