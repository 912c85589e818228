# Places new rows in the layout of a model.

#' Place new rows in an embedding
#'
#' Places rows that the model has not seen among those it has: each near the rows that it resembles.
#' The embedding itself stays as it is.
#'
#' For each new row its neighbors among the rows of the model are found, and its similarities to
#' them as by [smooth_knn()]. It begins at the place of the neighbor that is closest to the other
#' neighbors, and moves for `n_epochs` epochs, at a quarter of the model's learning rate, among the
#' rows of the model, which do not move. Equal rows of the model count once, unless its `duplicates`
#' (see [umap_control()]) were `"separate"`.
#'
#' A row's place does not depend on which other rows are placed with it, nor on the number of
#' threads. A row that is identical to a row of the model takes its place exactly (the place of the
#' first of several); with a target this holds, too, as targets are not used here.
#'
#' @section Columns:
#' Columns of a data frame, and of a matrix where both have column names, are found by name; others
#' are ignored. Numbers are scaled and reduced as for the model. A category that the model does not
#' know counts as unknown, with a warning. A model of a formula computes its columns in `newdata`,
#' with functions that are found in the global environment or in attached packages.
#'
#' @section Distances and neighbors:
#' A model that was made of distances or neighbors takes distances instead of rows: a matrix with a
#' row per new row and a column per row of the model. Such a model and any other with one metric
#' take the neighbors themselves: a list of matrices `idx` (row numbers of the model; `NA` where a
#' neighbor is missing) and `dist`. A matrix that is given to a model of rows holds new rows.
#'
#' @section Errors:
#' Bad input is an error of class `unfurl_error_input`: `newdata` that lack columns, or have other
#' types; missing or infinite values, with their place; a model that keeps no data (see `keep` of
#' [umap_control()]), that was made by a newer version of the package, or is damaged. A row that has
#' nothing in common with any row of the model, by a metric such as `"jaccard"`, has no place: it
#' becomes `NA`, with a warning. Rows so far out that single precision cannot compare them with the
#' model's (above 1e19, where those are of ordinary size) are an error that names the first.
#'
#' @param object A model from [umap_fit()].
#' @param newdata New rows, in the form of the data of the model: a matrix, a data frame, a sparse
#'   matrix; or distances or neighbors, see below. Without it, the embedding of the model is
#'   returned.
#' @param n_epochs Number of epochs, at least 0 (the initial place itself). `NULL` for a third of
#'   the model's. Must be `NULL` without `newdata`.
#' @param ... Nothing.
#' @inheritParams umap
#' @return A data frame of class `umap_embedding` with one row per row of `newdata` and the columns
#'   `UMAP1`, `UMAP2` and so on. Row names come from `newdata`, as for [umap()].
#' @source McInnes, Healy, Melville (2018), \doi{10.48550/arXiv.1802.03426}, and the transformation
#'   of new data by their program umap-learn.
#' @examples
#' known <- seq(1, 150, by = 2)
#' model <- umap_fit(iris[known, 1:4], labels = iris$Species[known])
#' placed <- predict(model, iris[-known, 1:4])
#' plot(model)
#' points(placed, pch = 4, col = iris$Species[-known])
#'
#' # Numbers and categories, and a formula
#' mixed <- umap_fit(~., data = iris[known, ])
#' head(predict(mixed, iris[-known, ]))
#' @export
predict.umap_model <- function(object, newdata, n_epochs = NULL, n_threads = NULL,
                               verbose = NULL, ...) {
  check_no_dots(...)
  model <- check_model(object)
  if (missing(newdata)) {
    if (!is.null(n_epochs)) {
      abort_input("n_epochs", "must be NULL without `newdata`, not ", describe(n_epochs),
        value = n_epochs
      )
    }
    return(as.data.frame(model))
  }
  run <- run_settings(n_threads, verbose)
  options <- predict_options(model, n_epochs)
  query <- query_of(model, newdata, check_blocks(model), run)
  run <- run_for_metric(run, query$blocks[[1]][["metric"]])
  layout <- .Call(C_predict, query$blocks, query$n, query$layout, options, run)
  layout[is.nan(layout)] <- NA
  n_lost <- sum(is.na(layout[, 1]))
  if (n_lost > 0) {
    warn(
      "missing", "`newdata` has ", plural(n_lost, "row"), " without any neighbor in the model: ",
      if (n_lost == 1) "its coordinates are NA" else "their coordinates are NA",
      argument = "newdata"
    )
  }
  new_embedding(layout, NULL, query$row_names, settings_of(model))
}

