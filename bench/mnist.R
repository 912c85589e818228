# What the package does with MNIST: time of the stages, recall, quality, memory, and whether
# threads change a bit.
#
#   Rscript bench/mnist.R --mnist DIR [--digits 0:9] [--threads N]
#
# DIR holds the four IDX files (see ?mnist); without --mnist, the environment variable UNFURL_MNIST
# tells it. Prints a table in Markdown.

library(unfurl)

argument <- function(name, default) {
  given <- commandArgs(trailingOnly = TRUE)
  at <- match(paste0("--", name), given)
  if (is.na(at)) default else given[at + 1]
}

row <- function(what, ...) cat("|", what, "|", paste0(...), "|\n")

seconds <- function(expression) system.time(expression)[["elapsed"]]

# The largest resident size of this process so far, in MiB; NA where the system does not say.
peak_memory <- function() {
  if (!file.exists("/proc/self/status")) return(NA)
  line <- grep("^VmHWM", readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

digest <- function(x) {
  file <- tempfile()
  on.exit(unlink(file))
  writeBin(as.vector(as.matrix(x)), file)
  unname(tools::md5sum(file))
}

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
row("peak memory of the process", round(peak_memory()), " MiB")

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
