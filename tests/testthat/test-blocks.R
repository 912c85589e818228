scaled_numbers <- function(x) {
  run <- run_settings(1, FALSE)
  standardize(x, find_standardization(x, "z", NULL, 42, run), run)
}

test_that("a data frame with factors is scaled numbers, parted by its categories", {
  graph <- fuzzy_graph(nearest_neighbors(scaled_numbers(as.matrix(iris[1:4]))))
  expect_identical(
    umap_fit(iris, duplicates = "separate")$graph, supervise_graph(graph, iris$Species)
  )
  expect_identical(
    umap_fit(iris, scale = "none", duplicates = "separate")$graph,
    supervise_graph(fuzzy_graph(nearest_neighbors(iris[1:4])), iris$Species)
  )
})

test_that("logical columns are categories next to others, and numbers otherwise", {
  x <- data.frame(iris[1:4], long = iris[[1]] > 5.8, name = as.character(iris$Species))
  graph <- fuzzy_graph(nearest_neighbors(scaled_numbers(as.matrix(iris[1:4]))))
  graph <- supervise_graph(supervise_graph(graph, x$long), x$name)
  expect_identical(umap_fit(x, duplicates = "separate")$graph, graph)
  expect_identical(umap(x[1:5]), umap(as.matrix(x[1:5])))
})

test_that("unknown categories are allowed", {
  x <- replace(iris, cbind(1:30, 5), NA)
  graph <- fuzzy_graph(nearest_neighbors(scaled_numbers(as.matrix(iris[1:4]))))
  expect_identical(
    umap_fit(x, duplicates = "separate")$graph, supervise_graph(graph, x$Species)
  )
})

test_that("a list of metrics says which columns belong together", {
  model <- umap_fit(iris, metric = list(
    euclidean = c("Sepal.Length", "Sepal.Width"), manhattan = 3:4, categorical = "Species"
  ), scale = "none", duplicates = "separate")
  graph <- intersect_graphs(
    fuzzy_graph(nearest_neighbors(iris[1:2])),
    fuzzy_graph(nearest_neighbors(iris[3:4], metric = "manhattan")),
    reset_local = FALSE
  )
  expect_identical(model$graph, supervise_graph(graph, iris$Species))
  expect_length(model$neighbors, 2)
  expect_identical(model$neighbors[[2]], nearest_neighbors(iris[3:4], metric = "manhattan"))
  expect_identical(
    umap_fit(iris, metric = list(cosine = 2:4))$layout,
    umap_fit(iris[2:4], metric = "cosine")$layout
  )
  x <- as.matrix(iris[1:4])
  same <- intersect_graphs(
    fuzzy_graph(nearest_neighbors(x[, 1:2])), fuzzy_graph(nearest_neighbors(x[, 3:4])),
    reset_local = FALSE
  )
  halves <- list(euclidean = 1:2, euclidean = 3:4)
  both <- umap_fit(unname(x), metric = halves, duplicates = "separate")
  expect_identical(both$graph, same)
})

test_that("categories alone are compared by the share that differs", {
  x <- with_seed(1, data.frame(
    a = factor(sample(c("x", "y", NA), 60, TRUE)), b = sample(letters[1:4], 60, TRUE),
    c = sample(c(TRUE, FALSE), 60, TRUE), d = sample(LETTERS[1:5], 60, TRUE)
  ))
  codes <- vapply(x, function(column) as.numeric(factor(column, exclude = NULL)), numeric(60))
  model <- umap_fit(x, n_neighbors = 5)
  expected <- umap_fit(codes, metric = "hamming", n_neighbors = 5)
  expect_identical(model$layout, expected$layout)
  expect_identical(model$neighbors, expected$neighbors)
  expect_identical(umap_fit(x, n_neighbors = 5, metric = "hamming")$layout, model$layout)
  expect_identical(dim(umap(iris["Species"])), c(150L, 2L))

  new <- x[c(3, 1, 9), 4:1]
  known <- nearest_neighbors(codes, 1, "hamming", query = codes[c(3, 1, 9), ])
  expect_identical(predict(model, new)$UMAP1, model$layout[known$idx, 1])
  survived <- unserialize(serialize(model, NULL))
  expect_identical(predict(survived, new), predict(model, new))
  new$b[2] <- "unheard of"
  expect_warning(predict(model, new), "column b that the model does not know, .*: unheard of\\.")
  expect_input_error(predict(model, transform(x, c = 1)), "categories in column c")
  expect_input_error(predict(model, new[1:3]), "must have all columns of the model, but lacks a")
  model$blocks[[1]]$levels <- list("x")
  expect_input_error(predict(model, new), "damaged: its blocks\\[\\[1\\]\\]\\$levels is not")
})

