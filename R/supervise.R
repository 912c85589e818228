# Adds what else is known about the points: a target that bends the graph, or a second graph.

#' Supervise a graph
#'
#' Bends a graph toward a target: points that differ in the target become less similar, so that
#' the layout separates them more than the data alone would.
#'
#' Let \eqn{w} = `target_weight` and \eqn{v = w / (1 - w)}.
#'
#' Categories: the similarity of two points of different categories is multiplied by
#' \eqn{\exp(-5 v)}{exp(-5 v)}. If the category of one of them is unknown, it is multiplied by
#' \eqn{\exp(-\min(v, 1))}{exp(-min(v, 1))}.
#'
#' Numbers: the target has a graph \eqn{R} of its own, which is intersected with the graph \eqn{L}
#' of the data by the formula of [intersect_graphs()]. A pair that \eqn{R} lacks counts there as
#' half of the least similarity in \eqn{R}, but at most as 0.0001, so neighbors in the data that
#' differ in the target come apart even if most numbers are tied. A pair that \eqn{L} lacks counts
#' there as half of the least similarity in \eqn{L}. No similarity counts less there than
#' \eqn{0.0001 e^5}{0.0001 exp(5)}, as neighbors in the target should be more similar than points
#' that differ in it, also where they are no neighbors in the data. If the number of one of two
#' points is unknown, their similarity is multiplied by \eqn{\exp(-\min(v, 1))}{exp(-min(v, 1))}, as
#' with categories.
#'
#' After each of these every row is divided by its largest similarity, and the two opinions of a
#' pair are joined by the fuzzy union, as in [fuzzy_graph()]. A point whose target is unknown
#' therefore keeps the neighbors that it has in the data.
#'
#' The weight 0 ignores the target: the graph stays as it is. At the weight 1, categories remove
#' every edge between points of different categories, and the data say only which points of one
#' category are similar; numbers replace the graph by the graph of the target, except at unknown
#' points. With the default, ½, the formulas are those of umap-learn, except for the bound
#' \eqn{0.0001 e^5}{0.0001 exp(5)}.
#'
#' @param graph Symmetric graph from [fuzzy_graph()], or a sparse symmetric matrix, see
#'   [initial_layout()].
#' @param y The target, one value per point:
#'   - a factor, or a character or logical vector: categories, `NA` where unknown;
#'   - a numeric vector, or a numeric matrix with a row per point; dates, times and their
#'     differences are such numbers. `NA` means unknown, as does a row of a matrix with an `NA`. -1
#'     is a number like any other, while umap-learn codes unknown categories as -1. A vector of few
#'     different whole numbers gives a warning, as it may hold codes of categories, which belong in
#'     a factor; a matrix with one column does not;
#'   - a data frame of such columns: each factor by itself, all numeric columns together;
#'   - neighbors in the target, see [smooth_knn()]; a point without neighbors is unknown.
#' @param target_metric Metric of a numeric target, see [nearest_neighbors()]. A warning says
#'   where this and other arguments have no effect, as with a target of categories.
#' @param target_weight How much the target counts, from 0 (not at all) to 1 (alone, see Details).
#' @param target_n_neighbors Size of the neighborhoods in a numeric target, at least 2.
#' @inheritParams fuzzy_graph
#' @inheritParams umap
#' @return The graph, a data frame of class `umap_graph`, see [fuzzy_graph()].
#' @source McInnes, Healy, Melville (2018), \doi{10.48550/arXiv.1802.03426}, and the supervised
#'   mode of their program umap-learn.
#' @seealso [umap()], which takes `y` as well.
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(iris[1:4]))
#' supervised <- supervise_graph(graph, iris$Species)
#' apart <- iris$Species[graph$row] != iris$Species[graph$col]
#' mean(graph$similarity[apart])
#' mean(supervised$similarity[apart])
#' @export
supervise_graph <- function(graph, y, target_metric = "euclidean", target_weight = 0.5,
                            target_n_neighbors = 15, local_connectivity = 1, bandwidth = 1,
                            set_op_mix_ratio = 1, seed = 42, n_threads = NULL, verbose = NULL) {
  graph <- check_graph(graph)
  if (is.null(y)) abort_input("y", "must be a target, not NULL")
  target_n_neighbors <- check_whole(target_n_neighbors, "target_n_neighbors", min = 2)
  target <- check_target_settings(target_metric, target_weight, target_n_neighbors)
  seed <- check_seed(seed)
  run <- run_settings(n_threads, verbose)
  blocks <- target_blocks(y, graph$n, target, 15, seed, run)
  settings <- check_graph_settings(set_op_mix_ratio, local_connectivity, bandwidth)
  if (all(kinds_of(blocks) == "categorical") && length(blocks) > 0) {
    warn_unused(settings, names(settings), only_categories)
  }
  joined <- .Call(C_join_blocks, graph, graph$n, blocks, settings, seed, run)
  new_graph(joined, graph$n)
}

