# Measures how much of the data's neighborhoods a layout keeps.

#' Quality of an embedding
#'
#' Returns how well a layout keeps the neighbors of the data, in four numbers from 0 to 1.
#'
#' - Trustworthiness is 1 minus a penalty for neighbors in the layout that are not neighbors in the
#'   data, by their rank in the data (Venna and Kaski 2001).
#' - Continuity is the same with the roles exchanged: neighbors in the data that the layout
#'   tore away.
#' - Neighbor preservation is the fraction of the `k` nearest neighbors in the data that are among
#'   the `k` nearest in the layout.
#' - kNN accuracy is the fraction of points whose label agrees with most of their `k_label` nearest
#'   neighbors in the layout, the point itself left out.
#'
#' The first three compare the sampled rows with all rows. The last takes all rows, with exact
#' neighbors for layouts of up to 4 dimensions.
#'
#' @param x The data, a matrix or data frame as for [umap()].
#' @param metric The name of one of the [metrics], or a function, by which the rows of `x` are
#'   compared as they are. `NULL` for the metric of the model, after its scaling and principal
#'   components, where `layout` is a model; else for `"euclidean"`.
#' @param metric_kwds A list of the arguments that some [metrics] have, or `NULL`.
#' @param layout The embedding: what [umap()] or [umap_fit()] returned, or a matrix with a row per
#'   row of `x`. A model of several metrics, or of numbers and categories, needs a `metric`.
#' @param labels A vector or factor with a label per row, or `NULL`. Missing labels count as one
#'   more label.
#' @param k Number of neighbors, without the point itself, at least 1. It is reduced with a warning
#'   when there are not more than twice as many rows.
#' @param k_label Number of neighbors that vote for a label, without the point itself, at least 1.
#' @param sample Number of rows, evenly spaced, for which the first three are taken, against all
#'   rows; `Inf` for all. The last is always taken for all.
#' @inheritParams umap
#' @return A data frame of one row with the columns `trustworthiness`, `continuity`,
#'   `neighbor_preservation` and `knn_accuracy`, all from 0 (bad) to 1; the last is `NA` without
#'   labels.
#' @source Venna, Kaski (2001), Neighborhood preservation in nonlinear projection methods: an
#'   experimental study, ICANN 2001, 485-491, \doi{10.1007/3-540-44668-0_68}.
#' @examples
#' some <- 1:500
#' embedding <- umap(digits$pixels[some, ], digits$label[some])
#' embedding_quality(digits$pixels[some, ], embedding, digits$label[some])
#' @export
embedding_quality <- function(x, layout, labels = NULL, k = 15, k_label = 10, sample = 1000,
                              metric = NULL, n_threads = NULL, metric_kwds = NULL) {
  if (is.null(labels) && !missing(k_label)) warn_given("k_label", "there are no `labels`")
  quality <- measure_quality(
    x, layout, labels, k, k_label, sample, metric, metric_kwds,
    run_settings(n_threads, FALSE)
  )$overall
  names(quality) <- c("trustworthiness", "continuity", "neighbor_preservation", "knn_accuracy")
  as.data.frame(as.list(quality))
}

#' Quality of an embedding, point by point
#'
#' Returns the measures of [embedding_quality()] for each point, to see where a picture can be
#' trusted: give a column to [plot()][plot.umap_embedding] as its `label`, or let
#' `plot(model, diagnostic = )` do both.
#'
#' Each row is compared with all rows, so the time grows with the square of their number: about ten
#' seconds for 10,000 rows of 784 columns on one thread.
#'
#' @inheritParams embedding_quality
#' @return A data frame with one row per row of `x` and the columns `trustworthiness`, `continuity`
#'   and `neighbor_preservation`, each from 0 (bad) to 1; their means are what
#'   `embedding_quality(sample = Inf)` returns. The first two can fall below 0 for single points.
#' @source Venna, Kaski (2001), Neighborhood preservation in nonlinear projection methods: an
#'   experimental study, ICANN 2001, 485-491, \doi{10.1007/3-540-44668-0_68}.
#' @seealso [local_dimension()] for another property of single points.
#' @examples
#' x <- digits$pixels[1:500, ]
#' embedding <- umap(x)
#' quality <- point_quality(x, embedding)
#' summary(quality)
#' plot(embedding, label = quality$neighbor_preservation)
#' @export
point_quality <- function(x, layout, k = 15, metric = NULL, n_threads = NULL,
                          metric_kwds = NULL) {
  quality <- measure_quality(
    x, layout, NULL, k, 1, Inf, metric, metric_kwds,
    run_settings(n_threads, FALSE)
  )$points
  colnames(quality) <- c("trustworthiness", "continuity", "neighbor_preservation")
  as.data.frame(quality)
}

