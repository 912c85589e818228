# Records the bits of the results that tests/testthat/test-reproducibility.R compares with:
#   Rscript tools/golden.R
# Installs the package of this repository first. To be run when results have changed on purpose;
# raise `algorithm_version` in R/reproducibility.R before, if a release had the old ones, and say so
# in NEWS.md. Prints what has changed.

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
tools <- dirname(gsub("~+~", " ", script, fixed = TRUE)) # how Rscript spells a space
root <- normalizePath(dirname(tools))
source(file.path(tools, "setup.R"))

install_unfurl(root)
library(unfurl)
tests <- file.path(root, "tests", "testthat")
source(file.path(tests, "helper.R"))
source(file.path(tests, "helper-golden.R"))

path <- file.path(tests, "golden.csv")
old <- read_golden(path)
new <- c(algorithm_version = as.character(unfurl:::algorithm_version), golden_hashes())
changed <- names(new)[is.na(old[names(new)]) | old[names(new)] != new]
write.csv(data.frame(case = names(new), md5 = new), path, row.names = FALSE, quote = FALSE)
message(
  length(new) - 1, " hashes recorded, of which ", length(setdiff(changed, "algorithm_version")),
  " are new or have changed: ", toString(changed)
)
