# The contract of input: every exported function and every method, every argument, every kind of
# wrong value. A value that an argument does not admit is an error of class unfurl_error_input that
# names the argument and the value; a value that it admits is no error. Generated, so that a new
# argument without a row in `contract` or `methods_contract` fails.

# ---- What may be given --------------------------------------------------------------------------

specimens <- list(
  "NULL" = NULL, "NA" = NA, "NA_real_" = NA_real_, "NA_integer_" = NA_integer_,
  "NA_character_" = NA_character_, "NaN" = NaN, "Inf" = Inf, "-Inf" = -Inf, "-1" = -1, "0" = 0,
  "1" = 1, "2" = 2, "0.5" = 0.5, "-0.5" = -0.5, "1e300" = 1e300, "2^31" = 2^31, "2^60" = 2^60,
  "text" = "a", "number as text" = "5", "empty text" = "", "no integer" = integer(),
  "no text" = character(), "pair" = c(1, 2), "two words" = c("a", "b"), "TRUE" = TRUE,
  "empty list" = list(), "list" = list(1, "a"), "factor" = factor("a"), "date" = Sys.Date(),
  "complex" = 1i, "raw" = as.raw(1), "function" = function(...) 1, "environment" = new.env(),
  "symbol" = quote(x), "formula" = y ~ x, "empty matrix" = matrix(0, 0, 0),
  "matrix of one" = matrix(1), "text matrix" = matrix("a", 30, 2),
  "NA matrix" = matrix(NA_real_, 30, 4),
  "array" = array(0, c(2, 2, 2)), "empty data frame" = data.frame(),
  "data frame with NA" = data.frame(row = c(1:29, NA), col = 30:1, similarity = 1),
  "integer64" = structure(5, class = "integer64")
)

# ---- Kinds of arguments: whether a specimen is admitted -----------------------------------------

plain <- function(x) is.atomic(x) && !is.object(x) && length(x) == 1
number <- function(min = -Inf, max = Inf, open = FALSE, null = FALSE) {
  function(x) {
    if (is.null(x)) return(null)
    plain(x) && is.numeric(x) && is.finite(x) && x <= max && (if (open) x > min else x >= min)
  }
}
whole <- function(min, max = .Machine$integer.max, null = FALSE) {
  admits <- number(min, max, null = null)
  function(x) admits(x) && (is.null(x) || x == round(x))
}
seed <- whole(0, 2^53, null = TRUE)
threads <- whole(1, null = TRUE)
flag <- function(x) plain(x) && is.logical(x) && !is.na(x)
never <- function(x) FALSE
null_only <- function(x) is.null(x)
target <- function(x) is.null(x) || (is.matrix(x) && is.character(x)) # many categories will do
rate <- function(x) { # what is absurd may be refused when it has done its damage
  if (is_number(x) && x > 1e6) NA else number(0, open = TRUE, null = TRUE)(x)
}
nothing <- function(x) is.null(x) || (is.list(x) && length(x) == 0)
keywords <- function(x) is.null(x) || identical(x, list()) || (is.list(x) && !is.null(names(x)))
epochs <- function(x) is.null(x) || (is.numeric(x) && all(x %in% 0:3))
either <- function(x) NA
a_function <- function(x) is.function(x)
own_metric <- function(x) is.null(x) || isTRUE(a_function(x)) # NULL: that of the model
some_digits_of_10 <- function(x) is.numeric(x) && length(x) > 0 && all(x %in% 0:9)
sample_size <- function(x) identical(x, Inf) || whole(1)(x)

# ---- The table ----------------------------------------------------------------------------------

points <- as.matrix(iris[1:30, 1:4])
near <- nearest_neighbors(points, 10)
edges <- fuzzy_graph(near)
place <- initial_layout(edges)

graph_rows <- list(
  set_op_mix_ratio = number(0, 1), local_connectivity = number(0, 1e6),
  bandwidth = number(0, open = TRUE)
)
layout_rows <- list(
  a = null_only, b = null_only, learning_rate = rate,
  repulsion_strength = number(0, null = TRUE), negative_sample_rate = whole(0, 1000, null = TRUE),
  method = never, optimizer = never, optimizer_args = function(x) is.list(x) && length(x) == 0
)
watch_rows <- list(
  snapshots = epochs, trace = epochs, epoch_callback = function(x) is.null(x) || is.function(x)
)
target_rows <- function(null) {
  list(
    target_metric = never, target_weight = number(0, 1),
    target_n_neighbors = whole(2, null = null)
  )
}
run_rows <- list(seed = seed, n_threads = threads, verbose = function(x) is.null(x) || flag(x))
umap_rows <- c(
  list(
    x = never, labels = null_only, n_neighbors = whole(2), n_components = whole(1, 1000),
    metric = a_function, min_dist = number(0, 1), y = target, init = never,
    n_epochs = whole(0, null = TRUE)
  ),
  run_rows
)

