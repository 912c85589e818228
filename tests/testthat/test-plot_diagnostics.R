model <- umap_fit(iris[1:4], iris$Species, duplicates = "separate")

test_that("a diagnostic gives each point its color", {
  for (diagnostic in diagnostics) {
    data <- if (diagnostic == "trustworthiness") iris[1:4]
    shown <- diagnose(model, diagnostic, data, NULL)
    expect_length(shown$label, 150)
    scale <- color_scale(shown$label, limits = shown$limits)
    picture <- new_picture(as.data.frame(model), label = shown$label)
    found <- drawn_points(drawn(plot(model, diagnostic = diagnostic, data = data)))[[1]]
    color <- grDevices::adjustcolor(scale$color, picture$alpha)
    expect_identical(found$col, color[picture$order])
  }
})

test_that("a diagnostic is what it is called", {
  expect_equal(
    neighbors_kept(model), point_quality(iris[1:4], model, 14)$neighbor_preservation,
    tolerance = 0.02
  )
  shown <- diagnose(model, "trustworthiness", iris[1:4], NULL)
  expect_identical(shown$label, point_quality(iris[1:4], model, 14)$trustworthiness)
  shown <- diagnose(model, "local_dimension", NULL, NULL)
  expect_identical(shown$label, local_dimension(model$neighbors))
  expect_identical(shown$title, "local dimension")
  expect_lt(mean(shown$label < shown$limits[1] | shown$label > shown$limits[2]), 0.05)
  expect_lt(shown$limits[2], max(shown$label))
  expect_identical(diagnose(model, "local_dimension", NULL, list(limits = 1:2))$limits, 1:2)
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

test_that("data of a diagnostic have the rows of the model", {
  expect_input_error(
    plot(model, diagnostic = "trustworthiness", data = iris[1:100, 1:4]),
    "`data` must have the 150 rows of the model, not 100"
  )
  expect_input_error(plot(model, diagnostic = "trustworthiness"), "`data` is missing")
  expect_input_error(plot(model, diagnostic = "beauty"), "`diagnostic` must be one of")
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_unfurl_warning(plot(model, data = "rubbish"), "`data` has no effect")
})
