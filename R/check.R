# Checks arguments. Each function returns the value in the form that the package computes with, or
# is an error that names the argument, what it must be, and what it is.

check_no_dots <- function(...) {
  if (...length() == 0) return(invisible())
  names <- Filter(nzchar, names(list(...)))
  abort_input(
    "...", "must be empty, but holds ",
    if (length(names) > 0) toString(names) else "an argument without a name"
  )
}

# ---- Single values ------------------------------------------------------------------------------

# The doubles of integer64 are the bits of integers, not numbers.
holds_numbers <- function(x) !is_unloaded(x) && is.numeric(x) && !inherits(x, "integer64")

is_number <- function(x) holds_numbers(x) && length(x) == 1 && is.finite(x)

# A number in [min, max], or greater than min with `open`.
check_number <- function(x, arg, min = -Inf, max = Inf, open = FALSE) {
  if (is_number(x) && x <= max && (x > min || (x == min && !open))) return(as.double(x))
  abort_input(arg, "must be a number", range_text(min, max, open), ", not ", describe(x), value = x)
}

check_whole <- function(x, arg, min = 0, max = .Machine$integer.max) {
  if (is_number(x) && x == round(x) && x >= min && x <= max) return(as.integer(x))
  abort_input(
    arg, "must be a whole number", whole_range(x, min, max), ", not ", describe(x),
    value = x
  )
}

# The greatest integer is named only where it is exceeded.
whole_range <- function(x, min, max) {
  if (!holds_numbers(x) || !any(x > max, na.rm = TRUE)) return(range_text(min, max))
  paste(" from", count(min), "to", count(max))
}

range_text <- function(min, max, open = FALSE) {
  if (is.finite(max) && max < .Machine$integer.max) {
    return(paste(" from", count(min), "to", count(max)))
  }
  if (!is.finite(min)) return("")
  paste(if (open) " greater than" else " of at least", count(min))
}

check_flag <- function(x, arg) {
  if (is.logical(x) && length(x) == 1 && !is.na(x)) return(x)
  abort_input(arg, "must be TRUE or FALSE, not ", describe(x), value = x)
}

# A function that C calls with two arguments. Some primitives do not say what they take.
check_function_of_two <- function(f, arg, what) {
  signature <- args(f)
  taken <- names(formals(signature))
  if (is.null(signature) || length(taken) >= 2 || "..." %in% taken) return(f)
  abort_input(
    arg, "must be a function of two arguments, ", what, ", not of ", length(taken),
    value = f
  )
}

# One of `choices`; all of them, as an argument's default lists them, mean the first.
check_choice <- function(x, arg, choices) {
  if (identical(x, choices)) return(choices[1])
  if (is.character(x) && length(x) == 1 && x %in% choices) return(x)
  abort_input(
    arg, "must be one of ", paste0("\"", choices, "\"", collapse = ", "), ", not ", describe(x),
    value = x, hint = suggest_name(x, choices, quote = "\"")
  )
}

# The seed of all random numbers, which are drawn in C; R's own generator is used only for NULL.
check_seed <- function(seed) {
  if (is.null(seed)) return(floor(stats::runif(1) * 2^31))
  if (is_number(seed) && seed == round(seed) && seed >= 0 && seed <= 2^53) return(as.double(seed))
  abort_input(
    "seed", "must be a whole number from 0 to 2^53 or NULL, not ", describe(seed),
    value = seed
  )
}

# ---- Data ---------------------------------------------------------------------------------------

# The matrix of the data, as it is when it is one already; its values are checked in C.
check_data <- function(x, arg = "x", min_rows = 2) {
  if (is_frame(x)) {
    check_memory(row_bytes(x) + prepared_bytes(x, NULL, NULL), 1, n_rows(x))
    x <- data_frame_matrix(x, arg)
  }
  check_data_shape(x, arg, min_rows)
  x
}

check_data_shape <- function(x, arg = "x", min_rows = 2) {
  if (is_sparse(x)) {
    check_sparse(x, arg)
  } else if (!is_frame(x) && !(is_dense(x) && (is.numeric(x) || is.logical(x) || is.raw(x)))) {
    abort_input(
      arg, "must be a matrix or a data frame of numbers, or a sparse matrix (such as dgCMatrix or ",
      "dgRMatrix), not ", describe(x),
      value = x, hint = c(matrix_remedy(x, arg), suggest_element(x, arg), suggest_matrix(x, arg))
    )
  }
  if (has_class(x, "integer64")) abort_input(arg, "must hold numbers, not ", describe(x), value = x)
  if (n_rows(x) == 0) abort_input(arg, "must have rows, but has none", value = x)
  if (n_columns(x) == 0) abort_input(arg, "must have columns, but has none", value = x)
  if (n_rows(x) < min_rows) {
    abort_input(arg, "must have at least ", plural(min_rows, "row"), ", not only one", value = x)
  }
}

