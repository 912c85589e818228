skip_if_not_installed("ggplot2")

model <- umap_fit(iris[1:4], iris$Species)
embedding <- as.data.frame(model)

color_scale_of <- function(plot) plot$scales$get_scales("colour")

expect_near_colors <- function(found, expected) {
  expect_lt(max(abs(grDevices::col2rgb(found) - grDevices::col2rgb(expected))), 6)
}

test_that("autoplot() is a method of a generic function of ggplot2", {
  for (class in c("umap_embedding", "umap_model", "umap_snapshots")) {
    method <- utils::getS3method("autoplot", class, envir = asNamespace("ggplot2"))
    expect_identical(environment(method), asNamespace("unfurl"))
  }
})

test_that("points are where the embedding has them, in the colors of their labels", {
  for (label in c(labels_of_all_kinds, list(NULL))) {
    plot <- ggplot2::autoplot(embedding, label = label)
    found <- ggplot2::layer_data(plot)
    picture <- new_picture(embedding, label = label)
    expect_equal(found$x, embedding$UMAP1[picture$order])
    expect_equal(found$y, embedding$UMAP2[picture$order])
    expect_near_colors(found$colour, rep_len(picture$scale$color, 150)[picture$order])
    expect_equal(unique(found$size), 2.6 * picture$cex)
    expect_equal(unique(found$alpha), picture$alpha)
  }
  expect_error(ggplot2::autoplot(embedding, colour = 1), class = "unfurl_error_input")
})

test_that("axes and legend have titles, and both axes one scale", {
  plot <- ggplot2::autoplot(embedding, title = "species")
  expect_identical(c(plot$labels$x, plot$labels$y), c("UMAP1", "UMAP2"))
  expect_identical(plot$coordinates$ratio, 1)
  scale <- color_scale_of(plot)
  expect_s3_class(scale, "ScaleDiscrete")
  expect_identical(scale$name, "species")
  built <- ggplot2::ggplot_build(plot)$plot$scales$get_scales("colour")
  expect_identical(as.character(built$get_labels()), levels(iris$Species))
})

test_that("an embedding in one dimension has a strip for each label", {
  line <- sunflower(d = 1)
  plot <- ggplot2::autoplot(line)
  found <- ggplot2::layer_data(plot)
  order <- new_picture(line, label = line$label)$order
  expect_equal(found$x, line$UMAP1[order])
  expect_identical(round(found$y), as.numeric(5 - as.integer(line$label[order])))
  expect_identical(plot$scales$get_scales("y")$labels, c("d", "c", "b", "a"))
  numbers <- ggplot2::layer_data(ggplot2::autoplot(line, label = 1:40))
  expect_true(all(abs(numbers$y) < 0.5))
})

test_that("numbers have a scale of colors within their limits", {
  plot <- ggplot2::autoplot(embedding, label = iris[[1]], limits = c(5, 6))
  expect_s3_class(color_scale_of(plot), "ScaleContinuous")
  expect_identical(color_scale_of(plot)$limits, c(5, 6))
  expected <- color_scale(iris[[1]], limits = c(5, 6))
  expect_identical(color_scale_of(plot)$labels, expected$keys)
  shown <- new_picture(embedding)$order
  expect_near_colors(ggplot2::layer_data(plot)$colour, expected$color[shown])
})

test_that("each point has a size of its own where that is given", {
  size <- seq(0.5, 2, length.out = 150)
  found <- ggplot2::layer_data(ggplot2::autoplot(embedding, cex = size))
  order <- new_picture(embedding, label = iris$Species)$order
  expect_equal(found$size, 2.6 * size[order])
})

