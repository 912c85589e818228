# Pictures of embeddings, models and snapshots: what is drawn. How it is drawn is in plot_base.R and
# plot_ggplot.R, in which colours in plot_colours.R.

#' Plot an embedding
#'
#' `plot()` draws the points of an embedding in two of its dimensions, coloured by their labels, in
#' base graphics; `autoplot()` makes the same picture with ggplot2, to which further layers, scales
#' and themes can be added.
#'
#' Distances count the same on both axes. Points are drawn in a fixed shuffled order, so that no
#' label covers the others, with missing labels in light grey below all. The more points, the
#' smaller and the more transparent they are; beyond 100,000 they become pixels.
#'
#' Up to ten labels have colours that colour-blind eyes tell apart (those of Okabe and Ito first).
#' More have a hue and lightness each, but nobody tells apart many more than twenty: then
#' `label_medians` shows which is which. Numbers and dates are shown on a scale from dark to light
#' (viridis). A legend names as many labels as it has room for, and says how many it does not.
#'
#' An embedding in one dimension is drawn along the first axis, with a strip for each label.
#'
#' @param x,object An embedding from [umap()].
#' @param dims Which two dimensions to draw.
#' @param label A vector or factor with a label for each point, or `NULL`; by default the labels
#'   that were given to [umap()].
#' @param label_medians Whether to write the name of each label at the median of its points, in
#'   place of a legend. Names that would overlap are moved up or down.
#' @param cex,alpha Size and opacity (0 to 1) of a point; by default the more points the smaller.
#' @param raster Whether to draw pixels in place of points; `NULL` for more than 100,000 points. A
#'   pixel has the mean colour of its points. `autoplot()` takes the package scattermore for it
#'   where that is installed.
#' @param title A title for the legend.
#' @param limits The smallest and the largest number that the scale of colours tells apart, or
#'   `NULL` for those of the labels. What lies beyond has the colour of the end, and the legend says
#'   so.
#' @param edges `NULL`, or a graph of the points from [fuzzy_graph()], whose edges are drawn, the
#'   darker the more similar their ends. More than 50,000 become pixels.
#' @param ... For `plot()`, what [plot.default()] has: `main`, `sub`, `xlab`, `ylab`, `xlim`,
#'   `ylim` (the smaller number first), `asp`, `axes`, `pch`, `col`, and graphical parameters, see
#'   [par()]. For `autoplot()`, nothing.
#' @return `plot()` returns its argument invisibly; points and text can be added to the plot.
#'   `autoplot()`, for which the package ggplot2 must be attached, returns a ggplot.
#' @seealso [plot.umap_model()] for edges and diagnostics, [plot.umap_snapshots()] for the course of
#'   the optimisation.
#' @examples
#' some <- 1:500
#' embedding <- umap(digits$pixels[some, ], labels = digits$label[some])
#' plot(embedding)
#' plot(embedding, label_medians = TRUE)
#' # how much ink
#' plot(embedding, label = rowMeans(digits$pixels[some, ]), title = "ink")
#'
#' if (requireNamespace("ggplot2", quietly = TRUE)) {
#'   ggplot2::autoplot(embedding)
#' }
#' @export
plot.umap_embedding <- function(x, dims = c(1, 2), label = x[["label"]], label_medians = FALSE,
                                cex = NULL, alpha = NULL, raster = NULL, title = NULL,
                                edges = NULL, limits = NULL, ...) {
  check_drawable(x, "x")
  check_plot_dots(list(...), plot.umap_embedding)
  picture <- new_picture(x, dims, label, label_medians, cex, alpha, raster, title, edges, limits)
  draw_base(picture, ...)
  invisible(x)
}

#' @rdname plot.umap_embedding
#' @exportS3Method ggplot2::autoplot
autoplot.umap_embedding <- function(object, dims = c(1, 2), label = object[["label"]],
                                    label_medians = FALSE, cex = NULL, alpha = NULL, raster = NULL,
                                    title = NULL, edges = NULL, limits = NULL, ...) {
  check_no_dots(...)
  check_drawable(object, "object")
  draw_ggplot(
    new_picture(object, dims, label, label_medians, cex, alpha, raster, title, edges, limits)
  )
}

