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

# What gcov finds for some .gcda files, as a data frame of file, line and count. `directory`: where
# the compiler was called.
read_gcov <- function(notes, directory, root) {
  command <- paste(c("cd", shQuote(directory), "&& gcov -t", shQuote(notes)), collapse = " ")
  lines <- system(command, intern = TRUE)
  fields <- regmatches(lines, regexec("^ *([-#=0-9]+)[*]?: *([0-9]+):(.*)$", lines))
  fields <- do.call(rbind, Filter(length, fields))[, -1]
  is_source <- fields[, 2] == "0" & startsWith(fields[, 3], "Source:")
  source <- sub("^Source:", "", fields[is_source, 3])
  is_relative <- !startsWith(source, "/")
  source[is_relative] <- file.path(directory, source[is_relative])
  file <- sub(paste0(root, "/"), "", normalizePath(source, mustWork = FALSE), fixed = TRUE)
  file <- file[cumsum(is_source)]
  is_code <- fields[, 1] != "-" & startsWith(file, "src/")
  data.frame(
    file = file[is_code], line = as.integer(fields[is_code, 2]),
    count = as.numeric(ifelse(grepl("[#=]", fields[is_code, 1]), 0, fields[is_code, 1]))
  )
}

flags <- "-O0 --coverage"

run_c_tests <- function() {
  options <- c("-s", "-C", "tests/c", paste0("TMPDIR=", work), paste0("CFLAGS='", flags, "'"))
  if (system2("make", c(options, "check")) != 0) stop("tests/c fail", call. = FALSE)
  notes <- list.files(work, "\\.gcda$", recursive = TRUE, full.names = TRUE)
  read_gcov(grep("/core/", notes, value = TRUE), file.path(getwd(), "tests/c"), getwd())
}

# covr runs the tests; what C did is read here, as covr takes lines that ran in part for missed.
run_r_tests <- function() {
  package <- file.path(normalizePath(work), "package")
  files <- system2("git", c("ls-files", "--", ".", ":!tests/c"), stdout = TRUE)
  for (folder in unique(dirname(file.path(package, files)))) dir.create(folder, FALSE, TRUE)
  file.copy(files, file.path(package, files))
  Sys.setenv(NOT_CRAN = "true")
  options(covr.flags = c(CFLAGS = flags, LDFLAGS = "--coverage"))
  lines <- covr::tally_coverage(covr::package_coverage(package, clean = FALSE), by = "line")
  lines <- lines[startsWith(lines$filename, "R/"), ]
  notes <- list.files(file.path(package, "src"), "\\.gcda$", recursive = TRUE, full.names = TRUE)
  rbind(
    data.frame(file = lines$filename, line = lines$line, count = lines$value),
    read_gcov(notes, file.path(package, "src"), package)
  )
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