# Options of the batch optimizer, whatever the model's was: method "full" has a learning rate of its
# own kind.
predict_options <- function(model, n_epochs) {
  settings <- model[["settings"]]
  if (is.null(n_epochs)) n_epochs <- ceiling(settings[["n_epochs"]] / 3)
  settings[["n_epochs"]] <- check_whole(n_epochs, "n_epochs")
  if (settings[["method"]] == "full") settings[["learning_rate"]] <- 1
  c(
    settings[c("local_connectivity", "bandwidth")],
    layout_options(settings, model[["curve"]], model[["seed"]])
  )
}

# ---- New rows as blocks -------------------------------------------------------------------------

# list(blocks, n, row_names, layout): the layout of the old rows that the blocks speak of.
query_of <- function(model, newdata, blocks, run) {
  newdata <- plain_frame(newdata, "newdata")
  is_table <- is.list(newdata) && !is_frame(newdata)
  if (is_table) newdata <- name_tables(newdata)
  if (is_table || blocks[[1]]$kind == "neighbors") {
    return(query_by_neighbors(newdata, is_table, blocks, model, run))
  }
  row_names <- row_names_of(given_names(newdata))
  variables <- model[["variables"]]
  if (!is.null(variables)) newdata <- computed_columns(variables, newdata)
  check_data_shape(newdata, "newdata", min_rows = 1)
  has_search <- kinds_of(blocks) != "categorical"
  rows <- distinct_rows(model)
  k <- as.integer(min(model[["settings"]][["n_neighbors"]], length(rows)))
  n_columns <- model[["n_columns"]]
  layout <- model[["layout"]]
  bytes <- predict_bytes(nrow(layout), n_rows(newdata), row_bytes(newdata), k, ncol(layout))
  check_memory(bytes, run$n_threads, n_rows(newdata), k)
  blocks[has_search] <- Map(function(block, found) {
    block$query <- query_numbers(block, newdata, n_columns, run)
    block$idx <- among_rows(found[["idx"]], rows)
    block$k <- k
    block
  }, blocks[has_search], model_neighbors(model))
  blocks[!has_search] <- lapply(blocks[!has_search], function(block) {
    block$category <- c(query_categories(block, newdata, n_columns), block[["category"]][rows])
    block
  })
  list(
    blocks = blocks, n = n_rows(newdata), row_names = row_names,
    layout = if (length(rows) < nrow(layout)) layout[rows, , drop = FALSE] else layout
  )
}

# A table of neighbors among some rows, which are numbered anew.
among_rows <- function(idx, rows) {
  if (length(rows) == nrow(idx)) return(idx)
  idx <- idx[rows, , drop = FALSE]
  idx[] <- match(idx, rows)
  idx
}

query_numbers <- function(block, newdata, n_columns, run) {
  columns <- query_columns(block[["columns"]], newdata, n_columns)
  numbers <- if (block$kind == "codes") {
    query_codes(block, newdata, n_columns)
  } else {
    check_data(block_numbers(newdata, columns, "newdata"), "newdata", min_rows = 1)
  }
  if (matrix_form(numbers) != block[["form"]]) {
    abort_input(
      "newdata", "must be a ", block[["form"]], " matrix, as the model's data were, not a ",
      matrix_form(numbers), " one",
      value = newdata
    )
  }
  if (is_frame(newdata) && n_columns(numbers) != block_width(block)) {
    abort_input(
      "newdata", "must have ", plural(block_width(block), "column"), " of numbers, as the model's ",
      "data had (a matrix has several), not ", n_columns(numbers),
      value = newdata
    )
  }
  standardize(numbers, block[["standardization"]], run)
}