# list(overall, points): the four numbers, and the first three for each sampled row.
measure_quality <- function(x, layout, labels, k, k_label, sample, metric, metric_kwds, run,
                            arg = "x") {
  is_model <- has_class(layout, "umap_model")
  if (is_model) layout <- check_model(layout, "layout")
  if (is_model && is.null(metric)) {
    if (!is.null(metric_kwds)) {
      abort_input("metric_kwds", "needs `metric`: the model has its own", value = metric_kwds)
    }
    seen <- seen_by_model(layout, x, arg, run)
  } else {
    seen <- list(x = check_data(x, arg))
  }
  if (is_model) {
    check_rows_of_model(seen$x, layout, arg)
    layout <- layout[["layout"]]
  }
  x <- seen$x
  n <- n_rows(x)
  layout <- check_layout(layout, "layout", n)
  labels <- check_labels(labels, n)
  k <- check_n_compared(k, "k", most = (n - 1) %/% 2)
  k_label <- check_n_compared(k_label, "k_label", most = n - 1)
  if (is.null(metric)) metric <- "euclidean"
  if (is.null(seen$metric)) seen$metric <- check_metric(metric, metric_kwds, n_columns(x))
  metric <- seen$metric
  rows <- sample_rows(sample, n)
  bytes <- quality_bytes(n, length(rows), row_bytes(x), if (is.null(labels)) 0 else k_label)
  check_memory(bytes, run$n_threads, n, k)
  .Call(
    C_quality, x, layout, label_codes(labels), k, k_label, rows, metric,
    run_for_metric(run, metric)
  )
}

# The data as the search for a model's neighbors compared them: list(x, metric), without a metric
# where the model was made of distances or neighbors. model: from check_model(). Errors name the
# argument `arg`.
seen_by_model <- function(model, x, arg, run) {
  if (is.null(model[["blocks"]]) || is_graph_model(model)) return(seen_by_settings(model, x, arg))
  blocks <- check_blocks(model, "layout")
  if (length(blocks) != 1) {
    abort_input(
      arg, "cannot be compared by one metric: the model has several, or categories next to ",
      "numbers. Such measures need a model of one metric, or `metric` where it is an argument",
      value = x
    )
  }
  block <- blocks[[1]]
  if (block$kind == "neighbors") return(seen_by_settings(model, x, arg))
  naming_argument(arg, {
    x <- plain_frame(x, arg)
    variables <- model[["variables"]]
    if (!is.null(variables)) x <- computed_columns(variables, x)
    check_data_shape(x, arg)
    if (!is.null(block[["standardization"]])) {
      d <- n_compared(block)
      bytes <- row_bytes(x, d) + 8 * as.double(n_rows(x)) * d
      check_memory(bytes, run$n_threads, n_rows(x))
    }
    list(x = query_numbers(block, x, model[["n_columns"]], run), metric = block[["metric"]])
  })
}

check_rows_of_model <- function(x, model, arg) {
  n <- nrow(model[["layout"]])
  if (n_rows(x) == n) return(invisible())
  abort_input(
    arg, "must have the ", count(n), " rows of the model, not ", count(n_rows(x)),
    value = x
  )
}

# Serves models without data: compares by the metric that they name, if the rows are compared as
# they are.
seen_by_settings <- function(model, x, arg) {
  settings <- model[["settings"]]
  metric <- settings[["metric"]]
  is_changed <- !is.null(settings[["pca"]]) || !all(settings[["scale"]] == "none")
  if (is_changed && is.null(model[["blocks"]]) || identical(metric, "function")) {
    abort_input(
      arg, "cannot be compared as the model did, which keeps neither its scale nor a metric that ",
      "is a function: make it with keep = \"predict\"",
      value = x
    )
  }
  x <- check_data(x, arg)
  if (!isTRUE(metric %in% metrics)) return(list(x = x))
  kwds <- c(settings[["metric_kwds"]], model[["neighbors"]][["metric_kwds"]])
  kwds <- kwds[!duplicated(names(kwds))]
  list(x = x, metric = check_metric(metric, kwds, n_columns(x)))
}

