# Pictures of an embedding.

#' Plot an embedding
#'
#' Draws the points of an embedding in two of its dimensions, coloured by their labels. Colours are
#' told apart by colour-blind eyes for up to ten labels; numbers are shown on a scale from dark to
#' light. The legend stands beside the plot.
#'
#' @param x,object An embedding from [umap()] or a model from [umap_fit()].
#' @param dims Which two dimensions to draw. An embedding in one dimension is drawn against the
#'   number of the row.
#' @param label A vector or factor with a label for each point, or `NULL`; by default the labels
#'   that were given to [umap()].
#' @param cex,alpha Size and opacity (0 to 1) of a point; by default the more points the smaller.
#' @param xlab,ylab,... Further arguments of [plot.default()].
#' @return `plot()` returns its argument invisibly. `autoplot()`, for which the package ggplot2 must
#'   be attached, returns a ggplot.
#' @examples
#' some <- 1:500
#' embedding <- umap(digits$pixels[some, ], labels = digits$label[some])
#' plot(embedding)
#' # how much ink
#' plot(embedding, label = rowMeans(digits$pixels[some, ]))
#' @export
plot.umap_embedding <- function(x, dims = c(1, 2), label = x$label, cex = NULL, alpha = NULL,
                                xlab = NULL, ylab = NULL, ...) {
  label <- check_plot_labels(label, nrow(x))
  axes <- plot_axes(x, dims)
  scale <- colour_scale(label)
  if (is.null(cex)) cex <- point_size(nrow(x))
  if (is.null(alpha)) alpha <- if (nrow(x) < 5000) 0.8 else 0.5
  old <- graphics::par(mar = graphics::par("mar") + c(0, 0, 0, legend_lines(scale)))
  on.exit(graphics::par(old))
  look <- list(
    x = axes[[1]], y = axes[[2]],
    col = grDevices::adjustcolor(scale$colour, alpha), cex = cex, pch = 16,
    asp = if (is_coordinate(names(axes)[1])) 1 else NA,
    xlab = if (is.null(xlab)) names(axes)[1] else xlab,
    ylab = if (is.null(ylab)) names(axes)[2] else ylab
  )
  do.call(graphics::plot, utils::modifyList(look, list(...), keep.null = TRUE))
  draw_legend(scale)
  invisible(x)
}

#' @rdname plot.umap_embedding
#' @export
plot.umap_model <- function(x, ...) {
  plot(as.data.frame(x), ...)
  invisible(x)
}

#' @rdname plot.umap_embedding
#' @exportS3Method ggplot2::autoplot
autoplot.umap_embedding <- function(object, dims = c(1, 2), label = object$label, cex = NULL,
                                    alpha = NULL, ...) {
  label <- check_plot_labels(label, nrow(object))
  axes <- plot_axes(object, dims)
  scale <- colour_scale(label)
  points <- data.frame(x = axes[[1]], y = axes[[2]])
  points$label <- label
  if (is.null(cex)) cex <- point_size(nrow(object))
  if (is.null(alpha)) alpha <- if (nrow(object) < 5000) 0.8 else 0.5
  .data <- ggplot2::.data
  mapping <- ggplot2::aes(x = .data$x, y = .data$y)
  if (!is.null(label)) mapping$colour <- quote(label)
  plot <- ggplot2::ggplot(points, mapping) +
    ggplot2::geom_point(size = 1.5 * cex, alpha = alpha, stroke = 0) +
    ggplot2::labs(x = names(axes)[1], y = names(axes)[2])
  if (is_coordinate(names(axes)[1])) plot <- plot + ggplot2::coord_equal()
  plot + ggplot_colours(scale)
}

#' @rdname plot.umap_embedding
#' @exportS3Method ggplot2::autoplot
autoplot.umap_model <- function(object, ...) {
  ggplot2::autoplot(as.data.frame(object), ...)
}

# ---- Axes and points ----------------------------------------------------------------------------

# Two named vectors: two dimensions, or the row number and the only dimension.
plot_axes <- function(embedding, dims) {
  columns <- coordinate_names(embedding)
  embedding <- unclass(embedding)
  if (length(columns) == 0) abort_input("x", "has no columns UMAP1, UMAP2 and so on")
  if (length(columns) == 1) {
    return(list(row = seq_along(embedding[[columns]]), UMAP1 = embedding[[columns]]))
  }
  is_dims <- is.numeric(dims) && length(dims) == 2 && all(dims %in% seq_along(columns))
  if (!is_dims) abort_input("dims", "must be two numbers from 1 to ", length(columns))
  embedding[columns[dims]]
}

is_coordinate <- function(name) grepl("^UMAP", name)

point_size <- function(n) min(1, max(0.2, 30 / sqrt(n)))

check_plot_labels <- function(label, n) {
  label <- check_labels(label, n)
  if (is.null(label) || is.factor(label)) return(label)
  if (!is.numeric(label) || !any(is.finite(label))) return(factor(label))
  replace(as.double(label), !is.finite(label), NA)
}

# ---- Colours ------------------------------------------------------------------------------------

# Okabe and Ito's colours, black last, and a tenth that stays apart from them.
colour_blind_safe <- c(
  "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999", "#000000",
  "#882255"
)

missing_colour <- "#D9D9D9"

level_colours <- function(n) {
  if (n <= length(colour_blind_safe)) return(colour_blind_safe[seq_len(n)])
  grDevices::hcl.colors(n, "Dark 3")
}

# The colour of each point, and the keys of the legend: levels, or some round numbers.
colour_scale <- function(label) {
  if (is.null(label)) return(list(colour = "#0072B2"))
  if (is.factor(label)) {
    keys <- levels(label)
    key_colour <- level_colours(length(keys))
    colour <- key_colour[label]
  } else {
    values <- pretty(label, 5)
    keys <- format(values)
    key_colour <- ramp(values, range(values))
    colour <- ramp(label, range(values))
  }
  colour[is.na(colour)] <- missing_colour
  list(colour = colour, keys = keys, key_colour = key_colour, continuous = !is.factor(label))
}

ramp <- function(values, limits) {
  grDevices::hcl.colors(256, "viridis")[1 + round(255 * (values - limits[1]) / diff(limits))]
}

ggplot_colours <- function(scale) {
  if (length(scale$keys) == 0) return(NULL)
  if (scale$continuous) return(ggplot2::scale_colour_viridis_c(na.value = missing_colour))
  list(
    ggplot2::scale_colour_manual(values = scale$key_colour, na.value = missing_colour),
    ggplot2::guides(colour = ggplot2::guide_legend(override.aes = list(size = 3, alpha = 1)))
  )
}

# ---- Legend -------------------------------------------------------------------------------------

legend_columns <- function(keys) ceiling(length(keys) / 25)

# Width in lines of text, at most a good part of the figure.
legend_lines <- function(scale) {
  if (length(scale$keys) == 0) return(0)
  wanted <- legend_columns(scale$keys) * (0.6 * max(nchar(scale$keys, "width")) + 2.5)
  min(wanted, 0.4 * graphics::par("fin")[1] / graphics::par("csi"))
}

draw_legend <- function(scale) {
  if (length(scale$keys) == 0) return(invisible())
  corner <- graphics::par("usr")[c(2, 4)]
  graphics::legend(
    corner[1], corner[2],
    legend = scale$keys, col = scale$key_colour, pch = 16, bty = "n", xpd = NA, cex = 0.9,
    ncol = legend_columns(scale$keys)
  )
}
