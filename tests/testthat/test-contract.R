# The contract of input: every exported function and every method, every argument, every kind of
# wrong value. A value that an argument does not admit is an error of class unfurl_error_input about
# that argument, with the sentence of the argument's kind and the value; a value that it admits is
# no error. Generated: a new argument without a row in `contract` or `methods_contract` fails.

source(test_path("contract-kinds.R"), local = TRUE)

# ---- The table ----------------------------------------------------------------------------------

points <- as.matrix(iris[1:30, 1:4])
near <- nearest_neighbors(points, 10)
edges <- fuzzy_graph(near)
place <- initial_layout(edges)

graph_rows <- list(
  set_op_mix_ratio = number(0, 1), local_connectivity = number(0, 1e6),
  bandwidth = number(0, open = TRUE)
)
curve_rows <- list(a = curve_kind("b"), b = curve_kind("a"))
layout_rows <- c(curve_rows, list(
  learning_rate = rate, repulsion_strength = or_null(number(0)),
  negative_sample_rate = or_null(whole(0, 1000)),
  method = one_of("umap", "tumap", "largevis", "full"), optimizer = one_of("batch", "sgd"),
  optimizer_args = kind("must be a list of any of beta1, beta2, epsilon, not ", function(x) {
    is.list(x) && length(x) == 0
  })
))
observer_rows <- list(snapshots = epochs, trace = epochs, epoch_callback = function_or_null)
target_rows <- list(
  target_metric = one_of("euclidean"), target_weight = number(0, 1), target_n_neighbors = whole(2)
)
run_rows <- list(seed = seed, n_threads = threads, verbose = function(x) is.null(x) || flag(x))
components <- kind(attr(whole(1), "sentence"), whole(1, 1000))
init_kind <- kind(paste(
  "must be one of \"spectral\", \"laplacian\", \"pca\", \"random\", .*not ",
  "must be a matrix of numbers, not ", "must have 30 rows( and 2 columns)?, not ",
  "must not have missing or infinite values",
  sep = "|"
))
umap_rows <- c(
  list(
    # a formula wants `data`
    x = data_kind(
      neighbors_sentence, graph_sentence, "must be a formula that can be computed, but fails: "
    ),
    labels = labels_kind,
    n_neighbors = whole(2), n_components = components, metric = metric_kind,
    min_dist = distance_kind, y = target_kind, init = init_kind, n_epochs = or_null(whole(0))
  ),
  run_rows
)

search_methods <- one_of("auto", "exact", "clusters", "nndescent")

