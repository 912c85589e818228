# Embeds handwritten digits and draws them; `Rscript tools/demo.R --help` says more.

usage <- "Usage: Rscript tools/demo.R [options]

Installs what is missing and the package itself, embeds the 5,000 digits that come with it, and
writes the coordinates to umap.csv and a picture of them to umap.png.

  --mnist DIR    embed MNIST, from the four files in DIR, in place of the 5,000 digits
  --digits SET   only these digits, such as 0:4 or 1,7 or 0:2,9 (default: 0:9)
  --out DIR      where to write umap.csv and umap.png (default: the current directory)
  --threads N    number of threads (default: all processors)
  --help         show this
"

# ---- Arguments ----------------------------------------------------------------------------------

parse_arguments <- function(arguments) {
  settings <- list(mnist = NULL, digits = 0:9, out = ".", threads = NULL)
  while (length(arguments) > 0) {
    name <- sub("^--", "", arguments[1])
    if (!startsWith(arguments[1], "--") || !name %in% names(settings)) {
      quit_with("unknown argument ", arguments[1])
    }
    if (length(arguments) < 2) quit_with("--", name, " needs a value")
    settings[[name]] <- parse_value(name, arguments[2])
    arguments <- arguments[-(1:2)]
  }
  settings
}

parse_value <- function(name, text) {
  switch(name,
    digits = parse_digits(text),
    threads = parse_threads(text),
    mnist = if (dir.exists(text)) text else quit_with("--mnist: no such directory: ", text),
    out = text
  )
}

parse_digits <- function(text) {
  if (!grepl("^[0-9](:[0-9])?(,[0-9](:[0-9])?)*$", text)) {
    quit_with("--digits must be like 0:4 or 1,7, not ", text)
  }
  ranges <- lapply(strsplit(strsplit(text, ",")[[1]], ":"), as.integer)
  unlist(lapply(ranges, function(range) seq(range[1], range[length(range)])))
}

parse_threads <- function(text) {
  if (!grepl("^[1-9][0-9]{0,3}$", text)) quit_with("--threads must be a number, not ", text)
  as.integer(text)
}

quit_with <- function(...) {
  message(..., "\n\n", usage)
  quit(status = 2)
}

# ---- Steps --------------------------------------------------------------------------------------

read_images <- function(settings) {
  if (!is.null(settings$mnist)) {
    return(unfurl::mnist(settings$mnist, settings$digits))
  }
  keep <- unfurl::digits$label %in% settings$digits
  list(
    pixels = unfurl::digits$pixels[keep, ],
    label = droplevels(unfurl::digits$label[keep])
  )
}

draw <- function(embedding, path) {
  png(path, width = 1600, height = 1500, res = 200)
  on.exit(dev.off())
  par(mar = c(4, 4, 0.5, 0.5))
  plot(embedding, label_medians = TRUE)
}

# ---- The demonstration --------------------------------------------------------------------------

# Evaluates a step, says how long it took, and returns its value.
timed <- function(step, code) {
  seconds <- system.time(value <- code)[["elapsed"]]
  cat(sprintf("%-19s %7.2f s\n", step, seconds))
  invisible(value)
}

demonstrate <- function(settings) {
  dir.create(settings$out, showWarnings = FALSE, recursive = TRUE)
  images <- timed("reading", read_images(settings))
  cat(sprintf("  %d images of %d pixels\n", nrow(images$pixels), ncol(images$pixels)))
  embedding <- timed(
    "umap", unfurl::umap(images$pixels, images$label, n_threads = settings$threads)
  )
  cat("  threads:", unfurl:::resolve_threads(settings$threads), "\n")
  timed("writing", {
    write.csv(embedding, file.path(settings$out, "umap.csv"), row.names = FALSE)
    draw(embedding, file.path(settings$out, "umap.png"))
  })
  print_quality(images, embedding)
}

print_quality <- function(images, embedding) {
  layout <- as.matrix(embedding[c("UMAP1", "UMAP2")])
  quality <- timed("quality", unfurl::embedding_quality(images$pixels, layout, images$label))
  cat(sprintf("  %-21s %.4f\n", names(quality), unlist(quality)), sep = "")
}

arguments <- commandArgs(trailingOnly = TRUE)
if ("--help" %in% arguments) {
  cat(usage)
  quit()
}
settings <- parse_arguments(arguments)

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
tools <- dirname(gsub("~+~", " ", script, fixed = TRUE)) # how Rscript spells a space
source(file.path(tools, "setup.R"))
timed("installing", install_unfurl(dirname(tools)))
timed("all but installing", demonstrate(settings))
