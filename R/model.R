# What a model keeps, and whether one that comes from elsewhere can be trusted.

format_version <- 1L

# keep: "predict" for all, "graph" without the data, "minimal" for the layout alone.
new_model <- function(fit, input, labels, curve, settings, seed, keep) {
  model <- list(layout = fit$layout, labels = labels)
  if (keep != "minimal") {
    found <- Map(found_view, fit$views[seq_along(input$views)], input$views)
    model$neighbors <- of_views(found, "neighbors")
    model$rho <- of_views(found, "rho")
    model$sigma <- of_views(found, "sigma")
    model$graph <- new_graph(fit$graph, input$n)
  }
  if (keep == "predict") {
    model$views <- Map(kept_view, found, input$views)
    model$n_columns <- input$n_columns
  }
  model <- c(model, list(
    curve = curve,
    settings = settings,
    seed = seed,
    row_names = input$row_names,
    format_version = format_version,
    algorithm_version = algorithm_version,
    package_version = as.character(utils::packageVersion("unfurl"))
  ))
  structure(model, class = "umap_model")
}

# What C found about a view; NULL for categories.
found_view <- function(found, given) {
  if (is.null(found)) return(NULL)
  method <- if (is.null(given$neighbors)) found$neighbors$method else given$neighbors$method
  found$neighbors <- new_neighbors(
    found$neighbors$idx, found$neighbors$dist, metric_name(given$metric), method, given$metric_kwds,
    if (is.null(given$neighbors)) found$neighbors$recall
  )
  found
}

# Of the one view of most models; else a list of each view's, but for categories.
of_views <- function(views, what) {
  found <- lapply(Filter(Negate(is.null), views), `[[`, what)
  if (length(found) == 1) found[[1]] else found
}

# A view as predict() needs it.
kept_view <- function(found, given) {
  if (!is.null(given$category)) return(given[c("columns", "levels", "category", "weight")])
  distances <- found$neighbors$dist[is.finite(found$neighbors$dist)]
  view <- list(
    max_distance = given$max_distance, mean_distance = mean(distances), weight = given$weight
  )
  if (is.null(given$x)) return(view)
  view$metric <- given$metric
  view$columns <- if (is.null(given$columns)) given$column_names else given$columns
  view$levels <- given$levels # of columns that are all categories
  view$kind <- matrix_kind(given$x)
  view$transform <- given$transform
  view$preparation <- found$preparation
  view$points <- found$points
  if (is.null(found$points)) view$x <- given$x # a metric that is an R function
  view
}

# ---- Trust --------------------------------------------------------------------------------------

# A model that may have been made by another version, cut short or edited. Lengths and indices of
# large parts are checked where they are read, in C.
check_model <- function(model, arg = "object") {
  if (!is.list(model) || !inherits(model, "umap_model")) {
    abort_input(arg, "must be a model from umap_fit(), not ", describe(model))
  }
  check_format(model$format_version, arg)
  if (!is_sound_layout(model$layout)) abort_damaged(arg, "its layout")
  if (!are_sound_settings(model$settings)) abort_damaged(arg, "its settings")
  is_curve <- is.double(model$curve) && all(is.finite(model$curve[c("a", "b")]))
  if (!is_curve || any(model$curve[c("a", "b")] <= 0)) abort_damaged(arg, "its curve")
  is_seed <- is_number(model$seed) && model$seed >= 0 && model$seed <= 2^53
  if (!is_seed) abort_damaged(arg, "its seed")
  n <- nrow(model$layout)
  labels <- model$labels
  are_labels <- is.null(labels) ||
    (is.atomic(labels) && is.null(dim(labels)) && length(labels) == n)
  if (!are_labels) abort_damaged(arg, "its labels")
  if (!are_row_names(model$row_names, n)) abort_damaged(arg, "its row_names")
  if (!are_sound_searches(model$neighbors)) abort_damaged(arg, "its neighbours")
  if (!are_sound_scales(model$rho, model$sigma)) abort_damaged(arg, "its rho and sigma")
  is_graph <- is.null(model$graph) || (is.data.frame(model$graph) &&
    all(vapply(unclass(model$graph)[c("row", "col", "similarity")], function(values) {
      holds_numbers(values) && length(values) == nrow(model$graph)
    }, NA)))
  if (!is_graph) abort_damaged(arg, "its graph")
  are_times <- is.null(model$times) || (is.numeric(model$times) && !is.null(names(model$times)) &&
    isTRUE(all(abs(model$times) < 1e9)))
  if (!are_times) abort_damaged(arg, "its times")
  if (!is.null(model$warnings) && !is.character(model$warnings)) abort_damaged(arg, "its warnings")
  invisible(model)
}

