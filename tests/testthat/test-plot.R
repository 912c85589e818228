model <- umap_fit(iris[1:4], iris$Species)
embedding <- as.data.frame(model)

as_embedding <- function(x, y) {
  structure(data.frame(UMAP1 = x, UMAP2 = y), class = class(embedding))
}

# Draws into nowhere; graphics parameters must come back as they were.
expect_draws <- function(code) {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  before <- graphics::par(no.readonly = TRUE)[c("mar", "xpd", "mfrow", "oma")]
  expect_error(code, NA)
  expect_identical(graphics::par(no.readonly = TRUE)[c("mar", "xpd", "mfrow", "oma")], before)
}

labels_of_all_kinds <- list(
  iris$Species, iris[[1]], 1:150, rep(1, 150), rep(NA, 150),
  replace(iris[[1]], 1:2, c(NA, Inf)), rep(c(TRUE, NA, FALSE), 50), as.character(1:150),
  factor(rep(letters[1:15], 10)), replace(iris$Species, 7, NA), Sys.Date() + rep(1:3, 50),
  Sys.time() + 1:150, factor(rep(strrep("long", 50), 150)), rep(NA_real_, 150),
  c(as.Date(NA), Sys.Date() + 1:149), c(as.POSIXct(NA), Sys.time() + 1:149), as.raw(1:150),
  addNA(factor(rep(c(NA, "a", "b"), 50))), factor(rep(NA, 150)), addNA(factor(rep(NA, 150))),
  1:150 * 2^-1074
)

test_that("models and embeddings are drawn, whatever the labels", {
  expect_draws(expect_identical(plot(model), model))
  expect_draws(plot(embedding, main = "iris", sub = "150 flowers", xlab = "first", las = 3))
  expect_draws(plot(embedding, label = NULL))
  for (label in labels_of_all_kinds) expect_draws(plot(embedding, label = label))
  expect_draws(plot(embedding, label_medians = TRUE))
  nothing <- factor(rep(NA, 150))
  expect_draws(expect_no_warning(plot(embedding, label = nothing, label_medians = TRUE)))
  expect_draws(plot(embedding, raster = TRUE))
  expect_draws(plot(embedding, axes = FALSE, pch = 3, asp = NA, col = "red"))
  expect_draws(plot(embedding[1, ]))
  expect_draws(plot(embedding[1:2, ], label = c("a", "b")))
})

test_that("points can be added to a plot", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  plot(embedding)
  usr <- graphics::par("usr")
  expect_true(all(embedding$UMAP1 > usr[1] & embedding$UMAP1 < usr[2]))
  scale <- graphics::par("pin") / c(diff(usr[1:2]), diff(usr[3:4]))
  expect_equal(scale[1], scale[2])
})

test_that("any number of dimensions is drawn", {
  one <- umap(iris[1:4], iris$Species, n_components = 1)
  for (label in labels_of_all_kinds) expect_draws(plot(one, label = label))
  expect_draws(plot(one, label = NULL))
  three <- umap(iris[1:4], iris$Species, n_components = 3)
  expect_draws(plot(three))
  expect_draws(plot(three, dims = c(3, 1)))
  expect_input_error(plot(three, dims = c(1, 4)), "`dims` must be two numbers from 1 to 3")
  expect_input_error(plot(three, dims = 1), "`dims`")
})

test_that("what cannot be drawn is refused", {
  expect_input_error(plot(embedding, label = 1:3), "`label` must have one value per row")
  partial <- structure(
    embedding["UMAP1"], class = class(embedding), settings = attr(embedding, "settings")
  )
  expect_input_error(plot(partial), "must have all its coordinates UMAP1, UMAP2, .*, not only UMAP1")
  expect_input_error(plot(embedding, cex = -1), "`cex`")
  expect_input_error(plot(embedding, alpha = 2), "`alpha`")
  expect_input_error(plot(embedding, raster = 1), "`raster`")
  expect_input_error(plot(embedding, label = iris[[1]], label_medians = TRUE), "`label_medians`")
  expect_input_error(plot(embedding, edges = digits_graph(20)), "`edges` must be a graph of 150")
  expect_input_error(plot(model, diagnostic = "beauty"), "`diagnostic` must be one of")
  expect_input_error(plot(model, diagnostic = "trustworthiness"), "`data` is missing")
  expect_input_error(plot(model, connectivity = "yes"), "`connectivity`")
})

