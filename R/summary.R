# Summarizes models, graphs and tables of neighbors.

#' Summary of a model
#'
#' Returns a page about a model, stage by stage: how long each took, how good the neighbors are, how
#' many connected components the graph has, which range the layout has, and the warnings of the run.
#'
#' @param object A model from [umap_fit()].
#' @param data The data of the model, to measure the recall of approximate neighbors, see
#'   [neighbor_recall()]. They are scaled as the model scaled them. `NULL` takes the recall that the
#'   search has reported. Only a model with one metric can be measured.
#' @param ... Must be empty.
#' @return A list of class `summary.umap_model`, which prints as a page:
#'   \item{n, n_components}{Numbers of rows and of dimensions.}
#'   \item{settings, curve, seed}{As in the model.}
#'   \item{times}{Seconds that each phase took.}
#'   \item{recall}{The fraction of true neighbors that was found; `NA` when it is not known.}
#'   \item{n_edges}{Number of entries of the graph, two for each pair.}
#'   \item{components}{Sizes of the connected components of the graph, the largest first.}
#'   \item{scale}{A data frame of `rho` and `sigma`. It is `NULL`, as are `n_edges` and
#'     `components`, where the model keeps only its layout (see `keep` of [umap_control()]).}
#'   \item{range}{A matrix with the least and greatest coordinate in each dimension.}
#'   \item{labels}{The number of rows of each label, when there are labels that are not numbers.}
#'   \item{warnings}{Texts of the warnings of the run.}
#' @examples
#' model <- umap_fit(iris[1:4], iris$Species)
#' summary(model)
#' @export
summary.umap_model <- function(object, data = NULL, ...) {
  check_no_dots(...)
  object <- check_model(object)
  rho <- object[["rho"]]
  graph <- object[["graph"]]
  structure(
    list(
      n = nrow(object), n_components = ncol(object), settings = object[["settings"]],
      neighbors = searches(object[["neighbors"]], object[["settings"]]),
      recall = known_recall(object, data), curve = object[["curve"]], seed = object[["seed"]],
      times = object[["times"]], n_edges = nrow(graph),
      components = if (!is.null(graph)) graph_components(check_graph(graph)),
      scale = if (!is.null(rho)) {
        data.frame(rho = unlist(rho), sigma = unlist(object[["sigma"]]))
      },
      range = layout_range(object[["layout"]]), labels = label_counts(object[["labels"]]),
      warnings = object[["warnings"]]
    ),
    class = "summary.umap_model"
  )
}

known_recall <- function(model, data) {
  neighbors <- model[["neighbors"]]
  if (is.null(data)) return(reported_recall(neighbors))
  run <- run_settings(NULL, FALSE)
  seen <- seen_by_model(model, data, "data", run)
  if (is.null(seen$metric)) {
    abort_input(
      "data", "must be left out: the model was made of distances, not of rows of data"
    )
  }
  check_rows_of_model(seen$x, model, "data")
  neighbors <- check_neighbors(neighbors, "object")
  rows <- distinct_rows(model)
  naming_argument("data", measure_recall(neighbors, seen$x, 1000, seen$metric, run, rows))
}

# Returns the recall that the searches measured: the least of several, NA unless all did.
reported_recall <- function(neighbors) {
  if (inherits(neighbors, "umap_neighbors")) neighbors <- list(neighbors)
  reported <- vapply(neighbors, function(found) {
    if (found[["method"]] == "exact") return(1)
    if (is_number(found[["recall"]])) found[["recall"]] else NA_real_
  }, 0)
  if (length(reported) > 0) min(reported) else NA_real_
}

# Metric and method of one search, or of the searches of several blocks.
searches <- function(neighbors, settings = NULL) {
  if (is.null(neighbors) && identical(settings[["metric"]], "graph")) {
    return(list(metric = "graph", method = "given"))
  }
  if (is.null(neighbors)) {
    return(list(metric = field_text(settings[["metric"]]), method = "not kept"))
  }
  if (inherits(neighbors, "umap_neighbors")) return(neighbors[c("metric", "method")])
  lapply(
    list(metric = "metric", method = "method"),
    function(what) toString(unique(vapply(neighbors, `[[`, "", what)))
  )
}

