# Initialization and optimization of a layout.

inits <- c("spectral", "laplacian", "pca", "random")

#' Initial layout of a graph
#'
#' Returns the positions from which [optimize_layout()] moves the points of a graph.
#'
#' - `"spectral"`: the smoothest functions on the graph, eigenvectors 2 to `n_components` + 1 of
#'   its normalized Laplacian \eqn{I - D^{-1/2} W D^{-1/2}}{I - D^-1/2 W D^-1/2}, divided by the
#'   roots of the degrees. They are found on a graph of a few hundred points into which this one is
#'   coarsened, and interpolated: milliseconds, however large the graph, and never without a result.
#' - `"laplacian"`: the same on the graph itself, which takes longer. When the eigenvectors are not
#'   found in a bounded number of steps, a warning says so, and they are used as far as they came.
#' - `"pca"`: the first principal components of `x`.
#' - `"random"`: uniform in a cube from -10 to 10.
#'
#' For the first two, each connected component of the graph is laid out by itself, and the
#' components are put next to each other, by their mean rows in `x` when that is given.
#'
#' All but the last are scaled so that the largest coordinate is 10. A small jitter keeps points
#' from coinciding.
#'
#' @param graph Symmetric graph from [fuzzy_graph()]: a data frame with columns `row`, `col` and
#'   `similarity` that has each edge in both directions; or a sparse symmetric matrix of
#'   similarities (of the package Matrix, or a `Graph` of SeuratObject), greater than 0 and at most
#'   1, whose diagonal does not count.
#' @param init `"spectral"`, `"laplacian"`, `"pca"`, `"random"`, or an embedding, a matrix or a data
#'   frame n x `n_components`, which is checked and returned.
#' @param n_components Number of dimensions, at least 1.
#' @param x The data of the graph, one row per point: needed for `"pca"`, optional for `"spectral"`
#'   and `"laplacian"`.
#' @param metric The metric of the graph. For `"cosine"` and `"correlation"` the rows of `x` count
#'   by their direction here as well.
#' @inheritParams umap
#' @return A numeric matrix, n x `n_components`.
#' @source McInnes, Healy, Melville (2018), section 3.2 and algorithm 4,
#'   \doi{10.48550/arXiv.1802.03426}. Belkin, Niyogi (2003), Laplacian eigenmaps for dimensionality
#'   reduction and data representation, Neural Computation 15, 1373-1396,
#'   \doi{10.1162/089976603321780317}.
#' @seealso [optimize_layout()], which comes next.
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' init <- initial_layout(graph)
#' plot(init, col = digits$label[1:500], asp = 1)
#' @export
initial_layout <- function(graph, init = "spectral", n_components = 2, x = NULL,
                           metric = "euclidean", seed = 42, n_threads = NULL) {
  graph <- check_graph(graph)
  metric <- check_metric(metric)
  n_components <- check_whole(n_components, "n_components", min = 1)
  if (!is.null(x)) x <- check_data(x)
  if (!is.null(x) && n_rows(x) != graph$n) {
    abort_input(
      "x", "must have one row per point of the graph, ", graph$n, ", not ", n_rows(x),
      value = x
    )
  }
  init <- check_init(init, graph$n, n_components, x)
  sees_rows <- !is.null(x) && !is.matrix(init) && init != "random"
  warn_given(
    c(if (!is.null(x)) "x", if (metric$name != "euclidean") "metric")[!sees_rows],
    "this start does not look at rows of data"
  )
  seed <- check_seed(seed)
  run <- run_settings(n_threads, FALSE)
  if (is.matrix(init)) return(init)
  bytes <- layout_bytes(graph$n, length(graph$row), n_components) + row_bytes(x)
  check_memory(bytes, run$n_threads, graph$n, n_components = n_components)
  .Call(
    C_initial_layout, graph$row, graph$col, graph$similarity, graph$n, x, metric, init,
    n_components, seed, run
  )
}

check_init <- function(init, n, n_components, x) {
  if (has_class(init, "umap_model")) init <- check_model(init, "init")[["layout"]]
  if (!is.character(init)) return(check_layout(init, "init", n, n_components))
  init <- check_choice(init, "init", inits)
  if (init != "pca") return(init)
  if (is.null(x)) {
    abort_input("init", "can be \"pca\" only when `x` is a data matrix", value = init)
  }
  if (n_columns(x) < n_components) {
    abort_input(
      "init", "can be \"pca\" for at most as many components as `x` has columns: ", n_components,
      " > ", n_columns(x),
      value = init
    )
  }
  init
}

