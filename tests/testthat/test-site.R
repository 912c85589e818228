# The site's reference index; only the repository has it, not the installed package.

index_topics <- function(path) {
  lines <- readLines(path)
  lines <- lines[seq(grep("^reference:", lines), length(lines))]
  sub("^ {6}- ", "", grep("^ {6}- ", lines, value = TRUE))
}

test_that("the index names every topic once", {
  root <- file.path("..", "..")
  path <- file.path(root, "_pkgdown.yml")
  skip_if_not(file.exists(path), "no _pkgdown.yml here")
  pages <- lapply(list.files(file.path(root, "man"), "\\.Rd$", full.names = TRUE), readLines)
  internal <- vapply(pages, function(page) any(grepl("\\\\keyword\\{internal\\}", page)), NA)
  aliases <- lapply(pages[!internal], function(page) {
    gsub("^\\\\alias\\{|\\}$", "", grep("^\\\\alias\\{", page, value = TRUE))
  })
  is_package <- vapply(aliases, function(names) "unfurl-package" %in% names, NA)
  listed <- index_topics(path)
  expect_identical(anyDuplicated(listed), 0L)
  expect_identical(setdiff(listed, unlist(aliases)), character())
  times <- vapply(aliases[!is_package], function(names) sum(listed %in% names), 0L)
  names(times) <- vapply(aliases[!is_package], `[`, "", 1)
  expect_identical(names(times)[times == 0], character())
  exported <- getNamespaceExports("unfurl")
  expect_identical(setdiff(exported, c(unlist(aliases), "unfurl")), character())
})
