test_that("colors are distinct, and the scale is monotone", {
  for (n in c(1, 3, 9, 10, 11, 30, 100)) expect_length(unique(distinct_colors(n)), n)
  scale <- color_scale(iris$Species)
  expect_identical(scale$keys, levels(iris$Species))
  expect_identical(scale$color, scale$key_color[iris$Species])
  lightness <- colSums(grDevices::col2rgb(viridis(20)) * c(0.21, 0.72, 0.07))
  expect_false(is.unsorted(lightness))
})

test_that("keys of a scale are round values within the data", {
  scale <- color_scale(c(0.3, 9.7, NA))
  expect_identical(scale$keys, c("2", "4", "6", "8"))
  expect_identical(scale$limits, c(0.3, 9.7))
  expect_true(scale$has_missing)
  expect_identical(color_scale(rep(7, 3))$keys, "7")
  expect_identical(scale$color[3], missing_color)
  dates <- color_scale(as.Date("2026-01-01") + 0:9)
  expect_match(dates$keys, "^2026-01-|^Jan")
})

test_that("labels beyond the limits have the color of the end", {
  scale <- color_scale(c(0, 3, 7, 80), limits = c(2, 10))
  expect_identical(scale$keys, c("4", "6", "8", "< 2", "> 10"))
  expect_identical(scale$at, c(4, 6, 8, 2, 10))
  expect_identical(scale$color[c(1, 4)], viridis(256)[c(1, 256)])
  expect_identical(scale$color[2:3], ramp(c(3, 7), c(2, 10)))
  expect_identical(color_scale(c(3, 7), limits = c(2, 8))$keys, as.character(2:8))
  day <- as.Date("2026-01-01")
  dates <- color_scale(day + 0:99, limits = as.numeric(day) + c(10, 50))
  expect_identical(utils::tail(dates$keys, 2), c("< 2026-01-11", "> 2026-02-20"))
})

test_that("long labels are cut in the middle, and stay distinct", {
  keys <- cut_middle(paste(strrep("a long name ", 6), "of label", 1:30))
  expect_true(all(nchar(keys) <= 29))
  expect_identical(anyDuplicated(keys), 0L)
  expect_identical(cut_middle("short"), "short")
})

test_that("numbers too near for round ones between them have keys", {
  expect_no_warning(scale <- color_scale(c(1, 3) * 2^-1074))
  expect_identical(scale$at, c(1, 3) * 2^-1074)
  expect_identical(scale$color, viridis(256)[c(1, 256)])
})