# For each function arguments that are right, and the row of each argument.
contract <- list(
  umap = list(list(x = points, n_epochs = 3, verbose = FALSE), c(umap_rows, observer_rows)),
  umap_fit = list(list(x = points, n_epochs = 3, verbose = FALSE), c(umap_rows, observer_rows)),
  umap_control = list(list(), c(
    graph_rows, layout_rows,
    replace(target_rows, "target_n_neighbors", list(or_null(whole(2)))),
    list(
      spread = number(0, open = TRUE), neighbor_method = search_methods, metric_kwds = any_keywords,
      scale = kind("must be one of \"none\", \"z\", .*, not ", function(x) is.null(x) || isTRUE(x)),
      pca = or_null(whole(1)), duplicates = one_of("spread", "merge", "separate"),
      input = one_of("auto", "data", "graph", "distance"), disconnected = one_of("place", "drop"),
      keep = one_of("predict", "graph", "minimal"),
      target_recall = number(0, 1),
      # these depend on the number of epochs: umap() checks them
      snapshots = either, trace = either, epoch_callback = either
    )
  )),
  nearest_neighbors = list(list(x = points), c(
    list(
      x = data_kind(), k = whole(2), metric = metric_kind, method = search_methods,
      metric_kwds = no_keywords,
      query = or_null(data_kind("must have as many columns as `x`, 4, not ")),
      neighbors = kind("is of use only with `query`", is.null), target_recall = number(0, 1),
      input = one_of("auto", "data", "distance")
    ),
    run_rows
  )),
  smooth_knn = list(
    list(nn = near),
    c(
      list(nn = neighbor_kind, n_threads = threads),
      graph_rows[c("local_connectivity", "bandwidth")]
    )
  ),
  fuzzy_graph = list(list(nn = near), c(list(nn = neighbor_kind, n_threads = threads), graph_rows)),
  intersect_graphs = list(
    list(x = edges, y = edges),
    list(
      x = graph_kind, y = graph_kind, weight = number(0, 1), reset_local = flag,
      n_threads = threads
    )
  ),
  supervise_graph = list(
    list(graph = edges, y = rep(1:3, 10) + 0.5, verbose = FALSE),
    c(
      list(graph = graph_kind, y = kind(attr(target_kind, "sentence"), function(x) {
        !is.null(x) && target_kind(x)
      })),
      graph_rows, target_rows, run_rows
    )
  ),
  fit_curve = list(list(), list(min_dist = distance_kind, spread = spread_kind(0.1))),
  initial_layout = list(list(graph = edges), list(
    graph = graph_kind, init = init_kind, n_components = components,
    x = or_null(data_kind()), metric = metric_kind, seed = seed, n_threads = threads
  )),
  optimize_layout = list(list(graph = edges, init = place, n_epochs = 3), c(
    list(
      graph = graph_kind, init = init_kind, n_epochs = or_null(whole(0)),
      min_dist = distance_kind, spread = spread_kind(0.1)
    ),
    layout_rows, observer_rows, run_rows
  )),
  layout_loss = list(list(graph = edges, layout = place), c(
    list(
      graph = graph_kind, layout = layout_kind, min_dist = distance_kind,
      spread = spread_kind(0.1), seed = seed, n_threads = threads
    ),
    curve_rows
  )),
  neighbor_recall = list(list(nn = near, x = points), list(
    nn = neighbor_kind, x = data_kind(), sample = sample_size, metric = metric_kind,
    n_threads = threads, metric_kwds = no_keywords
  )),
  local_dimension = list(list(nn = near), list(nn = neighbor_kind)),
  embedding_quality = list(list(x = points, layout = place, k = 5), list(
    x = data_kind(), layout = layout_kind, labels = labels_kind, k = whole(1), k_label = whole(1),
    sample = sample_size, metric = own_metric, n_threads = threads, metric_kwds = no_keywords
  )),
  point_quality = list(list(x = points, layout = place, k = 5), list(
    x = data_kind(), layout = layout_kind, k = whole(1), metric = own_metric,
    n_threads = threads, metric_kwds = no_keywords
  )),
  read_idx = list(list(), list(
    path = kind("must be the name of one file, not |must be a file that exists, not ")
  )),
  mnist = list(
    list(dir = write_mnist(rep(0:9, 2), 0:9)),
    list(
      dir = kind("must be the name of one directory, not |must be a directory with the files of "),
      digits = kind("must be whole numbers from 0 to 9, not ", function(x) {
        is.numeric(x) && length(x) > 0 && all(x %in% 0:9)
      })
    )
  )
)

# The methods that NAMESPACE lists; the methods of umap() and umap_fit() for data are above.
embedding <- umap(points, iris$Species[1:30], n_epochs = 3, verbose = FALSE)
model <- umap_fit(points, iris$Species[1:30], n_epochs = 3, verbose = FALSE)
layouts <- optimize_layout(edges, place, n_epochs = 3, snapshots = c(0, 3))

