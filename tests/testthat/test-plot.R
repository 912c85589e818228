model <- umap_fit(iris[1:4], iris$Species)
embedding <- as.data.frame(model)

test_that("pictures are as they were", {
  flower <- sunflower()
  expect_picture("labels", function() plot(flower))
  expect_picture("no labels", function() plot(flower, label = NULL))
  expect_picture("titles", function() {
    plot(flower, main = "a flower", sub = "40 seeds", xlab = "right", ylab = "up", title = "group")
  })
  many <- factor(paste("group", 1:40), paste("group", 1:40))
  expect_picture("many labels", function() plot(flower, label = many))
  expect_picture("missing labels", function() plot(flower, label = replace(flower$label, 1:9, NA)))
  expect_picture("medians", function() plot(flower, label_medians = TRUE))
  expect_picture("edges", function() plot(flower, edges = sunflower_edges()))
  expect_picture("shapes, no axes", function() {
    plot(flower, axes = FALSE, pch = c(1, 3), col = "red", asp = NA)
  })
  expect_picture("box without axes", function() plot(flower, axes = FALSE, frame.plot = TRUE))
  expect_picture("sizes", function() plot(flower, cex = seq(0.5, 2, length.out = 40)))
  expect_picture("reversed axes", function() plot(flower, xlim = c(9, -9), ylim = c(5, -5)))
  expect_picture("no points", function() plot(flower, type = "n"))
})

test_that("pictures of other dimensions are as they were", {
  expect_picture("one dimension", function() plot(sunflower(d = 1)))
  expect_picture("dimensions 3 and 1", function() plot(sunflower(d = 3), dims = c(3, 1)))
  layouts <- lapply(c(1, 2, 3), function(scale) scale * as.matrix(sunflower()))
  layouts <- new_snapshots(layouts, c(0, 10, 100))
  expect_picture("snapshots", function() plot(layouts, label = sunflower()$label))
})

test_that("points have the colors of their labels, whatever these are", {
  for (label in c(labels_of_all_kinds, list(NULL))) {
    expect_points_of(drawn(plot(embedding, label = label)), embedding, label)
  }
  expect_identical(expect_invisible(plot(model)), model)
  expect_points_of(drawn(plot(model)), embedding, iris$Species)
  expect_points_of(drawn(plot(embedding[1, ])), embedding[1, ], iris$Species[1])
})

test_that("a legend names the labels", {
  expect_identical(drawn_text(drawn(plot(model, title = "kind"))), c("kind", levels(iris$Species)))
  expect_identical(drawn_text(drawn(plot(model, label = iris[[1]]))), c("5", "6", "7"))
  limits <- drawn_text(drawn(plot(model, label = iris[[1]], limits = c(5, 6))))
  expect_identical(utils::tail(limits, 2), c("< 5", "> 6"))
  holed <- replace(iris[[1]], 1:2, NA)
  expect_identical(utils::tail(drawn_text(drawn(plot(model, label = holed))), 1), "NA")
  bar <- drawn_image(drawn(plot(model, label = iris[[1]])))
  expect_identical(as.vector(bar), ramp(seq(1, 0, length.out = 256), c(0, 1)))
})

test_that("names are written at the medians of labels, known ones alone", {
  for (label in Filter(is.factor, labels_of_all_kinds)) {
    expect_no_warning(calls <- drawn(plot(embedding, label = label, label_medians = TRUE)))
    known <- cut_middle(levels(check_plot_labels(label, 150)))
    expect_setequal(drawn_text(calls), if (length(known) > 0) known else "NA") # a legend then
  }
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
  for (label in c(labels_of_all_kinds, list(NULL))) {
    found <- drawn_points(drawn(plot(one, label = label)))[[1]]
    expect_identical(found$x, one$UMAP1[new_picture(one, label = label)$order])
  }
  three <- umap(iris[1:4], iris$Species, n_components = 3)
  found <- drawn_points(drawn(plot(three, dims = c(3, 1))))[[1]]
  order <- new_picture(three, label = iris$Species)$order
  expect_identical(found[c("x", "y")], list(x = three$UMAP3[order], y = three$UMAP1[order]))
  expect_input_error(plot(three, dims = c(1, 4)), "`dims` must be two numbers from 1 to 3")
  expect_input_error(plot(three, dims = 1), "`dims`")
  expect_input_error(plot(three, dims = c(2, 2)), "`dims` must be two different.*not 2 twice")
})

