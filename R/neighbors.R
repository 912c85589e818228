# Returns nearest neighbors: found in data, taken from distances, or given.

#' Nearest neighbors
#'
#' Returns, for each row of a matrix, the rows nearest to it, the first of which is the row itself;
#' or, for each row of a second matrix, the rows of the first that are nearest to it.
#'
#' The methods are
#' - `"exact"`: every pair of rows is compared, or a k-d tree is searched when there are few
#'   columns;
#' - `"clusters"`: rows are projected, quantized and clustered, near clusters are searched and the
#'   best candidates compared exactly. A sample of rows shows beforehand how many clusters and
#'   candidates it takes to find the fraction `target_recall` of the neighbors;
#' - `"nndescent"`: random-projection trees, then neighbors of neighbors until nothing improves
#'   (Dong, Charikar and Li 2011), or every pair for `k` above a quarter of the rows; a few in a
#'   hundred may be missed, and a fifth or more in noise of many columns;
#' - `"auto"`: exact for up to 2,048 rows or 4 columns, or `k` above an eighth of the rows, or
#'   sparse rows that share few columns. Else clusters for metrics that reduce to Euclidean distance
#'   (those named after Euclid, mahalanobis, cosine, correlation, spearman, hellinger, haversine) or
#'   near to that (manhattan), if the matrix is dense; nndescent otherwise, which begins with
#'   clusters where it can. Where these fall short of `target_recall` by more than 0.05, as in noise
#'   of many columns or next to values that are far out, every pair is compared if that is a matter
#'   of seconds; else nndescent follows clusters, and the better table stays. `method` in the
#'   result says what was done.
#'
#' A warning says when the fraction found is still more than 0.05 below `target_recall`.
#'
#' @section New rows:
#' With `query`, rows of `query` are compared only with rows of `x`. They are prepared as the rows
#' of `x` were: variances and covariances, for example, come from `x`. When there are many, the
#' search goes from neighbor to neighbor in a graph that is made of `neighbors`, a table of
#' neighbors of the rows of `x` in the same metric (found first when it is not given); a few
#' neighbors in a hundred may be missed, and the method is `"graph"`. Where a sample of the queries
#' finds fewer than 90% of its nearest rows, the search is repeated, with every pair of rows if that
#' is a matter of seconds; a warning says when it is still below. When there are few queries, and
#' with `method = "exact"`, every pair is compared.
#'
#' @param k Number of neighbors, at least 2, the row itself included. When it exceeds the number of
#'   rows, it is reduced to that with a warning. For queries at least 1, and no more than rows of
#'   `x`.
#' @param x A matrix of numbers (double, integer or logical), a data frame whose columns are
#'   numeric or logical, a sparse matrix or a raw matrix of packed bits (see [metrics]), with one
#'   row per point, at least two; or distances of class `dist`, next to which only `k` has an effect
#'   (a warning names others). Missing and infinite values are errors, except infinite distances:
#'   such points are not neighbors, `NA` in `idx`. Distances below 0 by no more than a millionth of
#'   the largest one come from rounding, and count as 0; others are errors.
#' @param metric The name of one of the [metrics], or an R function of two rows.
#' @param metric_kwds A list of the arguments that some [metrics] have, or `NULL`.
#' @param query New rows, a matrix of the kind of `x` with as many columns; or `NULL` for the rows
#'   of `x` themselves. Columns are matched by their place, whatever their names, while
#'   [predict()][predict.umap_model] finds them by name.
#' @param neighbors Neighbors of the rows of `x` that are known, to speed up queries; or `NULL`.
#' @param method How to search, see below.
#' @param target_recall Part of the true neighbors that method `"clusters"` is to find, in \[0,
#'   1\]. The nearer to 1, the longer it takes; it has no effect on other methods or on `query`.
#' @param input What `x` is: `"data"`, or `"distance"` for a square matrix of distances, dense or
#'   sparse, see [umap_control()]; `"auto"` takes a matrix as data, with a warning if it looks like
#'   one of distances.
#' @inheritParams umap
#' @return A list of class `umap_neighbors`:
#'   \item{idx}{An integer matrix, n x k: row numbers, from 1. The first column is the row itself.}
#'   \item{dist}{A matrix, n x k: the distances, in units of the metric, ascending in each row.
#'     Equal distances are ordered by row number. Of equal rows that are more than `k`, each takes
#'     others at random and is taken by as many.}
#'   \item{metric, method}{The metric, and the method that was used.}
#'   \item{recall}{The part of the true neighbors that was found: 1 when the search was exact, an
#'     estimate from 256 rows (512 from 50,000 rows on) when it was by clusters (standard error
#'     about 0.002), from 64 rows when it was by nndescent. [neighbor_recall()] measures it on more
#'     rows.}
#'
#'   With `query` a list of `idx` and `dist` with a row per row of `query`, without a column for the
#'   row itself, and `metric`, `method` and `recall`, the fraction of the nearest rows of `x` that
#'   was found, by a sample of 16 to 64 rows of `query`.
#' @source McInnes, Healy, Melville (2018), section 3.1, \doi{10.48550/arXiv.1802.03426}. Dong,
#'   Charikar, Li (2011), Efficient k-nearest neighbor graph construction for generic similarity
#'   measures, WWW '11, 577-586, \doi{10.1145/1963405.1963487}.
#' @seealso [smooth_knn()] and [fuzzy_graph()], which come next; [umap()] accepts the result as its
#'   `x`.
#' @examples
#' nn <- nearest_neighbors(digits$pixels[1:500, ], k = 10)
#' nn
#' nn$idx[1:3, ]
#' plot(nn$dist[1, ], xlab = "nth neighbor of the first image", ylab = "distance")
#' new <- nearest_neighbors(digits$pixels[1:500, ], k = 3, query = digits$pixels[501:504, ])
#' new$idx
#' @export
nearest_neighbors <- function(x, k = 15, metric = "euclidean",
                              method = c("auto", "exact", "clusters", "nndescent"), seed = 42,
                              n_threads = NULL, verbose = NULL, metric_kwds = NULL, query = NULL,
                              neighbors = NULL, target_recall = 0.99,
                              input = c("auto", "data", "distance")) {
  method <- check_choice(method, "method", neighbor_methods)
  target_recall <- check_number(target_recall, "target_recall", min = 0, max = 1)
  if (is.null(query) && !is.null(neighbors)) {
    abort_input("neighbors", "is of use only with `query`", value = neighbors)
  }
  choices <- setdiff(inputs, "graph")
  input <- check_choice(input, "input", choices)
  if (input == "distance" && !is.null(query)) {
    abort_input("query", "must be NULL where `x` holds distances", value = query)
  }
  if (input_kind(x, input, choices) == "distance") x <- given_distances(x, k, "k")
  is_found <- input == "distance" && has_class(x, "umap_neighbors")
  if (is_found || (has_class(x, "dist") && is.null(query))) {
    is_given <- c(
      metric = !is_metric_of_distances(metric, attr(x, "method")),
      metric_kwds = length(metric_kwds) > 0, method = !method %in% c("auto", "exact"),
      target_recall = target_recall != 0.99
    )
    warn_given(names(which(is_given)), "the distances are given")
    if (is_found) return(x)
    n <- check_dist(x)
    k <- check_n_neighbors(k, "k", n)
    run <- run_settings(n_threads, verbose)
    check_memory(search_bytes(n, 0, k), run$n_threads, n, k)
    return(dist_neighbors(x, k, run))
  }
  x <- check_data(x)
  choice <- check_metric(metric, metric_kwds, n_columns(x))
  if (method == "nndescent" || !is.null(query)) {
    why <- "it is for the search by clusters among the rows of `x`"
    warn_unused(list(target_recall = target_recall), "target_recall", why)
  }
  seed <- check_seed(seed)
  run <- run_for_metric(run_settings(n_threads, verbose), choice)
  if (!is.null(query)) {
    return(query_neighbors(x, query, neighbors, k, choice, method, seed, run))
  }
  k <- check_n_neighbors(k, "k", n_rows(x))
  n <- n_rows(x)
  check_memory(search_bytes(n, row_bytes(x), k), run$n_threads, n, k)
  found <- .Call(C_nearest_neighbors, x, k, choice, method, target_recall, seed, run)
  found$idx <- with_row_names(found$idx, x)
  new_neighbors(found$idx, found$dist, choice$name, found$method, choice$kwds, found$recall)
}

