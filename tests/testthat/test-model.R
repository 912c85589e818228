# Models that are kept: what they hold, whether they survive, and what happens to broken ones.

places <- function(embedding) unname(as.matrix(embedding[grep("^UMAP", names(embedding))]))

small <- iris[seq(1, 150, 3), ]
new_rows <- iris[seq(2, 150, 3), ]

# One of each kind, with data to predict.
kept_models <- function() {
  fit <- function(...) suppressWarnings(umap_fit(..., n_epochs = 20, n_neighbors = 8))
  x <- as.matrix(small[1:4])
  new <- as.matrix(new_rows[1:4])
  bits <- with_seed(1, matrix(stats::runif(50 * 20) < 0.4, 50))
  models <- list(
    plain = list(fit(x), new),
    scaled = list(fit(x, scale = "z", pca = 2, metric = "cosine"), new),
    supervised = list(fit(x, y = small$Species), new),
    mixed = list(fit(small), new_rows),
    blocks = list(
      fit(small, metric = list(euclidean = 1:2, manhattan = 3:4, categorical = 5)), new_rows
    ),
    formula = list(fit(~ log(Petal.Width) + Sepal.Length, small), new_rows),
    bits = list(fit(bits, metric = "hamming"), !bits[1:5, ]),
    distances = list(fit(stats::dist(x)), as.matrix(stats::dist(rbind(x, new)))[51:60, 1:50])
  )
  if (requireNamespace("Matrix", quietly = TRUE)) {
    sparse <- methods::as((x > 3) * x, "CsparseMatrix")
    models$sparse <- list(fit(sparse, metric = "cosine"), sparse[5:9, ])
  }
  models
}

test_that("every kind of model survives being saved", {
  for (kind in kept_models()) {
    path <- tempfile()
    saveRDS(kind[[1]], path)
    expect_identical(readRDS(path), kind[[1]])
    expect_identical(predict(readRDS(path), kind[[2]]), predict(kind[[1]], kind[[2]]))
    ascii <- unserialize(serialize(kind[[1]], NULL, ascii = TRUE))
    expect_identical(predict(ascii, kind[[2]]), predict(kind[[1]], kind[[2]]))
  }
})

test_that("models hold only plain vectors", {
  is_plain <- function(x) {
    if (is.list(x)) return(all(vapply(unclass(x), is_plain, NA)))
    is.null(x) || (is.atomic(x) && !isS4(x))
  }
  for (kind in kept_models()) expect_true(is_plain(kind[[1]]))
})

test_that("`keep` chooses how much is kept", {
  fit <- function(keep) umap_fit(some_digits(200), n_epochs = 5, keep = keep)
  all <- fit("predict")
  graph <- fit("graph")
  minimal <- fit("minimal")
  shared <- c("layout", "neighbors", "rho", "sigma", "graph", "curve", "settings", "seed")
  expect_identical(graph[shared], all[shared])
  expect_identical(minimal$layout, all$layout)
  expect_null(minimal$graph)
  expect_null(graph$blocks)
  sizes <- vapply(list(minimal, graph, all), function(model) as.numeric(object.size(model)), 0)
  expect_true(all(diff(sizes) > 0))
  expect_lt(sizes[3] - sizes[2], 1.2 * 4 * 200 * 784)
  for (model in list(graph, minimal)) {
    expect_input_error(predict(model, some_digits(3)), "keep = \"predict\"")
    expect_output(print(model), "UMAP model of 200 rows")
    expect_output(print(summary(model)), "Settings")
  }
})

# ---- Formats that have been released ------------------------------------------------------------

test_that("models of every released format load and predict as they did", {
  formats <- integer()
  for (path in Sys.glob(test_path("fixtures", "model-*.rds"))) {
    fixture <- readRDS(path)
    formats <- c(formats, fixture$model$format_version)
    expect_identical(places(predict(fixture$model, fixture$newdata)), fixture$placed)
    expect_output(print(fixture$model), "UMAP model of 75 rows")
    expect_output(print(summary(fixture$model)), "Settings")
  }
  expect_setequal(formats, seq_len(format_version))
})

