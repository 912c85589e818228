# Runs UMAP as a whole.

#' Uniform Manifold Approximation and Projection
#'
#' `umap()` returns the coordinates of an embedding, a data frame with a row for each row of `x` and
#' a column for each dimension, in which rows that are near each other in `x` stay near each other.
#' `umap_fit()` returns a model: the same coordinates with the neighbors, the graph and the settings
#' that led to them, and what [predict()][predict.umap_model] needs to place new rows.
#'
#' A data frame may hold numbers and categories: numeric columns are scaled and compared by
#' `metric`, and each factor, character and logical column makes points of different categories less
#' similar. A list as `metric` names the columns of several metrics.
#' `vignette("mixed-data", "unfurl")` says how.
#'
#' @section Reproducibility:
#' The same data, arguments and `seed` give the same coordinates, bit for bit, on any number of
#' threads and any machine. R's own random numbers are neither used nor changed, unless `seed` is
#' `NULL`. See [reproducibility] for what is promised and what is not.
#'
#' @section Errors:
#' Invalid input is an error of class `unfurl_error_input`, whose message begins with the name of
#' the argument. Arguments that have no effect, such as `scale` with distances or `target_weight`
#' without `y`, give a warning of class `unfurl_warning_unused`. See [conditions] for all classes,
#' and for the fields by which a program can read them. Ctrl-C interrupts every stage within a
#' second.
#'
#' @param x The data, one row per point, at least two:
#'   - a numeric, integer or logical matrix, or a data frame, without missing or infinite numbers.
#'     Constant columns do no harm, nor do equal rows, see `duplicates` of [umap_control()];
#'   - a sparse matrix or a raw matrix of packed bits, see [metrics];
#'   - distances of class `dist`, which are read where they are, without a copy. Points at an
#'     infinite distance are not neighbors;
#'   - a square matrix of distances, dense or sparse, with `input = "distance"`, see
#'     [umap_control()];
#'   - a graph: what [fuzzy_graph()] returned, a `Graph` of SeuratObject, or with `input = "graph"`
#'     a sparse symmetric matrix of similarities;
#'   - neighbors: what [nearest_neighbors()] returned or any list of matrices `idx` and `dist`, also
#'     lists of other packages, see [smooth_knn()];
#'   - a formula: the columns of `data` on its right, with the target `y` on its left if there is
#'     one. `~ . - Species` is all columns but `Species`, and `Species ~ .` is supervised by it.
#' @param data For a formula, the data frame in which its variables are found: on its right all of
#'   them, so that [predict()][predict.umap_model] finds them in new data.
#' @param labels A vector or factor with one value per row, or `NULL`. Labels are passed on to
#'   the result, for plots and tables, and change nothing else.
#' @param n_neighbors Size of the neighborhoods that are kept together, the point itself included,
#'   at least 2: small values show detail, large ones the whole. When it exceeds the number of rows,
#'   it is reduced to that with a warning. Given neighbors are used as they are, and a number other
#'   than theirs is an error.
#' @param n_components Number of dimensions of the result, at least 1.
#' @param metric Distance between rows: the name of one of the [metrics], or an R function of two
#'   rows; or a list of columns named by their metrics, of which one can be `"categorical"`, as in
#'   `list(euclidean = 1:4, categorical = "species")`. Distances and neighbors that are given have
#'   their own.
#' @param min_dist Distance in the layout, from 0 to `spread` (which is 1, see [umap_control()]), up
#'   to which points count as together: small values pack clumps tightly. See [fit_curve()].
#' @param y A target that supervises the embedding, or `NULL`: a factor (`NA` where unknown), a
#'   numeric vector or matrix, dates or times, or a data frame of several, see [supervise_graph()].
#'   Points that differ in it come to lie further apart. With a formula it is looked for in `data`
#'   first, as `labels` are, and must be `NULL` if the formula has a left side.
#' @param init The initialization: `"spectral"`, `"laplacian"`, `"pca"`, `"random"`, or an earlier
#'   embedding, model or other numeric matrix or data frame with a row per row of `x` and
#'   `n_components` columns. See [initial_layout()].
#' @param n_epochs Number of passes of the optimization, at least 0. `NULL` for 500 up to 10,000
#'   rows, 200 up to 200,000, 100 beyond; see [optimize_layout()] for what fewer of them do.
#' @param seed A whole number from 0 to 2^53, with which all random numbers are made. `NULL` takes
#'   one from R's own generator, so that [set.seed()] rules.
#' @param n_threads Number of threads, which does not change the result. `NULL` for the option
#'   `unfurl.threads`, else the environment variable `UNFURL_THREADS`, else all processors that the
#'   process may use, or the environment variable `OMP_NUM_THREADS` if that is fewer. Never more
#'   than the environment variable `OMP_THREAD_LIMIT`, nor than two while CRAN's checks run.
#' @param verbose Whether to show progress: the time that each phase took, and while a long one
#'   lasts a bar with the time that is left, in a terminal where the package cli is installed, or
#'   else a line every few seconds. These messages have the class `unfurl_message`. By default they
#'   are shown in interactive sessions, while no document is knitted.
#' @param ... Further settings, see [umap_control()]. What `snapshots` and `trace` ask for is kept
#'   only by `umap_fit()`: `umap()` drops it.
#' @return `umap()` returns a data frame of class `umap_embedding` with one row per row of `x`,
#'   columns `UMAP1`, `UMAP2` and so on, and `label` when labels were given. Row names come from
#'   `x`, if it has any and none comes twice. The attribute `settings` holds the arguments as they
#'   were used.
#'
#'   `umap_fit()` returns a list of class `umap_model`, made of plain vectors:
#'   \item{layout}{The coordinates, a matrix n x `n_components`.}
#'   \item{labels}{As given.}
#'   \item{neighbors}{See [nearest_neighbors()].}
#'   \item{rho, sigma}{See [smooth_knn()]. These and `neighbors` are lists, one element for each
#'     metric, when `metric` names several.}
#'   \item{graph}{See [fuzzy_graph()].}
#'   \item{first_row}{For each row the number of the first row that equals it, where rows come more
#'     than once and `duplicates` of [umap_control()] is not `"separate"`. Neighbors are then those
#'     of different rows, as many as there are, each named by its first row; copies have the
#'     neighbors of their first row, to which the graph joins them with similarity 1.}
#'   \item{curve}{`a` and `b`, see [fit_curve()].}
#'   \item{settings}{The arguments, as they were used.}
#'   \item{seed}{The seed that was used.}
#'   \item{row_names}{Row names of `x`, or `NULL`.}
#'   \item{times}{How long each phase took, in seconds, by name: the only element that
#'     differs between runs.}
#'   \item{warnings}{The texts of the warnings that were given.}
#'   \item{blocks, variables, n_columns}{What [predict()][predict.umap_model] needs of the data:
#'     rows, columns and how they are computed, as plain vectors (the numbers of the rows as the
#'     bits of single precision floats).}
#'   \item{format_version, package_version}{Versions of this list, and of the package that made it.}
#'   \item{algorithm_version}{Goes up when the same input gives a different result, see
#'     [reproducibility].}
#'   [as.data.frame()] turns it into what `umap()` returns. It can be kept with [saveRDS()].
#' @source McInnes, Healy, Melville (2018). UMAP: Uniform Manifold Approximation and Projection for
#'   Dimension Reduction. \doi{10.48550/arXiv.1802.03426}
#' @seealso [nearest_neighbors()], [smooth_knn()], [fuzzy_graph()], [fit_curve()],
#'   [initial_layout()] and [optimize_layout()] for the stages; [embedding_quality()].
#' @examples
#' some <- 1:500
#' embedding <- umap(digits$pixels[some, ], labels = digits$label[some])
#' embedding
#' plot(embedding)
#'
#' model <- umap_fit(iris[1:4], labels = iris$Species, min_dist = 0.3)
#' model
#' head(model$graph)
#'
#' mixed <- umap(iris, labels = iris$Species)
#' same <- umap(~ ., data = iris, labels = Species)
#' supervised <- umap(Species ~ ., data = iris, labels = Species)
#' plot(supervised)
#' @order 3
#' @export
umap <- function(x, ...) {
  if (is_unloaded(x)) umap.default(x, ...) else UseMethod("umap")
}