test_that("colours are distinct, and the scale is monotone", {
  for (n in c(1, 3, 9, 10, 11, 30, 100)) expect_length(unique(distinct_colours(n)), n)
  scale <- colour_scale(iris$Species)
  expect_identical(scale$keys, levels(iris$Species))
  expect_identical(scale$colour, scale$key_colour[iris$Species])
  lightness <- colSums(grDevices::col2rgb(viridis(20)) * c(0.21, 0.72, 0.07))
  expect_false(is.unsorted(lightness))
})

test_that("keys of a scale are round values within the data", {
  scale <- colour_scale(c(0.3, 9.7, NA))
  expect_identical(scale$keys, c("2", "4", "6", "8"))
  expect_identical(scale$limits, c(0.3, 9.7))
  expect_true(scale$has_missing)
  expect_identical(colour_scale(rep(7, 3))$keys, "7")
  expect_identical(scale$colour[3], missing_colour)
  dates <- colour_scale(as.Date("2026-01-01") + 0:9)
  expect_match(dates$keys, "^2026-01-|^Jan")
})

test_that("labels beyond the limits have the colour of the end, and the legend says so", {
  scale <- colour_scale(c(0, 3, 7, 80), limits = c(2, 10))
  expect_identical(scale$keys, c("4", "6", "8", "< 2", "> 10"))
  expect_identical(scale$at, c(4, 6, 8, 2, 10))
  expect_identical(scale$colour[c(1, 4)], viridis(256)[c(1, 256)])
  expect_identical(scale$colour[2:3], ramp(c(3, 7), c(2, 10)))
  expect_identical(colour_scale(c(3, 7), limits = c(2, 8))$keys, as.character(2:8))
  day <- as.Date("2026-01-01")
  dates <- colour_scale(day + 0:99, limits = as.numeric(day) + c(10, 50))
  expect_identical(utils::tail(dates$keys, 2), c("< 2026-01-11", "> 2026-02-20"))
  expect_draws(plot(embedding, label = iris[[1]], limits = c(5, 6)))
  expect_input_error(plot(embedding, label = iris[[1]], limits = c(6, 5)), "`limits` must be two")
  expect_unfurl_warning(new_picture(embedding, label = iris$Species, limits = 1:2), "`limits`")
  skip_if_not_installed("ggplot2")
  plot <- ggplot2::autoplot(embedding, label = iris[[1]], limits = c(5, 6))
  shown <- colour_scale(iris[[1]], limits = c(5, 6))$colour[new_picture(embedding)$order]
  off <- abs(grDevices::col2rgb(ggplot2::layer_data(plot)$colour) - grDevices::col2rgb(shown))
  expect_lt(max(off), 6)
})

test_that("names at medians do not overlap, and stay within the frame", {
  names <- data.frame(x = c(0, 0.1, 0.2, 5, 9.9), y = c(1, 1, 1.1, 1, 1), label = letters[1:5])
  moved <- spread_names(names, rep(2, 5), 0.5, c(0, 10))
  expect_gt(min(dist(moved$y[1:3])), 0.48)
  expect_identical(moved$y[4:5], c(1, 1))
  expect_identical(moved$x, c(1, 1, 1, 5, 9))
  expect_equal(mean(moved$y[1:3]), mean(names$y[1:3]), tolerance = 0.05)
  expect_identical(spread_names(names[4, ], 2, 0.5, c(0, 10)), names[4, ])
})

test_that("missing labels lie below, and no label above all others", {
  label <- factor(rep(c("a", NA, "b"), c(40, 20, 40)))
  order <- drawing_order(label, 100)
  expect_true(all(is.na(label[order[1:20]])))
  above <- label[order[61:100]]
  expect_gt(min(table(above)), 15)
  expect_identical(sort(order), 1:100)
})

test_that("pixels count the points below them", {
  frame <- list(x = c(0, 4), y = c(0, 2))
  found <- point_cells(
    c(0.5, 0.6, 3.5, 9), c(0.5, 0.6, 1.5, 1), c("#FF0000", "#0000FF", "#00FF00", "#00FF00"), 0.5,
    frame, c(4, 2)
  )
  expect_identical(found$column, c(0, 3))
  expect_identical(found$row, c(0, 1))
  expect_identical(found$colour, c("#7F007FBF", "#00FF007F"))
  lines <- data.frame(x0 = 0.5, y0 = 0.5, x1 = 3.5, y1 = 0.5, weight = 1)
  expect_identical(line_cells(lines, "black", 0.5, frame, c(4, 2))$column, c(1, 2, 3))
  image <- as.matrix(cells_raster(found, c(4, 2)))
  expect_identical(image[2, 1], "#7F007FBF")
  expect_identical(sum(image == "transparent"), 6L)
})