# Those of brief_settings().
are_shown_settings <- function(settings) {
  metric <- settings$metric
  all(vapply(settings[c("n_neighbors", "min_dist", "n_epochs")], is_number, NA)) &&
    is_text(settings$init) && (is_text(metric) || (is.list(metric) && length(metric) > 0))
}

are_row_names <- function(names, n) {
  is.null(names) || ((is.character(names) || is.numeric(names)) && length(names) == n &&
    !anyNA(names) && anyDuplicated(names) == 0)
}

are_sound_searches <- function(neighbors) {
  if (is.null(neighbors)) return(TRUE)
  if (!is.list(neighbors)) return(FALSE)
  if (inherits(neighbors, "umap_neighbors")) neighbors <- list(neighbors)
  length(neighbors) > 0 && all(vapply(neighbors, function(found) {
    is.list(found) && is.matrix(found$idx) && is.matrix(found$dist) &&
      identical(dim(found$idx), dim(found$dist)) && is.numeric(found$idx) &&
      is.numeric(found$dist) && is_text(found$metric) && is_text(found$method)
  }, NA))
}

# Each one vector, or a list of one for each view.
are_sound_scales <- function(rho, sigma) {
  rho <- unlist(rho)
  sigma <- unlist(sigma)
  if (is.null(rho) || is.null(sigma)) return(is.null(rho) && is.null(sigma))
  is.numeric(rho) && is.numeric(sigma) && length(rho) == length(sigma) && !anyNA(c(rho, sigma))
}

check_format <- function(version, arg) {
  if (is_number(version) && version %in% seq_len(format_version)) return(invisible())
  if (is_number(version) && version > format_version) {
    abort_input(
      arg, "has the format ", version, ", which is newer than this version of unfurl (",
      format_version, "): update the package"
    )
  }
  abort_damaged(arg, "its format_version")
}

abort_damaged <- function(arg, what, maker = "umap_fit()", kind = "model") {
  abort_input(arg, "is damaged: ", what, " is not what ", maker, " made. Make the ", kind, " anew")
}

is_sound_layout <- function(layout) {
  is.matrix(layout) && is.double(layout) && nrow(layout) > 1 && ncol(layout) > 0 &&
    all(is.finite(layout))
}

is_text <- function(x) is.character(x) && length(x) == 1 && !is.na(x) && validEnc(x)

is_named_list <- function(x) is.list(x) && !is.null(names(x))

are_sound_settings <- function(settings) {
  if (!is_named_list(settings) || !is_named_list(settings$optimizer_args)) return(FALSE)
  numbers <- c(
    settings[c(
      "n_neighbors", "n_epochs", "local_connectivity", "bandwidth", "learning_rate",
      "repulsion_strength", "negative_sample_rate"
    )],
    settings$optimizer_args[names(optimizer_constants)]
  )
  all(vapply(numbers, function(x) is_number(x) && x >= 0, NA)) && settings$bandwidth > 0 &&
    settings$n_epochs < 1e7 && settings$n_neighbors >= 2 &&
    settings$n_neighbors == round(settings$n_neighbors) &&
    is_text(settings$method) && is_text(settings$optimizer) && are_shown_settings(settings)
}

# Views of a model that is to predict.
check_views <- function(model, arg = "object") {
  views <- model$views
  if (is.null(views)) {
    abort_input(
      arg, "keeps no data, by which new rows could be placed: make it with keep = \"predict\""
    )
  }
  if (!is.list(views) || !all(vapply(views, is_named_list, NA))) abort_damaged(arg, "its views")
  is_category <- !vapply(lapply(views, `[[`, "category"), is.null, NA)
  idx <- lapply(model_neighbors(model), function(found) if (is.list(found)) found$idx)
  if (length(views) == 0 || is_category[1] || length(idx) != sum(!is_category)) {
    abort_damaged(arg, "its views")
  }
  n <- nrow(model$layout)
  for (view in views[is_category]) check_kept_category(view, n, model$n_columns, arg)
  Map(function(view, idx) {
    check_kept_rows(view, idx, n, model$n_columns, arg)
  }, views[!is_category], idx)
  views
}

