# Checks the arguments of umap() that are seldom needed.

neighbor_methods <- c("auto", "exact", "clusters", "nndescent")
layout_methods <- c("umap", "tumap", "largevis", "full")
optimizers <- c("batch", "sgd")
optimizer_constants <- list(beta1 = 0.5, beta2 = 0.9, epsilon = 0.5)

#' Further settings of umap()
#'
#' What is given to [umap()] or [umap_fit()] in `...` comes here, where it is checked. Call the
#' function by itself to see all defaults.
#'
#' @param spread,a,b Scale of the layout, see [fit_curve()]; or `a` and `b` themselves, both greater
#'   than 0, in which case `min_dist` and `spread` have no effect.
#' @param set_op_mix_ratio Mixture of fuzzy union (1) and fuzzy intersection (0), see
#'   [fuzzy_graph()].
#' @param local_connectivity Number of nearest neighbors, at least 0, that count as fully
#'   connected, see [smooth_knn()]. May be fractional.
#' @param bandwidth Factor, greater than 0, on the size of neighborhoods, see [smooth_knn()].
#' @param learning_rate First step size of the optimization, greater than 0. `NULL` for 1, or 4 with
#'   `method = "full"`.
#' @param repulsion_strength Weight of the repulsion, at least 0. `NULL` for 1, or 7 with
#'   `method = "largevis"`.
#' @param negative_sample_rate Number of random points that repel for each edge visited, at least 0.
#'   `NULL` for 5, or 8 with `method = "full"`.
#' @param neighbor_method,target_recall,metric_kwds How neighbors are found, what fraction of them,
#'   and what goes with the metric: `method`, `target_recall` and `metric_kwds` of
#'   [nearest_neighbors()].
#' @param scale What is done to the columns of numbers before they are compared:
#'   - `"none"` or `FALSE`: nothing;
#'   - `"z"` or `TRUE`: each to mean 0 and standard deviation 1;
#'   - `"colrange"`: each to the range from 0 to 1;
#'   - `"range"`: all together to the range from 0 to 1;
#'   - `"maxabs"`: each to mean 0, and all together to an absolute value of at most 1.
#'
#'   A constant column becomes 0. `NULL` for `"z"` where the data have categories too and
#'   the metric allows it, else `"none"`. New data are scaled like the data of the model.
#' @param pca A number of principal components to which the columns of numbers are reduced (after
#'   `scale`) before they are compared: faster where columns are thousands and rows as many. Data
#'   that have no more columns than that stay as they are. `NULL` for all columns. Components are
#'   centered numbers: an error with metrics to which these mean nothing, which are the metrics of
#'   truth and of shares, `"hamming"` and `"haversine"` (see [metrics]). So is `scale` with the
#'   metrics of truth and `"haversine"`, and `"z"` and `"maxabs"` with the metrics of shares. With
#'   several metrics (see [umap()]) only the columns are changed to whose metric this means
#'   something.
#' @param duplicates What becomes of rows that are equal in all columns (and in `y`). Each is
#'   embedded once, so that the picture is that of the rows without their copies, and then its
#'   copies get places:
#'   - `"spread"`: on a small disc around their row, whose area grows with their number and which
#'     touches no other row, so that it can be seen how many they are. The first of them lies at the
#'     center;
#'   - `"merge"`: all at the place of their row;
#'   - `"separate"`: each counts as a row of its own, as in other implementations of UMAP. Where
#'     rows come more than `n_neighbors` times, their neighborhoods hold copies alone, and the graph
#'     does not say how different rows relate.
#'
#'   Of an initial layout that is given, the row of the first of them counts. Given distances and
#'   neighbors, and metrics that are R functions, do not show which rows are equal: there it has no
#'   effect.
#' @param input What `x` is:
#'   - `"auto"`: what its class says. Matrices and data frames are data, but a matrix that looks
#'     like one of pairs of points (symmetric with a diagonal of zeros; or sparse, with a diagonal
#'     of ones or the same names of rows and columns) gives a warning;
#'   - `"data"`: rows of data, without that warning;
#'   - `"graph"`: the similarities of pairs of points, greater than 0 and at most 1: a sparse
#'     symmetric matrix of the package Matrix, whose diagonal does not count. This graph is laid
#'     out: neighbors are not searched, and [predict()][predict.umap_model] cannot compare new rows
#'     with it;
#'   - `"distance"`: the distances of pairs of points, a square matrix with a diagonal of zeros. A
#'     dense one must be symmetric. In a sparse one, pairs without an entry, or with a 0, are
#'     missing, and each row lists the neighbors of its point.
#' @param disconnected What becomes of points without any neighbor, which a warning counts:
#'   `"place"` for places on rings around all others; `"drop"` for coordinates that are `NA`, as
#'   umap-learn does: plots leave them out, and [predict()][predict.umap_model] does not compare new
#'   rows with them. Where no point has a neighbor, all are placed at random.
#' @param target_metric,target_weight,target_n_neighbors How `y` counts, see [supervise_graph()].
#'   `target_n_neighbors` is `n_neighbors` where it is `NULL`. Without `y` they have no effect, and
#'   a warning says so, as for other settings without effect.
#' @param keep How much a model of [umap_fit()] keeps:
#'   - `"predict"`: everything, so that [predict()][predict.umap_model] can place new rows. The data
#'     are kept as single precision numbers, 4 bytes each: 188 MB for 60,000 rows of 784 columns;
#'   - `"graph"`: neighbors, `rho`, `sigma` and graph, but not the data: about 240 bytes a row for
#'     15 neighbors, plus 16 bytes for each entry of the graph;
#'   - `"minimal"`: the layout, the labels and the settings.
#' @param method,optimizer,optimizer_args How the layout is optimized, see [optimize_layout()].
#' @param snapshots,trace,epoch_callback What to record of the optimization, see
#'   [optimize_layout()]. A model of [umap_fit()] keeps the first two as its elements `snapshots`
#'   and `trace`; [umap()] drops them.
#' @param ... Nothing: any other name is an error, which suggests a known name that is close.
#' @return A list of class `umap_control` with an element for each argument.
#' @seealso [umap()]
#' @examples
#' umap_control()
#' umap_control(method = "full")
#' head(umap(iris[1:4], spread = 2, negative_sample_rate = 10))
#' @export
umap_control <- function(spread = 1, a = NULL, b = NULL, set_op_mix_ratio = 1,
                         local_connectivity = 1, bandwidth = 1, learning_rate = NULL,
                         repulsion_strength = NULL, negative_sample_rate = NULL,
                         neighbor_method = "auto", target_recall = 0.99, metric_kwds = NULL,
                         scale = NULL, pca = NULL, duplicates = "spread", input = "auto",
                         disconnected = "place",
                         target_metric = "euclidean", target_weight = 0.5,
                         target_n_neighbors = NULL, keep = "predict", method = "umap",
                         optimizer = "batch", optimizer_args = list(), snapshots = NULL,
                         trace = NULL, epoch_callback = NULL, ...) {
  check_no_more_arguments(...)
  check_curve(a, b)
  # Checks again when the number of epochs is known.
  check_epochs(snapshots, "snapshots")
  check_epochs(trace, "trace")
  check_callback(epoch_callback)
  control <- c(
    list(spread = check_number(spread, "spread", min = 0, open = TRUE), a = a, b = b),
    check_graph_settings(set_op_mix_ratio, local_connectivity, bandwidth),
    list(
      neighbor_method = check_choice(neighbor_method, "neighbor_method", neighbor_methods),
      target_recall = check_number(target_recall, "target_recall", min = 0, max = 1),
      metric_kwds = check_keyword_list(metric_kwds)
    ),
    list(
      scale = check_scale(scale), pca = check_pca(pca),
      duplicates = check_choice(duplicates, "duplicates", c("spread", "merge", "separate")),
      input = check_choice(input, "input", inputs),
      disconnected = check_choice(disconnected, "disconnected", c("place", "drop"))
    ),
    check_target_settings(target_metric, target_weight, target_n_neighbors),
    list(keep = check_choice(keep, "keep", c("predict", "graph", "minimal"))),
    check_layout_settings(
      method, optimizer, optimizer_args, learning_rate, repulsion_strength, negative_sample_rate
    ),
    list(snapshots = snapshots, trace = trace, epoch_callback = epoch_callback)
  )
  structure(control, class = "umap_control")
}

