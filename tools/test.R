# Runs all tests, those of the C core and those of the package:
#   Rscript tools/test.R
# Installs what is missing and the package itself first. In continuous integration (CI=true) the C
# tests run once more under the address and undefined-behaviour sanitizers. The last line counts.

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
tools <- dirname(gsub("~+~", " ", script, fixed = TRUE)) # how Rscript spells a space
root <- normalizePath(dirname(tools))
source(file.path(tools, "setup.R"))

suggested_packages <- function() {
  suggests <- read.dcf(file.path(root, "DESCRIPTION"), "Suggests")
  trimws(sub("\\(.*", "", strsplit(suggests, ",")[[1]]))
}

prepare <- function() {
  missing <- install_missing(suggested_packages())
  if ("testthat" %in% missing) stop("the package testthat cannot be installed", call. = FALSE)
  if (length(missing) > 0) message("Going on without: ", toString(missing))
  install_unfurl(root)
}

totals <- function(passed = 0, failed = 0, skipped = 0) {
  c(passed = passed, failed = failed, skipped = skipped)
}

# The totals are in the last line "N passed, N failed"; when the build breaks there is none.
run_c_tests <- function(...) {
  arguments <- c("-C", shQuote(file.path(root, "tests", "c")), "check", ...)
  cat("\nmake", arguments, "\n")
  output <- suppressWarnings(system2("make", arguments, stdout = TRUE, stderr = TRUE))
  last <- tail(grep("^[0-9]+ passed, [0-9]+ failed$", output, value = TRUE), 1)
  passed <- sum(as.integer(sub(" passed.*", "", last)))
  failed <- sum(as.integer(sub(".*, ([0-9]+) failed$", "\\1", last)))
  broken <- !is.null(attr(output, "status"))
  writeLines(if (broken || failed > 0) output else grep("passed", output, value = TRUE))
  totals(passed, max(failed, broken))
}

# On a copy, since testthat writes beside its tests.
run_r_tests <- function() {
  cat("\ntestthat\n")
  Sys.setenv(NOT_CRAN = "true") # all of them
  file.copy(file.path(root, "tests", "testthat"), tempdir(), recursive = TRUE)
  results <- as.data.frame(testthat::test_dir(
    file.path(tempdir(), "testthat"),
    package = "unfurl", load_package = "installed", reporter = "check", stop_on_failure = FALSE
  ))
  failed <- results$failed > 0 | results$error
  skipped <- results$skipped & !failed
  totals(sum(!failed & !skipped), sum(failed), sum(skipped))
}

prepare()
counts <- run_c_tests()
if (identical(Sys.getenv("CI"), "true")) {
  counts <- counts + run_c_tests("SANITIZE=address,undefined")
}
counts <- counts + run_r_tests()
cat(sprintf(
  "\n%d passed, %d failed, %d skipped\n",
  counts["passed"], counts["failed"], counts["skipped"]
))
quit(status = min(counts["failed"], 1))
