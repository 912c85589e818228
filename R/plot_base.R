# Draws pictures in base graphics. The plot region holds a frame for the points and, to its right,
# the legend; as one system of coordinates covers both, points and text can be added afterwards.

many_edges <- 50000

# Pixels of a raster per inch.
raster_resolution <- 120

draw_base <- function(picture, ...) {
  look <- base_look(list(...), picture)
  old <- graphics::par(look$par)
  on.exit(graphics::par(old))
  graphics::plot.new()
  legend <- fit_legend(picture, room = graphics::par("pin") * c(0.4, 1))
  frame <- open_frame(picture, look, names_width(picture), legend$width)
  if (!is.null(picture$edges)) draw_edges(picture$edges, frame)
  if (look$type == "p") {
    if (picture$raster) draw_pixels(picture, look, frame) else draw_points(picture, look)
  }
  if (look$axes) draw_axes(picture, frame)
  if (look$frame.plot) draw_box(frame)
  if (graphics::par("ann")) draw_titles(picture, look, frame)
  if (!is.null(picture$medians)) draw_medians(picture$medians, frame)
  draw_legend(legend, frame)
  invisible(frame)
}

# ---- Arguments ----------------------------------------------------------------------------------

# Arguments of plot.default(), `given` in the dots of a method.
check_plot_dots <- function(given, method) {
  if (length(given) == 0) return(invisible())
  checks <- list(
    xlim = check_axis_limits, ylim = check_axis_limits, asp = check_aspect, axes = check_flag,
    frame.plot = check_flag, pch = check_some, col = check_some, type = check_type,
    log = check_not_log
  )
  known <- c(
    names(formals(method)), names(formals(plot.umap_embedding)), names(checks), "main", "sub",
    "xlab", "ylab"
  )
  check_dot_names(given, known, "plot()", others = names(graphics::par(no.readonly = TRUE)))
  for (arg in intersect(names(given), names(checks))) checks[[arg]](given[[arg]], arg)
}

# The greater first reverses the axis.
check_axis_limits <- function(x, arg) {
  if (!is.null(x)) check_extent(abs(diff(check_span(x, arg, may_reverse = TRUE))), arg)
}

check_aspect <- function(x, arg) {
  if (!isTRUE(is.na(x))) check_number(x, arg, min = 0, open = TRUE)
}

check_some <- function(x, arg) {
  if (length(x) == 0) abort_input(arg, "must have a value for the points, not ", describe(x))
}

# With "n", only the frame.
check_type <- function(x, arg) check_choice(x, arg, c("p", "n"))

check_not_log <- function(x, arg) {
  if (identical(x, "")) return(invisible())
  abort_input(
    arg, "must be \"\", not ", describe(x), hint = "Coordinates can be negative."
  )
}

# Arguments of plot.default() by their use: frame, points, titles; the rest is for par().
base_look <- function(given, picture) {
  defaults <- list(
    xlim = NULL, ylim = picture$ylim, asp = if (picture$is_plane) 1 else NA, axes = TRUE,
    main = NULL, sub = NULL, xlab = picture$xlab, ylab = picture$ylab,
    frame.plot = NULL, pch = 16, type = "p",
    col = grDevices::adjustcolor(picture$scale$color, picture$alpha)
  )
  is_own <- names(given) %in% names(defaults)
  look <- utils::modifyList(defaults, given[is_own], keep.null = TRUE)
  if (is.null(look[["frame.plot"]])) look[["frame.plot"]] <- look[["axes"]]
  look[["par"]] <- given[!is_own & names(given) != "log"]
  look
}

# ---- Frame --------------------------------------------------------------------------------------

# Opens coordinates in which the data fill what names on the left and the legend on the right leave
# of the plot region. The limits of a reversed axis descend, and its scale is negative.
open_frame <- function(picture, look, left, right) {
  inches <- graphics::par("pin") - c(left + right, 0)
  x <- frame_limits(look$xlim, picture$x)
  y <- frame_limits(look$ylim, picture$y)
  scale <- inches / c(diff(x), diff(y)) # inches per unit
  if (!is.na(look$asp)) {
    direction <- sign(scale)
    scale <- abs(scale)
    scale[1] <- min(scale[1], scale[2] / look$asp)
    scale[2] <- scale[1] * look$asp
    scale <- direction * scale
  }
  x <- mean(x) + c(-0.5, 0.5) * inches[1] / scale[1]
  y <- mean(y) + c(-0.5, 0.5) * inches[2] / scale[2]
  graphics::plot.window(
    c(x[1] - left / scale[1], x[2] + right / scale[1]), y,
    asp = look$asp, xaxs = "i", yaxs = "i"
  )
  list(x = x, y = y, scale = scale, inches = inches)
}