# For each function arguments that are right, and the row of each argument.
contract <- list(
  umap = list(list(x = points, n_epochs = 3, verbose = FALSE), c(umap_rows, watch_rows)),
  umap_fit = list(list(x = points, n_epochs = 3, verbose = FALSE), c(umap_rows, watch_rows)),
  umap_control = list(list(), c(
    graph_rows, layout_rows, target_rows(null = TRUE),
    list(
      spread = number(0, open = TRUE), neighbor_method = never, metric_kwds = keywords,
      scale = function(x) is.null(x) || isTRUE(x), pca = whole(1, null = TRUE), keep = never,
      target_recall = number(0, 1),
      # these depend on the number of epochs: umap() checks them
      snapshots = either, trace = either, epoch_callback = either
    )
  )),
  nearest_neighbors = list(list(x = points), c(
    list(
      x = never, k = whole(2), metric = a_function, method = never, metric_kwds = nothing,
      query = null_only, neighbors = null_only, target_recall = number(0, 1)
    ),
    run_rows
  )),
  smooth_knn = list(
    list(nn = near),
    c(list(nn = never, n_threads = threads), graph_rows[c("local_connectivity", "bandwidth")])
  ),
  fuzzy_graph = list(list(nn = near), c(list(nn = never, n_threads = threads), graph_rows)),
  intersect_graphs = list(
    list(x = edges, y = edges),
    list(x = never, y = never, weight = number(0, 1), n_threads = threads)
  ),
  supervise_graph = list(
    list(graph = edges, y = rep(1:3, 10), verbose = FALSE),
    c(
      list(graph = never, y = function(x) !is.null(x) && target(x)), graph_rows,
      target_rows(null = FALSE), run_rows
    )
  ),
  fit_curve = list(list(), list(min_dist = number(0, 1), spread = number(0.1, 1e100, open = TRUE))),
  initial_layout = list(list(graph = edges), list(
    graph = never, init = never, n_components = whole(1, 1000), x = null_only, metric = a_function,
    seed = seed, n_threads = threads
  )),
  optimize_layout = list(list(graph = edges, init = place, n_epochs = 3), c(
    list(
      graph = never, init = never, n_epochs = whole(0, null = TRUE), min_dist = number(0, 1),
      spread = number(0.1, 1e100, open = TRUE)
    ),
    layout_rows, watch_rows, run_rows
  )),
  layout_loss = list(list(graph = edges, layout = place), list(
    graph = never, layout = never, min_dist = number(0, 1),
    spread = number(0.1, 1e100, open = TRUE), a = null_only, b = null_only, seed = seed,
    n_threads = threads
  )),
  neighbor_recall = list(list(nn = near, x = points), list(
    nn = never, x = never, sample = sample_size, metric = a_function, n_threads = threads,
    metric_kwds = nothing
  )),
  local_dimension = list(list(nn = near), list(nn = never)),
  embedding_quality = list(list(x = points, layout = place, k = 5), list(
    x = never, layout = never, labels = null_only, k = whole(1), k_label = whole(1),
    sample = sample_size, metric = own_metric, n_threads = threads, metric_kwds = nothing
  )),
  point_quality = list(list(x = points, layout = place, k = 5), list(
    x = never, layout = never, k = whole(1), metric = own_metric, n_threads = threads,
    metric_kwds = nothing
  )),
  read_idx = list(list(), list(path = never)),
  mnist = list(
    list(dir = write_mnist(rep(0:9, 2), 0:9)), list(dir = never, digits = some_digits_of_10)
  )
)

# The methods, which NAMESPACE lists; those of umap() and umap_fit() for data are above.
embedding <- umap(points, iris$Species[1:30], n_epochs = 3, verbose = FALSE)
model <- umap_fit(points, iris$Species[1:30], n_epochs = 3, verbose = FALSE)
layouts <- optimize_layout(edges, place, n_epochs = 3, snapshots = c(0, 3))

