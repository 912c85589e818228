# Rows that are equal: each is embedded once, then its copies get places.

# Of each row from the first row that equals it, in the layout.
from_first <- function(model) {
  sqrt(rowSums((model$layout - model$layout[model$first_row, , drop = FALSE])^2))
}

first_of <- function(x) match(data.frame(t(x)), data.frame(t(x)))

survey <- function(n, n_questions = 5) {
  with_seed(1, {
    trait <- stats::rnorm(n)
    vapply(seq_len(n_questions), function(question) {
      as.numeric(cut(2 * trait + stats::rnorm(n), c(-Inf, -2, -0.6, 0.6, 2, Inf)))
    }, numeric(n))
  })
}

test_that("the layout of the rows is that of the distinct rows, bit for bit", {
  distinct <- gaussian(300, 4)
  rows <- c(seq_len(300), with_seed(1, sample(300, 500, TRUE)))
  x <- distinct[rows, ]
  for (n_components in 1:3) {
    fit <- function(x, ...) umap_fit(x, n_components = n_components, n_epochs = 60, ...)
    alone <- fit(distinct)
    model <- fit(x)
    expect_null(alone$first_row)
    expect_identical(model$first_row, as.integer(rows))
    expect_identical(model$layout[seq_len(300), , drop = FALSE], alone$layout)
    expect_identical(fit(x, duplicates = "merge")$layout, alone$layout[rows, , drop = FALSE])
    expect_identical(predict(model, x + 0.1), predict(alone, x + 0.1))
  }
})

test_that("without copies nothing changes", {
  x <- gaussian(200, 4)
  expect_identical(
    umap(x, n_epochs = 20)$UMAP1, umap(x, n_epochs = 20, duplicates = "separate")$UMAP1
  )
})

test_that("discs of copies do not touch, and their area grows with the number of copies", {
  for (n_components in 1:4) {
    count <- rep(c(1:4, 25), 12)
    x <- gaussian(60, 3)[rep(seq_len(60), count), ]
    model <- umap_fit(x, n_components = n_components, n_epochs = 60)
    away <- as.vector(tapply(from_first(model), model$first_row, max))
    apart <- as.matrix(stats::dist(model$layout[unique(model$first_row), ]))
    expect_true(all(outer(away, away, `+`)[upper.tri(apart)] < apart[upper.tri(apart)]))
    diag(apart) <- Inf
    nearest <- apply(apart, 1, min)
    wanted <- pmin(0.1 * sqrt(count) * sort(nearest)[31], 0.4 * nearest)
    expect_equal(away, ifelse(count == 1, 0, wanted), tolerance = 1e-4)
    expect_identical(anyDuplicated(model$layout), 0L)
  }
})

test_that("seven different rows are one piece by every method", {
  x <- diag(7)[rep(1:7, 400), ]
  for (method in c("auto", "exact", "clusters", "nndescent")) {
    model <- umap_fit(x, neighbor_method = method, n_epochs = 50)
    expect_identical(summary(model)$components, 2800L)
    expect_lt(max(from_first(model)), min(dist(model$layout[1:7, ])) / 2)
  }
})

test_that("equal categories lie together", {
  x <- with_seed(3, data.frame(
    a = factor(sample(3, 5000, TRUE)), b = factor(sample(3, 5000, TRUE))
  ))
  model <- umap_fit(x)
  expect_length(unique(model$first_row), 9)
  expect_length(summary(model)$components, 1)
  expect_lt(max(from_first(model)), 1)
  places <- as.matrix(predict(model, x[1:100, ]))
  expect_identical(unname(places), model$layout[model$first_row[1:100], ])
})

test_that("copies among different rows lie together in metrics of truth, and where all is zero", {
  x <- with_seed(3, {
    x <- matrix(stats::runif(5000 * 60) < 0.15, 5000)
    copies <- sort(sample(5000, 300))
    x[copies, ] <- x[rep(copies[1], 300), ]
    x
  })
  for (metric in c("jaccard", "hamming", "dice")) {
    model <- umap_fit(x, metric = metric, n_epochs = 30)
    expect_lt(max(from_first(model)), 0.2)
    expect_identical(sum(duplicated(model$first_row)), sum(duplicated(x)))
  }
  skip_if_not_installed("Matrix")
  empty <- Matrix::rsparsematrix(1500, 50, 0.1, rand.x = stats::rnorm)
  empty[201:500, ] <- 0
  model <- umap_fit(methods::as(empty, "CsparseMatrix"), metric = "manhattan", n_epochs = 30)
  expect_identical(unique(model$first_row[201:500]), 201L)
  expect_lt(max(dist(model$layout[201:500, ])), 0.5)
})

