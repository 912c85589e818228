# What is known of the points, as a list of views: columns with a metric, given neighbours, or
# categories. Most data are one view; a data frame of several kinds of columns has several, and so
# has a target. C intersects their graphs.

# metric: a description by check_metric().
numeric_view <- function(x, metric, n_neighbors, neighbor_method, weight = 0.5,
                         target_recall = 0.99) {
  list(
    x = x, metric = metric, metric_kwds = metric$kwds, n_neighbors = n_neighbors,
    neighbor_method = neighbor_method, target_recall = target_recall,
    max_distance = max_distance(metric$name), weight = weight
  )
}

neighbor_view <- function(neighbors, weight = 0.5) {
  list(
    neighbors = neighbors, metric = neighbors$metric,
    max_distance = max_distance(neighbors$metric), weight = weight
  )
}

category_view <- function(x, weight, arg, column) {
  check_category(x, arg, column)
  levels <- category_levels(x)
  codes <- category_codes(x, levels)
  if (all(codes < 0)) {
    abort_input(arg, "has categories of which none is known, in column ", column, ": leave it out")
  }
  if (!anyDuplicated(codes)) {
    warn(
      "categories", "`", arg, "` has a different category in every row of column ", column,
      argument = arg, hint = "Leave it out, as it does not show which rows are similar."
    )
  }
  list(category = codes, levels = levels, weight = weight)
}

is_categorical <- function(x) is.factor(x) || is.character(x) || is.logical(x)

# A matrix, too, whose columns as.matrix() takes for so many of the data frame.
is_number_column <- function(x) (holds_numbers(x) || is.logical(x)) && length(dim(x)) <= 2

# A column that is to be compared as categories.
check_category <- function(values, arg, column, admits_numbers = TRUE) {
  if (!is_categorical(values) && !(admits_numbers && is_number_column(values))) {
    abort_input(
      arg, "must have categories in column ", column, ", not ", describe(values),
      ": make it a factor, or leave it out"
    )
  }
  if (NROW(values) != length(values)) {
    abort_input(
      arg, "has a matrix of categories in column ", column,
      ": make each of its columns a column of the data frame"
    )
  }
  values
}

# In the order of their bytes in UTF-8, whatever the language of the session.
category_levels <- function(x) {
  if (is.factor(x)) levels(x) else sort(unique(enc2utf8(as.character(x))), method = "radix")
}

# From 0; -1 where unknown.
category_codes <- function(x, levels) match(as.character(x), levels, nomatch = 0L) - 1L

# ---- Which columns make a view ------------------------------------------------------------------

# A list of list(metric, columns): the columns' names, or numbers where they have none; NULL for
# all of them. A metric "categorical" has one column.
plan_views <- function(x, metric, kwds) {
  if (is.list(metric)) return(plan_by_metric(x, metric, kwds))
  check_metric(metric, kwds)
  is_other <- is_frame(x) && any(vapply(x, function(column) {
    is.factor(column) || is.character(column)
  }, NA))
  if (!is_other) return(list(list(metric = metric, kwds = kwds)))
  check_column_names(x)
  is_category <- vapply(x, is_categorical, NA)
  if (all(is_category)) {
    check_metric_of_codes(metric)
    return(list(plan_codes(x, names(x))))
  }
  c(
    list(list(metric = metric, kwds = kwds, columns = names(x)[!is_category])),
    plan_categories(names(x)[is_category])
  )
}

check_metric_of_codes <- function(metric) {
  if (identical(metric, "euclidean") || identical(metric, "hamming")) return(invisible())
  abort_input(
    "x", "has no numeric column beside its categories, which only the metric \"hamming\" ",
    "compares: make some, see model.matrix()"
  )
}

# Categories alone are compared by the share of columns in which two rows differ.
plan_codes <- function(x, columns) {
  levels <- lapply(columns, function(column) {
    category_levels(check_category(view_column(x, column), "x", column))
  })
  list(metric = "hamming", columns = columns, levels = levels)
}

plan_categories <- function(columns) {
  lapply(columns, function(column) list(metric = "categorical", columns = column))
}

# metric = list(euclidean = c("a", "b"), categorical = "species"), numbers first: categories only
# part what numbers join.
plan_by_metric <- function(x, metric, kwds) {
  if (length(metric) == 0 || is.null(names(metric))) {
    abort_input(
      "metric", "must be a list of columns named by metrics, such as ",
      "list(euclidean = c(\"a\", \"b\"), categorical = \"c\")"
    )
  }
  if (is.raw(x) || !(is_dense(x) || is_frame(x))) {
    abort_input("metric", "can be a list only where `x` is a matrix or a data frame")
  }
  if (!is.null(kwds)) abort_input("metric_kwds", "must be NULL where `metric` is a list")
  check_column_names(x)
  name <- vapply(names(metric), check_choice, "", "metric", c(metrics, "categorical"))
  columns <- lapply(metric, check_view_columns, x = x)
  is_category <- name == "categorical"
  if (all(is_category)) return(list(plan_codes(x, unlist(columns))))
  numeric <- Map(
    function(metric, columns) list(metric = metric, columns = columns),
    name[!is_category], columns[!is_category]
  )
  c(unname(numeric), plan_categories(unlist(columns[is_category])))
}