test_that("the language of the session does not change categories", {
  x <- with_seed(2, as.data.frame(matrix(sample(c("b", "A", "a", "B", "\u00e9"), 240, TRUE), 60)))
  wanted <- umap(x, n_epochs = 5)
  if (isTRUE(capabilities("ICU"))) {
    icuSetCollate(locale = "en_US")
    on.exit(icuSetCollate(locale = "default"))
  }
  expect_identical(category_levels(c("b", "\u00e9", "A", NA, "a")), c("A", "a", "b", "\u00e9"))
  expect_identical(umap(x, n_epochs = 5), wanted)
})

test_that("a list may name categories alone", {
  by_list <- umap_fit(iris, metric = list(categorical = "Species"), n_epochs = 5)
  expect_identical(by_list$layout, umap_fit(iris["Species"], n_epochs = 5)$layout)
  pairs <- list(categorical = "cyl", categorical = "gear")
  model <- umap_fit(mtcars, metric = pairs, n_neighbors = 5, n_epochs = 5)
  factors <- data.frame(cyl = factor(mtcars$cyl), gear = factor(mtcars$gear))
  expect_identical(model$layout, umap_fit(factors, n_neighbors = 5, n_epochs = 5)$layout)
  by_name <- predict(model, mtcars[5:1, c("gear", "mpg", "cyl")])
  expect_identical(by_name$UMAP1, predict(model, mtcars[5:1, ])$UMAP1)
  nameless <- unname(as.matrix(mtcars))
  places <- list(categorical = c(2, 10))
  by_place <- umap_fit(nameless, metric = places, n_neighbors = 5, n_epochs = 5)
  expect_identical(by_place$layout, model$layout)
  expect_identical(predict(by_place, nameless[5:1, ])$UMAP1, by_name$UMAP1)
  expect_input_error(predict(by_place, nameless[, 1:2]), "must have 11 columns")
})

test_that("scale and pca take only the blocks of numbers in a list", {
  x <- data.frame(iris, long = iris[[1]] > 5.8, wide = iris[[2]] > 3)
  blocks <- list(euclidean = 1:4, jaccard = c("long", "wide"), categorical = "Species")
  numbers <- fuzzy_graph(nearest_neighbors(scaled_numbers(as.matrix(iris[1:4]))))
  bits <- fuzzy_graph(nearest_neighbors(as.matrix(x[6:7]), metric = "jaccard"))
  both <- intersect_graphs(numbers, bits, reset_local = FALSE)
  expected <- supervise_graph(both, iris$Species)
  model <- umap_fit(x, metric = blocks, scale = "z", duplicates = "separate")
  expect_identical(model$graph, expected)
  reduced <- umap_fit(x, metric = blocks, scale = "z", pca = 2)
  expect_identical(ncol(reduced$blocks[[1]]$standardization$rotation), 2L)
  expect_null(reduced$blocks[[2]]$standardization)
  expect_identical(predict(reduced, x[9:10, ])$UMAP1, reduced$layout[9:10, 1])
  expect_input_error(
    umap(x, metric = blocks[2:3], scale = "z"),
    "`scale` cannot be combined with the metric \"jaccard\""
  )
  expect_unfurl_warning(
    umap(iris["Species"], scale = "z"), "`scale` has no effect: there are no columns of numbers"
  )
})