test_that("different answers of a survey keep their order", {
  x <- survey(20000)
  layout <- umap_fit(x)$layout
  some <- with_seed(2, sample(20000, 500))
  expect_gt(stats::cor(dist(x[some, ]), dist(layout[some, ]), method = "spearman"), 0.6)
})

test_that("the order of the rows does not part copies", {
  x <- survey(4000, 3)
  order <- with_seed(4, sample(4000))
  one <- umap_fit(x)
  other <- umap_fit(x[order, ])
  expect_identical(first_of(x[order, ]), other$first_row)
  distinct <- unique(one$first_row)
  near <- function(layout) nearest_neighbors(layout, 16)$idx[, -1]
  a <- near(one$layout[distinct, ])
  b <- near(other$layout[match(distinct, order), ])
  # Two seeds share .67 to .74 of the neighbors, as two orders do; by chance it would be .15.
  expect_gt(mean(vapply(seq_len(nrow(a)), function(i) mean(a[i, ] %in% b[i, ]), 0)), 0.5)
})

test_that("copies count in all blocks and in the target", {
  x <- data.frame(a = rep(1:20, 10) / 7, b = rep(1:40, 5), c = rep(c("x", "y"), 100))
  model <- umap_fit(x, n_epochs = 5)
  expect_identical(model$first_row, match(seq_len(200) %% 40, seq_len(40) %% 40))
  y <- rep(1:80, length.out = 200)
  supervised <- umap_fit(x, y = y, n_epochs = 5)
  expect_identical(length(unique(supervised$first_row)), 80L)
  by_factor <- umap_fit(x, y = factor(replace(y, y == 3, NA)), n_epochs = 5)
  expect_identical(length(unique(by_factor$first_row)), 80L)
  expect_length(by_factor$blocks, 2)
  expect_identical(predict(model, x[3, ])$UMAP2, model$layout[3, 2])
})

test_that("a model of copies tells of all rows", {
  x <- gaussian(50, 3)[c(1:50, 1:30), ]
  seen <- list()
  model <- umap_fit(
    x,
    n_neighbors = 6, n_epochs = 10, snapshots = c(0, 4, 10), trace = c(0, 10),
    epoch_callback = function(epoch, layout) seen[[epoch + 1]] <<- layout
  )
  alone <- umap_fit(x[1:50, ], n_neighbors = 6, n_epochs = 10, trace = c(0, 10))
  expect_identical(model$trace, alone$trace)
  expect_identical(model$snapshots[[3]], model$layout)
  expect_identical(seen[[5]], model$snapshots[[2]])
  expect_identical(dim(model$neighbors$idx), c(80L, 6L))
  expect_identical(model$neighbors$idx[51:80, 1], 51:80)
  expect_identical(model$neighbors$idx[51:80, -1], alone$neighbors$idx[1:30, -1])
  expect_identical(model$rho, alone$rho[c(1:50, 1:30)])
  graph <- model$graph
  to_copies <- graph$row > 50 | graph$col > 50
  expect_identical(sum(to_copies), 60L)
  expect_true(all(graph$similarity[to_copies] == 1))
  expect_identical(graph$similarity[!to_copies], alone$graph$similarity)
  expect_identical(graph$col[!to_copies], alone$graph$col)
  expect_false(is.unsorted(order(graph$row, graph$col)))
})

test_that("what is said of a model's neighbors is said of the distinct rows", {
  x <- gaussian(200, 4)[c(1:200, 1:150), ]
  model <- umap_fit(x, n_epochs = 30)
  alone <- umap_fit(x[1:200, ], n_epochs = 30)
  expect_identical(summary(model, data = x)$recall, 1)
  expect_identical(neighbors_kept(model), neighbors_kept(alone)[c(1:200, 1:150)])
})

test_that("a given initialization counts at the first of equal rows", {
  x <- gaussian(40, 3)[c(1:40, 1:40), ]
  init <- gaussian(80, 2, seed = 2)
  model <- umap_fit(x, init = init, n_epochs = 0)
  expect_equal(model$layout[1:40, ], init[1:40, ], tolerance = 1e-6)
  expect_lt(max(from_first(model)), 0.5)
})

test_that("a single row with copies, or two, have finite layouts", {
  for (init in c("spectral", "laplacian", "pca", "random")) {
    for (n_distinct in 1:3) {
      x <- matrix(rep_len(seq_len(n_distinct), 60), 60, 3)
      for (n_components in 1:3) {
        model <- umap_fit(x, init = init, n_components = n_components, n_epochs = 5)
        expect_true(all(is.finite(model$layout)))
        expect_identical(summary(model)$components[[1]] > 1, TRUE)
        expect_true(all(is.finite(as.matrix(predict(model, x + 0.5)))))
      }
    }
  }
})

