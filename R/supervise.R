# Adds what else is known about the points: a target that bends the graph, or a second graph.

#' Supervise a graph
#'
#' Bends a graph toward a target: points that differ in the target become less similar, so that
#' the layout separates them more than the data alone would.
#'
#' Categories: the similarity of two points of different categories is multiplied by
#' \eqn{\exp(-2.5 / (1 - w))}{exp(-2.5 / (1 - w))}, with \eqn{w} = `target_weight`, and the
#' similarity of two points by \eqn{\exp(-1)}{exp(-1)} if the category of either is unknown.
#'
#' Numbers: the target has a graph \eqn{R} of its own, which is intersected with the graph \eqn{L}
#' of the data, see [intersect_graphs()].
#'
#' After each of these every row is divided by its largest similarity, and the two opinions of a
#' pair are joined by the fuzzy union, as in [fuzzy_graph()].
#'
#' @param graph Symmetric graph from [fuzzy_graph()].
#' @param y The target, one value per point:
#'   - a factor, or a character or logical vector: categories, `NA` where unknown;
#'   - a numeric vector, or a numeric matrix with a row per point, without missing values; dates,
#'     times and their differences are such numbers. Numbers of which many are alike are better made
#'     a factor;
#'   - a data frame of such columns: each factor by itself, all numeric columns together;
#'   - neighbors in the target, see [smooth_knn()].
#' @param target_metric Metric of a numeric target, see [nearest_neighbors()]. A warning says
#'   where this and other arguments have no effect, as with a target of categories.
#' @param target_weight How much the target counts, from 0 to 1: ½ as much as the data.
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
  blocks <- target_blocks(y, graph$n, target, 15)
  settings <- check_graph_settings(set_op_mix_ratio, local_connectivity, bandwidth)
  if (blocks[[1]]$kind == "categorical") warn_unused(settings, names(settings), only_categories)
  run <- run_settings(n_threads, verbose)
  joined <- .Call(C_join_blocks, graph, graph$n, blocks, settings, check_seed(seed), run)
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
#' where a pair that one graph lacks counts there as half the least of its similarities. Then each
#' row is divided by its largest similarity, and the two opinions of a pair are joined by the fuzzy
#' union, as in [fuzzy_graph()].
#'
#' @param x,y Symmetric graphs of the same number of points, from [fuzzy_graph()].
#' @param weight How much `y` counts, from 0 to 1: ½ as much as `x`.
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
intersect_graphs <- function(x, y, weight = 0.5, n_threads = NULL) {
  x <- check_graph(x, "x")
  y <- check_graph(y, "y")
  if (x$n != y$n) {
    abort_input(
      "y", "must have as many points as `x`, ", count(x$n), ", not ", count(y$n),
      value = y
    )
  }
  weight <- check_number(weight, "weight", min = 0, max = 1)
  run <- run_settings(n_threads, FALSE)
  new_graph(.Call(C_intersect_graphs, list(x, y), x$n, weight, run), x$n)
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

# Makes one block for all columns of numbers, and one for each column of categories. n_neighbors:
# the default of the target.
target_blocks <- function(y, n, target, n_neighbors) {
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
    return(list(neighbor_block(neighbors, target$target_weight)))
  }
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
  numbers <- check_target_numbers(y[!is_category])
  if (!is.null(target$target_n_neighbors)) n_neighbors <- target$target_n_neighbors
  block <- numeric_block(
    numbers, check_metric(target$target_metric),
    check_n_neighbors(n_neighbors, "target_n_neighbors", n), "auto", target$target_weight
  )
  c(list(block), categories)
}

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
  if (!all(is.finite(numbers))) {
    abort_input(
      "y", "must not have missing or infinite numbers",
      value = y, hint = "Impute them, or give categories (a factor), where `NA` means unknown."
    )
  }
  numbers
}