embedding_kind <- kind(paste(
  "must be an embedding from umap\\(\\), not ", "has no columns UMAP1", "has no rows to draw",
  "must have all its coordinates UMAP1, UMAP2, ... to be drawn, not only row",
  sep = "|"
))
model_kind <- kind("must be a model from umap_fit\\(\\), not ")
layouts_kind <- kind(
  "must be a list of layouts of the same points from optimize_layout\\(\\), not "
)
layouts_made <- kind(attr(layouts_kind, "sentence"), function(x) is.list(x) && length(x) == 0)
limits_kind <- kind("must be two numbers(, the smaller first)?, not ", function(x) {
  is.null(x) || identical(x, c(1, 2))
})
given_frame <- kind(attr(embedding_kind, "sentence"), is.data.frame)
neighbors_made <- kind("must be neighbors from nearest_neighbors\\(\\), not ")
rows_shown <- kind(attr(whole(0), "sentence"), function(x) identical(x, Inf) || whole(0)(x))
sizes_kind <- kind(
  "must be a number greater than 0, or one such number for each of the 30 points, not ",
  number(0, open = TRUE)
)
look_rows <- list(
  label = labels_kind, cex = or_null(sizes_kind), alpha = or_null(number(0, 1)),
  raster = or_null(flag), title = text_or_null
)
embedding_rows <- c(
  look_rows,
  list(
    dims = kind("must be two numbers from 1 to 2, not ", function(x) {
      is.numeric(x) && setequal(x, 1:2)
    }),
    label_medians = flag, edges = kind(graph_sentence, is.null), limits = limits_kind
  )
)
model_rows <- list(
  label = labels_kind, title = text_or_null, connectivity = flag,
  diagnostic = or_null(one_of("local_dimension", "neighbor_preservation", "trustworthiness")),
  limits = limits_kind,
  data = either # seen by a diagnostic alone
)
formula_contract <- list(
  list(x = ~ Sepal.Length + Petal.Length, data = iris[1:30, ], n_epochs = 3, verbose = FALSE),
  list(
    x = data_kind("must be a formula that can be computed, but fails: "),
    # x may be at fault then
    data = kind("must be a data frame, not ", function(x) {
      if (is.null(x) || is.data.frame(x)) NA else FALSE
    }),
    labels = labels_kind, y = target_kind
  )
)
methods_contract <- list(
  as.data.frame.umap_embedding = list(list(x = embedding), list(x = given_frame)),
  as.data.frame.umap_snapshots = list(list(x = layouts), list(x = layouts_kind)),
  as.data.frame.umap_model = list(
    list(x = model), list(
      x = model_kind, row.names = kind("must be 30 different names, not ", is.null),
      optional = either
    )
  ),
  as.matrix.umap_embedding = list(list(x = embedding), list(x = given_frame)),
  as.matrix.umap_model = list(list(x = model), list(x = model_kind)),
  autoplot.umap_embedding = list(
    list(object = embedding), c(list(object = embedding_kind), embedding_rows)
  ),
  autoplot.umap_model = list(list(object = model), c(list(object = model_kind), model_rows)),
  autoplot.umap_snapshots = list(
    list(object = layouts), c(list(object = layouts_kind), look_rows)
  ),
  format.umap_neighbors = list(list(x = near), list(x = neighbors_made)),
  format.umap_snapshots = list(list(x = layouts), list(x = layouts_made)),
  plot.umap_embedding = list(list(x = embedding), c(list(x = embedding_kind), embedding_rows)),
  plot.umap_model = list(list(x = model), c(list(x = model_kind), model_rows)),
  plot.umap_snapshots = list(list(x = layouts), c(list(x = layouts_kind), look_rows)),
  predict.umap_model = list(
    list(object = model, newdata = points[1:3, ]),
    c(
      list(
        object = model_kind,
        newdata = data_kind(
          neighbors_sentence, "must have all columns of the model, but lacks ",
          "must have 4 columns, as the model's data had, not "
        ),
        n_epochs = or_null(whole(0))
      ),
      run_rows[c("n_threads", "verbose")]
    )
  ),
  format.umap_model = list(list(x = model), list(x = model_kind)),
  print.summary.umap_graph = list(
    list(x = summary(edges)), list(x = kind("must be a summary of a graph, not "))
  ),
  print.summary.umap_neighbors = list(
    list(x = summary(near)), list(x = kind("must be a summary of neighbors, not "))
  ),
  print.summary.umap_model = list(
    list(x = summary(model)), list(x = kind("must be a summary of a model, not "))
  ),
  print.umap_control = list(
    list(x = umap_control()), list(x = kind("must be settings from umap_control\\(\\), not "))
  ),
  print.umap_embedding = list(list(x = embedding), list(x = given_frame, n = rows_shown)),
  print.umap_graph = list(
    list(x = edges),
    list(x = kind("must be a graph from fuzzy_graph\\(\\), not ", is.data.frame), n = rows_shown)
  ),
  print.umap_model = list(list(x = model), list(x = model_kind)),
  print.umap_neighbors = list(list(x = near), list(x = neighbors_made)),
  print.umap_snapshots = list(list(x = layouts), list(x = layouts_made)),
  summary.umap_graph = list(list(object = edges), list(object = graph_kind)),
  summary.umap_neighbors = list(list(object = near), list(object = neighbor_kind)),
  summary.umap_model = list(list(object = model), list(
    object = model_kind, data = or_null(data_kind("must have all columns of the model, but lacks "))
  )),
  umap.formula = formula_contract,
  umap_fit.formula = formula_contract
)

# ---- The test -----------------------------------------------------------------------------------

outcome <- function(fun, arguments) {
  tryCatch(
    {
      suppressWarnings(suppressMessages(do.call(fun, arguments, quote = TRUE)))
      NULL
    },
    error = identity
  )
}

# What is wrong with a refusal, whose sentence is `sentence`; NULL if nothing.
flaw_of_refusal <- function(condition, argument, value, sentence) {
  text <- conditionMessage(condition)
  if (!inherits(condition, "unfurl_error_input")) {
    return(paste0("is not an input error but a ", class(condition)[1], ": ", text))
  }
  if (!identical(condition$argument, argument)) {
    return(paste0("is an error about `", condition$argument, "`: ", text))
  }
  if (!grepl(paste0("^`", argument, "` (", sentence, ")"), text)) {
    return(paste("gives a message that is not of its kind:", text))
  }
  # A message about a shape ("must have") says that shape.
  wants_value <- plain(value) && grepl("^`[^`]*` must be .*, not ", text)
  if (wants_value && !grepl(describe(value), text, fixed = TRUE)) {
    paste("gives a message without the value:", text)
  }
}

