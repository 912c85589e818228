# How many lines the tests run:
#   Rscript tools/coverage.R
# R by tests/testthat (covr); C, which is core and glue, by tests/testthat and tests/c (gcov). The
# lanes of other processors are not compiled and so do not count. Prints the lines that are missed,
# and ends with status 1 when R or C falls below 95 %.

wanted <- 95

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
setwd(dirname(dirname(normalizePath(script))))
work <- tempfile("coverage")
dir.create(work)

# A data frame of file, line and count from what gcov -t prints.
read_gcov <- function(lines) {
  fields <- regmatches(lines, regexec("^ *([-#=0-9]+)[*]?: *([0-9]+):(.*)$", lines))
  fields <- do.call(rbind, Filter(length, fields))[, -1]
  is_source <- fields[, 2] == "0" & startsWith(fields[, 3], "Source:")
  file <- sub("^.*/(src/)", "\\1", sub("^Source:", "", fields[is_source, 3]))
  file <- gsub("[^/]+/\\.\\./", "", file)[cumsum(is_source)]
  is_code <- fields[, 1] != "-" & startsWith(file, "src/")
  data.frame(
    file = file[is_code], line = as.integer(fields[is_code, 2]),
    count = as.numeric(ifelse(grepl("[#=]", fields[is_code, 1]), 0, fields[is_code, 1]))
  )
}

run_c_tests <- function() {
  options <- c("-s", "-C", "tests/c", paste0("TMPDIR=", work), "CFLAGS='-O0 --coverage'")
  if (system2("make", c(options, "check")) != 0) stop("tests/c fail", call. = FALSE)
  notes <- list.files(work, "\\.gcda$", recursive = TRUE, full.names = TRUE)
  notes <- shQuote(grep("/core/", notes, value = TRUE))
  read_gcov(system(paste(c("cd tests/c && gcov -t", notes), collapse = " "), intern = TRUE))
}

run_r_tests <- function() {
  Sys.setenv(NOT_CRAN = "true")
  lines <- covr::tally_coverage(covr::package_coverage("."), by = "line")
  data.frame(file = lines$filename, line = lines$line, count = lines$value)
}

report <- function(name, lines) {
  # A header is seen once for each file that includes it, and C by two sets of tests.
  lines <- stats::aggregate(count ~ line + file, lines, max)
  missed <- lines[lines$count == 0, ]
  covered <- 100 - 100 * nrow(missed) / nrow(lines)
  cat(sprintf("\n%s: %.1f %% of %d lines\n", name, covered, nrow(lines)))
  by_file <- split(missed$line, missed$file)
  cat(sprintf("  %s: %s\n", names(by_file), vapply(by_file, toString, "")), sep = "")
  covered >= wanted
}

if (!requireNamespace("covr", quietly = TRUE)) stop("covr is not installed", call. = FALSE)
lines <- rbind(run_c_tests(), run_r_tests())
is_r <- startsWith(lines$file, "R/")
is_enough <- c(report("R", lines[is_r, ]), report("C", lines[!is_r, ]))
unlink(work, recursive = TRUE)
quit(status = as.integer(!all(is_enough)))
