# Signals errors, warnings and messages, each with fields that a program can read.

#' Errors and warnings
#'
#' Errors and warnings of this package are conditions with fields, so that a program can tell what
#' happened without reading the text of the message.
#'
#' An error has the classes `unfurl_error` and one of
#'
#' | class | meaning |
#' |---|---|
#' | `unfurl_error_input` | an argument is invalid |
#' | `unfurl_error_memory` | the run needs more memory than the machine has |
#' | `unfurl_error_diverged` | the layout overflowed |
#'
#' A warning has the classes `unfurl_warning` and one of
#'
#' | class | meaning |
#' |---|---|
#' | `unfurl_warning_unused` | an argument has no effect |
#' | `unfurl_warning_reduced` | a number of neighbors is larger than the data allow |
#' | `unfurl_warning_recall` | the search found fewer neighbors than `target_recall` asks for |
#' | `unfurl_warning_convergence` | an iteration did not converge |
#' | `unfurl_warning_isolated` | points have no neighbors, or a graph has no edges |
#' | `unfurl_warning_precision` | rows cannot be told apart in single precision |
#' | `unfurl_warning_categories` | categories are unknown, or different in every row |
#' | `unfurl_warning_codes` | numbers in a target look like codes of categories |
#' | `unfurl_warning_input` | a matrix of data looks like one of distances or similarities |
#' | `unfurl_warning_missing` | rows have no place in the layout |
#'
#' Messages of progress have the class `unfurl_message`.
#'
#' @section Fields:
#' Each error and warning is a list with the elements
#' \describe{
#'   \item{message}{The text, which ends with the hint if there is one.}
#'   \item{call}{The call with which the package was entered.}
#'   \item{argument}{The name of the argument in question (of unused arguments, all of them), or
#'     `NULL`.}
#'   \item{value}{What was given for it, or `NULL` where that would not help.}
#'   \item{hint}{A sentence that says what to do, or `NULL`.}
#' }
#'
#' @name conditions
#' @examples
#' error <- tryCatch(umap(iris[1:4], n_neighbors = 1), unfurl_error_input = identity)
#' error$argument
#' error$value
#'
#' # warnings of one kind only
#' withCallingHandlers(
#'   umap(iris[1:4], target_weight = 0.8),
#'   unfurl_warning_unused = function(w) tryInvokeRestart("muffleWarning")
#' )
NULL

# ---- Errors -------------------------------------------------------------------------------------

# "`arg` must be ..., not ....", and the hint, a sentence or more of its own. arg: an argument, or
# an element of one, as in "metric_kwds$p".
abort_input <- function(arg, ..., value = NULL, hint = NULL) {
  problem <- paste0(...)
  abort(
    "unfurl_error_input", paste0("`", arg, "` ", problem),
    argument = sub("[$].*", "", arg), value = value, hint = hint, problem = problem
  )
}

# problem: the message without the argument and the hint.
abort <- function(class, message, argument = NULL, value = NULL, hint = NULL, problem = message) {
  hint <- join_hints(hint)
  fields <- list(argument = argument, value = value, hint = hint, problem = problem)
  stop(new_condition(c(class, "unfurl_error", "error"), full_message(message, hint), fields))
}

# Errors of `code` about `x` or `newdata`, as errors about `arg`, in which the user gave these rows.
naming_argument <- function(arg, code) {
  tryCatch(code, unfurl_error_input = function(error) {
    if (!error[["argument"]] %in% c("x", "newdata")) stop(error)
    abort_input(arg, error[["problem"]], value = error[["value"]], hint = error[["hint"]])
  })
}

# ---- Warnings and messages ----------------------------------------------------------------------

# kind: the subclass, one of the classes in ?conditions.
warn <- function(kind, ..., argument = NULL, value = NULL, hint = NULL) {
  hint <- join_hints(hint)
  class <- c(if (!is.null(kind)) paste0("unfurl_warning_", kind), "unfurl_warning", "warning")
  fields <- list(argument = argument, value = value, hint = hint)
  warning(new_condition(class, full_message(paste0(...), hint), fields))
}

# Names the arguments among `args` whose values in `settings` differ from the defaults of umap()
# although they have no effect. 1 - 0.9 counts as 0.1.
warn_unused <- function(settings, args, why) {
  defaults <- c(umap_control(), metric = "euclidean", min_dist = 0.1)
  is_default <- function(given, default) isTRUE(all.equal(given, default))
  warn_given(args[!mapply(is_default, settings[args], defaults[args])], why)
}

warn_given <- function(args, why) {
  if (length(args) == 0) return(invisible())
  verb <- if (length(args) == 1) " has" else " have"
  warn(
    "unused", paste0("`", args, "`", collapse = ", "), verb, " no effect: ", why,
    argument = args
  )
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

# ---- Text ---------------------------------------------------------------------------------------

new_condition <- function(class, message, fields) {
  structure(
    c(list(message = message, call = user_call()), fields), class = c(class, "condition")
  )
}

full_message <- function(message, hint) {
  message <- readable(message)
  if (!any(endsWith(message, c(".", "?", "!")))) message <- paste0(message, ".")
  paste(c(message, hint), collapse = " ")
}

join_hints <- function(hint) if (length(hint) > 0) readable(paste(hint, collapse = " "))

# Names and values may hold bytes that are invalid as text, at which endsWith() and strwrap() stop.
readable <- function(text) {
  is_bad <- !validEnc(text)
  text[is_bad] <- iconv(text[is_bad], "UTF-8", "UTF-8", sub = "byte")
  text
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
  if (isS4(x)) return(paste("an object of class", class(x)[1]))
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

head_of <- function(names, most = 8) {
  if (length(names) <= most) return(names)
  c(names[seq_len(most)], paste("and", count(length(names) - most), "more"))
}

# ---- Hints --------------------------------------------------------------------------------------
# Each is a sentence, or NULL where there is nothing to suggest.

# A known name that differs by few letters, less than half of them.
suggest_name <- function(name, known, quote = "`") {
  known <- known[validEnc(known)]
  if (length(known) == 0 || !is_text(name)) return(NULL)
  distance <- utils::adist(name, known, ignore.case = TRUE)
  near <- distance <= min(3, nchar(name) / 2) & distance == min(distance)
  if (any(near)) paste0("Did you mean ", quote, known[near][1], quote, "?")
}

suggest_code <- function(code) paste0("Did you mean ", deparse(code, backtick = TRUE)[1], "?")

# Suggests the matrix in a list that was given instead of it.
suggest_element <- function(x, arg) {
  is_data <- function(element) is_dense(element) || is_frame(element) || is_sparse(element)
  names <- if (is.list(x)) names(Filter(is_data, x))
  # Principal components of rows are meant, not the loadings of columns.
  name <- c(intersect(c("x", "scores"), names), names)[1]
  if (is.null(name) || is.na(name) || name == "") return(NULL)
  suggest_code(element_of(arg, name))
}

element_of <- function(arg, name) call("$", given_expression(arg), as.name(name))

# What the user wrote for an argument where that is a name, else the argument.
given_expression <- function(arg) {
  call <- as.list(user_call())[-1]
  named <- call[[arg, exact = TRUE]]
  first <- if (arg == "x" && is.null(named) && !any(nzchar(names(call)[1]))) call[[1]]
  given <- if (is.null(named)) first else named
  if (is.symbol(given)) given else as.name(arg)
}
