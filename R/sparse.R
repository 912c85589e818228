# Sparse matrices of the package Matrix, which need not be installed: their slots are read as what
# they are, attributes.

sparse_classes <- c(
  "dgCMatrix", "lgCMatrix", "ngCMatrix", "dgRMatrix", "lgRMatrix", "ngRMatrix"
)

is_sparse <- function(x) isS4(x) && inherits(x, sparse_classes)

# A hint for other classes of the package Matrix, or NULL.
matrix_remedy <- function(x, arg) {
  if (!identical(attr(class(x), "package"), "Matrix")) return(NULL)
  paste0(
    "Convert it: as(as(", arg, ", \"CsparseMatrix\"), \"generalMatrix\"), or as.matrix(", arg,
    ") when it is dense."
  )
}

# An object that somebody tampered with must not lead C astray.
check_sparse <- function(x, arg) {
  index <- sparse_index(x)
  dim <- attr(x, "Dim")
  if (!is_by_rows(x)) dim <- rev(dim)
  is_sound <- is.integer(dim) && length(dim) == 2 && has_values_for(x, index) &&
    are_starts(attr(x, "p"), dim[1], length(index)) && are_indices(index, dim[2])
  if (!isTRUE(is_sound)) abort_input(arg, "is no valid ", class(x)[1])
  if (has_twins(attr(x, "p"), index, dim[2])) {
    abort_input(arg, "is no valid ", class(x)[1], ": it has two entries for one place")
  }
  x
}

is_by_rows <- function(x) inherits(x, c("dgRMatrix", "lgRMatrix", "ngRMatrix"))

# The column of each entry, or the row where they are kept by columns.
sparse_index <- function(x) attr(x, if (is_by_rows(x)) "j" else "i")

has_values_for <- function(x, index) {
  inherits(x, c("ngCMatrix", "ngRMatrix")) || length(attr(x, "x")) == length(index)
}

are_starts <- function(p, n, n_entries) {
  is.integer(p) && length(p) == n + 1 && p[1] == 0 && p[n + 1] == n_entries && all(diff(p) >= 0)
}

are_indices <- function(index, n) {
  is.integer(index) && (length(index) == 0 || (min(index) >= 0 && max(index) < n))
}

# Entries that go up within each row, or column, can have none.
has_twins <- function(p, index, n) {
  is_step <- diff(index) > 0
  is_step[p] <- TRUE # on to the next
  if (all(is_step)) return(FALSE)
  major <- rep(seq_len(length(p) - 1), diff(p))
  anyDuplicated(major * as.double(n) + index) > 0
}

n_rows <- function(x) if (isS4(x)) attr(x, "Dim")[1] else nrow(x)
n_columns <- function(x) if (isS4(x)) attr(x, "Dim")[2] else ncol(x)
row_names <- function(x) if (isS4(x)) attr(x, "Dimnames")[[1]] else rownames(x)

column_names <- function(x) if (isS4(x)) attr(x, "Dimnames")[[2]] else colnames(x)

# What a matrix holds: its values, sparse or not, or bits.
matrix_kind <- function(x) if (is_sparse(x)) "sparse" else if (is.raw(x)) "raw" else "dense"
