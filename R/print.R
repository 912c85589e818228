# What is shown of the package's objects in the console.

#' @export
print.umap_embedding <- function(x, n = 6, ...) {
  check_embedding(x, "x")
  d <- n_dimensions(x)
  if (!has_coordinates(x, d)) { # such as another package may have left
    print(plain_data_frame(x), ...)
    return(invisible(x))
  }
  cat("UMAP embedding of ", plural(nrow(x), "row"), " in ", plural(d, "dimension"), "\n", sep = "")
  writeLines(brief_settings(attr(x, "settings", exact = TRUE)))
  writeLines(warning_of_differences(attr(x, "differing", exact = TRUE)))
  print_head(plain_data_frame(x), n, ...)
  invisible(x)
}

# The settings that one looks for first, in a line; those that are known.
brief_settings <- function(settings) {
  texts <- list(
    n_neighbors = function(k) plural(k, "neighbor"), metric = field_text,
    min_dist = function(distance) paste("min_dist", number(distance)),
    n_epochs = function(n) plural(n, "epoch"), init = function(init) paste(init, "initialization"),
    seed = function(seed) paste("seed", number(seed))
  )
  known <- intersect(names(texts), names(settings))
  if (length(known) == 0) return(character())
  toString(vapply(known, function(name) texts[[name]](settings[[name]]), ""))
}

# For rows of several embeddings; `differing` holds the names of settings.
warning_of_differences <- function(differing) {
  if (length(differing) == 0) return(character())
  strwrap(paste0(
    "The rows come from embeddings with different ", toString(head_of(differing)),
    ": positions of different embeddings cannot be compared."
  ))
}

#' @export
print.umap_graph <- function(x, n = 6, ...) {
  if (!is.data.frame(x)) abort_input("x", "must be a graph from fuzzy_graph(), not ", describe(x))
  check_column_lengths(x, "x")
  points <- attr(x, "n", exact = TRUE) # not "names"
  cat("Fuzzy graph", if (!is.null(points)) paste(" of", plural(points, "point")), ": ", sep = "")
  cat(plural(nrow(x), "entry", "entries"), "\n", sep = "")
  print_head(as.data.frame(x), n, ...)
  invisible(x)
}

print_head <- function(x, n, ...) {
  if (!identical(n, Inf)) n <- check_whole(n, "n")
  print(utils::head(x, n), ...)
  if (nrow(x) > n) cat("and ", plural(nrow(x) - n, "more row"), "\n", sep = "")
}

#' @export
print.umap_neighbors <- function(x, ...) {
  writeLines(format.umap_neighbors(x))
  invisible(x)
}

#' @export
format.umap_neighbors <- function(x, ...) {
  check_no_dots(...)
  if (!is.list(x) || !are_sound_searches(list(x))) {
    abort_input("x", "must be neighbors from nearest_neighbors(), not ", describe(x))
  }
  c(
    paste0(
      "Neighbors of ", plural(nrow(x[["idx"]]), "point"), ", ", ncol(x[["idx"]]), " each: ",
      x[["metric"]], ", ", x[["method"]]
    ),
    "$idx (row numbers) and $dist (distances); the first is the point itself"
  )
}

#' @export
print.umap_control <- function(x, ...) {
  if (!is_named_list(x) || !inherits(x, "umap_control")) {
    abort_input("x", "must be settings from umap_control(), not ", describe(x))
  }
  cat("Settings of umap()\n")
  print_fields(unclass(x))
  invisible(x)
}

#' @export
print.umap_model <- function(x, ...) {
  check_model(x, "x")
  cat(
    "UMAP model of ", count(nrow(x$layout)), " rows in ", plural(ncol(x$layout), "dimension"), "\n",
    sep = ""
  )
  print_fields(list(
    neighbors = paste0(
      x$settings$n_neighbors, ", ", searches(x$neighbors, x$settings)$metric, ", ",
      searches(x$neighbors)$method
    ),
    graph = if (is.null(x$graph)) "not kept" else plural(nrow(x$graph), "entry", "entries"),
    layout = paste0(
      plural(x$settings$n_epochs, "epoch"), ", method ", x$settings$method, ", from ",
      x$settings$init
    ),
    labels = if (!is.null(x$labels)) plural(length(unique(x$labels)), "value"),
    seed = x$seed
  ))
  invisible(x)
}

