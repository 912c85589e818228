# The class umap_embedding: a data frame that holds all coordinates of its points, UMAP1 to UMAPd,
# and what else is known about them. An object without all coordinates is a plain data frame.

# layout: a matrix n x d. row_names: names, or NULL for numbers. settings: the arguments of the fit
# and its seed.
new_embedding <- function(layout, labels = NULL, row_names = NULL, settings = NULL) {
  columns <- lapply(seq_len(ncol(layout)), function(j) layout[, j])
  names(columns) <- dimension_names(ncol(layout))
  if (!is.null(labels)) columns[["label"]] <- labels
  if (is.null(row_names)) row_names <- .set_row_names(nrow(layout))
  structure(columns,
    row.names = row_names, class = c("umap_embedding", "data.frame"), settings = settings,
    n_rows = if (!is.null(settings)) nrow(layout)
  )
}

# Checks an embedding, which may have lost rows and gained columns. Its coordinates may have become
# something else than numbers: see check_coordinates().
check_embedding <- function(embedding, arg) {
  if (!is.data.frame(embedding)) {
    abort_input(
      arg, "must be an embedding from umap(), not ", describe(embedding),
      value = embedding
    )
  }
  check_column_lengths(embedding, arg)
  if (!are_embedding_settings(attr(embedding, "settings", exact = TRUE))) {
    abort_damaged(arg, "its attribute settings", "umap()", "embedding")
  }
  invisible(embedding)
}

check_coordinates <- function(embedding, arg) {
  columns <- unclass(embedding)[coordinate_names(embedding)]
  if (all(vapply(columns, is.numeric, NA))) return(invisible(embedding))
  abort_damaged(arg, "one of its coordinates", "umap()", "embedding")
}

# Whether the settings that are printed are sound, where present: rows of several embeddings share
# only some.
are_embedding_settings <- function(settings) {
  if (is.null(settings)) return(TRUE)
  if (!is_named_list(settings)) return(FALSE)
  is_sound <- list(
    n_neighbors = is_number, min_dist = is_number, n_epochs = is_number, seed = is_number,
    init = is_text, metric = function(x) is_text(x) || (is.list(x) && length(x) > 0)
  )
  known <- intersect(names(is_sound), names(settings))
  all(vapply(known, function(name) is_sound[[name]](settings[[name]]), NA))
}

# ---- Coordinates --------------------------------------------------------------------------------

dimension_names <- function(d) paste0("UMAP", seq_len(d))

# Returns the names of the present coordinates in the order of dimensions.
coordinate_names <- function(embedding) {
  names <- grep("^UMAP[1-9][0-9]*$", names(embedding), value = TRUE)
  names <- names[order(as.numeric(substring(names, 5)))]
  names[as.numeric(substring(names, 5)) <= n_dimensions(embedding)]
}

# Counts by the settings of the fit, else by the coordinates themselves.
n_dimensions <- function(embedding) {
  settings <- attr(embedding, "settings", exact = TRUE)
  known <- if (is.list(settings)) settings[["n_components"]]
  if (is_number(known)) return(known)
  sum(grepl("^UMAP[1-9][0-9]*$", names(embedding)))
}

# Whether none of d coordinates is missing, and all are numbers.
has_coordinates <- function(x, d) {
  d > 0 && d <= length(x) && all(dimension_names(d) %in% names(x)) &&
    all(vapply(unclass(x)[dimension_names(d)], is.numeric, NA))
}

# The coordinates as a matrix, n x d.
coordinates <- function(embedding) {
  as.matrix(plain_data_frame(embedding)[coordinate_names(embedding)])
}

# ---- Methods of data frames ---------------------------------------------------------------------

# x: what R made of the embedding `from`. An embedding while it has all coordinates, else a plain
# data frame, or what it is.
keep_embedding <- function(x, from) {
  if (!is.data.frame(x)) return(x)
  if (!has_coordinates(x, n_dimensions(from))) return(plain_data_frame(x))
  class(x) <- oldClass(from)
  attr(x, "settings") <- attr(from, "settings", exact = TRUE)
  attr(x, "differing") <- attr(from, "differing", exact = TRUE)
  attr(x, "n_rows") <- if (has_foreign_rows(from)) 0L else .row_names_info(x, 2L)
  x
}

# Whether an embedding has more rows than the settings are for: dplyr::bind_rows() and similar
# functions keep the attributes of the first of several.
has_foreign_rows <- function(embedding) {
  n <- attr(embedding, "n_rows", exact = TRUE)
  is_number(n) && .row_names_info(embedding, 2L) > n
}

plain_data_frame <- function(x) {
  attr(x, "settings") <- attr(x, "differing") <- attr(x, "n_rows") <- NULL
  class(x) <- setdiff(oldClass(x), "umap_embedding")
  x
}

