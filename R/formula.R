# Reads formulas: which columns of a data frame count, and which one supervises.

#' @rdname umap
#' @order 5
#' @export
umap.formula <- function(x, data = NULL, labels = NULL, y = NULL, ...) {
  parts <- formula_parts(x, data)
  labels <- eval(substitute(labels), data, parent.frame())
  y <- one_target(parts$y, eval(substitute(y), data, parent.frame()))
  umap.default(parts$x, labels = labels, y = y, ...)
}

#' @rdname umap
#' @order 6
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
  if (!is.null(y)) {
    abort_input("y", "must be NULL, as the formula has a target on its left", value = y)
  }
  left
}

# The columns of the right side, the left side, and how the columns are computed: their code as
# text, by name.
formula_parts <- function(formula, data) {
  if (!is.null(data) && !is_frame(data)) {
    abort_input("data", "must be a data frame, not ", describe(data), value = data)
  }
  data <- plain_frame(data, "data")
  terms <- computed(stats::terms(formula, data = data))
  if (any(attr(terms, "order") > 1) || !is.null(attr(terms, "offset"))) {
    abort_input(
      "x", "must be a formula of columns joined by + and -, not one with interactions or offsets",
      value = formula
    )
  }
  if (length(attr(terms, "term.labels")) == 0) {
    abort_input("x", "must be a formula with columns on its right", value = formula)
  }
  frame <- computed(stats::model.frame(terms, data, na.action = stats::na.pass))
  has_y <- attr(terms, "response") > 0
  # Finds terms by place, not by label: a label has back-ticks, and a variable that `-` removes is
  # still there.
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

# What the formula gives, or an error with R's reason.
computed <- function(code) {
  tryCatch(code, error = function(e) {
    abort_input("x", "must be a formula that can be computed, but fails: ", conditionMessage(e))
  })
}

# predict() sees the columns of new data and no other variables of the fit.
check_variables <- function(calls, known) {
  variables <- unique(unlist(lapply(calls, all.vars)))
  strange <- setdiff(variables, known)
  if (length(strange) > 0) {
    abort_input(
      "x", "must use columns of `data` only, not ", toString(head_of(strange)),
      hint = "Make it a column, or write its value into the formula."
    )
  }
  twice <- intersect(variables, known[duplicated(known)])
  if (length(twice) > 0) {
    abort_input("data", "must have different names for its columns, not ", twice[1], " twice")
  }
}

# What scale(), poly() and similar functions have found in the data is part of the code (see
# stats::makepredictcall()).
column_code <- function(calls, columns) {
  code <- vapply(calls, function(call) {
    control <- c("keepNA", "keepInteger", "niceNames", "digits17")
    paste(deparse(call, width.cutoff = 500, backtick = TRUE, control = control), collapse = " ")
  }, "")
  stats::setNames(code, columns)
}
