# Reads sparse matrices of the package Matrix, which need not be installed: their slots are
# attributes, and are read as such. Functions of R that dispatch on an S4 object (inherits(),
# is.matrix(), dim(), UseMethod()) attach the package of its class where that is not loaded, or warn
# that there is none. So the predicates of this file see every object before these functions do.

sparse_classes <- c(
  "dgCMatrix", "lgCMatrix", "ngCMatrix", "dgRMatrix", "lgRMatrix", "ngRMatrix"
)

is_sparse <- function(x) isS4(x) && has_class(x, sparse_classes)

# Does inherits(), by the name of the class where its package is not loaded.
has_class <- function(x, what) {
  any(attr(x, "class") %in% what) || (!is_unloaded(x) && inherits(x, what))
}

# Whether x is of an S4 class whose package is not loaded.
is_unloaded <- function(x) {
  package <- if (isS4(x)) attr(attr(x, "class"), "package")
  is_text(package) && package != ".GlobalEnv" && !isNamespaceLoaded(package)
}

slot_of <- function(x, name) attr(x, name, exact = TRUE)

is_frame <- function(x) has_class(x, "data.frame")

is_dense <- function(x) !is_unloaded(x) && is.matrix(x)

# A hint for other classes of the package Matrix, or NULL.
matrix_remedy <- function(x, arg) {
  if (!identical(attr(class(x), "package"), "Matrix")) return(NULL)
  paste0(
    "Convert it: as(as(", arg, ", \"CsparseMatrix\"), \"generalMatrix\"), or as.matrix(", arg,
    ") when it is dense."
  )
}

# The slots of an object may have been edited: C relies on what is checked here.
check_sparse <- function(x, arg) {
  index <- sparse_index(x)
  dim <- slot_of(x, "Dim")
  if (!is_by_rows(x)) dim <- rev(dim)
  is_sound <- is.integer(dim) && length(dim) == 2 && has_values_for(x, index) &&
    are_starts(slot_of(x, "p"), dim[1], length(index)) && are_indices(index, dim[2])
  if (!isTRUE(is_sound)) {
    abort_input(arg, "must be a valid ", class(x)[1], ", but its slots do not agree", value = x)
  }
  if (has_duplicates(slot_of(x, "p"), index, dim[2])) {
    abort_input(
      arg, "must be a valid ", class(x)[1], ", not one with two entries for the same place",
      value = x
    )
  }
  x
}

is_by_rows <- function(x) has_class(x, c("dgRMatrix", "lgRMatrix", "ngRMatrix"))

# The column of each entry, or the row where they are kept by columns.
sparse_index <- function(x) slot_of(x, if (is_by_rows(x)) "j" else "i")

has_values_for <- function(x, index) {
  has_class(x, c("ngCMatrix", "ngRMatrix")) || length(slot_of(x, "x")) == length(index)
}

are_starts <- function(p, n, n_entries) {
  is.integer(p) && length(p) == n + 1 && p[1] == 0 && p[n + 1] == n_entries && all(diff(p) >= 0)
}

are_indices <- function(index, n) {
  is.integer(index) && (length(index) == 0 || (min(index) >= 0 && max(index) < n))
}

# Whether two entries have the same place. Ascending indices within each row, or column, are quick.
has_duplicates <- function(p, index, n) {
  is_step <- diff(index) > 0
  is_step[p] <- TRUE # on to the next
  if (all(is_step)) return(FALSE)
  major <- rep(seq_len(length(p) - 1), diff(p))
  anyDuplicated(major * as.double(n) + index) > 0
}

# The numbers of the columns of a sparse matrix, in the order asked for.
sparse_columns <- function(x, columns, arg) {
  if (!requireNamespace("Matrix", quietly = TRUE)) {
    abort_input(
      arg, "must have the columns of the model in their order, as the package Matrix, which sorts ",
      "them, is not installed"
    )
  }
  x[, columns, drop = FALSE]
}

n_rows <- function(x) if (isS4(x)) slot_of(x, "Dim")[1] else nrow(x)
n_columns <- function(x) if (isS4(x)) slot_of(x, "Dim")[2] else ncol(x)
row_names <- function(x) if (isS4(x)) slot_of(x, "Dimnames")[[1]] else rownames(x)

column_names <- function(x) if (isS4(x)) slot_of(x, "Dimnames")[[2]] else colnames(x)

# Says what a matrix holds: its values, sparse or not, or bits.
matrix_form <- function(x) if (is_sparse(x)) "sparse" else if (is.raw(x)) "raw" else "dense"
