# Runs the tests of the C core and the tests of the package:
#   Rscript tools/test.R          without the slow ones, in less than two minutes on two cores
#   Rscript tools/test.R --all    all of them
# Installs what is missing and the package itself first; with --installed it tests the package that
# is installed. In continuous integration (CI=true), --all runs the C tests a second time, under
# AddressSanitizer and UBSan. The last line counts.

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
tools <- dirname(gsub("~+~", " ", script, fixed = TRUE)) # how Rscript spells a space
root <- normalizePath(dirname(tools))
source(file.path(tools, "setup.R"))

arguments <- commandArgs(trailingOnly = TRUE)
if (!all(arguments %in% c("--all", "--installed"))) {
  stop("usage: Rscript tools/test.R [--all] [--installed]", call. = FALSE)
}
all_tests <- "--all" %in% arguments
installed <- "--installed" %in% arguments

# The quick tests need only testthat of the suggested packages; the others take minutes to compile.
prepare <- function() {
  wanted <- suggested_packages(root)
  missing <- install_missing(wanted, compile = if (all_tests) wanted else "testthat")
  if ("testthat" %in% missing) stop("the package testthat cannot be installed", call. = FALSE)
  if (length(missing) > 0) {
    message("NOT INSTALLED: ", toString(missing), ". Tests that need them are skipped.")
  }
  if (!installed) install_unfurl(root)
}

totals <- function(passed = 0, failed = 0, skipped = 0) {
  c(passed = passed, failed = failed, skipped = skipped)
}

# ---- C ------------------------------------------------------------------------------------------

# Starts the tests in the background; their output goes to a file, their status to the pipe.
start_c_tests <- function(...) {
  arguments <- c(
    paste0("-j", n_cores()), "-C", shQuote(file.path(root, "tests", "c")), "check", ...
  )
  command <- paste(c("make", arguments), collapse = " ")
  log <- tempfile("make", fileext = ".log")
  status <- pipe(paste(command, ">", shQuote(log), "2>&1; echo $?"), "r")
  list(command = command, log = log, status = status)
}

# The totals are in the last line "N passed, N failed"; when the build breaks there is none.
finish_c_tests <- function(run) {
  broken <- readLines(run$status) != "0" # waits for the end
  close(run$status)
  cat("\n", run$command, "\n", sep = "")
  output <- readLines(run$log, warn = FALSE)
  last <- tail(grep("^[0-9]+ passed, [0-9]+ failed$", output, value = TRUE), 1)
  passed <- sum(as.integer(sub(" passed.*", "", last)))
  failed <- sum(as.integer(sub(".*, ([0-9]+) failed$", "\\1", last)))
  writeLines(if (broken || failed > 0) output else grep("passed", output, value = TRUE))
  totals(passed, max(failed, broken))
}

# ---- R ------------------------------------------------------------------------------------------

# A copy, since testthat writes next to its tests, with the files of the repository that they read.
copy_tests <- function() {
  copy <- file.path(tempdir(), "unfurl")
  dir.create(file.path(copy, "tests"), recursive = TRUE)
  file.copy(file.path(root, c("_pkgdown.yml", "man", "R")), copy, recursive = TRUE)
  file.copy(file.path(root, "tests", "testthat"), file.path(copy, "tests"), recursive = TRUE)
  file.path(copy, "tests", "testthat")
}

run_r_tests <- function() {
  cat("\ntestthat\n")
  Sys.setenv(NOT_CRAN = "true", UNFURL_TESTS = if (all_tests) "all" else "quick")
  results <- as.data.frame(testthat::test_dir(
    copy_tests(),
    package = "unfurl", load_package = "installed", reporter = "check", stop_on_failure = FALSE
  ))
  say_what_is_slow(results)
  failed <- results$failed > 0 | results$error
  skipped <- results$skipped & !failed
  totals(sum(!failed & !skipped), sum(failed), sum(skipped))
}

# The tests that skip_if_quick() (tests/testthat/helper.R) has left out, and why they are slow.
say_what_is_slow <- function(results) {
  reasons <- vapply(results$result, function(parts) {
    text <- unlist(lapply(parts, conditionMessage))
    c(grep("slow: ", text, value = TRUE), "")[1]
  }, "")
  slow <- nzchar(reasons)
  if (!any(slow)) return(invisible())
  cat("\n--all adds", sum(slow), "slow tests of the package")
  cat(", and in continuous integration the sanitizers:\n")
  cat(sprintf("  %s\n    %s\n", results$test[slow], sub(".*slow: ", "", reasons[slow])), sep = "")
}

# ---- All ----------------------------------------------------------------------------------------

run <- start_c_tests() # while the package is installed and tested
prepare()
counts <- run_r_tests()
counts <- counts + finish_c_tests(run)
if (all_tests && identical(Sys.getenv("CI"), "true")) {
  counts <- counts + finish_c_tests(start_c_tests("SANITIZE=address,undefined"))
}
cat(sprintf(
  "\n%d passed, %d failed, %d skipped\n",
  counts["passed"], counts["failed"], counts["skipped"]
))
quit(status = min(counts["failed"], 1))
