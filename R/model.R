# Makes the elements that a model keeps, and checks a model that may come from elsewhere.

# 1: blocks were called views, and had no kind.
format_version <- 2L

# keep: "predict" for all, "graph" without the data, "minimal" for only the layout.
new_model <- function(fit, input, labels, curve, settings, seed, keep) {
  model <- list(layout = fit$layout, labels = labels)
  if (keep != "minimal") {
    found <- Map(found_block, fit$blocks[seq_along(input$blocks)], input$blocks)
    model$neighbors <- of_blocks(found, "neighbors")
    model$rho <- of_blocks(found, "rho")
    model$sigma <- of_blocks(found, "sigma")
    model$graph <- new_graph(fit$graph, input$n)
    model$first_row <- fit$first_row
  }
  if (keep == "predict") {
    model$blocks <- Map(kept_block, found, input$blocks, list(distinct_rows(model)))
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

# ---- Checks -------------------------------------------------------------------------------------

# The predicates of the elements of a model: functions of the element and the model. An element that
# is missing is NULL. The first, on which others rely, comes first.
model_fields <- list(
  layout = function(value, model) {
    is.matrix(value) && is.double(value) && nrow(value) > 1 && ncol(value) > 0 &&
      (all(is.finite(value)) || has_gaps(value))
  },
  settings = function(value, model) are_sound_settings(value),
  curve = function(value, model) {
    is.double(value) && all(is.finite(value[c("a", "b")])) && all(value[c("a", "b")] > 0)
  },
  seed = function(value, model) is_number(value) && value >= 0 && value <= 2^53,
  labels = function(value, model) {
    is.null(value) ||
      (is.atomic(value) && is.null(dim(value)) && length(value) == nrow(model[["layout"]]))
  },
  row_names = function(value, model) are_row_names(value, nrow(model[["layout"]])),
  neighbors = function(value, model) are_sound_searches(value),
  rho = function(value, model) is_sound_scale(value),
  sigma = function(value, model) {
    is_sound_scale(value) && length(unlist(value)) == length(unlist(model[["rho"]]))
  },
  graph = function(value, model) is.null(value) || is_sound_graph(value),
  first_row = function(value, model) {
    is.null(value) || (is.integer(value) && length(value) == nrow(model[["layout"]]) &&
      all(value >= 1L & value <= seq_along(value)) && identical(value[value], value))
  },
  times = function(value, model) {
    is.null(value) || (is.numeric(value) && !is.null(names(value)) && all(abs(value) < 1e9))
  },
  warnings = function(value, model) is.null(value) || is.character(value)
)

# Returns a model that may have been made by a different version, cut short or edited, in the form
# of this version. Used where something is computed with it; check_blocks() checks what predict()
# needs besides. Lengths and indices of large vectors are checked where they are read, in C.
check_model <- function(model, arg = "object") {
  check_is_model(model, arg)
  check_format(model[["format_version"]], arg)
  model <- upgrade_model(model)
  bad <- first_unsound(model_fields, model, model)
  if (!is.na(bad)) abort_damaged(arg, paste("its", bad))
  invisible(model)
}

# The rows that were embedded: one of each kind where rows come more than once.
distinct_rows <- function(model) {
  first <- model[["first_row"]]
  if (is.null(first)) seq_len(nrow(model[["layout"]])) else which(first == seq_along(first))
}

check_is_model <- function(model, arg) {
  if (is.list(model) && has_class(model, "umap_model")) return(invisible(model))
  abort_input(arg, "must be a model from umap_fit(), not ", describe(model), value = model)
}

# The name of the first element of x that does not satisfy its predicate, or NA. A predicate that
# fails on a value is not satisfied.
first_unsound <- function(fields, x, ...) {
  for (name in names(fields)) {
    is_sound <- tryCatch(fields[[name]](x[[name]], ...), error = function(e) FALSE)
    if (!isTRUE(is_sound)) return(name)
  }
  NA_character_
}

check_format <- function(version, arg) {
  if (is_number(version) && version %in% seq_len(format_version)) return(invisible())
  if (is_number(version) && version > format_version) {
    abort_input(
      arg, "must have at most the format ", format_version, ", not ", version,
      ", which is of a newer version of unfurl",
      value = version, hint = "Update the package."
    )
  }
  abort_damaged(arg, "its format_version")
}

# Converts a model of an earlier format to today's.
upgrade_model <- function(model) {
  if (model[["format_version"]] < 2) {
    views <- model[["views"]]
    if (is.list(views)) views <- lapply(views, block_of_format_1)
    model[["blocks"]] <- views
    model[["views"]] <- NULL
  }
  model[["format_version"]] <- format_version
  model
}

abort_damaged <- function(arg, what, maker = "umap_fit()", kind = "model") {
  abort_input(
    arg, "is damaged: ", what, " is not what ", maker, " made",
    hint = paste0("Make the ", kind, " again.")
  )
}

# ---- Predicates ---------------------------------------------------------------------------------

is_text <- function(x) is.character(x) && length(x) == 1 && !is.na(x) && validEnc(x)

is_named_list <- function(x) is.list(x) && !is.null(names(x))

# Whether x, and all in it where it is a list, is NULL or a plain vector.
is_plain <- function(x) {
  if (is.list(x)) all(vapply(x, is_plain, NA)) else is.null(x) || is.atomic(x) && !isS4(x)
}

# Settings that are shown.
are_shown_settings <- function(settings) {
  metric <- settings[["metric"]]
  are_numbers(settings[c("min_dist", "n_epochs")]) && has_neighborhoods(settings) &&
    is_text(settings[["init"]]) && (is_text(metric) || (is.list(metric) && length(metric) > 0))
}

# Of a graph that was given, no size of neighborhoods is known.
has_neighborhoods <- function(settings) {
  k <- settings[["n_neighbors"]]
  if (is.null(k)) return(identical(settings[["metric"]], "graph"))
  is_number(k) && k >= 2 && k == round(k)
}

are_sound_settings <- function(settings) {
  if (!is_named_list(settings) || !is_named_list(settings[["optimizer_args"]])) return(FALSE)
  numbers <- c(
    settings[c(
      "n_epochs", "local_connectivity", "bandwidth", "learning_rate", "repulsion_strength",
      "negative_sample_rate"
    )],
    settings[["optimizer_args"]][names(optimizer_constants)]
  )
  all(vapply(numbers, function(x) is_number(x) && x >= 0, NA)) && settings[["bandwidth"]] > 0 &&
    settings[["n_epochs"]] < 1e7 && is_text(settings[["method"]]) &&
    is_text(settings[["optimizer"]]) && is_plain(unclass(settings)) &&
    (is.null(settings[["scale"]]) || is_text(settings[["scale"]])) && are_shown_settings(settings)
}

are_row_names <- function(names, n) {
  is.null(names) || ((is.character(names) || holds_numbers(names)) && length(names) == n &&
    !anyNA(names) && anyDuplicated(names) == 0)
}

# One table of neighbors, a list of several, or NULL.
are_sound_searches <- function(neighbors) {
  if (is.null(neighbors)) return(TRUE)
  if (!is.list(neighbors)) return(FALSE)
  if (inherits(neighbors, "umap_neighbors")) neighbors <- list(neighbors)
  length(neighbors) > 0 && all(vapply(neighbors, is_sound_search, NA))
}

is_sound_search <- function(found) {
  if (!is.list(found)) return(FALSE)
  idx <- found[["idx"]]
  dist <- found[["dist"]]
  is.matrix(idx) && is.matrix(dist) && identical(dim(idx), dim(dist)) && is.numeric(idx) &&
    is.numeric(dist) && is_text(found[["metric"]]) && is_text(found[["method"]])
}

# One vector, or a list of one for each block, or NULL.
is_sound_scale <- function(scale) {
  values <- unlist(scale)
  is.null(values) || (is.numeric(values) && !anyNA(values))
}

is_sound_graph <- function(graph) {
  is.data.frame(graph) &&
    all(vapply(unclass(graph)[c("row", "col", "similarity")], function(values) {
      holds_numbers(values) && length(values) == nrow(graph)
    }, NA))
}