#' Summary of a model
#'
#' What a model is made of, stage by stage: how long each took, how good the neighbours are, into
#' how many pieces the graph falls, how far the layout reaches, and the warnings that fell.
#'
#' @param object A model from [umap_fit()].
#' @param data The data that the model was made of, for the recall of approximate neighbours, see
#'   [neighbor_recall()]; only for a model of one metric, whose scaling is applied to them. Without,
#'   what the search itself tells is taken.
#' @param ... Nothing.
#' @return A list of class `summary.umap_model`, which prints as a page:
#'   \item{n, n_components}{Numbers of rows and of dimensions.}
#'   \item{settings, curve, seed}{As in the model.}
#'   \item{times}{Seconds that each phase took.}
#'   \item{recall}{The share of true neighbours that was found; `NA` when it is not known.}
#'   \item{n_edges}{Number of entries of the graph, two for each pair.}
#'   \item{components}{Sizes of the connected components of the graph, the largest first.}
#'   \item{scale}{A data frame of `rho` and `sigma`. It is `NULL`, as are `n_edges` and
#'     `components`, where the model keeps its layout alone (see `keep` of [umap_control()]).}
#'   \item{range}{A matrix with the least and greatest coordinate in each dimension.}
#'   \item{labels}{The number of rows of each label, when there are labels that are no numbers.}
#'   \item{warnings}{Texts of the warnings that fell.}
#' @examples
#' model <- umap_fit(iris[1:4], iris$Species)
#' summary(model)
#' @export
summary.umap_model <- function(object, data = NULL, ...) {
  check_no_dots(...)
  check_model(object)
  structure(
    list(
      n = nrow(object$layout),
      n_components = ncol(object$layout),
      settings = object$settings,
      neighbors = searches(object$neighbors, object$settings),
      recall = known_recall(object, data),
      curve = object$curve,
      seed = object$seed,
      times = object$times,
      n_edges = nrow(object$graph),
      components = if (!is.null(object$graph)) graph_components(object$graph),
      scale = if (!is.null(object$rho)) {
        data.frame(rho = unlist(object$rho), sigma = unlist(object$sigma))
      },
      range = layout_range(object$layout),
      labels = label_counts(object$labels),
      warnings = object$warnings
    ),
    class = "summary.umap_model"
  )
}

known_recall <- function(model, data) {
  neighbors <- model$neighbors
  if (is.null(data)) return(told_recall(neighbors))
  run <- run_settings(NULL, FALSE)
  seen <- seen_by_model(model, data, "data", run)
  if (is.null(seen$metric)) {
    abort_input("data", "cannot tell the recall of a model of ready distances: leave it out")
  }
  check_rows_of_model(seen$x, model, "data")
  neighbors <- check_neighbors(neighbors, "object")
  naming_argument("data", measure_recall(neighbors, seen$x, 1000, seen$metric, run))
}

# What the searches themselves say: the least of several, NA unless all do.
told_recall <- function(neighbors) {
  if (inherits(neighbors, "umap_neighbors")) neighbors <- list(neighbors)
  told <- vapply(neighbors, function(found) {
    if (found$method == "exact") 1 else if (is_number(found$recall)) found$recall else NA_real_
  }, 0)
  if (length(told) > 0) min(told) else NA_real_
}

# Metric and method of one search, or of those of several blocks.
searches <- function(neighbors, settings = NULL) {
  if (is.null(neighbors)) return(list(metric = field_text(settings$metric), method = "not kept"))
  if (inherits(neighbors, "umap_neighbors")) return(neighbors[c("metric", "method")])
  lapply(
    list(metric = "metric", method = "method"),
    function(what) toString(unique(vapply(neighbors, `[[`, "", what)))
  )
}

# Sizes of the connected components, the largest first.
graph_components <- function(graph) {
  graph <- check_graph(graph)
  sizes <- .Call(
    C_graph_components, graph$row, graph$col, graph$similarity, graph$n, run_settings(1, FALSE)
  )
  sort(sizes, decreasing = TRUE)
}