test_that("a reversed axis shows the same points, the greatest first", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  plot(embedding, xlim = c(20, -20))
  usr <- graphics::par("usr")
  expect_gt(usr[1], usr[2])
  scale <- graphics::par("pin") / abs(c(diff(usr[1:2]), diff(usr[3:4])))
  expect_equal(scale[1], scale[2])
  expect_lt(graphics::grconvertX(10, to = "ndc"), graphics::grconvertX(-10, to = "ndc"))
})

test_that("a column whose name begins with label does not color the points", {
  named <- embedding[c("UMAP1", "UMAP2")]
  named$label_source <- iris$Species
  expect_points_of(drawn(plot(named)), named, NULL)
})

test_that("what cannot be drawn is refused", {
  expect_input_error(plot(embedding, label = 1:3), "`label` must have one value per row")
  partial <- structure(
    embedding["UMAP1"], class = class(embedding), settings = attr(embedding, "settings")
  )
  expect_input_error(plot(partial), "must have all its coordinates .* drawn, not only UMAP1")
  for (size in list(-1, c(1, 2), rep(c(1, NA), 75), "a")) {
    expect_input_error(plot(embedding, cex = size), "`cex` must be .* for each of the 150 points")
  }
  expect_input_error(plot(embedding, alpha = 2), "`alpha`")
  expect_input_error(plot(embedding, raster = 1), "`raster`")
  expect_input_error(plot(embedding, label = iris[[1]], label_medians = TRUE), "`label_medians`")
  expect_input_error(plot(embedding, edges = digits_graph(20)), "`edges` must be a graph of 150")
  expect_input_error(plot(model, connectivity = "yes"), "`connectivity`")
})

test_that("edges of the graph are drawn, many as pixels", {
  edges <- drawn(plot(model, connectivity = TRUE))[["edges"]]
  expected <- plot_edges(model$graph, list(x = embedding$UMAP1, y = embedding$UMAP2))
  expect_identical(unname(edges[2:5]), unname(as.list(expected[c("x0", "y0", "x1", "y1")])))
  big <- placed(1:500, 500 * golden(500))
  all_pairs <- as.matrix(expand.grid(row = 1:500, col = 1:500))
  all_pairs <- all_pairs[all_pairs[, 1] != all_pairs[, 2], ]
  calls <- drawn(plot(big, edges = data.frame(all_pairs, similarity = 0.5)))
  expect_false("edges" %in% names(calls))
  expect_gt(mean(drawn_image(calls) != "transparent"), 0.3)
})

test_that("edges that are given to a model take the place of its own", {
  seen <- NULL
  draw <- function(embedding, ..., edges) seen <<- edges
  few <- model$graph[1:20, ]
  draw_model(draw, model, list(), TRUE, edges = few)
  expect_identical(seen, few)
  draw_model(draw, model, list(), TRUE)
  expect_identical(seen, model$graph)
  draw_model(draw, model, list(), FALSE)
  expect_null(seen)
  expect_input_error(plot(model, edges = 1), "`edges`")
})

test_that("snapshots are drawn side by side", {
  layouts <- umap_fit(iris[1:4], iris$Species, n_epochs = 20, snapshots = c(0, 5, 20))$snapshots
  for (label in c(labels_of_all_kinds, list(NULL))) {
    expect_no_warning(calls <- drawn(plot(layouts, label = label)))
    order <- new_picture(embedding, label = label)$order
    panels <- Filter(function(points) length(points$x) == 150, drawn_points(calls))
    expect_identical(lapply(panels, `[[`, "x"), unname(lapply(layouts, function(l) l[order, 1])))
  }
  expect_identical(drawn_text(drawn(plot(layouts))), levels(iris$Species))
  pixels <- drawn(plot(layouts, raster = TRUE))
  expect_identical(sum(names(pixels) %in% "image"), 3L)
  expect_length(drawn_points(drawn(plot(layouts[c("0", "20")], label = NULL))), 2)
  expect_input_error(plot(layouts, main = "no"), "must be empty")
})

test_that("rows without coordinates are left out, with a warning", {
  lost <- embedding
  expect_input_error(plot(lost[0, ]), "no rows to draw")
  lost$UMAP1[3] <- lost$UMAP2[3] <- NA
  expect_warning(calls <- drawn(plot(lost)), "1 row without", class = "unfurl_warning")
  expect_setequal(drawn_points(calls)[[1]]$x, embedding$UMAP1[-3])
  expect_warning(
    calls <- drawn(plot(lost, raster = TRUE, label_medians = TRUE)), class = "unfurl_warning"
  )
  expect_setequal(drawn_text(calls), levels(iris$Species))
})