test_that("models of several blocks are shown", {
  model <- umap_fit(iris, metric = list(euclidean = 1:2, cosine = 3:4, categorical = "Species"))
  expect_output(print(model), "euclidean")
  expect_output(print(summary(model)), "Local scale")
})

test_that("bad plans are errors", {
  expect_input_error(umap(iris, metric = list(1:3)), "`metric` must be a list of columns named")
  expect_input_error(
    umap(iris, metric = list(euclidean = "Petal")), "must hold names of columns of `x`, not Petal"
  )
  expect_input_error(
    umap(iris, metric = list(euclidean = "Petal.Lenght")), "Did you mean \"Petal.Length\"?"
  )
  expect_input_error(
    umap(iris, metric = list(euclidean = c(1, 9))),
    "must hold numbers from 1 to 5 of columns of `x`, not 9"
  )
  expect_input_error(
    umap(iris, metric = list(euclidean = -1)), "numbers from 1 to 5 of columns of `x`, not -1"
  )
  for (columns in list(character(), TRUE, NULL, iris)) {
    expect_input_error(
      umap(iris, metric = list(euclidean = columns)), "names or numbers of columns"
    )
  }
  expect_input_error(umap(iris, metric = list(miles = 1)), "`metric` must be one of")
  expect_input_error(umap(iris, metric = list(euclidean = 4:5)), "some are not: Species\\.")
  expect_input_error(
    umap(iris["Species"], metric = "cosine"), "categories alone are compared by \"hamming\" only"
  )
  expect_input_error(
    umap(stats::dist(iris[1:4]), metric = list(euclidean = 1)), "matrix or a data frame"
  )
  gap <- replace(iris, cbind(7, 2), NA)
  expect_input_error(umap(gap), "row 7, column Sepal.Width")
  twice <- setNames(iris, names(iris)[c(1, 1, 3:5)])
  expect_input_error(umap(twice), "different names for its columns, not Sepal.Length twice")
  expect_input_error(umap(setNames(iris, replace(names(iris), 2, NA))), "has none for column 2")
  expect_input_error(
    umap(cbind(as.matrix(iris[1:4]), 1:3), metric = list(euclidean = 1:4, categorical = 5)),
    "has none for column 5"
  )
  numbers <- setNames(iris[1:4], names(twice)[1:4])
  expect_identical(umap(numbers)$UMAP1, umap(iris[1:4])$UMAP1)
  expect_input_error(
    umap(transform(iris, Species = factor(NA))), "known categories in column Species"
  )
})

test_that("a different category in every row is a warning", {
  names <- paste("plant", 1:150)
  expect_unfurl_warning(
    umap(transform(iris, id = names), n_epochs = 2),
    "`x` has a different category in every row of column id\\."
  )
  expect_unfurl_warning(
    umap(iris[1:4], y = names, n_epochs = 2),
    "`y` has a different category in every row of column y\\. Leave it out"
  )
})

# ---- Formulas -----------------------------------------------------------------------------------

test_that("the right side of a formula chooses columns", {
  expect_identical(umap(~ . - Species, data = iris), umap(iris[1:4]))
  expect_identical(umap(~., iris), umap(iris))
  expect_identical(umap(~ Petal.Width + Sepal.Length, iris), umap(iris[c(4, 1)]))
  expect_identical(
    unname(umap(~ log(Petal.Width) + Sepal.Length, iris)),
    unname(umap(data.frame(log(iris[[4]]), iris[[1]])))
  )
  expect_identical(rownames(umap(~ mpg + hp, mtcars)), rownames(mtcars))
  odd <- setNames(iris[1:4], c("a b", "c", "d", "e"))
  expect_identical(umap(~., odd), umap(odd))
  expect_identical(umap(~ `a b` + c, odd), umap(odd[1:2]))
  a <- gaussian(40, 1)[, 1]
  b <- gaussian(40, 1, 2)[, 1]
  expect_identical(umap_fit(~ a + b)$layout, umap_fit(cbind(a, b))$layout)
})