suggest_matrix <- function(x, arg) {
  if (is.object(x) || !is.numeric(x) || !is.null(dim(x))) return(NULL)
  paste0("t(", arg, ") makes one row of it, as.matrix(", arg, ") one column.")
}

data_frame_matrix <- function(x, arg) {
  x <- plain_frame(x, arg)
  is_unusable <- !vapply(x, is_number_column, NA)
  if (any(is_unusable)) {
    unusable <- names_or_numbers(x)[is_unusable]
    is_convertible <- vapply(x[is_unusable], inherits, NA, c(times, "integer64"))
    abort_input(
      arg, "must have numeric columns, but some are not: ", toString(head_of(unusable)),
      hint = c(
        if (any(is_convertible)) "Convert times and integer64 by as.numeric().",
        if (arg == "x") "Remove such columns, or give one as `labels`."
      )
    )
  }
  as.matrix(x)
}

# A plain data frame, as classes that inherit from it may index columns differently.
plain_frame <- function(x, arg) {
  if (!is_frame(x)) return(x)
  if (inherits(x, "umap_graph")) {
    abort_input(
      arg, "must be data or neighbors, not a graph",
      hint = "umap() lays out a graph if `input` is \"auto\" or \"graph\"."
    )
  }
  class(x) <- "data.frame"
  check_column_lengths(x, arg)
  x
}

# Columns of a data frame that data.frame() did not make can have any length.
check_column_lengths <- function(x, arg) {
  n <- .row_names_info(x, 2L)
  lengths <- vapply(unclass(x), NROW, 0)
  bad <- which(lengths != n)
  if (length(bad) == 0) return(invisible())
  abort_input(
    arg, "must have as many values in each column as rows, ", count(n), ", not ",
    count(lengths[[bad[1]]]), " in column ", names_or_numbers(x)[bad[1]],
    hint = "Make it again by data.frame()."
  )
}

names_or_numbers <- function(x) if (is.null(names(x))) seq_along(x) else names(x)

# Classes of times: numbers in a target, and allowed as labels.
times <- c("Date", "POSIXct", "POSIXlt", "difftime")

# A layout: a matrix of finite numbers with n rows and, unless NULL, d columns.
check_layout <- function(x, arg, n, d = NULL) {
  if (has_class(x, "umap_embedding")) x <- coordinates(x)
  if (is_frame(x)) x <- data_frame_matrix(x, arg)
  if (!is_dense(x) || !holds_numbers(x)) {
    abort_input(arg, "must be a matrix of numbers, not ", describe(x), value = x)
  }
  if (nrow(x) != n || ncol(x) == 0 || (!is.null(d) && ncol(x) != d)) {
    expected <- paste0(plural(n, "row"), if (!is.null(d)) paste(" and", plural(d, "column")))
    abort_input(arg, "must have ", expected, ", not ", shape(x), value = x)
  }
  if (!all(is.finite(x))) {
    abort_input(
      arg, "must not have missing or infinite values",
      value = x, hint = if (has_gaps(x)) {
        "Points without neighbors have NA: fit with disconnected = \"place\", or leave them out."
      }
    )
  }
  storage.mode(x) <- "double"
  unname(x)
}

check_labels <- function(labels, n, arg = "labels") {
  if (is.null(labels)) return(NULL)
  if (has_class(labels, "POSIXlt")) labels <- as.POSIXct(labels)
  is_vector <- is.atomic(labels) && !is_unloaded(labels)
  if (is_vector && length(dim(labels)) %in% 1:2 && NCOL(labels) == 1) dim(labels) <- NULL
  if (!is_vector || !is.null(dim(labels)) || inherits(labels, "integer64")) {
    abort_input(
      arg, "must be a vector or a factor, not ", describe(labels),
      value = labels, hint = if (is_frame(labels)) "Give one of its columns, by $ or [[ ]]."
    )
  }
  if (length(labels) != n) {
    abort_input(
      arg, "must have one value per row, ", count(n), ", not ", count(length(labels)),
      value = labels
    )
  }
  labels
}

# Number of neighbors, the point itself included: at most the number of points, with a warning.
check_n_neighbors <- function(k, arg, n) {
  k <- check_whole(k, arg, min = 2)
  if (k <= n) return(k)
  warn(
    "reduced", "`", arg, "` is ", count(k), " but there are only ", plural(n, "row"), ": using ",
    count(n),
    argument = arg, value = k
  )
  n
}