# Views, and predict() after them, find columns by name.
check_column_names <- function(x) {
  names <- column_names(x)
  nameless <- which(is.na(names) | names == "")
  if (is.data.frame(x) && is.null(names)) nameless <- 1
  twice <- names[duplicated(names)]
  if (length(nameless) > 0) {
    abort_input("x", "has no name for column ", nameless[1], ": every column needs one of its own")
  }
  if (length(twice) > 0) {
    abort_input("x", "has more than one column ", twice[1], ": give each a name of its own")
  }
}

check_view_columns <- function(columns, x) {
  if (!(is.character(columns) || is.numeric(columns)) || length(columns) == 0) {
    abort_input("metric", "must hold names or numbers of columns, not ", describe(columns))
  }
  known <- if (is.character(columns)) colnames(x) else seq_len(ncol(x))
  missing <- columns[!columns %in% known]
  if (length(missing) > 0) {
    abort_input(
      "metric", "must name columns of `x`, which has no ", toString(head_of(missing)),
      value = columns,
      hint = if (is.character(columns)) suggest_name(missing[1], known, quote = "\"")
    )
  }
  if (is.numeric(columns) && !is.null(colnames(x))) colnames(x)[columns] else columns
}

# The numbers of a view, as a matrix: `x` itself where it is one with no other columns. C names the
# place of a value that is missing; here it would not know the column.
view_numbers <- function(x, columns, arg) {
  if (is.null(columns)) {
    if (!is_frame(x)) return(x)
    columns <- seq_along(x)
  }
  if (is_sparse(x)) return(sparse_columns(x, columns, arg))
  numbers <- x[, columns, drop = FALSE]
  if (is.data.frame(numbers)) numbers <- data_frame_matrix(numbers, arg)
  if (matrix_kind(numbers) != "dense") return(numbers)
  if (all(is.finite(numbers))) return(numbers)
  bad <- which(!is.finite(numbers), arr.ind = TRUE)[1, ]
  column <- if (is.null(colnames(numbers))) columns[bad[2]] else colnames(numbers)[bad[2]]
  abort_input(
    arg, "holds a missing or infinite value in row ", bad[1], ", column ", column,
    ": remove or impute such values first"
  )
}

# Categories as numbers from 1, those of no level as 0.
category_numbers <- function(x, levels) {
  codes <- Map(function(values, levels) category_codes(values, levels) + 1, x, levels)
  matrix(as.double(unlist(codes)), length(x[[1]]), dimnames = list(NULL, names(x)))
}

view_column <- function(x, column) if (is.data.frame(x)) x[[column]] else x[, column]

# ---- Views of the data --------------------------------------------------------------------------

# Each view keeps its columns, and its transform or levels, so that new data can be seen likewise.
data_views <- function(x, plan, n_neighbors, control, seed, run) {
  is_category <- vapply(plan, function(planned) identical(planned$metric, "categorical"), NA)
  plan[!is_category] <- plan_scales(plan[!is_category], control, any(is_category))
  lapply(plan, function(planned) {
    if (identical(planned$metric, "categorical")) {
      view <- category_view(view_column(x, planned$columns), 0.5, "x", planned$columns)
    } else {
      numbers <- planned_numbers(x, planned)
      check_transform(planned$metric, planned$scale, n_directions_of(planned$pca, numbers))
      transform <- make_transform(numbers, planned$scale, planned$pca, seed, run)
      numbers <- apply_transform(numbers, transform, run)
      metric <- check_metric(planned$metric, planned$kwds, n_columns(numbers))
      view <- numeric_view(
        numbers, metric, n_neighbors, control$neighbor_method, target_recall = control$target_recall
      )
      view$transform <- transform
      names <- column_names(x)
      if (!anyNA(names)) view$column_names <- names
    }
    view$columns <- planned$columns
    if (!is.null(planned$levels)) view$levels <- planned$levels
    view
  })
}

# What is done to the columns of each plan. Of several metrics, those to which it would mean nothing
# go without.
plan_scales <- function(plan, control, is_mixed) {
  if (!is.null(plan[[1]]$levels)) {
    if (identical(control$scale, "none")) control$scale <- NULL
    warn_unused(control, "scale", "there are no columns of numbers")
    control$scale <- NULL
  }
  plan <- lapply(plan, function(planned) {
    scale <- control$scale
    if (is.null(scale)) scale <- default_scale(planned$metric, is_mixed)
    c(planned, list(scale = scale, pca = control$pca))
  })
  for (arg in c("scale", "pca")) {
    is_lost <- vapply(plan, function(p) !is.null(objection(p$metric, arg, p$scale)), NA)
    if (all(is_lost)) next
    plan[is_lost] <- lapply(plan[is_lost], replace, arg, list(scale = "none", pca = NULL)[arg])
  }
  plan
}

planned_numbers <- function(x, planned) {
  if (is.null(planned$levels)) return(check_data(view_numbers(x, planned$columns, "x")))
  category_numbers(lapply(planned$columns, view_column, x = x), planned$levels)
}
