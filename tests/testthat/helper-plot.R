# Pictures as numbers.

labels_of_all_kinds <- list(
  iris$Species, iris[[1]], 1:150, rep(1, 150), rep(NA, 150),
  replace(iris[[1]], 1:2, c(NA, Inf)), rep(c(TRUE, NA, FALSE), 50), as.character(1:150),
  factor(rep(letters[1:15], 10)), replace(iris$Species, 7, NA),
  as.Date("2026-01-01") + rep(1:3, 50),
  as.POSIXct(0, origin = "2026-01-01", tz = "UTC") + 1:150,
  factor(rep(strrep("long", 50), 150)), rep(NA_real_, 150),
  c(as.Date(NA), as.Date("2026-01-01") + 1:149), as.raw(1:150),
  c(as.POSIXct(NA), as.POSIXct(0, origin = "2026-01-01", tz = "UTC") + 1:149),
  addNA(factor(rep(c(NA, "a", "b"), 50))), factor(rep(NA, 150)), addNA(factor(rep(NA, 150))),
  1:150 * 2^-1074, rep(c("caf\xe9", "th\xe9"), 75), factor(rep(c("caf\xe9", "th\xe9"), 75))
)

# An embedding of given coordinates.
placed <- function(..., label = NULL) new_embedding(cbind(...), label)

# Seeds of a sunflower, the same on every machine, in four groups.
sunflower <- function(n = 40, d = 2, label = factor(letters[1 + seq_len(n) %% 4])) {
  angle <- 2.399963 * seq_len(n)
  radius <- sqrt(seq_len(n))
  layout <- cbind(radius * cos(angle), 0.6 * radius * sin(angle), radius)
  new_embedding(layout[, seq_len(d), drop = FALSE], label)
}

# Each point with its predecessor and the one before, both ways.
sunflower_edges <- function(n = 40) {
  row <- c(2:n, 3:n)
  col <- c(2:n - 1, 3:n - 2)
  similarity <- rep(c(1, 0.4), c(n - 1, n - 2))
  data.frame(row = c(row, col), col = c(col, row), similarity = rep(similarity, 2))
}

# The calls of base graphics that `code` makes, named by what they draw. Graphics parameters must
# come back as they were.
drawn <- function(code) {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  grDevices::dev.control("enable")
  before <- graphics::par(no.readonly = TRUE)[c("mar", "xpd", "mfrow", "oma")]
  force(code)
  expect_identical(graphics::par(no.readonly = TRUE)[c("mar", "xpd", "mfrow", "oma")], before)
  calls <- lapply(grDevices::recordPlot()[[1]], `[[`, 2)
  known <- c(C_plotXY = "points", C_segments = "edges", C_raster = "image", C_text = "text",
    C_rect = "box", C_axis = "axis", C_mtext = "title"
  )
  name <- vapply(calls, function(call) {
    if (is.list(call[[1]])) call[[1]][["name"]] else as.character(call[[1]])
  }, "")
  stats::setNames(calls, unname(known[name]))
}

# For each call: x, y, color, shape and size of its points.
drawn_points <- function(calls) {
  lapply(unname(calls[names(calls) %in% "points"]), function(call) {
    list(x = call[[2]]$x, y = call[[2]]$y, pch = call[[4]], col = call[[6]], cex = call[[8]])
  })
}

drawn_text <- function(calls) {
  as.character(unlist(lapply(calls[names(calls) %in% "text"], `[[`, 3)))
}

drawn_image <- function(calls) as.matrix(calls[names(calls) %in% "image"][[1]][[2]])

# The points of a picture are where the embedding has them, in the colors of the labels.
expect_points_of <- function(calls, embedding, label) {
  picture <- new_picture(embedding, label = label)
  found <- drawn_points(calls)[[1]]
  expect_identical(found$x, picture$x[picture$order])
  expect_identical(found$y, picture$y[picture$order])
  color <- grDevices::adjustcolor(picture$scale$color, picture$alpha)
  expect_identical(found$col, rep_len(color, nrow(embedding))[picture$order])
}

# As SVG, which is compared with the one in _snaps.
expect_picture <- function(title, draw) {
  skip_if_not_installed("vdiffr")
  vdiffr::expect_doppelganger(title, draw)
}