# The same of how `fun` takes `value` as `argument`. What is neither admitted nor not (NA) may be an
# error of the package.
flaw <- function(fun, right, argument, value, kind) {
  admitted <- kind(value)
  right[argument] <- list(value)
  condition <- outcome(fun, right)
  if (is.null(condition)) return(if (isFALSE(admitted)) "is accepted")
  if (isTRUE(admitted)) return(paste("is refused:", conditionMessage(condition)))
  if (isFALSE(admitted)) {
    at_fault <- c(attr(kind, "argument"), argument)[1]
    return(flaw_of_refusal(condition, at_fault, value, attr(kind, "sentence")))
  }
  if (!inherits(condition, "unfurl_error")) paste("is", class(condition)[1])
}

flaws_of <- function(fun, contract) {
  right <- contract[[1]]
  rows <- contract[[2]]
  found <- character()
  for (argument in names(rows)) {
    for (specimen in names(specimens)) {
      value <- specimens[[specimen]]
      wrong <- flaw(fun, right, argument, value, rows[[argument]])
      if (!is.null(wrong)) found <- c(found, paste0(argument, " = ", specimen, " ", wrong))
    }
  }
  found
}

# The arguments of a function; a generic function has the arguments of its default method.
arguments_of <- function(name) {
  method <- utils::getS3method(name, "default", optional = TRUE, envir = asNamespace("unfurl"))
  if (is.null(method)) method <- getExportedValue("unfurl", name)
  setdiff(names(formals(method)), "...")
}

test_that("every argument of every exported function has a row", {
  exported <- Filter(function(name) is.function(getExportedValue("unfurl", name)),
    getNamespaceExports("unfurl")
  )
  expect_setequal(names(contract), exported)
  for (name in names(contract)) {
    expect_identical(setdiff(arguments_of(name), names(contract[[name]][[2]])), character())
  }
})

for (name in names(contract)) {
  test_that(paste0(name, "() says what is wrong with its input"), {
    skip_on_cran()
    expect_identical(flaws_of(name, contract[[name]]), character())
  })
}

# Methods that R calls for their class alone.
operators <- c(
  "[", "[<-", "[[<-", "$<-", "names<-", "c", "dim", "head", "tail", "merge", "rbind", "transform"
)

own_method <- function(name) get(name, asNamespace("unfurl"))

test_that("every argument of every method has a row", {
  listed <- parseNamespaceFile("unfurl", dirname(system.file(package = "unfurl")))$S3methods
  listed <- listed[!listed[, 1] %in% operators, ]
  listed <- paste0(sub("^.*::", "", listed[, 1]), ".", listed[, 2])
  expect_setequal(c(names(methods_contract), "umap.default", "umap_fit.default"), listed)
  for (name in names(methods_contract)) {
    arguments <- setdiff(names(formals(own_method(name))), "...")
    expect_identical(setdiff(arguments, names(methods_contract[[name]][[2]])), character())
  }
})

for (name in names(methods_contract)) {
  test_that(paste0(name, "() says what is wrong with its input"), {
    skip_on_cran()
    if (startsWith(name, "autoplot")) skip_if_not_installed("ggplot2")
    grDevices::pdf(NULL)
    on.exit(grDevices::dev.off())
    utils::capture.output(found <- flaws_of(own_method(name), methods_contract[[name]]))
    expect_identical(found, character())
  })
}

test_that("a diagnostic sees the data that it is given", {
  for (value in specimens[!vapply(specimens, is.null, NA)]) {
    arguments <- list(x = model, diagnostic = "trustworthiness", data = value)
    sentence <- paste0(
      data_sentence, "|must have all columns of the model, but lacks ",
      "|must have one row per point of the model, 30"
    )
    expect_null(flaw_of_refusal(outcome(plot, arguments), "data", value, sentence))
  }
})

test_that("nothing passes through ... unseen", {
  for (fun in list(umap, umap_fit)) {
    expect_input_error(fun(points, n_neighbours = 5), "`n_neighbours` is not an argument")
  }
  expect_input_error(umap_control(spraed = 1), "`spraed`.*Did you mean `spread`")
  too_many <- rep(list(NULL), length(formals(umap_control)))
  expect_input_error(do.call(umap_control, too_many), "must have a name for each argument")
})