# How much of the plot region, in inches, the names of strips need in addition to the margin.
names_width <- function(picture) {
  if (is.null(picture$strips)) return(0)
  wanted <- text_width(picture$strips) + 0.2 - graphics::par("mai")[2]
  min(max(wanted, 0), 0.4 * graphics::par("pin")[1])
}

# Adds a margin; a single value gets one too.
frame_limits <- function(limits, values) {
  if (is.null(limits)) limits <- range(values, finite = TRUE)
  if (diff(limits) == 0) return(limits + c(-1, 1))
  limits + c(-0.04, 0.04) * diff(limits)
}

draw_axes <- function(picture, frame) {
  quiet <- list(col = "grey70", col.axis = "grey30", tcl = -0.25, mgp = c(2, 0.4, 0), las = 1)
  ticks <- function(limits) {
    at <- pretty(limits, 5)
    at[at >= min(limits) & at <= max(limits)]
  }
  axis <- function(side, at, labels = TRUE, pos) {
    do.call(graphics::axis, c(list(side, at, labels, pos = pos), quiet))
  }
  axis(1, ticks(frame$x), pos = frame$y[1])
  if (picture$is_plane) axis(2, ticks(frame$y), pos = frame$x[1])
  if (!is.null(picture$strips)) {
    room <- graphics::par("mai")[2] + names_width(picture) - 0.15
    axis(2, seq_along(picture$strips), shorten(picture$strips, room), pos = frame$x[1])
  }
}

draw_box <- function(frame) {
  graphics::rect(frame$x[1], frame$y[1], frame$x[2], frame$y[2], border = "grey70", xpd = NA)
}

draw_titles <- function(picture, look, frame) {
  write <- function(text, side, line, at, ...) {
    if (!is.null(text)) graphics::mtext(text, side, line, at = at, ...)
  }
  write(look$xlab, 1, 1.8, mean(frame$x), cex = graphics::par("cex"))
  write(look$ylab, 2, 2.2, mean(frame$y), cex = graphics::par("cex"))
  write(look$main, 3, 0.8, mean(frame$x), font = 2, cex = 1.2 * graphics::par("cex"))
  write(look$sub, 1, 3, mean(frame$x), cex = 0.9 * graphics::par("cex"))
}

# ---- Points and edges ---------------------------------------------------------------------------

draw_points <- function(picture, look) {
  shown <- picture$order
  n <- length(picture$x)
  graphics::points(
    picture$x[shown], picture$y[shown],
    col = rep_len(look$col, n)[shown], pch = rep_len(look$pch, n)[shown],
    cex = rep_len(picture$cex, n)[shown]
  )
}

draw_pixels <- function(picture, look, frame) {
  size <- raster_size(frame)
  color <- substr(grDevices::adjustcolor(look$col), 1, 7)
  draw_cells(
    point_cells(picture$x, picture$y, color, picture$alpha, frame, size), frame, size
  )
}

draw_edges <- function(edges, frame) {
  if (nrow(edges) > many_edges) {
    size <- raster_size(frame)
    draw_cells(line_cells(edges, "grey20", 0.1, frame, size), frame, size)
  } else {
    graphics::segments(
      edges$x0, edges$y0, edges$x1, edges$y1,
      col = grDevices::gray(rep(0.2, nrow(edges)), edge_alpha(edges)), lwd = 0.7
    )
  }
}

# The more edges, the fainter.
edge_alpha <- function(edges) edges$weight * min(0.6, max(0.08, 30 / sqrt(nrow(edges) + 1)))

raster_size <- function(frame) pmax(1, round(frame$inches * raster_resolution))

draw_cells <- function(cells, frame, size) {
  graphics::rasterImage(
    cells_raster(cells, size), frame$x[1], frame$y[1], frame$x[2], frame$y[2],
    interpolate = FALSE
  )
}

