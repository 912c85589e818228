# Decides which columns of the data make a block, and makes the blocks of the data.

# How to make a block of columns: their names, or numbers where they have none, or NULL for all of
# them. A block "categorical" has one column and needs no metric.
new_plan <- function(kind, columns = NULL, metric = NULL, kwds = NULL, levels = NULL) {
  list(kind = kind, columns = columns, metric = metric, kwds = kwds, levels = levels)
}

# Returns a list of plans, with plans for categories last.
plan_blocks <- function(x, metric, kwds) {
  if (is.list(metric)) return(plan_by_metric(x, metric, kwds))
  check_metric(metric, kwds)
  is_mixed <- is_frame(x) && any(vapply(x, function(column) {
    is.factor(column) || is.character(column)
  }, NA))
  if (!is_mixed) return(list(new_plan("numeric", NULL, metric, kwds)))
  check_column_names(x)
  is_category <- vapply(x, is_categorical, NA)
  if (all(is_category)) {
    check_metric_of_codes(metric)
    return(list(plan_codes(x, names(x))))
  }
  c(
    list(new_plan("numeric", names(x)[!is_category], metric, kwds)),
    plan_categories(names(x)[is_category])
  )
}

check_metric_of_codes <- function(metric) {
  if (identical(metric, "euclidean") || identical(metric, "hamming")) return(invisible())
  abort_input(
    "x", "must have a numeric column for this metric: categories alone are compared by ",
    "\"hamming\" only",
    hint = "Make numeric columns by model.matrix()."
  )
}

# Data of only categories are compared by the fraction of columns in which two rows differ.
plan_codes <- function(x, columns) {
  levels <- lapply(columns, function(column) {
    category_levels(check_category(data_column(x, column), "x", column))
  })
  new_plan("codes", columns, "hamming", levels = levels)
}

plan_categories <- function(columns) lapply(columns, new_plan, kind = "categorical")

# metric = list(euclidean = c("a", "b"), categorical = "species").
plan_by_metric <- function(x, metric, kwds) {
  if (length(metric) == 0 || is.null(names(metric))) {
    abort_input(
      "metric", "must be a list of columns named by metrics, not ", describe(metric),
      value = metric,
      hint = "An example is list(euclidean = c(\"a\", \"b\"), categorical = \"c\")."
    )
  }
  if (is.raw(x) || !(is_dense(x) || is_frame(x))) {
    abort_input(
      "metric", "must be one metric, not a list, unless `x` is a matrix or a data frame",
      value = metric
    )
  }
  if (!is.null(kwds)) {
    abort_input("metric_kwds", "must be NULL where `metric` is a list, not ", describe(kwds),
      value = kwds
    )
  }
  check_column_names(x)
  name <- vapply(names(metric), check_choice, "", "metric", c(metrics, "categorical"))
  columns <- lapply(metric, check_block_columns, x = x)
  is_category <- name == "categorical"
  if (all(is_category)) return(list(plan_codes(x, unlist(columns))))
  numeric <- Map(new_plan, "numeric", columns[!is_category], name[!is_category])
  c(unname(numeric), plan_categories(unlist(columns[is_category])))
}

# Blocks, and predict() after them, find columns by name.
check_column_names <- function(x) {
  names <- column_names(x)
  nameless <- which(is.na(names) | names == "")
  if (is_frame(x) && is.null(names)) nameless <- 1
  twice <- names[duplicated(names)]
  if (length(nameless) > 0) {
    abort_input("x", "must have a name for each column, but has none for column ", nameless[1])
  }
  if (length(twice) > 0) {
    abort_input("x", "must have different names for its columns, not ", twice[1], " twice")
  }
}

check_block_columns <- function(columns, x) {
  if (!(is.character(columns) || holds_numbers(columns)) || length(columns) == 0) {
    abort_input(
      "metric", "must hold names or numbers of columns, not ", describe(columns),
      value = columns
    )
  }
  known <- if (is.character(columns)) colnames(x) else seq_len(ncol(x))
  missing <- columns[!columns %in% known]
  if (length(missing) > 0) {
    valid <- if (is.character(columns)) "names" else paste("numbers from 1 to", ncol(x))
    abort_input(
      "metric", "must hold ", valid, " of columns of `x`, not ", toString(head_of(missing)),
      value = columns,
      hint = if (is.character(columns)) suggest_name(missing[1], known, quote = "\"")
    )
  }
  if (is.numeric(columns) && !is.null(colnames(x))) colnames(x)[columns] else columns
}

