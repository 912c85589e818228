# Computes diagnostics of the points of a model, as labels of a picture.

diagnostics <- c("local_dimension", "neighbor_preservation", "trustworthiness")

# Returns label, title and limits of a diagnostic, or the given ones without a diagnostic.
diagnose <- function(model, diagnostic, data, given) {
  if (!is.null(data) && !identical(diagnostic, "trustworthiness")) {
    warn_given("data", "only the diagnostic \"trustworthiness\" looks at them")
  }
  if (is.null(diagnostic)) return(given)
  diagnostic <- check_choice(diagnostic, "diagnostic", diagnostics)
  label <- switch(diagnostic,
    local_dimension = local_dimension(searched_once(model, diagnostic)),
    neighbor_preservation = neighbors_kept(model),
    trustworthiness = points_trust(model, data)
  )
  limits <- given$limits
  if (is.null(limits) && diagnostic == "local_dimension") limits <- most_of(label)
  title <- if (is.null(given$title)) gsub("_", " ", diagnostic) else given$title
  list(label = label, title = title, limits = limits)
}

# Limits that hold all but a hundredth at either end, or NULL where these are one.
most_of <- function(values) {
  limits <- signif(stats::quantile(values, c(0.01, 0.99), na.rm = TRUE, names = FALSE), 2)
  if (isTRUE(limits[1] < limits[2])) limits
}

# Returns the table of neighbors; a model of several metrics has several.
searched_once <- function(model, diagnostic) {
  if (inherits(model[["neighbors"]], "umap_neighbors")) return(model[["neighbors"]])
  abort_input(
    "diagnostic", "\"", diagnostic, "\" needs a model with one table of neighbors, ",
    if (is.null(model[["neighbors"]])) "but this one keeps none" else "not one of several metrics"
  )
}

# Where rows come more than once, of the distinct rows.
neighbors_kept <- function(model) {
  neighbors <- searched_once(model, "neighbor_preservation")
  k <- ncol(neighbors[["idx"]])
  rows <- distinct_rows(model)
  n <- length(rows)
  layout <- check_layout(model[["layout"]], "x", nrow(model[["layout"]]))[rows, , drop = FALSE]
  shown <- nearest_neighbors(layout, k, verbose = FALSE)$idx[, -1]
  known <- among_rows(neighbors[["idx"]], rows)[, -1]
  pair <- function(idx) matrix((row(idx) - 1) * n + idx, n)
  kept <- rowMeans(matrix(pair(known) %in% pair(shown), n))
  if (n < nrow(model[["layout"]])) kept[match(model[["first_row"]], rows)] else kept
}

points_trust <- function(model, data) {
  if (is.null(data)) {
    abort_input("data", "is missing: diagnostic \"trustworthiness\" compares the layout with them")
  }
  n <- nrow(model[["layout"]])
  k <- if (is_graph_model(model)) 14 else model[["settings"]][["n_neighbors"]] - 1
  k <- min(k, (n - 1) %/% 2)
  run <- run_settings(NULL, FALSE)
  quality <- naming_argument(
    "data", measure_quality(data, model, NULL, k, 1, Inf, NULL, NULL, run, "data")
  )
  quality$points[, 1]
}
