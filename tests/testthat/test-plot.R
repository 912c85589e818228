model <- umap_fit(iris[1:4], iris$Species)
embedding <- as.data.frame(model)

# Draws into nowhere; graphics parameters must come back as they were.
expect_draws <- function(code) {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  before <- graphics::par(no.readonly = TRUE)[c("mar", "xpd", "mfrow")]
  expect_error(code, NA)
  expect_identical(graphics::par(no.readonly = TRUE)[c("mar", "xpd", "mfrow")], before)
}

test_that("models and embeddings are drawn, whatever the labels", {
  expect_draws(plot(model))
  expect_draws(plot(embedding, main = "iris", xlab = "first"))
  expect_draws(plot(embedding, label = NULL))
  for (label in list(
    iris[[1]], 1:150, rep(1, 150), rep(NA, 150), replace(iris[[1]], 1:2, c(NA, Inf)),
    rep(c(TRUE, NA, FALSE), 50), as.character(1:150), factor(rep(letters[1:15], 10)),
    replace(iris$Species, 7, NA), Sys.Date() + rep(1:3, 50),
    factor(rep(strrep("long", 50), 150))
  )) {
    expect_draws(plot(embedding, label = label))
  }
})

test_that("any number of dimensions is drawn", {
  expect_draws(plot(umap(iris[1:4], n_components = 1)))
  three <- umap(iris[1:4], iris$Species, n_components = 3)
  expect_draws(plot(three))
  expect_draws(plot(three, dims = c(3, 1)))
  expect_input_error(plot(three, dims = c(1, 4)), "`dims` must be two numbers from 1 to 3")
  expect_input_error(plot(three, dims = 1), "`dims`")
  expect_input_error(plot(embedding, label = 1:3), "`labels` must have one value per row")
  expect_input_error(plot(embedding["label"]), "no columns UMAP1")
})

test_that("colours are distinct, and the scale is monotone", {
  for (n in c(1, 3, 9, 10, 11, 30)) expect_length(unique(level_colours(n)), n)
  scale <- colour_scale(iris$Species)
  expect_identical(scale$keys, levels(iris$Species))
  expect_identical(scale$colour, scale$key_colour[iris$Species])
  lightness <- colSums(grDevices::col2rgb(colour_scale(as.double(1:10))$key_colour))
  expect_false(is.unsorted(lightness))
})

test_that("ggplot2 draws them too", {
  skip_if_not_installed("ggplot2")
  for (label in list(iris$Species, iris[[1]], NULL, replace(iris$Species, 7, NA))) {
    plot <- ggplot2::autoplot(embedding, label = label)
    expect_s3_class(plot, "ggplot")
    drawn <- ggplot2::layer_data(plot)
    expect_equal(drawn$x, embedding$UMAP1)
    expect_equal(drawn$y, embedding$UMAP2)
    if (is.factor(label)) expect_identical(drawn$colour, colour_scale(label)$colour)
  }
  expect_s3_class(ggplot2::autoplot(model), "ggplot")
  expect_s3_class(ggplot2::autoplot(umap(iris[1:4], n_components = 1)), "ggplot")
})

test_that("further arguments of plot() replace the defaults", {
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_silent(plot(umap(iris[1:4], n_epochs = 5), pch = 3, asp = NA, col = "red"))
})