#' Plot a model
#'
#' Draws the embedding of a model as [plot()][plot.umap_embedding] does, with the edges of its graph
#' or a diagnostic of its points if wanted.
#'
#' The diagnostics colour each point by
#' - `"local_dimension"`: the dimension of the data around it, see [local_dimension()]; the lowest
#'   and the highest hundredth of the points have the colours of the ends of the scale;
#' - `"neighbor_preservation"`: the share of its neighbours in the model's table that are among as
#'   many nearest in the layout;
#' - `"trustworthiness"`: whether its neighbours in the layout are neighbours in the data, see
#'   [point_quality()]; needs `data`, and time that grows with the square of their rows.
#'
#' @param x,object A model from [umap_fit()].
#' @param connectivity Whether to draw the edges of the model's graph; `edges` takes their place.
#' @param diagnostic `NULL`, or the name of a diagnostic, see below, which takes the place of
#'   `label`.
#' @param data The data of the model, for `"trustworthiness"`.
#' @param label,title,limits Labels of the points, and a title and limits for the legend, see
#'   [plot.umap_embedding()].
#' @param ... Further arguments of [plot.umap_embedding()].
#' @inherit plot.umap_embedding return
#' @examples
#' model <- umap_fit(iris[1:4], labels = iris$Species)
#' plot(model)
#' plot(model, connectivity = TRUE)
#' plot(model, diagnostic = "local_dimension")
#' plot(model, diagnostic = "trustworthiness", data = iris[1:4])
#' @export
plot.umap_model <- function(x, label = x[["labels"]], title = NULL, connectivity = FALSE,
                            diagnostic = NULL, data = NULL, limits = NULL, ...) {
  check_model(x, "x")
  check_flag(connectivity, "connectivity")
  check_plot_dots(list(...), plot.umap_model)
  shown <- diagnose(x, diagnostic, data, list(label = label, title = title, limits = limits))
  draw_model(plot, x, shown, connectivity, ...)
  invisible(x)
}

#' @rdname plot.umap_model
#' @exportS3Method ggplot2::autoplot
autoplot.umap_model <- function(object, label = object[["labels"]], title = NULL,
                                connectivity = FALSE, diagnostic = NULL, data = NULL,
                                limits = NULL, ...) {
  check_model(object)
  check_flag(connectivity, "connectivity")
  known <- c(names(formals(autoplot.umap_model)), names(formals(autoplot.umap_embedding)))
  check_dot_names(list(...), known, "autoplot()")
  shown <- diagnose(object, diagnostic, data, list(label = label, title = title, limits = limits))
  draw_model(ggplot2::autoplot, object, shown, connectivity, ...)
}

# With the edges that are given, else with the model's own if wanted.
draw_model <- function(draw, model, shown, connectivity, ..., edges = NULL) {
  if (is.null(edges) && connectivity) edges <- model$graph
  draw(
    as.data.frame(model),
    label = shown$label, title = shown$title, edges = edges, limits = shown$limits, ...
  )
}

#' Plot the course of an optimisation
#'
#' Draws the layouts that [optimize_layout()] returns for `snapshots`, one panel for each, all on
#' the same scale.
#'
#' @param x,object A list of layouts from [optimize_layout()] with `snapshots`.
#' @param label A vector or factor with a label for each point, or `NULL`; by default the labels of
#'   the model whose snapshots these are.
#' @param cex,alpha,raster,title See [plot.umap_embedding()].
#' @param ... Nothing.
#' @inherit plot.umap_embedding return
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' start <- initial_layout(graph, "random")
#' layouts <- optimize_layout(graph, start, n_epochs = 100, snapshots = c(0, 10, 50, 100))
#' plot(layouts, label = digits$label[1:500])
#' @export
plot.umap_snapshots <- function(x, label = attr(x, "labels"), cex = NULL, alpha = NULL,
                                raster = NULL, title = NULL, ...) {
  check_no_dots(...)
  draw_base_panels(new_panels(check_snapshots(x, "x"), label, cex, alpha, raster, title))
  invisible(x)
}

