# Makes neighbors into the weighted graph that the layout shows.

#' Local scale of each point
#'
#' Returns the local scale of each point: \eqn{\rho}{rho}, the distance to its nearest neighbor, and
#' the \eqn{\sigma}{sigma} with which the similarities to its \eqn{k - 1} neighbors sum up to
#' `log2(k) * bandwidth`:
#' \deqn{\sum_j \exp(-\max(0, d_{ij} - \rho_i) / \sigma_i) = \log_2(k)\, bandwidth}{
#' sum_j exp(-max(0, d_ij - rho_i) / sigma_i) = log2(k) * bandwidth}
#' In dense regions \eqn{\sigma} is small, in sparse ones large.
#'
#' \eqn{\sigma} is at least a thousandth of the mean distance in the row, or of all mean distances
#' where \eqn{\rho} is 0; there the sum can be greater.
#'
#' @param nn Neighbors as [nearest_neighbors()] returns them, or any list of the matrices `idx`
#'   (n x k, row numbers from 1; `NA`, -1 or 0 where a neighbor is missing) and `dist`. The lists
#'   that the packages BiocNeighbors (`index`, `distance`), FNN (`nn.index`, `nn.dist`), RANN
#'   (`nn.idx`, `nn.dists`), dbscan (`id`, `dist`) and uwot make are taken as they are. A list
#'   without the points themselves gets them as an additional first column; rows are sorted by
#'   distance. Distances below 0 by no more than a millionth of the largest one come from rounding,
#'   and count as 0.
#' @param local_connectivity Which nonzero distance is \eqn{\rho}{rho}: the nearest for 1, the
#'   second nearest for 2; between them it is interpolated.
#' @param bandwidth Factor, greater than 0, of the sum that is aimed at.
#' @inheritParams umap
#' @return A data frame with one row per point and the columns `rho` and `sigma`, in units of the
#'   distances.
#' @source McInnes, Healy, Melville (2018), section 3.1 and algorithm 3,
#'   \doi{10.48550/arXiv.1802.03426}.
#' @seealso [fuzzy_graph()], which needs the same arguments and not this result.
#' @examples
#' nn <- nearest_neighbors(digits$pixels[1:500, ])
#' scale <- smooth_knn(nn)
#' summary(scale)
#' similarity <- exp(-pmax(0, nn$dist[1, -1] - scale$rho[1]) / scale$sigma[1])
#' sum(similarity) - log2(15)
#' @export
smooth_knn <- function(nn, local_connectivity = 1, bandwidth = 1, n_threads = NULL) {
  settings <- check_graph_settings(1, local_connectivity, bandwidth)
  scale_neighbors(check_neighbors(nn, "nn"), settings, run_settings(n_threads, FALSE))
}

scale_neighbors <- function(nn, settings, run) {
  scale <- .Call(
    C_smooth_knn, nn$idx, nn$dist, settings$local_connectivity, settings$bandwidth,
    max_distance(nn$metric), run
  )
  data.frame(rho = scale$rho, sigma = scale$sigma)
}

#' The fuzzy graph of the data
#'
#' Returns the weighted graph of the data. Each point \eqn{i} is similar to its neighbor \eqn{j} by
#' \eqn{A_{ij} = \exp(-\max(0, d_{ij} - \rho_i) / \sigma_i)}{A_ij = exp(-max(0, d_ij - rho_i) /
#' sigma_i)}, see [smooth_knn()]. The two similarities of a pair are joined to
#' \deqn{r (A + A' - A \circ A') + (1 - r) A \circ A'}{r (A + A' - A * A') + (1 - r) A * A'}
#' with \eqn{r} = `set_op_mix_ratio`: the fuzzy union for 1, the fuzzy intersection for 0.
#'
#' @param set_op_mix_ratio Mixture of union (1) and intersection (0), a number from 0 to 1.
#' @inheritParams smooth_knn
#' @return A data frame of class `umap_graph` with one row per nonzero entry of the symmetric
#'   matrix, sorted by `row`, then `col`: each pair comes in both directions.
#'   \item{row, col}{Row numbers of the data, from 1.}
#'   \item{similarity}{A number greater than 0, at most 1.}
#'   The attribute `n` is the number of points.
#' @source McInnes, Healy, Melville (2018), section 3.1 and algorithm 2,
#'   \doi{10.48550/arXiv.1802.03426}.
#' @seealso [initial_layout()] and [optimize_layout()], which come next.
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' graph
#' hist(graph$similarity)
#' @export
fuzzy_graph <- function(nn, set_op_mix_ratio = 1, local_connectivity = 1, bandwidth = 1,
                        n_threads = NULL) {
  settings <- check_graph_settings(set_op_mix_ratio, local_connectivity, bandwidth)
  nn <- check_neighbors(nn, "nn")
  run <- run_settings(n_threads, FALSE)
  scale <- scale_neighbors(nn, settings, run)
  graph <- .Call(
    C_fuzzy_graph, nn$idx, nn$dist, scale$rho, scale$sigma, settings$set_op_mix_ratio,
    max_distance(nn$metric), run
  )
  new_graph(graph, nrow(nn$idx))
}

graph_columns <- c("row", "col", "similarity")

# The class umap_graph: a data frame with a row for each entry of a symmetric n x n matrix.
new_graph <- function(triplets, n) {
  structure(
    triplets[graph_columns],
    row.names = .set_row_names(length(triplets[["row"]])), n = n,
    class = c("umap_graph", "data.frame")
  )
}