# Names on a white shadow, so that they stand out from the points below.
draw_medians <- function(medians, frame) {
  cex <- median_cex(medians)
  em <- abs(c(graphics::strwidth("M", cex = cex), graphics::strheight("M", cex = cex)))
  width <- abs(graphics::strwidth(medians$label, cex = cex, font = 2)) + 0.4 * em[1]
  medians <- spread_names(medians, width, 1.6 * em[2], range(frame$x))
  write <- function(x, y, color) {
    graphics::text(x, y, medians$label, col = color, cex = cex, font = 2, xpd = NA)
  }
  for (angle in seq(0, 2 * pi, length.out = 17)[-1]) {
    write(medians$x + 0.15 * em[1] * cos(angle), medians$y + 0.22 * em[2] * sin(angle), "white")
  }
  write(medians$x, medians$y, "black")
}

# ---- Legend -------------------------------------------------------------------------------------

# What the legend shows in some room (width and height in inches), and how much width it takes.
fit_legend <- function(picture, room) {
  scale <- picture$scale
  if (scale$kind == "none" || !is.null(picture$strips) || !is.null(picture$medians)) {
    return(list(kind = "none", width = 0))
  }
  if (scale$kind == "levels") fit_keys(scale, room) else fit_bar(scale, room)
}

# The largest of some sizes of text in which all keys have room; in the smallest, as many as have.
fit_keys <- function(scale, room) {
  for (cex in c(0.9, 0.8, 0.7, 0.6, 0.5)) {
    line <- 1.35 * cex * text_height()
    rows <- max(1, floor(room[2] / line) - (length(scale$title) > 0))
    column <- text_width(scale$keys, cex) + 2.6 * cex * text_height()
    columns <- ceiling(length(scale$keys) / rows)
    if (columns * column <= room[1]) break
  }
  keys <- scale$keys
  color <- scale$key_color
  if (columns * column > room[1]) {
    column <- min(column, room[1])
    keys <- shorten(keys, column - 2.6 * cex * text_height(), cex)
    columns <- max(1, floor(room[1] / column))
    if (length(keys) > columns * rows) {
      shown <- seq_len(columns * rows - 1)
      keys <- c(keys[shown], paste("and", length(keys) - length(shown), "more"))
      color <- c(color[shown], NA)
    }
  }
  rows <- ceiling(length(keys) / columns)
  title_width <- text_width(scale$title, cex)
  list(
    kind = "levels", keys = keys, color = color, title = scale$title, cex = cex, line = line,
    rows = rows, column = column, width = max(columns * column, title_width + 0.15)
  )
}

bar_width <- 0.16 # inches

fit_bar <- function(scale, room) {
  keys <- text_width(scale$keys, 0.8)
  title <- text_width(scale$title, 0.9)
  width <- max(0.12 + bar_width + 0.08 + keys, 0.12 + title)
  c(scale, width = min(width + 0.05, room[1]))
}

# Returns the size of the longest text, and of a line of it, in inches.
text_width <- function(text, cex = 1) {
  if (length(text) == 0) return(0)
  max(graphics::strwidth(text, "inches", cex))
}
text_height <- function() graphics::par("cin")[2] * graphics::par("cex")

# Names without what exceeds a width in inches; dots of ASCII, as not every device has others.
shorten <- function(names, width, cex = 1) {
  fits <- function(names) graphics::strwidth(names, "inches", cex) <= width
  kept <- nchar(names)
  repeat {
    cut <- ifelse(kept < nchar(names), paste0(substr(names, 1, kept), "..."), names)
    is_long <- !fits(cut) & kept > 1
    if (!any(is_long)) return(cut)
    kept[is_long] <- kept[is_long] - 1
  }
}

draw_legend <- function(legend, frame) {
  old <- graphics::par(xpd = NA)
  on.exit(graphics::par(old))
  switch(legend$kind, levels = draw_keys(legend, frame), numbers = draw_bar(legend, frame))
}