test_that("the left side of a formula supervises", {
  expect_identical(umap(Species ~ ., iris), umap(iris[1:4], y = iris$Species))
  expect_identical(
    umap_fit(cbind(mpg, hp) ~ ., mtcars)$graph,
    umap_fit(mtcars[c(2, 3, 5:11)], y = as.matrix(mtcars[c(1, 4)]))$graph
  )
})

test_that("there is one target", {
  expect_identical(
    umap(~ . - Species, iris, y = Species, n_epochs = 5), umap(Species ~ ., iris, n_epochs = 5)
  )
  expect_input_error(umap(Species ~ ., iris, y = Species), "`y` must be NULL, as the formula has")
})

test_that("labels are found in the data", {
  expect_identical(umap(~ . - Species, iris, labels = Species)$label, iris$Species)
  number <- 1:150
  expect_identical(umap_fit(~ . - Species, iris, labels = number)$labels, number)
  expect_identical(
    umap_fit(~ . - Species, iris, n_neighbors = 5, n_epochs = 20)$layout,
    umap_fit(iris[1:4], n_neighbors = 5, n_epochs = 20)$layout
  )
})

test_that("bad formulas are errors", {
  expect_input_error(umap(~ Sepal.Length * Petal.Width, iris), "not one with interactions")
  expect_input_error(umap(Species ~ 1, iris), "must be a formula with columns on its right")
  expect_input_error(umap(~ Petal, iris), "`x` must be a formula that can be computed, .*Petal")
  expect_input_error(umap(~.), "`x` must be a formula that can be computed")
  power <- 2
  expect_input_error(
    umap(~ I(mpg^power) + hp, mtcars), "must use columns of `data` only, not power"
  )
  twice <- setNames(iris, names(iris)[c(1, 1, 3:5)])
  expect_input_error(umap(~ Sepal.Length + Petal.Width, twice), "not Sepal.Length twice")
  expect_input_error(umap(~ mpg, as.list(mtcars)), "`data` must be a data frame")
  expect_input_error(umap(~ mpg + hp, mtcars, neighbours = 3), "`neighbours` is not an argument")
})

# ---- Odd but legal ------------------------------------------------------------------------------

test_that("classes that inherit from data frames are data frames", {
  registerS3method("[", "odd_frame", function(x, i, j, ...) stop("not like this"))
  odd <- function(x) {
    class(x) <- c("odd_frame", "data.frame")
    x
  }
  model <- umap_fit(odd(iris), n_epochs = 5)
  expect_identical(model$layout, umap_fit(iris, n_epochs = 5)$layout)
  expect_identical(predict(model, odd(iris[5:7, ]))$UMAP1, model$layout[5:7, 1])
  blocks <- list(euclidean = 1:2, cosine = 3:4)
  expect_identical(umap(odd(iris), metric = blocks), umap(iris, metric = blocks))
  suppressWarnings( # the target leaves few edges between groups: convergence
    expect_identical(umap(iris[1:2], y = odd(iris[4:5])), umap(iris[1:2], y = iris[4:5])),
    classes = "unfurl_warning_convergence"
  )
  expect_identical(nearest_neighbors(odd(iris[1:4])), nearest_neighbors(iris[1:4]))
})

test_that("missing values of data frames are named by column, of a formula too", {
  expect_input_error(umap(replace(iris[1:4], cbind(3, 2), NA)), "in row 3, column Sepal.Width")
  expect_input_error(umap(data.frame(a = 1:9, b = NA), n_neighbors = 3), "in row 1, column b")
  model <- umap_fit(~ log(Petal.Width) + Sepal.Length, iris, n_epochs = 5)
  new <- replace(iris[1:4, ], cbind(2, 4), 0)
  expect_input_error(
    predict(model, new), "`newdata` must not .* row 2, column log\\(Petal.Width\\)"
  )
  some <- data.frame(known = factor(c("x", "y", "x")), number = 1:3, lost = NA)
  expect_input_error(umap(some, n_neighbors = 3), "must have known categories in column lost")
})