#' Local dimension of the data
#'
#' Returns how many dimensions the data have around each point, by the growth of the distances to
#' its neighbors: with \eqn{T_j}{T_j} the distance to the \eqn{j}th of \eqn{k} neighbors,
#' \deqn{(k - 2) \Big/ \sum_{j < k} \log(T_k / T_j)}{(k - 2) / sum_(j < k) log(T_k / T_j)}
#' Where it is far above the dimensions of a layout, the layout has to leave something out.
#'
#' @inheritParams smooth_knn
#' @return A numeric vector with one value per point, `NA` where a point has fewer than three
#'   neighbors at distances greater than 0, or all at the same.
#' @source Levina, Bickel (2004), Maximum likelihood estimation of intrinsic dimension, NIPS 17.
#' @seealso [plot.umap_model()], which draws it with `diagnostic = "local_dimension"`.
#' @examples
#' summary(local_dimension(nearest_neighbors(digits$pixels[1:500, ], k = 20)))
#' # a plane in a space of ten dimensions
#' plane <- matrix(runif(1000), 500) %*% matrix(rnorm(20), 2)
#' mean(local_dimension(nearest_neighbors(plane, k = 20)))
#' @export
local_dimension <- function(nn) {
  distance <- check_neighbors(nn, "nn")$dist[, -1, drop = FALSE]
  distance[distance == 0 | !is.finite(distance)] <- NA
  farthest <- suppressWarnings(apply(distance, 1, max, na.rm = TRUE))
  k <- rowSums(!is.na(distance))
  growth <- rowSums(log(farthest / distance), na.rm = TRUE)
  ifelse(k < 3 | growth == 0, NA_real_, (k - 2) / growth)
}

check_n_compared <- function(k, arg, most) {
  k <- check_whole(k, arg, min = 1)
  if (k <= most) return(k)
  if (most < 1) abort_input("x", "has too few rows to compare neighbors: at least 3 are needed")
  warn(
    "reduced", "`", arg, "` is ", k, " but there are too few rows for more than ", most, ": using ",
    most,
    argument = arg, value = k
  )
  as.integer(most)
}

#' Recall of approximate neighbors
#'
#' Returns the fraction of true nearest neighbors that a table of neighbors has, for a sample of
#' rows that are compared with all others. Neighbors count by their distance, so any of several
#' equally near ones will do.
#'
#' @param nn Neighbors of the rows of `x`, from [nearest_neighbors()] or elsewhere, see
#'   [smooth_knn()]; or a model of the rows of `x`, among whose distinct rows it is measured where
#'   the model counts equal rows once.
#' @param sample Number of rows, evenly spaced; `Inf` for all.
#' @param metric,metric_kwds The metric of `nn`, and what goes with it; needed only when `nn` does
#'   not say it, or it is a function.
#' @inheritParams umap
#' @param x The data, a matrix or data frame as for [umap()].
#' @return A number from 0 to 1. The row itself, which is its own first neighbor, does not count.
#' @examples
#' x <- digits$pixels[1:500, ]
#' neighbor_recall(nearest_neighbors(x, method = "nndescent"), x)
#' @export
neighbor_recall <- function(nn, x, sample = 1000, metric = nn[["metric"]], n_threads = NULL,
                            metric_kwds = nn[["metric_kwds"]]) {
  x <- check_data(x)
  given <- nn
  nn <- check_neighbors(nn, "nn")
  if (identical(metric, "precomputed")) {
    abort_input("metric", "must be given: the neighbors do not name theirs", value = metric)
  }
  metric <- check_metric(metric, metric_kwds, n_columns(x))
  if (nrow(nn$idx) != n_rows(x)) {
    abort_input(
      "nn", "must have one row per row of `x`, ", n_rows(x), ", not ", nrow(nn$idx),
      value = given
    )
  }
  rows <- if (has_class(given, "umap_model")) distinct_rows(given) else seq_len(n_rows(x))
  measure_recall(nn, x, sample, metric, run_settings(n_threads, FALSE), rows)
}

# metric: a description by check_metric(). among: the rows that were searched, see distinct_rows().
measure_recall <- function(nn, x, sample, metric, run, among = seq_len(n_rows(x))) {
  if (length(among) < n_rows(x)) {
    nn <- list(idx = among_rows(nn$idx, among), dist = nn$dist[among, , drop = FALSE])
    x <- matrix_rows(x, among)
  }
  rows <- sample_rows(sample, n_rows(x))
  k <- ncol(nn$idx)
  check_memory(recall_bytes(length(rows), row_bytes(x), k), run$n_threads, n_rows(x), k)
  .Call(C_neighbor_recall, x, nn$idx, nn$dist, rows, metric, run_for_metric(run, metric))
}

label_codes <- function(labels) {
  if (is.null(labels)) return(NULL)
  match(labels, unique(labels))
}

# Spaces the sample evenly over all rows, however they are ordered.
sample_rows <- function(sample, n) {
  if (identical(sample, Inf)) return(seq_len(n))
  sample <- min(check_whole(sample, "sample", min = 1), n)
  as.integer(floor((seq_len(sample) - 1) * (n / sample)) + 1)
}