# The least float above 0, as which C keeps a similarity.
smallest_similarity <- 2^-149

# Checks a graph that may have been edited, or a sparse matrix: nodes in range, weights in (0, 1],
# symmetric.
check_graph <- function(graph, arg = "graph") {
  if (has_class(graph, "umap_model")) graph <- graph[["graph"]]
  if (is_pairs(graph)) return(matrix_graph(graph, arg))
  if (!is_frame(graph) || !all(graph_columns %in% names(graph))) {
    abort_input(
      arg, "must be a data frame with the columns row, col and similarity, not ", describe(graph),
      value = graph, hint = if (isS4(graph)) {
        paste(
          "A sparse matrix must be a dgCMatrix or dsCMatrix, such as",
          "as(as(x, \"generalMatrix\"), \"CsparseMatrix\")."
        )
      } else if (is_dense(graph)) {
        "A symmetric matrix must be sparse, such as a dgCMatrix or dsCMatrix."
      }
    )
  }
  check_column_lengths(graph, arg)
  graph <- structure(unclass(graph)[graph_columns], n = attr(graph, "n", exact = TRUE))
  for (column in graph_columns) {
    if (!holds_numbers(graph[[column]]) || NCOL(graph[[column]]) != 1) {
      abort_input(
        arg, "must have numbers in column ", column, ", not ", describe(graph[[column]]),
        value = graph[[column]]
      )
    }
  }
  n <- graph_size(graph, arg)
  check_graph_nodes(graph$row, "row", n, arg)
  check_graph_nodes(graph$col, "col", n, arg)
  check_similarities(graph$similarity, arg)
  check_edges(graph, arg)
  list(
    row = as.integer(graph$row), col = as.integer(graph$col),
    similarity = as.double(graph$similarity), n = n
  )
}

check_similarities <- function(similarity, arg, hint = NULL) {
  if (anyNA(similarity) || any(similarity < smallest_similarity | similarity > 1)) {
    abort_input(
      arg, "must have similarities greater than 0 (at least 2^-149) and at most 1",
      value = similarity, hint = if (any(similarity > 1, na.rm = TRUE)) hint
    )
  }
  if (length(similarity) == 0) {
    warn("isolated", "`", arg, "` has no edges: only chance decides where its points are put",
      argument = arg
    )
  }
}

# A graph that is a plain data frame may have lost its size; then the highest number serves.
graph_size <- function(graph, arg) {
  n <- attr(graph, "n", exact = TRUE)
  if (is.null(n)) {
    if (length(graph$row) == 0) abort_input(arg, "has no edges")
    n <- max(graph$row, graph$col)
  } else if (!is_number(n) || n != round(n) || n < 2) {
    abort_input(
      arg, "must have as attribute `n` its number of points, a whole number of at least 2, not ",
      describe(n),
      value = n
    )
  }
  # Memory grows with n: a typing error must not ask for all memory.
  if (is_number(n) && n > 1e6 && n > 100 * length(graph$row)) {
    abort_input(
      arg, "has only ", count(length(graph$row)), " edges for ", count(n), " points",
      value = n
    )
  }
  check_whole(n, arg, min = 2)
}

check_graph_nodes <- function(nodes, column, n, arg) {
  if (anyNA(nodes) || any(nodes != round(nodes) | nodes < 1 | nodes > n)) {
    abort_input(
      arg, "must have whole numbers from 1 to ", count(n), " in column ", column,
      value = nodes
    )
  }
}

check_edges <- function(graph, arg) {
  forth <- order(graph$row, graph$col)
  back <- order(graph$col, graph$row)
  row <- graph$row[forth]
  col <- graph$col[forth]
  if (any(diff(row) == 0 & diff(col) == 0)) {
    abort_input(arg, "names an edge twice", value = graph)
  }
  is_symmetric <- all(row == graph$col[back]) && all(col == graph$row[back]) &&
    all(graph$similarity[forth] == graph$similarity[back])
  if (!is_symmetric) {
    abort_input(
      arg, "must have each edge in both directions, with the same similarity",
      value = graph
    )
  }
}

# ---- Methods ------------------------------------------------------------------------------------

# Edges of a graph are a graph of the same points, while they have their three columns.
#' @export
`[.umap_graph` <- function(x, ...) {
  taken <- NextMethod()
  if (!is.data.frame(taken)) return(taken)
  if (!all(graph_columns %in% names(taken))) return(plain_graph(taken))
  structure(taken, n = attr(x, "n", exact = TRUE), class = oldClass(x))
}

#' @export
rbind.umap_graph <- function(..., deparse.level = 1) {
  parts <- Filter(Negate(is.null), list(...))
  sizes <- lapply(parts, attr, "n", exact = TRUE)
  is_one_graph <- all(vapply(parts, inherits, NA, "umap_graph")) && length(unique(sizes)) == 1
  bound <- do.call(rbind.data.frame, lapply(parts, plain_graph))
  if (!is_one_graph) return(bound)
  structure(bound, n = sizes[[1]], class = oldClass(parts[[1]]))
}

plain_graph <- function(x) {
  if (!inherits(x, "umap_graph")) return(x)
  attr(x, "n") <- NULL
  class(x) <- setdiff(oldClass(x), "umap_graph")
  x
}
