# What `x` is: data, the similarities of a graph, or distances. Its class says it, or the argument
# `input`; a matrix that only looks like one of pairs is data, with a warning.

inputs <- c("auto", "data", "graph", "distance")

# "data" (of which a `dist` and a list of neighbors are known by class), "graph" or "distance".
input_kind <- function(x, input, choices = inputs) {
  if (input != "auto") return(input)
  if ("graph" %in% choices && (has_class(x, "umap_graph") || is_seurat_graph(x))) return("graph")
  warn_of_pairs(x, choices)
  "data"
}

# Other sparse matrices may as well hold data.
is_seurat_graph <- function(x) {
  isS4(x) && identical(class(x)[1], "Graph") &&
    isTRUE(attr(class(x), "package") %in% c("SeuratObject", "Seurat"))
}

# ---- What looks like a matrix of pairs ----------------------------------------------------------

warn_of_pairs <- function(x, choices) {
  if (!looks_like_pairs(x)) return(invisible())
  remedies <- c(
    graph = "input = \"graph\" if it holds the similarities of a graph",
    distance = "input = \"distance\" if it holds distances",
    data = "input = \"data\" if these are rows of data"
  )
  warn(
    "input", "`x` is a ", matrix_form(x), " matrix that looks like one of pairs of points, and is ",
    "taken as rows of data",
    argument = "x", hint = paste0("Give ", toString(remedies[choices[choices != "auto"]]), ".")
  )
}

# Reads the diagonal and a sample of pairs, however large the matrix is.
looks_like_pairs <- function(x) {
  if (is_frame(x)) return(FALSE)
  if (is_sparse(x)) return(n_rows(x) > 2 && n_rows(x) == n_columns(x) && has_sparse_pairs(x))
  is_dense(x) && holds_numbers(x) && nrow(x) > 2 && nrow(x) == ncol(x) && has_dense_pairs(x)
}

# Distances: symmetric, with a diagonal of zeros, and not negative.
has_dense_pairs <- function(x) {
  n <- nrow(x)
  diagonal <- x[cbind(seq_len(n), seq_len(n))]
  if (anyNA(diagonal) || any(diagonal != 0)) return(FALSE)
  row <- rep_len(seq_len(n), max(n, 2000))
  column <- (row + 37 * (seq_along(row) %/% n) + seq_along(row) %% (n - 1)) %% n + 1
  forth <- x[cbind(row, column)]
  back <- x[cbind(column, row)]
  !anyNA(forth) && !anyNA(back) && all(forth >= 0) && any(forth > 0) &&
    all(abs(forth - back) <= 1e-8 * max(forth))
}

# The same names of rows and columns, or symmetric with a diagonal of zeros or ones.
has_sparse_pairs <- function(x) {
  if (!is_sound_sparse(x)) return(FALSE)
  p <- slot_of(x, "p")
  n_entries <- length(sparse_index(x))
  if (n_entries == 0) return(FALSE)
  names <- row_names(x)
  if (!is.null(names) && identical(names, column_names(x))) return(TRUE)
  sample <- unique(round(seq(1, n_entries, length.out = 300)))
  major <- findInterval(sample - 1, p)
  minor <- sparse_index(x)[sample] + 1L
  value_at <- function(major, minor) {
    entries <- seq_len(p[major + 1] - p[major]) + p[major]
    at <- entries[sparse_index(x)[entries] == minor - 1]
    if (length(at) == 0) 0 else as.double(sparse_values(x, at))
  }
  some <- unique(round(seq(1, n_rows(x), length.out = 300)))
  diagonal <- unique(mapply(value_at, some, some))
  if (!identical(diagonal, 0) && !identical(diagonal, 1)) return(FALSE)
  forth <- as.double(sparse_values(x, sample))
  back <- mapply(value_at, minor, major)
  any(major != minor) && !anyNA(forth) && !anyNA(back) &&
    all(abs(forth - back) <= 1e-6 * max(abs(forth)))
}

# ---- Graphs -------------------------------------------------------------------------------------

# The graph of a sparse symmetric matrix of similarities, as check_graph() returns it, with the
# names of the points. What lies on the diagonal does not count.
matrix_graph <- function(x, arg) {
  pairs <- sparse_pairs(x, arg)
  check_similarities(pairs$value, arg, hint = "Divide them by their maximum.")
  in_order <- order(pairs$row, pairs$col)
  back <- order(pairs$col, pairs$row)
  row <- pairs$row[in_order]
  col <- pairs$col[in_order]
  forth <- pairs$value[in_order]
  back_value <- pairs$value[back]
  is_symmetric <- identical(row, pairs$col[back]) && identical(col, pairs$row[back]) &&
    all(abs(forth - back_value) <= 1e-6 * forth)
  if (!is_symmetric) {
    abort_input(
      arg, "must be symmetric to be a graph",
      value = x, hint = paste0(
        "The fuzzy union makes it so: ", arg, " + t(", arg, ") - ", arg, " * t(", arg, ")."
      )
    )
  }
  list(
    row = row, col = col, similarity = (forth + back_value) / 2, n = n_rows(x),
    names = row_names(x)
  )
}