#' Optimize a layout
#'
#' Returns a layout in which the similarities of points, see [fit_curve()], are near the
#' similarities of the graph. It moves the points of an initial layout: points attract each other
#' along edges, and all others repel, of which a random sample is taken.
#'
#' Two points at distance \eqn{d} attract each other by the difference of their positions times
#' \deqn{\frac{-2ab\,d^{2(b-1)}}{1 + a d^{2b}}}{-2ab d^(2(b-1)) / (1 + a d^(2b))}
#' and repel each other by the difference times
#' \deqn{\frac{2 \gamma b}{(0.001 + d^2)(1 + a d^{2b})}}{2 gamma b / ((0.001 + d^2)(1 + a d^(2b)))}
#' with \eqn{\gamma}{gamma} = `repulsion_strength`. No component of the repulsion exceeds 4.
#'
#' - `method = "umap"`: an edge is visited in proportion to its similarity, with
#'   `negative_sample_rate` random points each time; the learning rate falls to 0.
#' - `method = "tumap"`: the same with the curve of t-SNE, `a` = `b` = 1, which saves the powers.
#' - `method = "largevis"`: that with 0.1 in place of 0.001, 5 in place of 4, and
#'   `repulsion_strength` 7.
#' - `method = "full"`: every edge is visited in every epoch. Its similarity weighs the attraction,
#'   one minus it a repulsion of the same two points, both of which move; so do both ends of
#'   each random repulsion. The learning rate is constant, so that points never settle: the method
#'   serves to show the forces at work, and its large steps make its layouts worse than layouts by
#'   `"umap"`; with a `learning_rate` of 0.1 they come near. `optimizer` has no effect.
#'
#' With `optimizer = "batch"` all points move at once at the end of an epoch, by steps that adapt to
#' each (Adam), on all threads. The layout unfolds on coarser graphs first, on which points stand
#' for many, and each finer one begins where the coarser ended; `n_epochs` and all that refers to it
#' count epochs of the graph itself. Half as many epochs as the default are hardly worse. With a
#' third (`n_epochs = 70` for 10,000 to 200,000 points), neighbor preservation and label accuracy on
#' MNIST were still better than in uwot's `umap2()` after its 500, trustworthiness at most .002
#' below. A given initialization decides where the large groups go, not where each point does.
#'
#' With `optimizer = "sgd"` points move at every visit, one after the other, on one thread: the
#' reference implementation, for comparison.
#'
#' Points without any edge are placed on rings around all others at the end, as no force holds them.
#'
#' @param init Matrix or data frame, n x d: the initialization, from [initial_layout()] or an
#'   earlier embedding.
#' @param n_epochs Number of epochs, at least 0. `NULL` for 500 up to 10,000 points, 200 up to
#'   200,000 (or without limit, but for the batch optimizer), 100 beyond.
#' @param method,optimizer See above.
#' @param optimizer_args Constants of the batch optimizer, a list of any of `beta1`, `beta2` (of the
#'   running means of the force and its square; at least 0, less than 1), and `epsilon` (greater
#'   than 0: forces much smaller than it move points in proportion, larger ones by the same step).
#' @param min_dist,spread,a,b The curve of the similarity in the layout, see [fit_curve()]: `a` and
#'   `b` themselves, or `min_dist` and `spread`, to which they are fitted.
#' @param learning_rate First step size, greater than 0. `NULL` for 1, or 4 with `method = "full"`.
#' @param repulsion_strength Weight of the repulsion, at least 0. `NULL` for 1, or 7 with
#'   `method = "largevis"`.
#' @param negative_sample_rate Number of random points that repel for each edge visited, at least 0.
#'   `NULL` for 5, or 8 with `method = "full"`.
#' @param snapshots Epochs, from 0 (the initialization) to `n_epochs`, after which the layout is
#'   wanted.
#' @param trace Epochs after which the loss is wanted, see [layout_loss()].
#' @param epoch_callback A function, called with the number of the epoch and the layout, a matrix,
#'   before the first epoch (0) and after every epoch. What it returns does not matter. An error in
#'   it ends the optimization. It may print and plot; functions of this package that compute are
#'   errors in it, as they would run on the threads and in the memory of a run that is not over:
#'   keep the layout that it is given, or ask for `snapshots` and `trace`.
#' @inheritParams initial_layout
#' @inheritParams umap
#' @return The layout, a numeric matrix n x d. With `snapshots`, a list of such matrices, one for
#'   each of these epochs in ascending order, named by its number. With `trace`, either has an
#'   attribute `trace`, a data frame of the columns `epoch`, `attraction`, `repulsion` and `loss`.
#' @source McInnes, Healy, Melville (2018), section 3.2 and algorithm 5,
#'   \doi{10.48550/arXiv.1802.03426}.
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' init <- initial_layout(graph, "random")
#' layouts <- optimize_layout(graph, init, n_epochs = 100, snapshots = c(20, 100))
#' plot(layouts[["20"]], col = digits$label[1:500], asp = 1)
#' plot(layouts[["100"]], col = digits$label[1:500], asp = 1)
#' @export
optimize_layout <- function(graph, init, n_epochs = NULL,
                            method = c("umap", "tumap", "largevis", "full"),
                            optimizer = c("batch", "sgd"), optimizer_args = list(), min_dist = 0.1,
                            spread = 1, a = NULL, b = NULL, learning_rate = NULL,
                            repulsion_strength = NULL, negative_sample_rate = NULL,
                            snapshots = NULL, trace = NULL, epoch_callback = NULL, seed = 42,
                            n_threads = NULL, verbose = NULL) {
  graph <- check_graph(graph)
  init <- check_layout(init, "init", graph$n)
  settings <- check_layout_settings(
    method, optimizer, optimizer_args, learning_rate, repulsion_strength, negative_sample_rate
  )
  settings$n_epochs <- resolve_n_epochs(n_epochs, graph$n, settings)
  curve <- method_curve(settings$method, resolve_curve(min_dist, spread, a, b))
  warn_unused_by_method(settings)
  warn_unused_curve(settings$method, min_dist, spread, a, b)
  observer <- check_observer(snapshots, trace, epoch_callback, settings$n_epochs, graph$n)
  result <- .Call(
    C_optimize_layout, graph$row, graph$col, graph$similarity, init,
    layout_options(settings, curve, check_seed(seed)), observer, run_settings(n_threads, verbose)
  )
  check_finite_layout(result$layout)
  seen <- name_observed(result$observed, observer)
  layout <- if (length(observer$snapshots) > 0) seen$snapshots else result$layout
  structure(layout, trace = seen$trace)
}

