# From a matrix to a data frame of coordinates: umap() compared with uwot and umap-learn, time,
# memory and quality in one table, and a picture of each embedding.
#
#   Rscript bench/umap.R [--data mnist,clustered] [--methods unfurl,uwot,umap2,umap-learn]
#                        [--threads 2] [--rows 1000000] [--mnist DIR] [--out bench/results]
#
# --data     mnist (70,000 x 784; its files in DIR or UNFURL_MNIST), clustered (--rows x 50)
# --methods  unfurl; uwot (umap()); umap2 (uwot's umap2()); umap-learn (--python, by default
#            /usr/bin/python3), which is timed on its second run, when it is compiled
#
# All have min_dist 0.1, 15 neighbors and their own defaults otherwise. Every run has a process of
# its own, so that its peak memory is its own; the data are made before the clock starts. Writes
# umap-DATA.md and umap-DATA.png.

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(script), "common.R"))

threads <- as.integer(argument("threads", 2))

load_data <- function(name) {
  switch(name,
    mnist = {
      all <- unfurl::mnist(argument("mnist", NULL))
      list(x = all$pixels, label = all$label)
    },
    clustered = clustered(as.integer(argument("rows", 1e6))),
    stop("no such data: ", name)
  )
}

# ---- Methods: from the data to list(layout, seconds) --------------------------------------------

by_unfurl <- function(x) {
  embed <- unfurl::umap # loads the package before the clock starts, as for uwot
  time <- seconds(embedding <- embed(x, n_threads = threads, verbose = FALSE))
  list(layout = as.matrix(as.data.frame(embedding)), seconds = time)
}

by_uwot <- function(version) {
  function(x) {
    set.seed(42)
    embed <- getExportedValue("uwot", version)
    hogwild <- if (version == "umap") list(n_sgd_threads = threads)
    settings <- list(x, min_dist = 0.1, n_threads = threads, verbose = FALSE)
    time <- seconds(layout <- do.call(embed, c(settings, hogwild)))
    list(layout = layout, seconds = time)
  }
}

umap_learn <- '
import sys, time, resource, numpy as np, umap
path, d = sys.argv[1], int(sys.argv[2])
x = np.fromfile(path + "/x", dtype="f4").reshape(-1, d)
umap.UMAP(n_epochs=20).fit_transform(x[:5000])
start = time.time()
y = umap.UMAP().fit_transform(x)
print("seconds", time.time() - start)
print("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - x.nbytes / 2**20)
y.astype("f4").tofile(path + "/layout")
'

by_umap_learn <- function(x) {
  run_python(umap_learn, list(x = x), ncol(x), columns = list(layout = 2), threads = threads)
}

methods <- list(
  unfurl = by_unfurl, uwot = by_uwot("umap"), umap2 = by_uwot("umap2"), "umap-learn" = by_umap_learn
)

# ---- One run, in a process of its own -----------------------------------------------------------

run <- function(data_name, method, file) {
  data <- load_data(data_name)
  invisible(gc())
  forget_peak()
  before <- memory("VmRSS")
  result <- methods[[method]](data$x)
  if (is.null(result$memory)) result$memory <- memory("VmHWM") - before
  result$quality <- unfurl::embedding_quality(
    data$x, result$layout, data$label, k = 15, k_label = 10, sample = 1000
  )
  result$label <- data$label
  saveRDS(result, file)
}

if ("--run" %in% arguments) {
  run(argument("run"), argument("method"), argument("file"))
  quit(status = 0)
}

# ---- All runs, text and pictures ----------------------------------------------------------------

run_alone <- function(data_name, method) {
  file <- tempfile(fileext = ".rds")
  on.exit(unlink(file))
  status <- system2(file.path(R.home("bin"), "Rscript"), c(
    shQuote(script), "--run", data_name, "--method", method, "--file", shQuote(file), arguments
  ))
  if (status != 0) stop(method, " on ", data_name, " failed", call. = FALSE)
  readRDS(file)
}

table_row <- function(method, result, first) {
  quality <- result$quality[c(
    "neighbor_preservation", "knn_accuracy", "trustworthiness", "continuity"
  )]
  paste("|", paste(c(
    method, sprintf("%.2f", result$seconds), sprintf("%.1f", result$seconds / first$seconds),
    round(result$memory), sprintf("%.4f", unlist(quality))
  ), collapse = " | "), "|")
}

out <- argument("out", file.path(dirname(script), "results"))
dir.create(out, showWarnings = FALSE, recursive = TRUE)
for (data_name in words("data", "mnist,clustered")) {
  chosen <- words("methods", toString(names(methods)))
  results <- lapply(stats::setNames(chosen, chosen), run_alone, data_name = data_name)
  writeLines(c(
    paste0(
      "umap() from a matrix to coordinates: ", data_name, ", ", length(results[[1]]$label),
      " rows, ", threads, " threads. ", describe_machine("unfurl", "uwot"), "."
    ), "",
    paste(
      "`times` is how many times the first takes;",
      "`memory` what the run added to the process, in MiB."
    ),
    "",
    paste(
      "| method | s | times | memory | preservation@15 | 10-NN accuracy | trustworthiness |",
      "continuity |"
    ),
    "|---|---|---|---|---|---|---|---|",
    mapply(table_row, chosen, results, MoreArgs = list(first = results[[1]]))
  ), file.path(out, paste0("umap-", data_name, ".md")))
  draw_layouts(
    file.path(out, paste0("umap-", data_name, ".png")), lapply(results, `[[`, "layout"),
    results[[1]]$label
  )
}
