model <- umap_fit(iris[1:4], iris$Species, n_epochs = 20, snapshots = c(0, 5, 20))
layouts <- model$snapshots

test_that("a part of snapshots is snapshots, an element a matrix", {
  part <- layouts[c("0", "20")]
  expect_s3_class(part, "umap_snapshots")
  expect_named(part, c("0", "20"))
  expect_identical(attr(part, "labels"), iris$Species)
  expect_identical(part[["20"]], layouts[[3]])
  expect_identical(dim(layouts[[1]]), c(150L, 2L))
  expect_s3_class(rev(layouts), "umap_snapshots")
  expect_named(head(layouts, 2), c("0", "5"))
})

test_that("snapshots that do not exist are an error that names those that do", {
  expect_input_error(layouts[9], "^`i` must be names or positions .* not 9\\. .* epochs: 0, 5, 20\\.")
  expect_input_error(layouts["nope"], "snapshots that exist, not \"nope\"")
  expect_input_error(layouts[c("5", "7")], "snapshots that exist, not ")
  expect_input_error(layouts[20], "Did you mean epoch \"20\"\\? Give it as text\\.")
  expect_identical(layouts[], layouts)
  expect_identical(layouts[-1], layouts[c("5", "20")])
})

test_that("snapshots of the same points are joined to snapshots", {
  both <- c(layouts[1:2], again = layouts["20"])
  expect_identical(both, layouts)
  unlabelled <- layouts["5"]
  attr(unlabelled, "labels") <- NULL
  expect_s3_class(c(layouts, unlabelled), "umap_snapshots")
  expect_null(attr(c(layouts, unlabelled), "labels"))
  others <- layouts
  others[["5"]] <- others[["5"]][1:7, ]
  expect_identical(class(c(layouts, others["5"])), "list")
  expect_identical(c(layouts, list(a = 1))[["a"]], 1)
})

test_that("a part of snapshots keeps the trace of the run", {
  graph <- digits_graph(60)
  run <- optimize_layout(
    graph, initial_layout(graph, "random"), n_epochs = 10, snapshots = c(0, 10), trace = 10
  )
  expect_identical(attr(run[2], "trace"), attr(run, "trace"))
})

test_that("snapshots are printed without their numbers", {
  expect_identical(capture.output(print(layouts)), c(
    "3 snapshots of a layout of 150 points in 2 dimensions", "after epochs 0, 5, 20"
  ))
  expect_identical(capture.output(print(layouts["5"])), c(
    "1 snapshot of a layout of 150 points in 2 dimensions", "after epoch 5"
  ))
  expect_output(print(layouts[0]), "^No snapshots$")
})

test_that("snapshots are a data frame of epochs and coordinates", {
  frame <- as.data.frame(layouts)
  expect_named(frame, c("epoch", "UMAP1", "UMAP2", "label"))
  expect_identical(frame$epoch, rep(c(0, 5, 20), each = 150))
  expect_identical(frame$UMAP2[151:300], layouts[["5"]][, 2])
  expect_identical(frame$label, rep(iris$Species, 3))
})

test_that("layouts of different points are not snapshots", {
  broken <- layouts
  broken[["5"]] <- broken[["5"]][1:7, ]
  expect_input_error(print(broken), "`x` must be a list of layouts of the same points")
  expect_input_error(plot(broken), "`x` must be a list of layouts of the same points")
})