#' Intersect two graphs
#'
#' Joins what two sources say about the same points, for example measurements of two kinds: the
#' fuzzy intersection of their graphs.
#'
#' With the weight \eqn{w} of the second graph, a pair's similarities \eqn{L} and \eqn{R} become
#' \deqn{L\,R^{w / (1 - w)} \quad (w < 1/2), \qquad L^{(1 - w) / w} R \quad (w \ge 1/2)}{
#' L R^(w / (1 - w)) for w < 1/2, L^((1 - w) / w) R else}
#' A pair that one graph lacks counts there as half of the least similarity in that graph; in a
#' graph of ties, of which most similarities are 1, it counts at most as 0.0001, and similarities in
#' the other graph count at least as \eqn{0.0001 e^5}{0.0001 exp(5)}, unless both have ties. With
#' the weight 0 the result has the pairs of `x` only, with the weight 1 those of `y` only. At ½ the
#' order of the graphs does not matter.
#'
#' Then each row is divided by its largest similarity. Products of similarities fall off more
#' steeply than the similarities of either graph, so `reset_local` raises each row to the power for
#' which its similarities add up to \eqn{\log_2(15)}{log2(15)}, as those to 15 neighbors do. Finally
#' the two opinions of a pair are joined by the fuzzy union, as in [fuzzy_graph()].
#'
#' @param x,y Symmetric graphs of the same number of points, from [fuzzy_graph()].
#' @param weight How much `y` counts, from 0 (not at all) to 1 (alone): ½ as much as `x`.
#' @param reset_local Whether to restore how fast the similarities in each row fall off, as products
#'   of models in umap-learn and `simplicial_set_intersect()` of uwot do. [umap()] does not do so
#'   with a list of metrics: `FALSE` gives its graph.
#' @inheritParams umap
#' @return The graph, a data frame of class `umap_graph`, see [fuzzy_graph()].
#' @source McInnes, Healy, Melville (2018), \doi{10.48550/arXiv.1802.03426}, and their program
#'   umap-learn.
#' @seealso [umap()], which does so for data frames of several kinds of columns.
#' @examples
#' sepals <- fuzzy_graph(nearest_neighbors(iris[1:2]))
#' petals <- fuzzy_graph(nearest_neighbors(iris[3:4]))
#' both <- intersect_graphs(sepals, petals)
#' layout <- optimize_layout(both, initial_layout(both))
#' plot(layout, col = iris$Species, asp = 1)
#' @export
intersect_graphs <- function(x, y, weight = 0.5, reset_local = TRUE, n_threads = NULL) {
  x <- check_graph(x, "x")
  y <- check_graph(y, "y")
  if (x$n != y$n) {
    abort_input(
      "y", "must have as many points as `x`, ", count(x$n), ", not ", count(y$n),
      value = y
    )
  }
  weight <- check_number(weight, "weight", min = 0, max = 1)
  reset_local <- check_flag(reset_local, "reset_local")
  run <- run_settings(n_threads, FALSE)
  new_graph(.Call(C_intersect_graphs, list(x, y), x$n, weight, reset_local, run), x$n)
}

check_target_settings <- function(target_metric, target_weight, target_n_neighbors) {
  if (!is.null(target_n_neighbors)) {
    target_n_neighbors <- check_whole(target_n_neighbors, "target_n_neighbors", min = 2)
  }
  if (identical(target_metric, "categorical")) {
    abort_input(
      "target_metric", "must be a metric for numbers in `y`, not \"categorical\"",
      value = target_metric, hint = "Leave it out, and give `y` as a factor."
    )
  }
  list(
    target_metric = check_choice(target_metric, "target_metric", metrics),
    target_weight = check_number(target_weight, "target_weight", min = 0, max = 1),
    target_n_neighbors = target_n_neighbors
  )
}

# ---- Targets as blocks --------------------------------------------------------------------------

only_categories <- "the target has categories only"

# Makes one block for all columns of numbers, and one for each column of categories; none if the
# weight is 0. n_neighbors: the default of the target.
target_blocks <- function(y, n, target, n_neighbors, seed = 42,
                          run = run_settings(NULL, FALSE)) {
  blocks <- make_target_blocks(y, n, target, n_neighbors, seed, run)
  if (target$target_weight > 0) blocks else list()
}