# Sizes of the connected components, the largest first. graph: from check_graph().
graph_components <- function(graph) {
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
  check_summary(x, "model")
  cat(
    "UMAP model of ", count(x$n), " rows in ", plural(x$n_components, "dimension"), "\n\nStages\n",
    sep = ""
  )
  print_stages(x)
  cat("\nSettings\n")
  settings <- c(x$settings[setdiff(names(x$settings), c("a", "b"))], x$curve, seed = x$seed)
  print_settings(Filter(Negate(is.null), settings))
  if (is.null(x$scale) && identical(x$settings$metric, "graph")) {
    cat("\nThe graph was given: there are no neighbors and no local scale\n")
  } else if (is.null(x$scale)) {
    cat("\nNeighbors, local scale, graph and data are not kept: see `keep` of umap_control()\n")
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
    "nearest neighbors" = if (!identical(x$settings$metric, "graph")) {
      paste0(x$settings$n_neighbors, " each, ", x$neighbors$metric, ", ", recall_text(x))
    },
    "fuzzy graph" = if (is.null(x$components)) {
      "not kept"
    } else {
      paste0(plural(x$n_edges, "entry", "entries"), ", ", components_text(x$components))
    },
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
  range <- t(apply(layout, 2, range, na.rm = TRUE))
  dimnames(range) <- list(dimension_names(nrow(range)), c("min", "max"))
  range
}

# ---- Summaries of the stages --------------------------------------------------------------------

#' Summary of a graph or of neighbors
#'
#' Summarizes a graph or a table of neighbors. For a graph: the numbers of points, entries and
#' connected components, and quantiles of degrees and similarities. For neighbors: how they were
#' found, and quantiles of their distances.
#'
#' @param object A graph from [fuzzy_graph()], or neighbors from [nearest_neighbors()].
#' @param ... Must be empty.
#' @return A list that prints as a few lines. For a graph it has the class `summary.umap_graph`:
#'   \item{n, n_entries}{Numbers of points and of entries, two for each edge.}
#'   \item{components}{Sizes of the connected components, the largest first.}
#'   \item{degree, similarity}{Quantiles of the number of edges of a point and of the similarities.}
#'
#'   For neighbors it has the class `summary.umap_neighbors`:
#'   \item{n, k}{Numbers of points and of neighbors of each, the point itself included.}
#'   \item{metric, method}{As in `object`.}
#'   \item{recall}{The fraction of true neighbors that was found; `NA` when it is not known.}
#'   \item{n_missing}{How many neighbors are missing.}
#'   \item{distance}{A matrix of quantiles of the distances to the first and to the last neighbor.}
#' @seealso [summary.umap_model()], which holds all stages.
#' @examples
#' nn <- nearest_neighbors(digits$pixels[1:500, ])
#' summary(nn)
#' summary(fuzzy_graph(nn))
#' @export
summary.umap_graph <- function(object, ...) {
  check_no_dots(...)
  graph <- check_graph(object, "object")
  structure(
    list(
      n = graph$n, n_entries = length(graph$row), components = graph_components(graph),
      degree = stats::quantile(tabulate(graph$row, graph$n)),
      similarity = stats::quantile(graph$similarity)
    ),
    class = "summary.umap_graph"
  )
}

#' @rdname summary.umap_graph
#' @export
summary.umap_neighbors <- function(object, ...) {
  check_no_dots(...)
  nn <- check_neighbors(object, "object")
  k <- ncol(nn[["idx"]])
  spread <- function(column) {
    stats::quantile(nn[["dist"]][is.finite(nn[["dist"]][, column]), column])
  }
  structure(
    list(
      n = nrow(nn[["idx"]]), k = k, metric = nn[["metric"]], method = nn[["method"]],
      recall = reported_recall(list(unclass(object))), n_missing = sum(is.na(nn[["idx"]])),
      distance = rbind(first = spread(2), last = spread(k))
    ),
    class = "summary.umap_neighbors"
  )
}

#' @export
print.summary.umap_graph <- function(x, ...) {
  check_summary(x, "graph")
  cat(
    "Fuzzy graph of ", plural(x$n, "point"), ": ", plural(x$n_entries, "entry", "entries"), ", ",
    components_text(x$components), "\n",
    sep = ""
  )
  print(rbind(degree = x$degree, similarity = x$similarity), digits = 4)
  invisible(x)
}

#' @export
print.summary.umap_neighbors <- function(x, ...) {
  check_summary(x, "neighbors")
  recall <- if (is.na(x$recall)) "not measured" else number(round(x$recall, 4))
  cat(
    "Neighbors of ", plural(x$n, "point"), ", ", x$k, " each: ", x$metric, ", ", x$method,
    ", recall ", recall, if (x$n_missing > 0) paste0(", ", count(x$n_missing), " missing"),
    "\nDistance to the first and the last of them\n",
    sep = ""
  )
  print(x$distance, digits = 4)
  invisible(x)
}

check_summary <- function(x, what) {
  if (is_named_list(x) && inherits(x, paste0("summary.umap_", what))) return(invisible())
  if (what != "neighbors") what <- paste("a", what)
  abort_input("x", "must be a summary of ", what, ", not ", describe(x))
}