test_that("edges of the graph are drawn, many as pixels", {
  skip_if_quick("the drawing of a quarter of a million edges")
  expect_draws(plot(model, connectivity = TRUE))
  edges <- plot_edges(model$graph, list(x = embedding$UMAP1, y = embedding$UMAP2))
  expect_identical(nrow(edges), nrow(model$graph) %/% 2L)
  expect_false(is.unsorted(edges$weight))
  big <- as_embedding(1:500, golden(500))
  all_pairs <- as.matrix(expand.grid(row = 1:500, col = 1:500))
  all_pairs <- all_pairs[all_pairs[, 1] != all_pairs[, 2], ]
  graph <- data.frame(all_pairs, similarity = 0.5)
  expect_draws(plot(big, edges = graph))
})

test_that("diagnostics colour the points", {
  for (diagnostic in diagnostics) {
    data <- if (diagnostic == "trustworthiness") iris[1:4]
    expect_draws(plot(model, diagnostic = diagnostic, data = data))
  }
  expect_equal(
    neighbors_kept(model), point_quality(iris[1:4], model, 14)$neighbor_preservation,
    tolerance = 0.02
  )
  shown <- diagnose(model, "local_dimension", NULL, NULL)
  expect_identical(shown$label, local_dimension(model$neighbors))
  expect_identical(shown$title, "local dimension")
  expect_lt(mean(shown$label < shown$limits[1] | shown$label > shown$limits[2]), 0.05)
  expect_lt(shown$limits[2], max(shown$label))
  expect_identical(diagnose(model, "local_dimension", NULL, list(limits = 1:2))$limits, 1:2)
})

test_that("more than 100,000 points become pixels", {
  many <- as_embedding(golden(100001), rep_len(golden(99), 100001))
  expect_true(new_picture(many)$raster)
  expect_false(new_picture(many[-1, ])$raster)
  expect_draws(plot(many, label = rep_len(letters, 100001)))
})

test_that("snapshots are drawn side by side", {
  graph <- digits_graph(200)
  layouts <- optimize_layout(graph, initial_layout(graph, "random"), 20, snapshots = c(0, 5, 20))
  expect_s3_class(layouts, "umap_snapshots")
  expect_draws(plot(layouts))
  expect_draws(plot(layouts, label = digits$label[1:200], raster = TRUE))
  expect_input_error(plot(layouts, main = "no"), "must be empty")
  watched <- umap_fit(iris[1:4], iris$Species, n_epochs = 20, snapshots = c(0, 20))
  expect_identical(attr(watched$snapshots, "labels"), iris$Species)
  expect_draws(plot(watched$snapshots))
  skip_if_not_installed("ggplot2")
  drawn <- ggplot2::autoplot(layouts, label = digits$label[1:200])
  expect_identical(as.vector(table(ggplot2::layer_data(drawn)$PANEL)), rep(200L, 3))
  expect_draws(print(ggplot2::autoplot(layouts, raster = TRUE)))
  expect_identical(levels(ggplot2::autoplot(watched$snapshots)$data$label), levels(iris$Species))
})

test_that("ggplot2 draws embeddings too", {
  skip_if_not_installed("ggplot2")
  for (label in c(labels_of_all_kinds, list(NULL))) {
    plot <- ggplot2::autoplot(embedding, label = label)
    expect_s3_class(plot, "ggplot")
    drawn <- ggplot2::layer_data(plot)
    picture <- new_picture(embedding, label = label)
    expect_equal(drawn$x, embedding$UMAP1[picture$order])
    expect_equal(drawn$y, embedding$UMAP2[picture$order])
    if (is.factor(label)) expect_identical(drawn$colour, picture$scale$colour[picture$order])
    if (inherits(label, "Date") && anyNA(label)) {
      off <- grDevices::col2rgb(drawn$colour) -
        grDevices::col2rgb(picture$scale$colour[picture$order])
      expect_lt(max(abs(off)), 6)
    }
    expect_draws(print(plot))
  }
  one <- umap(iris[1:4], iris$Species, n_components = 1)
  expect_draws(print(ggplot2::autoplot(one)))
  expect_draws(print(ggplot2::autoplot(one, label = iris[[1]])))
  expect_error(ggplot2::autoplot(embedding, colour = 1), class = "unfurl_error_input")
})