or_null <- function(admits) function(x) is.null(x) || admits(x)
is_empty <- function(x) is.list(x) && length(x) == 0
rows_shown <- function(x) identical(x, Inf) || whole(0)(x)
two_numbers <- function(x) is.null(x) || identical(x, c(1, 2))
text <- function(x) plain(x) && is.character(x) && !is.na(x)
maybe_data <- function(x) if (is.null(x) || is.data.frame(x)) NA else FALSE # x may be at fault then
look_rows <- list(
  label = null_only, cex = number(0, open = TRUE, null = TRUE), alpha = number(0, 1, null = TRUE),
  raster = or_null(flag), title = or_null(text)
)
embedding_rows <- c(
  look_rows,
  list(
    dims = function(x) is.numeric(x) && setequal(x, 1:2), label_medians = flag, edges = null_only,
    limits = two_numbers
  )
)
model_rows <- list(
  label = null_only, title = or_null(text), connectivity = flag, diagnostic = null_only,
  limits = two_numbers,
  data = either # seen by a diagnostic alone
)
formula_contract <- list(
  list(x = ~ Sepal.Length + Petal.Length, data = iris[1:30, ], n_epochs = 3, verbose = FALSE),
  list(x = never, data = maybe_data, labels = null_only, y = target)
)
methods_contract <- list(
  as.data.frame.umap_embedding = list(list(x = embedding), list(x = is.data.frame)),
  as.data.frame.umap_snapshots = list(list(x = layouts), list(x = never)),
  as.data.frame.umap_model = list(
    list(x = model), list(x = never, row.names = null_only, optional = either)
  ),
  as.matrix.umap_embedding = list(list(x = embedding), list(x = is.data.frame)),
  as.matrix.umap_model = list(list(x = model), list(x = never)),
  autoplot.umap_embedding = list(list(object = embedding), c(list(object = never), embedding_rows)),
  autoplot.umap_model = list(list(object = model), c(list(object = never), model_rows)),
  autoplot.umap_snapshots = list(list(object = layouts), c(list(object = never), look_rows)),
  format.umap_neighbors = list(list(x = near), list(x = never)),
  format.umap_snapshots = list(list(x = layouts), list(x = is_empty)),
  plot.umap_embedding = list(list(x = embedding), c(list(x = never), embedding_rows)),
  plot.umap_model = list(list(x = model), c(list(x = never), model_rows)),
  plot.umap_snapshots = list(list(x = layouts), c(list(x = never), look_rows)),
  predict.umap_model = list(
    list(object = model, newdata = points[1:3, ]),
    c(
      list(object = never, newdata = never, n_epochs = whole(0, null = TRUE)),
      run_rows[c("n_threads", "verbose")]
    )
  ),
  print.summary.umap_model = list(list(x = summary(model)), list(x = never)),
  print.umap_control = list(list(x = umap_control()), list(x = never)),
  print.umap_embedding = list(list(x = embedding), list(x = is.data.frame, n = rows_shown)),
  print.umap_graph = list(list(x = edges), list(x = is.data.frame, n = rows_shown)),
  print.umap_model = list(list(x = model), list(x = never)),
  print.umap_neighbors = list(list(x = near), list(x = never)),
  print.umap_snapshots = list(list(x = layouts), list(x = is_empty)),
  summary.umap_model = list(list(object = model), list(object = never, data = null_only)),
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

# What is wrong with a refusal; NULL if nothing.
flaw_of_refusal <- function(condition, argument, value) {
  text <- conditionMessage(condition)
  if (!inherits(condition, "unfurl_error_input")) {
    return(paste0("is no input error but a ", class(condition)[1], ": ", text))
  }
  if (!grepl(paste0("`", argument), text, fixed = TRUE)) {
    return(paste("gives a message without the argument:", text))
  }
  # The value itself, or what is wrong with it: "must have 30 rows, not 1".
  names_value <- grepl(describe(value), text, fixed = TRUE) || grepl("not|only|missing", text)
  if (plain(value) && !names_value) paste("gives a message without the value:", text)
}

# The same of how `fun` takes `value` as `argument`. What is neither admitted nor not (NA) may be an
# error of the package.
flaw <- function(fun, right, argument, value, admitted) {
  right[argument] <- list(value)
  condition <- outcome(fun, right)
  if (is.null(condition)) return(if (isFALSE(admitted)) "is accepted")
  if (isTRUE(admitted)) return(paste("is refused:", conditionMessage(condition)))
  if (isFALSE(admitted)) return(flaw_of_refusal(condition, argument, value))
  if (!inherits(condition, "unfurl_error")) paste("is", class(condition)[1])
}

flaws_of <- function(fun, contract) {
  right <- contract[[1]]
  rows <- contract[[2]]
  found <- character()
  for (argument in names(rows)) {
    for (specimen in names(specimens)) {
      value <- specimens[[specimen]]
      wrong <- flaw(fun, right, argument, value, admitted = rows[[argument]](value))
      if (!is.null(wrong)) found <- c(found, paste0(argument, " = ", specimen, " ", wrong))
    }
  }
  found
}

# Those of a generic function are its default method's.
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
  "[", "[<-", "[[<-", "$<-", "names<-", "dim", "head", "tail", "merge", "rbind", "transform"
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
    expect_null(flaw_of_refusal(outcome(plot, arguments), "data", value))
  }
})

test_that("nothing passes through ... unseen", {
  for (fun in list(umap, umap_fit)) {
    expect_input_error(fun(points, n_neighbours = 5), "`n_neighbours` is not an argument")
  }
  expect_input_error(umap_control(spraed = 1), "`spraed`.*Did you mean `spread`")
  too_many <- rep(list(NULL), length(formals(umap_control)))
  expect_input_error(do.call(umap_control, too_many), "without a name")
})
