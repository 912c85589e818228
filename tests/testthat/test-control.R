test_that("the defaults agree with the peers", {
  control <- umap_control()
  expect_s3_class(control, "umap_control")
  expect_identical(unclass(control), list(
    spread = 1, a = NULL, b = NULL, set_op_mix_ratio = 1, local_connectivity = 1, bandwidth = 1,
    neighbor_method = "auto", target_recall = 0.99, metric_kwds = NULL, scale = NULL, pca = NULL,
    duplicates = "spread", input = "auto", disconnected = "place", target_metric = "euclidean",
    target_weight = 0.5,
    target_n_neighbors = NULL,
    keep = "predict", method = "umap", optimizer = "batch",
    optimizer_args = list(beta1 = 0.5, beta2 = 0.9, epsilon = 0.5),
    learning_rate = 1, repulsion_strength = 1, negative_sample_rate = 5, snapshots = NULL,
    trace = NULL, epoch_callback = NULL
  ))
})

test_that("the full method has the notebook's rate and negatives", {
  control <- umap_control(method = "full")
  expect_identical(control$learning_rate, 4)
  expect_identical(control$negative_sample_rate, 8)
  expect_identical(umap_control(method = "full", learning_rate = 2)$learning_rate, 2)
})

test_that("an argument that does not exist is an error that guesses", {
  expect_input_error(umap(iris[1:4], n_neighbours = 5), "`n_neighbours` .*mean `n_neighbors`\\?")
  expect_input_error(umap(iris[1:4], spraed = 5), "`spraed` .*Did you mean `spread`")
  expect_input_error(umap_control(learningrate = 5), "Did you mean `learning_rate`")
  expect_input_error(umap(iris[1:4], q = 1), "`q` is not an argument of umap\\(\\)\\.$")
  expect_input_error(umap_control(n_epochs = 50), "`n_epochs` must be given to umap\\(\\) itself")
  expect_input_error(umap(iris[1:4], control = umap_control()), "by their own names")
  expect_input_error(umap(iris[1:4], foo = 1, Metrik = 2), "`foo` .*nor is `Metrik`.*mean `metric`")
  expect_input_error(
    do.call(umap_control, c(umap_control(), 1)), "must have a name for each argument"
  )
})

test_that("settings reach the result", {
  fit <- function(...) umap_fit(some_digits(200), ...)
  default <- fit()
  for (setting in list(
    list(spread = 2), list(set_op_mix_ratio = 0.5), list(local_connectivity = 2),
    list(bandwidth = 2), list(learning_rate = 0.5), list(repulsion_strength = 2),
    list(negative_sample_rate = 10), list(method = "full"), list(optimizer = "sgd"),
    list(min_dist = 0.5), list(n_epochs = 100), list(n_neighbors = 5), list(metric = "cosine"),
    list(init = "random"), list(init = "pca"), list(seed = 7), list(a = 1, b = 1)
  )) {
    other <- do.call(fit, setting)
    expect_false(identical(other$layout, default$layout))
    stored <- c(other$settings, seed = other$seed)
    expect_equal(stored[names(setting)], setting)
  }
})

test_that("settings out of range are errors", {
  expect_input_error(umap_control(spread = 0), "`spread`")
  expect_input_error(umap_control(set_op_mix_ratio = 2), "`set_op_mix_ratio`")
  expect_input_error(umap_control(local_connectivity = -1), "`local_connectivity`")
  expect_input_error(umap_control(bandwidth = 0), "`bandwidth`")
  expect_input_error(umap_control(learning_rate = "fast"), "`learning_rate`")
  expect_input_error(umap_control(repulsion_strength = NaN), "`repulsion_strength`")
  expect_input_error(umap_control(negative_sample_rate = 0.5), "`negative_sample_rate`")
  expect_input_error(umap_control(neighbor_method = "annoy"), "`neighbor_method`")
  expect_input_error(umap_control(method = 1), "`method`")
  expect_input_error(umap_control(optimizer = "adam"), "`optimizer`")
})

test_that("snapshots and callbacks are checked at once", {
  expect_input_error(umap_control(epoch_callback = 5), "`epoch_callback` must be a function")
  expect_input_error(umap_control(snapshots = -1), "`snapshots` must be whole numbers")
  expect_input_error(umap_control(trace = "zz"), "`trace` must be whole numbers")
  expect_identical(umap_control(snapshots = c(5, 2))$snapshots, c(5, 2))
})
