# Draws embeddings, models and snapshots in base graphics: the methods of plot(). The methods of
# autoplot() are in autoplot.R; what is drawn is in plot_picture.R.

#' Plot an embedding
#'
#' `plot()` draws the points of an embedding in two of its dimensions, in the colors of their
#' labels, and returns the embedding invisibly. [autoplot()][autoplot.umap_embedding] makes the same
#' picture with ggplot2.
#'
#' Distances count the same on both axes. Points are drawn in a fixed shuffled order, so that no
#' label covers the others, with missing labels in light gray below all. The more points, the
#' smaller and the more transparent they are; beyond 100,000 they become pixels.
#'
#' Up to ten labels have colors that color-blind eyes tell apart (the first eight are by Okabe and
#' Ito). More labels have a hue and lightness each, but nobody tells apart many more than twenty:
#' then `label_medians` shows which is which. Numbers and dates are shown on a scale from dark to
#' light (viridis). A legend names as many labels as it has room for, and says how many it does not.
#'
#' An embedding in one dimension is drawn along the first axis, with a strip for each label.
#'
#' @param x An embedding from [umap()].
#' @param dims Which two dimensions to draw.
#' @param label A vector or factor with a label for each point, or `NULL`; by default the labels
#'   that were given to [umap()].
#' @param label_medians Whether to write the name of each label at the median of its points, in
#'   place of a legend. Names that would overlap are moved up or down.
#' @param cex Size of the points, one number or one for each; by default the more points the
#'   smaller.
#' @param alpha Opacity of the points, from 0 to 1; by default the more points the more transparent.
#' @param raster Whether to draw pixels in place of points; `NULL` for more than 100,000 points. A
#'   pixel has the mean color of its points, and `cex` has no effect on it. `autoplot()` uses the
#'   package scattermore where that is installed.
#' @param title A title for the legend.
#' @param limits The smallest and the largest number that the scale of colors tells apart, or `NULL`
#'   for the range of the labels. What lies beyond has the color of the end, and the legend says so.
#' @param edges `NULL`, or a graph of the points from [fuzzy_graph()], whose edges are drawn, the
#'   darker the more similar their ends. More than 50,000 become pixels.
#' @param ... What [plot.default()] has: `main`, `sub`, `xlab`, `ylab`, `xlim`, `ylim` (the greater
#'   number first reverses an axis), `asp`, `axes`, `frame.plot`, `pch`, `col`, `type` (`"n"` leaves
#'   out the points), and graphical parameters, see [par()]. Axes are not logarithmic, as
#'   coordinates can be negative.
#' @return The argument, invisibly. Points and text can be added to the plot.
#' @seealso [plot.umap_model()] for edges and diagnostics, [plot.umap_snapshots()] for the course of
#'   the optimization.
#' @examples
#' some <- 1:500
#' embedding <- umap(digits$pixels[some, ], labels = digits$label[some])
#' plot(embedding)
#' plot(embedding, label_medians = TRUE)
#' # how much ink
#' plot(embedding, label = rowMeans(digits$pixels[some, ]), title = "ink")
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

#' Plot a model
#'
#' `plot()` draws the embedding of a model, with the edges of its graph or a diagnostic of its
#' points if wanted, and returns the model invisibly. [autoplot()][autoplot.umap_model] makes the
#' same picture with ggplot2.
#'
#' The diagnostics color each point by
#' - `"local_dimension"`: the dimension of the data around it, see [local_dimension()]; the lowest
#'   and the highest hundredth of the points have the colors of the ends of the scale;
#' - `"neighbor_preservation"`: the fraction of its neighbors in the model's table that are among as
#'   many nearest in the layout;
#' - `"trustworthiness"`: whether its neighbors in the layout are neighbors in the data, see
#'   [point_quality()]; needs `data`, and time that grows with the square of their rows.
#'
#' @param x A model from [umap_fit()].
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
  model <- check_model(x, "x")
  check_flag(connectivity, "connectivity")
  check_plot_dots(list(...), plot.umap_model)
  shown <- diagnose(model, diagnostic, data, list(label = label, title = title, limits = limits))
  draw_model(plot, model, shown, connectivity, ...)
  invisible(x)
}

# Draws the given edges, else the model's own if wanted.
draw_model <- function(draw, model, shown, connectivity, ..., edges = NULL) {
  if (is.null(edges) && connectivity) edges <- model[["graph"]]
  draw(
    as.data.frame(model),
    label = shown$label, title = shown$title, edges = edges, limits = shown$limits, ...
  )
}

#' Plot the course of an optimization
#'
#' `plot()` draws the layouts that [optimize_layout()] returns for `snapshots`, one panel for each,
#' all on the same scale, and returns them invisibly. [autoplot()][autoplot.umap_snapshots] makes
#' the same picture with ggplot2.
#'
#' @param x A list of layouts from [optimize_layout()] with `snapshots`.
#' @param label A vector or factor with a label for each point, or `NULL`; by default the labels of
#'   the model whose snapshots these are.
#' @param cex,alpha,raster,title See [plot.umap_embedding()].
#' @param ... Must be empty.
#' @inherit plot.umap_embedding return
#' @examples
#' graph <- fuzzy_graph(nearest_neighbors(digits$pixels[1:500, ]))
#' init <- initial_layout(graph, "random")
#' layouts <- optimize_layout(graph, init, n_epochs = 100, snapshots = c(0, 10, 50, 100))
#' plot(layouts, label = digits$label[1:500])
#' plot(layouts[c("0", "100")], label = digits$label[1:500])
#' @export
plot.umap_snapshots <- function(x, label = attr(x, "labels"), cex = NULL, alpha = NULL,
                                raster = NULL, title = NULL, ...) {
  check_no_dots(...)
  draw_base_panels(new_panels(check_snapshots(x, "x"), label, cex, alpha, raster, title))
  invisible(x)
}
