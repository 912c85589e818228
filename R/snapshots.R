# Defines the class umap_snapshots: layouts of the same points after some epochs, a list of matrices
# named by the epoch. Its attribute `labels` holds labels of the points, where a model has them.

new_snapshots <- function(layouts, epochs) {
  names(layouts) <- format(epochs, scientific = FALSE, trim = TRUE)
  structure(layouts, class = "umap_snapshots")
}

check_snapshots <- function(snapshots, arg) {
  is_layout <- function(layout) is.matrix(layout) && is.numeric(layout) && length(layout) > 0
  shapes <- if (is_named_list(snapshots)) unique(lapply(unclass(snapshots), dim))
  are_layouts <- length(shapes) == 1 && all(vapply(snapshots, is_layout, NA))
  if (!are_layouts) {
    abort_input(
      arg, "must be a list of layouts of the same points from optimize_layout(), not ",
      describe(snapshots)
    )
  }
  snapshots
}

#' @export
`[.umap_snapshots` <- function(x, i) {
  kept <- attributes(x)
  taken <- NextMethod()
  if (any(vapply(taken, is.null, NA))) {
    abort_input(
      "i", "must be names or positions of snapshots that exist, not ", describe(i),
      value = i, hint = suggest_epochs(i, names(x))
    )
  }
  kept[["names"]] <- names(taken)
  attributes(taken) <- kept
  taken
}

# A number is a position, a text is an epoch.
suggest_epochs <- function(i, epochs) {
  if (holds_numbers(i) && any(i %in% epochs)) {
    return(paste0("Did you mean epoch \"", i[i %in% epochs][1], "\"? Give it as text."))
  }
  paste0("The snapshots are named by their epochs: ", toString(head_of(epochs)), ".")
}

# Snapshots of the same points are snapshots, with the labels in which they agree.
#' @export
c.umap_snapshots <- function(...) {
  parts <- Filter(Negate(is.null), unname(list(...)))
  joined <- do.call(c, lapply(parts, unclass))
  are_snapshots <- all(vapply(parts, has_class, NA, "umap_snapshots"))
  if (!are_snapshots || length(unique(lapply(joined, dim))) > 1) return(joined)
  labels <- unique(lapply(parts, attr, "labels", exact = TRUE))
  structure(
    joined,
    class = "umap_snapshots", labels = if (length(labels) == 1) labels[[1]]
  )
}

#' @export
format.umap_snapshots <- function(x, ...) {
  check_no_dots(...)
  if (is.list(x) && length(x) == 0) return("No snapshots")
  check_snapshots(x, "x")
  c(
    paste0(
      plural(length(x), "snapshot"), " of a layout of ", plural(nrow(x[[1]]), "point"), " in ",
      plural(ncol(x[[1]]), "dimension")
    ),
    strwrap(toString(names(x)), initial = if (length(x) == 1) "after epoch " else "after epochs ")
  )
}

#' @export
print.umap_snapshots <- function(x, ...) {
  writeLines(format.umap_snapshots(x))
  invisible(x)
}

#' @export
as.data.frame.umap_snapshots <- function(x, ...) {
  check_no_dots(...)
  check_snapshots(x, "x")
  rows <- do.call(rbind, lapply(unclass(x), unname))
  colnames(rows) <- dimension_names(ncol(rows))
  n <- nrow(x[[1]])
  frame <- data.frame(epoch = rep(as.numeric(names(x)), each = n), rows)
  labels <- attr(x, "labels", exact = TRUE)
  if (length(labels) == n) frame[["label"]] <- rep(labels, length(x))
  frame
}
