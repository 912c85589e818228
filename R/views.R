# What is known of the points, as a list of views: columns with a metric, given neighbours, or
# categories. Most data are one view; a data frame of several kinds of columns has several, and so
# has a target. C intersects their graphs.

# metric: a description by check_metric().
numeric_view <- function(x, metric, n_neighbors, neighbor_method, weight = 0.5) {
  list(
    x = x, metric = metric, metric_kwds = metric$kwds, n_neighbors = n_neighbors, neighbor_method = neighbor_method,
    max_distance = max_distance(metric$name), weight = weight
  )
}

neighbor_view <- function(neighbors, weight = 0.5) {
  list(
    neighbors = neighbors, metric = neighbors$metric,
    max_distance = max_distance(neighbors$metric), weight = weight
  )
}

category_view <- function(x, weight = 0.5, arg = "x") {
  codes <- category_codes(x, category_levels(x))
  if (all(codes < 0)) abort_input(arg, "has a column of categories of which none is known")
  list(category = codes, weight = weight)
}

is_categorical <- function(x) is.factor(x) || is.character(x) || is.logical(x)

is_number_column <- function(x) {
  (is.numeric(x) && !inherits(x, "integer64")) || is.logical(x)
}

category_levels <- function(x) if (is.factor(x)) levels(x) else sort(unique(as.character(x)))

# From 0; -1 where unknown.
category_codes <- function(x, levels) match(as.character(x), levels, nomatch = 0L) - 1L
