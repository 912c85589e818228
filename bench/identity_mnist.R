# One seed, one picture, for the 70,000 images of MNIST: the md5 of the coordinates on each
# instruction set that this processor has, with 1, 2 and 3 threads.
#
#   Rscript bench/identity_mnist.R --mnist DIR [--levels scalar,sse2,fma,avx2,avx512,vnni]
#                                  [--rows N]
#
# DIR holds the four IDX files (see ?mnist); without --mnist, the environment variable UNFURL_MNIST
# tells it. Prints a table in Markdown. Plain C takes minutes, the others seconds. Ends with status
# 1 when two differ.

library(unfurl)

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
source(file.path(dirname(script), "common.R"))

# By what Linux says of the processor; elsewhere by name.
levels_here <- function(wanted) {
  if (!file.exists("/proc/cpuinfo")) return(wanted)
  flags <- grep("^(flags|Features)", readLines("/proc/cpuinfo"), value = TRUE)[1]
  flags <- strsplit(flags, " ")[[1]]
  needs <- c(
    scalar = NA, sse2 = "sse2", fma = "fma", avx2 = "avx2", avx512 = "avx512bw",
    vnni = "avx512_vnni", neon = "asimd"
  )
  wanted[is.na(needs[wanted]) | needs[wanted] %in% flags]
}

levels <- words("levels", "scalar,sse2,fma,avx2,avx512,vnni,neon")
x <- mnist(argument("mnist", NULL))$pixels
x <- x[seq_len(min(nrow(x), as.integer(argument("rows", nrow(x))))), ]

cat(
  "| kernels | threads | seconds | md5 of the coordinates of", nrow(x),
  "rows |\n|---|---|---|---|\n"
)
digests <- character()
for (level in levels_here(levels)) {
  for (threads in 1:3) {
    Sys.setenv(UNFURL_ISA = level)
    time <- seconds(embedding <- umap(x, n_threads = threads, verbose = FALSE))
    digests <- c(digests, digest(embedding))
    cat("|", level, "|", threads, "|", round(time, 1), "|", tail(digests, 1), "|\n")
  }
}
same <- length(unique(digests)) == 1
cat(if (same) "\nAll the same.\n" else "\nThey DIFFER.\n")
quit(status = as.integer(!same))