#' @export
`[.umap_embedding` <- function(x, i, j, ...) {
  # As rows of a data frame with a single column, the points of a line would become a vector.
  are_rows <- nargs() == 3 && missing(j)
  keep_embedding(if (are_rows) NextMethod("[", drop = FALSE) else NextMethod("["), x)
}

#' @export
`[<-.umap_embedding` <- function(x, ..., value) keep_embedding(NextMethod("[<-"), x)

#' @export
`[[<-.umap_embedding` <- function(x, ..., value) keep_embedding(NextMethod("[[<-"), x)

#' @export
`$<-.umap_embedding` <- function(x, name, value) keep_embedding(NextMethod("$<-"), x)

#' @export
`names<-.umap_embedding` <- function(x, value) keep_embedding(NextMethod("names<-"), x)

#' @export
transform.umap_embedding <- function(`_data`, ...) keep_embedding(NextMethod(), `_data`)

#' @export
merge.umap_embedding <- function(x, y, ...) {
  if (inherits(y, "umap_embedding")) y <- plain_data_frame(y)
  keep_embedding(merge(plain_data_frame(x), y, ...), x)
}

#' @export
rbind.umap_embedding <- function(..., deparse.level = 1) {
  parts <- Filter(Negate(is.null), list(...))
  is_embedding <- vapply(parts, inherits, NA, "umap_embedding")
  options <- c("make.row.names", "stringsAsFactors", "factor.exclude")
  is_option <- names_or_numbers(parts) %in% options
  embeddings <- parts[is_embedding]
  parts[is_embedding] <- lapply(embeddings, plain_data_frame)
  bound <- do.call(rbind.data.frame, parts)
  d <- unique(vapply(embeddings, n_dimensions, 0))
  if (!all(is_embedding | is_option) || length(d) > 1 || !has_coordinates(bound, d)) return(bound)
  class(bound) <- oldClass(embeddings[[1]])
  with_common_settings(bound, embeddings)
}

# Returns the settings in which all embeddings agree. Differing settings are kept by name: the
# positions of such rows have no common meaning.
with_common_settings <- function(bound, embeddings) {
  all_settings <- lapply(embeddings, attr, "settings", exact = TRUE)
  first <- all_settings[[1]]
  names <- unique(unlist(lapply(all_settings, names)))
  agree <- vapply(names, function(name) {
    all(vapply(all_settings, function(one) identical(one[[name]], first[[name]]), NA))
  }, NA)
  differing <- unlist(lapply(embeddings, attr, "differing", exact = TRUE))
  attr(bound, "settings") <- first[intersect(names(first), names[agree])]
  differing <- unique(c(differing, names[!agree]))
  if (length(differing) > 0) attr(bound, "differing") <- differing
  are_foreign <- any(vapply(embeddings, has_foreign_rows, NA))
  attr(bound, "n_rows") <- if (are_foreign) 0L else .row_names_info(bound, 2L)
  bound
}

# ---- Conversions --------------------------------------------------------------------------------

#' @export
as.matrix.umap_embedding <- function(x, ...) {
  check_embedding(x, "x")
  check_coordinates(x, "x")
  check_no_dots(...)
  coordinates(x)
}

#' @export
as.data.frame.umap_embedding <- function(x, ...) {
  check_embedding(x, "x")
  as.data.frame(plain_data_frame(x), ...)
}

#' @export
as.matrix.umap_model <- function(x, ...) {
  x <- check_model(x, "x")
  check_no_dots(...)
  layout <- x[["layout"]]
  dimnames(layout) <- list(x[["row_names"]], dimension_names(ncol(layout)))
  layout
}

#' @export
as.data.frame.umap_model <- function(x, row.names = NULL, optional = FALSE, ...) {
  x <- check_model(x, "x")
  n <- nrow(x[["layout"]])
  if (!are_row_names(row.names, n)) {
    abort_input(
      "row.names", "must be ", count(n), " different names, not ", describe(row.names),
      value = row.names
    )
  }
  if (is.null(row.names)) row.names <- x[["row_names"]]
  new_embedding(x[["layout"]], x[["labels"]], row.names, settings_of(x))
}

# Returns the settings as an embedding keeps them.
settings_of <- function(model) c(model[["settings"]], seed = model[["seed"]])

#' @export
dim.umap_model <- function(x) dim(x[["layout"]])

#' @importFrom utils head
#' @export
head.umap_model <- function(x, ...) head(as.data.frame(x), ...)

#' @importFrom utils tail
#' @export
tail.umap_model <- function(x, ...) tail(as.data.frame(x), ...)