#' @rdname umap
#' @name umap
#' @order 1
#' @export
umap.default <- function(x, labels = NULL, n_neighbors = 15, n_components = 2,
                         metric = "euclidean", min_dist = 0.1, y = NULL, init = "spectral",
                         n_epochs = NULL, seed = 42, n_threads = NULL, verbose = NULL, ...) {
  control <- umap_control(...)
  unused <- c(if (control$keep != "minimal") "keep", "snapshots", "trace")
  warn_unused(control, unused, "umap() returns the embedding alone; see umap_fit()")
  control$keep <- "minimal"
  as.data.frame(fit_model(
    x, labels, n_neighbors, n_components, metric, min_dist, y, init, n_epochs, seed,
    run_settings(n_threads, verbose), control,
    given = c(if (!missing(n_neighbors)) "n_neighbors", if (!missing(metric)) "metric")
  ))
}

#' @rdname umap
#' @order 4
#' @export
umap_fit <- function(x, ...) {
  if (is_unloaded(x)) umap_fit.default(x, ...) else UseMethod("umap_fit")
}

#' @rdname umap
#' @order 2
#' @export
umap_fit.default <- function(x, labels = NULL, n_neighbors = 15, n_components = 2,
                             metric = "euclidean", min_dist = 0.1, y = NULL, init = "spectral",
                             n_epochs = NULL, seed = 42, n_threads = NULL, verbose = NULL, ...) {
  fit_model(
    x, labels, n_neighbors, n_components, metric, min_dist, y, init, n_epochs, seed,
    run_settings(n_threads, verbose), umap_control(...),
    given = c(if (!missing(n_neighbors)) "n_neighbors", if (!missing(metric)) "metric")
  )
}