#' @rdname plot.umap_snapshots
#' @exportS3Method ggplot2::autoplot
autoplot.umap_snapshots <- function(object, label = attr(object, "labels"), cex = NULL,
                                    alpha = NULL, raster = NULL, title = NULL, ...) {
  check_no_dots(...)
  object <- check_snapshots(object, "object")
  draw_ggplot_panels(new_panels(object, label, cex, alpha, raster, title))
}

# ---- What is drawn ------------------------------------------------------------------------------

# Points in the order of drawing, with all that the two ways of drawing have in common.
new_picture <- function(embedding, dims = c(1, 2), label = NULL, label_medians = FALSE,
                        cex = NULL, alpha = NULL, raster = NULL, title = NULL, edges = NULL,
                        limits = NULL) {
  n <- nrow(embedding)
  title <- check_title(title)
  label <- check_plot_labels(label, n)
  limits <- check_limits(limits, label)
  axes <- plot_axes(embedding, dims, label)
  has_place <- check_places(axes)
  if (is.null(raster)) raster <- n > 1e5
  picture <- list(
    x = axes$x, y = axes$y, xlab = axes$xlab, ylab = axes$ylab, strips = axes$strips,
    is_plane = is.null(axes$ylim), ylim = axes$ylim,
    label = label, scale = colour_scale(label, title, limits),
    cex = if (is.null(cex)) point_size(n) else check_number(cex, "cex", min = 0, open = TRUE),
    alpha = if (is.null(alpha)) point_alpha(n) else check_number(alpha, "alpha", 0, 1),
    raster = check_flag(raster, "raster"), order = drawing_order(label, n, has_place),
    medians = if (check_flag(label_medians, "label_medians")) label_medians_of(axes, label)
  )
  if (!is.null(edges)) picture$edges <- plot_edges(edges, axes, has_place)
  picture
}

# A picture for each snapshot, of smaller points the more panels share the room.
new_panels <- function(snapshots, label, cex, alpha, raster, title) {
  if (is.null(cex)) cex <- point_size(nrow(snapshots[[1]]) * sqrt(length(snapshots)))
  lapply(snapshots, function(layout) {
    colnames(layout) <- paste0("UMAP", seq_len(ncol(layout)))
    new_picture(as.data.frame(layout), c(1, 2), label, FALSE, cex, alpha, raster, title)
  })
}

# `others` are known too, but not what somebody meant.
check_dot_names <- function(given, known, call, others = NULL) {
  names <- names(given)
  if (length(given) > 0 && (is.null(names) || !all(nzchar(names)))) {
    abort_input("...", "holds an argument without a name")
  }
  unknown <- setdiff(names, c(known, others))
  if (length(unknown) == 0) return(invisible())
  abort_input(
    unknown[1], "is no argument of ", call, if (!is.null(others)) " and no graphical parameter",
    hint = suggest_name(unknown[1], known)
  )
}

check_drawable <- function(embedding, arg) {
  check_embedding(embedding, arg)
  if (nrow(embedding) == 0) abort_input(arg, "has no rows to draw")
  if (!has_coordinates(embedding, n_dimensions(embedding))) {
    abort_input(arg, "must have all its coordinates UMAP1, UMAP2, ... to be drawn, not only ",
      toString(head_of(names(embedding)))
    )
  }
}

check_title <- function(title) {
  if (is.null(title) || is_text(title) || is.expression(title)) return(title)
  abort_input("title", "must be a text or NULL, not ", describe(title))
}

check_plot_labels <- function(label, n) {
  label <- check_labels(label, n, "label")
  if (is.null(label)) return(NULL)
  if (is.factor(label)) return(factor(label, levels(label))) # NA is no level but a missing label
  if (is_scaled(label) && any(is.finite(label))) return(label)
  factor(if (is.raw(label)) as.character(label) else label)
}

check_limits <- function(limits, label) {
  if (is.null(limits)) return(NULL)
  if (inherits(limits, c("Date", "POSIXct"))) limits <- as.numeric(limits)
  limits <- check_span(limits, "limits")
  if (is_scaled(label)) return(limits)
  warn_given("limits", "only labels that are numbers or dates have them")
  NULL
}