new_neighbors <- function(idx, dist, metric, method, metric_kwds = NULL, recall = NULL) {
  neighbors <- list(idx = idx, dist = dist, metric = metric, method = method)
  neighbors$recall <- recall
  neighbors$metric_kwds <- metric_kwds
  structure(neighbors, class = "umap_neighbors")
}

# Without names there is nothing to set, and no copy to make for it.
with_row_names <- function(idx, x) {
  names <- row_names(x)
  if (!is.null(names)) rownames(idx) <- names
  idx
}

# ---- Neighbors of new rows ----------------------------------------------------------------------

query_neighbors <- function(x, query, neighbors, k, metric, method, seed, run) {
  query <- check_query(query, x)
  k <- check_whole(k, "k", min = 1)
  if (k > n_rows(x)) {
    abort_input(
      "k", "must be at most the number of rows of `x`, ", count(n_rows(x)), ", not ", count(k),
      value = k
    )
  }
  idx <- check_search_graph(neighbors, n_rows(x))
  if (!is.null(idx) && method == "exact") warn_given("neighbors", "every pair is compared")
  bytes <- query_bytes(n_rows(x), n_rows(query), row_bytes(x) + row_bytes(query), k)
  check_memory(bytes, run$n_threads, n_rows(query), k)
  found <- .Call(C_query_neighbors, x, query, idx, k, metric, method, seed, run)
  found$idx <- with_row_names(found$idx, query)
  found$metric <- metric$name
  found$metric_kwds <- metric$kwds
  found
}

