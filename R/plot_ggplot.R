# Draws with ggplot2 what plot_base.R draws, as layers.

draw_ggplot <- function(picture) {
  plot <- ggplot2::ggplot(picture_points(picture), picture_mapping(picture)) +
    ggplot2::labs(x = picture$xlab, y = picture$ylab) +
    ggplot_theme()
  if (!is.null(picture$edges)) plot <- plot + edge_layer(picture)
  plot + point_layer(picture) + ggplot_space(picture) + ggplot_colors(picture) +
    median_layer(picture)
}

# Snapshots as facets on one scale.
draw_ggplot_panels <- function(panels) {
  first <- panels[[1]]
  points <- lapply(names(panels), function(epoch) {
    cbind(picture_points(panels[[epoch]]), epoch = paste("epoch", epoch))
  })
  points <- do.call(rbind, points)
  points$epoch <- factor(points$epoch, unique(points$epoch))
  for (axis in c("x", "y")) first[[axis]] <- range(lapply(panels, `[[`, axis))
  ggplot2::ggplot(points, picture_mapping(first)) +
    point_layer(first, points) +
    ggplot2::facet_wrap("epoch") +
    ggplot2::labs(x = first$xlab, y = first$ylab) +
    ggplot2::scale_x_continuous(n.breaks = 4) +
    ggplot_theme() +
    ggplot2::theme(panel.spacing = ggplot2::unit(1, "lines")) +
    ggplot_space(first) +
    ggplot_colors(first)
}

# Returns the points in the order of drawing.
picture_points <- function(picture) {
  points <- data.frame(x = picture$x, y = picture$y)
  points$label <- picture$label
  if (length(picture$cex) > 1) points$cex <- picture$cex
  points[picture$order, , drop = FALSE]
}

picture_mapping <- function(picture) {
  .data <- ggplot2::.data
  if (is.null(picture$label)) {
    ggplot2::aes(x = .data$x, y = .data$y)
  } else {
    ggplot2::aes(x = .data$x, y = .data$y, color = .data$label)
  }
}

ggplot_theme <- function() {
  ggplot2::theme_minimal() +
    ggplot2::theme(panel.grid.minor = ggplot2::element_blank())
}

ggplot_space <- function(picture) {
  if (picture$is_plane) return(ggplot2::coord_equal())
  ggplot2::scale_y_continuous(
    breaks = seq_along(picture$strips), labels = picture$strips, limits = picture$ylim
  )
}

# ---- Layers -------------------------------------------------------------------------------------

point_layer <- function(picture, points = picture_points(picture)) {
  if (picture$raster) return(pixel_layers(picture, points))
  cex <- if (is.null(points[["cex"]])) picture$cex else points[["cex"]]
  look <- list(size = 2.6 * cex, alpha = picture$alpha, stroke = 0)
  if (is.null(picture$label)) look$color <- plain_color
  do.call(ggplot2::geom_point, look)
}

pixel_layers <- function(picture, points) {
  if (!requireNamespace("scattermore", quietly = TRUE)) return(cell_layers(picture, points))
  look <- list(pointsize = 1.2, alpha = picture$alpha, pixels = c(1000, 1000))
  if (is.null(picture$label)) look$color <- plain_color
  do.call(scattermore::geom_scattermore, look)
}

# An image in place of points, one for each panel, and a point out of sight for each key of the
# legend.
cell_layers <- function(picture, points) {
  points$color <- rep_len(color_scale(points$label)$color, nrow(points))
  panels <- if (is.null(points$epoch)) list(points) else split(points, points$epoch)
  frame <- image_frame(picture)
  images <- lapply(panels, function(panel) {
    cells <- point_cells(panel$x, panel$y, panel$color, picture$alpha, frame, frame$size)
    image_layer(cells, frame, panel[1, ])
  })
  keys <- points[!duplicated(points$label), , drop = FALSE]
  list(ggplot2::geom_blank(), images, ggplot2::geom_point(data = keys, alpha = 0))
}

image_frame <- function(picture) {
  frame <- list(x = frame_limits(NULL, picture$x), y = frame_limits(NULL, picture$y))
  extent <- c(diff(frame$x), diff(frame$y))
  if (!picture$is_plane) extent <- c(1, 1)
  frame$size <- pmax(1, round(1000 * extent / max(extent)))
  frame
}