# The curve is given by a and b, except for the methods that have their own.
method_curve <- function(method, curve) {
  if (method %in% c("tumap", "largevis")) c(a = 1, b = 1) else curve
}

warn_unused_by_method <- function(settings) {
  if (settings$method == "full") {
    warn_unused(settings, c("optimizer", "optimizer_args"), "the method \"full\" has its own")
  } else if (settings$optimizer == "sgd") {
    warn_unused(settings, "optimizer_args", "they are constants of the optimizer \"batch\"")
  }
}

warn_unused_curve <- function(method, min_dist, spread, a, b) {
  given <- list(min_dist = as.double(min_dist), spread = as.double(spread), a = a, b = b)
  if (method %in% c("tumap", "largevis")) {
    why <- paste0("the method \"", method, "\" has a curve of its own")
    warn_unused(given, names(given), why)
  } else if (!is.null(a)) {
    warn_unused(given, c("min_dist", "spread"), "`a` and `b` are given")
  }
}

# The options of an optimization, as C reads them.
layout_options <- function(settings, curve, seed) {
  is_largevis <- settings$method == "largevis"
  c(
    settings[c("n_epochs", "learning_rate", "repulsion_strength", "negative_sample_rate")],
    settings$optimizer_args,
    list(
      optimizer = if (settings$method == "full") "full" else settings$optimizer,
      a = curve[["a"]], b = curve[["b"]], softening = if (is_largevis) 0.1 else 0.001,
      clip = if (is_largevis) 5 else 4, seed = seed
    )
  )
}

# Whether points that have no neighbors were dropped, and all others have places.
has_gaps <- function(layout) {
  is_gap <- is.na(layout[, 1]) & !is.nan(layout[, 1])
  any(is_gap) && !all(is_gap) && all(is.na(layout[is_gap, ])) && all(is.finite(layout[!is_gap, ]))
}

# Settings that are numbers, and yet beyond what a layout can follow.
check_finite_layout <- function(layout) {
  if (all(is.finite(layout)) || has_gaps(layout)) return(invisible())
  abort("unfurl_error_diverged", paste0(
    "The layout has left the range of numbers: ",
    "`learning_rate`, `a`, `b`, `spread` or `init` is out of all proportion"
  ))
}

resolve_n_epochs <- function(n_epochs, n, settings) {
  if (!is.null(n_epochs)) return(check_whole(n_epochs, "n_epochs"))
  is_batch <- settings$method != "full" && settings$optimizer == "batch"
  if (n <= 10000) 500L else if (n <= 200000 || !is_batch) 200L else 100L
}

# ---- What is recorded on the way ----------------------------------------------------------------

check_observer <- function(snapshots, trace, epoch_callback, n_epochs, n) {
  list(
    snapshots = check_epochs(snapshots, "snapshots", n_epochs),
    trace = check_epochs(trace, "trace", n_epochs), callback = check_callback(epoch_callback),
    n_partners = n_partners(n), n = n
  )
}