# Always a list, one for each view but categories.
model_neighbors <- function(model) {
  neighbors <- model$neighbors
  if (inherits(neighbors, "umap_neighbors")) list(unclass(neighbors)) else as.list(neighbors)
}

are_sound_columns <- function(columns, n_columns) {
  is.null(columns) || (is.character(columns) && !anyNA(columns)) ||
    (is_number(n_columns) && is.numeric(columns) && all(columns %in% seq_len(n_columns)))
}

check_kept_category <- function(view, n, n_columns, arg) {
  is_sound <- is.integer(view$category) && length(view$category) == n &&
    is.character(view$levels) && is_number(view$weight) && length(view$columns) == 1 &&
    are_sound_columns(view$columns, n_columns)
  if (!is_sound) abort_damaged(arg, "its categories")
}

check_kept_rows <- function(view, idx, n, n_columns, arg) {
  are_numbers <- is_number(view$weight) && is_number(view$mean_distance) &&
    is.double(view$max_distance) && length(view$max_distance) == 1
  if (!are_numbers) abort_damaged(arg, "its views")
  if (!is.matrix(idx) || !is.integer(idx) || nrow(idx) != n) abort_damaged(arg, "its neighbours")
  if (is.null(view$metric)) return(invisible())
  is_known <- is_named_list(view$metric) &&
    (is.function(view$metric$fn) || isTRUE(view$metric$name %in% metrics))
  if (!is_known) abort_damaged(arg, "its metric")
  if (!has_rows(view, n)) abort_damaged(arg, "its data")
  if (!is_sound_spread(view)) abort_damaged(arg, "its metric")
  if (!is_sound_transform(view)) abort_damaged(arg, "its scale")
  is_described <- is_number(n_columns) && is_text(view$kind) &&
    are_sound_columns(view$columns, n_columns)
  if (!is_described) abort_damaged(arg, "its columns")
  if (!are_sound_levels(view)) abort_damaged(arg, "its categories")
}

are_sound_levels <- function(view) {
  is.null(view$levels) || (is.list(view$levels) && all(vapply(view$levels, is.character, NA)) &&
    length(view$levels) == length(view$columns))
}

has_rows <- function(view, n) {
  if (is.function(view$metric$fn)) {
    return((is.matrix(view$x) || is_sparse(view$x)) &&
      isTRUE(n_rows(view$x) == n && n_columns(view$x) > 0))
  }
  points <- view$points
  preparation <- view$preparation
  is_named_list(points) && is_named_list(preparation) && is_text(points$form) &&
    all(vapply(c(points[c("n", "d", "unit")], preparation[c("d", "p", "scale")]), is_number, NA)) &&
    points$n == n && points$unit > 0
}

# C reads as many as the metric takes.
is_sound_spread <- function(view) {
  spread <- view$metric$spread
  d <- view$preparation$d
  n_read <- if (identical(view$metric$name, "mahalanobis")) d^2 else d
  is.null(spread) || (is.double(spread) && isTRUE(length(spread) == n_read))
}

is_sound_transform <- function(view) {
  transform <- view$transform
  if (is.null(transform)) return(TRUE)
  if (!is_named_list(transform)) return(FALSE)
  rotation <- transform$rotation
  is.double(transform$centre) && is.double(transform$factor) &&
    length(transform$centre) == length(transform$factor) && is_number(transform$unit) &&
    (is.null(rotation) || (is.matrix(rotation) && is.double(rotation) &&
      nrow(rotation) == length(transform$centre))) &&
    n_compared(view) == if (is.null(rotation)) length(transform$centre) else ncol(rotation)
}

# Columns that the metric compares, and those of which the transform made them.
n_compared <- function(view) {
  if (is.function(view$metric$fn)) n_columns(view$x) else view$preparation$d
}

view_width <- function(view) {
  if (is.null(view$transform)) n_compared(view) else length(view$transform$centre)
}