test_that("ggplot2 draws models, edges, medians and pixels", {
  skip_if_not_installed("ggplot2")
  expect_draws(print(ggplot2::autoplot(model, connectivity = TRUE)))
  expect_draws(print(ggplot2::autoplot(model, label_medians = TRUE)))
  expect_draws(print(ggplot2::autoplot(model, raster = TRUE)))
  scale_of <- function(plot) plot$scales$get_scales("colour")
  expect_s3_class(scale_of(ggplot2::autoplot(model)), "ScaleDiscrete")
  plot <- ggplot2::autoplot(model, diagnostic = "local_dimension")
  expect_s3_class(scale_of(plot), "ScaleContinuous")
  expect_identical(scale_of(plot)$name, "local dimension")
  picture <- new_picture(embedding, label = iris$Species, raster = TRUE)
  cells <- ggplot2::ggplot(picture_points(picture), picture_mapping(picture)) +
    cell_layers(picture, picture_points(picture))
  expect_draws(print(cells))
})

test_that("rows without coordinates are left out, with a warning", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  e <- umap(iris[1:4], labels = iris$Species, n_epochs = 20)
  expect_input_error(plot(e[0, ]), "no rows to draw")
  e$UMAP1[3] <- e$UMAP2[3] <- NA
  expect_warning(plot(e), "1 row without coordinates", class = "unfurl_warning")
  expect_warning(plot(e, raster = TRUE, label_medians = TRUE), class = "unfurl_warning")
  skip_if_not_installed("ggplot2")
  expect_warning(shown <- ggplot2::autoplot(e), class = "unfurl_warning")
  expect_identical(nrow(shown$data), 149L)
})

test_that("long labels leave room for the points, and stay distinct", {
  names <- paste(strrep("a long name ", 6), "of label", 1:30)
  keys <- cut_middle(names)
  expect_true(all(nchar(keys) <= 29))
  expect_identical(anyDuplicated(keys), 0L)
  expect_identical(cut_middle("short"), "short")
  skip_if_not_installed("ggplot2")
  e <- umap(iris[1:4], labels = rep(names, 5), n_epochs = 20)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  table <- ggplot2::ggplotGrob(ggplot2::autoplot(e))
  legend <- table$widths[table$layout$l[grepl("guide-box", table$layout$name)]]
  inches <- max(grid::convertWidth(legend, "inches", valueOnly = TRUE))
  expect_true(inches > 0.5 && inches < 3.5)
  expect_input_error(ggplot2::autoplot(e, foo = 1), "`...` must be empty, but holds foo\\.")
})

test_that("diagnostics take the title that is given, and data only where they look at them", {
  model <- umap_fit(iris[1:4], n_epochs = 5)
  shown <- function(...) diagnose(model, ..., given = list(label = NULL, title = "mine"))
  expect_identical(shown("local_dimension", NULL)$title, "mine")
  expect_identical(diagnose(model, "local_dimension", NULL, list())$title, "local dimension")
  expect_unfurl_warning(shown("local_dimension", iris[1:4]), "`data` has no effect: only the")
  expect_unfurl_warning(shown(NULL, iris[1:4]), "`data` has no effect")
  expect_no_warning(shown("trustworthiness", iris[1:4]))
})

test_that("a missing level of a factor is a missing label", {
  skip_if_quick("a picture for each kind of label, by base graphics and by ggplot2")
  label <- factor(rep(c(NA, "a", "b"), 50))
  expect_identical(check_plot_labels(addNA(label), 150), label)
  unused <- factor(rep("a", 150), c("b", "a"))
  expect_identical(check_plot_labels(unused, 150), unused)
  expect_identical(levels(check_plot_labels(as.raw(c(16, 2)), 2)), c("02", "10"))
  graph <- digits_graph(150)
  layouts <- optimize_layout(graph, initial_layout(graph, "random"), 5, snapshots = c(0, 5))
  for (label in labels_of_all_kinds) {
    expect_draws(expect_no_warning(plot(layouts, label = label)))
    if (is.factor(label)) {
      expect_draws(expect_no_warning(plot(embedding, label = label, label_medians = TRUE)))
    }
  }
  skip_if_not_installed("ggplot2")
  for (label in labels_of_all_kinds) {
    expect_draws(print(ggplot2::autoplot(layouts, label = label)))
    if (is.factor(label)) {
      expect_draws(print(ggplot2::autoplot(embedding, label = label, label_medians = TRUE)))
    }
  }
})

