# What is shown of the package's objects in the console.

#' @export
print.umap_embedding <- function(x, n = 6, ...) {
  d <- length(coordinate_names(x))
  cat("UMAP embedding of ", count(nrow(x)), " rows in ", plural(d, "dimension"), "\n", sep = "")
  print_head(as.data.frame(x), n, ...)
  invisible(x)
}

#' @export
print.umap_graph <- function(x, n = 6, ...) {
  points <- attr(x, "n")
  cat("Fuzzy graph", if (!is.null(points)) paste(" of", plural(points, "point")), ": ", sep = "")
  cat(plural(nrow(x), "entry", "entries"), "\n", sep = "")
  print_head(as.data.frame(x), n, ...)
  invisible(x)
}

print_head <- function(x, n, ...) {
  print(utils::head(x, n), ...)
  if (nrow(x) > n) cat("and ", plural(nrow(x) - n, "more row"), "\n", sep = "")
}

#' @export
print.umap_neighbors <- function(x, ...) {
  cat(
    "Neighbours of ", plural(nrow(x$idx), "point"), ", ", ncol(x$idx), " each: ", x$metric, ", ",
    x$method, "\n",
    sep = ""
  )
  cat("$idx (row numbers) and $dist (distances); the first is the point itself\n")
  invisible(x)
}

#' @export
print.umap_control <- function(x, ...) {
  cat("Settings of umap()\n")
  print_fields(unclass(x))
  invisible(x)
}

#' @export
print.umap_model <- function(x, ...) {
  cat(
    "UMAP model of ", count(nrow(x$layout)), " rows in ", plural(ncol(x$layout), "dimension"), "\n",
    sep = ""
  )
  print_fields(list(
    neighbors = paste0(ncol(x$neighbors$idx), ", ", x$neighbors$metric, ", ", x$neighbors$method),
    graph = plural(nrow(x$graph), "entry", "entries"),
    layout = paste0(
      plural(x$settings$n_epochs, "epoch"), ", method ", x$settings$method, ", from ",
      x$settings$init
    ),
    labels = if (!is.null(x$labels)) plural(length(unique(x$labels)), "value"),
    seed = x$seed
  ))
  invisible(x)
}

#' @export
summary.umap_model <- function(object, ...) {
  structure(
    list(
      n = nrow(object$layout),
      n_components = ncol(object$layout),
      settings = object$settings,
      curve = object$curve,
      seed = object$seed,
      n_edges = nrow(object$graph),
      scale = data.frame(rho = object$rho, sigma = object$sigma),
      range = layout_range(object$layout),
      labels = if (!is.null(object$labels)) table(object$labels, useNA = "ifany")
    ),
    class = "summary.umap_model"
  )
}

#' @export
print.summary.umap_model <- function(x, ...) {
  cat(
    "UMAP model of ", count(x$n), " rows in ", plural(x$n_components, "dimension"), ", ",
    plural(x$n_edges, "entry", "entries"), " in the graph\n\nSettings\n",
    sep = ""
  )
  print_fields(c(x$settings[setdiff(names(x$settings), c("a", "b"))], x$curve, seed = x$seed))
  cat("\nLocal scale\n")
  print(summary(x$scale))
  cat("\nRange of the layout\n")
  print(x$range)
  if (!is.null(x$labels)) {
    cat("\nLabels\n")
    print(x$labels)
  }
  invisible(x)
}

layout_range <- function(layout) {
  range <- t(apply(layout, 2, range))
  dimnames(range) <- list(paste0("UMAP", seq_len(nrow(range))), c("min", "max"))
  range
}

print_fields <- function(fields) {
  fields <- Filter(Negate(is.null), fields)
  text <- vapply(fields, function(x) if (is.numeric(x)) number(x) else as.character(x), "")
  cat(paste0("  ", format(names(fields)), "  ", text, "\n"), sep = "")
}

number <- function(x) format(x, digits = if (all(x == round(x))) 16 else 7, big.mark = "")

plural <- function(n, one, many = paste0(one, "s")) paste(count(n), if (n == 1) one else many)
