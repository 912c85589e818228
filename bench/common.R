# What the benchmarks share: the command line, made-up data, Python, pictures, memory, the
# description of the machine.

arguments <- commandArgs(trailingOnly = TRUE)

argument <- function(name, default = NULL) {
  at <- match(paste0("--", name), arguments)
  if (is.na(at)) default else arguments[at + 1]
}

words <- function(name, default) trimws(strsplit(argument(name, default), ",")[[1]])

seconds <- function(expression) system.time(expression)[["elapsed"]]

# ---- Data ---------------------------------------------------------------------------------------

# Groups of log-normal weight, each with 8 to 12 directions of its own, and a little noise in all.
clustered <- function(n, d = 50, groups = 60) {
  set.seed(1)
  decay <- function(rate) 1 / sqrt(1 + rate * (seq_len(d) - 1))
  group <- sample(groups, n, replace = TRUE, prob = exp(0.8 * stats::rnorm(groups)))
  x <- matrix(0.3 * stats::rnorm(n * d), n)
  for (g in seq_len(groups)) {
    rows <- which(group == g)
    r <- sample(8:12, 1)
    factors <- matrix(stats::rnorm(r * d), r) *
      outer(1 / sqrt(1 + 0.5 * (seq_len(r) - 1)), decay(0.1))
    x[rows, ] <- x[rows, ] + matrix(stats::rnorm(length(rows) * r), ncol = r) %*% factors +
      rep(3 * stats::rnorm(d) * decay(0.15), each = length(rows))
  }
  list(x = x, label = group)
}

# At most `most` of n rows, evenly spread.
even_rows <- function(n, most) if (n <= most) seq_len(n) else round(seq(1, n, length.out = most))

# The md5 of all coordinates.
digest <- function(embedding) {
  file <- tempfile()
  on.exit(unlink(file))
  writeBin(as.vector(as.matrix(embedding)), file, endian = "little")
  unname(tools::md5sum(file))
}

# ---- Python -------------------------------------------------------------------------------------

python <- argument("python", "/usr/bin/python3")

has_python <- function(module) {
  code <- shQuote(paste("import", module))
  suppressWarnings(system2(python, c("-c", code), stdout = FALSE, stderr = FALSE)) == 0
}

# Runs a script whose arguments are a folder, then `...`. In the folder are the `matrices`, row by
# row, integers as int32 and others as float32, and there it leaves its own, as float32. It prints
# its numbers as lines "name value". Returns both by name; `columns` says how many columns which
# matrix has.
run_python <- function(code, matrices, ..., columns, threads) {
  folder <- tempfile("python")
  dir.create(folder)
  on.exit(unlink(folder, recursive = TRUE))
  writeLines(code, file.path(folder, "run.py"))
  for (name in names(matrices)) {
    writeBin(as.vector(t(matrices[[name]])), file.path(folder, name), size = 4)
  }
  said <- system2(
    python, c(file.path(folder, "run.py"), folder, ...),
    stdout = TRUE, stderr = FALSE, env = paste0("NUMBA_NUM_THREADS=", threads)
  )
  lines <- strsplit(grep("^[a-z]+ [0-9.e+-]+$", said, value = TRUE), " ")
  numbers <- lapply(lines, function(line) as.numeric(line[2]))
  names(numbers) <- vapply(lines, `[`, "", 1)
  left <- lapply(stats::setNames(nm = names(columns)), function(name) {
    path <- file.path(folder, name)
    values <- readBin(path, "numeric", file.size(path) / 4, size = 4)
    matrix(values, ncol = columns[[name]], byrow = TRUE)
  })
  c(numbers, left)
}

# ---- Pictures -----------------------------------------------------------------------------------

# Draws layouts next to each other into one file; large ones are sampled evenly.
draw_layouts <- function(file, layouts, label) {
  grDevices::png(file, 320 * length(layouts), 340)
  on.exit(grDevices::dev.off())
  graphics::par(mfrow = c(1, length(layouts)), mar = c(0.5, 0.5, 2, 0.5))
  label <- as.integer(factor(label))
  color <- grDevices::hcl.colors(max(label), "Dark 3")[label]
  shown <- even_rows(length(label), 50000)
  for (name in names(layouts)) {
    graphics::plot(
      layouts[[name]][shown, ],
      col = color[shown], pch = ".", asp = 1, axes = FALSE, main = name, xlab = "", ylab = ""
    )
    graphics::box(col = "grey")
  }
}

# ---- The machine --------------------------------------------------------------------------------

# "VmRSS", or "VmHWM" (the peak since it was last forgotten) of this process, in MiB; NA where the
# system does not say.
memory <- function(field) {
  if (!file.exists("/proc/self/status")) return(NA)
  line <- grep(paste0("^", field), readLines("/proc/self/status"), value = TRUE)
  as.numeric(gsub("[^0-9]", "", line)) / 1024
}

forget_peak <- function() try(writeLines("5", "/proc/self/clear_refs"), silent = TRUE)

is_installed <- function(package) requireNamespace(package, quietly = TRUE)

# Date, processor, R, and the versions of the packages that are installed.
describe_machine <- function(...) {
  processor <- R.version$platform
  if (file.exists("/proc/cpuinfo")) {
    lines <- grep("^model name", readLines("/proc/cpuinfo"), value = TRUE)
    processor <- paste0(sub(".*: ", "", lines[1]), " (", length(lines), " cores)")
  }
  versions <- vapply(Filter(is_installed, c(...)), function(package) {
    paste(package, utils::packageVersion(package))
  }, "")
  toString(c(format(Sys.Date()), processor, R.version.string, versions))
}
