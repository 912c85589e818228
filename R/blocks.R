# Makes what is known about the points into a list of blocks: columns with a metric, given
# neighbors, or categories. Most data are one block; a data frame with several kinds of columns has
# several blocks, and a target adds more. C intersects their graphs.
#
# A block is a list with a `kind`:
# - "numeric": columns of numbers, compared by a metric;
# - "codes": columns of categories, compared by the fraction in which two rows differ;
# - "neighbors": a table of given neighbors;
# - "graph": a graph that is given, which can only come first;
# - "categorical": a column of categories, which makes points of different categories less similar.
# The others have neighbors. All but the last can come first. A model keeps of each block what
# predict() needs.
# Blocks of a numeric target have `is_target = TRUE`, see graph/set_ops.c.

block_kinds <- c("numeric", "codes", "neighbors", "graph", "categorical")

new_block <- function(kind, ...) structure(list(kind = kind, ...), class = "umap_block")

kinds_of <- function(blocks) vapply(blocks, `[[`, "", "kind")

# ---- Blocks of data -----------------------------------------------------------------------------

# x: a matrix, after `standardization`. metric: a description by check_metric(). columns: names or
# numbers of the columns of the data, NULL for all. column_names: the names of all, if any.
numeric_block <- function(x, metric, n_neighbors, neighbor_method, weight = 0.5,
                          target_recall = 0.99, columns = NULL, column_names = NULL,
                          standardization = NULL) {
  new_block(
    "numeric",
    x = x, metric = metric, metric_kwds = metric$kwds, n_neighbors = n_neighbors,
    neighbor_method = neighbor_method, target_recall = target_recall,
    max_distance = max_distance(metric$name), weight = weight,
    columns = if (is.null(columns)) column_names else columns,
    standardization = standardization
  )
}

# A block of categories as numbers, with the levels of each column.
codes_block <- function(numeric, levels) {
  numeric$kind <- "codes"
  numeric$levels <- levels
  numeric
}

neighbor_block <- function(neighbors, weight = 0.5) {
  new_block(
    "neighbors",
    neighbors = neighbors, metric = neighbors$metric,
    max_distance = max_distance(neighbors$metric), weight = weight
  )
}

# x: a factor, text or numbers, from the column `column` of the argument `arg`.
category_block <- function(x, weight, arg, column) {
  check_category(x, arg, column)
  levels <- category_levels(x)
  codes <- category_codes(x, levels)
  if (all(codes < 0)) {
    abort_input(
      arg, "must have known categories in column ", column, ", not only missing ones",
      hint = "Leave it out."
    )
  }
  if (!anyDuplicated(codes)) {
    warn(
      "categories", "`", arg, "` has a different category in every row of column ", column,
      argument = arg, hint = "Leave it out, as it does not show which rows are similar."
    )
  }
  new_block("categorical", category = codes, levels = levels, weight = weight, columns = column)
}

# ---- What C found -------------------------------------------------------------------------------

# Neighbors, rho and sigma of a block, and its rows as C prepared them; NULL where there are none.
found_block <- function(found, given) {
  if (given$kind %in% c("categorical", "graph")) return(NULL)
  is_given <- given$kind == "neighbors"
  found$neighbors <- new_neighbors(
    found$neighbors$idx, found$neighbors$dist, metric_name(given$metric),
    if (is_given) given$neighbors$method else found$neighbors$method, given$metric_kwds,
    if (!is_given) found$neighbors$recall
  )
  found
}

# Returns the element of the only block, else a list with the elements of all blocks except
# categories and graphs.
of_blocks <- function(found, what) {
  found <- lapply(Filter(Negate(is.null), found), `[[`, what)
  if (length(found) > 1) found else if (length(found) == 1) found[[1]]
}

# ---- Blocks of a model --------------------------------------------------------------------------

# A block as predict() needs it. rows: those that were embedded.
kept_block <- function(found, given, rows) {
  if (given$kind == "categorical") return(given)
  if (given$kind == "graph") return(new_block("graph"))
  distances <- found$neighbors$dist
  if (length(rows) < nrow(distances)) distances <- distances[rows, ]
  distances <- distances[is.finite(distances)]
  block <- new_block(
    given$kind,
    max_distance = given$max_distance, mean_distance = mean(distances), weight = given$weight
  )
  if (given$kind == "neighbors") return(block)
  block$metric <- given$metric
  block$columns <- given$columns
  block$levels <- given$levels
  block$form <- matrix_form(given$x)
  block$standardization <- given$standardization
  block$preparation <- found$preparation
  block$points <- found$points
  if (is.null(found$points)) block$x <- given$x # a metric that is an R function
  block
}

# A block from a model of format 1: it had no kind. `form` was called `kind` there, and
# `standardization` was called `transform`.
block_of_format_1 <- function(block) {
  if (!is_named_list(block)) return(block)
  kind <- if (!is.null(block[["category"]])) {
    "categorical"
  } else if (is.null(block[["metric"]])) {
    "neighbors"
  } else if (is.null(block[["levels"]])) {
    "numeric"
  } else {
    "codes"
  }
  block[c("form", "standardization")] <- block[c("kind", "transform")]
  block[c("kind", "transform")] <- NULL
  do.call(new_block, c(list(kind), block))
}

# The predicates for the elements of a block that a model keeps, by kind: functions of the element,
# the block and the model.
distance_fields <- list(
  weight = function(value, block, model) is_number(value),
  mean_distance = function(value, block, model) is_number(value),
  max_distance = function(value, block, model) is.double(value) && length(value) == 1
)

