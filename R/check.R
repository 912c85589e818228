# Checks of arguments. Every error of bad input is made by abort_input(), so that all read alike:
# the argument's name, what it must be, what it is.

# ---- Conditions ---------------------------------------------------------------------------------

abort_input <- function(arg, ...) {
  abort("unfurl_error_input", paste0("`", arg, "` ", ...))
}

abort <- function(class, message) {
  stop(structure(
    class = c(class, "unfurl_error", "error", "condition"),
    list(message = readable(message), call = user_call())
  ))
}

warn <- function(...) {
  warning(structure(
    class = c("unfurl_warning", "warning", "condition"),
    list(message = readable(paste0(...)), call = user_call())
  ))
}

# Names and values may hold bytes that are no text, at which sub() and strwrap() stop.
readable <- function(text) {
  if (validEnc(text)) text else iconv(text, "UTF-8", "UTF-8", sub = "byte")
}

# A message that suppressMessages(classes = "unfurl_message") silences.
inform <- function(...) {
  message(structure(
    class = c("unfurl_message", "message", "condition"),
    list(message = paste0(..., "\n"), call = NULL)
  ))
}

# Keeps the texts of the package's warnings that fall in `keep(code)`; they go on to the user.
warning_log <- function() {
  texts <- character()
  add <- function(warning) texts <<- c(texts, conditionMessage(warning))
  list(
    keep = function(code) withCallingHandlers(code, unfurl_warning = add),
    texts = function() texts
  )
}

# The call with which the user entered the package.
user_call <- function() {
  own <- topenv()
  for (frame in seq_len(sys.nframe())) {
    if (identical(environment(sys.function(frame)), own)) return(sys.call(frame))
  }
  NULL
}

# What a message says was given.
describe <- function(x) {
  if (is.null(x)) return("NULL")
  if (inherits(x, "integer64")) {
    return("integer64 (as.numeric() converts it, with the package bit64 loaded)")
  }
  if (is.atomic(x) && length(x) == 1 && !is.object(x) && is.null(dim(x))) {
    return(if (is.character(x)) encodeString(x, quote = "\"") else format(x, digits = 15))
  }
  if (is.matrix(x)) return(paste("a", typeof(x), "matrix of", shape(x)))
  paste0("an object of class ", class(x)[1], " and length ", length(x))
}

shape <- function(x) paste(plural(nrow(x), "row"), "and", plural(ncol(x), "column"))

# ---- Arguments that have no part ----------------------------------------------------------------

# Names those of `args` that are not as umap() has them when they are not given, and yet change
# nothing. 1 - 0.9 is as good as 0.1 here.
warn_unused <- function(settings, args, why) {
  defaults <- c(umap_control(), metric = "euclidean", min_dist = 0.1)
  is_default <- function(given, default) isTRUE(all.equal(given, default))
  warn_given(args[!mapply(is_default, settings[args], defaults[args])], why)
}

warn_given <- function(args, why) {
  if (length(args) == 0) return(invisible())
  warn(
    paste0("`", args, "`", collapse = ", "), if (length(args) == 1) " is" else " are",
    " not used: ", why
  )
}

check_no_dots <- function(...) {
  if (...length() == 0) return(invisible())
  names <- Filter(nzchar, names(list(...)))
  abort_input(
    "...", "must be empty: ",
    if (length(names) > 0) paste("there is no argument", toString(names)) else "nothing goes there"
  )
}

# ---- Single values ------------------------------------------------------------------------------

# The doubles of integer64 are no numbers but the bits of integers.
holds_numbers <- function(x) is.numeric(x) && !inherits(x, "integer64")

is_number <- function(x) holds_numbers(x) && length(x) == 1 && is.finite(x)

# A number in [min, max], or greater than min with `open`.
check_number <- function(x, arg, min = -Inf, max = Inf, open = FALSE) {
  if (is_number(x) && x <= max && (x > min || (x == min && !open))) return(as.double(x))
  abort_input(arg, "must be a number", range_text(min, max, open), ", not ", describe(x))
}

check_whole <- function(x, arg, min = 0, max = .Machine$integer.max) {
  if (is_number(x) && x == round(x) && x >= min && x <= max) return(as.integer(x))
  abort_input(arg, "must be a whole number", whole_range(x, min, max), ", not ", describe(x))
}

