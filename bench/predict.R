# Held-out rows of MNIST placed in an embedding of the others, compared with uwot
# (umap_transform()) and umap-learn (transform()).
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
def timed(name, code):
    start = time.time()
    result = code()
    print(name, time.time() - start)
    return result
model = timed("fit", lambda: umap.UMAP().fit(x))
placed = timed("place", lambda: model.transform(y))
timed("one", lambda: model.transform(y[:1]))
model.embedding_.astype("f4").tofile(path + "/layout")
placed.astype("f4").tofile(path + "/placed")
'

by_umap_learn <- function() {
  run_python(
    umap_learn, list(x = x, y = y), ncol(x),
    columns = list(layout = 2, placed = 2), threads = threads
  )
}

methods <- list(unfurl = by_unfurl, uwot = by_uwot, "umap-learn" = by_umap_learn)

has_method <- function(name) {
  if (name == "umap-learn") has_python("umap") else is_installed(name)
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