test_that("an object that is not a table of numbers is an error with a remedy", {
  long <- structure(matrix(1:20 * 5e-324, 10), class = "integer64")
  expect_input_error(umap(long), "`x` must hold numbers, not integer64")
  expect_input_error(umap(unname(iris)), "a name for each column, but has none for column 1")
  expect_input_error(nearest_neighbors(unname(iris)), "some are not: 5\\.")
  expect_input_error(umap(iris[1:4], labels = iris["Species"]), "Give one of its columns, by")
  model <- umap_fit(iris[1:4], n_epochs = 5)
  expect_input_error(predict(model, as.matrix(iris[1:4])[1, ]), "t\\(newdata\\) makes one row")
  expect_input_error(
    predict(model, transform(iris, Sepal.Width = "3")), "must have numeric .*: Sepal.Width"
  )
})

# ---- Malformed ----------------------------------------------------------------------------------

test_that("columns of another length than the rows are named", {
  short <- frame_of(list(a = stats::rnorm(1000), b = c("x", "y", "x")), 1000)
  expect_input_error(
    umap(short), "`x` must have as many values in each column as rows, 1,000, not 3 in column b"
  )
  expect_input_error(umap(short, metric = list(euclidean = "a", categorical = "b")), "column b")
  expect_input_error(umap(short["a"], y = short["b"]), "`y` must .* 1,000, not 3 in column b")
  expect_input_error(umap(~a, short), "`data` must .* 1,000, not 3 in column b")
  expect_input_error(
    supervise_graph(digits_graph(50), frame_of(list("x"), 50)), "not 1 in column 1"
  )
  for (b in list(1:3, factor(1:3), list(1), matrix(1:3))) {
    odd <- frame_of(list(a = 1:9, b = b), 9)
    expect_input_error(umap(odd), "`x` must have as many values .* 9, not [13] in column b")
    expect_input_error(nearest_neighbors(odd), "column b")
  }
  expect_input_error(umap(frame_of(list(a = 1:9), 12)), "as rows, 12, not 9 in column a")
  known <- data.frame(a = 1:30, b = c("x", "y"))
  new <- frame_of(list(a = 1:5, b = "x"), 5)
  for (model in list(
    umap_fit(known, n_neighbors = 5, n_epochs = 2), umap_fit(~ a + b, known, n_epochs = 2)
  )) {
    expect_input_error(predict(model, new), "`newdata` must have as many .*, 5, not 1 in column b")
  }
  model <- umap_fit(known["a"], n_epochs = 2)
  expect_input_error(
    embedding_quality(frame_of(list(a = 1:3), 30), model), "`x` must have .*, 30, not 3 in col"
  )
})

test_that("the core takes no categories of a different length", {
  graph <- digits_graph(50)
  settings <- check_graph_settings(1, 1, 1)
  join <- function(block) {
    blocks <- list(c(block, weight = 0.5))
    .Call(C_join_blocks, graph, 50L, blocks, settings, 42, run_settings(1, FALSE))
  }
  expect_length(join(list(kind = "categorical", category = rep(0:1, 25))), 3)
  for (category in list(0:2, rep(0:1, 26), rep(0, 50))) {
    expect_input_error(
      join(list(kind = "categorical", category = category)), "parts of different length"
    )
  }
  near <- nearest_neighbors(some_digits(40))
  expect_input_error(join(neighbor_block(near)), "parts of different length")
  numbers <- numeric_block(some_digits(40), check_metric("euclidean"), 15L, "auto")
  expect_input_error(join(numbers), "parts of different length")
  model <- umap_fit(iris, n_epochs = 2)
  blocks <- check_blocks(model)
  query <- query_of(model, iris[1:3, ], blocks, run_settings(1, FALSE))
  query$blocks[[2]]$category <- 0:2
  expect_input_error(
    .Call(
      C_predict, query$blocks, 3L, model$layout, predict_options(model, NULL),
      run_settings(1, FALSE)
    ),
    "`object` is damaged: its parts are of different length"
  )
})