# The greatest integer is told only to those who exceed it.
whole_range <- function(x, min, max) {
  if (!is.numeric(x) || !any(x > max, na.rm = TRUE)) return(range_text(min, max))
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
  abort_input(arg, "must be TRUE or FALSE, not ", describe(x))
}

# A function that C will call with two arguments; of some primitives nobody knows what they take.
check_function_of_two <- function(f, arg, what) {
  signature <- args(f)
  taken <- names(formals(signature))
  if (is.null(signature) || length(taken) >= 2 || "..." %in% taken) return(f)
  abort_input(arg, "must be a function of two arguments, ", what, ", not of ", length(taken))
}

# One of `choices`; all of them, as an argument's default lists them, mean the first.
check_choice <- function(x, arg, choices) {
  if (identical(x, choices)) return(choices[1])
  if (is.character(x) && length(x) == 1 && x %in% choices) return(x)
  abort_input(
    arg, "must be one of ", paste0("\"", choices, "\"", collapse = ", "), ", not ", describe(x),
    suggest_name(x, choices, quote = "\"")
  )
}

# A known name that differs by few letters, less than half of them.
suggest_name <- function(name, known, quote = "`") {
  known <- known[validEnc(known)]
  if (length(known) == 0 || !is_text(name)) return("")
  distance <- utils::adist(name, known, ignore.case = TRUE)
  near <- distance <= min(3, nchar(name) / 2) & distance == min(distance)
  if (!any(near)) return("")
  paste0(". Did you mean ", quote, known[near][1], quote, "?")
}

# The start of all random numbers, which are drawn in C: R's own generator is asked only for NULL.
check_seed <- function(seed) {
  if (is.null(seed)) return(floor(stats::runif(1) * 2^31))
  if (is_number(seed) && seed == round(seed) && seed >= 0 && seed <= 2^53) return(as.double(seed))
  abort_input("seed", "must be a whole number from 0 to 2^53 or NULL, not ", describe(seed))
}

# ---- Data ---------------------------------------------------------------------------------------

# The matrix of the data, as it is when it is one already; its values are checked in C.
check_data <- function(x, arg = "x", min_rows = 2) {
  if (is.data.frame(x)) x <- data_frame_matrix(x, arg)
  check_data_shape(x, arg, min_rows)
  x
}

check_data_shape <- function(x, arg = "x", min_rows = 2) {
  if (is_sparse(x)) {
    check_sparse(x, arg)
  } else if (!is.data.frame(x) &&
    (!is.matrix(x) || !(is.numeric(x) || is.logical(x) || is.raw(x)))) {
    is_vector <- is.numeric(x) && is.null(dim(x)) && !is.object(x)
    abort_input(
      arg, "must be a matrix or a data frame of numbers, or a sparse matrix (dgCMatrix, dgRMatrix ",
      "and their like), not ", describe(x), matrix_remedy(x, arg), suggest_element(x, arg),
      if (is_vector) paste0(": t(", arg, ") is one row, as.matrix(", arg, ") one column")
    )
  }
  if (inherits(x, "integer64")) {
    abort_input(arg, "must hold numbers that R itself knows, not integer64: convert them")
  }
  if (n_rows(x) == 0) abort_input(arg, "has no rows")
  if (n_columns(x) == 0) abort_input(arg, "has no columns")
  if (n_rows(x) < min_rows) {
    abort_input(arg, "has only one row: there is nothing to compare it with")
  }
}

# The matrix in a list that was given instead of it.
suggest_element <- function(x, arg) {
  is_data <- function(element) is.matrix(element) || is.data.frame(element) || is_sparse(element)
  names <- if (is.list(x)) names(Filter(is_data, x))
  # Principal components are those of rows, not the loadings of columns.
  name <- c(intersect(c("x", "scores"), names), names)[1]
  if (is.null(name) || is.na(name) || name == "") return("")
  suggest_code(element_of(arg, name))
}

element_of <- function(arg, name) call("$", given_expression(arg), as.name(name))

suggest_code <- function(code) paste0(". Did you mean ", deparse(code, backtick = TRUE)[1], "?")

