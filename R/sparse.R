# Sparse matrices of the package Matrix, which need not be installed: their slots are read as what
# they are, attributes.

sparse_classes <- c(
  "dgCMatrix", "lgCMatrix", "ngCMatrix", "dgRMatrix", "lgRMatrix", "ngRMatrix"
)

is_sparse <- function(x) isS4(x) && inherits(x, sparse_classes)

# An object that somebody tampered with must not lead C astray.
check_sparse <- function(x, arg) {
  by_rows <- inherits(x, c("dgRMatrix", "lgRMatrix", "ngRMatrix"))
  index <- attr(x, if (by_rows) "j" else "i")
  start <- attr(x, "p")
  dim <- attr(x, "Dim")
  values <- attr(x, "x")
  n_major <- dim[if (by_rows) 1 else 2]
  n_minor <- dim[if (by_rows) 2 else 1]
  is_sound <- is.integer(dim) && length(dim) == 2 && is.integer(index) && is.integer(start) &&
    length(start) == n_major + 1 && start[1] == 0 && start[n_major + 1] == length(index) &&
    all(diff(start) >= 0) && (length(index) == 0 || (min(index) >= 0 && max(index) < n_minor)) &&
    (inherits(x, c("ngCMatrix", "ngRMatrix")) || length(values) == length(index))
  if (!isTRUE(is_sound)) abort_input(arg, "is no valid ", class(x)[1])
  x
}

n_rows <- function(x) if (isS4(x)) attr(x, "Dim")[1] else nrow(x)
n_columns <- function(x) if (isS4(x)) attr(x, "Dim")[2] else ncol(x)
row_names <- function(x) if (isS4(x)) attr(x, "Dimnames")[[1]] else rownames(x)

column_names <- function(x) if (isS4(x)) attr(x, "Dimnames")[[2]] else colnames(x)

# What a matrix holds: its values, sparse or not, or bits.
matrix_kind <- function(x) if (is_sparse(x)) "sparse" else if (is.raw(x)) "raw" else "dense"