test_that("a matrix in a column is so many columns of numbers, and no category", {
  x <- data.frame(a = stats::rnorm(40), b = c("u", "v"))
  letters <- matrix(c("p", "q", "r", "s", "q"), 40, 2)
  with_column <- function(m, x) {
    x$m <- m
    x
  }
  for (m in list(letters, letters == "p")) {
    odd <- with_column(m, x)
    remedy <- "must have one category per row in column m, not a matrix .* Make each column"
    expect_input_error(umap(odd), paste("`x`", remedy))
    expect_input_error(umap(odd[2:3]), paste("`x`", remedy))
    expect_input_error(umap(~., odd), paste("`x`", remedy))
    expect_input_error(umap(odd, metric = list(euclidean = "a", categorical = "m")), remedy)
    expect_input_error(umap(odd, metric = list(categorical = "m")), remedy)
    expect_input_error(umap(x["a"], y = odd["m"]), paste("`y`", remedy))
  }
  wide <- with_column(matrix(stats::rnorm(80), 40), x["a"])
  fit <- function(...) umap_fit(..., n_neighbors = 5, n_epochs = 2)
  expect_identical(fit(wide)$layout, fit(as.matrix(wide))$layout)
  expect_input_error(
    umap(wide, metric = list(euclidean = "a", categorical = "m")), "not a matrix of cat"
  )
  expect_input_error(umap(with_column(array(0, c(40, 2, 2)), x["a"])), "some are not: m\\.")
  new <- with_column(1:3, x[1:3, "a", drop = FALSE])
  for (model in list(fit(wide), fit(wide, scale = "z"), fit(wide, metric = function(a, b) 1))) {
    expect_identical(nrow(predict(model, wide[1:3, ])), 3L)
    expect_input_error(predict(model, new), "`newdata` must have 3 columns of numbers.* not 2")
  }
  flat <- umap_fit(iris, n_epochs = 2)
  new <- iris[1:3, ]
  new$Species <- matrix("setosa", 3, 2)
  expect_input_error(predict(flat, new), "one category per row in column Species, not a matrix")
  codes <- fit(data.frame(b = x$b, c = letters[, 1]))
  new <- frame_of(list(b = matrix("u", 2, 2), c = c("p", "q")), 2)
  expect_input_error(predict(codes, new), "one category per row in column b, not a matrix")
})

test_that("only factors, text, truth and numbers are categories", {
  columns <- list(
    list = as.list(1:40), frame = data.frame(p = 1:40, q = "z"), raw = as.raw(1:40),
    Date = Sys.Date() + rep(1:4, 10), complex = rep(1i * 1:4, 10), integer64 = integer64(1:40)
  )
  for (kind in names(columns)) {
    x <- frame_of(list(a = stats::rnorm(40), b = columns[[kind]]), 40)
    for (metric in list(list(euclidean = "a", categorical = "b"), list(categorical = "b"))) {
      expect_input_error(umap(x, metric = metric), "`x` must have categories in column b, not ")
    }
    expect_input_error(umap(x), "some are not: b\\.")
  }
  x <- frame_of(list(a = 1:40, b = columns$list), 40)
  expect_input_error(umap(x["a"], y = x), "`y` must be numbers or categories in column b")
  unseen <- umap(x, metric = list(euclidean = "a"), n_epochs = 2)
  expect_identical(unseen$UMAP1, umap(x["a"], n_epochs = 2)$UMAP1)
})

test_that("a graph is not data", {
  graph <- digits_graph(50)
  expect_input_error(nearest_neighbors(graph), "`x` must be data or neighbors, not a graph")
  for (f in list(umap, umap_fit)) {
    expect_input_error(f(graph, input = "data"), "`x` must be data or neighbors, not a graph")
  }
  expect_input_error(umap(some_digits(50), init = graph), "`init` must be data or .*, not a graph")
})
