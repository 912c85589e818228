target <- function(x, min_dist, spread) ifelse(x <= min_dist, 1, exp(-(x - min_dist) / spread))

test_that("the default curve has the known values", {
  expect_equal(fit_curve(), c(a = 1.5769434602, b = 0.8950608780), tolerance = 1e-6)
  expect_identical(fit_curve(), fit_curve(0.1, 1))
})

test_that("any curve is the least-squares fit", {
  cases <- rbind(c(0, 1), c(0.001, 1), c(0.5, 1), c(1, 1), c(0.1, 0.5), c(0.8, 2), c(3, 5))
  for (i in seq_len(nrow(cases))) {
    min_dist <- cases[i, 1]
    spread <- cases[i, 2]
    x <- seq(0, 3 * spread, length.out = 300)
    y <- target(x, min_dist, spread)
    squares <- function(log_ab) sum((y - 1 / (1 + exp(log_ab[1]) * x^(2 * exp(log_ab[2]))))^2)
    fitted <- fit_curve(min_dist, spread)
    best <- optim(log(fitted) + 0.3, squares, control = list(reltol = 1e-15, maxit = 5000))
    expect_equal(fitted, exp(best$par), tolerance = 1e-4)
    expect_lte(squares(log(fitted)), best$value * (1 + 1e-8))
  }
})

test_that("distances that make no sense are errors", {
  expect_input_error(fit_curve(min_dist = 2), "`min_dist` must be at most `spread`, 1, not 2")
  expect_input_error(fit_curve(min_dist = -0.1), "`min_dist` must be a number of at least 0")
  expect_input_error(fit_curve(min_dist = NA), "`min_dist`")
  expect_input_error(fit_curve(min_dist = "1"), "`min_dist`.*not \"1\"")
  expect_input_error(fit_curve(spread = 0), "`spread` must be a number greater than 0")
  expect_input_error(fit_curve(spread = Inf), "`spread`")
  expect_input_error(fit_curve(spread = 1e300), "`spread` must be a scale .*, not 1e\\+300")
  expect_input_error(umap(iris[1:4], spread = 1e300), "`spread` must be a scale")
  expect_input_error(fit_curve(spread = c(1, 2)), "`spread`")
})

test_that("a and b go together", {
  graph <- digits_graph(50)
  start <- initial_layout(graph)
  expect_input_error(
    optimize_layout(graph, start, a = 1), "`b` must be a number, not NULL, where `a`"
  )
  expect_input_error(umap(iris[1:4], b = 1), "`a` must be a number, not NULL, where `b`")
  expect_input_error(umap(iris[1:4], a = 0, b = 1), "`a` must be a number greater than 0")
  ab <- fit_curve(0.3, 2)
  expect_identical(
    umap_fit(iris[1:4], a = ab[["a"]], b = ab[["b"]])$layout,
    umap_fit(iris[1:4], min_dist = 0.3, spread = 2)$layout
  )
})
