# Held-out rows of MNIST placed in an embedding of the others, beside uwot (umap_transform()) and
# umap-learn (transform()).
#
#   Rscript bench/predict.R [--methods unfurl,uwot,umap-learn] [--rows 60000] [--new 10000]
#                           [--threads 2] [--mnist DIR] [--out bench/results]
#
# --rows, --new  training rows, and rows to place, evenly spread over the two sets of MNIST (its
#                files in DIR or UNFURL_MNIST)
# --methods      of these, those that are installed; umap-learn by --python, by default
#                /usr/bin/python3
#
# All have their own defaults. One row is placed after all others, when everything is loaded and
# compiled. Writes predict.md: seconds; the accuracy of a 10-NN classifier in the plane on the new
# rows; and the share of a new row's 15 nearest training rows that are so in the plane, too.

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(script), "common.R"))

threads <- as.integer(argument("threads", 2))
python <- argument("python", "/usr/bin/python3")

all <- unfurl::mnist(argument("mnist", NULL))
known <- even_rows(60000, as.integer(argument("rows", 60000)))
new <- 60000 + even_rows(10000, as.integer(argument("new", 10000)))
x <- all$pixels[known, ]
y <- all$pixels[new, ]

# ---- Methods: from x and y to list(layout, placed, fit, place, one) -----------------------------

by_unfurl <- function() {
  fit <- seconds(model <- unfurl::umap_fit(x, n_threads = threads, verbose = FALSE))
  place <- function(rows) predict(model, rows, n_threads = threads, verbose = FALSE)
  time <- seconds(placed <- place(y))
  one <- seconds(for (i in 1:10) place(y[i, , drop = FALSE])) / 10
  list(layout = model$layout, placed = as.matrix(placed), fit = fit, place = time, one = one)
}

by_uwot <- function() {
  set.seed(42)
  fit <- seconds(model <- uwot::umap2(x, ret_model = TRUE, n_threads = threads, verbose = FALSE))
  place <- function(rows) uwot::umap_transform(rows, model, n_threads = threads, verbose = FALSE)
  time <- seconds(placed <- place(y))
  one <- seconds(place(y[1, , drop = FALSE]))
  list(layout = model$embedding, placed = placed, fit = fit, place = time, one = one)
}

umap_learn <- '
import sys, time, numpy as np, umap
path, d = sys.argv[1], int(sys.argv[2])
x, y = (np.fromfile(path + "/" + name, dtype="f4").reshape(-1, d) for name in "xy")
def seconds(code):
    start = time.time()
    return code(), time.time() - start
model, fit = seconds(lambda: umap.UMAP().fit(x))
placed, place = seconds(lambda: model.transform(y))
_, one = seconds(lambda: model.transform(y[:1]))
np.concatenate([model.embedding_, placed]).astype("f4").tofile(path + "/layout")
print("seconds", fit, place, one)
'

# The data go there, and the layouts come back, as files.
by_umap_learn <- function() {
  path <- tempfile("umap-learn")
  dir.create(path)
  on.exit(unlink(path, recursive = TRUE))
  writeLines(umap_learn, file.path(path, "run.py"))
  writeBin(as.double(t(x)), file.path(path, "x"), size = 4)
  writeBin(as.double(t(y)), file.path(path, "y"), size = 4)
  said <- system2(
    python, c(file.path(path, "run.py"), path, ncol(x)),
    stdout = TRUE, stderr = FALSE, env = paste0("NUMBA_NUM_THREADS=", threads)
  )
  time <- as.numeric(strsplit(grep("^seconds", said, value = TRUE), " ")[[1]][-1])
  n <- nrow(x) + nrow(y)
  layout <- matrix(readBin(file.path(path, "layout"), 0, 2 * n, size = 4), ncol = 2, byrow = TRUE)
  is_known <- seq_len(n) <= nrow(x)
  list(
    layout = layout[is_known, ], placed = layout[!is_known, ],
    fit = time[1], place = time[2], one = time[3]
  )
}

methods <- list(unfurl = by_unfurl, uwot = by_uwot, "umap-learn" = by_umap_learn)

has_method <- function(name) {
  if (name != "umap-learn") return(is_installed(name))
  system2(python, c("-c", shQuote("import umap")), stdout = FALSE, stderr = FALSE) == 0
}

# ---- Quality, and the table ---------------------------------------------------------------------

truth <- unfurl::nearest_neighbors(x, 15, query = y, n_threads = threads)$idx

majority <- function(idx) {
  votes <- matrix(as.integer(all$label[known])[idx], nrow(idx))
  apply(votes, 1, function(row) which.max(tabulate(row, 10)))
}

table_row <- function(method) {
  result <- methods[[method]]()
  near <- unfurl::nearest_neighbors(
    result$layout, 15,
    query = result$placed, method = "exact", n_threads = threads
  )$idx
  shared <- vapply(seq_len(nrow(near)), function(i) mean(near[i, ] %in% truth[i, ]), 0)
  accuracy <- mean(majority(near[, 1:10]) == as.integer(all$label[new]))
  sprintf(
    "| %s | %.2f | %.2f | %.4f | %.4f | %.4f |",
    method, result$fit, result$place, result$one, accuracy, mean(shared)
  )
}

out <- argument("out", file.path(dirname(script), "results"))
dir.create(out, showWarnings = FALSE, recursive = TRUE)
chosen <- Filter(has_method, words("methods", toString(names(methods))))
writeLines(c(
  paste0(
    nrow(y), " new rows of MNIST placed among ", nrow(x), ", ", threads, " threads. ",
    describe_machine("unfurl", "uwot"), "."
  ), "",
  "| method | fit, s | new rows, s | one row, s | 10-NN accuracy | preservation@15 |",
  "|---|---|---|---|---|---|",
  vapply(chosen, table_row, "")
), file.path(out, "predict.md"))