# given: which of n_neighbors, metric and y the user has given.
graph_input <- function(x, metric, control, given) {
  has_target <- "y" %in% given # whose own graph is made by these settings
  graph <- check_graph(x, "x")
  if (!identical(metric, "euclidean")) plan_blocks(x, metric, control$metric_kwds) # for its errors
  control$metric <- metric
  warn_given(intersect("n_neighbors", given), "a graph is given")
  warn_unused(
    control,
    c(
      "metric", "metric_kwds", "scale", "pca", "neighbor_method", "target_recall", "duplicates",
      if (!has_target) c("set_op_mix_ratio", "local_connectivity", "bandwidth")
    ),
    "a graph is given, not rows"
  )
  list(
    blocks = list(new_block("graph", graph = graph, weight = 1)), n = graph$n,
    row_names = row_names_of(graph$names), metric = "graph"
  )
}

# Whether a model was made of a graph, so that it knows no neighbors.
is_graph_model <- function(model) identical(model[["settings"]][["metric"]], "graph")

# ---- Distances ----------------------------------------------------------------------------------

# A square matrix of distances as a `dist`; a sparse one, which lacks most pairs, as the list of the
# k nearest of each row.
given_distances <- function(x, k, k_arg) {
  if (has_class(x, "dist")) return(x)
  if (is_pairs(x)) return(sparse_neighbors(x, k, k_arg))
  if (is_frame(x)) x <- data_frame_matrix(x, "x")
  if (!is_dense(x) || !holds_numbers(x) || nrow(x) != ncol(x)) {
    abort_input("x", "must be a square matrix of distances, not ", describe(x), value = x)
  }
  n <- nrow(x)
  room <- distance_rounding * largest_finite(c(0, apply(x, 2, largest_finite)))
  check_diagonal(x[cbind(seq_len(n), seq_len(n))], room)
  names <- rownames(x)
  is_counted <- identical(names, as.character(seq_len(n))) # as as.matrix() of a `dist` names them
  lower <- below_diagonal(x, room)
  structure(lower, Size = n, Labels = if (!is_counted) names, class = "dist")
}

largest_finite <- function(x) max(x[is.finite(x)], -Inf)

# The values below the diagonal, column by column, which must be those above it. By blocks of
# columns, as a large matrix leaves no room for copies.
below_diagonal <- function(x, room) {
  n <- nrow(x)
  blocks <- split(seq_len(n), (seq_len(n) - 1) %/% 256)
  lower <- lapply(blocks, function(columns) {
    is_below <- outer(seq_len(n), columns, ">")
    lower <- as.double(x[, columns, drop = FALSE][is_below])
    upper <- as.double(t(x[columns, , drop = FALSE])[is_below])
    is_same <- lower == upper | abs(lower - upper) <= room | (is.na(lower) & is.na(upper))
    bad <- which(is.na(is_same) | !is_same)[1]
    if (!is.na(bad)) {
      place <- which(is_below, arr.ind = TRUE)[bad, ]
      abort_input(
        "x", "must be symmetric to be distances, but has ", describe(lower[bad]), " and ",
        describe(upper[bad]), " for points ", columns[place[2]], " and ", place[1],
        value = x
      )
    }
    lower
  })
  unlist(lower, use.names = FALSE)
}

check_diagonal <- function(diagonal, room) {
  bad <- which(is.na(diagonal) | abs(diagonal) > room)
  if (length(bad) == 0) return(invisible())
  abort_input(
    "x", "must have a diagonal of zeros to be distances, but has ", describe(diagonal[bad[1]]),
    " in row ", bad[1],
    value = diagonal[bad[1]],
    hint = "A sparse matrix of similarities is taken by input = \"graph\" of umap()."
  )
}

# Pairs that are not stored, and those stored as 0, are missing.
sparse_neighbors <- function(x, k, k_arg) {
  pairs <- sparse_pairs(x, "x")
  n <- n_rows(x)
  room <- distance_rounding * largest_finite(c(pairs$value, 0))
  check_diagonal(pairs$diagonal, room)
  bad <- which(is.na(pairs$value) | pairs$value < -room)
  if (length(bad) > 0) {
    value <- pairs$value[bad[1]]
    abort_input(
      "x", "holds a ", if (is.na(value)) "missing distance" else "negative distance, ",
      if (!is.na(value)) paste0(signif(value, 3), ","), " in row ", pairs$row[bad[1]], ", column ",
      pairs$col[bad[1]],
      value = value
    )
  }
  k <- check_n_neighbors(k, k_arg, n)
  most <- max(tabulate(pairs$row, n)) + 1L
  if (most < 2) {
    abort_input("x", "has no distances but those of points to themselves", value = x)
  }
  if (k > most) {
    warn(
      "reduced", "`", k_arg, "` is ", count(k), " but `x` has no more than ", count(most - 1L),
      " distances in a row: using ", count(most),
      argument = k_arg, value = k
    )
    k <- most
  }
  value <- pmax(pairs$value, 0)
  in_order <- order(pairs$row, value, pairs$col)
  row <- pairs$row[in_order]
  rank <- sequence(tabulate(row, n)) + 1L
  is_kept <- rank <= k
  place <- cbind(row, rank)[is_kept, , drop = FALSE]
  idx <- cbind(seq_len(n), matrix(NA_integer_, n, k - 1))
  dist <- cbind(numeric(n), matrix(Inf, n, k - 1))
  idx[place] <- pairs$col[in_order][is_kept]
  dist[place] <- value[in_order][is_kept]
  idx[is.infinite(dist)] <- NA
  rownames(idx) <- row_names(x)
  new_neighbors(idx, dist, "precomputed", "exact")
}