test_that("`duplicates` has no effect where rows are not seen", {
  expect_unfurl_warning(
    umap(stats::dist(gaussian(30, 2)), n_epochs = 2, duplicates = "merge"), "`duplicates` has no"
  )
})

test_that("a damaged `first_row` is named", {
  model <- umap_fit(gaussian(30, 3)[c(1:30, 1:10), ], n_epochs = 2)
  expect_input_error(predict(replace(model, "first_row", list(1:3)), diag(3)), "first_row")
  bad <- replace(model, "first_row", list(rep(c(2L, 1L), 20)))
  expect_input_error(predict(bad, diag(3)), "first_row")
})

# ---- Neighbors of rows that come often ----------------------------------------------------------

test_that("rows that come more than k times choose among their copies at random, evenly", {
  x <- diag(7)[rep(1:7, 600), ]
  kind <- rep(1:7, 600)
  for (method in c("auto", "exact", "clusters", "nndescent")) {
    near <- nearest_neighbors(x, 15, method = method)
    expect_identical(near$idx[, 1], seq_len(4200))
    expect_true(all(kind[near$idx] == kind[row(near$idx)]))
    expect_true(all(near$dist == 0))
    expect_identical(anyDuplicated(cbind(c(row(near$idx)), c(near$idx))), 0L)
    expect_identical(unique(tabulate(near$idx, 4200)), 15L)
    expect_identical(near$idx[, -1], t(apply(near$idx[, -1], 1, sort)))
    expect_length(summary(fuzzy_graph(near))$components, 7)
  }
})

test_that("neighbors beyond the copies are the right ones", {
  x <- gaussian(300, 3)
  count <- c(20, rep(1:4, length.out = 299))
  rows <- with_seed(5, sample(rep(seq_len(300), count)))
  all <- x[rows, ]
  exact <- unname(as.matrix(stats::dist(all)))
  nearest <- t(apply(exact, 1, function(row) sort(row)[1:15]))
  for (method in c("exact", "nndescent", "clusters")) {
    near <- nearest_neighbors(all, 15, method = method)
    expect_gt(mean(abs(near$dist - nearest) < 1e-5), if (method == "exact") 0.9999 else 0.97)
    expect_equal(near$dist[40, ], unname(exact[40, near$idx[40, ]]), tolerance = 1e-5)
    expect_identical(anyDuplicated(near$idx[40, ]), 0L)
  }
})

test_that("more neighbors than distinct rows are found among the copies", {
  x <- matrix(c(1, 1, 1, 2, 2, 2, 5, 5, 5), 9, 2)
  near <- nearest_neighbors(x, 9)
  expect_identical(t(apply(near$idx, 1, sort)), matrix(1:9, 9, 9, byrow = TRUE))
  near <- nearest_neighbors(x, 2)
  expect_true(all(near$dist == 0))
})

test_that("blocks of rows that come often, but not together, are not parted in their order", {
  x <- data.frame(a = rep(1:5, each = 1000), b = with_seed(1, stats::rnorm(5000)))
  near <- umap_fit(x, metric = list(euclidean = "a", euclidean = "b"), n_epochs = 0)$neighbors[[1]]
  expect_true(all(near$dist == 0))
  expect_gt(stats::sd(near$idx[1, -1]), 100)
})

test_that("zeros of either sign are equal", {
  x <- cbind(rep(c(0, -0), 100), rep(1:4, each = 50))
  expect_length(unique(umap_fit(x, n_epochs = 2)$first_row), 4)
  expect_length(unique(umap_fit(x, metric = "cosine", n_epochs = 2)$first_row), 1)
})

test_that("multiples of one direction are copies, however many of the rows they are", {
  x <- outer(1:500, c(0.3, 1.7, -0.4, 0.9))
  for (metric in c("cosine", "correlation")) {
    model <- umap_fit(x, metric = metric, duplicates = "merge", n_epochs = 2)
    expect_length(unique(model$first_row), 1)
    model <- umap_fit(rbind(x, gaussian(100, 4)), metric = metric, n_epochs = 2)
    expect_length(unique(model$first_row[1:500]), 1)
  }
})

test_that("multiples of a row are not reported as lost for metrics of shares", {
  x <- abs(gaussian(100, 5))
  expect_silent(nearest_neighbors(rbind(x, 3 * x, 1e5 * x), metric = "jensenshannon"))
})