test_that("what passes through ... to a plot is known, and of the right kind", {
  grDevices::pdf(NULL) # par() opens a device
  on.exit(grDevices::dev.off())
  expect_input_error(plot(embedding, lable = iris$Species), paste(
    "`lable` is not an argument of plot\\(\\) and not a graphical parameter.",
    "Did you mean `label`\\?"
  ))
  expect_input_error(plot(embedding, frame.plots = FALSE), "Did you mean `frame.plot`\\?")
  expect_input_error(plot(model, conectivity = TRUE), "Did you mean `connectivity`\\?")
  expect_input_error(plot(embedding, connectivity = TRUE), "`connectivity` is not an argument")
  expect_input_error(plot(model, NULL, NULL, FALSE, NULL, NULL, NULL, 1), "without a name")
  expect_input_error(plot(embedding, xlim = 1), "`xlim` must be two different numbers, not 1")
  expect_input_error(plot(embedding, ylim = c(NA, 1)), "`ylim` must be two.*, not NA and 1")
  expect_input_error(plot(embedding, xlim = c(2, 2)), "`xlim` must be two different.*, not 2 and 2")
  expect_input_error(plot(embedding, xlim = Sys.Date() + 0:1), "`xlim` must be two different")
  expect_input_error(plot(embedding, xlim = c(-1e308, 1e308)), "`xlim` must extend over")
  expect_input_error(plot(embedding, asp = 0), "`asp` must be a number greater than 0")
  expect_input_error(plot(embedding, axes = NA), "`axes` must be TRUE or FALSE")
  expect_input_error(plot(embedding, frame.plot = 1), "`frame.plot` must be TRUE or FALSE")
  expect_input_error(plot(embedding, col = NULL), "`col` must have a value for the points")
  expect_input_error(plot(embedding, type = "l"), "`type` must be one of \"p\", \"n\", not \"l\"")
  expect_input_error(plot(embedding, log = "x"), "`log` must be \"\", not \"x\"")
})

test_that("arguments of plot.default() have their effect", {
  calls <- drawn(plot(embedding, bty = "n", lwd = 2, xlim = NULL, ylim = c(-9, 9), asp = 2))
  expect_points_of(calls, embedding, iris$Species)
  expect_points_of(drawn(plot(embedding, log = "")), embedding, iris$Species)
  keys_alone <- drawn_points(drawn(plot(embedding, type = "n")))
  expect_identical(lapply(keys_alone, function(points) length(points$x)), list(3L))
  kinds <- function(...) names(drawn(plot(embedding, ...)))
  expect_true(all(c("axis", "box", "title") %in% kinds()))
  expect_false(any(c("axis", "box") %in% kinds(axes = FALSE)))
  expect_true("box" %in% kinds(axes = FALSE, frame.plot = TRUE))
  expect_false("box" %in% kinds(frame.plot = FALSE))
  expect_false("title" %in% kinds(ann = FALSE))
})

test_that("each point has the size, shape and color that it is given", {
  size <- seq(0.5, 2, length.out = 150)
  found <- drawn_points(drawn(plot(embedding, cex = size, pch = 1:2, col = "red")))[[1]]
  order <- new_picture(embedding, label = iris$Species)$order
  expect_identical(found$cex, size[order])
  expect_identical(found$pch, rep(1:2, 75)[order])
  expect_identical(unique(found$col), "red")
})

test_that("limits are numbers that R itself knows", {
  long <- structure(c(1, 2) * 2^-1074, class = "integer64")
  expect_input_error(
    plot(embedding, label = iris[[1]], limits = long), "`limits` must be .* integer64 \\(as.numeric"
  )
  expect_input_error(plot(embedding, label = iris[[1]], limits = c(6, 5)), "smaller first, not 6")
  expect_unfurl_warning(new_picture(embedding, label = iris$Species, limits = 1:2), "`limits`")
})

test_that("layouts of too little or too great an extent are refused", {
  for (small in list(placed(c(0, 2^-1070), 0:1), placed(c(0, 1e-290), c(0, 0)))) {
    expect_points_of(drawn(plot(small)), small, NULL)
  }
  tiny <- placed(c(-1, 0, 1) * 2^-1070, c(0, 1, 0) * 2^-1070)
  huge <- placed(c(-1, 0, 1) * 1.7e308, c(0, 1, 0) * 1.7e308)
  expect_input_error(plot(tiny), "`x` must extend over 1e-300 to 1e300")
  expect_input_error(plot(huge), "`x` must extend over 1e-300 to 1e300 to be drawn, not Inf")
})
