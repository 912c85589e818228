# What the benchmarks share: the command line, made-up data, memory, the description of the machine.

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
