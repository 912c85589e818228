test_that("a message says what was given", {
  expect_identical(describe(NULL), "NULL")
  expect_identical(describe("a\n"), "\"a\\n\"")
  expect_identical(describe(NA), "NA")
  expect_identical(describe(0.1), "0.1")
  expect_identical(describe(1:3), "an object of class integer and length 3")
  expect_identical(describe(matrix(0, 2000, 3)), "a double matrix of 2,000 rows and 3 columns")
  expect_identical(describe(factor("a")), "an object of class factor and length 1")
})

test_that("numbers are checked for kind, length and range", {
  expect_identical(check_number(2L, "n", 0, 3), 2)
  expect_identical(check_number(0, "n", 0), 0)
  expect_input_error(check_number(0, "n", 0, open = TRUE), "`n` must be a number greater than 0")
  expect_input_error(check_number(4, "n", 0, 3), "`n` must be a number from 0 to 3, not 4")
  expect_input_error(check_number(NaN, "n"), "`n` must be a number, not NaN")
  expect_input_error(check_number(TRUE, "n"), "not TRUE")
  expect_identical(check_whole(3, "n"), 3L)
  expect_input_error(check_whole(3.5, "n"), "whole number of at least 0, not 3.5")
  expect_input_error(check_whole(2^31, "n"), "not 2147483648")
})

test_that("a choice is one of its words, or the default that lists them", {
  expect_identical(check_choice(c("a", "b"), "x", c("a", "b")), "a")
  expect_identical(check_choice("b", "x", c("a", "b")), "b")
  expect_input_error(check_choice("c", "x", c("a", "b")), "one of \"a\", \"b\", not \"c\"")
  expect_input_error(check_choice(c("b", "a"), "x", c("a", "b")), "length 2")
  expect_input_error(check_choice(NA_character_, "x", c("a", "b")), "`x`")
  expect_input_error(check_choice("Cosine", "x", metrics), "Did you mean \"cosine\"\\?")
})

test_that("the upper limit is told to those who exceed it", {
  expect_input_error(
    check_whole(1e10, "n", min = 2), "whole number from 2 to 2,147,483,647, not 1e\\+10"
  )
  expect_input_error(umap(iris[1:4], n_epochs = 1e12), "`n_epochs` .* to 2,147,483,647")
})

test_that("functions take two arguments, and their errors do not show the layout", {
  expect_input_error(
    umap(iris[1:4], epoch_callback = function() 1),
    "`epoch_callback` must be a function of two arguments, the epoch and the layout, not of 0"
  )
  expect_input_error(umap(iris[1:4], metric = function(a) 1), "`metric` .* two rows, not of 1")
  expect_identical(check_function_of_two(sum, "f", ""), sum)
  error <- tryCatch(
    umap(iris[1:4], epoch_callback = function(epoch, layout) stop("enough")),
    error = identity
  )
  expect_identical(deparse(conditionCall(error)), "epoch_callback(epoch, layout)")
})