# Wraps the callback for C, in a frame that is_nested() knows: an error in the callback shows its
# call with these names, not the whole layout.
check_callback <- function(epoch_callback) {
  if (is.null(epoch_callback)) return(NULL)
  if (!is.function(epoch_callback)) {
    abort_input(
      "epoch_callback", "must be a function or NULL, not ", describe(epoch_callback),
      value = epoch_callback
    )
  }
  check_function_of_two(epoch_callback, "epoch_callback", "the epoch and the layout")
  function(epoch, layout) from_callback(epoch_callback, epoch, layout)
}

from_callback <- function(epoch_callback, epoch, layout) epoch_callback(epoch, layout)

# Whether an epoch_callback is running. The stack of calls knows it, however the callback ends.
is_nested <- function() {
  for (frame in seq_len(sys.nframe())) {
    if (identical(sys.function(frame), from_callback)) return(TRUE)
  }
  FALSE
}

check_epochs <- function(epochs, arg, n_epochs = .Machine$integer.max) {
  is_epochs <- is.null(epochs) || (holds_numbers(epochs) && !anyNA(epochs) &&
    all(epochs == round(epochs) & epochs >= 0 & epochs <= n_epochs))
  if (!is_epochs) {
    abort_input(
      arg, "must be whole numbers", whole_range(epochs, 0, n_epochs), ", not ", describe(epochs),
      value = epochs
    )
  }
  sort(unique(as.integer(epochs)))
}

# Names what C has kept; NULL where nothing was asked for.
name_observed <- function(kept, observer) {
  list(
    snapshots = if (length(observer$snapshots) > 0) {
      new_snapshots(kept$snapshots, observer$snapshots)
    },
    trace = if (length(observer$trace) > 0) {
      cbind(epoch = observer$trace, loss_frame(kept$trace[, 1], kept$trace[, 2]))
    }
  )
}

# ---- Loss ---------------------------------------------------------------------------------------

#' The loss of a layout
#'
#' Returns the fuzzy cross entropy that [optimize_layout()] lowers, less the entropy of the graph,
#' which is the same for all layouts. It measures how far the similarities
#' \eqn{v_{ij} = 1 / (1 + a d_{ij}^{2b})}{v_ij = 1 / (1 + a d_ij^(2b))} in a layout are from the
#' similarities of the graph, \eqn{w_{ij}}{w_ij}, and has two parts,
#' \deqn{-\sum_{i<j} w_{ij} \log v_{ij}, \qquad -\sum_{i<j} (1 - w_{ij}) \log(1 - v_{ij})}{
#' -sum w_ij log v_ij, -sum (1 - w_ij) log(1 - v_ij) over all i < j}
#' which attraction and repulsion lower. Points nearer than 0.001 count as that far apart.
#'
#' The second is a sum over all pairs. Above 3,000 points it is estimated from a random sample, at
#' least 20 partners for each point. The optimizers repel less than this loss asks for, by few
#' random points for each edge, so a better layout can have a greater loss: compare layouts of like
#' settings.
#'
#' @param layout The layout, a matrix or data frame n x d.
#' @inheritParams optimize_layout
#' @return A data frame of one row with the columns `attraction`, `repulsion` and `loss`, their sum.
#' @source McInnes, Healy, Melville (2018), section 2.3, \doi{10.48550/arXiv.1802.03426}.
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' init <- initial_layout(graph)
#' layout_loss(graph, init)
#' layout <- optimize_layout(graph, init, n_epochs = 100, trace = c(0, 10, 50, 100))
#' attr(layout, "trace")
#' @export
layout_loss <- function(graph, layout, min_dist = 0.1, spread = 1, a = NULL, b = NULL, seed = 42,
                        n_threads = NULL) {
  graph <- check_graph(graph)
  if (has_class(layout, "umap_model")) layout <- check_model(layout, "layout")[["layout"]]
  layout <- check_layout(layout, "layout", graph$n)
  curve <- resolve_curve(min_dist, spread, a, b)
  warn_unused_curve("umap", min_dist, spread, a, b)
  options <- list(
    a = curve[["a"]], b = curve[["b"]], n_partners = n_partners(graph$n), seed = check_seed(seed)
  )
  loss <- .Call(
    C_layout_loss, graph$row, graph$col, graph$similarity, layout, options,
    run_settings(n_threads, FALSE)
  )
  loss_frame(loss[1], loss[2])
}

loss_frame <- function(attraction, repulsion) {
  data.frame(attraction = attraction, repulsion = repulsion, loss = attraction + repulsion)
}

# Partners of each point in a sample of pairs; 0 for all of them.
n_partners <- function(n) if (n <= 3000) 0L else as.integer(max(20, 4e6 %/% n))
