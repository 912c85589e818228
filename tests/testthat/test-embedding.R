embedding <- umap(iris[1:4], labels = iris$Species, n_epochs = 5)
rownames(embedding) <- paste0("flower", 1:150)

expect_embedding <- function(object, d = 2) {
  expect_s3_class(object, c("umap_embedding", "data.frame"), exact = TRUE)
  expect_identical(attr(object, "settings")$n_components, as.integer(d))
  expect_identical(colnames(as.matrix(object)), paste0("UMAP", seq_len(d)))
}

expect_plain_frame <- function(object) {
  expect_identical(class(object), "data.frame")
  expect_setequal(names(attributes(object)), c("names", "row.names", "class"))
}

test_that("as.matrix() gives only the coordinates, with the names of the rows", {
  coordinates <- as.matrix(embedding)
  expect_type(coordinates, "double")
  expect_identical(dimnames(coordinates), list(paste0("flower", 1:150), c("UMAP1", "UMAP2")))
  expect_identical(coordinates[, "UMAP2"], stats::setNames(embedding$UMAP2, rownames(embedding)))
  expect_identical(as.matrix(embedding[c("UMAP2", "label", "UMAP1")]), coordinates)
  expect_null(rownames(as.matrix(umap(iris[1:4], n_epochs = 2))))
  expect_input_error(as.matrix(embedding, 1), "`...` must be empty")
})

test_that("columns of an embedding in many dimensions are in their order", {
  wide <- umap(iris[1:4], n_components = 11, n_epochs = 2, init = "random")
  shuffled <- wide[c(11, 2:10, 1)]
  expect_embedding(shuffled, 11)
  expect_identical(as.matrix(shuffled), as.matrix(wide))
})

test_that("a model is a matrix of its coordinates too", {
  model <- umap_fit(head(mtcars, 20), labels = head(mtcars$cyl, 20), n_neighbors = 5, n_epochs = 5)
  expect_identical(as.matrix(model), as.matrix(as.data.frame(model)))
  expect_identical(rownames(as.matrix(model)), rownames(mtcars)[1:20])
  expect_identical(dim(model), c(20L, 2L))
  expect_identical(head(model, 3), head(as.data.frame(model), 3))
  expect_identical(tail(model, 3), tail(as.data.frame(model), 3))
})

test_that("rows and reordered columns of an embedding are an embedding", {
  for (part in list(
    embedding[1:5, ], embedding[1:5, c("UMAP2", "UMAP1")], embedding["flower7", ], head(embedding),
    embedding[order(embedding$UMAP1), ], subset(embedding, label == "setosa"),
    embedding[c("UMAP1", "UMAP2")], split(embedding, embedding$label)[[2]]
  )) {
    expect_embedding(part)
  }
  line <- umap(iris[1:4], n_components = 1, n_epochs = 2)
  expect_embedding(line[1:5, ], 1)
  expect_identical(line[1:5, 1], line$UMAP1[1:5])
})

test_that("what lacks a coordinate is a plain data frame", {
  gone <- embedding
  gone$UMAP2 <- NULL
  removed <- embedding
  removed[["UMAP1"]] <- NULL
  dropped <- embedding
  dropped["UMAP1"] <- NULL
  renamed <- embedding
  names(renamed)[1] <- "first"
  for (part in list(
    embedding["UMAP1"], embedding[c("UMAP1", "label")], embedding["label"], gone, removed, dropped,
    renamed, embedding[1:3, 2:3], subset(embedding, select = UMAP1),
    transform(embedding, UMAP2 = NULL), as.data.frame(embedding)
  )) {
    expect_plain_frame(part)
  }
  expect_identical(embedding[, 1], embedding$UMAP1)
  expect_output(print(embedding["UMAP1"][1:2, , drop = FALSE]), "^ +UMAP1\nflower1 ")
})

test_that("what has a coordinate that is not a number is a plain data frame", {
  embedding <- umap(iris[1:4], n_epochs = 2)
  texts <- as.character(embedding$UMAP1)
  changed <- list(embedding, embedding, transform(embedding, UMAP1 = as.character(UMAP1)))
  changed[[1]]$UMAP1 <- texts
  changed[[2]][["UMAP1"]] <- texts
  for (frame in changed) {
    expect_identical(class(frame), "data.frame")
    expect_null(attr(frame, "settings"))
    expect_identical(frame$UMAP1, texts)
  }
  # as other packages may leave it
  kept <- unclass(embedding)
  kept$UMAP1 <- texts
  class(kept) <- class(embedding)
  expect_identical(as.data.frame(kept), changed[[1]])
  expect_identical(capture.output(print(kept)), capture.output(print(changed[[1]])))
  expect_input_error(plot(kept), "`x` is damaged: one of its coordinates")
  expect_input_error(as.matrix(kept), "`x` is damaged: one of its coordinates")
})