# The numbers of a block, as a matrix: `x` itself where it is one and all columns are wanted. C
# names the place of a missing value; among chosen columns it would not know the column.
block_numbers <- function(x, columns, arg) {
  if (is.null(columns)) {
    if (!is_frame(x)) return(x)
    columns <- seq_along(x)
  }
  if (is_sparse(x)) return(sparse_columns(x, columns, arg))
  numbers <- x[, columns, drop = FALSE]
  if (is.data.frame(numbers)) numbers <- data_frame_matrix(numbers, arg)
  if (matrix_form(numbers) != "dense" || all(is.finite(numbers))) return(numbers)
  bad <- which(!is.finite(numbers), arr.ind = TRUE)[1, ]
  column <- if (is.null(colnames(numbers))) columns[bad[2]] else colnames(numbers)[bad[2]]
  abort_input(
    arg, "must not have missing or infinite values, but has one in row ", bad[1], ", column ",
    column,
    hint = "Remove or impute them."
  )
}

# Returns categories as numbers from 1, and 0 for values without a level.
category_numbers <- function(x, levels) {
  codes <- Map(function(values, levels) category_codes(values, levels) + 1, x, levels)
  matrix(as.double(unlist(codes)), length(x[[1]]), dimnames = list(NULL, names(x)))
}

data_column <- function(x, column) if (is_frame(x)) x[[column]] else x[, column]

# ---- Blocks of the data -------------------------------------------------------------------------

data_blocks <- function(x, plans, n_neighbors, control, seed, run) {
  is_category <- kinds_of(plans) == "categorical"
  plans[!is_category] <- plan_scales(plans[!is_category], control, any(is_category))
  lapply(plans, function(plan) {
    switch(plan$kind,
      categorical = category_block(data_column(x, plan$columns), 0.5, "x", plan$columns),
      numeric = {
        numbers <- block_numbers(x, plan$columns, "x")
        if (!identical(numbers, x)) check_data_shape(numbers)
        compared_block(numbers, x, plan, n_neighbors, control, seed, run)
      },
      codes = {
        codes <- category_numbers(lapply(plan$columns, data_column, x = x), plan$levels)
        block <- compared_block(codes, x, plan, n_neighbors, control, seed, run)
        codes_block(block, plan$levels)
      }
    )
  })
}

compared_block <- function(numbers, x, plan, n_neighbors, control, seed, run) {
  check_standardization(plan$metric, plan$scale, n_directions_of(plan$pca, numbers))
  standardization <- find_standardization(numbers, plan$scale, plan$pca, seed, run)
  numbers <- standardize(numbers, standardization, run)
  names <- column_names(x)
  numeric_block(
    numbers, check_metric(plan$metric, plan$kwds, n_columns(numbers)), n_neighbors,
    control$neighbor_method,
    target_recall = control$target_recall, columns = plan$columns,
    column_names = if (!anyNA(names)) names, standardization = standardization
  )
}

# Returns the standardization of the columns of each plan. With several metrics, columns whose
# metric it would not suit are left as they are.
plan_scales <- function(plans, control, is_mixed) {
  if (plans[[1]]$kind == "codes") {
    if (identical(control$scale, "none")) control$scale <- NULL
    warn_unused(control, "scale", "there are no columns of numbers")
    control$scale <- NULL
  }
  plans <- lapply(plans, function(plan) {
    scale <- control$scale
    if (is.null(scale)) scale <- default_scale(plan$metric, is_mixed)
    c(plan, list(scale = scale, pca = control$pca))
  })
  for (arg in c("scale", "pca")) {
    is_lost <- vapply(plans, function(p) !is.null(objection(p$metric, arg, p$scale)), NA)
    if (all(is_lost)) next
    plans[is_lost] <- lapply(plans[is_lost], replace, arg, list(scale = "none", pca = NULL)[arg])
  }
  plans
}