# given: which of n_neighbors and metric the user has given, as distances and neighbors have their
# own.
fit_model <- function(x, labels, n_neighbors, n_components, metric, min_dist, y, init, n_epochs,
                      seed, run, control, given) {
  seed <- check_seed(seed)
  log <- warning_log()
  n_components <- check_whole(n_components, "n_components", min = 1)
  input <- log$keep(
    resolve_input(
      x, n_neighbors, n_components, metric, control, seed, run,
      c(given, if (!is.null(y)) "y")
    )
  )
  labels <- check_labels(labels, input$n)
  k <- if (is.null(input$n_neighbors)) 15L else input$n_neighbors # a graph has no neighborhoods
  targets <- log$keep(target_blocks(y, input$n, control, k, seed, run))
  if (is.null(control$target_n_neighbors)) control$target_n_neighbors <- k
  init <- check_init(init, input$n, n_components, input$blocks[[1]]$x)
  curve <- method_curve(
    control$method, resolve_curve(min_dist, control$spread, control$a, control$b)
  )
  log$keep(warn_unused_by_method(control))
  log$keep(warn_unused_curve(control$method, min_dist, control$spread, control$a, control$b))
  n_epochs <- resolve_n_epochs(n_epochs, input$n, control)
  observer <- check_observer(
    control$snapshots, control$trace, control$epoch_callback, n_epochs, input$n
  )
  settings <- c(
    list(
      n_neighbors = input$n_neighbors, n_components = n_components, metric = input$metric,
      min_dist = min_dist, init = if (is.matrix(init)) "matrix" else init,
      n_epochs = n_epochs
    ),
    control[setdiff(names(control), c("input", "keep", "snapshots", "trace", "epoch_callback"))]
  )
  if (is.null(input$n_neighbors)) settings$n_neighbors <- NULL
  run <- run_for_metric(run, input$blocks[[1]]$metric)
  options <- core_options(settings, curve, seed, control$keep)
  fit <- log$keep(.Call(C_umap, c(input$blocks, targets), init, options, observer, run))
  check_finite_layout(fit$layout)
  model <- new_model(fit, input, labels, curve, settings, seed, control$keep)
  model[c("snapshots", "trace")] <- name_observed(fit$observed, observer)
  if (!is.null(model[["snapshots"]])) attr(model$snapshots, "labels") <- labels # for their plot
  model$times <- run$times()
  model$warnings <- log$texts()
  model
}

