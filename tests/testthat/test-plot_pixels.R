test_that("pixels count the points below them", {
  frame <- list(x = c(0, 4), y = c(0, 2))
  found <- point_cells(
    c(0.5, 0.6, 3.5, 9), c(0.5, 0.6, 1.5, 1), c("#FF0000", "#0000FF", "#00FF00", "#00FF00"), 0.5,
    frame, c(4, 2)
  )
  expect_identical(found$column, c(0, 3))
  expect_identical(found$row, c(0, 1))
  expect_identical(found$color, c("#7F007FBF", "#00FF007F"))
  lines <- data.frame(x0 = 0.5, y0 = 0.5, x1 = 3.5, y1 = 0.5, weight = 1)
  expect_identical(line_cells(lines, "black", 0.5, frame, c(4, 2))$column, c(1, 2, 3))
  image <- as.matrix(cells_raster(found, c(4, 2)))
  expect_identical(image[2, 1], "#7F007FBF")
  expect_identical(sum(image == "transparent"), 6L)
})

test_that("pixels are drawn where the points are, in their mean color", {
  corners <- placed(c(0, 0, 100), c(0, 0, 100))
  image <- drawn_image(drawn(plot(corners, label = c("a", "b", "a"), raster = TRUE, alpha = 1)))
  inked <- which(image != "transparent", arr.ind = TRUE)
  expect_identical(nrow(inked), 2L)
  expect_gt(inked[1, "row"], inked[2, "row"]) # rows from above
  expect_lt(inked[1, "col"], inked[2, "col"])
  mixed <- rowMeans(grDevices::col2rgb(distinct_colors(2)))
  off <- grDevices::col2rgb(image[inked]) - cbind(mixed, grDevices::col2rgb(distinct_colors(1)))
  expect_lt(max(abs(off)), 2)
})

test_that("more than 100,000 points become pixels", {
  many <- placed(golden(100001), rep_len(golden(99), 100001))
  expect_true(new_picture(many)$raster)
  expect_false(new_picture(many[-1, ])$raster)
  calls <- drawn(plot(many, label = rep_len(letters, 100001)))
  expect_false("points" %in% names(calls)[seq_len(match("image", names(calls)))])
  expect_gt(sum(drawn_image(calls) != "transparent"), 10000)
})