check_query <- function(query, x) {
  query <- check_data(query, "query", min_rows = 1)
  if (n_columns(query) != n_columns(x)) {
    abort_input(
      "query", "must have as many columns as `x`, ", n_columns(x), ", not ", n_columns(query),
      value = query
    )
  }
  if (matrix_form(query) != matrix_form(x)) {
    abort_input("query", "must be a ", matrix_form(x), " matrix, as `x` is", value = query)
  }
  query
}

check_search_graph <- function(neighbors, n) {
  if (is.null(neighbors)) return(NULL)
  idx <- check_neighbors(neighbors, "neighbors")$idx
  if (nrow(idx) != n) {
    abort_input(
      "neighbors", "must have one row per row of `x`, ", n, ", not ", nrow(idx),
      value = neighbors
    )
  }
  idx
}

# ---- From distances -----------------------------------------------------------------------------

# Returns the number of points of a `dist`.
check_dist <- function(x) {
  n <- attr(x, "Size", exact = TRUE)
  if (!is_number(n) || n != round(n) || n < 0 || n > .Machine$integer.max) {
    abort_input(
      "x", "is not a valid `dist`: its attribute Size must be a number of points, not ",
      describe(n),
      value = x
    )
  }
  n <- as.integer(n)
  if (n < 2) {
    abort_input(
      "x", "has only ", n, " point: there is nothing to compare it with",
      value = x
    )
  }
  n_pairs <- as.double(n) * (n - 1) / 2
  if (!holds_numbers(x) || length(x) != n_pairs) {
    abort_input(
      "x", "is not a valid `dist`: it must hold a number for each pair of its Size",
      value = x
    )
  }
  labels <- attr(x, "Labels", exact = TRUE)
  if (!is.null(labels) && !(is.atomic(labels) && length(labels) == n)) {
    abort_input(
      "x", "is not a valid `dist`: its attribute Labels must be ", n, " names or NULL, not ",
      describe(labels),
      value = x
    )
  }
  n
}

# Whether `metric` adds nothing to what the distances themselves say.
is_metric_of_distances <- function(metric, known) {
  is_text(metric) && metric %in% c("euclidean", "precomputed", known)
}

dist_neighbors <- function(x, k, run) {
  n <- attr(x, "Size", exact = TRUE)
  found <- nearest_of_distances(x, n, k, run)
  rownames(found$idx) <- attr(x, "Labels", exact = TRUE)
  new_neighbors(found$idx, found$dist, "precomputed", "exact")
}

# idx and dist of the k nearest. x: a `dist` of `size` points, or (size NULL) a matrix with a row
# for each new row and a column for each point. Equal distances are ordered by index; a point at an
# infinite distance is NA.
nearest_of_distances <- function(x, size, k, run) {
  if (!is.double(x)) storage.mode(x) <- "double"
  .Call(C_nearest_of_distances, x, size, k, run)
}

