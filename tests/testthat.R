library(testthat)
library(unfurl)

test_check("unfurl")