test_that("models are drawn with labels, edges and diagnostics", {
  plot <- ggplot2::autoplot(model, connectivity = TRUE)
  edges <- ggplot2::layer_data(plot, 1)
  expected <- plot_edges(model$graph, list(x = embedding$UMAP1, y = embedding$UMAP2))
  expect_equal(edges[c("x", "y", "xend", "yend")], expected[c("x0", "y0", "x1", "y1")],
    ignore_attr = TRUE
  )
  expect_identical(nrow(ggplot2::layer_data(plot, 2)), 150L)
  given <- ggplot2::autoplot(model, edges = model$graph[model$graph$similarity == 1, ])
  expect_lt(nrow(ggplot2::layer_data(given, 1)), nrow(edges))
  shown <- ggplot2::autoplot(model, diagnostic = "local_dimension")
  expect_s3_class(color_scale_of(shown), "ScaleContinuous")
  expect_identical(color_scale_of(shown)$name, "local dimension")
  expect_input_error(ggplot2::autoplot(model, lable = 1), "autoplot\\(\\). Did you mean `label`?")
})

test_that("names are written at the medians of labels", {
  plot <- ggplot2::autoplot(model, label_medians = TRUE)
  names <- ggplot2::layer_data(plot, 2)
  expect_identical(as.character(names$label), levels(iris$Species))
  expect_equal(names$y, as.vector(tapply(embedding$UMAP2, iris$Species, stats::median)))
  expect_identical(color_scale_of(plot)$guide, "none")
  nothing <- ggplot2::autoplot(embedding, label = factor(rep(NA, 150)), label_medians = TRUE)
  expect_length(nothing$layers, 1)
})

test_that("pixels have the colors of the points, in each panel", {
  picture <- new_picture(embedding, label = iris$Species, raster = TRUE)
  layers <- cell_layers(picture, picture_points(picture))
  image <- layers[[2]][[1]]$geom_params$raster
  frame <- image_frame(picture)
  expect_identical(rev(dim(image)), as.integer(frame$size))
  inked <- as.matrix(image)[as.matrix(image) != "transparent"]
  expect_true(all(distinct_colors(3) %in% substr(inked, 1, 7)))
  plot <- ggplot2::ggplot(picture_points(picture), picture_mapping(picture)) + layers
  expect_identical(nrow(ggplot2::layer_data(plot, 3)), 3L) # a key for each label
})

test_that("snapshots are facets on one scale", {
  layouts <- umap_fit(iris[1:4], iris$Species, n_epochs = 20, snapshots = c(0, 5, 20))$snapshots
  for (label in c(labels_of_all_kinds, list(NULL))) {
    plot <- ggplot2::autoplot(layouts, label = label)
    found <- ggplot2::layer_data(plot)
    order <- new_picture(embedding, label = label)$order
    expect_identical(as.vector(table(found$PANEL)), rep(150L, 3))
    expect_equal(found$x[found$PANEL == 2], layouts[["5"]][order, 1])
  }
  plot <- ggplot2::autoplot(layouts)
  expect_identical(levels(plot$data$label), levels(iris$Species))
  expect_identical(levels(plot$data$epoch), c("epoch 0", "epoch 5", "epoch 20"))
  sizes <- ggplot2::layer_data(ggplot2::autoplot(layouts, cex = seq_len(150)))$size
  expect_length(unique(sizes), 150)
  pixels <- ggplot2::autoplot(layouts, raster = TRUE)
  expect_identical(nlevels(ggplot2::layer_data(pixels)$PANEL), 3L)
})

test_that("rows without coordinates are left out", {
  lost <- embedding
  lost$UMAP1[3] <- lost$UMAP2[3] <- NA
  expect_warning(shown <- ggplot2::autoplot(lost), "1 row without", class = "unfurl_warning")
  expect_identical(nrow(shown$data), 149L)
  tiny <- placed(c(-1, 0, 1) * 2^-1070, c(0, 1, 0) * 2^-1070)
  expect_input_error(ggplot2::autoplot(tiny), "`object` must extend over 1e-300 to 1e300")
})

test_that("long labels leave room for the points", {
  named <- embedding
  named$label <- rep(paste(strrep("a long name ", 6), "of label", 1:30), 5)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  table <- ggplot2::ggplotGrob(ggplot2::autoplot(named))
  legend <- table$widths[table$layout$l[grepl("guide-box", table$layout$name)]]
  inches <- max(grid::convertWidth(legend, "inches", valueOnly = TRUE))
  expect_true(inches > 0.5 && inches < 3.5)
  expect_input_error(ggplot2::autoplot(named, foo = 1), "but holds foo")
})