# What the user wrote for an argument where that is a name, else the argument.
given_expression <- function(arg) {
  call <- as.list(user_call())[-1]
  named <- call[[arg, exact = TRUE]]
  first <- if (arg == "x" && is.null(named) && !any(nzchar(names(call)[1]))) call[[1]]
  given <- if (is.null(named)) first else named
  if (is.symbol(given)) given else as.name(arg)
}

data_frame_matrix <- function(x, arg) {
  x <- plain_frame(x, arg)
  is_unusable <- !vapply(x, is_number_column, NA)
  if (any(is_unusable)) {
    unusable <- names_or_numbers(x)[is_unusable]
    is_number_at_heart <- vapply(x[is_unusable], inherits, NA, c(times, "integer64"))
    abort_input(
      arg, "has columns that are not numbers: ", toString(head_of(unusable)), ". ",
      if (any(is_number_at_heart)) "Make times and long integers numbers by as.numeric(). ",
      if (arg == "x") {
        "Remove them, or give such a column as `labels`"
      } else {
        "Numbers are needed here"
      }
    )
  }
  as.matrix(x)
}

# Classes that inherit from data frames have other ideas of which columns x[, j] takes.
plain_frame <- function(x, arg) {
  if (!is.data.frame(x)) return(x)
  if (inherits(x, "umap_graph")) {
    abort_input(
      arg, "is a graph, which optimize_layout() and initial_layout() take: give rows or neighbors"
    )
  }
  class(x) <- "data.frame"
  check_column_lengths(x, arg)
  x
}

# A data frame that was not made by data.frame() may have columns of any length.
check_column_lengths <- function(x, arg) {
  n <- .row_names_info(x, 2L)
  lengths <- vapply(unclass(x), NROW, 0)
  bad <- which(lengths != n)
  if (length(bad) == 0) return(invisible())
  abort_input(
    arg, "has ", plural(n, "row"), " but ", plural(lengths[[bad[1]]], "value"), " in column ",
    names_or_numbers(x)[bad[1]], ": make it anew by data.frame()"
  )
}

names_or_numbers <- function(x) if (is.null(names(x))) seq_along(x) else names(x)

# Classes of times, which are numbers when they are a target and can be labels.
times <- c("Date", "POSIXct", "POSIXlt", "difftime")

head_of <- function(names, most = 8) {
  if (length(names) <= most) return(names)
  c(names[seq_len(most)], paste("and", count(length(names) - most), "more"))
}

# A matrix of finite numbers with n rows and, unless NULL, d columns: a layout or the start of one.
check_layout <- function(x, arg, n, d = NULL) {
  if (inherits(x, "umap_embedding")) x <- coordinates(x)
  if (is.data.frame(x)) x <- data_frame_matrix(x, arg)
  if (!is.matrix(x) || !holds_numbers(x)) {
    abort_input(arg, "must be a matrix of numbers, not ", describe(x))
  }
  if (nrow(x) != n || ncol(x) == 0 || (!is.null(d) && ncol(x) != d)) {
    expected <- paste0(plural(n, "row"), if (!is.null(d)) paste(" and", plural(d, "column")))
    abort_input(arg, "must have ", expected, ", not ", shape(x))
  }
  if (!all(is.finite(x))) abort_input(arg, "holds missing or infinite values")
  storage.mode(x) <- "double"
  unname(x)
}

check_labels <- function(labels, n, arg = "labels") {
  if (is.null(labels)) return(NULL)
  if (inherits(labels, "POSIXlt")) labels <- as.POSIXct(labels)
  if (length(dim(labels)) %in% 1:2 && is.atomic(labels) && NCOL(labels) == 1) dim(labels) <- NULL
  if (!is.atomic(labels) || !is.null(dim(labels)) || inherits(labels, "integer64")) {
    abort_input(
      arg, "must be a vector or a factor, not ", describe(labels),
      if (is.data.frame(labels)) ": give one of its columns, by $ or [[ ]]"
    )
  }
  if (length(labels) != n) {
    abort_input(arg, "must have one value per row, ", n, ", not ", length(labels))
  }
  labels
}

# Neighbours wanted, the point itself included; as many as there are points when there are fewer.
check_n_neighbors <- function(k, arg, n) {
  k <- check_whole(k, arg, min = 2)
  if (k <= n) return(k)
  warn(
    "`", arg, "` is ", count(k), " but there are only ", plural(n, "row"), ": using ", count(n)
  )
  n
}
