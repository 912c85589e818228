# What the package does with MNIST: time of the stages, recall, quality, memory, and whether
# threads change a bit.
#
#   Rscript bench/mnist.R --mnist DIR [--digits 0:9] [--threads N]
#
# DIR holds the four IDX files (see ?mnist); without --mnist, the environment variable UNFURL_MNIST
# tells it. Prints a table in Markdown.

library(unfurl)

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(script), "common.R"))

row <- function(what, ...) cat("|", what, "|", paste0(...), "|\n")

threads <- as.integer(argument("threads", 2))
digits <- eval(parse(text = argument("digits", "0:9")))
reading <- seconds(data <- mnist(argument("mnist", NULL), digits))
x <- data$pixels
label <- data$label
rm(data)
invisible(gc())

cat("| what |", nrow(x), "x", ncol(x), "|\n|---|---|\n")
row("reading the IDX files", round(reading, 1), " s")

embedding_time <- seconds(embedding <- umap(x, label, n_threads = threads))
row(paste0("umap(x), defaults, ", threads, " threads"), round(embedding_time, 2), " s")
row("peak memory of the process", round(memory("VmHWM")), " MiB")

search_time <- seconds(nn <- nearest_neighbors(x, 15, n_threads = threads))
row(paste0("nearest_neighbors(x, 15), method ", nn$method), round(search_time, 2), " s")
row("recall@15 on 2,000 rows", format(neighbor_recall(nn, x, sample = 2000), digits = 4))

quality <- embedding_quality(x, embedding, label, k = 15, k_label = 10, sample = 1000)
for (measure in names(quality)) row(measure, format(quality[[measure]], digits = 4))

for (n in c(1, 2, 4)) {
  for (run in 1:2) {
    row(paste("md5 of the coordinates, threads:", n), digest(umap(x, n_threads = n)))
  }
}