check_span <- function(x, arg) {
  if (inherits(x, "integer64")) {
    abort_input(arg, "must be two numbers, not integer64: convert them by as.numeric()")
  }
  is_pair <- is.numeric(x) && length(x) == 2
  if (is_pair && all(is.finite(x)) && x[1] < x[2]) return(as.double(x))
  given <- if (is_pair) paste(x, collapse = " and ") else describe(x)
  abort_input(arg, "must be two numbers, the smaller first, not ", given)
}

# Labels that a scale shows better than a legend of levels.
is_scaled <- function(label) is.numeric(label) || inherits(label, c("Date", "POSIXct"))

# Where points go: two dimensions, or the only one and a strip for each label.
plot_axes <- function(embedding, dims, label) {
  columns <- coordinate_names(embedding)
  embedding <- unclass(embedding)
  if (length(columns) == 1) return(strip_axes(embedding[[columns]], label))
  is_dims <- is.numeric(dims) && length(dims) == 2 && all(dims %in% seq_along(columns))
  if (!is_dims) {
    abort_input("dims", "must be two numbers from 1 to ", length(columns), ", not ", describe(dims))
  }
  if (dims[1] == dims[2]) {
    abort_input("dims", "must be two different dimensions, not ", dims[1], " twice")
  }
  columns <- columns[dims]
  list(
    x = embedding[[columns[1]]], y = embedding[[columns[2]]], xlab = columns[1], ylab = columns[2]
  )
}

strip_axes <- function(x, label) {
  strips <- if (is.factor(label) && nlevels(label) <= 20) rev(levels(label))
  at <- if (is.null(strips)) rep(0, length(x)) else match(label, strips, nomatch = 0)
  list(
    x = x, y = at + 0.6 * (golden(length(x)) - 0.5), xlab = "UMAP1", ylab = NULL, strips = strips,
    ylim = c(min(at) - 0.5, max(at) + 0.5)
  )
}

# Numbers in (0, 1), evenly spread and without a pattern: the same for every picture.
golden <- function(n) (seq_len(n) * 0.6180339887498949) %% 1

# Which points can be drawn; predict() gives NA to rows without a neighbour.
check_places <- function(axes) {
  has_place <- is.finite(axes$x) & is.finite(axes$y)
  if (!any(has_place)) abort_input("x", "has no row with coordinates to draw")
  n_lost <- sum(!has_place)
  if (n_lost > 0) warn("missing", plural(n_lost, "row"), " without coordinates not drawn")
  extent <- function(values) diff(range(values[has_place]))
  check_extent(max(extent(axes$x), if (is.null(axes$ylim)) extent(axes$y)), "x")
  has_place
}

# Beyond these numbers, inches per unit are none.
check_extent <- function(extent, arg) {
  if (extent == 0 || (extent >= 1e-300 && extent <= 1e300)) return(invisible())
  abort_input(
    arg, "must extend over 1e-300 to 1e300 to be drawn, not ", describe(extent),
    ": rescale the coordinates"
  )
}

drawing_order <- function(label, n, has_place = rep(TRUE, n)) {
  is_known <- if (is.null(label)) rep(TRUE, n) else is.finite(as.numeric(label))
  drawn <- order(is_known, golden(n))
  drawn[has_place[drawn]]
}

point_size <- function(n) min(1, max(0.15, 30 / sqrt(n)))

point_alpha <- function(n) min(0.9, max(0.4, 1.35 - 0.17 * log10(n)))

# NULL where no label is known.
label_medians_of <- function(axes, label) {
  if (!is.factor(label)) abort_input("label_medians", "needs labels that are no numbers")
  medians <- function(x) as.vector(tapply(x, label, stats::median, na.rm = TRUE))
  names <- cut_middle(levels(label))
  medians <- data.frame(x = medians(axes$x), y = medians(axes$y), label = names)
  medians <- medians[!is.na(medians$x), ]
  if (nrow(medians) > 0) medians
}

# The more names, the smaller.
median_cex <- function(medians) if (nrow(medians) > 20) 0.7 else 1

