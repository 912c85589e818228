# Where the points start, and how they move.

inits <- c("spectral", "pca", "random")

#' The start of a layout
#'
#' @details
#' - `"spectral"`: eigenvectors 2 to `n_components` + 1 of the normalised Laplacian
#'   \eqn{I - D^{-1/2} W D^{-1/2}}{I - D^-1/2 W D^-1/2} of the graph. When the graph falls apart,
#'   each connected component is laid out by itself and they are put beside each other, by their
#'   mean rows in `x` when that is given. When the eigenvectors are not found in a bounded number of
#'   steps, a warning says what was taken instead.
#' - `"pca"`: the first principal components of `x`.
#' - `"random"`: uniform in a cube from -10 to 10.
#'
#' The first two are scaled so that the largest coordinate is 10, and shaken a little, for no two
#' points should coincide.
#'
#' @param graph Symmetric graph from [fuzzy_graph()]: a data frame with columns `row`, `col` and
#'   `similarity` that has each edge in both directions.
#' @param init `"spectral"`, `"pca"`, `"random"`, or a matrix n x `n_components`, which is checked
#'   and returned.
#' @param n_components Number of dimensions, at least 1.
#' @param x The data of the graph, one row per point: needed for `"pca"`, optional for `"spectral"`.
#' @param metric The metric of the graph. For `"cosine"` and `"correlation"` the rows of `x` count by
#'   their direction here as well.
#' @inheritParams umap
#' @return A numeric matrix, n x `n_components`.
#' @source McInnes, Healy, Melville (2018), section 3.2 and algorithm 4,
#'   \doi{10.48550/arXiv.1802.03426}.
#' @seealso [optimize_layout()], which comes next.
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' start <- initial_layout(graph)
#' plot(start, col = digits$label[1:500], asp = 1)
#' @export
initial_layout <- function(graph, init = "spectral", n_components = 2, x = NULL,
                           metric = "euclidean", seed = 42, n_threads = NULL) {
  graph <- check_graph(graph)
  metric <- check_metric(metric)
  n_components <- check_whole(n_components, "n_components", min = 1)
  if (!is.null(x)) x <- check_data(x)
  if (!is.null(x) && n_rows(x) != graph$n) {
    abort_input("x", "must have one row per point of the graph, ", graph$n, ", not ", n_rows(x))
  }
  init <- check_init(init, graph$n, n_components, x)
  seed <- check_seed(seed)
  run <- run_settings(n_threads, FALSE)
  if (is.matrix(init)) return(init)
  .Call(
    C_initial_layout, graph$row, graph$col, graph$similarity, graph$n, x, metric, init,
    n_components, seed, run
  )
}

check_init <- function(init, n, n_components, x) {
  if (!is.character(init)) return(check_layout(init, "init", n, n_components))
  init <- check_choice(init, "init", inits)
  if (init != "pca") return(init)
  if (is.null(x)) abort_input("init", "can be \"pca\" only when `x` is a data matrix")
  if (ncol(x) < n_components) {
    abort_input(
      "init", "can be \"pca\" for at most as many components as `x` has columns: ", n_components,
      " > ", ncol(x)
    )
  }
  init
}