test_that("numbers too near for round ones between them have keys", {
  expect_no_warning(scale <- colour_scale(c(1, 3) * 2^-1074))
  expect_identical(scale$at, c(1, 3) * 2^-1074)
  expect_identical(scale$colour, viridis(256)[c(1, 256)])
})

test_that("edges that are given to a model take the place of its own", {
  drawn <- NULL
  draw <- function(embedding, ..., edges) drawn <<- edges
  few <- model$graph[1:20, ]
  draw_model(draw, model, list(), TRUE, edges = few)
  expect_identical(drawn, few)
  draw_model(draw, model, list(), TRUE)
  expect_identical(drawn, model$graph)
  draw_model(draw, model, list(), FALSE)
  expect_null(drawn)
  expect_draws(plot(model, edges = model$graph))
  expect_input_error(plot(model, edges = 1), "`edges`")
  skip_if_not_installed("ggplot2")
  expect_draws(print(ggplot2::autoplot(model, edges = model$graph)))
})

test_that("what passes through ... to a plot is known, and of the right kind", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_input_error(
    plot(embedding, lable = iris$Species),
    "`lable` is no argument of plot\\(\\) and no graphical parameter. Did you mean `label`?"
  )
  expect_input_error(plot(embedding, frame.plot = FALSE), "`frame.plot` is no .*parameter\\.$")
  expect_input_error(plot(model, conectivity = TRUE), "Did you mean `connectivity`?")
  expect_input_error(plot(embedding, connectivity = TRUE), "`connectivity` is no argument")
  expect_input_error(plot(model, NULL, NULL, FALSE, NULL, NULL, NULL, 1), "without a name")
  expect_draws(plot(embedding, bty = "n", lwd = 2, xlim = NULL, ylim = c(-9, 9), asp = 2))
  expect_input_error(plot(embedding, xlim = 1), "`xlim` must be two numbers.*, not 1")
  expect_input_error(plot(embedding, ylim = c(NA, 1)), "`ylim` must be two.*, not NA and 1")
  expect_input_error(plot(embedding, xlim = c(2, 1)), "smaller first, not 2 and 1")
  expect_input_error(plot(embedding, xlim = Sys.Date() + 0:1), "`xlim` must be two numbers")
  expect_input_error(plot(embedding, xlim = c(-1e308, 1e308)), "`xlim` must extend over")
  expect_input_error(plot(embedding, asp = 0), "`asp` must be a number greater than 0")
  expect_input_error(plot(embedding, axes = NA), "`axes` must be TRUE or FALSE")
  expect_input_error(plot(embedding, col = NULL), "`col` must have a value for the points")
  skip_if_not_installed("ggplot2")
  expect_input_error(ggplot2::autoplot(model, lable = 1), "autoplot\\(\\). Did you mean `label`?")
})

test_that("limits are numbers that R itself knows", {
  long <- structure(c(1, 2) * 2^-1074, class = "integer64")
  expect_input_error(
    plot(embedding, label = iris[[1]], limits = long), "`limits`.*convert them by as.numeric"
  )
})

test_that("layouts of too little or too great an extent are refused", {
  expect_draws(plot(as_embedding(c(0, 2^-1070), 0:1)))
  expect_draws(plot(as_embedding(c(0, 1e-290), c(0, 0))))
  tiny <- as_embedding(c(-1, 0, 1) * 2^-1070, c(0, 1, 0) * 2^-1070)
  huge <- as_embedding(c(-1, 0, 1) * 1.7e308, c(0, 1, 0) * 1.7e308)
  expect_input_error(plot(tiny), "`x` must extend over 1e-300 to 1e300")
  expect_input_error(plot(huge), "`x` must extend over 1e-300 to 1e300 to be drawn, not Inf")
  skip_if_not_installed("ggplot2")
  expect_input_error(ggplot2::autoplot(tiny), "`x` must extend over 1e-300 to 1e300")
})

test_that("a dimension is drawn once, and data have a row for each point", {
  expect_input_error(plot(embedding, dims = c(2, 2)), "`dims` must be two different.*not 2 twice")
  expect_input_error(
    plot(model, diagnostic = "trustworthiness", data = iris[1:100, 1:4]),
    "`data` must have one row per point of the model, 150, not 100"
  )
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_unfurl_warning(plot(model, data = "rubbish"), "`data` has no effect")
})