check_graph_settings <- function(set_op_mix_ratio, local_connectivity, bandwidth) {
  list(
    set_op_mix_ratio = check_number(set_op_mix_ratio, "set_op_mix_ratio", min = 0, max = 1),
    local_connectivity =
      check_number(local_connectivity, "local_connectivity", min = 0, max = 1e6),
    bandwidth = check_number(bandwidth, "bandwidth", min = 0, open = TRUE)
  )
}

check_layout_settings <- function(method, optimizer, optimizer_args, learning_rate,
                                  repulsion_strength, negative_sample_rate) {
  method <- check_choice(method, "method", layout_methods)
  is_full <- method == "full"
  if (is.null(learning_rate)) learning_rate <- if (is_full) 4 else 1
  if (is.null(repulsion_strength)) repulsion_strength <- if (method == "largevis") 7 else 1
  if (is.null(negative_sample_rate)) negative_sample_rate <- if (is_full) 8 else 5
  list(
    method = method,
    optimizer = check_choice(optimizer, "optimizer", optimizers),
    optimizer_args = check_optimizer_args(optimizer_args),
    learning_rate = check_number(learning_rate, "learning_rate", min = 0, open = TRUE),
    repulsion_strength = check_number(repulsion_strength, "repulsion_strength", min = 0),
    negative_sample_rate =
      as.double(check_whole(negative_sample_rate, "negative_sample_rate", max = 1000))
  )
}