# Returns the columns of newdata that belong to a block: names, numbers, or NULL for all in their
# order.
query_columns <- function(columns, newdata, n_columns) {
  names <- column_names(newdata)
  if (is.character(columns) && !is.null(names)) {
    missing <- setdiff(columns, names)
    if (length(missing) > 0) {
      abort_input(
        "newdata", "must have all columns of the model, but lacks ", toString(head_of(missing)),
        value = newdata, hint = suggest_name(missing[1], setdiff(names, columns), quote = "\"")
      )
    }
    if (identical(columns, names)) return(NULL)
    unclear <- columns[columns == "" | columns %in% names[duplicated(names)]]
    if (length(unclear) > 0) {
      abort_input(
        "newdata", "must have each column of the model once, by a name of its own, not \"",
        unclear[1], "\" twice or without a name",
        value = newdata
      )
    }
    return(columns)
  }
  if (n_columns(newdata) != n_columns) {
    abort_input(
      "newdata", "must have ", count(n_columns), " columns, as the model's data had, not ",
      count(n_columns(newdata)),
      value = newdata
    )
  }
  if (is.numeric(columns)) return(columns)
  if (!is.null(columns) && length(columns) < n_columns) {
    abort_input(
      "newdata", "must have column names, as the model chose some of its columns by name",
      value = newdata
    )
  }
}

query_categories <- function(block, newdata, n_columns) {
  columns <- query_columns(block[["columns"]], newdata, n_columns)
  values <- data_column(newdata, if (is.null(columns)) 1 else columns)
  check_categories(values, block[["levels"]], block[["columns"]], is_frame(newdata))
  category_codes(values, block[["levels"]])
}

# Serves where all columns are categories.
query_codes <- function(block, newdata, n_columns) {
  columns <- query_columns(block[["columns"]], newdata, n_columns)
  if (is.null(columns)) columns <- seq_along(block[["columns"]])
  values <- lapply(columns, data_column, x = newdata)
  Map(
    check_categories, values, block[["levels"]], block[["columns"]],
    MoreArgs = list(is_typed = is_frame(newdata))
  )
  category_numbers(values, block[["levels"]])
}

# is_typed: whether the column could hold something other than text.
check_categories <- function(values, levels, column, is_typed) {
  are_numbers <- !anyNA(suppressWarnings(as.numeric(levels)))
  check_category(values, "newdata", column, admits_numbers = !is_typed || are_numbers)
  strange <- setdiff(as.character(values[!is.na(values)]), levels)
  if (length(strange) > 0) {
    warn(
      "categories", "`newdata` has categories in column ", column, " that the model does not ",
      "know, and that count as missing: ", toString(head_of(strange)),
      argument = "newdata", value = strange
    )
  }
}

