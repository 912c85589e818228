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
  view$kind <- matrix_kind(given$x)
  view$transform <- given$transform
  view$preparation <- found$preparation
  view$points <- found$points
  if (is.null(found$points)) view$x <- given$x # a metric that is an R function
  view
}

# ---- Trust --------------------------------------------------------------------------------------

# A model that may have been made by another version, cut short or edited. What C reads by an index is
# checked there once more.
check_model <- function(model, arg = "object") {
  if (!is.list(model) || !inherits(model, "umap_model")) {
    abort_input(arg, "must be a model from umap_fit(), not ", describe(model))
  }
  check_format(model$format_version, arg)
  if (!is_sound_layout(model$layout)) abort_damaged(arg, "its layout")
  numbers <- c(
    model$settings[c(
      "n_neighbors", "n_epochs", "local_connectivity", "bandwidth", "learning_rate",
      "repulsion_strength", "negative_sample_rate"
    )],
    list(model$seed, model$curve["a"], model$curve["b"])
  )
  if (!all(vapply(numbers, is_number, NA))) abort_damaged(arg, "its settings")
  invisible(model)
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

abort_damaged <- function(arg, what) {
  abort_input(arg, "is damaged: ", what, " is not what umap_fit() made. Make the model anew")
}

is_sound_layout <- function(layout) {
  is.matrix(layout) && is.double(layout) && nrow(layout) > 1 && ncol(layout) > 0 &&
    all(is.finite(layout))
}

# Views of a model that is to predict.
check_views <- function(model, arg = "object") {
  views <- model$views
  if (is.null(views)) {
    abort_input(
      arg, "keeps no data, by which new rows could be placed: make it with keep = \"predict\""
    )
  }
  n <- nrow(model$layout)
  neighbors <- model_neighbors(model)
  n_found <- 0
  for (view in views) {
    if (is.null(view$category)) {
      n_found <- n_found + 1
      if (n_found > length(neighbors)) abort_damaged(arg, "its number of neighbours")
      check_view(view, neighbors[[n_found]], n, arg)
    } else if (!is_sound_category(view, n)) {
      abort_damaged(arg, "its categories")
    }
  }
  if (!is.null(views[[1]]$category)) abort_damaged(arg, "its order of views")
  views
}

# Always a list, one for each view but categories.
model_neighbors <- function(model) {
  neighbors <- model$neighbors
  if (inherits(neighbors, "umap_neighbors")) list(neighbors) else neighbors
}

is_sound_category <- function(view, n) {
  is.integer(view$category) && length(view$category) == n && is.character(view$levels) &&
    is_number(view$weight) && length(view$columns) == 1
}

check_view <- function(view, neighbors, n, arg) {
  is_sound <- is.list(view) && is_number(view$weight) && is_number(view$mean_distance) &&
    is.double(view$max_distance) && length(view$max_distance) == 1
  if (!is_sound) abort_damaged(arg, "its views")
  idx <- neighbors$idx
  if (!is.matrix(idx) || !is.integer(idx) || nrow(idx) != n) abort_damaged(arg, "its neighbours")
  if (is.null(view$metric)) return(invisible())
  check_view_metric(view$metric, arg)
  check_view_transform(view$transform, arg)
  rows <- if (is.null(view$points)) n_rows(view$x) else view$points$n
  if (!identical(as.integer(rows), n)) abort_damaged(arg, "its data")
}

check_view_metric <- function(metric, arg) {
  is_known <- is.list(metric) && (is.function(metric$fn) || isTRUE(metric$name %in% metrics))
  if (!is_known) abort_damaged(arg, "its metric")
}

check_view_transform <- function(transform, arg) {
  if (is.null(transform)) return(invisible())
  rotation <- transform$rotation
  is_sound <- is.double(transform$centre) && is.double(transform$factor) &&
    length(transform$centre) == length(transform$factor) && is_number(transform$unit) &&
    (is.null(rotation) || (is.matrix(rotation) && is.double(rotation) &&
      nrow(rotation) == length(transform$centre) && ncol(rotation) > 0))
  if (!is_sound) abort_damaged(arg, "its scale")
}