# ---- Given --------------------------------------------------------------------------------------

# Names that packages give to the row numbers and the distances of a neighbor list.
neighbor_names <- list(
  unfurl = c("idx", "dist"),
  uwot = c("idx", "dist"),
  FNN = c("nn.index", "nn.dist"),
  RANN = c("nn.idx", "nn.dists"),
  BiocNeighbors = c("index", "distance"),
  dbscan = c("id", "dist")
)

# Returns a neighbor list in the form of nearest_neighbors(): self first, then ascending.
check_neighbors <- function(nn, arg) {
  if (has_class(nn, "umap_model")) nn <- check_model(nn, arg)[["neighbors"]]
  nn <- name_tables(nn)
  check_neighbor_shape(nn, arg)
  row_names <- rownames(nn[["idx"]])
  n <- nrow(nn[["idx"]])
  idx <- check_neighbor_indices(nn[["idx"]], nn[["dist"]], n, arg)
  dist <- check_neighbor_distances(nn[["dist"]], idx, arg)
  idx[is.infinite(dist)] <- NA
  idx <- drop_repeated(idx, dist, row(idx), arg)
  dist[is.na(idx)] <- Inf
  if (!is_canonical(idx, dist)) {
    sorted <- sort_neighbors(idx, dist)
    idx <- sorted$idx
    dist <- sorted$dist
  }
  if (ncol(idx) < 2) abort_input(arg, "has no neighbors but the points themselves", value = nn)
  rownames(idx) <- row_names
  metric <- given_or(nn[["metric"]], "precomputed")
  new_neighbors(idx, dist, metric, given_or(nn[["method"]], "given"))
}

# A neighbor list of another package with the names of this one. uwot keeps it in a list, by metric.
name_tables <- function(nn) {
  if (!is.list(nn) || is_frame(nn)) return(nn)
  named <- unclass(nn)
  is_nested <- length(named) == 1 && is.list(named[[1]]) && !is_frame(named[[1]])
  if (is_nested) named <- c(unclass(named[[1]]), metric = intersect(names(named), metrics))
  for (tables in neighbor_names) {
    if (all(tables %in% names(named))) {
      named[c("idx", "dist")] <- named[tables]
      return(named)
    }
  }
  nn
}

given_or <- function(x, default) if (is.character(x) && length(x) == 1) x else default

check_neighbor_shape <- function(nn, arg, min_rows = 2) {
  idx <- if (is.list(nn)) nn[["idx"]]
  dist <- if (is.list(nn)) nn[["dist"]]
  if (!is_dense(idx) || !is_dense(dist)) {
    abort_input(
      arg, "must be a list with the matrices `idx` and `dist`, not ", describe(nn),
      value = nn, hint = suggest_tables(nn, arg)
    )
  }
  strange <- Filter(Negate(holds_numbers), list(idx = idx, dist = dist))
  if (length(strange) > 0) {
    abort_input(
      arg, "must have numbers in `", names(strange)[1], "`, not ", describe(strange[[1]]),
      value = strange[[1]]
    )
  }
  if (!identical(dim(idx), dim(dist))) {
    abort_input(
      arg, "must have `idx` and `dist` of one shape, not ", shape(idx), " and ", shape(dist),
      value = nn
    )
  }
  if (nrow(idx) < min_rows || ncol(idx) == 0) {
    abort_input(
      arg, "must have ", plural(min_rows, "row"), " or more and a column, not ", shape(idx),
      value = nn
    )
  }
}

# Names that other packages use for `idx` and `dist`.
suggest_tables <- function(nn, arg) {
  tables <- if (is.list(nn)) names(Filter(is_dense, nn))
  dist <- grep("dist", tables, value = TRUE)
  idx <- setdiff(tables, dist)
  if (length(idx) != 1 || length(dist) != 1) return(suggest_element(nn, arg))
  suggest_code(call("list", idx = element_of(arg, idx), dist = element_of(arg, dist)))
}

