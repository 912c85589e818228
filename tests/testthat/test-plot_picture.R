test_that("names at medians do not overlap, and stay within the frame", {
  names <- data.frame(x = c(0, 0.1, 0.2, 5, 9.9), y = c(1, 1, 1.1, 1, 1), label = letters[1:5])
  moved <- spread_names(names, rep(2, 5), 0.5, c(0, 10))
  expect_gt(min(dist(moved$y[1:3])), 0.48)
  expect_identical(moved$y[4:5], c(1, 1))
  expect_identical(moved$x, c(1, 1, 1, 5, 9))
  expect_equal(mean(moved$y[1:3]), mean(names$y[1:3]), tolerance = 0.05)
  expect_identical(spread_names(names[4, ], 2, 0.5, c(0, 10)), names[4, ])
})

test_that("missing labels lie below, and no label above all others", {
  label <- factor(rep(c("a", NA, "b"), c(40, 20, 40)))
  order <- drawing_order(label, 100)
  expect_true(all(is.na(label[order[1:20]])))
  above <- label[order[61:100]]
  expect_gt(min(table(above)), 15)
  expect_identical(sort(order), 1:100)
})

test_that("each edge is drawn once, the strongest last", {
  graph <- digits_graph(100)
  edges <- plot_edges(graph, list(x = 1:100, y = golden(100)))
  expect_identical(nrow(edges), nrow(graph) %/% 2L)
  expect_false(is.unsorted(edges$weight))
  expect_true(all(edges$x0 < edges$x1))
})

test_that("a missing level of a factor is a missing label", {
  label <- factor(rep(c(NA, "a", "b"), 50))
  expect_identical(check_plot_labels(addNA(label), 150), label)
  unused <- factor(rep("a", 150), c("b", "a"))
  expect_identical(check_plot_labels(unused, 150), unused)
  expect_identical(levels(check_plot_labels(as.raw(c(16, 2)), 2)), c("02", "10"))
})

test_that("labels with invalid bytes show these as numbers", {
  label <- c("caf\xe9", "tea", NA)
  skip_if(all(validEnc(label)), "no bytes are invalid in this locale")
  expect_identical(levels(check_plot_labels(label, 3)), c("caf<e9>", "tea"))
  expect_identical(levels(check_plot_labels(factor(label), 3)), c("caf<e9>", "tea"))
})
