# Reads sparse matrices of the package Matrix, which need not be installed: their slots are
# attributes, and are read as such. Functions of R that dispatch on an S4 object (inherits(),
# is.matrix(), dim(), UseMethod()) attach the package of its class where that is not loaded, or warn
# that there is none. So the predicates of this file see every object before these functions do.

sparse_classes <- c(
  "dgCMatrix", "lgCMatrix", "ngCMatrix", "dgRMatrix", "lgRMatrix", "ngRMatrix"
)

# Matrices of which one triangle is kept, which are accepted as matrices of pairs only.
symmetric_classes <- c(
  "dsCMatrix", "lsCMatrix", "nsCMatrix", "dsRMatrix", "lsRMatrix", "nsRMatrix"
)

is_sparse <- function(x) isS4(x) && has_class(x, sparse_classes)

# Whether x can be a sparse matrix of pairs of points.
is_pairs <- function(x) {
  isS4(x) && (has_class(x, c(sparse_classes, symmetric_classes)) || is_seurat_graph(x))
}

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
    if (has_class(x, symmetric_classes)) {
      "Give input = \"graph\" if it holds similarities, input = \"distance\" if distances. "
    },
    "Convert it: as(as(", arg, ", \"CsparseMatrix\"), \"generalMatrix\"), or as.matrix(", arg,
    ") when it is dense."
  )
}

# The slots of an object may have been edited: C relies on what is checked here.
check_sparse <- function(x, arg) {
  if (!is_sound_sparse(x)) {
    abort_input(arg, "must be a valid ", class(x)[1], ", but its slots do not agree", value = x)
  }
  dim <- slot_of(x, "Dim")
  if (has_duplicates(slot_of(x, "p"), sparse_index(x), dim[if (is_by_rows(x)) 2 else 1])) {
    abort_input(
      arg, "must be a valid ", class(x)[1], ", not one with two entries for the same place",
      value = x
    )
  }
  x
}

is_sound_sparse <- function(x) {
  index <- sparse_index(x)
  dim <- slot_of(x, "Dim")
  if (!is_by_rows(x)) dim <- rev(dim)
  is_sound <- is.integer(dim) && length(dim) == 2 && has_values_for(x, index) &&
    are_starts(slot_of(x, "p"), dim[1], length(index)) && are_indices(index, dim[2])
  isTRUE(is_sound)
}

is_by_rows <- function(x) {
  has_class(x, grep("RMatrix$", c(sparse_classes, symmetric_classes), value = TRUE))
}

# The column of each entry, or the row where they are kept by columns.
sparse_index <- function(x) slot_of(x, if (is_by_rows(x)) "j" else "i")

has_values_for <- function(x, index) {
  is_pattern(x) || length(slot_of(x, "x")) == length(index)
}

# Whether x has no values, only places.
is_pattern <- function(x) has_class(x, c("ngCMatrix", "ngRMatrix", "nsCMatrix", "nsRMatrix"))

# The values of some entries.
sparse_values <- function(x, entries) {
  if (is_pattern(x)) rep(1, length(entries)) else slot_of(x, "x")[entries]
}

# Entries of a square matrix off its diagonal that are not 0: list(row, col, value), counted from 1;
# and its diagonal.
sparse_pairs <- function(x, arg) {
  check_sparse(x, arg)
  n <- n_rows(x)
  if (n != n_columns(x) || n < 2) {
    abort_input(
      arg, "must be a square matrix of two or more points, not one of ", plural(n, "row"), " and ",
      plural(n_columns(x), "column")
    )
  }
  minor <- sparse_index(x) + 1L
  major <- rep(seq_len(n), diff(slot_of(x, "p")))
  value <- as.double(sparse_values(x, seq_along(minor)))
  diagonal <- numeric(n)
  is_on <- major == minor
  diagonal[major[is_on]] <- value[is_on]
  is_off <- !is_on & (is.na(value) | value != 0)
  major <- major[is_off]
  minor <- minor[is_off]
  value <- value[is_off]
  if (has_class(x, symmetric_classes)) {
    both <- list(c(major, minor), c(minor, major))
    return(list(row = both[[1]], col = both[[2]], value = c(value, value), diagonal = diagonal))
  }
  if (!is_by_rows(x)) return(list(row = minor, col = major, value = value, diagonal = diagonal))
  list(row = major, col = minor, value = value, diagonal = diagonal)
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

# Some rows of a matrix, sparse or not, in ascending order.
matrix_rows <- function(x, rows) {
  if (!is_sparse(x)) return(x[rows, , drop = FALSE])
  p <- slot_of(x, "p")
  major <- rep(seq_len(length(p) - 1), diff(p))
  minor <- sparse_index(x) + 1L
  place <- match(if (is_by_rows(x)) major else minor, rows, 0L)
  is_kept <- place > 0
  if (is_by_rows(x)) {
    counts <- tabulate(place[is_kept], length(rows))
    attr(x, "j") <- minor[is_kept] - 1L
  } else {
    counts <- tabulate(major[is_kept], length(p) - 1)
    attr(x, "i") <- place[is_kept] - 1L
  }
  attr(x, "p") <- as.integer(c(0, cumsum(counts)))
  if (!is_pattern(x)) attr(x, "x") <- slot_of(x, "x")[is_kept]
  attr(x, "Dimnames") <- list(row_names(x)[rows], column_names(x))
  attr(x, "Dim") <- c(length(rows), n_columns(x))
  x
}

n_rows <- function(x) if (isS4(x)) slot_of(x, "Dim")[1] else nrow(x)
n_columns <- function(x) if (isS4(x)) slot_of(x, "Dim")[2] else ncol(x)
row_names <- function(x) if (isS4(x)) slot_of(x, "Dimnames")[[1]] else rownames(x)

column_names <- function(x) if (isS4(x)) slot_of(x, "Dimnames")[[2]] else colnames(x)

# Says what a matrix holds: its values, sparse or not, or bits.
matrix_form <- function(x) if (is_sparse(x)) "sparse" else if (is.raw(x)) "raw" else "dense"