# Returns all constants of the optimizer; given ones replace the defaults.
check_optimizer_args <- function(given) {
  known <- names(optimizer_constants)
  is_fit <- is.list(given) && (length(given) == 0 || !is.null(names(given))) &&
    all(names(given) %in% known) && !anyDuplicated(names(given))
  if (!is_fit) {
    abort_input(
      "optimizer_args", "must be a list of any of ", toString(known), ", not ", describe(given),
      value = given, hint = if (is.list(given)) suggest_name(setdiff(names(given), known)[1], known)
    )
  }
  constants <- utils::modifyList(optimizer_constants, given)
  for (beta in c("beta1", "beta2")) {
    arg <- paste0("optimizer_args$", beta)
    constants[[beta]] <- check_number(constants[[beta]], arg, min = 0, max = 0.9999)
  }
  constants$epsilon <-
    check_number(constants$epsilon, "optimizer_args$epsilon", min = 0, open = TRUE)
  constants
}

check_no_more_arguments <- function(...) {
  if (...length() == 0) return(invisible())
  given <- names(list(...))
  if (is.null(given) || !all(nzchar(given))) {
    abort_input("...", "must have a name for each argument")
  }
  of_umap <- names(formals(umap.default))
  if (given[1] %in% of_umap) {
    abort_input(given[1], "must be given to umap() itself, not to umap_control()")
  }
  if ("control" %in% given) {
    abort_input(
      "control", "is not an argument of umap()",
      hint = "Give its settings by their own names."
    )
  }
  known <- setdiff(c(of_umap, names(formals(umap_control))), "...")
  others <- if (length(given) > 1) paste0(", nor is `", given[-1], "`", collapse = "")
  abort_input(
    given[1], "is not an argument of umap()", others,
    hint = unique(unlist(lapply(given, suggest_name, known = known)))
  )
}