# Missing neighbors become NA: they are NA, -1, or 0 with a distance that means nothing. n: number
# of rows that the neighbors come from.
check_neighbor_indices <- function(idx, dist, n, arg) {
  idx[idx == -1 | is_missing_zero(idx, dist)] <- NA
  bad <- which(!is.na(idx) & (idx != round(idx) | idx < 1 | idx > n), arr.ind = TRUE)
  if (length(bad) > 0) {
    value <- idx[bad[1, , drop = FALSE]]
    abort_input(
      arg, "has an index in `idx` that is not a whole number from 1 to ", count(n), ": ", value,
      " in row ", bad[1, 1],
      value = value, hint = if (value == 0) "Rows count from 1: add 1 to `idx` if it counts from 0."
    )
  }
  matrix(as.integer(idx), nrow(idx))
}

# Packages write 0 where they found no neighbor, with a distance that is 0, missing, or beyond all
# others of the row. Next to another distance it is the first row of a table that counts from 0.
is_missing_zero <- function(idx, dist) {
  is_zero <- idx == 0 & !is.na(idx)
  if (!any(is_zero)) return(is_zero)
  others <- replace(dist, is_zero | is.na(dist), -Inf)
  farthest <- others[cbind(seq_len(nrow(idx)), max.col(others, "first"))]
  is_zero & (is.na(dist) | dist == 0 | dist > farthest)
}

# Neighbors that are listed twice at one distance count once. So does the row itself, self, at any:
# uwot puts it first in rows whose copies its search has put first.
drop_repeated <- function(idx, dist, self, arg) {
  pair <- (as.double(idx) - 1) * nrow(idx) + row(idx)
  is_repeated <- duplicated(as.vector(pair), incomparables = NA)
  if (!any(is_repeated)) return(idx)
  first <- match(pair[is_repeated], pair)
  differs <- dist[first] != dist[is_repeated] & idx[is_repeated] != self[is_repeated]
  if (any(differs)) {
    row <- row(idx)[is_repeated][differs][1]
    abort_input(
      arg, "names a neighbor twice in row ", row, " of `idx`, at different distances",
      value = idx[row, ]
    )
  }
  replace(idx, is_repeated, NA)
}

# Fraction of the largest distance by which rounding makes some negative; as in C.
distance_rounding <- 1e-6

# A missing neighbor is infinitely far away. What rounding made negative is 0.
check_neighbor_distances <- function(dist, idx, arg) {
  dist[is.na(idx)] <- Inf
  if (any(dist < 0, na.rm = TRUE)) {
    largest <- max(0, dist[is.finite(dist)])
    dist[which(dist < 0 & dist >= -distance_rounding * largest)] <- 0
  }
  bad <- which(is.na(dist) | dist < 0, arr.ind = TRUE)
  if (length(bad) > 0) abort_distance(dist[bad[1, , drop = FALSE]], bad[1, ], arg)
  matrix(as.double(dist), nrow(dist))
}

abort_distance <- function(value, place, arg) {
  is_missing <- is.na(value)
  what <- if (is_missing) "missing distance" else paste0("negative distance, ", signif(value, 3))
  abort_input(
    arg, "has a ", what, if (!is_missing) ",", " in row ", place[1], ", column ", place[2],
    " of `dist`",
    value = value, hint = if (is_missing) {
      "Make its index NA, too, where a neighbor is missing."
    } else {
      "Turn similarities into distances, for example by 1 - x, or set it to 0."
    }
  )
}

is_canonical <- function(idx, dist) {
  k <- ncol(idx)
  identical(idx[, 1], seq_len(nrow(idx))) && all(dist[, 1] == 0) &&
    all(dist[, -1, drop = FALSE] >= dist[, -k, drop = FALSE])
}

# Puts self first and the others in order. A table without self in most rows gets a column for it
# (some packages list the row itself even there among its copies); in a table that forgot it in some
# rows only, these rows lose their last neighbor instead.
sort_neighbors <- function(idx, dist) {
  n <- nrow(idx)
  is_self <- !is.na(idx) & idx == row(idx)
  k <- ncol(idx) + (2 * sum(is_self) < n)
  idx <- cbind(seq_len(n), replace(idx, is_self, NA))
  dist <- cbind(rep(-1, n), replace(dist, is_self, Inf))
  in_order <- order(row(idx), dist, idx)
  by_row <- function(x) matrix(x[in_order], n, byrow = TRUE)[, seq_len(k), drop = FALSE]
  sorted <- list(idx = by_row(idx), dist = by_row(dist))
  sorted$dist[, 1] <- 0
  sorted
}
