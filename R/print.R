# Prints the package's objects in the console, and formats numbers and counts.

#' @export
print.umap_embedding <- function(x, n = 6, ...) {
  check_embedding(x, "x")
  d <- n_dimensions(x)
  if (!has_coordinates(x, d)) { # such as another package may have left
    print(plain_data_frame(x), ...)
    return(invisible(x))
  }
  cat("UMAP embedding of ", plural(nrow(x), "row"), " in ", plural(d, "dimension"), "\n", sep = "")
  writeLines(if (has_foreign_rows(x)) {
    "Rows were added from elsewhere, whose settings are not known."
  } else {
    brief_settings(attr(x, "settings", exact = TRUE))
  })
  writeLines(warning_of_differences(attr(x, "differing", exact = TRUE)))
  print_head(plain_data_frame(x), n, ...)
  invisible(x)
}

# Returns the known ones of the most important settings, in a line.
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

# Serves rows of several embeddings; `differing` holds the names of settings.
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
  writeLines(field_lines(unclass(x)))
  invisible(x)
}

#' @export
print.umap_model <- function(x, ...) {
  writeLines(format.umap_model(x))
  invisible(x)
}

# A model that is damaged is named as such, so that printing it never fails.
#' @export
format.umap_model <- function(x, ...) {
  check_no_dots(...)
  check_is_model(x, "x")
  model <- tryCatch(check_model(x, "x"), unfurl_error_input = function(error) error[["problem"]])
  if (is.character(model)) return(strwrap(paste0("UMAP model that ", model, ".")))
  size <- dim(model)
  settings <- model[["settings"]]
  search <- searches(model[["neighbors"]], settings)
  c(
    paste("UMAP model of", plural(size[1], "row"), "in", plural(size[2], "dimension")),
    field_lines(list(
      neighbors = toString(c(settings[["n_neighbors"]], search$metric, search$method)),
      graph = entries_text(model[["graph"]]),
      layout = toString(c(
        plural(settings[["n_epochs"]], "epoch"), paste("method", settings[["method"]]),
        paste("from", settings[["init"]])
      )),
      labels = if (!is.null(model[["labels"]])) plural(length(unique(model[["labels"]])), "value"),
      seed = model[["seed"]]
    ))
  )
}

entries_text <- function(graph) {
  if (is.null(graph)) "not kept" else plural(nrow(graph), "entry", "entries")
}

# A line for each field that is not NULL.
field_lines <- function(fields) {
  fields <- Filter(Negate(is.null), fields)
  paste0("  ", format(names(fields)), "  ", vapply(fields, field_text, ""))
}

field_text <- function(x) {
  if (is.list(x)) return(paste(names(x), "of", lapply(x, toString), collapse = "; "))
  toString(if (is.numeric(x)) number(x) else as.character(x))
}

number <- function(x) format(x, digits = if (isTRUE(all(x == round(x)))) 16 else 7, big.mark = "")

plural <- function(n, one, many = paste0(one, "s")) paste(count(n), if (n == 1) one else many)