test_that("a model of format 1 becomes one of this format", {
  old <- readRDS(test_path("fixtures", "model-1-mixed.rds"))
  new <- check_model(old$model)
  expect_identical(new$format_version, format_version)
  expect_null(new$views)
  expect_identical(kinds_of(new$blocks), c("numeric", "categorical"))
  expect_identical(check_blocks(new), new$blocks)
  expect_identical(check_model(new), new)
})

test_that("a fresh process predicts the same", {
  skip_on_cran()
  fixture <- test_path("fixtures", "model-1-mixed.rds")
  script <- tempfile(fileext = ".R")
  writeLines(c(
    sprintf(".libPaths(%s)", paste(deparse(.libPaths()), collapse = "")),
    sprintf("f <- readRDS(%s)", deparse(normalizePath(fixture))),
    "loadNamespace('unfurl')",
    "p <- stats::predict(f$model, f$newdata)",
    "cat(identical(unname(as.matrix(p[c('UMAP1', 'UMAP2')])), f$placed))"
  ), script)
  out <- system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(script)),
    stdout = TRUE, stderr = FALSE
  )
  expect_match(paste(out, collapse = " "), "TRUE$")
})

# ---- Broken models ------------------------------------------------------------------------------

# Every part of a model, as a path into it.
parts_of <- function(x, path = list()) {
  here <- if (length(path) > 0) list(path)
  if (!is.list(x)) return(here)
  c(here, unlist(lapply(seq_along(x), function(i) parts_of(unclass(x)[[i]], c(path, i))), FALSE))
}

broken <- function(part) {
  list(
    NULL, "text", NA, -1L, 1e9, list(), list(1), part[seq_len(length(part) %/% 2)],
    if (is.numeric(part)) part - part + 2147483647, if (is.double(part)) part * NaN,
    if (is.matrix(part)) t(part), if (is.integer(part)) rep(NA_integer_, length(part))
  )
}

test_that("a broken model is an error of the package, or does no harm", {
  skip_if_quick("predict() with each element of each kind of model broken in each way")
  skip_on_cran()
  kinds <- kept_models()
  for (kind in kinds[intersect(names(kinds), c("scaled", "mixed", "sparse", "formula"))]) {
    model <- kind[[1]]
    for (path in parts_of(model)) {
      index <- unlist(path)
      part <- unclass(model)[[index]]
      if (is.language(part) || is.function(part)) next
      for (value in broken(part)) {
        worse <- unclass(model)
        worse[[index]] <- value
        class(worse) <- "umap_model"
        condition <- tryCatch(
          suppressWarnings({
            predict(worse, kind[[2]])
            NULL
          }),
          error = identity
        )
        where <- paste(index, collapse = "/")
        if (!is.null(condition)) {
          expect_true(
            inherits(condition, "unfurl_error"),
            info = paste(where, describe(value), conditionMessage(condition))
          )
        }
      }
    }
  }
})

test_that("showing a broken model or embedding is an error of the package, or does no harm", {
  skip_if_quick("each element of each kind of model broken in each way, shown in five ways")
  skip_on_cran()
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  show <- list(
    print = print, summary = function(x) print(summary(x)), plot = plot,
    edges = function(x) plot(x, connectivity = TRUE), frame = as.data.frame
  )
  flaw_of <- function(show, worse) {
    tryCatch(
      {
        suppressWarnings(utils::capture.output(show(worse)))
        NULL
      },
      unfurl_error = function(e) NULL,
      error = conditionMessage
    )
  }
  kinds <- kept_models()
  for (kind in kinds[intersect(names(kinds), c("mixed", "supervised"))]) {
    model <- kind[[1]]
    model$labels <- small$Species
    for (part in c(names(model), names(model$settings))) {
      index <- if (part %in% names(model)) part else c("settings", part)
      for (value in broken(unclass(model)[[index]])) {
        worse <- unclass(model)
        worse[[index]] <- value
        class(worse) <- "umap_model"
        for (way in names(show)) {
          expect_null(flaw_of(show[[way]], worse), info = paste(way, part, describe(value)))
        }
      }
    }
    worse <- structure(unclass(model)[-1], class = "umap_model")
    expect_output(print(worse), "^UMAP model that is damaged: its layout")
    embedding <- as.data.frame(model)
    for (way in c("print", "plot")) {
      for (column in names(embedding)) {
        for (value in list("text", NA, list(1), NULL)) {
          worse <- unclass(embedding)
          worse[[column]] <- if (is.null(value)) NULL else rep(value, nrow(embedding))
          class(worse) <- class(embedding)
          expect_null(flaw_of(show[[way]], worse), info = paste(way, column, describe(value)))
        }
      }
      for (settings in list("text", 1, list(), list(n_neighbors = "a"), function(x) x)) {
        worse <- structure(embedding, settings = settings)
        expect_input_error(show[[way]](worse), "`x` is damaged: its attribute settings")
      }
    }
  }
})

