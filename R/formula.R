# Formulas: which columns of a data frame count, and which one supervises.

#' @rdname umap
#' @export
umap.formula <- function(x, data = NULL, labels = NULL, y = NULL, ...) {
  parts <- formula_parts(x, data)
  labels <- eval(substitute(labels), data, parent.frame())
  y <- one_target(parts$y, eval(substitute(y), data, parent.frame()))
  umap.default(parts$x, labels = labels, y = y, ...)
}

#' @rdname umap
#' @export
umap_fit.formula <- function(x, data = NULL, labels = NULL, y = NULL, ...) {
  parts <- formula_parts(x, data)
  labels <- eval(substitute(labels), data, parent.frame())
  y <- one_target(parts$y, eval(substitute(y), data, parent.frame()))
  model <- umap_fit.default(parts$x, labels = labels, y = y, ...)
  model$variables <- parts$variables
  model
}

one_target <- function(left, y) {
  if (is.null(left)) return(y)
  if (!is.null(y)) abort_input("y", "must be NULL, as the formula has a target on its left")
  left
}

# The columns of the right side, the left side, and how the columns are computed: their code as
# text, by name.
formula_parts <- function(formula, data) {
  if (!is.null(data) && !is.data.frame(data)) {
    abort_input("data", "must be a data frame, not ", describe(data))
  }
  data <- plain_frame(data, "data")
  terms <- tryCatch(
    stats::terms(formula, data = data),
    error = function(e) abort_input("x", "cannot be computed: ", conditionMessage(e))
  )
  if (any(attr(terms, "order") > 1) || !is.null(attr(terms, "offset"))) {
    abort_input("x", "must be a formula of columns joined by + and -, without interactions")
  }
  if (length(attr(terms, "term.labels")) == 0) {
    abort_input("x", "is a formula without columns on its right")
  }
  frame <- tryCatch(
    stats::model.frame(terms, data, na.action = stats::na.pass),
    error = function(e) abort_input("x", "cannot be computed: ", conditionMessage(e))
  )
  has_y <- attr(terms, "response") > 0
  # By place, not by label: a label has back-ticks, and a variable that `-` removes is still there.
  used <- unname(which(attr(terms, "factors") > 0, arr.ind = TRUE)[, 1])
  calls <- as.list(attr(attr(frame, "terms"), "predvars"))[-1][used]
  if (!is.null(data)) check_variables(calls, names(data))
  x <- frame[used]
  # model.frame() makes up names where there are none.
  if (is.null(data) || is.null(given_names(data))) rownames(x) <- NULL
  list(
    x = x,
    y = if (has_y) frame[[1]],
    variables = column_code(calls, names(x))
  )
}

# predict() has the columns of new data and nothing of what surrounded the fit.
check_variables <- function(calls, known) {
  variables <- unique(unlist(lapply(calls, all.vars)))
  strange <- setdiff(variables, known)
  if (length(strange) > 0) {
    abort_input(
      "x", "uses what is no column of `data`: ", toString(head_of(strange)), ". Make it a column, ",
      "or write its value into the formula"
    )
  }
  twice <- intersect(variables, known[duplicated(known)])
  if (length(twice) > 0) {
    abort_input("data", "has more than one column ", twice[1], ": give each a name of its own")
  }
}

# What scale(), poly() and their like have found in the data is part of the code (see
# stats::makepredictcall()).
column_code <- function(calls, columns) {
  code <- vapply(calls, function(call) {
    control <- c("keepNA", "keepInteger", "niceNames", "digits17")
    paste(deparse(call, width.cutoff = 500, backtick = TRUE, control = control), collapse = " ")
  }, "")
  stats::setNames(code, columns)
}
