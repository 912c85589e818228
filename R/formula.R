# Formulas: which columns of a data frame count, and which one supervises.

#' @rdname umap
#' @export
umap.formula <- function(x, data = NULL, labels = NULL, ...) {
  parts <- formula_parts(x, data)
  labels <- eval(substitute(labels), data, parent.frame())
  umap.default(parts$x, labels = labels, y = parts$y, ...)
}

#' @rdname umap
#' @export
umap_fit.formula <- function(x, data = NULL, labels = NULL, ...) {
  parts <- formula_parts(x, data)
  labels <- eval(substitute(labels), data, parent.frame())
  model <- umap_fit.default(parts$x, labels = labels, y = parts$y, ...)
  model$variables <- parts$variables
  model
}

# The columns of the right side, the left side, and how the columns are computed: their code as
# text, by name.
formula_parts <- function(formula, data) {
  if (!is.null(data) && !is.data.frame(data)) {
    abort_input("data", "must be a data frame, not ", describe(data))
  }
  terms <- stats::terms(formula, data = data)
  if (any(attr(terms, "order") > 1) || !is.null(attr(terms, "offset"))) {
    abort_input("x", "must be a formula of columns joined by + and -, without interactions")
  }
  columns <- attr(terms, "term.labels")
  if (length(columns) == 0) abort_input("x", "is a formula without columns on its right")
  frame <- tryCatch(
    stats::model.frame(terms, data, na.action = stats::na.pass),
    error = function(e) abort_input("x", "cannot be computed: ", conditionMessage(e))
  )
  has_y <- attr(terms, "response") > 0
  x <- frame[columns]
  # model.frame() makes up names where there are none.
  if (is.null(data) || is.null(given_names(data))) rownames(x) <- NULL
  list(
    x = x,
    y = if (has_y) frame[[1]],
    variables = column_code(attr(frame, "terms"), columns, has_y)
  )
}

# What scale(), poly() and their like have found in the data is part of the code (see
# stats::makepredictcall()).
column_code <- function(terms, columns, has_y) {
  calls <- as.list(attr(terms, "predvars"))[-1]
  if (has_y) calls <- calls[-1]
  code <- vapply(calls, function(call) {
    control <- c("keepNA", "keepInteger", "niceNames", "digits17")
    paste(deparse(call, width.cutoff = 500, control = control), collapse = " ")
  }, "")
  stats::setNames(code, columns)
}