# Returns data, or neighbors in their place, as blocks.
resolve_input <- function(x, n_neighbors, n_components, metric, control, seed, run, given) {
  input <- input_kind(x, control$input)
  if (input == "graph") return(graph_input(x, metric, control, given))
  if (input == "distance") {
    x <- given_distances(x, n_neighbors, "n_neighbors")
    given <- setdiff(given, "n_neighbors")
  }
  x <- plain_frame(x, "x")
  check_room <- function(n, rows, k) {
    bytes <- fit_bytes(n, rows, k, n_components, control$keep != "minimal")
    check_memory(bytes, run$n_threads, n, k)
  }
  if (has_class(x, "dist")) {
    warn_unused_by_distances(x, metric, control, attr(x, "method", exact = TRUE))
    n <- check_dist(x)
    n_neighbors <- check_n_neighbors(n_neighbors, "n_neighbors", n)
    check_room(n, 0, n_neighbors)
    return(given_input(dist_neighbors(x, n_neighbors, run)))
  }
  if (is.list(x) && !is_frame(x)) {
    neighbors <- check_neighbors(x, "x")
    if ("n_neighbors" %in% given) check_given_k(n_neighbors, ncol(neighbors$idx))
    if ("metric" %in% given) check_given_metric(metric, neighbors$metric)
    warn_unused_by_distances(x, metric, control, neighbors$metric)
    check_room(nrow(neighbors$idx), 0, ncol(neighbors$idx))
    return(given_input(neighbors))
  }
  plan <- plan_blocks(x, metric, control$metric_kwds)
  check_data_shape(x)
  if (control$neighbor_method == "nndescent") {
    warn_unused(control, "target_recall", "nndescent does not use it")
  }
  n_neighbors <- check_n_neighbors(n_neighbors, "n_neighbors", n_rows(x))
  rows <- row_bytes(x, min(n_columns(x), control$pca)) +
    prepared_bytes(x, control$scale, control$pca)
  check_room(n_rows(x), rows, n_neighbors)
  list(
    blocks = data_blocks(x, plan, n_neighbors, control, seed, run), n = n_rows(x),
    row_names = row_names_of(given_names(x)), n_neighbors = n_neighbors, n_columns = n_columns(x),
    metric = if (is.function(metric)) "function" else metric
  )
}

check_given_k <- function(n_neighbors, k) {
  if (check_whole(n_neighbors, "n_neighbors", min = 2) == k) return(invisible())
  abort_input(
    "n_neighbors", "must be ", k, ", the number of given neighbors (the points themselves ",
    "included), or be left out, not ", n_neighbors,
    value = n_neighbors
  )
}

# The default may be given by a wrapper that always passes it.
check_given_metric <- function(metric, known) {
  if (!known %in% metrics || is_metric_of_distances(metric, known)) return(invisible())
  abort_input(
    "metric", "must be \"", known, "\", by which the given neighbors were found, or be left out, ",
    "not ", describe(metric),
    value = metric
  )
}

# Given distances are not scaled, reduced or searched. known: their metric, or NULL.
warn_unused_by_distances <- function(x, metric, control, known) {
  is_theirs <- is_metric_of_distances(metric, known)
  if (!is_theirs) plan_blocks(x, metric, control$metric_kwds) # for its errors
  control$metric <- if (is_theirs) "euclidean" else metric
  if (control$neighbor_method == "exact") control$neighbor_method <- "auto"
  if (identical(control$scale, "none")) control$scale <- NULL
  warn_unused(
    control,
    c("metric", "metric_kwds", "scale", "pca", "neighbor_method", "target_recall", "duplicates"),
    "distances are given, not rows"
  )
}

given_input <- function(neighbors) {
  list(
    blocks = list(neighbor_block(neighbors)), n = nrow(neighbors$idx),
    row_names = row_names_of(rownames(neighbors$idx)), metric = neighbors$metric,
    n_neighbors = ncol(neighbors$idx)
  )
}

# Ignores names that a data frame makes up.
given_names <- function(x) {
  if (!is_frame(x) || .row_names_info(x) > 0) row_names(x)
}

# Returns the names if a data frame can have them, else NULL.
row_names_of <- function(names) if (anyNA(names) || anyDuplicated(names)) NULL else names

core_options <- function(settings, curve, seed, keep) {
  c(
    settings[c(
      "n_components", "local_connectivity", "bandwidth", "set_op_mix_ratio", "duplicates",
      "disconnected"
    )],
    layout_options(settings, curve, seed), list(keep = keep)
  )
}