# `panel`: a row of data that says in which panel the image belongs.
image_layer <- function(cells, frame, panel = data.frame(x = NA)) {
  ggplot2::layer(
    geom = ggplot2::GeomRasterAnn, stat = "identity", position = "identity", data = panel,
    mapping = ggplot2::aes(), inherit.aes = FALSE,
    params = list(
      raster = cells_raster(cells, frame$size), interpolate = FALSE,
      xmin = frame$x[1], xmax = frame$x[2], ymin = frame$y[1], ymax = frame$y[2]
    )
  )
}

edge_layer <- function(picture) {
  .data <- ggplot2::.data
  edges <- picture$edges
  if (nrow(edges) > many_edges) {
    frame <- image_frame(picture)
    return(image_layer(line_cells(edges, "grey20", 0.1, frame, frame$size), frame))
  }
  ggplot2::geom_segment(
    ggplot2::aes(x = .data$x0, y = .data$y0, xend = .data$x1, yend = .data$y1), edges,
    inherit.aes = FALSE, alpha = edge_alpha(edges), color = "grey20", linewidth = 0.3
  )
}

# How large a panel is shows only when it is drawn; names are spread as for one of this size.
panel_inches <- 4.5

median_layer <- function(picture) {
  .data <- ggplot2::.data
  if (is.null(picture$medians)) return(NULL)
  cex <- median_cex(picture$medians)
  frame <- image_frame(picture)
  inch <- c(diff(frame$x), diff(frame$y)) / panel_inches
  if (picture$is_plane) inch[] <- max(inch)
  width <- cex * (0.08 * nchar(picture$medians$label) + 0.1) * inch[1]
  names <- spread_names(picture$medians, width, 0.21 * cex * inch[2], frame$x)
  look <- list(
    ggplot2::aes(x = .data$x, y = .data$y, label = .data$label), names,
    inherit.aes = FALSE, alpha = 0.8, size = 3.6 * cex,
    label.padding = ggplot2::unit(0.1, "lines")
  )
  border <- if (utils::packageVersion("ggplot2") >= "4.0.0") "linewidth" else "label.size"
  look[[border]] <- 0
  do.call(ggplot2::geom_label, look)
}

# ---- Colors ------------------------------------------------------------------------------------

most_keys <- 60

ggplot_colors <- function(picture) {
  scale <- picture$scale
  if (scale$kind == "none") return(NULL)
  if (scale$kind == "numbers") return(ggplot_number_colors(scale))
  n_levels <- nlevels(picture$label)
  n_columns <- ceiling(min(length(scale$keys), most_keys) / 20)
  keys <- cut_middle(levels(picture$label), if (n_columns > 2) 18 else 29)
  is_tight <- n_columns > 2 || n_columns * max(0, nchar(keys)) > 30
  if (!is.null(picture$strips) || !is.null(picture$medians)) {
    guide <- "none"
  } else {
    guide <- ggplot2::guide_legend(
      override.aes = list(size = if (is_tight) 2 else 3, alpha = 1, shape = 16), ncol = n_columns
    )
  }
  list(
    ggplot2::scale_color_manual(
      name = scale$title, values = scale$key_color[seq_len(n_levels)], drop = FALSE,
      breaks = function(levels) utils::head(levels, most_keys),
      labels = function(shown) keys[match(shown, levels(picture$label))], na.value = missing_color,
      guide = guide
    ),
    if (is_tight) {
      ggplot2::theme(
        legend.text = ggplot2::element_text(size = 6), legend.key.size = ggplot2::unit(0.6, "lines")
      )
    },
    if (n_levels > most_keys) {
      ggplot2::labs(caption = paste(n_levels - most_keys, "more labels are not in the legend"))
    }
  )
}

ggplot_number_colors <- function(scale) {
  list(
    ggplot2::scale_color_gradientn(
      name = scale$title, colors = viridis(256), limits = scale$limits,
      breaks = scale$at, labels = scale$keys, na.value = missing_color,
      # as numbers, since pmax() of dates fails where the first is missing
      oob = function(x, range) pmin(pmax(as.numeric(x), range[1]), range[2]),
      guide = ggplot2::guide_colorbar(barheight = ggplot2::unit(8, "lines"))
    ),
    if (scale$has_missing) ggplot2::labs(caption = "light gray: no value")
  )
}
