# Draws points and lines as pixels, for pictures of so many that single ones cannot be told apart. A
# cell of the grid in which `count` points fall is as opaque as that many points drawn over each
# other, and has their mean color.

# Cells that are not empty: their `column` and `row`, from the lower left, and their color.
point_cells <- function(x, y, color, alpha, frame, size) {
  cell <- cell_of(x, y, frame, size)
  color <- rep_len(color, length(x))
  inside <- !is.na(cell)
  palette <- unique(color)
  # One count for each cell and color: there are fewer of these than of points.
  pairs <- tabulate_pairs(cell[inside], match(color[inside], palette))
  rgb <- grDevices::col2rgb(palette)[, pairs$second, drop = FALSE] * rep(pairs$count, each = 3)
  count <- rowsum(pairs$count, pairs$first)[, 1]
  mean_rgb <- rowsum(t(rgb), pairs$first) / count
  cells(unique(pairs$first), mean_rgb, 1 - (1 - alpha)^count, size)
}

# Lines, as points a pixel apart, each as opaque as the line's weight says.
line_cells <- function(lines, color, alpha, frame, size) {
  weight <- numeric(prod(size))
  for (part in split(seq_len(nrow(lines)), (seq_len(nrow(lines)) - 1) %/% 1e5)) {
    ink <- line_ink(lines[part, ], frame, size)
    weight[ink$cell + 1] <- weight[ink$cell + 1] + ink$weight
  }
  cell <- which(weight > 0) - 1
  rgb <- matrix(grDevices::col2rgb(color), length(cell), 3, byrow = TRUE)
  cells(cell, rgb, 1 - (1 - alpha)^weight[cell + 1], size)
}

# The cells that lines pass, and the weight that they leave there.
line_ink <- function(lines, frame, size) {
  dx <- (lines$x1 - lines$x0) / diff(frame$x) * size[1]
  dy <- (lines$y1 - lines$y0) / diff(frame$y) * size[2]
  steps <- pmax(1L, as.integer(ceiling(pmax(abs(dx), abs(dy)))))
  line <- rep(seq_len(nrow(lines)), steps)
  along <- (sequence(steps) - 0.5) / steps[line]
  between <- function(from, to) from[line] + along * (to - from)[line]
  cell <- cell_of(between(lines$x0, lines$x1), between(lines$y0, lines$y1), frame, size)
  inside <- !is.na(cell)
  weight <- rowsum(lines$weight[line][inside], cell[inside])
  list(cell = as.numeric(rownames(weight)), weight = weight[, 1])
}

# Number of the cell from 0, NA outside of the frame.
cell_of <- function(x, y, frame, size) {
  column <- floor((x - frame$x[1]) / diff(frame$x) * size[1])
  row <- floor((y - frame$y[1]) / diff(frame$y) * size[2])
  inside <- column >= 0 & column < size[1] & row >= 0 & row < size[2]
  ifelse(inside, row * size[1] + column, NA)
}

# How often each pair comes, ordered by the first.
tabulate_pairs <- function(first, second) {
  key <- first * max(second, 1) + second - 1
  counts <- rle(sort(key))
  list(
    first = counts$values %/% max(second, 1), second = counts$values %% max(second, 1) + 1,
    count = counts$lengths
  )
}

cells <- function(cell, rgb, alpha, size) {
  data.frame(
    column = cell %% size[1], row = cell %/% size[1],
    color = grDevices::rgb(rgb[, 1], rgb[, 2], rgb[, 3], 255 * alpha, maxColorValue = 255)
  )
}

# A raster image of cells, its first row on top.
cells_raster <- function(cells, size) {
  image <- matrix("transparent", size[2], size[1])
  image[cbind(size[2] - cells$row, cells$column + 1)] <- cells$color
  grDevices::as.raster(image)
}