make_target_blocks <- function(y, n, target, n_neighbors, seed, run) {
  is_default <- isTRUE(target$target_n_neighbors == n_neighbors)
  of_numbers <- c("target_metric", if (!is_default) "target_n_neighbors")
  if (is.null(y)) {
    warn_unused(target, c("target_weight", of_numbers), "there is no target `y`")
    return(list())
  }
  if (has_class(y, "POSIXlt")) y <- as.POSIXct(y)
  if (is.list(y) && !is_frame(y)) {
    neighbors <- check_neighbors(y, "y")
    check_target_size(nrow(neighbors$idx), n)
    warn_unused(target, of_numbers, "`y` are neighbors already")
    return(list(target_block(neighbor_block(neighbors, target$target_weight))))
  }
  is_matrix <- is_dense(y)
  y <- plain_frame(if (is_frame(y)) y else target_frame(y), "y")
  check_target_size(nrow(y), n)
  if (ncol(y) == 0) abort_input("y", "must have columns, but has none")
  is_category <- vapply(y, is_categorical, NA)
  categories <- lapply(unname(which(is_category)), function(j) {
    category_block(y[[j]], target$target_weight, "y", names_or_numbers(y)[j])
  })
  if (all(is_category)) {
    warn_unused(target, of_numbers, only_categories)
    return(categories)
  }
  if (!is_matrix) for (column in y[!is_category]) warn_codes(column)
  numbers <- check_target_numbers(y[!is_category])
  if (!is.null(target$target_n_neighbors)) n_neighbors <- target$target_n_neighbors
  is_known <- has_all_numbers(numbers)
  n_neighbors <- check_n_neighbors(n_neighbors, "target_n_neighbors", sum(is_known))
  block <- if (all(is_known)) {
    metric <- check_metric(target$target_metric)
    numeric_block(numbers, metric, n_neighbors, "auto", target$target_weight)
  } else {
    neighbors <- nearest_neighbors(
      numbers[is_known, , drop = FALSE], n_neighbors,
      metric = target$target_metric, seed = seed, n_threads = run$n_threads, verbose = FALSE
    )
    neighbor_block(among_all(neighbors, is_known), target$target_weight)
  }
  c(list(target_block(block)), categories)
}

# Marks what supervises the blocks before it, see graph/set_ops.c.
target_block <- function(block) {
  block$is_target <- TRUE
  block
}

# Neighbors among the points for which `is_known` is TRUE, as neighbors among all points: the others
# have none.
among_all <- function(neighbors, is_known) {
  n <- length(is_known)
  idx <- matrix(NA_integer_, n, ncol(neighbors$idx))
  dist <- matrix(Inf, n, ncol(idx))
  idx[, 1] <- seq_len(n)
  dist[, 1] <- 0
  idx[is_known, ] <- which(is_known)[neighbors$idx]
  dist[is_known, ] <- neighbors$dist
  new_neighbors(idx, dist, neighbors$metric, neighbors$method)
}

has_all_numbers <- function(numbers) rowSums(is.na(numbers)) == 0

# Warns of numbers that look like codes of categories: few values, each in several rows.
warn_codes <- function(column) {
  if (inherits(column, times) || !is.numeric(column) || length(dim(column)) > 0) return()
  known <- column[is.finite(column)]
  values <- unique(known)
  is_code <- length(values) %in% seq_len(most_codes) && all(values == round(values)) &&
    length(known) >= rows_per_code * length(values)
  if (!is_code) return()
  warn(
    "codes", "`y` has ", plural(length(values), "different whole number"), " in ",
    plural(length(known), "row"), ", which are compared as numbers",
    if (-1 %in% values) ", including -1",
    argument = "y", value = sort(values),
    hint = c(
      "Use factor(y) if they are codes of categories, as.matrix(y) if they are numbers.",
      if (-1 %in% values) "Use NA, not -1, where `y` is unknown."
    )
  )
}

most_codes <- 20
rows_per_code <- 5

target_frame <- function(y) {
  if (!is.atomic(y) || isS4(y) || inherits(y, c("integer64", "dist", "connection"))) {
    abort_input("y", "must be numbers or categories, not ", describe(y), value = y)
  }
  # Accepts any class: data.frame() knows few.
  if (is.matrix(y)) return(as.data.frame.matrix(y))
  structure(list(y = y), row.names = .set_row_names(NROW(y)), class = "data.frame")
}

check_target_size <- function(given, n) {
  if (given != n) {
    abort_input("y", "must have one value per row, ", count(n), ", not ", count(given))
  }
}

# Times count in their units: days, seconds.
check_target_numbers <- function(y) {
  is_time <- vapply(y, inherits, NA, times)
  y[is_time] <- lapply(y[is_time], function(time) {
    as.numeric(if (inherits(time, "POSIXlt")) as.POSIXct(time) else time)
  })
  is_usable <- vapply(y, is_number_column, NA)
  if (!all(is_usable)) {
    bad <- which(!is_usable)[1]
    abort_input(
      "y", "must be numbers or categories in column ", names_or_numbers(y)[bad], ", not ",
      describe(y[[bad]]),
      value = y[[bad]]
    )
  }
  numbers <- as.matrix(y)
  if (any(is.infinite(numbers))) {
    abort_input(
      "y", "must not have infinite numbers",
      value = y, hint = "Replace them by `NA` if they mean that the number is unknown."
    )
  }
  n_known <- sum(has_all_numbers(numbers))
  if (n_known < 2) {
    abort_input(
      "y", "must have at least 2 rows without missing numbers, not ", n_known,
      value = y, hint = "Leave it out, or impute them."
    )
  }
  numbers
}