label_counts <- function(labels) {
  if (!is.null(labels) && !is.double(labels)) table(labels, useNA = "ifany", dnn = NULL)
}

#' @export
print.summary.umap_model <- function(x, ...) {
  if (!is_named_list(x) || !inherits(x, "summary.umap_model")) {
    abort_input("x", "must be a summary of a model, not ", describe(x))
  }
  cat(
    "UMAP model of ", count(x$n), " rows in ", plural(x$n_components, "dimension"), "\n\nStages\n",
    sep = ""
  )
  print_stages(x)
  cat("\nSettings\n")
  settings <- c(x$settings[setdiff(names(x$settings), c("a", "b"))], x$curve, seed = x$seed)
  print_settings(Filter(Negate(is.null), settings))
  if (is.null(x$scale)) {
    cat("\nNeighbours, local scale, graph and data are not kept: see `keep` of umap_control()\n")
  } else {
    cat("\nLocal scale\n")
    print(t(vapply(x$scale, stats::quantile, numeric(5))), digits = 4)
  }
  cat("\nRange of the layout\n")
  print(x$range, digits = 4)
  if (!is.null(x$labels)) {
    cat("\nLabels\n")
    print(x$labels)
  }
  if (length(x$warnings) > 0) {
    cat("\nWarnings\n")
    writeLines(strwrap(x$warnings, indent = 2, exdent = 4))
  }
  invisible(x)
}

# As running text, whose lines never end between a name and its value.
print_settings <- function(settings) {
  pairs <- paste0(names(settings), "\a", vapply(settings, field_text, ""))
  writeLines(chartr("\a", " ", strwrap(toString(pairs), 80, indent = 2, exdent = 2)))
}

# A line for each phase: its name, its time, what came out of it.
print_stages <- function(x) {
  found <- c(
    "nearest neighbors" = paste0(
      x$settings$n_neighbors, " each, ", x$neighbors$metric, ", ", recall_text(x)
    ),
    "fuzzy graph" = paste0(
      if (is.null(x$components)) "not kept" else plural(x$n_edges, "entry", "entries"),
      if (!is.null(x$components)) paste0(", ", components_text(x$components))
    ),
    "initialization" = x$settings$init,
    "layout" = paste0(plural(x$settings$n_epochs, "epoch"), ", method ", x$settings$method)
  )
  phases <- union(names(x$times), names(found))
  times <- vapply(x$times[phases], function(s) if (is.na(s)) "" else duration(s), "")
  found <- ifelse(is.na(found[phases]), "", found[phases])
  lines <- paste0("  ", format(phases), "  ", format(times, justify = "right"), "  ", found)
  writeLines(sub(" +$", "", lines))
}

recall_text <- function(x) {
  if (x$neighbors$method %in% c("exact", "not kept")) return(x$neighbors$method)
  recall <- if (is.na(x$recall)) "not measured" else number(round(x$recall, 4))
  paste0(x$neighbors$method, ", recall ", recall)
}

components_text <- function(sizes) {
  if (length(sizes) == 1) return("1 component")
  paste0(count(length(sizes)), " components, the largest of ", count(sizes[1]), " points")
}

layout_range <- function(layout) {
  range <- t(apply(layout, 2, range))
  dimnames(range) <- list(paste0("UMAP", seq_len(nrow(range))), c("min", "max"))
  range
}

print_fields <- function(fields) {
  fields <- Filter(Negate(is.null), fields)
  text <- vapply(fields, field_text, "")
  cat(paste0("  ", format(names(fields)), "  ", text, "\n"), sep = "")
}

field_text <- function(x) {
  if (is.list(x)) return(paste(names(x), "of", lapply(x, toString), collapse = "; "))
  toString(if (is.numeric(x)) number(x) else as.character(x))
}

number <- function(x) format(x, digits = if (isTRUE(all(x == round(x)))) 16 else 7, big.mark = "")

plural <- function(n, one, many = paste0(one, "s")) paste(count(n), if (n == 1) one else many)