#' Optimise a layout
#'
#' Moves the points of a start so that their similarities in the layout, see [fit_curve()], come
#' near to those of the graph: along edges they attract each other, all others repel, of which a
#' random sample is taken.
#'
#' Two points at distance \eqn{d} attract each other by the difference of their positions times
#' \deqn{\frac{-2ab\,d^{2(b-1)}}{1 + a d^{2b}}}{-2ab d^(2(b-1)) / (1 + a d^(2b))}
#' and repel each other by the difference times
#' \deqn{\frac{2 \gamma b}{(0.001 + d^2)(1 + a d^{2b})}}{2 gamma b / ((0.001 + d^2)(1 + a d^(2b)))}
#' with \eqn{\gamma}{gamma} = `repulsion_strength`. No component of either exceeds 4.
#'
#' - `method = "umap"`: an edge is visited in proportion to its similarity, with
#'   `negative_sample_rate` random points each time; the learning rate falls to 0. With
#'   `optimizer = "batch"` all points move at once at the end of an epoch, by steps that adapt to
#'   each (Adam), on all threads. With `optimizer = "sgd"` points move at every visit, one after the
#'   other, on one thread: the reference implementation, for comparison.
#' - `method = "full"`: every edge is visited in every epoch. Its similarity weighs the attraction,
#'   one minus it a repulsion of the same two points, both of which move; so do both ends of
#'   each random repulsion. The learning rate is constant. `optimizer` plays no part.
#'
#' @param init Matrix, n x d: the start, from [initial_layout()].
#' @param n_epochs Number of epochs, at least 0. `NULL` for 500 up to 10,000 points, 200 beyond.
#' @param method,optimizer See below.
#' @param min_dist,spread,a,b The curve of the similarity in the layout, see [fit_curve()]: `a` and
#'   `b` themselves, or `min_dist` and `spread`, to which they are fitted.
#' @param learning_rate First step size, greater than 0. `NULL` for 1, or 4 with `method = "full"`.
#' @param repulsion_strength Weight of the repulsion, at least 0.
#' @param negative_sample_rate Number of random points that repel for each edge visited, at least 0.
#'   `NULL` for 5, or 8 with `method = "full"`.
#' @param snapshots Epochs, from 0 (the start) to `n_epochs`, after which the layout is wanted.
#' @inheritParams initial_layout
#' @inheritParams umap
#' @return The layout, a numeric matrix n x d. With `snapshots`, a list of such matrices, one for
#'   each of these epochs in ascending order, named by its number.
#' @source McInnes, Healy, Melville (2018), section 3.2 and algorithm 5,
#'   \doi{10.48550/arXiv.1802.03426}.
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' start <- initial_layout(graph, "random")
#' layouts <- optimize_layout(graph, start, n_epochs = 100, snapshots = c(20, 100))
#' plot(layouts[["20"]], col = digits$label[1:500], asp = 1)
#' plot(layouts[["100"]], col = digits$label[1:500], asp = 1)
#' @export
optimize_layout <- function(graph, init, n_epochs = NULL, method = c("umap", "full"),
                            optimizer = c("batch", "sgd"), min_dist = 0.1, spread = 1, a = NULL,
                            b = NULL, learning_rate = NULL, repulsion_strength = 1,
                            negative_sample_rate = NULL, snapshots = NULL, seed = 42,
                            n_threads = NULL,
                            verbose = getOption("unfurl.verbose", is_interactive())) {
  graph <- check_graph(graph)
  init <- check_layout(init, "init", graph$n)
  curve <- resolve_curve(min_dist, spread, a, b)
  options <- check_layout_settings(
    method, optimizer, learning_rate, repulsion_strength, negative_sample_rate
  )
  options$n_epochs <- resolve_n_epochs(n_epochs, graph$n)
  options <- c(options, list(a = curve[["a"]], b = curve[["b"]], seed = check_seed(seed)))
  snapshots <- check_snapshots(snapshots, options$n_epochs)
  run <- run_settings(n_threads, verbose)
  result <- .Call(
    C_optimize_layout, graph$row, graph$col, graph$similarity, init, options, snapshots, run
  )
  check_finite_layout(result$layout)
  if (length(snapshots) == 0) return(result$layout)
  names(result$snapshots) <- format(snapshots, scientific = FALSE, trim = TRUE)
  structure(result$snapshots, class = "umap_snapshots")
}

# Settings that are numbers, and yet beyond what a layout can follow.
check_finite_layout <- function(layout) {
  if (all(is.finite(layout))) return(invisible())
  abort("unfurl_error_diverged", paste0(
    "The layout has left the range of numbers: ",
    "`learning_rate`, `a`, `b`, `spread` or `init` is out of all proportion"
  ))
}

resolve_n_epochs <- function(n_epochs, n) {
  if (is.null(n_epochs)) return(if (n <= 10000) 500L else 200L)
  check_whole(n_epochs, "n_epochs")
}

check_snapshots <- function(snapshots, n_epochs) {
  is_epochs <- is.null(snapshots) || (is.numeric(snapshots) && !anyNA(snapshots) &&
    all(snapshots == round(snapshots) & snapshots >= 0 & snapshots <= n_epochs))
  if (!is_epochs) {
    abort_input(
      "snapshots", "must be whole numbers from 0 to ", count(n_epochs), ", not ",
      describe(snapshots)
    )
  }
  sort(unique(as.integer(snapshots)))
}