draw_keys <- function(legend, frame) {
  place <- legend_places(frame)
  key <- seq_along(legend$keys) - 1
  left <- 0.1 + (key %/% legend$rows) * legend$column
  down <- legend$line * (key %% legend$rows + 0.5 + (length(legend$title) > 0))
  em <- legend$cex * text_height()
  if (length(legend$title) > 0) {
    graphics::text(
      place$x(0.1), place$y(0.5 * legend$line), legend$title,
      adj = c(0, 0.5), cex = legend$cex
    )
  }
  graphics::points(
    place$x(left + 0.5 * em), place$y(down),
    col = legend$color, pch = 16, cex = 1.3 * legend$cex
  )
  graphics::text(
    place$x(left + 1.2 * em), place$y(down), legend$keys,
    adj = c(0, 0.5), cex = legend$cex
  )
}

draw_bar <- function(legend, frame) {
  place <- legend_places(frame)
  top <- 0.08 + 1.4 * text_height() * (length(legend$title) > 0)
  height <- min(2.2, frame$inches[2] - top - 1.5 * text_height() * legend$has_missing)
  if (length(legend$title) > 0) {
    graphics::text(
      place$x(0.12), place$y(0.6 * text_height()), legend$title,
      adj = c(0, 0.5), cex = 0.9
    )
  }
  left <- place$x(0.12)
  right <- place$x(0.12 + bar_width)
  colors <- ramp(seq(1, 0, length.out = 256), c(0, 1))
  part <- (legend$at - legend$limits[1]) / diff(legend$limits)
  if (diff(legend$limits) == 0) {
    colors <- ramp(0.5, c(0, 1))
    height <- bar_width
    part <- 0.5
  }
  graphics::rasterImage(
    grDevices::as.raster(matrix(colors)), left, place$y(top + height), right, place$y(top)
  )
  at <- place$y(top + height * (1 - part))
  graphics::segments(right, at, place$x(0.12 + bar_width + 0.04), at, col = "grey50")
  label_x <- place$x(0.12 + bar_width + 0.08)
  graphics::text(label_x, at, legend$keys, adj = c(0, 0.5), cex = 0.8)
  if (legend$has_missing) {
    down <- top + height + 0.6 * text_height()
    graphics::rect(
      left, place$y(down + bar_width), right, place$y(down),
      col = missing_color, border = NA
    )
    graphics::text(label_x, place$y(down + bar_width / 2), "NA", adj = c(0, 0.5), cex = 0.8)
  }
}

# Coordinates of what lies some inches right of the frame, or below its top.
legend_places <- function(frame) {
  list(
    x = function(inches) frame$x[2] + inches / frame$scale[1],
    y = function(inches) frame$y[2] - inches / frame$scale[2]
  )
}

# ---- Panels -------------------------------------------------------------------------------------

# Snapshots side by side, in one frame, with one legend to the right of all.
draw_base_panels <- function(panels) {
  shape <- panel_shape(length(panels))
  lines <- legend_lines(panels[[1]]$scale)
  old <- graphics::par(mfrow = shape, mar = c(1.2, 1.2, 1.8, 0.4), oma = c(0, 0, 0, lines))
  on.exit(graphics::par(old))
  limits <- function(axis) range(vapply(panels, function(p) range(p[[axis]]), c(0, 0)))
  x <- limits("x")
  y <- limits("y")
  for (i in seq_along(panels)) {
    panel <- panels[[i]]
    panel$scale$kind <- "none"
    frame <- draw_base(panel, xlim = x, ylim = y, axes = FALSE, xlab = NULL, ylab = NULL)
    graphics::box(col = "grey80")
    graphics::mtext(paste("epoch", names(panels)[i]), 3, 0.3, cex = graphics::par("cex"))
    if (i == min(shape[2], length(panels))) {
      room <- c(graphics::par("omi")[4], 0.9 * graphics::par("din")[2])
      draw_legend(fit_legend(panels[[i]], room), frame)
    }
  }
}

# Rows and columns that make the panels as large as the device allows, each about square.
panel_shape <- function(n) {
  columns <- seq_len(n)
  rows <- ceiling(n / columns)
  size <- graphics::par("din")
  best <- which.max(pmin(size[1] / columns, size[2] / rows))
  c(rows[best], columns[best])
}

# Width of a legend, in lines, before there is a plot in which text can be measured.
legend_lines <- function(scale) {
  if (scale$kind == "none") return(0)
  min(20, 3 + 0.5 * max(nchar(c(scale$keys, scale$title))))
}