test_that("settings of a model are plain vectors", {
  x <- as.matrix(small[1:4])
  for (model in list(umap_fit(x, n_epochs = 2), umap_fit(stats::dist(x), n_epochs = 2))) {
    for (name in names(model$settings)) {
      worse <- model
      worse$settings[[name]] <- function(x) x
      expect_input_error(summary(worse), "damaged: its settings is not")
      expect_input_error(embedding_quality(x, worse), "damaged: its settings is not")
    }
    worse <- model
    worse$settings$optimizer_args$beta1 <- quote(x)
    expect_input_error(summary(worse), "damaged: its settings is not")
  }
})

test_that("numbers that a model keeps are numbers, as many as are read", {
  x <- as.matrix(small[1:4])
  model <- umap_fit(x, metric = "mahalanobis", metric_kwds = list(cov = diag(4)), n_epochs = 2)
  for (spread in list("a", 1L, 1, rep(1, 15))) {
    worse <- model
    worse$blocks[[1]]$metric$spread <- spread
    expect_input_error(predict(worse, x), "damaged: its blocks\\[\\[1\\]\\]\\$metric is not")
    expect_input_error(
      embedding_quality(x, worse), "damaged: its blocks\\[\\[1\\]\\]\\$metric is not"
    )
  }
  damaged <- "damaged: its blocks\\[\\[1\\]\\]\\$preparation is not"
  for (part in c("p", "scale", "d")) {
    worse <- model
    worse$blocks[[1]]$preparation[[part]] <- "text"
    expect_silent(expect_input_error(predict(worse, x), damaged))
  }
  damaged <- "damaged: its blocks\\[\\[1\\]\\]\\$points is not"
  for (part in c("unit", "d")) {
    worse <- model
    worse$blocks[[1]]$points[[part]] <- "text"
    expect_silent(expect_input_error(predict(worse, x), damaged))
  }
  for (time in c(1e300, NA, Inf)) {
    worse <- model
    worse$times[1] <- time
    expect_input_error(summary(worse), "damaged: its times")
  }
  worse <- umap_fit(x, metric = function(a, b) sum(abs(a - b)), n_epochs = 2)
  worse$blocks[[1]]$metric$spread <- 1
  expect_input_error(predict(worse, x), "damaged: its blocks\\[\\[1\\]\\]\\$metric is not")
  worse <- umap_fit(x, scale = "z", n_epochs = 2)
  worse$blocks[[1]]$standardization$centre <- worse$blocks[[1]]$standardization$factor <- c(1, 1)
  expect_input_error(predict(worse, x), "damaged: its blocks\\[\\[1\\]\\]\\$standardization is not")
  embedding <- unclass(as.data.frame(model))
  embedding$UMAP1 <- embedding$UMAP1[1:7]
  class(embedding) <- c("umap_embedding", "data.frame")
  expect_input_error(print(embedding), "as many values in each .*, 50, not 7 in column UMAP1")
})

test_that("models of the future, and objects that are not models, are refused", {
  model <- umap_fit(small[1:4], n_epochs = 2)
  model$format_version <- 99L
  expect_input_error(predict(model, small), "at most the format 2, not 99")
  model$format_version <- NULL
  expect_input_error(predict(model, small), "is damaged: its format_version")
  expect_input_error(predict.umap_model(list(), small), "must be a model from umap_fit")
})