# Moves names into the limits of x, and up or down until none overlaps another. `width` of each and
# `height` of all have the units of the axes.
spread_names <- function(medians, width, height, limits) {
  reach <- pmin(width, diff(limits)) / 2
  medians$x <- pmin(pmax(medians$x, limits[1] + reach), limits[2] - reach)
  is_beside <- abs(outer(medians$x, medians$x, "-")) < outer(width, width, "+") / 2
  diag(is_beside) <- FALSE
  rank <- rank(medians$y, ties.method = "first")
  direction <- sign(outer(rank, rank, "-"))
  for (round in 1:200) {
    overlap <- height - direction * outer(medians$y, medians$y, "-")
    overlap[!is_beside | overlap <= 0] <- 0
    if (max(overlap) < 0.02 * height) break
    medians$y <- medians$y + rowSums(overlap * direction) / (2 + rowSums(overlap > 0))
  }
  medians
}

# Each edge once, from (x0, y0) to (x1, y1), the strongest last.
plot_edges <- function(graph, axes, has_place = rep(TRUE, length(axes$x))) {
  graph <- check_graph(graph, "edges")
  n <- length(axes$x)
  if (graph$n != n) abort_input("edges", "must be a graph of ", count(n), " points, not ", graph$n)
  once <- which(graph$row < graph$col & has_place[graph$row] & has_place[graph$col])
  once <- once[order(graph$similarity[once])]
  from <- graph$row[once]
  to <- graph$col[once]
  data.frame(
    x0 = axes$x[from], y0 = axes$y[from], x1 = axes$x[to], y1 = axes$y[to],
    weight = graph$similarity[once]
  )
}

# ---- Diagnostics --------------------------------------------------------------------------------

diagnostics <- c("local_dimension", "neighbor_preservation", "trustworthiness")

# Label, title and limits of a diagnostic, or those given where there is none.
diagnose <- function(model, diagnostic, data, given) {
  if (!is.null(data) && !identical(diagnostic, "trustworthiness")) {
    warn_given("data", "only the diagnostic \"trustworthiness\" looks at them")
  }
  if (is.null(diagnostic)) return(given)
  diagnostic <- check_choice(diagnostic, "diagnostic", diagnostics)
  label <- switch(diagnostic,
    local_dimension = local_dimension(searched_once(model, diagnostic)),
    neighbor_preservation = neighbors_kept(model),
    trustworthiness = points_trust(model, data)
  )
  limits <- given$limits
  if (is.null(limits) && diagnostic == "local_dimension") limits <- most_of(label)
  title <- if (is.null(given$title)) gsub("_", " ", diagnostic) else given$title
  list(label = label, title = title, limits = limits)
}

# Limits that hold all but a hundredth at either end, or NULL where these are one.
most_of <- function(values) {
  limits <- signif(stats::quantile(values, c(0.01, 0.99), na.rm = TRUE, names = FALSE), 2)
  if (isTRUE(limits[1] < limits[2])) limits
}

# The table of neighbours, of which a model of several metrics has several.
searched_once <- function(model, diagnostic) {
  if (inherits(model$neighbors, "umap_neighbors")) return(model$neighbors)
  abort_input(
    "diagnostic", "\"", diagnostic, "\" needs a model with one table of neighbours, ",
    if (is.null(model$neighbors)) "but this one keeps none" else "not one of several metrics"
  )
}

neighbors_kept <- function(model) {
  neighbors <- searched_once(model, "neighbor_preservation")
  k <- ncol(neighbors$idx)
  n <- nrow(model$layout)
  shown <- nearest_neighbors(model$layout, k, verbose = FALSE)$idx[, -1]
  known <- neighbors$idx[, -1]
  pair <- function(idx) matrix((row(idx) - 1) * n + idx, n)
  rowMeans(matrix(pair(known) %in% pair(shown), n))
}

points_trust <- function(model, data) {
  if (is.null(data)) {
    abort_input("data", "is missing: diagnostic \"trustworthiness\" compares the layout with them")
  }
  n <- nrow(model$layout)
  rows <- n_rows(data)
  if (!is.null(rows) && rows != n) {
    abort_input("data", "must have one row per point of the model, ", n, ", not ", rows)
  }
  k <- min(model$settings$n_neighbors - 1, (n - 1) %/% 2)
  run <- run_settings(NULL, FALSE)
  quality <- naming_argument(
    "data", measure_quality(data, model, NULL, k, 1, Inf, NULL, NULL, run, "data")
  )
  quality$points[, 1]
}
