# Blocks by their kind, in the data and in a model.

kinds <- function(...) kinds_of(umap_fit(..., n_neighbors = 5, n_epochs = 2)$blocks)

test_that("the kind of a block says what it holds", {
  expect_identical(kinds(iris[1:4]), "numeric")
  expect_identical(kinds(iris), c("numeric", "categorical"))
  expect_identical(kinds(data.frame(a = letters[1:9], b = rep(c("x", "y", "z"), 3))), "codes")
  expect_identical(kinds(stats::dist(iris[1:4])), "neighbors")
  by_metric <- list(manhattan = 1:2, categorical = 5, euclidean = 3)
  suppressWarnings( # of two columns with many ties: convergence
    expect_identical(kinds(iris, metric = by_metric), c("numeric", "numeric", "categorical")),
    classes = "unfurl_warning_convergence"
  )
  targets <- target_blocks(iris[c(5, 1)], 150, umap_control(), 15)
  expect_identical(kinds_of(targets), c("numeric", "categorical"))
  expect_identical(kinds_of(target_blocks(iris[[5]], 150, umap_control(), 15)), "categorical")
})

test_that("each element of a kept block has a predicate, and a wrong one is named", {
  model <- umap_fit(iris, n_neighbors = 5, n_epochs = 2)
  expect_identical(check_blocks(model), model$blocks)
  for (b in 1:2) {
    block <- model$blocks[[b]]
    fields <- names(block_fields[[block$kind]])
    expect_identical(setdiff(names(block), c("kind", fields)), character())
    for (field in setdiff(fields, c("columns", "standardization"))) {
      worse <- model
      worse$blocks[[b]][[field]] <- list("wrong")
      expect_input_error(
        predict(worse, iris),
        paste0("^`object` is damaged: its blocks\\[\\[", b, "\\]\\]\\$", field, " is not what")
      )
    }
  }
  model$blocks[[2]]$kind <- "unheard of"
  expect_input_error(predict(model, iris), "^`object` is damaged: its blocks is not what umap_fit")
})

test_that("each element of a model has a predicate, and a wrong one is named", {
  model <- umap_fit(iris, iris$Species, n_neighbors = 5, n_epochs = 2)
  expect_identical(check_model(model), model)
  for (field in names(model_fields)) {
    worse <- unclass(model)
    worse[[field]] <- quote(wrong)
    class(worse) <- "umap_model"
    expect_input_error(
      predict(worse, iris), paste0("^`object` is damaged: its ", field, " is not what umap_fit")
    )
  }
})