test_that("columns are added to an embedding", {
  added <- embedding
  added$size <- 1
  added[["weight"]] <- 2
  added["height"] <- 3
  expect_embedding(added)
  expect_identical(names(added), c("UMAP1", "UMAP2", "label", "size", "weight", "height"))
  expect_embedding(transform(embedding, size = 1, UMAP1 = -UMAP1))
  added[1:3, "UMAP1"] <- 0
  expect_embedding(added)
  expect_identical(as.matrix(added)[1:3, 1], c(flower1 = 0, flower2 = 0, flower3 = 0))
  groups <- data.frame(label = levels(iris$Species), size = 1:3)
  merged <- merge(embedding, groups)
  expect_embedding(merged)
  expect_identical(merged$size, rep(1:3, each = 50))
  expect_plain_frame(merge(embedding[1:3, ], embedding[1:3, ], by = "label"))
})

test_that("parts of an embedding are bound to what they were", {
  expect_identical(rbind(embedding[1:75, ], embedding[76:150, ]), embedding)
  expect_identical(do.call(rbind, unname(split(embedding, embedding$label))), embedding)
  expect_identical(rbind(embedding, NULL), embedding)
})

test_that("rows of different embeddings share the settings in which these agree", {
  other <- umap(iris[1:4], iris$Species, n_epochs = 7, seed = 1)
  both <- rbind(embedding, other)
  expect_embedding(both)
  expect_identical(nrow(both), 300L)
  expect_null(attr(both, "settings")[["seed"]])
  expect_identical(attr(both, "settings")$n_neighbors, 15L)
  shown <- paste(capture.output(print(both)), collapse = " ")
  expect_match(shown, "300 rows in 2 dimensions 15 neighbors, euclidean, min_dist 0.1, spectral")
  expect_match(shown, "different n_epochs, seed: positions of different embeddings cannot be")
  expect_no_match(shown, "seed 42")
  expect_identical(attr(rbind(both, embedding), "differing"), c("n_epochs", "seed"))
  expect_identical(attr(both[200:201, ], "differing"), c("n_epochs", "seed"))
})

test_that("settings are not printed for rows that another package has added", {
  # as dplyr::bind_rows() does: the rows of all, the attributes of the first
  bind_rows <- function(a, b) {
    both <- rbind(as.data.frame(a), as.data.frame(b))
    attributes(both) <- c(
      attributes(both)[c("names", "row.names")],
      attributes(a)[setdiff(names(attributes(a)), c("names", "row.names"))]
    )
    both
  }
  a <- umap(iris[1:40, 1:4], n_epochs = 2)
  b <- umap(iris[41:100, 1:4], n_epochs = 2, seed = 7)
  unknown <- "Rows were added from elsewhere, whose settings are not known\\."
  for (both in list(bind_rows(a, b), bind_rows(a[1:5, ], b[1:3, ]), bind_rows(a, b)[90:100, ])) {
    expect_s3_class(both, "umap_embedding")
    expect_output(print(both), unknown)
    expect_output(print(rbind(both, a)), unknown)
    expect_false(any(grepl("seed 42", capture.output(print(both)))))
  }
  for (known in list(a, a[1:7, ], a[c(1:40, 1:40), ], rbind(a, a), transform(a, z = 1))) {
    expect_output(print(known), "seed 42")
  }
})

test_that("rows of other origin make a plain data frame", {
  new <- data.frame(UMAP1 = 0, UMAP2 = 0, label = "setosa")
  expect_plain_frame(rbind(embedding, new))
  expect_plain_frame(rbind(new, embedding))
})

test_that("a column whose name begins with label is not a label", {
  named <- umap(iris[1:4], n_epochs = 2)
  named$label_source <- iris$Species
  expect_identical(eval(formals(plot.umap_embedding)$label, list(x = named)), NULL)
  expect_identical(eval(formals(autoplot.umap_embedding)$label, list(object = named)), NULL)
})

test_that("an embedding whose settings are not a list is damaged", {
  broken <- embedding
  attr(broken, "settings") <- "none"
  expect_input_error(print(broken), "is damaged: its attribute settings")
  expect_input_error(plot(broken), "is damaged: its attribute settings")
})