row_fields <- c(distance_fields, list(
  x = function(value, block, model) {
    if (!has_function(block)) return(is.null(value))
    (is_dense(value) || is_sparse(value)) && n_columns(value) > 0 &&
      n_rows(value) == nrow(model[["layout"]])
  },
  points = function(value, block, model) {
    if (has_function(block)) return(is.null(value))
    is_named_list(value) && are_numbers(value[c("n", "d", "unit")]) && is_text(value[["form"]]) &&
      value[["n"]] == length(distinct_rows(model)) && value[["unit"]] > 0
  },
  preparation = function(value, block, model) {
    if (has_function(block)) return(is.null(value))
    is_named_list(value) && are_numbers(value[c("d", "p", "scale")])
  },
  metric = function(value, block, model) {
    is_named_list(value) && (has_function(block) || value[["name"]] %in% metrics) &&
      is_sound_spread(value, block[["preparation"]][["d"]])
  },
  standardization = function(value, block, model) {
    is_sound_standardization(value, n_compared(block))
  },
  form = function(value, block, model) is_text(value),
  columns = function(value, block, model) {
    is_number(model[["n_columns"]]) && are_sound_columns(value, model[["n_columns"]])
  }
))

block_fields <- list(
  numeric = row_fields,
  codes = c(row_fields, list(
    levels = function(value, block, model) {
      is.list(value) && all(vapply(value, is.character, NA)) &&
        length(value) == length(block[["columns"]])
    }
  )),
  neighbors = distance_fields,
  graph = list(),
  categorical = list(
    category = function(value, block, model) {
      is.integer(value) && length(value) == nrow(model[["layout"]])
    },
    levels = function(value, block, model) is.character(value),
    weight = function(value, block, model) is_number(value),
    columns = function(value, block, model) {
      length(value) == 1 && are_sound_columns(value, model[["n_columns"]])
    }
  )
)

# The blocks of a model that is to predict; sizes of vectors and indices are checked in C.
check_blocks <- function(model, arg = "object") {
  if (is_graph_model(model)) {
    abort_input(
      arg, "must be a model of rows, distances or neighbors, not of a graph, as new rows cannot ",
      "be compared with a graph"
    )
  }
  blocks <- model[["blocks"]]
  if (is.null(blocks)) {
    abort_input(
      arg, "must keep its data to compare new rows with them, but does not",
      hint = "Fit it with keep = \"predict\"."
    )
  }
  are_blocks <- is.list(blocks) && length(blocks) > 0 && all(vapply(blocks, function(block) {
    is_named_list(block) && is_text(block[["kind"]]) && block[["kind"]] %in% block_kinds
  }, NA))
  if (!are_blocks) abort_damaged(arg, "its blocks")
  has_search <- kinds_of(blocks) != "categorical"
  idx <- lapply(model_neighbors(model), function(found) if (is.list(found)) found[["idx"]])
  if (!has_search[1] || length(idx) != sum(has_search)) abort_damaged(arg, "its blocks")
  are_tables <- vapply(idx, function(idx) {
    is.matrix(idx) && is.integer(idx) && nrow(idx) == nrow(model[["layout"]])
  }, NA)
  if (!all(are_tables)) abort_damaged(arg, "its neighbors")
  for (b in seq_along(blocks)) {
    fields <- block_fields[[blocks[[b]][["kind"]]]]
    bad <- first_unsound(fields, blocks[[b]], blocks[[b]], model)
    if (!is.na(bad)) abort_damaged(arg, paste0("its blocks[[", b, "]]$", bad))
  }
  blocks
}

# Always returns a list, with one element for each block except categories.
model_neighbors <- function(model) {
  neighbors <- model[["neighbors"]]
  if (inherits(neighbors, "umap_neighbors")) list(unclass(neighbors)) else as.list(neighbors)
}

# Whether the metric is an R function, which compares the rows of R's own matrix.
has_function <- function(block) is.list(block[["metric"]]) && is.function(block[["metric"]][["fn"]])

are_numbers <- function(x) all(vapply(x, is_number, NA))

# C reads as many as the metric takes. d: columns that it compares.
is_sound_spread <- function(metric, d) {
  spread <- metric[["spread"]]
  n_read <- if (identical(metric[["name"]], "mahalanobis")) d^2 else d
  is.null(spread) || (is.double(spread) && isTRUE(length(spread) == n_read))
}

is_sound_standardization <- function(standardization, n_compared) {
  if (is.null(standardization)) return(TRUE)
  if (!is_named_list(standardization)) return(FALSE)
  centre <- standardization[["centre"]]
  factor <- standardization[["factor"]]
  rotation <- standardization[["rotation"]]
  is_rotation <- is.null(rotation) || (is.matrix(rotation) && is.double(rotation) &&
    nrow(rotation) == length(centre))
  is.double(centre) && is.double(factor) && length(centre) == length(factor) &&
    is_number(standardization[["unit"]]) && is_rotation &&
    n_compared == if (is.null(rotation)) length(centre) else ncol(rotation)
}

are_sound_columns <- function(columns, n_columns) {
  is.null(columns) || (is.character(columns) && !anyNA(columns)) ||
    (is_number(n_columns) && is.numeric(columns) && all(columns %in% seq_len(n_columns)))
}

# Numbers of columns: what the metric compares, and what standardize() makes them from.
n_compared <- function(block) {
  if (has_function(block)) n_columns(block[["x"]]) else block[["preparation"]][["d"]]
}

block_width <- function(block) {
  standardization <- block[["standardization"]]
  if (is.null(standardization)) n_compared(block) else length(standardization[["centre"]])
}