# Computes the variables of a formula in newdata, which must hold everything except functions.
computed_columns <- function(variables, newdata) {
  if (!is.character(variables)) abort_damaged("object", "its formula")
  if (!is_frame(newdata)) {
    abort_input(
      "newdata", "must be a data frame, as the model is of a formula, not ", describe(newdata),
      value = newdata
    )
  }
  calls <- tryCatch(
    lapply(variables, str2lang),
    error = function(e) abort_damaged("object", "its formula")
  )
  missing <- setdiff(unlist(lapply(calls, all.vars)), names(newdata))
  if (length(missing) > 0) {
    abort_input(
      "newdata", "must have all variables of the formula, but lacks ", toString(head_of(missing)),
      value = newdata
    )
  }
  columns <- lapply(calls, function(call) {
    tryCatch(
      eval(call, newdata, globalenv()),
      error = function(e) {
        abort_input(
          "newdata", "must give the columns of the model's formula, but ", deparse(call)[1],
          " fails: ", conditionMessage(e),
          value = newdata, hint = suggest_functions(call)
        )
      }
    )
  })
  lengths <- vapply(columns, NROW, 0L)
  bad <- which(lengths != nrow(newdata))
  if (length(bad) > 0) {
    abort_input(
      "newdata", "must give a value per row, ", count(nrow(newdata)), ", for ",
      names(variables)[bad[1]], ", not ", count(lengths[bad[1]]),
      value = newdata
    )
  }
  structure(columns, names = names(variables), row.names = .set_row_names(nrow(newdata)),
    class = "data.frame"
  )
}

# A model keeps the code of its columns, but not the functions that it calls.
suggest_functions <- function(call) {
  is_found <- function(name) exists(name, globalenv(), mode = "function")
  lost <- Filter(Negate(is_found), setdiff(all.names(call), all.vars(call)))
  if (length(lost) == 0) return(NULL)
  paste0(
    "Functions in a formula are looked for in the global environment and attached packages: ",
    "define ", lost[1], "() there, or make the column before the formula sees it."
  )
}

# ---- Distances in place of rows -----------------------------------------------------------------

query_by_neighbors <- function(newdata, is_table, blocks, model, run) {
  layout <- model[["layout"]]
  n_old <- nrow(layout)
  if (length(blocks) > 1) {
    abort_input(
      "newdata", "must be rows, not distances, as the model has several kinds of columns",
      value = newdata
    )
  }
  check_room <- function(n, k) {
    check_memory(predict_bytes(n_old, n, 0, k, ncol(layout)), run$n_threads, n, k)
  }
  neighbors <- if (is_table) {
    check_neighbor_shape(newdata, "newdata", min_rows = 1)
    check_room(nrow(newdata[["idx"]]), ncol(newdata[["idx"]]))
    check_cross_neighbors(newdata, n_old)
  } else {
    k <- min(model[["settings"]][["n_neighbors"]], n_old)
    distances <- check_cross_distances(newdata, n_old)
    check_room(nrow(distances), k)
    nearest_of_distances(distances, NULL, k, run)
  }
  block <- blocks[[1]]
  block <- new_block(
    "neighbors",
    max_distance = block[["max_distance"]], mean_distance = block[["mean_distance"]],
    weight = block[["weight"]], neighbors = neighbors
  )
  row_names <- rownames(if (is_table) newdata[["idx"]] else newdata)
  list(
    blocks = list(block), n = nrow(neighbors$idx), row_names = row_names_of(row_names),
    layout = layout
  )
}

check_cross_distances <- function(newdata, n_old) {
  is_table <- is_dense(newdata) && holds_numbers(newdata)
  if (!is_table || ncol(newdata) != n_old || nrow(newdata) == 0) {
    abort_input(
      "newdata", "must be a matrix of distances with a column for each of the model's ",
      count(n_old), " rows, or a list of the matrices `idx` and `dist`, not ", describe(newdata),
      value = newdata
    )
  }
  newdata
}

# newdata: after check_neighbor_shape().
check_cross_neighbors <- function(newdata, n_old) {
  idx <- check_neighbor_indices(newdata[["idx"]], newdata[["dist"]], n_old, "newdata")
  dist <- check_neighbor_distances(newdata[["dist"]], idx, "newdata")
  idx <- drop_repeated(idx, dist, array(0, dim(idx)), "newdata")
  dist[is.na(idx)] <- Inf
  in_order <- order(row(idx), dist, idx)
  by_row <- function(x) matrix(x[in_order], nrow(idx), byrow = TRUE)
  list(idx = by_row(idx), dist = by_row(dist))
}
